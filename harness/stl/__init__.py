"""Signal temporal logic on a trace: a formula as text, as a tree, and how robustly the trace satisfies it.

Knows nothing of flights; `harness.signals.samples` brings a flight to it. The language is a subset of RTAMT's,
described in docs/requirements.md: `parser` reads it, `formula` is the tree, `monitor` judges, `deciding` says what
decided.
"""
