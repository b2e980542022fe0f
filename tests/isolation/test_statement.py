"""The statement: the format of others to the byte, and no change that is not noticed."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from shutil import which

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import IntegrityError
from custodiet.isolation import statement
from custodiet.isolation.statement import PAYLOAD_TYPE, Isolation, Period, Subject, check, pae, seal
from custodiet.signing import key_id, pem
from isolation.proof import flow, hourly, proved, side

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SUBJECTS = (Subject(name="after/uplink.pcap", digest={"sha256": "ab" * 32}),)


def made(key: Ed25519PrivateKey | None = KEY) -> bytes:
    leaking = side([*hourly(30), flow(peer="ip:203.0.113.9", port=443)])
    predicate = Isolation(
        body="Town", sites=("Hall",), point="uplink", near_side=False, before=None,
        after=Period(begin="2026-09-21T14:13:20Z", end="2026-09-22T14:13:20Z"), hours=30.0, allowed=("10.0.0.0/8",),
        devices=(proved(side(hourly(30))), proved(leaking)), case_devices=7, others=(), not_tested=("much",),
        doubts=("some",), tool="custodiet 0", catalog="c", stated_at="2026-09-23T00:00:00Z", signed_with="",
    )  # fmt: skip
    return msgspec.json.encode(seal(SUBJECTS, predicate, key)[1])


ENVELOPE = made()


@pytest.mark.parametrize(
    ("kind", "payload", "encoded"),
    [
        # the example of the DSSE specification, and its definition at the edges
        ("http://example.com/HelloWorld", b"hello world", b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"),
        ("", b"", b"DSSEv1 0  0 "),
        ("é", b"\x00\xff", b"DSSEv1 2 \xc3\xa9 2 \x00\xff"),
    ],
)
def test_what_is_signed_is_encoded_as_dsse_says(kind: str, payload: bytes, encoded: bytes) -> None:
    assert pae(kind, payload) == encoded


def test_the_envelope_and_the_statement_have_the_names_of_others() -> None:
    envelope = json.loads(ENVELOPE)
    assert set(envelope) == {"payload", "payloadType", "signatures"}
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    inside = json.loads(base64.b64decode(envelope["payload"]))
    assert set(inside) == {"_type", "subject", "predicateType", "predicate"}
    assert inside["_type"] == "https://in-toto.io/Statement/v1"
    assert inside["predicateType"] == "urn:custodiet:isolation:1"
    assert inside["subject"] == [{"name": "after/uplink.pcap", "digest": {"sha256": "ab" * 32}}]


def test_it_holds_and_says_with_which_key() -> None:
    held = check(ENVELOPE)
    assert held.key_id == key_id(KEY.public_key())
    assert not held.known_key
    assert check(ENVELOPE, KEY.public_key()).known_key
    assert [one.verdict for one in held.statement.predicate.devices] == ["isolated as far as seen", "leaks"]


def test_another_key_is_noticed_even_where_it_came_along() -> None:
    forged = made(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert not check(forged).known_key
    with pytest.raises(IntegrityError, match="another key"):
        check(forged, KEY.public_key())


def test_what_is_not_signed_does_not_pass() -> None:
    with pytest.raises(IntegrityError, match="not signed"):
        check(made(None))
    envelope = json.loads(ENVELOPE)
    with pytest.raises(IntegrityError, match="not signed"):
        check(json.dumps({**envelope, "signatures": []}).encode())


def paths(value: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every leaf of a JSON value."""
    if isinstance(value, dict):
        return [path for key, inner in value.items() for path in paths(inner, (*at, key))] or [at]
    if isinstance(value, list):
        return [path for key, inner in enumerate(value) for path in paths(inner, (*at, key))] or [at]
    return [at]


def changed(value: object, path: tuple[object, ...]) -> object:
    """The value with another leaf at that path."""
    if path:
        copy = dict(value) if isinstance(value, dict) else list(value)  # type: ignore[call-overload]
        copy[path[0]] = changed(copy[path[0]], path[1:])
        return copy
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else "x"


_INSIDE = json.loads(base64.b64decode(json.loads(ENVELOPE)["payload"]))


@pytest.mark.parametrize("path", paths(_INSIDE), ids=lambda path: ".".join(map(str, path)))
def test_a_change_of_any_field_is_noticed(path: tuple[object, ...]) -> None:
    payload = json.dumps(changed(_INSIDE, path)).encode()
    envelope = {**json.loads(ENVELOPE), "payload": base64.b64encode(payload).decode()}
    with pytest.raises(IntegrityError):
        check(json.dumps(envelope).encode())


@pytest.mark.parametrize("path", paths(json.loads(ENVELOPE)), ids=lambda path: ".".join(map(str, path)))
def test_a_change_of_any_field_of_the_envelope_is_noticed(path: tuple[object, ...]) -> None:
    with pytest.raises(IntegrityError):
        check(json.dumps(changed(json.loads(ENVELOPE), path)).encode())


@settings(deadline=None, max_examples=300, derandomize=True)
@given(st.integers(0, len(ENVELOPE) - 1), st.integers(1, 255))
def test_no_flipped_byte_says_something_else(at: int, by: int) -> None:
    data = bytearray(ENVELOPE)
    data[at] ^= by
    try:
        held = check(bytes(data))
    except IntegrityError:
        return
    assert held.statement == check(ENVELOPE).statement, "a change that is no change, such as a blank"


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode) | st.integers(0, 200).map(lambda n: b"[" * n))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        check(data)


def test_numbers_that_cannot_be_written_out_are_refused_even_where_they_were_signed() -> None:
    for number in (-1, 1 << 63, 10**400, 1.5):
        payload = json.dumps({**_INSIDE, "predicate": {**_INSIDE["predicate"], "case_devices": number}}).encode()
        signature = {"keyid": key_id(KEY.public_key()), "sig": base64.b64encode(KEY.sign(pae(PAYLOAD_TYPE, payload)))}
        envelope = {
            "payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE,
            "signatures": [{**signature, "sig": signature["sig"].decode()}],  # type: ignore[attr-defined]
        }  # fmt: skip
        with pytest.raises(IntegrityError, match="not what custodiet writes"):
            check(json.dumps(envelope).encode())


def test_more_than_is_asked_for_is_refused() -> None:
    envelope = json.loads(ENVELOPE)
    for wrong in (
        {**envelope, "more": 1},
        {**envelope, "signatures": envelope["signatures"] * 2},
        {**envelope, "payload": envelope["payload"] + "\n"},
        {**envelope, "payload": "!" + envelope["payload"]},
    ):
        with pytest.raises(IntegrityError):
            check(json.dumps(wrong).encode())


def test_what_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "LARGEST", 100)
    with pytest.raises(IntegrityError, match="larger"):
        check(ENVELOPE)


@pytest.mark.skipif(not which("openssl"), reason="openssl is not installed")
def test_openssl_verifies_it_without_us(tmp_path: Path) -> None:
    envelope = json.loads(ENVELOPE)
    payload = base64.b64decode(envelope["payload"])
    kind = envelope["payloadType"].encode()
    (tmp_path / "signed").write_bytes(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload))
    (tmp_path / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    (tmp_path / "key.pem").write_text(pem(KEY.public_key()))
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "signed",
        "-sigfile",
        "sig",
    ]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert kind.decode() == PAYLOAD_TYPE
