"""What a statement that a case keeps says of one device: whether it stopped, how long that was watched, who signed."""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["isolated as far as seen", "leaks", "not seen", "too short", "doubtful"]
"""What can be said of one device.

isolated as far as seen  watched long enough without a gap, and it reached only what was allowed
leaks                    something left, came in, or was asked for that must not
not seen                 no traffic of it with one other address passed: silence is no proof
too short                watched for less than it needs
doubtful                 what was watched does not carry the answer
"""

Standing = Literal["signed", "not signed", "broken"]
"""Whether a statement holds.

signed      its signature fits: nothing was changed since that key signed
not signed  nobody signed, so anybody can have written it
broken      the signature or the form does not fit, so it proves nothing
"""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """One statement on the isolation of one device. Of a broken one nothing is told but that it is broken."""

    statement: str
    """Id of the statement, under which the case keeps it."""
    file: str = ""
    """Name of the file that was written beside the case, without its folder; empty: only the case has it."""
    standing: Standing
    """Whether the statement holds."""
    fault: str = ""
    """Why it is broken."""
    verdict: Verdict | None = None
    """What it says of the device; none where it is broken."""
    says: str = ""
    """It, in a sentence."""
    hours: float = 0.0
    """Hours after in which the device gave signs and somebody watched."""
    watched_from: str = ""
    """ISO 8601 in UTC of the first packet or line after; empty: it carries no time."""
    watched_until: str = ""
    """The same of the last."""
    point: str = ""
    """Where that was captured, in the words of whoever did; empty: not said."""
    recognised_by: str = ""
    """By what the device was found again in the captures."""
    before_outside: int = 0
    """Addresses and ports outside that it had to do with before."""
    leaks: tuple[str, ...] = ()
    """What must not have been, in sentences; at most `custodiet.statements.MOST_LEAKS`."""
    leaks_total: int = 0
    """How many leaks there are."""
    doubts: tuple[str, ...] = ()
    """What makes the answer doubtful, or is to be known with it, in sentences."""
    not_tested: tuple[str, ...] = ()
    """What the statement does not show, in sentences."""
    key_id: str = ""
    """SHA-256 of the public key that signed; whose it is cannot be known from a statement."""
    stated_at: str = ""
    """ISO 8601 in UTC of when the statement was made."""
    since: tuple[str, ...] = ()
    """What the case knows of the device after these hours that the statement cannot know, in sentences."""
