"""Determinism certificates."""
