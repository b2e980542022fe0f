"""What a device talks to, in plain words: outcomes, rows of peers and their order, for every face that shows them.

Pure functions that decide nothing: what was seen and what it proves stands in `custodiet.model.Egress`. The text they
return still holds what devices said, letter for letter; whoever shows it passes it through `custodiet.report.guard`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import NamedTuple

from custodiet.model import Egress, Peer
from custodiet.report import words
from custodiet.report.egress_slices import WHOLE, Slice, slices
from custodiet.report.egress_slices import stretches as joined
from custodiet.report.speech import Words, number
from custodiet.report.speech import gettext as _
from custodiet.report.summary import Names

OUTCOMES = Words(
    {
        "maker's own seen": "Talks to its maker",
        "outside seen": "Talks to the outside",
        "tried only": "Tried to get outside",
        "cannot be said": "Cannot be said",
        "nothing outside seen": "Nothing outside seen",
    }
)
"""Outcome -> label, the worst first; what cannot be said stands before what was watched and found silent."""

STATES = {
    "maker's own seen": "not_satisfied",
    "outside seen": "undetermined",
    "tried only": "undetermined",
    "cannot be said": "undetermined",
    "nothing outside seen": "satisfied",
}
"""Outcome -> the class of its label on a page; the label says it in words as well."""

_RANK = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}

MOST_SLICES = 72
"""Slices in a picture and its table; more would be thinner than a line on a small screen."""

WAYS = Words(
    {
        "open port": "open port",
        "port mapping": "port mapping",
        "p2p registration": "peer-to-peer registration",
        "cloud account": "cloud account",
        "called from outside": "called from outside",
        "update path": "update path",
    }
)
"""Kind of a way in -> label."""

STATES_OF_WAYS = Words({"seen": "seen", "declared": "only declared by the device", "shut": "shut"})
"""State of a way in -> words."""

SIZES = Words(
    {
        "video-sized": "video-sized",
        "bulk": "much at once",
        "keep-alive": "keep-alive",
        "small": "little",
        "attempt": "no answer",
    }
)
"""What traffic looks like -> words."""


SERVES = Words(
    {
        one: one
        for one in (
            "vendor cloud",
            "P2P relay",
            "update host",
            "time server",
            "dynamic DNS",
            "push",
            "web site",
            "name server",
            "recorder",
            "viewer",
            "gateway",
        )
    }
)
"""What a peer serves -> for people."""

HIDDEN = "answers not visible"
"""Said instead of its size where every source shows one direction alone."""


class Row(NamedTuple):
    """One peer as a table shows it."""

    whose: str
    """Who runs it, or that nobody is known to."""
    own: bool
    """Whether that is the device's maker or of its family."""
    name: str
    """Names under which the device knows it; empty: it was reached by its address alone."""
    address: str
    """IP address."""
    where: str
    """``outside``, ``inside`` or ``to all``."""
    located: str
    """Country and network owner by the user's database, with its date; empty: not looked up."""
    serves: str
    """What it is for."""
    port: str
    """``tcp/443``; ``its own tcp/80`` where the other side began."""
    out: int
    """Bytes from the device."""
    into: int
    """Bytes to the device."""
    size: str
    """What the traffic looks like."""
    often: str
    """How often."""
    since: str
    """When it was first seen, without the zone, which is said once for all."""


def names_itself(egress: Egress) -> bool:
    """Whether the sentence begins with the word for its outcome, which then need not stand before it."""
    return egress.says.startswith(dict.__getitem__(OUTCOMES, egress.outcome))


def row(egress: Egress, peer: Peer, names: Names, zone: tzinfo | None = None) -> Row:
    """A peer of a device in words; times in `zone`, UTC without one."""
    whose = names.company(peer.owner) if peer.owner else _("owner not known")
    if peer.of_maker:
        own = peer.owner == egress.maker
        whose = (_("{company} (its maker's own)") if own else _("{company} (of its maker's family)")).format(
            company=whose
        )
    elif peer.where == "inside":
        whose = _("inside")
    elif peer.where == "to all":
        whose = _("to all")
    port = f"{peer.transport}/{peer.port}" if peer.port else peer.transport
    return Row(
        whose=whose,
        own=peer.of_maker,
        name=", ".join(peer.names),
        address=peer.address,
        where=peer.where,
        located=located(peer),
        serves=_("not known") if peer.serves == "unknown" else SERVES.get(peer.serves, peer.serves),
        port=port if peer.begun_by == "device" else _("its own {port}").format(port=port),
        out=peer.bytes_out,
        into=peer.bytes_in,
        size=_("call to all")
        if peer.where == "to all"
        else _(HIDDEN)
        if peer.one_way
        else SIZES.get(peer.size, peer.size),
        often=often(peer),
        since=words.clock(peer.first_seen, zone).rpartition(" ")[0],
    )


def located(peer: Peer) -> str:
    """What the user's database says of an address: "SG, Example Cloud Ltd (GeoLite2, 2026-11-01)"."""
    if peer.located is None:
        return ""
    said = [part for part in (peer.located.country, peer.located.network_owner) if part]
    return f"{', '.join(said) or _('not in the database')} ({peer.located.database})"


def often(peer: Peer) -> str:
    """How often: "once", "14 times", "in 26 clock hours", with the pace where it is even.

    Some sources give conversations and some add up hours: where there are as many as hours with traffic, hours are
    told, which is true of either.
    """
    told = words.count(peer.conversations, "time") if peer.conversations > 1 else _("once")
    if peer.conversations == peer.hours:
        told = _("in {hours} clock hours").format(hours=number(peer.hours)) if peer.hours > 1 else _("within one hour")
    return _("{often}, every {pace}").format(often=told, pace=pace(peer.every)) if peer.every else told


