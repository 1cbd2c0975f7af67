"""Actuators, grid fins, cold gas."""
