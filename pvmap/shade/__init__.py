"""What stands in the way: pure geometry."""
