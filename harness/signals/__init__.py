"""Names that requirements read."""
