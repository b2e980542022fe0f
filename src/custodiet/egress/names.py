"""Names under which a device knows an address: what the resolver told it, and what it said itself when it called.

An answer of the resolver ties a name to an address. A name given in TLS or HTTP is known of the device and not of one
conversation, so it is tied to an address only where a single conversation can have carried it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from custodiet.egress.place import address_of
from custodiet.egress.sums import Talk
from custodiet.model import Observation

SAID = ("tls.server_name", "http.host")
"""Attributes whose value is a name that the device gave to the side that it called."""

ASKED = ("dns.query", *SAID)
"""Attributes whose value is a host name that the device asked for."""

MOST_SHOWN = 8
"""Names shown of one address."""

WEB = {80, 8080, 8000, 8008}
"""Ports on which a name is given in HTTP and not in TLS."""


@dataclass(slots=True)
class Names:
    """What a device calls addresses.

    Args:
        of: address -> names, with the ids of the observations that say so.
        asked: every host name that it asked for, with the observations.
    """

    of: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: dict[str, list[Observation]] = field(default_factory=dict)

    def names(self, address: str) -> tuple[str, ...]:
        """The names of an address, in order."""
        return tuple(sorted(self.of.get(address, ())))

    def evidence(self, address: str) -> list[str]:
        """Ids of the observations that tie names to an address."""
        return list(dict.fromkeys(self.of.get(address, {}).values()))


def names_of(observations: Sequence[Observation], talks: Sequence[Talk]) -> Names:
    """What the device calls the addresses that it talks with."""
    told = Names()
    resolved: set[str] = set()
    for one in observations:
        if one.attribute == "dns.answer":
            name, _, address = one.value.rpartition("=")
            found = address_of(address.strip())
            if name.strip() and found is not None:
                resolved.add(host(name))
                told.of.setdefault(str(found), {}).setdefault(host(name), one.id)
        elif one.attribute in ASKED and (name := host(one.value)):
            told.asked.setdefault(name, []).append(one)
    for one in observations:
        if one.attribute in SAID and (name := host(one.value)) and name not in resolved:
            literal = address_of(name)
            if literal is None and (talk := _only_one(one, talks, told)):
                told.of.setdefault(talk.address, {}).setdefault(name, one.id)
    return told


def _only_one(said: Observation, talks: Iterable[Talk], told: Names) -> Talk | None:
    """The conversation that gave this name, where only one of the same source and time can have been it."""
    at = said.first_seen
    web = said.attribute == "http.host"
    found: Talk | None = None
    for talk in talks:
        if not talk.began or talk.transport == "ip/1" or (talk.port in WEB) is not web or talk.address in told.of:
            continue
        if talk.transport != "tcp" and (web or talk.port != 443):
            continue
        for flow in talk.flows:
            covers = at is None or flow.first_seen - 1 <= at <= flow.last_seen + 1
            if flow.source == said.source and covers and (flow.bytes_in or flow.bytes_out > 200):
                if found is not None and found.key != talk.key:
                    return None
                found = talk
    return found


def host(name: str) -> str:
    """A host name as asked, without port and final dot, in lower case."""
    text = name.strip().rstrip(".").lower()
    if text.startswith("[") and "]" in text:
        return text[1 : text.index("]")]
    before, _, after = text.rpartition(":")
    return before if text.count(":") == 1 and after.isdigit() else text
