"""What policy asks for: classes, cases, targets."""
