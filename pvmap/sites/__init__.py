"""Where modules may go."""
