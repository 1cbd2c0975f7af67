"""Checks of any flight program against the contract (docs/conform.md): scripted conversations over the real link."""
