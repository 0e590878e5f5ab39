"""What a plant costs, earns and returns."""
