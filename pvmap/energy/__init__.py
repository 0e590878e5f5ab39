"""What light arrives, what electricity leaves."""
