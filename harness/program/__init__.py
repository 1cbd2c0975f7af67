"""The flight program as a process."""
