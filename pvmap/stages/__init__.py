"""The three steps of a run: the city as a whole, tile by tile, and what is published."""
