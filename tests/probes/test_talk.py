"""One question over a connection: what comes back is bounded, and found even where we come late to look."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from custodiet.probes.question import Question
from custodiet.probes.talk import Talk, converse
from custodiet.probes.witness import Witness

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def asking(*requests: bytes, waits: float = 0.4, most: int = 1000) -> Question:
    return Question(
        id="page", title="a page", sends="a request", category="read", harmless="It only reads.", transport="tcp",
        ports=(80,), requests=requests, waits=waits, most=most,
    )  # fmt: skip


@contextmanager
def server(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Takes one connection after the other; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    peer, _ = listening.accept()
                    with peer, suppress(OSError):
                        handle(peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def talk(port: int, question: Question, **more: float) -> Talk:
    return asyncio.run(converse(question, "127.0.0.1", port, witness=None, **more))


def page(peer: socket.socket) -> None:
    while peer.recv(1000):
        peer.sendall(PAGE)


def test_each_request_follows_the_answer_to_the_one_before() -> None:
    with server(page) as port:
        begun = time.monotonic()
        said = talk(port, asking(b"GET /a\r\n\r\n", b"GET /b\r\n\r\n", waits=5.0))
    assert said.exchange.outcome == "answered" and said.exchange.answers == (PAGE, PAGE)
    assert time.monotonic() - begun < 0.4, "an answer that is whole is not waited for"
    assert not said.broken and 4 <= said.segments <= 8


def test_an_answer_is_found_however_late_we_look() -> None:
    async def held_up(port: int) -> Talk:
        asked = asyncio.create_task(converse(asking(b"GET /\r\n\r\n"), "127.0.0.1", port, witness=None))
        await asyncio.sleep(0.1)
        time.sleep(0.8)  # as a loop that is starved
        return await asked

    def slowly(peer: socket.socket) -> None:
        peer.recv(1000)
        time.sleep(0.3)
        peer.sendall(PAGE)

    with server(slowly) as port:
        assert asyncio.run(held_up(port)).exchange.answers == (PAGE,)


def test_an_endless_answer_is_cut() -> None:
    def endless(peer: socket.socket) -> None:
        while True:
            peer.sendall(b"more and more ")

    with server(endless) as port:
        said = talk(port, asking(b"GET /\r\n\r\n", b"GET /b\r\n\r\n"))
    assert [len(answer) for answer in said.exchange.answers] == [1000]


def test_a_drip_is_not_waited_for_for_ever() -> None:
    def drip(peer: socket.socket) -> None:
        while True:
            peer.sendall(b".")
            time.sleep(0.05)

    with server(drip) as port:
        begun = time.monotonic()
        said = talk(port, asking(b"GET /\r\n\r\n"))
    assert said.exchange.answers and time.monotonic() - begun < 1.5


def test_silence_after_the_opening_is_an_answer_without_words() -> None:
    with server(lambda peer: time.sleep(0.6)) as port:
        said = talk(port, asking(waits=5.0), patience=0.1)
    assert said.exchange.outcome == "answered" and said.exchange.answers == ()


def test_a_closed_port_refuses() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        said = talk(closed.getsockname()[1], asking(b"GET /\r\n\r\n"))
    assert said.exchange.outcome == "refused" and said.segments == 1


def test_garbage_instead_of_tls_is_no_accident() -> None:
    question = Question(
        id="sealed", title="sealed", sends="a request", category="read", harmless="It only reads.", transport="tcp",
        ports=(443,), requests=(b"GET /\r\n\r\n",), tls=True, waits=0.4,
    )  # fmt: skip
    with server(lambda peer: peer.sendall(b"\xff" * 500)) as port:
        assert talk(port, question).exchange.answers == ()


def test_where_this_machine_has_no_port_left_one_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Scarce(socket.socket):
        left = 2

        def bind(self, address: object) -> None:
            if Scarce.left:
                Scarce.left -= 1
                raise OSError(errno.EADDRINUSE, "no port is free")
            super().bind(address)  # type: ignore[arg-type]

    with server(page) as port:
        monkeypatch.setattr("custodiet.probes.talk.socket.socket", Scarce)
        said = talk(port, asking(b"GET /\r\n\r\n"))
        monkeypatch.undo()
    assert said.exchange.answers == (PAGE,) and said.exchange.rtt < 0.2


@pytest.mark.parametrize("opening", [0.2, 0.5])
def test_an_opening_takes_no_longer_than_it_may(opening: float) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # nobody takes these, so there is no room for ours
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        begun = time.monotonic()
        said = talk(full.getsockname()[1], asking(b"GET /\r\n\r\n"), opening=opening)
        took = time.monotonic() - begun
        for one in waiting:
            one.close()
    assert said.segments == 1, "one opening segment, and nothing to end"
    assert said.exchange.outcome == "silent" and opening <= took < opening + 0.4


def answers_and_ends(peer: socket.socket) -> None:
    peer.recv(1000)
    peer.sendall(PAGE)


def says_nothing(peer: socket.socket) -> None:
    peer.recv(1000)


@pytest.mark.parametrize(
    ("handle", "requests", "most"),
    [(page, (b"GET /a\r\n\r\n", b"GET /b\r\n\r\n"), 1000), (answers_and_ends, (b"GET /\r\n\r\n",), 1000),
     (says_nothing, (), 0), (says_nothing, (b"GET /\r\n\r\n",), 1000)],
    ids=["answered", "ended by the device", "a knock", "silent"],
)  # fmt: skip
def test_without_a_witness_as_many_packets_are_counted_as_left(
    handle: Callable[[socket.socket], None], requests: tuple[bytes, ...], most: int
) -> None:
    try:
        witness = Witness({"127.0.0.1"}.__contains__)
    except PermissionError:
        pytest.skip("this machine does not let us look at packets")
    with server(handle) as port:
        said = asyncio.run(converse(asking(*requests, most=most), "127.0.0.1", port, witness=witness))
        time.sleep(0.05)  # the last packet leaves when the device has ended its side
        seen = len(list(witness.read()))
    witness.close()
    assert said.exchange.outcome == "answered" and said.segments == seen
