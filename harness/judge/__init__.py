"""Requirements, verdicts and findings."""
