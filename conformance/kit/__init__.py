"""What a case is written in."""
