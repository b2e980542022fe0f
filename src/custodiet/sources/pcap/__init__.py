"""Captures: pcap and pcapng, read in columns (docs/decisions/0005-capture-columns.md)."""

import os

# NumPy brings a library for linear algebra, which we do not use and whose waiting threads cost a third of the start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
