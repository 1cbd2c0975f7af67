"""Descents ahead of a flight, for who judges it: no part of the plant."""
