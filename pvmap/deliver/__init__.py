"""What people take away: files only, no new numbers."""
