"""What the devices of an open case talk to: the conversations of each, and what is the same for all.

It joins what the case holds and what `egress` says of it. What a user's database says of addresses is asked once and
kept in the case, so that a report shown later needs no database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import SpooledTemporaryFile

import msgspec

from custodiet.casefile import Case
from custodiet.catalog import Catalog
from custodiet.dates import day_of
from custodiet.egress import ASKED_FOR, Around, Owners, egress_of
from custodiet.egress.inside import STREAMS, Roles
from custodiet.egress.names import host
from custodiet.egress.place import address_of, is_nobody, is_private, is_to_all, lies_outside, own_networks
from custodiet.egress.shape import slice_of
from custodiet.egress.watched import watches
from custodiet.model import Asset, Body, Egress, Identification, Located
from custodiet.sources.mmdb import Database

LOCATED = "located:"
"""Before an address: the key under which a case keeps what a database says of it."""

NAMES = ("dns.query",)
"""Attributes of which a device can have any number; asked for by themselves, so that they crowd nothing out."""


IN_MEMORY = 32 << 20
"""Bytes of what was worked out once that stay in memory; more of it lies in a temporary file."""


class Once:
    """What the devices of a case talk to, worked out when first asked and told again as often as a report needs it.

    It holds while nothing is added to the case: make another one after that. Of a case without traffic nothing is told.

    Args:
        case, catalog, body: as for `egress_of_case`.
    """

    def __init__(self, case: Case, catalog: Catalog, body: Body | None) -> None:
        self._asked = case, catalog, body
        self._kept: SpooledTemporaryFile[bytes] | None = None

    def __enter__(self) -> Once:
        return self

    def __exit__(self, *_: object) -> None:
        if self._kept is not None:
            self._kept.close()

    def __iter__(self) -> Iterator[Egress]:
        return self._work_out() if self._kept is None else self._again(self._kept)

    def _work_out(self) -> Iterator[Egress]:
        kept: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        try:
            for egress in egress_of_case(*self._asked) if self._asked[0].has_flows() else ():
                written = msgspec.msgpack.encode(egress)
                kept.write(len(written).to_bytes(8, "big") + written)
                yield egress
            if self._kept is None:  # only now: whoever stops early has not heard all
                self._kept = kept
        finally:
            if self._kept is not kept:
                kept.close()

    def _again(self, kept: SpooledTemporaryFile[bytes]) -> Iterator[Egress]:
        at = 0
        while True:
            kept.seek(at)  # several may be listening
            head = kept.read(8)
            if not head:
                return
            length = int.from_bytes(head, "big")
            at += 8 + length
            yield msgspec.msgpack.decode(kept.read(length), type=Egress)


def egress_of_case(
    case: Case, catalog: Catalog, body: Body | None, *, on: str = "", only: str | None = None
) -> Iterator[Egress]:
    """What each surveillance device talks to, and each device of unknown kind that gives a sign; in the case's order.

    Args:
        case: with conclusions.
        catalog: companies and endpoints.
        body: whose networks are inside; none: every public address counts as outside.
        on: ISO 8601 date for which the families of makers are asked; empty: that of the last audit.
        only: id of one asset, of whatever kind.
    """
    around = _around(case, catalog, body, on)
    firmware = tuple(sorted(around.firmware))
    rest = tuple(name for name in ASKED_FOR if name not in NAMES) + firmware
    for asset, identification, _ in case.conclusions(only):
        addresses = _keys(asset)
        if only is None and not _is_told(identification, catalog, outside=lies_outside(addresses, around.own)):
            continue
        observations = [*case.observed_of(asset.id, rest), *case.observed_of(asset.id, NAMES)]
        flows = case.traffic_of(addresses, slice_of)
        yield egress_of(asset, identification, observations, flows, around)


def _is_told(identification: Identification, catalog: Catalog, *, outside: bool) -> bool:
    """Whether it is for surveillance, or of unknown kind with a sign; of a public address no MAC is a sign."""
    device_class = identification.get("device_class").value
    if device_class:
        return bool(catalog.surveillance(device_class))
    claims = (claim for field in ("manufacturer", "brand") for claim in identification.get(field).claims_for)
    return any(not outside or claim.technique != "address-block" for claim in claims)


def _around(case: Case, catalog: Catalog, body: Body | None, on: str) -> Around:
    tallies = case.tallies()
    gateways, given = _seen_by_any(case, catalog)
    roles, shared = _roles(case, catalog, gateways)
    return Around(
        owners=Owners(catalog, on or _day_of(case), given),
        own=own_networks(body),
        watches=watches(case.sources(), tallies, hubs(case)),
        roles=roles,
        shared=shared,
        located=located(case),
        firmware=frozenset(id for id, word in catalog.attributes.items() if word.reads_as == "device.firmware"),
    )


class _Audited(msgspec.Struct):
    on: str


def _day_of(case: Case) -> str:
    """The date of the last audit; else the last day of which anything was seen; else the end of all that is known."""
    if text := case.meta("context"):
        return msgspec.json.decode(text, type=_Audited).on
    days = [day for tally in case.tallies() if (day := day_of(tally.last_seen or 0.0))]
    return str(max(days, default="9999"))


def _seen_by_any(case: Case, catalog: Catalog) -> tuple[frozenset[str], dict[str, str]]:
    """``ip:`` keys that forward for others; and address -> name on record as which any device was given it."""
    gateways: set[str] = set()
    given: dict[str, str] = {}
    owners = Owners(catalog, "9999")
    for one in case.observations(["net.gateway", "dns.answer"]):
        if one.attribute == "net.gateway":
            gateways.add(one.subject)
            continue
        name, _, written = one.value.rpartition("=")
        record = owners.record(host(name))
        address = address_of(written.strip())
        if record and not record.shelf and address is not None:
            given.setdefault(str(address), host(name))
    return frozenset(gateways), given


def _roles(case: Case, catalog: Catalog, gateways: frozenset[str]) -> tuple[Roles, frozenset[str]]:
    """What machines inside are: by what was concluded of them, and by whose pictures they fetch; and shared keys."""
    users: Counter[str] = Counter()
    recorders: dict[str, str] = {}
    devices: set[str] = set()
    for asset, identification, _ in case.conclusions():
        concluded = identification.get("device_class")
        keys = _keys(asset)
        users.update(keys)
        if concluded.value == "recorder":
            recorders.update(dict.fromkeys(keys, asset.label))
        elif catalog.surveillance(concluded.value):
            devices.update(keys)
    fetched: dict[str, set[str]] = {}
    for caller, called in case.callers("tcp", STREAMS):
        if called in devices:
            fetched.setdefault(caller, set()).add(called)
    roles = Roles(recorders, {key: len(called) for key, called in fetched.items()}, gateways)
    return roles, frozenset(key for key, number in users.items() if number > 1)


def _keys(asset: Asset) -> list[str]:
    return [f"ip:{one.value}" for one in asset.identifiers if one.kind == "ip"]


def hubs(case: Case) -> dict[str, str]:
    """Source -> the one address that takes part in all of its conversations, where these are of three or more."""
    common: dict[str, set[str]] = {}
    others: dict[str, set[str]] = {}
    for source, subject, peer in case.pairs():
        if is_to_all(subject) or is_to_all(peer):
            continue
        left = common.get(source)
        common[source] = {subject, peer} if left is None else left & {subject, peer}
        seen = others.setdefault(source, set())
        if len(seen) < 4:
            seen.update((subject, peer))
    return {source: next(iter(left)) for source, left in common.items() if len(left) == 1 and len(others[source]) > 2}


def locate(case: Case, databases: Sequence[Path]) -> int:
    """Ask the user's databases where the addresses outside are, and keep what they say in the case.

    What is private is not asked; of several databases the first that says a country, and the first that says a network,
    are taken. What was kept of such an address before is replaced.

    Args:
        case: with conversations.
        databases: MMDB files of countries, cities or networks.

    Returns:
        How many addresses any of them knows.

    Raises:
        UsageError: a file cannot be read, or is no sound database; then nothing is kept.
    """
    addresses: set[str] = set()
    for _, subject, peer in case.pairs():
        addresses.update(key for key in (subject, peer) if not (is_nobody(key) or is_to_all(key) or is_private(key)))
    kept: dict[str, str] = {}
    with ExitStack() as stack:
        opened = [stack.enter_context(Database(path)) for path in databases]
        for key in sorted(addresses):
            address = address_of(key)
            told = [said for database in opened if address is not None and (said := database.of(address))]
            if told:
                country = next((one for one in told if one.country), None)
                owner = next((one for one in told if one.network_owner), None)
                both = Located(
                    country=country.country if country else "",
                    network_owner=owner.network_owner if owner else "",
                    database="; ".join(dict.fromkeys(one.database for one in (country, owner) if one)),
                )
                kept[LOCATED + key.removeprefix("ip:")] = msgspec.json.encode(both).decode()
    case.set_metas(kept)
    return len(kept)


def located(case: Case) -> dict[str, Located]:
    """Address -> what a user's database said of it, as the case keeps it."""
    kept = case.metas(LOCATED)
    return {key.removeprefix(LOCATED): msgspec.json.decode(text, type=Located) for key, text in kept.items()}
