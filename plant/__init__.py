"""The plant: physics of a landing booster, as pure numba kernels and one `Plant`; no I/O, no sockets, no clock."""