def pace(seconds: float) -> str:
    """A length of time in the unit that reads best: "30 s", "5 min", "2 h", "3 days"."""
    if 3600 <= seconds < 172_800 and seconds % 3600 == 0:
        return f"{seconds / 3600:.0f} {_('h')}"
    for unit, length, most in (("s", 1, 90), ("min", 60, 5400), (_("h"), 3600, 172_800)):
        if seconds < most:
            return f"{seconds / length:.0f} {unit}"
    return words.count(round(seconds / 86400), "day")


def hours(seconds: float) -> str:
    """How long was watched: "26 h", "40 min"; an hour more is never made of less."""
    if seconds < 3600:
        return f"{int(seconds // 60)} min" if seconds >= 60 else f"{int(seconds)} s"
    whole, rest = int(seconds // 3600), int(seconds % 3600 // 60)
    told = f"{number(whole)} {_('h')}"
    return f"{told} {rest} min" if rest and whole < 10 else told


def watched(egress: Egress) -> str:
    """How long its traffic was watched, and whether there were gaps; half a sentence."""
    if not egress.watched:
        return _("none of its traffic was watched")
    told = _("watched for {length}").format(length=hours(egress.watched))
    return told + (
        _(" in {number} stretches, with gaps between").format(number=number(len(egress.spans)))
        if len(egress.spans) > 1
        else ""
    )


def outside(egress: Egress) -> list[Peer]:
    """Peers outside, the maker's own first, then what looks like video, then by bytes sent."""
    return sorted((peer for peer in egress.peers if peer.where == "outside"), key=_telling)


def others(egress: Egress) -> list[Peer]:
    """Peers inside and groups that all hear, by bytes sent."""
    return sorted((peer for peer in egress.peers if peer.where != "outside"), key=_telling)


def is_silent(egress: Egress) -> bool:
    """Whether nothing is known but that nothing can be said; such devices are told together."""
    known = egress.peers or egress.ways_in or egress.firmware or egress.doubts or egress.spans
    return egress.outcome == "cannot be said" and not known


def together(devices: Iterable[Egress]) -> list[tuple[str, list[str]]]:
    """Devices that `is_silent` is true of, by their sentence: the sentence, and what they are called."""
    told: dict[str, list[str]] = {}
    for egress in devices:
        told.setdefault(egress.says, []).append(egress.label)
    return list(told.items())


def _telling(peer: Peer) -> tuple[bool, bool, bool, int, str, int]:
    return (
        not peer.of_maker,
        peer.size != "video-sized",
        not peer.answered,
        -peer.bytes_out,
        peer.address,
        peer.port,
    )


def left_out(egress: Egress) -> int:
    """Peers that are counted and not listed."""
    return max(0, egress.peers_total - len(egress.peers))


def worst_first(egress: Egress) -> tuple[int, bool, int, str, str]:
    """Sort key of a device: what it shows, then whether anything looks like video, then bytes sent outside."""
    away = [peer for peer in egress.peers if peer.where == "outside"]
    video = any(peer.size == "video-sized" and peer.answered for peer in away)
    return (_RANK[egress.outcome], not video, -sum(p.bytes_out for p in away), egress.label, egress.asset)


def tallied(devices: Iterable[Egress]) -> str:
    """How many devices there are of each outcome, the worst first: "1 talks to its maker, 2 cannot be said"."""
    found = Counter(egress.outcome for egress in devices)
    return counted({outcome: found[outcome] for outcome in found})


def counted(outcomes: dict[str, int]) -> str:
    """As `tallied`, of numbers."""
    return "; ".join(
        f"{OUTCOMES[outcome].lower()}: {number(outcomes[outcome])}" for outcome in OUTCOMES if outcomes.get(outcome)
    )


def firmware(egress: Egress, zone: tzinfo | None = None) -> list[tuple[str, str]]:
    """The versions, oldest first, each with when it was seen."""
    return [(one.version, seen(one.first_seen, one.last_seen, zone)) for one in egress.firmware]


def seen(first: float | None, last: float | None, zone: tzinfo | None = None) -> str:
    """When something was seen: one moment, two, or that no time is given."""
    if first is None:
        return _("no time given")
    told = words.clock(first, zone)
    return (
        told
        if last is None or words.clock(last, zone) == told
        else _("{begin} to {end}").format(begin=told, end=words.clock(last, zone))
    )


def reopened(egress: Egress) -> str:
    """What a change of firmware means; empty where none was seen."""
    versions = list(dict.fromkeys(one.version for one in egress.firmware))
    if len(versions) < 2:
        return ""
    times = _("once") if len(versions) == 2 else words.count(len(versions) - 1, "time")
    return (
        _(
            "The firmware changed {times}: what was seen before a change says nothing of the version after it, so "
            "every verdict is open again."
        )
    ).format(times=times)


def stretches(egress: Egress) -> list[Slice]:
    """The slices of the picture for a table; neighbours without traffic and of one state are told as one."""
    return [one for one, _ in joined(slices(egress, MOST_SLICES))]


def how_watched(one: Slice) -> str:
    """How much of a slice was watched."""
    if one.watched >= WHOLE:
        return _("all the time") if one.clean >= WHOLE else _("all the time, not well enough")
    if one.watched > 0:
        return _("{share} of the time").format(share=f"{max(one.watched, 0.01):.0%}")
    return _("not known to have been watched")


LIMITS = (
    "What was not seen may still happen: at another time, on another way out, or in a shape that is not recognised. "
    "What was inside the traffic was not read."
)
"""What is said wherever egress is shown."""


def sizes(peers: Sequence[Peer]) -> tuple[int, int]:
    """Bytes out and in of several peers."""
    return sum(peer.bytes_out for peer in peers), sum(peer.bytes_in for peer in peers)
