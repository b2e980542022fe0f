"""What devices talk to as JSON for programs: a head with its version, and the devices, one on each line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from custodiet.model import Assessment, Egress
from custodiet.report.guard import json_bytes
from custodiet.report.json import document

EGRESS_VERSION = "1.0"
"""Version of this structure; the devices are those of ``assessment.json``, field for field."""


def write_json(file: IO[bytes], assessment: Assessment, devices: Iterable[Egress]) -> None:
    """Write the devices in the order given, with what could not be read before them; times in ISO 8601 and UTC."""
    written = document(assessment)
    head = {
        "schema": EGRESS_VERSION,
        **{name: written[name] for name in ("tool", "catalog", "on", "sources", "tallies", "issues", "skipped")},
    }
    file.write(json_bytes(head)[:-1] + b',"devices":[')
    between = b"\n"
    for device in devices:
        file.write(between + json_bytes(document(device)))
        between = b",\n"
    file.write(b"\n]}\n")
