"""The frames in which questions to a switch leave and answers come: version 2c with a community, version 3 with keys.

Of an answer only what was asked for comes out, without the frame, so that no word of the owner is in what is kept.
What an agent answers that has no key (version 3) is believed only where it says why it does not answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from custodiet.errors import WireError
from custodiet.probes.switch.account import Account, Community
from custodiet.probes.switch.keys import HASHES, auth_key, decrypted, encrypted, priv_key, proof, proves, salts
from custodiet.probes.switch.request import Request
from custodiet.wire.ber_write import number, octets, sequence
from custodiet.wire.snmp_pdu import Pdu, parse_community, parse_pdu, parse_scoped, parse_version3

LARGEST = 1400
"""Bytes of an answer at most, as far as an agent lets that be said (version 3)."""
_WINDOW = 150
"""Seconds by which a clock may be wrong (RFC 3414)."""
_REPORTS = (1, 3, 6, 1, 6, 3, 15, 1, 1)
_TIME, _USER, _ENGINE, _DIGEST = 2, 3, 4, 5
_DENIED = {
    1: "the switch does not do what the account asks for: proof and encryption as named",
    _USER: "the switch does not know this user",
    _DIGEST: "the pass phrase of the proof (or its hash) is not the one that the switch has for this user",
    6: "the pass phrase of the encryption (or its cipher) is not the one that the switch has for this user",
}


class Again(Exception):
    """The agent told what was missing, so the same question is sent once more."""


class Denied(Exception):
    """The agent refuses who we are; asking again would only count as an attack. Its text is for people."""


class Frames(Protocol):
    """One way to talk with an agent."""

    @property
    def tells(self) -> bool:
        """Whether the next question carries the owner's word, or a proof made of it."""

    def sealed(self, request: Request) -> bytes:
        """The datagram of a question."""

    def opened(self, payload: bytes, request: Request) -> tuple[Pdu, bytes]:
        """What an answer holds, read and as it came.

        Raises:
            WireError: it is no answer to this question.
            Again: see there.
            Denied: see there.
        """


def frames_of(who: Community | Account, clock: Callable[[], float], begin: int) -> Frames:
    """The frames for what the owner gave.

    Args:
        who: he.
        clock: seconds that only grow.
        begin: a number that nobody foresees.
    """
    return _Version2(who) if isinstance(who, Community) else _Version3(who, clock, begin)


class _Version2:
    tells = True

    def __init__(self, who: Community) -> None:
        self._who = who

    def sealed(self, request: Request) -> bytes:
        return sequence(number(1), octets(self._who.word), request.pdu())

    def opened(self, payload: bytes, request: Request) -> tuple[Pdu, bytes]:
        message = parse_community(payload)
        read = parse_pdu(message.pdu)
        if read.request_id != request.number or read.kind != "response":
            raise WireError("an answer to another question")
        return read, message.pdu


