"""The readers, in the order in which they are asked.

A format with a magic number comes before one that is only text, and a text format with a strict first line before one
that any file with commas would satisfy. Adding a format is one file here, one line below, one test, one fuzz target.
"""

from __future__ import annotations

from custodiet.sources import nmap_xml, pcap, tables
from custodiet.sources.base import Reader

READERS: list[Reader] = [
    pcap.READER,
    nmap_xml.READER,
    tables.WORKBOOK,
    tables.CSV,
]
