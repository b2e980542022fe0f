"""The signed statement: in these hours, at this point, these devices reached only these peers; and what was not tested.

An in-toto Statement v1 in a DSSE envelope, signed with Ed25519; both are open formats, so that it can be verified
without us. The subjects are the captures, rules and logs with their SHA-256. A key that comes along inside proves that
nothing was changed since somebody signed, and nothing about who that was.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from custodiet.errors import IntegrityError
from custodiet.isolation.judged import Count, DeviceProof
from custodiet.model import content_id
from custodiet.signing import key_id

STATEMENT_TYPE: Literal["https://in-toto.io/Statement/v1"] = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Literal["urn:custodiet:isolation:1"] = "urn:custodiet:isolation:1"
PAYLOAD_TYPE: Literal["application/vnd.in-toto+json"] = "application/vnd.in-toto+json"
LARGEST = 256 << 20
"""Bytes of an envelope; a larger one is not read."""

T = TypeVar("T")


class Subject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file that the statement rests on."""

    name: str
    """Its role and its name, as ``after/uplink.pcap``; the folder is left out."""
    digest: dict[str, str]
    """``sha256`` -> hash in hexadecimal."""


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When something was watched."""

    begin: str
    """ISO 8601 in UTC."""
    end: str
    """ISO 8601 in UTC."""


class Other(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something inside that is none of the devices judged, and that went outside after."""

    address: str
    """Its address."""
    peers: Count
    """How many addresses outside."""


class Isolation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is stated."""

    body: str
    """Whose devices; empty: not said."""
    sites: tuple[str, ...]
    """Names of their sites, as far as the case knows them."""
    point: str
    """Where the captures after were taken, in the words of whoever took them; empty: not said."""
    near_side: bool
    """Whether that is between the devices and the rules, as the same person says."""
    before: Period | None
    """First and last packet or line of what was read before; none where it carries no time."""
    after: Period | None
    """The same after."""
    hours: float
    """Hours watched after, by anything, time covered twice counted once."""
    allowed: tuple[str, ...]
    """What may be reached; empty: no list was given, and everything inside may."""
    devices: tuple[DeviceProof, ...]
    """Each device and what can be said of it."""
    case_devices: Count
    """Devices of any kind that the case knows."""
    others: tuple[Other, ...]
    """What else inside went outside: behind it devices could be hidden."""
    not_tested: tuple[str, ...]
    """What this does not show, in sentences."""
    doubts: tuple[str, ...]
    """What makes captures doubtful, in sentences."""
    tool: str
    """Name and version of the program."""
    catalog: str
    """Version of the catalog."""
    stated_at: str
    """When it was made, ISO 8601 in UTC."""
    signed_with: str
    """The public key in hexadecimal; empty: not signed."""


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An in-toto Statement."""

    type: Literal["https://in-toto.io/Statement/v1"] = msgspec.field(name="_type")
    """Which version of the format."""
    subject: tuple[Subject, ...]
    """The files that it rests on."""
    predicate_type: Literal["urn:custodiet:isolation:1"] = msgspec.field(name="predicateType")
    """What kind of statement it is."""
    predicate: Isolation
    """What is stated."""


class Signature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One signature of an envelope."""

    keyid: str
    """SHA-256 of the public key."""
    sig: str
    """Ed25519 over the pre-authentication encoding, in base64."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A DSSE envelope."""

    payload: str
    """The statement as JSON, in base64."""
    payload_type: Literal["application/vnd.in-toto+json"] = msgspec.field(name="payloadType")
    """What the payload is."""
    signatures: tuple[Signature, ...]
    """One, or none where it is not signed."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that holds together."""

    id: str
    """Id of the statement."""
    statement: Statement
    """What it says."""
    key: str
    """The public key that signed, in hexadecimal."""
    key_id: str
    """SHA-256 of it."""
    known_key: bool
    """Whether that key was given by whoever checks; else it is merely the one that came along."""


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: what is really signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def statement_id(payload: bytes) -> str:
    """A short id made of what a statement says."""
    return content_id("stm", hashlib.sha256(payload).hexdigest())


