"""What a flight may be: the scenario schema, dispersions, shipped cases and requirement sets."""
