"""What a case knows of traffic: flows by device, by pair and by peer; the rest of the case is in `case`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from custodiet.model import Flow

COUNTS = "not in (select source from replaced)"
"""What a source must be to count: a reading whose place another has taken is kept, and left out everywhere."""

FLOW = ", ".join(Flow.__struct_fields__)
"""Columns of the table ``flow``."""

_COUNTED = f"source {COUNTS}"


class Traffic:
    """Questions to the table of flows."""

    def _rows(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        raise NotImplementedError

    def flows_of(self, addresses: Sequence[str], *, most: int = 1000) -> list[Flow]:
        """The largest flows that have one of these ``ip:`` keys on either side, largest first."""
        if not addresses:
            return []
        marks = ",".join("?" * len(addresses))
        sql = (
            f"select {FLOW} from flow where (subject in ({marks}) or peer in ({marks})) "
            f"and {_COUNTED} order by bytes_out + bytes_in desc, id limit ?"
        )
        return [_flow(row) for row in self._rows(sql, *addresses, *addresses, most)]

    def traffic_of(
        self, addresses: Sequence[str], slice_of: Callable[[float, float], float], *, most: int = 20_000
    ) -> Iterator[tuple[Flow, int]]:
        """All flows that have one of these ``ip:`` keys on either side, each with how many it stands for.

        Args:
            addresses: ``ip:`` keys.
            slice_of: (first, last) of all of them -> seconds of a slice.
            most: so many are given as they are; of more, those with the same ends in the same slices are added up,
                so that the smallest is in it and memory stays bounded. A sum has the id of one of its flows.
        """
        if not addresses:
            return
        marks = ",".join("?" * len(addresses))
        where = (
            f"where (subject in ({marks}) or peer in ({marks})) and source in (select id from source where id {COUNTS})"
        )
        keys = (*addresses, *addresses)
        sql = f"select count(*), min(first_seen), max(last_seen) from flow {where}"
        number, first, last = next(self._rows(sql, *keys))
        if number <= most:
            for row in self._rows(f"select {FLOW} from flow {where} order by rowid", *keys):
                yield _flow(row), 1
            return
        length = slice_of(first, last)
        sql = (
            "select min(id), source, subject, peer, transport, port, sum(bytes_out), sum(bytes_in), sum(packets_out), "
            f"sum(packets_in), min(first_seen), max(last_seen), min(locator), count(*) from flow {where} "
            "group by source, subject, peer, transport, port, cast(first_seen / ? as int), cast(last_seen / ? as int)"
        )
        for summed in self._rows(sql, *keys, length, length):
            yield _flow(summed[:-1]), int(summed[-1])

    def callers(self, transport: str, ports: Sequence[int]) -> Iterator[tuple[str, str]]:
        """(caller, called) of every pair of ``ip:`` keys that had an answered conversation with one of these ports."""
        sql = (
            f"select distinct subject, peer from flow where transport = ? and port in ({','.join('?' * len(ports))}) "
            f"and bytes_in > 0 and {_COUNTED}"
        )
        yield from self._rows(sql, transport, *ports)

    def pairs(self) -> Iterator[tuple[str, str, str]]:
        """(source, subject, peer) of all flows, each once."""
        yield from self._rows(f"select distinct source, subject, peer from flow where {_COUNTED}")

    def peers_of(self, addresses: Sequence[str]) -> list[str]:
        """The ``ip:`` keys of everything that these exchanged traffic with, or tried to; each once, in order."""
        if not addresses:
            return []
        marks = ",".join("?" * len(addresses))
        sql = (
            f"select peer from flow where subject in ({marks}) and {_COUNTED} union "
            f"select subject from flow where peer in ({marks}) and {_COUNTED} order by 1"
        )
        return [str(row[0]) for row in self._rows(sql, *addresses, *addresses)]

    def flows_between(self, addresses: Sequence[str], others: Sequence[str], *, most: int = 1000) -> list[Flow]:
        """The largest flows between keys of the one and keys of the other, largest first, however small they are."""
        found: dict[str, Flow] = {}
        for start in range(0, len(others) if addresses else 0, 500):
            some = others[start : start + 500]
            mine, theirs = ",".join("?" * len(addresses)), ",".join("?" * len(some))
            sql = (
                f"select {FLOW} from flow where ((subject in ({mine}) and peer in ({theirs})) "
                f"or (peer in ({mine}) and subject in ({theirs}))) and {_COUNTED} "
                "order by bytes_out + bytes_in desc, id limit ?"
            )
            flows = map(_flow, self._rows(sql, *addresses, *some, *addresses, *some, most))
            found.update((flow.id, flow) for flow in flows)
        return sorted(found.values(), key=lambda flow: (-flow.bytes_out - flow.bytes_in, flow.id))[:most]

    def has_flows(self) -> bool:
        """Whether any conversation was seen at all."""
        return next(self._rows(f"select 1 from flow where {_COUNTED} limit 1"), None) is not None

    def count_flows(self, addresses: Sequence[str]) -> int:
        """How many flows have one of these keys on either side."""
        if not addresses:
            return 0
        marks = ",".join("?" * len(addresses))
        sql = f"select count(*) from flow where (subject in ({marks}) or peer in ({marks})) and {_COUNTED}"
        return int(next(self._rows(sql, *addresses, *addresses))[0])


def _flow(row: tuple[Any, ...]) -> Flow:
    return Flow(**dict(zip(Flow.__struct_fields__, row, strict=True)))
