"""Logs of firewalls: what passed, what was stopped. One file a way of writing, one reader for all."""
