"""The statements on isolation that a case keeps: which of them hold, and what each says of a device.

A statement is checked each time it is looked at. Of one that does not hold, nothing is told but that it is broken: what
it claims may be what somebody wrote into it. Whose key signed is not known here, and not said.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from custodiet.casefile import Case
from custodiet.dates import day_of
from custodiet.egress.words import how_many, size
from custodiet.errors import IntegrityError
from custodiet.isolation.judged import DeviceProof, Leak
from custodiet.isolation.statement import Checked, Envelope, check, statement_id, statement_of
from custodiet.model import Asset, Egress, Proof, Relied
from custodiet.model.proof import Standing

KEPT_UNDER = "isolation:"
"""Before the id of a statement: the key under which a case keeps its envelope."""
FILE_UNDER = "isolation-file:"
"""Before the id of a statement: the key under which a case keeps the name of the file that was written beside it."""

MOST_LEAKS = 5
"""Leaks told of one device; the statement has more."""

_BY = {"mac": "MAC", "serial": "serial"}
"""Kinds of identifiers by which a device is found again -> how statements write them. An address is none: it moves."""


@dataclass(slots=True)
class Statements:
    """What a case keeps, to be asked device by device.

    Args:
        of: id of a device -> what is said of it.
        called: identifier as statements write it -> the same.
        unreadable: id of a statement that does not even tell which devices it is about -> why.
    """

    of: dict[str, list[Proof]] = field(default_factory=lambda: defaultdict(list))
    called: dict[str, list[Proof]] = field(default_factory=lambda: defaultdict(list))
    unreadable: dict[str, str] = field(default_factory=dict)

    def about(self, asset: Asset, egress: Egress | None = None) -> tuple[Proof, ...]:
        """What is said of a device, the latest first.

        Args:
            asset: the device; found by its id, or by a MAC or serial number that the statement gives.
            egress: what it talks to by the case, which may be later than the statement.
        """
        found = {proof.statement: proof for proof in self.of.get(asset.id, ())}
        for one in asset.identifiers:
            if one.identity and one.kind in _BY:
                for proof in self.called.get(f"{_BY[one.kind]} {one.value}", ()):
                    found.setdefault(proof.statement, proof)
        told = [msgspec.structs.replace(proof, since=tuple(_since(proof, egress))) for proof in found.values()]
        return tuple(sorted(told, key=lambda proof: (proof.watched_until, proof.stated_at, proof.statement))[::-1])


def keep(case: Case, id: str, envelope: bytes, file: str = "") -> None:
    """Keep a statement in a case.

    Args:
        case: open.
        id: of the statement.
        envelope: as written.
        file: name of the file that was written beside it.
    """
    case.set_metas({f"{KEPT_UNDER}{id}": envelope.decode(), f"{FILE_UNDER}{id}": file})


def statements_of(case: Case) -> Statements:
    """All statements of a case, each checked."""
    found = Statements()
    files = case.metas(FILE_UNDER)
    for key, text in case.metas(KEPT_UNDER).items():
        id = key.removeprefix(KEPT_UNDER)
        file = files.get(f"{FILE_UNDER}{id}", "")
        try:
            for device, proof in _proofs(id, text.encode("utf-8", "surrogatepass"), file):
                found.of[device.asset].append(proof)
                for name in device.identifiers:
                    found.called[name].append(proof)
        except IntegrityError as fault:
            found.unreadable[id] = fault.reason
    return found


def relied(case: Case) -> Iterator[Relied]:
    """The files that the statements of a case rest on, those of broken ones left out; each once."""
    told: dict[tuple[str, str], Relied] = {}
    for key, text in case.metas(KEPT_UNDER).items():
        try:
            held, *_ = _held(key.removeprefix(KEPT_UNDER), text.encode("utf-8", "surrogatepass"))
        except IntegrityError:
            continue  # `statements_of` tells it
        for subject in held.statement.subject if held else ():
            role, _slash, name = subject.name.partition("/")
            said = held.statement.predicate if held else None
            period = getattr(said, role) if said and role in ("before", "after") else None
            digest = subject.digest.get("sha256", "")
            since, until = (period.begin[:10], period.end[:10]) if period else ("", "")
            one = Relied(kind="isolation proof", name=name, sha256=digest, since=since, until=until)
            told.setdefault((name, digest), one)
    yield from told.values()


def _proofs(id: str, data: bytes, file: str) -> Iterator[tuple[DeviceProof, Proof]]:
    """What one statement says of each device.

    Raises:
        IntegrityError: it does not tell which devices it is about.
    """
    held, standing, fault, devices = _held(id, data)
    for device in devices:
        if held is None:
            yield device, Proof(statement=id, file=file, standing="broken", fault=fault)
        else:
            yield device, _told(held, device, file, standing)


def _held(id: str, data: bytes) -> tuple[Checked | None, Standing, str, tuple[DeviceProof, ...]]:
    """A statement where it holds, whether it is signed, why it is broken where it is, and which devices it is about.

    Raises:
        IntegrityError: it does not tell which devices it is about.
    """
    standing: Standing
    fault, held = "", None
    try:
        held = check(data)
        standing = "signed"
        if held.id != id:
            standing, fault = "broken", f"it is not the statement of that id, but {held.id}"
        devices = held.statement.predicate.devices
    except IntegrityError as why:
        try:
            envelope = msgspec.json.decode(data, type=Envelope)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as nothing:
            raise why from nothing
        said = statement_of(envelope)
        if not envelope.signatures and not said.predicate.signed_with:
            held = _unsigned(envelope, id)
        standing, fault = ("not signed", "") if held else ("broken", why.reason)
        devices = said.predicate.devices
    return (None if standing == "broken" else held), standing, fault, devices


def _unsigned(envelope: Envelope, id: str) -> Checked | None:
    """A statement that nobody signed, if it is at least the one that the case kept under this id."""
    payload = base64.b64decode(envelope.payload)
    if statement_id(payload) != id:
        return None
    return Checked(id=id, statement=statement_of(envelope), key="", key_id="", known_key=False)


def _told(held: Checked, device: DeviceProof, file: str, standing: Standing) -> Proof:
    said = held.statement.predicate
    return Proof(
        statement=held.id,
        file=file,
        standing=standing,
        verdict=device.verdict,
        says=device.says,
        hours=round(device.watched / 3600, 2),
        watched_from=said.after.begin if said.after else "",
        watched_until=said.after.end if said.after else "",
        point=said.point,
        recognised_by=device.recognised_by,
        before_outside=device.before_outside,
        leaks=tuple(map(_leak, device.leaks[:MOST_LEAKS])),
        leaks_total=device.leaks_total,
        doubts=tuple(doubt for doubt in device.doubts if doubt != device.says),
        not_tested=said.not_tested,
        key_id=held.key_id,
        stated_at=said.stated_at,
    )


def _leak(leak: Leak) -> str:
    """A leak with its bytes, when, and the first place that shows it."""
    days = dict.fromkeys(day_of(at) for at in (leak.first_seen, leak.last_seen) if at is not None)
    told = [f"{size(leak.bytes_out)} out, {size(leak.bytes_in)} in"] if leak.bytes_out or leak.bytes_in else []
    told += [" to ".join(str(day) for day in days if day)] if any(days) else []
    told += leak.evidence[:1]
    return f"{leak.says} ({'; '.join(told)})" if told else leak.says


def _since(proof: Proof, egress: Egress | None) -> Iterator[str]:
    """What the case knows of later times."""
    until = _moment(proof.watched_until)
    if egress is None or until is None:
        return
    later = [peer for peer in egress.peers if peer.where == "outside" and peer.last_seen >= until + 1]
    for found, words in (
        ([peer for peer in later if peer.answered], "Seen outside again: traffic with {}"),
        ([peer for peer in later if not peer.answered], "Traffic with {} outside again, and no answer was seen"),
    ):
        if found:
            number = how_many(len({peer.address for peer in found}), "address", "addresses")
            yield f"{words.format(number)}, last on {day_of(max(peer.last_seen for peer in found))}."
    new = [one for one in egress.firmware if one.first_seen is not None and one.first_seen >= until + 1]
    old = {one.version for one in egress.firmware if one not in new}
    for one in new:
        if old and one.version not in old:
            day = day_of(one.first_seen or 0.0)
            yield f"Its firmware was another after that, {one.version} on {day}, of which the statement says nothing."


def _moment(text: str) -> float | None:
    """Seconds since 1970 UTC of a time that a statement gives; none where it is no time."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
