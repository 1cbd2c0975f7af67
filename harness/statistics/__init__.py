"""What the flights of a campaign show, and how sure one may be: pure functions of arrays, without files.

`docs/statistics.md` says what each number means and when not to believe it. scipy is loaded on first use.
"""
