"""Logs of name servers: who asked for which name. One file a way of writing, one reader for all."""