def seal(subjects: Sequence[Subject], predicate: Isolation, key: Ed25519PrivateKey | None) -> tuple[str, Envelope]:
    """Put a statement into its envelope and sign it.

    Args:
        subjects: the files that it rests on.
        predicate: what is stated; `signed_with` is filled in here.
        key: none: it is not signed.

    Returns:
        Its id, and the envelope.
    """
    public = key.public_key() if key else None
    predicate = msgspec.structs.replace(predicate, signed_with=public.public_bytes_raw().hex() if public else "")
    payload = msgspec.json.encode(
        Statement(type=STATEMENT_TYPE, subject=tuple(subjects), predicate_type=PREDICATE_TYPE, predicate=predicate)
    )
    signatures: tuple[Signature, ...] = ()
    if key and public:
        signed = key.sign(pae(PAYLOAD_TYPE, payload))
        signatures = (Signature(keyid=key_id(public), sig=_base64(signed)),)
    return statement_id(payload), Envelope(payload=_base64(payload), payload_type=PAYLOAD_TYPE, signatures=signatures)


def check(data: bytes, key: Ed25519PublicKey | None = None) -> Checked:
    """Whether an envelope holds a statement of ours that nobody changed since it was signed.

    Args:
        data: the envelope.
        key: the public key of whoever is believed to have signed; none: the one that came along.

    Raises:
        IntegrityError: it does not, or another key signed.
    """
    if len(data) > LARGEST:
        raise IntegrityError(f"the statement is larger than {LARGEST >> 20} MiB")
    envelope = _decoded(data, Envelope, "the envelope")
    payload = _plain(envelope.payload, "the payload")
    statement = statement_of(envelope)
    for subject in statement.subject:
        if set(subject.digest) != {"sha256"} or not _is_sha256(subject.digest["sha256"]):
            raise IntegrityError("a file of the statement has no SHA-256", place=subject.name[:80])
    if not envelope.signatures or not statement.predicate.signed_with:
        raise IntegrityError(
            "the statement is not signed, so anybody can have written it", next_step="Ask for a signed one."
        )
    if len(envelope.signatures) != 1:
        raise IntegrityError("the envelope has more than one signature, and one is all that we make")
    try:
        inside = Ed25519PublicKey.from_public_bytes(bytes.fromhex(statement.predicate.signed_with))
    except ValueError as fault:
        raise IntegrityError("the statement names no public key") from fault
    if key is not None and key.public_bytes_raw() != inside.public_bytes_raw():
        raise IntegrityError(
            f"another key signed: {key_id(inside)}, and {key_id(key)} was expected",
            next_step="Ask whom you trust which key is theirs.",
        )
    (signature,) = envelope.signatures
    if signature.keyid != key_id(inside):
        raise IntegrityError("the envelope names another key than the statement")
    try:
        inside.verify(_plain(signature.sig, "the signature"), pae(envelope.payload_type, payload))
    except InvalidSignature as fault:
        raise IntegrityError("the signature is not of this statement: it was changed since") from fault
    return Checked(
        id=statement_id(payload),
        statement=statement,
        key=inside.public_bytes_raw().hex(),
        key_id=key_id(inside),
        known_key=key is not None,
    )


def statement_of(envelope: Envelope) -> Statement:
    """What an envelope holds; whether it is signed, and by whom, is for `check` to say.

    Raises:
        IntegrityError: it is no statement of ours.
    """
    return _decoded(_plain(envelope.payload, "the payload"), Statement, "the statement")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _decoded(data: bytes, kind: type[T], what: str) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as fault:
        raise IntegrityError(f"{what} is not what custodiet writes: {str(fault)[:200]}") from fault


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _plain(text: str, what: str) -> bytes:
    """The bytes of a base64 text, which must be written in the one way there is."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as fault:
        raise IntegrityError(f"{what} is no base64") from fault
    if _base64(data) != text:
        raise IntegrityError(f"{what} is base64 with something added")
    return data


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and all(char in "0123456789abcdef" for char in text)
