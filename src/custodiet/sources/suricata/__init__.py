"""Suricata's EVE log: one JSON object a line."""
