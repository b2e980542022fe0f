"""The shapes of sentences in notes of the catalog that hold names, for `noted`: what stands in a gap is put back as is.

A sentence that stands in one record alone needs no shape.
"""

from __future__ import annotations

NOTES = (
    "Registered to {held}.",
    "Also registered as {names} and others.",
    "Also registered as {names}.",
)

NAMES = {
    "held": r".+ \(\d+\)(?:; .+ \(\d+\))*",
    "names": r"(?:(?!\. [A-Z]\w* [a-z]).)+",
}
"""Gap -> what can stand in it: companies with their numbers, and names of companies with no sentence behind them."""
