"""What takes too long for `make test`: flown once, kept as small tables in docs/evidence, quoted by the docs."""
