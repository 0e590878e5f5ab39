"""The world becomes tables."""
