"""Flies flight software in lockstep with the plant, judges the flight and keeps the evidence.

Imports nothing: the flight software's process loads `harness.wire` through this package.
"""
