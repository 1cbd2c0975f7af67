"""The reference flight software: a process of its own that sees sensor frames and its flight load, nothing else."""
