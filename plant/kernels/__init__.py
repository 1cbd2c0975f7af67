"""Pure numba kernels: floats, tuples and read-only arrays in, new values out. Only `step` writes the plant's state."""
