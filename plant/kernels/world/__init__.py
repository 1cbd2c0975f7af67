"""Earth, air and wind."""
