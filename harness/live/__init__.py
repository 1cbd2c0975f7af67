"""A flight as it is flown, for a page, Foxglove and PlotJuggler: served by a process of its own."""
