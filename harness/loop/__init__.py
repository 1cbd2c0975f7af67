"""The clock: frames of a flight."""
