"""Directives as a whole: their cases, their calendar, what they say side by side, and what they would say elsewhere."""
