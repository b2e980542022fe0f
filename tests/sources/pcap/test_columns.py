"""Columns agree with the exact reading of every frame."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
from pcap_factory import ethernet, ip, pcap, tcp, udp

from custodiet.errors import WireError
from custodiet.sources.flow_columns import address_text
from custodiet.sources.pcap.columns import decode
from custodiet.sources.pcap.container import Container
from custodiet.sources.pcap.fragments import Fragments
from custodiet.wire.link import parse_frame


def frames(rng: random.Random) -> list[bytes]:
    """Frames of all kinds, some with a byte changed, some cut."""
    made = []
    for at in range(4000):
        six = rng.random() < 0.3
        ends = ("2001:db8::5", "2001:db8::9") if six else ("10.0.0.5", "10.0.0.9")
        payload = rng.randbytes(rng.choice([0, 1, 7, 8, 60, 400]))
        inside, protocol = (
            (udp(payload, rng.randrange(65536)), 17)
            if rng.random() < 0.5
            else (tcp(payload, seq=rng.getrandbits(32), flags=rng.randrange(64), options=bytes(rng.choice([0, 12]))), 6)
        )
        options = {} if six else {"options": bytes(rng.choice([0, 0, 4]))}
        tags = [(rng.choice([0x8100, 0x88A8]), rng.randrange(4096)) for _ in range(rng.choice([0, 0, 0, 1, 2, 3]))]
        frame = bytearray(ethernet(ip(inside, protocol, *ends, **options), 0x86DD if six else 0x0800, tags=tags))
        if at % 3 == 0:
            frame[rng.randrange(12, min(len(frame), 70))] ^= 1 << rng.randrange(8)
        if at % 5 == 0:
            del frame[rng.randrange(len(frame)) :]
        made.append(bytes(frame))
    return made


def test_same_as_the_exact_reading(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(pcap(frames(random.Random(11))))
    compared = 0
    for window in Container(path).windows():
        columns = decode(window, Fragments(), Counter())
        for row, at in enumerate(window.start.tolist()):
            data = window.data[at : at + int(window.captured[row])].tobytes()
            try:
                frame = parse_frame(data, 1)
            except WireError:
                assert not columns.ip[row]
                continue
            assert bool(columns.ip[row]) == (frame.protocol >= 0), row
            if frame.protocol < 0 or frame.fragment or frame.more_fragments:
                continue
            compared += 1
            v6 = bool(columns.v6[row])
            assert address_text(int(columns.src_high[row]), int(columns.src_low[row]), v6) == frame.src_ip
            assert address_text(int(columns.dst_high[row]), int(columns.dst_low[row]), v6) == frame.dst_ip
            ours = (columns.protocol, columns.src_port, columns.dst_port, columns.seq, columns.flags)
            theirs = (frame.protocol, frame.src_port, frame.dst_port, frame.tcp_seq, frame.tcp_flags)
            assert tuple(int(column[row]) for column in ours) == theirs, row
            assert int(columns.vlan[row]) == (frame.vlans[-1] if frame.vlans else 0)
            if frame.protocol in (6, 17):
                at, size = int(columns.payload[row]), int(columns.payload_size[row])
                payload = columns.whole.get(row) or window.data[at : at + size].tobytes()
                assert payload == frame.payload, row
                if payload:
                    here = np.array([row])
                    assert int(columns.heads(here)[0]) == int.from_bytes(frame.payload[:8].ljust(8, b"\0"), "big")
                    assert int(columns.first_bytes(here)[0]) == payload[0]
    assert compared > 1500
