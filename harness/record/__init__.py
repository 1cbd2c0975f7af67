"""What a flight leaves."""
