"""What the avionics report."""
