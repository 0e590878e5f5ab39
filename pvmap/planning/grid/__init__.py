"""What the grid can take, loads by the hour, and the network the plants feed."""
