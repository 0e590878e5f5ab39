"""How sure the numbers are, and what moves them."""
