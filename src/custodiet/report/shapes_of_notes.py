"""The shapes of what records remark that hold names and numbers, for `noted`: what stands in a gap is put back as is.

A sentence that stands in one record alone needs no shape.
"""

from __future__ import annotations

NOTES = (
    "Registered to {held}.",
    "Also registered as {names} and others.",
    "Also registered as {names}.",
    # where something was read
    "{address}",
    "{address} {path}",
    "{address} ({licence}), {path}",
    "{address} at {path}",
    "{address} {path} (CC0), after manuals of the maker",
    # what a vulnerability concerns
    "{models}, versions not kept",
    "{models} before {version}",
    "{models} before {version}, build of {day}",
    "{models} with builds before {day}",
    "{models} with the build of {day} ({version})",
    "{models} up to the build of {day} ({version})",
    "{models}, builds of {day} to {until} ({version} to {last})",
    "hardware platform {version}, newest affected build known of {day}",
    "hardware platform {version}, newest affected build not known",
    # what a part of a model means
    "{part} channels",
    "{part} disks",
    "{part} line",
    "{part} megapixels",
    "{part} ports",
    "{part} terabytes",
    "{part} times optical zoom",
    "{part} times zoom",
    "{part} volts",
    "{part} watts over the network",
    "body {part}",
    "generation {part}",
    "hardware revision {part}",
    "lens {part}",
    "line {part}",
    "number {part}",
    "ports {part}",
    "product code {part}",
    "series {part}",
    "size {part}",
    "variant {part}",
)

_DAY = r"\d{4}-\d\d-\d\d"
_VERSION = r"(?=\S*\d)[\w.()-]+(?: SP\d)?"

NAMES = {
    "held": r".+ \(\d+\)",
    "names": r"(?:(?!\. [A-Z]\w* [a-z]).)+",
    "address": r"https?://\S+[^\s,;:]",
    "path": r"(?=\S*[\d./_])[\w./_-]+",
    "licence": r"[A-Z][\w.-]+",
    "models": r"(?:(?!\b(?!and\b)[a-z]{2,}\b).)+",
    "version": _VERSION,
    "last": _VERSION,
    "day": _DAY,
    "until": _DAY,
    "part": r"(?=\S*\d|[A-Z]{1,3}\b)[\w./+-]+",
}
"""Gap -> what can stand in it: no sentence behind names of companies, and no word among models but an "and"."""
