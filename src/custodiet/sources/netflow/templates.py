"""What exporters say of their records: templates per exporter's domain, redefined, withdrawn, and awaited.

Data that comes before its template is held, within bounds, and handed on when the template comes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from custodiet.errors import WireError
from custodiet.sources.netflow.layout import Field, Layout
from custodiet.sources.netflow.messages import Message, Set

MOST_TEMPLATES = 20_000
"""Templates of all domains that are known at a time; the ones defined first are forgotten."""
MOST_LAYOUTS = 2_000
"""Different templates of one file; routers of one body have some dozens."""
MOST_FIELDS = 200_000
"""Of all these together."""
MOST_HELD = 16 << 20
"""Bytes of data that wait for their template."""

Key: TypeAlias = tuple[int, int, int]
"""Version, domain and number of a template."""


class Templates:
    """All templates of a file."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[dict[int, Layout], dict[int, Layout]]] = {}
        """Version and domain -> the templates of flows, and those of options, by number."""
        self._number = 0
        self._layouts: dict[tuple[Field, ...], Layout] = {}
        self._fields = 0
        self._waiting: dict[Key, list[tuple[Message, Set]]] = {}
        self._held = 0
        self.dropped: dict[Key, int] = {}
        """Sets that came before their template when no more could be held."""

    def of(self, message: Message, number: int) -> tuple[Layout | None, bool]:
        """The layout that holds for a set of this message, and whether its records speak of the exporter itself."""
        plain, options = self._known.get((message.version, message.domain), ({}, {}))
        found = plain.get(number)
        return (found, False) if found else (options.get(number), True)

    def hold(self, message: Message, one: Set) -> None:
        """Keep a set until its template comes."""
        key = (message.version, message.domain, one.id)
        # An empty body costs memory too.
        self._held += len(one.body) + 500
        if self._held > MOST_HELD:
            self._held -= len(one.body) + 500
            if key in self.dropped or len(self.dropped) < MOST_TEMPLATES:
                self.dropped[key] = self.dropped.get(key, 0) + 1
            return
        alone = msgspec.structs.replace(message, sets=[])  # the other sets of its message need not be kept
        self._waiting.setdefault(key, []).append((alone, one))

    def waited(self, message: Message, number: int) -> list[tuple[Message, Set]]:
        """The sets that waited for this template."""
        found = self._waiting.pop((message.version, message.domain, number), [])
        self._held -= sum(len(one.body) + 500 for _, one in found)
        return found

    def orphans(self) -> Iterator[tuple[Key, int, int]]:
        """(template, sets, byte of the first one) of data whose template never came."""
        for key in sorted(self._waiting.keys() | self.dropped.keys()):
            held = self._waiting.get(key, [])
            yield key, len(held) + self.dropped.get(key, 0), held[0][1].place - 4 if held else 0

    def define(self, message: Message, one: Set) -> Iterator[int]:
        """Take the templates of a set.

        Yields:
            the number of each template that was defined.

        Raises:
            WireError: a template that cannot be; those before it hold.
        """
        body, at = one.body, 0
        first = 0 if message.version == 9 else 2
        options = one.id == first + 1
        mine = self._known.setdefault((message.version, message.domain), ({}, {}))
        while len(body) - at >= 4:
            number, count = struct.unpack_from(">HH", body, at)
            if number < 256:
                if message.version != 9 and count == 0 and number == one.id:
                    self._number -= len(mine[options])
                    mine[options].clear()
                    at += 4
                    continue
                if body[at:].strip(b"\0"):
                    raise WireError(f"a template with the number {number}, which is none")
                return  # padding
            at += 4
            if count == 0 and message.version != 9:
                self._forget(mine, number)
                continue
            fields, at = _fields(body, at, count, options, message.version == 9)
            layout = self._layout(fields)
            self._forget(mine, number)
            mine[options][number] = layout
            self._number += 1
            if self._number > MOST_TEMPLATES:
                self._make_room(mine)
            yield number

    def _forget(self, domain: tuple[dict[int, Layout], dict[int, Layout]], number: int) -> None:
        for known in domain:
            if known.pop(number, None):
                self._number -= 1

    def _make_room(self, mine: tuple[dict[int, Layout], dict[int, Layout]]) -> None:
        """Forget the domain that was met first; or, where there is no other, the first template of this one."""
        key, domain = next(iter(self._known.items()))
        if domain is not mine:
            del self._known[key]
            self._number -= len(domain[0]) + len(domain[1])
            return
        known = mine[0] or mine[1]
        del known[next(iter(known))]
        self._number -= 1

    def _layout(self, fields: tuple[Field, ...]) -> Layout:
        found = self._layouts.get(fields)
        if found is None:
            self._fields += len(fields)
            if len(self._layouts) >= MOST_LAYOUTS or self._fields > MOST_FIELDS:
                raise WireError(f"a template beyond the {MOST_LAYOUTS:,} different ones that are read of one file")
            found = self._layouts[fields] = Layout(fields)
        return found


def _fields(body: bytes, at: int, count: int, options: bool, v9: bool) -> tuple[tuple[Field, ...], int]:
    """The fields of a template, and where it ends."""
    if options:
        if len(body) - at < 2:
            raise WireError("a template that ends in the middle")
        if v9:  # two lengths in bytes, of the fields of the scope and of the others
            scopes, rest = count // 4, int.from_bytes(body[at : at + 2], "big") // 4
            count = scopes + rest
        else:
            scopes = int.from_bytes(body[at : at + 2], "big")
        at += 2
    else:
        scopes = 0
    if count == 0:
        raise WireError("a template without fields")
    fields: list[Field] = []
    for number_of_field in range(count):
        if len(body) - at < 4:
            raise WireError("a template that ends in the middle")
        number, length = struct.unpack_from(">HH", body, at)
        at += 4
        enterprise = 0
        if number & 0x8000 and not v9:
            if len(body) - at < 4:
                raise WireError("a template that ends in the middle")
            number &= 0x7FFF
            enterprise = int.from_bytes(body[at : at + 4], "big")
            at += 4
        if v9 and (number_of_field < scopes or number & 0x8000):
            enterprise = -1  # a scope of v9 has numbers of its own: system, interface, card; likewise a maker's field
        if v9 and length == 65535:
            raise WireError("a field of NetFlow v9 that is longer than a packet")
        fields.append((enterprise, number, length))
    return tuple(fields), at
