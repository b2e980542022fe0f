"""The query log of dnsmasq, which Pi-hole and most small routers write.

A line with a reply names the name and not who had asked for it. A reply is tied to an asker only

- where both lines carry the same serial number (``log-queries=extra``), or
- where in the last half minute one asker alone had asked for that name and that kind of address, and
- for an alias (``is <CNAME>``), where the next line goes on with it, since dnsmasq writes a reply in one go.

All other replies are counted and told about nobody.
"""

from __future__ import annotations

import re
from collections import OrderedDict

from custodiet.sources.log_lines import Asked, Dialect, Skipped, Told
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text, is_device_ip

MOST_OPEN = 20_000
"""Questions that are remembered until they are answered."""
_PATIENCE = 30.0  # seconds; a resolver gives up before

_PROGRAM = re.compile(r"\bdnsmasq(?:-dns)?(?:\[\d{1,10}\])?: ")
_EXTRA = re.compile(r"(\d{1,12}) ([0-9A-Fa-f.:]{2,45})/\d{1,5} ")
_QUERY = re.compile(r"query\[([A-Za-z0-9=-]{1,20})\] (\S{1,1000}) from ([0-9A-Fa-f.:%a-z]{2,60})")
_REPLY = re.compile(
    r"(?:reply|cached|cached-stale|config|/\S{1,250}|special|DHCP|gravity blocked|exactly denied|regex denied) "
    r"(\S{1,1000}) is (\S{1,200})"
)
_FAMILY = {"A": "4", "AAAA": "6"}
_UNTIED = "replies of dnsmasq that could not be tied to who had asked"


class Dnsmasq(Dialect):
    """``dnsmasq[77]: query[A] cam.example from 10.0.0.5``"""

    id = "dnsmasq"
    title = "dnsmasq"

    def __init__(self) -> None:
        # (name, kind of address) -> who has asked since it was last answered, when last, whether it was answered
        self._open: OrderedDict[tuple[str, str], tuple[set[str], float, bool]] = OrderedDict()
        self._serials: OrderedDict[str, tuple[str, str]] = OrderedDict()
        # an alias whose reply the next line goes on with: who had asked, and for which name
        self._alias: tuple[str, str] | None = None

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if "dnsmasq" not in line:
            return None
        program = _PROGRAM.search(line)
        if program is None:
            return None
        when, _end = clock.stamp(line)
        at, serial = program.end(), ""
        if extra := _EXTRA.match(line, at):
            at, serial = extra.end(), extra[1]
        alias, self._alias = self._alias, None
        if query := _QUERY.match(line, at):
            kind, name, asker = query[1], query[2], ip_text(query[3])
            if asker is None:
                return "a query without an address that can be read"
            self._asked(name, kind, asker, when, serial)
            return Asked(asker=asker, name=name, when=when)
        if reply := _REPLY.match(line, at):
            return self._answered(reply[1], reply[2], when, serial, alias)
        return Skipped()

    def _asked(self, name: str, kind: str, asker: str, when: float | None, serial: str) -> None:
        if serial:
            self._serials[serial] = (asker, name)
            if len(self._serials) > MOST_OPEN:
                self._serials.popitem(last=False)
            return
        if kind not in _FAMILY or when is None:
            return
        key = (name.lower(), _FAMILY[kind])
        askers, last, answered = self._open.pop(key, (set(), when, False))
        if answered or when - last > _PATIENCE:
            askers = set()
        askers.add(asker)
        self._open[key] = (askers, when, False)
        if len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)

    def _answered(self, name: str, value: str, when: float | None, serial: str, alias: tuple[str, str] | None) -> Told:
        is_alias = value == "<CNAME>"
        address = ip_text(value)
        if not is_alias and (address is None or not is_device_ip(address)):
            return Skipped()  # there is none, or it was blocked here
        tied = self._serials.get(serial) if serial else alias or self._only_asker(name, address, when)
        if tied is None:
            return Skipped("" if is_alias else _UNTIED)
        if is_alias:
            self._alias = tied
            return Skipped()
        asker, asked = tied
        names = dict.fromkeys((asked, name))  # the address holds for the alias too
        return Asked(asker=asker, name="", answers=tuple(f"{one}={address}" for one in names), when=when)

    def _only_asker(self, name: str, address: str | None, when: float | None) -> tuple[str, str] | None:
        families = ("4", "6") if address is None else ("6",) if ":" in address else ("4",)
        found: set[str] = set()
        for family in families:
            key = (name.lower(), family)
            askers, last, _answered = self._open.get(key, (set(), 0.0, False))
            if askers and when is not None and when - last <= _PATIENCE:
                found |= askers
                if address is not None:
                    self._open[key] = (askers, last, True)
        return (found.pop(), name) if len(found) == 1 else None
