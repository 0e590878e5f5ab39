"""What policy asks for: classes, cases, targets, the plan by year."""
