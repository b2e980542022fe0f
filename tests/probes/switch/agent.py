"""An SNMP agent on loopback that answers from a table of values, or misbehaves in one of many ways."""

from __future__ import annotations

import bisect
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from custodiet.probes.switch.keys import HASHES, auth_key, decrypted, encrypted, priv_key, proof, proves
from custodiet.wire.ber import children, dotted, integer, read_element
from custodiet.wire.ber_write import element, identifier, number, octets, sequence
from custodiet.wire.snmp_pdu import Oid, parse_community, parse_scoped, parse_version3

Values = dict[Oid, bytes]
"""Name -> value with its tag and length."""
ENGINE = bytes.fromhex("80001f888001020304")
ROOT = (1, 3, 6, 1, 6, 3, 15, 1, 1)


def oid(text: str) -> Oid:
    """An object identifier."""
    return tuple(map(int, text.split(".")))


@dataclass
class Agent:
    """What it holds and how it behaves."""

    values: Values
    community: bytes = b"town-word"
    user: bytes = b"reader"
    auth: str = "sha256"
    auth_word: bytes = b"proof-of-the-town"
    priv: str = "aes"
    priv_word: bytes = b"cipher-of-the-town"
    spoil: Callable[[int, bytes], bytes | None] = lambda _number, answer: answer
    """Called with the number of the datagram and the answer; nothing: silent."""
    boots: int = 7
    time: int = 1000
    told_time: int | None = None
    """The clock that its first report tells, where it is wrong."""
    tags: list[int] = field(default_factory=list)
    """Kinds of the messages that came, encrypted ones too."""
    raw: list[bytes] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._order = sorted(self.values)

    def answer(self, payload: bytes) -> bytes | None:
        """The answer to one datagram."""
        self.raw.append(payload)
        if payload[4:5] == b"\x03" or payload[2:5] == b"\x02\x01\x03" or b"\x02\x01\x03" in payload[:8]:
            return self._version3(payload)
        message = parse_community(payload)
        if message.community != self.community:
            self.tags.append(message.pdu[0])
            return None
        return sequence(number(1), octets(self.community), self._pdu(message.pdu))

    def _pdu(self, data: bytes) -> bytes:
        pdu = read_element(data)
        self.tags.append(pdu.tag)
        request, _, second, names = children(data, pdu)
        wanted = [
            tuple(map(int, dotted(next(children(data, one)).content(data)).split("."))) for one in children(data, names)
        ]
        rows = integer(second.content(data)) if pdu.tag == 0xA5 else 1
        found: list[bytes] = []
        at = list(wanted)
        for _ in range(rows):
            for place, name in enumerate(at):
                if pdu.tag == 0xA0:
                    found.append(sequence(identifier(name), self.values.get(name, b"\x81\x00")))
                    continue
                place_in = bisect.bisect_right(self._order, name)
                if place_in == len(self._order):
                    found.append(sequence(identifier(name), b"\x82\x00"))
                else:
                    at[place] = self._order[place_in]
                    found.append(sequence(identifier(at[place]), self.values[at[place]]))
        return element(0xA2, number(integer(request.content(data))) + number(0) + number(0) + sequence(*found))

    # --- version 3

    def _version3(self, payload: bytes) -> bytes:
        message = parse_version3(payload)
        key = auth_key(self.auth, self.auth_word, ENGINE)
        cipher = priv_key(self.auth, self.priv, self.priv_word, ENGINE)
        if not message.engine:
            self.tags.append(parse_scoped(message.data)[0])
            told = self.time if self.told_time is None else self.told_time
            return self._framed(message.number, 0, self._report(4, message.number), time=told)
        if message.user != self.user:
            return self._framed(message.number, 0, self._report(3, message.number))
        if not proves(self.auth, key, payload, message.digest, message.digest_at):
            return self._framed(message.number, 0, self._report(5, message.number))
        if (message.boots, abs(message.time - self.time) < 150) != (self.boots, True):
            return self._framed(message.number, 1, self._report(2, message.number), key=key)
        try:
            data = decrypted(self.priv, cipher, message.data, boots=message.boots, time=message.time, salt=message.salt)
            inside = parse_scoped(data)
        except ValueError:
            return self._framed(message.number, 1, self._report(6, message.number), key=key)
        return self._framed(message.number, 3, self._pdu(inside), key=key, cipher=cipher)

    def _report(self, reason: int, request: int) -> bytes:
        told = sequence(identifier((*ROOT, reason, 0)), element(0x41, b"\x01"))
        return element(0xA8, number(request) + number(0) + number(0) + sequence(told))

    def _framed(
        self, message: int, flags: int, pdu: bytes, *, time: int | None = None, key: bytes = b"", cipher: bytes = b""
    ) -> bytes:
        now = self.time if time is None else time
        data = sequence(octets(ENGINE), octets(b""), pdu)
        salt = b"saltsalt" if cipher else b""
        if cipher:
            data = octets(encrypted(self.priv, cipher, data, boots=self.boots, time=now, salt=salt))
        zeros = bytes(HASHES[self.auth][1] if flags & 1 else 0)
        head = sequence(number(message), number(65507), octets(bytes((flags,))), number(3))
        security = sequence(
            octets(ENGINE),
            number(self.boots),
            number(now),
            octets(self.user if flags else b""),
            octets(zeros),
            octets(salt),
        )
        made = sequence(number(3), head, octets(security), data)
        if not zeros:
            return made
        at = len(made) - len(data) - len(octets(salt)) - len(zeros)
        return made[:at] + proof(self.auth, key, made) + made[at + len(zeros) :]


