"""What the estate counts against whoever is rough: paper, machines, dead cameras."""

from __future__ import annotations

import time

import pytest
from lab.ground import Ground

CONNECT = "import socket,sys\na=sys.argv[1]\ndef go(port): return socket.create_connection((a,port),0.5)\n"


def answers(ground: Ground, address: str, port: int = 80) -> bool:
    """Does it still take a connection?"""
    code = CONNECT + f"try: go({port}).close(); print('yes')\nexcept OSError: print('no')"
    return ground.python(code, address).strip() == "yes"


def test_any_payload_is_paper(ground: Ground) -> None:
    [address, *_rest] = ground.of("printer")
    before = ground.status()["wasted_pages"].get(address, 0)
    ground.python(CONNECT + "for port in (9100, 9107, 515, 631): go(port).close()", address)
    assert ground.status()["wasted_pages"].get(address, 0) == before
    ground.python(
        CONNECT + "for port in (9100, 9107, 515): s=go(port); s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); s.close()\n"
        "s=go(631); s.sendall(b'\\x16\\x03'); s.close()", address
    )  # fmt: skip
    assert ground.status()["wasted_pages"][address] == before + 4
    ground.python(CONNECT + "s=go(631); s.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n'); s.recv(10); s.close()", address)
    assert ground.status()["wasted_pages"][address] == before + 4


def test_a_machine_notes_each_payload(ground: Ground) -> None:
    [address, *_rest] = ground.of("controller")
    ground.python(CONNECT + "s=go(502); s.sendall(b'x'); s.close(); go(102).close()", address)
    assert ground.status()["touched_machines"][address] == 1


def test_a_fragile_camera_bears_a_polite_visit(ground: Ground) -> None:
    address = ground.of("fragile")[0]
    ground.python(
        CONNECT + "s=go(80); s.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); assert s.recv(900); s.close()\n"
        "s=go(554); s.sendall(b'OPTIONS * RTSP/1.0\\r\\nCSeq: 1\\r\\n\\r\\n'); assert s.recv(900); s.close()", address
    )  # fmt: skip
    assert address not in ground.status()["dead"]
    assert answers(ground, address)


@pytest.mark.parametrize(
    ("number", "code", "why"),
    [
        (1, "held=[go(80) for _ in range(3)]", "a third connection at once"),
        (
            2,
            "import time\nfor _ in range(22):\n try: go(81)\n except OSError: pass",
            "more than 20 packets in a second",
        ),
        (3, "go(8000).sendall(b'x')", "bytes on a port that does not know them"),
    ],
)
def test_a_fragile_camera_dies(ground: Ground, number: int, code: str, why: str) -> None:
    address = ground.of("fragile")[number]
    assert answers(ground, address)
    time.sleep(1.1)
    ground.python(CONNECT + code, address)
    time.sleep(0.2)
    assert ground.status()["dead"].get(address) == why
    assert not answers(ground, address)


def test_twenty_packets_in_a_second_are_borne(ground: Ground) -> None:
    address = ground.of("fragile")[4]
    code = CONNECT + "import time\nfor _ in range(18):\n try: go(81)\n except OSError: pass"
    ground.python(code, address)
    time.sleep(1.1)
    ground.python(code, address)
    assert address not in ground.status()["dead"]


def test_who_drops_and_who_refuses(ground: Ground) -> None:
    code = (
        "import socket,sys\n"
        "for word in sys.argv[1:]:\n"
        " a,p=word.split(':')\n"
        " try: socket.create_connection((a,int(p)),0.4).close(); print('open')\n"
        " except TimeoutError: print('silent')\n"
        " except ConnectionRefusedError: print('refused')\n"
    )
    silent = next(str(device["address"]) for device in ground.devices if device["drops"] == "all")
    closed = next(str(device["address"]) for device in ground.devices if device["network"] == "closed")
    rows = {f"{silent}:80": "silent", f"{closed}:80": "silent", "10.77.32.252:80": "silent"}
    rows |= {f"{address}:80": "refused" for address in ground.of("refusing")}
    rows |= {f"{address}:443": "open" for address in ground.of("filtered")}
    rows |= {f"{address}:80": "silent" for address in ground.of("filtered")}
    said = ground.python(code, *rows).split()
    assert dict(zip(rows, said, strict=True)) == rows


def test_an_answer_that_never_ends(ground: Ground) -> None:
    [address] = ground.of("endless") or pytest.skip("it stands in the closed subnet of this estate")
    code = (
        CONNECT + "s=go(80); s.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n'); n=0\n"
        "while n < 5000: n += len(s.recv(4096))\nprint(n)"
    )
    assert int(ground.python(code, address)) >= 5000
