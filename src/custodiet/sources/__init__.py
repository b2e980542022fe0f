"""The readers, in the order in which they are asked.

A format with a magic number comes before one that is only text, and a text format with a strict first line before one
that any file with commas would satisfy. Adding a format is one file here, one line below, one test, one fuzz target.
"""

from __future__ import annotations

from custodiet.sources import address_tables, device_type, discovery_reply, flow_json, isapi, leases, survey
from custodiet.sources.base import Reader
from custodiet.sources.labelled import reader as labelled
from custodiet.sources.nmap import text as nmap_text
from custodiet.sources.nmap import xml as nmap_xml
from custodiet.sources.pcap import reader as pcap
from custodiet.sources.tables import reader as tables
from custodiet.sources.zeek import reader as zeek

READERS: list[Reader] = [
    # magic numbers
    pcap.READER,
    tables.WORKBOOK,
    # XML and text that names itself in its first lines
    nmap_xml.READER,
    nmap_text.READER,
    zeek.READER,
    leases.READER,
    # JSON, told apart by its keys
    isapi.READER,
    labelled.READER,
    survey.READER,
    flow_json.READER,
    # one reply a file; some are binary without a magic number, so after everything that has one
    discovery_reply.READER,
    # text known by the shape of its rows
    device_type.READER,
    address_tables.READER,
    tables.CSV,
]
