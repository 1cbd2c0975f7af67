"""Reading a record."""
