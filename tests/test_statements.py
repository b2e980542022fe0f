"""The statements that a case keeps: what does not hold is never proof, and what came later is told beside it."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.casefile import Case
from custodiet.isolation.statement import Isolation, Period, Subject, seal
from custodiet.model import Asset, Egress, FirmwareSeen, Peer, Proof, Relied
from custodiet.signing import key_id
from custodiet.statements import Statements, keep, relied, statements_of
from isolation.proof import MAC, asset, flow, hourly, proved, side

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
END = datetime(2026, 9, 22, 14, 13, 20, tzinfo=UTC).timestamp()


def sealed(
    *, leaking: bool = False, key: Ed25519PrivateKey | None = KEY, end: str = "2026-09-22T14:13:20Z"
) -> tuple[str, bytes]:
    """Id and envelope of a statement on the one camera."""
    more = [flow(peer="ip:203.0.113.9", port=443)] if leaking else []
    said = Isolation(
        body="Town", sites=(), point="uplink", near_side=False, before=None,
        after=Period(begin="2026-09-21T14:13:20Z", end=end), hours=30.0, allowed=(),
        devices=(proved(side([*hourly(30), *more])),), case_devices=1, others=(), not_tested=("much",),
        doubts=(), tool="custodiet 0", catalog="c", stated_at="2026-09-23T00:00:00Z", signed_with="",
    )  # fmt: skip
    id, envelope = seal((Subject(name="after/a.pcap", digest={"sha256": "ab" * 32}),), said, key)
    return id, msgspec.json.encode(envelope)


def kept(tmp_path: Path, *statements: tuple[str, bytes]) -> Statements:
    with Case(tmp_path / "c.sqlite") as case:
        for id, envelope in statements:
            keep(case, id, envelope, "proof.json")
        return statements_of(case)


def only(found: Statements, egress: Egress | None = None, of: Asset | None = None) -> Proof:
    (one,) = found.about(of or asset(), egress)
    return one


def talks(*peers: Peer, firmware: tuple[FirmwareSeen, ...] = ()) -> Egress:
    return Egress(asset="ast-1", label="a", outcome="outside seen", says="", peers=peers, firmware=firmware)


def peer(last: float, *, answered: bool = True, where: str = "outside", address: str = "203.0.113.9") -> Peer:
    return Peer(
        address=address, where=where, transport="tcp", port=443, begun_by="device", serves="unknown",  # type: ignore[arg-type]
        answered=answered, size="small", conversations=1, bytes_out=1, bytes_in=1, first_seen=last, last_seen=last,
    )  # fmt: skip


def test_a_statement_that_holds_tells_what_it_proves_and_who_signed(tmp_path: Path) -> None:
    id, envelope = sealed()
    one = only(kept(tmp_path, (id, envelope)))
    assert (one.standing, one.verdict, one.statement, one.file) == (
        "signed",
        "isolated as far as seen",
        id,
        "proof.json",
    )
    assert one.key_id == key_id(KEY.public_key())
    assert (one.watched_until, one.point, one.not_tested) == ("2026-09-22T14:13:20Z", "uplink", ("much",))
    assert one.hours > 24
    assert one.leaks == one.since == ()


def test_a_leak_is_told(tmp_path: Path) -> None:
    one = only(kept(tmp_path, sealed(leaking=True)))
    assert one.verdict == "leaks"
    assert one.leaks_total == 1
    assert "203.0.113.9" in one.leaks[0]
    assert re.search(r"\(\S+ \w+ out, \S+ \w+ in; \d{4}-\d\d-\d\d.*; .+\)$", one.leaks[0]), "bytes, when and where"


def edited(envelope: bytes, old: str, new: str) -> bytes:
    """The envelope with other words in it, by somebody who has no key."""
    plain = json.loads(envelope)
    payload = base64.b64decode(plain["payload"]).decode()
    assert old in payload
    plain["payload"] = base64.b64encode(payload.replace(old, new).encode()).decode()
    return json.dumps(plain).encode()


def test_of_a_broken_statement_nothing_is_told_but_that_it_is_broken(tmp_path: Path) -> None:
    id, envelope = sealed(leaking=True)
    one = only(kept(tmp_path, (id, edited(envelope, '"verdict":"leaks"', '"verdict":"isolated as far as seen"'))))
    assert one == Proof(statement=id, file="proof.json", standing="broken", fault=one.fault)
    assert "changed since" in one.fault


def test_a_statement_under_the_id_of_another_is_broken(tmp_path: Path) -> None:
    one = only(kept(tmp_path, ("stm-0", sealed()[1])))
    assert (one.standing, one.verdict) == ("broken", None)
    assert "not the statement of that id" in one.fault


def test_the_files_that_a_statement_rests_on_are_told_with_their_days(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        assert list(relied(case)) == []
        for id, envelope in (sealed(), sealed(key=None), ("stm-0", sealed(leaking=True)[1]), ("stm-1", b"{")):
            keep(case, id, envelope)
        days = {"since": "2026-09-21", "until": "2026-09-22"}
        assert list(relied(case)) == [Relied(kind="isolation proof", name="a.pcap", sha256="ab" * 32, **days)]


def test_what_nobody_signed_is_told_as_such_and_is_broken_when_it_was_changed(tmp_path: Path) -> None:
    id, envelope = sealed(key=None)
    assert only(kept(tmp_path, (id, envelope))).standing == "not signed"
    changed = edited(envelope, '"point":"uplink"', '"point":"cellar"')
    assert only(kept(tmp_path, (id, changed))).standing == "broken"


@pytest.mark.parametrize("envelope", [b"", b"[]", b"{", b'{"payload":"","payloadType":"x","signatures":[]}'])
def test_what_does_not_even_tell_its_devices_is_named(tmp_path: Path, envelope: bytes) -> None:
    found = kept(tmp_path, ("stm-1", envelope))
    assert found.about(asset()) == ()
    assert list(found.unreadable) == ["stm-1"]


def test_a_device_is_found_by_its_mac_and_never_by_its_address_alone(tmp_path: Path) -> None:
    found = kept(tmp_path, sealed())
    assert only(found, of=asset(id="ast-2")).verdict
    assert found.about(asset(mac="", id="ast-2")) == ()
    lent = msgspec.structs.replace(asset(id="ast-2").identifiers[0], value=MAC, identity=False)
    assert found.about(msgspec.structs.replace(asset(id="ast-2"), identifiers=(lent,))) == ()


def test_the_latest_statement_comes_first(tmp_path: Path) -> None:
    found = kept(tmp_path, sealed(), sealed(leaking=True, end="2026-10-01T00:00:00Z")).about(asset())
    assert [one.verdict for one in found] == ["leaks", "isolated as far as seen"]


def test_what_was_seen_outside_later_is_told_and_what_was_before_is_not(tmp_path: Path) -> None:
    found = kept(tmp_path, sealed())
    assert only(found, talks(peer(END - 60), peer(END + 0.5), peer(END + 9e5, where="inside"))).since == ()
    later = talks(peer(END + 86_400), peer(END + 2 * 86_400, address="203.0.113.10"))
    assert only(found, later).since == ("Seen outside again: traffic with 2 addresses, last on 2026-09-24.",)
    (tried,) = only(found, talks(peer(END + 86_400, answered=False))).since
    assert tried == "Traffic with 1 address outside again, and no answer was seen, last on 2026-09-23."


def test_another_firmware_later_is_told(tmp_path: Path) -> None:
    old, new = FirmwareSeen(version="1.0", first_seen=END - 9e5), FirmwareSeen(version="1.1", first_seen=END + 9e5)
    found = kept(tmp_path, sealed())
    (said,) = only(found, talks(firmware=(old, new))).since
    assert "1.1" in said
    assert only(found, talks(firmware=(old,))).since == ()


@pytest.mark.parametrize("end", ["not known", "9" * 400, "0001-01-01T00:00:00+23:59", ""])
def test_a_time_that_is_none_does_no_harm(tmp_path: Path, end: str) -> None:
    assert only(kept(tmp_path, sealed(end=end)), talks(peer(END))).verdict == "isolated as far as seen"
