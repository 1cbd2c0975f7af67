"""RTAMT 0.4.10, the newest release, declares Python under 3.13: no lock can hold it for later ones."""

import sys

RTAMT_BEFORE = (3, 13)
collect_ignore = ["test_rtamt.py"] if sys.version_info >= RTAMT_BEFORE else []
