"""Captures: pcap and pcapng, read in columns (docs/decisions/0005-capture-columns.md)."""