@contextmanager
def running(agent: Agent) -> Iterator[Agent]:
    """The agent in a thread, until the end of the block."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    listening.settimeout(0.05)
    agent.port = listening.getsockname()[1]
    over = threading.Event()

    def serve() -> None:
        count = 0
        while not over.is_set():
            try:
                payload, sender = listening.recvfrom(65535)
            except TimeoutError:
                continue
            count += 1
            answer = agent.answer(payload)
            spoilt = agent.spoil(count, answer) if answer is not None else None
            if spoilt is not None:
                listening.sendto(spoilt, sender)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield agent
    finally:
        over.set()
        thread.join()
        listening.close()


# --- a switch


def text(value: str) -> bytes:
    """A text."""
    return octets(value.encode())


SYSTEM: Values = {
    oid("1.3.6.1.2.1.1.1.0"): text("Example Switch 24, software 7.1"),
    oid("1.3.6.1.2.1.1.2.0"): identifier(oid("1.3.6.1.4.1.99999.1")),
    oid("1.3.6.1.2.1.1.5.0"): text("sw-cellar"),
    oid("1.3.6.1.2.1.1.6.0"): text("cellar"),
}


def mac(last: int) -> Oid:
    """The hardware address 02:00:00:.. of a number, as an index has it."""
    return (0x00, 0x40, 0x8C, last >> 16 & 255, last >> 8 & 255, last & 255)


def learnt(last: int, port: int, *, vlan: int = 10, status: int = 3) -> Values:
    """A row of the table by VLAN."""
    base = oid("1.3.6.1.2.1.17.7.1.2.2.1")
    return {(*base, 2, vlan, *mac(last)): number(port), (*base, 3, vlan, *mac(last)): number(status)}


def plain_learnt(last: int, port: int, status: int = 3) -> Values:
    """A row of the table without VLANs."""
    base = oid("1.3.6.1.2.1.17.4.3.1")
    return {(*base, 2, *mac(last)): number(port), (*base, 3, *mac(last)): number(status)}


def interface(index: int, name: str, alias: str = "", *, port: int = 0) -> Values:
    """An interface, and the port of the bridge that it is."""
    made = {
        oid(f"1.3.6.1.2.1.2.2.1.2.{index}"): text(f"Interface {index}"),
        oid(f"1.3.6.1.2.1.31.1.1.1.1.{index}"): text(name),
        oid(f"1.3.6.1.2.1.31.1.1.1.18.{index}"): text(alias),
    }
    if port:
        made[oid(f"1.3.6.1.2.1.17.1.4.1.2.{port}")] = number(index)
    return made


def arp(ip: str, last: int, *, kind: int = 3, interface: int = 3) -> Values:
    """A row of the ARP table."""
    base = oid("1.3.6.1.2.1.4.22.1")
    return {
        (*base, 2, interface, *oid(ip)): octets(bytes(mac(last))),
        (*base, 4, interface, *oid(ip)): number(kind),
    }


def neighbour6(ip: bytes, last: int, *, kind: int = 3) -> Values:
    """A row of the newer table, of IPv6."""
    base = oid("1.3.6.1.2.1.4.35.1")
    return {
        (*base, 4, 3, 2, 16, *ip): octets(bytes(mac(last))),
        (*base, 6, 3, 2, 16, *ip): number(kind),
    }


def lldp(port: int, *, chassis: bytes, subtype: int, name: str, describes: str = "", ip: str = "") -> Values:
    """A neighbour."""
    base = oid("1.0.8802.1.1.2.1.4.1.1")
    row = (0, port, 1)
    made = {
        (*base, 4, *row): number(subtype),
        (*base, 5, *row): octets(chassis),
        (*base, 6, *row): number(5),
        (*base, 7, *row): text("eth0"),
        (*base, 9, *row): text(name),
        (*base, 10, *row): text(describes),
        (*base, 12, *row): octets(b"\x01\x00"),
        (*oid("1.0.8802.1.1.2.1.3.7.1"), 2, port): number(5),
        (*oid("1.0.8802.1.1.2.1.3.7.1"), 3, port): text(f"Gi1/0/{port}"),
    }
    if ip:
        made[(*oid("1.0.8802.1.1.2.1.4.2.1.3"), *row, 1, 4, *oid(ip))] = number(2)
    return made


def switch() -> Values:
    """A small switch with four devices, one trunk and one neighbour that speaks LLDP."""
    values = dict(SYSTEM)
    values |= interface(101, "Gi1/0/1", "camera gate", port=1) | interface(102, "Gi1/0/2", port=2)
    values |= interface(148, "Gi1/0/48", "to the tower", port=48)
    values |= learnt(1, 1) | learnt(2, 2) | learnt(3, 2, status=4)
    for last in range(10, 16):
        values |= learnt(last, 48)
    values[oid("1.3.6.1.2.1.17.7.1.4.2.1.3.0.20")] = number(10)
    values |= arp("10.0.0.5", 1) | arp("10.0.0.6", 2) | arp("10.0.0.7", 9, kind=2)
    values |= neighbour6(bytes.fromhex("fe800000000000000000000000000005"), 1)
    values |= lldp(1, chassis=bytes(mac(1)), subtype=4, name="cam-gate", describes="ExampleCam 5", ip="10.0.0.5")
    base = oid("1.0.8802.1.1.2.1.5.4795.1.3.3.1")
    values[(*base, 5, 0, 1, 1)] = text("Example Optics")
    values[(*base, 6, 0, 1, 1)] = text("EX-5")
    return values
