"""What a database of the user (MMDB) says of an address: country, and who announces its network; with its date.

It knows the shapes in which the usual makers of such files write these two things, and no others. A database says where
an address is registered or believed to be; that is no proof of where a machine stands. Nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from types import TracebackType

import maxminddb

from custodiet.dates import day_of
from custodiet.errors import UsageError
from custodiet.model import Located

COUNTRIES = (
    ("country", "iso_code"), ("registered_country", "iso_code"), ("country", "code"), ("country_code",), ("country",),
)  # fmt: skip
"""Where a record keeps the code of the country, the best first."""

NETWORKS = (
    ("autonomous_system_organization",), ("as_name",), ("traits", "autonomous_system_organization"), ("asn", "name"),
    ("as_org",), ("org",), ("isp",),
)  # fmt: skip
"""Where a record keeps the name of who announces the network."""

LONGEST = 200
"""Characters of a name."""

NEXT = "Check that it is an MMDB file for countries or networks, and fetch it anew from whoever made it."


class Database:
    """One open database.

    Args:
        path: an MMDB file.

    Raises:
        UsageError: it cannot be read, or is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # the reader in plain Python, which bounds what one record may unfold to
            self._reader = maxminddb.open_database(path, maxminddb.MODE_MMAP)
            told = self._reader.metadata()
            kind, epoch = told.database_type, told.build_epoch
        except OSError as fault:
            raise UsageError(
                f"the database cannot be read: {fault.strerror or fault}",
                place=str(path),
                next_step="Check the path and that the file may be read.",
            ) from fault
        except Exception as fault:  # whatever a broken file makes the reader stumble over
            raise self._refused(fault) from fault
        made = day_of(epoch) if isinstance(epoch, int | float) and epoch > 0 else None
        name = _text(kind) or "a database without a type"
        self.name = f"{name}, {f'made {made}' if made else 'of a day that it does not say'}"

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._reader.close()

    def of(self, address: IPv4Address | IPv6Address) -> Located | None:
        """What it says of an address; none where it says neither.

        Raises:
            UsageError: the file is damaged.
        """
        try:
            if address.version == 6 and self._reader.metadata().ip_version == 4:
                return None
            record = self._reader.get(address)
        except Exception as fault:
            raise self._refused(fault) from fault
        if not isinstance(record, Mapping):
            return None
        country = next((code for path in COUNTRIES if (code := _code(_at(record, path)))), "")
        owner = next((name for path in NETWORKS if (name := _text(_at(record, path)))), "")
        return Located(country=country, network_owner=owner, database=self.name) if country or owner else None

    def _refused(self, fault: Exception) -> UsageError:
        return UsageError(
            f"the database is damaged, or is no MMDB file ({fault})", place=str(self._path), next_step=NEXT
        )


def _at(record: object, path: tuple[str, ...]) -> object:
    for key in path:
        record = record.get(key) if isinstance(record, Mapping) else None
    return record


def _text(value: object) -> str:
    return " ".join(value.split())[:LONGEST] if isinstance(value, str) else ""


def _code(value: object) -> str:
    """A country code; names and anything else are no code."""
    text = _text(value).upper()
    return text if len(text) == 2 and text.isascii() and text.isalpha() else ""
