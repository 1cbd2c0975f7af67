"""Vehicles that come with the package, one TOML file each."""
