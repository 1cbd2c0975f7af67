"""Flies booster-landing flight software in lockstep with a plant, and says whether it would have landed."""
