"""What it means to a planner."""
