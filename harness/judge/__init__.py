"""Requirements, verdicts and what is worth a word."""
