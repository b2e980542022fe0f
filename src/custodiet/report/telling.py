"""Which parts of what was observed tell who made a device, and what each kind of evidence means, in plain words.

One reply of a device is often read by several records: as the form of the reply, and as the model and the number that
stand in it. A reader who sees one sees the others too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from custodiet.model import Claim, Conclusion
from custodiet.report.speech import Words

MEANINGS = Words(
    {
        "discovery-reply": "The software of this maker answers so, whatever name is printed on the device.",
        "protocol-reply": "So the software of this maker answers; another name on the device seldom changes it.",
        "certificate": "It was put in by the maker that it names.",
        "web-page": "This is what changes first when a device is sold under another name.",
        "address-block": "Such addresses are given out to one company; a part inside the device can have it too.",
        "model-grammar": "So this maker names its models; anybody can write a name on a device.",
        "firmware-format": "So this maker numbers its devices and its software.",
        "traffic": "It asks for services of this maker.",
        "self-declared": "Anybody who manages the device can change it.",
        "other-tool": "Another program thinks so; what it rests on is not known here.",
        "label": "A label names the brand, and can be wrong about the maker.",
        "label-read": "It names the brand, and says nothing of the maker.",
        "stated": "Somebody wrote so; nothing of the device itself says it.",
        "own-brand": "This company makes what it sells under its own name.",
    }
)
"""Kind of evidence -> what a match of it means, for somebody who never heard of it."""

_SHORTEST = 5
"""Characters of a part: a shorter one is found by chance."""


def within(claim: Claim, answer: Conclusion, most: int = 3) -> list[Claim]:
    """What else speaks for an answer and rests on a part of what one claim read, the strongest first; each text once.

    Args:
        claim: one of those for the answer.
        answer: the answer.
        most: how many are wanted.
    """
    found: dict[tuple[int, int], Claim] = {}
    for other in sorted(answer.claims_for, key=lambda one: (-one.strength, -len(one.observed))):
        place = _place(claim, other) if other.value == claim.value else None
        if place and not any(start <= place[0] and place[1] <= end for start, end in (claim.span, *found)):
            found[place] = other
    return list(found.values())[:most]


def spans(claim: Claim, others: Sequence[Claim]) -> list[tuple[int, int]]:
    """Where in what a claim read it matched, and where that stands on which these others rest."""
    return [claim.span, *(place for other in others if (place := _place(claim, other)))]


def _place(claim: Claim, other: Claim) -> tuple[int, int] | None:
    if not _SHORTEST <= len(other.observed) < len(claim.observed) or other.observed not in claim.observed:
        return None
    found = re.search(rf"(?<!\w){re.escape(other.observed)}(?!\w)", claim.observed)
    return found.span() if found else None
