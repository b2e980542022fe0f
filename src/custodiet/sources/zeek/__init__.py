"""Zeek's logs, as tab-separated values and as JSON."""
