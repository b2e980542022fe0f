"""What comes first: the order of badness of findings and devices, and the group in which a reader finds a device."""

from __future__ import annotations

from collections.abc import Iterable

from custodiet.model import Entry, Finding

_STATUS_RANK = {"not_satisfied": 0, "undetermined": 1, "satisfied": 2, "not_applicable": 2}
_SEVERITY_RANK = {"high": 0, "medium": 1, "low": 2, "none": 3}
_STRENGTH_RANK = {"must": 0, "should": 1, "consider": 2, "may": 3, "none": 4}
_KIND_RANK = {"surveillance": 0, "unknown": 1, "other": 2}


def kind_of(entry: Entry) -> str:
    """``surveillance``, ``unknown`` or ``other``."""
    value = entry.identification.get("device_class").value
    return "unknown" if not value else "other" if value == "not_surveillance" else "surveillance"


def is_silent(entry: Entry) -> bool:
    """Whether nothing at all names a kind, brand or maker; most of a large network is like that."""
    fields = ("device_class", "brand", "manufacturer")
    return kind_of(entry) == "unknown" and not any(entry.identification.get(f).claims_for for f in fields)


def state(entry: Entry) -> str:
    """``not_satisfied``, ``undetermined`` or ``rest``: the group in which a reader finds the device.

    What is silent or no surveillance device is not counted as undetermined, as in the totals of the assessment.
    """
    finding = worst(entry)
    status = finding.status if finding else ""
    if status == "undetermined" and (is_silent(entry) or kind_of(entry) == "other"):
        return "rest"
    return status if status in ("not_satisfied", "undetermined") else "rest"


def outcome(entry: Entry) -> str:
    """`state`, with ``not_judged`` for devices of the rest about which no directive said anything.

    That nobody looked is another answer than that nothing was found.
    """
    found, finding = state(entry), worst(entry)
    judged = finding is not None and finding.status != "undetermined"
    return "not_judged" if found == "rest" and not judged else found


def badness(finding: Finding) -> tuple[int, int, int, float]:
    """Sort key of a finding, the worst first: status, then severity, then strength, then confidence."""
    status = _STATUS_RANK[finding.status]
    if status > 1:  # where nothing is wrong, how bad it would have been orders nothing
        return (status, 0, 0, 0.0)
    return (status, _SEVERITY_RANK[finding.severity], _STRENGTH_RANK.get(finding.strength, 4), -finding.confidence)


def asked(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that demand something, the worst first."""
    return sorted((finding for finding in findings if finding.status != "not_applicable"), key=badness)


def worst(entry: Entry) -> Finding | None:
    """The finding that a reader should hear of first; none where no requirement was judged."""
    return min(entry.findings, key=badness, default=None)


def worst_first(entry: Entry) -> tuple[int, int, int, int, float, str, str]:
    """Sort key of an entry: its worst finding, then surveillance before unknown before other, then confidence."""
    finding = worst(entry) if entry.findings and state(entry) != "rest" else None
    status, severity, strength, _ = badness(finding) if finding else (2, 0, 0, 0.0)
    sure = max(finding.confidence if finding else 0.0, entry.identification.get("manufacturer").confidence)
    return (status, severity, strength, _KIND_RANK[kind_of(entry)], -sure, entry.asset.label, entry.asset.id)
