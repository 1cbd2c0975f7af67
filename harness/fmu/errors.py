"""What the adapter says of an FMU that cannot fly."""


class FmuError(Exception):
    """An FMU that cannot be used, or that failed in flight: the file, what was found, what is allowed, what to do."""
