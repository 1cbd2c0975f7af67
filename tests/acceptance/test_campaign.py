"""Campaigns as a user flies them: whole, killed, gone on with, compared. Oracle: an uninterrupted campaign, row by row."""