class _Version3:
    def __init__(self, who: Account, clock: Callable[[], float], begin: int) -> None:
        self._who, self._clock = who, clock
        self._salt = salts(begin)
        self._engine = b""
        self._boots = self._time = 0
        self._at = 0.0
        self._auth_key = self._priv_key = b""
        self._told_time = False

    @property
    def tells(self) -> bool:
        return bool(self._engine)

    def _now(self) -> int:
        return self._time + int(self._clock() - self._at)

    def sealed(self, request: Request) -> bytes:
        if not self._engine:  # whom do we talk with? asked by nobody, for nothing
            nothing = Request(kind="get", names=(), number=request.number)
            inside = sequence(octets(b""), octets(b""), nothing.pdu())
            return self._framed(request.number, 0, b"", b"", b"", inside)
        who, boots, now = self._who, self._boots, self._now()
        data = sequence(octets(self._engine), octets(b""), request.pdu())
        salt = b""
        if who.priv_word:
            salt = self._salt(boots)
            data = octets(encrypted(who.priv, self._priv_key, data, boots=boots, time=now, salt=salt))
        if not who.auth_word:
            return self._framed(request.number, 0, who.user, b"", salt, data)
        flags, size = 3 if who.priv_word else 1, HASHES[who.auth][1]
        made = self._framed(request.number, flags, who.user, bytes(size), salt, data)
        at = len(made) - len(data) - len(octets(salt)) - size
        return made[:at] + proof(who.auth, self._auth_key, made) + made[at + size :]

    def _framed(self, message: int, flags: int, user: bytes, digest: bytes, salt: bytes, data: bytes) -> bytes:
        # the third flag: tell us why, where it cannot be answered
        head = sequence(number(message), number(LARGEST), octets(bytes((flags | 4,))), number(3))
        boots, time = (self._boots, self._now()) if digest else (0, 0)
        security = sequence(
            octets(self._engine), number(boots), number(time), octets(user), octets(digest), octets(salt)
        )
        return sequence(number(3), head, octets(security), data)

    def opened(self, payload: bytes, request: Request) -> tuple[Pdu, bytes]:
        message, who = parse_version3(payload), self._who
        if message.number != request.number:
            raise WireError("an answer to another question")
        if self._engine and message.engine != self._engine:
            raise WireError("an answer of another agent than answered before")
        proved = False
        if message.authenticated:
            if not (self._auth_key and message.user == who.user):
                raise WireError("an answer to another user")
            proved = proves(who.auth, self._auth_key, payload, message.digest, message.digest_at)
            if not proved:
                raise WireError("an answer whose sender does not have the key")
        data = message.data
        if message.private:
            if not (proved and self._priv_key):
                raise WireError("an encrypted answer without a proof")
            boots, time = message.boots, message.time
            data = decrypted(who.priv, self._priv_key, data, boots=boots, time=time, salt=message.salt)
        pdu = parse_scoped(data)
        read = parse_pdu(pdu)
        if read.kind == "report":
            self._report(read, proved, message.engine, message.boots, message.time)
        if proved != bool(who.auth_word) or message.private != bool(who.priv_word):
            raise WireError("an answer that is less secure than the question")
        if read.request_id != request.number:
            raise WireError("an answer to another question")
        if proved:
            if (message.boots, message.time) < (self._boots, self._now() - _WINDOW):
                raise WireError("an answer that is too old")
            self._set_clock(message.boots, message.time)
        return read, pdu

    def _set_clock(self, boots: int, time: int) -> None:
        if not (0 <= boots < 1 << 31 and 0 <= time < 1 << 31):
            raise WireError("a clock that no agent can have")
        self._boots, self._time, self._at = boots, time, self._clock()

    def _report(self, read: Pdu, proved: bool, engine: bytes, boots: int, time: int) -> None:
        """Why there is no answer.

        Raises:
            Again: because we did not know the agent or its clock.
            Denied: because of who we are.
            WireError: for no reason that we know.
        """
        name = read.variables[0].oid if read.variables else ()
        reason = name[len(_REPORTS)] if name[: len(_REPORTS)] == _REPORTS and len(name) > len(_REPORTS) else 0
        if reason == _ENGINE and not self._engine and 5 <= len(engine) <= 32:
            self._set_clock(boots, time)
            self._engine, who = engine, self._who
            if who.auth_word:
                self._auth_key = auth_key(who.auth, who.auth_word, engine)
            if who.priv_word:
                self._priv_key = priv_key(who.auth, who.priv, who.priv_word, engine)
            raise Again
        if reason == _TIME and proved and not self._told_time:
            self._told_time = True
            self._set_clock(boots, time)
            raise Again
        if reason == _TIME:
            raise Denied("the clock of the switch does not hold still, so it believes no account")
        if reason in _DENIED and self._engine:
            raise Denied(_DENIED[reason])
        raise WireError(f"a report that we cannot use: {'.'.join(map(str, name))[:60]}")
