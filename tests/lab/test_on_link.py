"""Searches by multicast and broadcast on the link of the station, and the MACs seen there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lab.ground import Ground

CODE = """
import json, socket, sys
sys.path.insert(0, sys.argv[1])
import asker
group, port, answer_port, name = sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
request = asker.UDP[port][0]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lan20")
s.bind(("", answer_port)); s.settimeout(0.5)
if group.startswith(("224.", "239.")):
    own = socket.inet_aton("10.77.20.250")
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + own)
s.sendto(request, (group, port))
got = set()
try:
    while True:
        got.add(s.recvfrom(9000)[1][0])
except OSError:
    print(json.dumps(sorted(got - {"10.77.20.250"})))
"""


@pytest.mark.parametrize(
    ("group", "port", "answer_port"),
    [
        ("239.255.255.250", 37020, 37020),
        ("239.255.255.251", 37810, 0),
        ("239.255.255.250", 3702, 0),
        ("239.255.255.250", 1900, 0),
        ("224.0.0.251", 5353, 0),
        ("239.255.255.250", 34569, 0),
        ("255.255.255.255", 34569, 0),
        ("255.255.255.255", 5050, 0),
        ("255.255.255.255", 1757, 1758),
        ("10.77.20.255", 7701, 7711),
    ],
)
def test_all_who_speak_it_on_the_link_answer(ground: Ground, group: str, port: int, answer_port: int) -> None:
    said = ground.python(CODE, str(Path(__file__).parent), group, str(port), str(answer_port), "x")
    there = {
        str(device["address"])
        for device in ground.devices
        if device["network"] == "hall" and port in device["udp"] and device["family"] not in ("elsewhere", "garbage")
    }
    assert there <= set(json.loads(said))


def test_each_device_on_the_link_has_its_own_mac(ground: Ground) -> None:
    there = {str(device["address"]): str(device["mac"]) for device in ground.devices if device["network"] == "hall"}
    code = (
        "import socket,sys\n"
        "for a in sys.argv[1:]:\n"
        " s=socket.socket(); s.settimeout(0.2)\n"
        " try: s.connect((a,80))\n"
        " except OSError: pass\n"
        "print(open('/proc/net/arp').read())"
    )
    rows = [line.split() for line in ground.python(code, *there).splitlines()]
    assert {row[0]: row[3] for row in rows if row and row[0] in there} == there
