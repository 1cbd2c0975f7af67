"""Scenario to plant."""
