"""A flight from scenario to verdict."""
