"""Places in the arrays of a plant's state that hold unlike things; those of engines are in `engines.propulsion`."""

TICK, IGNITED, CONTACT, QUIET = 0, 1, 2, 3
"""`clock`: ticks since release, tick of the first start command and of the first contact (-1 before), ticks at rest."""
OXYGEN, FUEL, GAS_LEFT = 0, 1, 2
"""`tanks_kg`: residuals included; the last is cold gas."""
AXIAL_PEAK, LATERAL_PEAK, PEAK_FRAME = 0, 1, 2
"""`peaks`: largest specific force since the frame before, and that frame."""
SWAY_Y, RATE_Y, SWAY_Z, RATE_Z, SWAY_KG, PULL_PM, HANGS_AT_M, REACH_M = 0, 1, 2, 3, 4, 5, 6, 7
"""A row of `slosh`: displacement and rate across, mass, stiffness over acceleration, place, largest displacement."""
