"""Weather files of every provider become one table."""
