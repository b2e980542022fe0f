"""The estate answers what the program really asks: every question has somebody who answers it."""

from __future__ import annotations

import ssl

import pytest
from lab.certificate import context
from lab.chatter import frames
from lab.device import Device
from lab.estate import estate

from custodiet.probes.question import Question
from custodiet.probes.questions import QUESTIONS
from custodiet.sources.pcap.messages import read_datagram, read_stream

NOBODY = {
    "tvt-search": "no record of the answer's bytes",
    "reolink-search": "no record of the answer's bytes",
    "reverse-dns": "there is no name server in the estate",
}
BY_ID = {question.id: question for question in QUESTIONS}
DEVICES = [device for device in estate(devices=300).devices if device.family not in ("garbage", "endless")]


def searched(question: Question) -> list[Device]:
    """The devices with one of its UDP ports."""
    return [device for device in DEVICES if set(question.ports) & set(device.udp) and device.drops == ""]


def test_those_that_nobody_answers_are_few_and_known() -> None:
    assert set(NOBODY) <= set(BY_ID)
    unasked = {
        question.id
        for question in QUESTIONS
        if not any(set(question.ports) & set(getattr(device, question.transport)) for device in DEVICES)
    }
    assert unasked <= set(NOBODY)


SEARCHES = [one.id for one in QUESTIONS if one.transport == "udp" and one.id not in NOBODY]


@pytest.mark.parametrize("id", SEARCHES)
def test_a_search_is_answered_and_read(id: str) -> None:
    question = BY_ID[id]
    answered = set()
    for device in searched(question):
        for request in question.requests:
            for port in set(question.ports) & set(device.udp):
                datagrams = device.udp[port]
                if answer := datagrams.answer(question.filled(request, device.address)):
                    assert list(read_datagram(answer, datagrams.to_port or port).own), (device.family, answer[:60])
                    answered.add(device.family)
    assert answered


@pytest.mark.parametrize("id", [one.id for one in QUESTIONS if one.transport == "tcp" and one.requests])
def test_a_request_is_answered_and_read(id: str) -> None:
    question = BY_ID[id]
    if id == "tls-hello":
        pytest.skip("answered by the system's TLS, see the next test")
    read = 0
    for device in DEVICES:
        for port in set(question.ports) & set(device.tcp):
            stream = device.tcp[port]
            if stream.answer is None or not stream.framed or bool(stream.identity) != question.tls:
                continue
            for request in question.requests:
                answer = stream.answer(question.filled(request, device.address))
                assert answer, device.family
                said = read_stream(answer, port, greets=False, ended=True)
                read += bool(said and said.own)
    assert read


def test_the_hello_is_answered_with_the_certificate() -> None:
    device = next(device for device in DEVICES if device.family == "hikvision camera")
    identity = device.tcp[443].identity
    assert identity is not None
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context(identity).wrap_bio(incoming, outgoing, server_side=True)
    question = BY_ID["tls-hello"]
    incoming.write(question.filled(question.requests[0], device.address))
    with pytest.raises(ssl.SSLWantReadError):
        server.do_handshake()
    said = read_stream(outgoing.read(), 443, greets=False, ended=True)
    assert said is not None
    assert "O=HIKVISION" in dict(said.own)["tls.subject"]


def test_what_devices_say_unasked_is_read() -> None:
    for device in DEVICES:
        if device.drops or not device.model:
            continue
        said = set()
        for frame in frames(device):
            assert frame[6:12].hex(":") == device.mac
            if frame[12:14] != b"\x08\x00":
                continue
            port = int.from_bytes(frame[36:38])
            said |= {attribute for attribute, _value in read_datagram(frame[42:], port).own}
        assert "dhcp.parameter_list" in said, device.family
        assert ("sadp.reply" in said) == (37020 in device.udp and bool(device.raw_sadp))
        assert ("dhip.reply" in said) == (37810 in device.udp)
        assert ("mdns.service" in said) == (5353 in device.udp)
        assert ("ssdp.usn" in said) == (1900 in device.udp)
