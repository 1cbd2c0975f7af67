"""Engines and what feeds them."""
