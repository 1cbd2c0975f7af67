"""The stage as a body: mass, motion, bending, sloshing, legs, loads."""
