"""Search for the flight that breaks what must hold, and for the smallest such flight."""
