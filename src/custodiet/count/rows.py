"""What one scan record says, as one row: where it was seen, by what the device names itself, what speaks about it.

A row holds no text of the device: addresses and serial numbers become 64-bit digests, everything else is a word of the
catalog. It knows nothing of files and engines; what comes out is the same wherever it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pyarrow as pa

from custodiet.resolve.identity import as_identifier, is_local_mac

if TYPE_CHECKING:
    from custodiet.sources.exports.base import ScanRecord

WORD = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    [
        pa.field("address", pa.uint64(), nullable=False),  # digest of the address
        pa.field("identity", pa.uint64(), nullable=False),  # digest of a serial number or MAC; 0 where none was shown
        pa.field("evidence", WORD, nullable=False),  # what the catalog says of it, as `identify.batch` writes it
        pa.field("country", WORD, nullable=False),  # as the export says; empty: not said
        pa.field("network", WORD, nullable=False),  # owner of the network as the export says; empty: not said
        pa.field("day", pa.int32(), nullable=False),  # days since 1970; -1 where the export has no time
    ]
)

FIELDS = ("device_class", "manufacturer", "brand")
"""What is concluded of every device."""

_DAY = 86_400


def digest(kind: str, value: str) -> int:
    """64 bits of a value, never 0, so that 0 can say that there is none."""
    return int.from_bytes(blake2b(f"{kind}\x1f{value}".encode("utf-8", "surrogatepass"), digest_size=8).digest()) or 1


class Rows:
    """Rows being gathered.

    Args:
        evidence: (attribute, value) pairs -> what the catalog says of them.
        kinds: attribute -> kind of identifier, from `resolve.identity_attributes`.
    """

    def __init__(self, evidence: Callable[[Iterable[tuple[str, str]]], str], kinds: dict[str, str]) -> None:
        self._evidence = evidence
        self._kinds = kinds
        self._address = lru_cache(1 << 16)(_digest_of_address)
        self._columns: tuple[list[int], list[int], list[str], list[str], list[str], list[int]]
        self._empty()

    def __len__(self) -> int:
        return len(self._columns[0])

    def add(self, record: ScanRecord) -> None:
        """Add what one record says."""
        address, identity, evidence, country, network, day = self._columns
        address.append(self._address(record.address))
        identity.append(self._identity_of(record.facts))
        evidence.append(self._evidence(record.facts))
        country.append(record.country)
        network.append(record.network)
        day.append(-1 if record.at is None else int(record.at // _DAY))

    def take(self) -> pa.RecordBatch:
        """The rows gathered so far; gathering begins anew."""
        columns = [
            pa.array(values, pa.string()).dictionary_encode() if field.type == WORD else pa.array(values, field.type)
            for values, field in zip(self._columns, SCHEMA, strict=True)
        ]
        self._empty()
        return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)

    def _empty(self) -> None:
        self._columns = ([], [], [], [], [], [])

    def _identity_of(self, facts: Iterable[tuple[str, str]]) -> int:
        """The digest of the serial number or burned-in MAC the record shows; of several, always the same one."""
        found = []
        for attribute, value in facts:
            kind = self._kinds.get(attribute, "")
            if kind in ("serial", "mac"):
                named = as_identifier(kind, value)
                if named and not (kind == "mac" and is_local_mac(named)):
                    found.append((kind, named))
        return digest(*max(found)) if found else 0


def _digest_of_address(address: str) -> int:
    try:
        return digest("ip", str(ip_address(address)))
    except ValueError:
        return digest("name", address.lower())
