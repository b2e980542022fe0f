"""IP fragments put back together, as far as names need it.

The first fragment has the ports; the others get them from here, so that their bytes are counted for the right flow.
The payload comes out with the piece that completes it. Only a bounded number of packets is waited for.
"""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from custodiet.wire.ip import Frame

_MOST_WAITING = 512
_MOST_PIECES = 64
_LARGEST = 65535


class _Packet(msgspec.Struct):
    first: Frame | None = None
    pieces: dict[int, bytes] = {}
    end: int = -1
    """Offset behind the last piece, once that was seen."""

    def payload(self) -> bytes | None:
        """Everything behind the transport header; None while a piece is missing."""
        if self.first is None or self.end < 0 or not self.pieces:
            return None
        offsets = sorted(self.pieces)
        header = offsets[0] - len(self.first.payload)
        if header != 8 if self.first.protocol == 17 else not 20 <= header <= 60:
            return None
        parts = [self.first.payload]
        at = offsets[0]
        for offset in offsets:
            if offset != at:
                return None
            parts.append(self.pieces[offset])
            at += len(self.pieces[offset])
        return b"".join(parts) if at == self.end else None


class Fragments:
    """Packets of which not all pieces were seen."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[tuple[str, str, int, int], _Packet] = OrderedDict()

    def add(self, frame: Frame) -> tuple[Frame, bytes]:
        """Take in one fragment.

        Args:
            frame: a first or later fragment.

        Returns:
            The frame with its ports where they are known, and the whole payload where this piece completed it, else
            no payload.
        """
        key = (frame.src_ip, frame.dst_ip, frame.fragment_id, frame.protocol)
        packet = self._waiting.get(key)
        if packet is None:
            packet = self._waiting[key] = _Packet()
            if len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem(last=False)
        if frame.fragment:
            room = _LARGEST - sum(map(len, packet.pieces.values()))
            if len(packet.pieces) < _MOST_PIECES and len(frame.payload) <= room:
                packet.pieces.setdefault(frame.fragment_offset, frame.payload)
            if not frame.more_fragments:
                packet.end = frame.fragment_offset + len(frame.payload)
        else:
            packet.first = frame
        payload = packet.payload()
        first = packet.first
        if payload is not None:
            self._waiting.pop(key, None)
        if first is None:
            return frame, b""
        whole = msgspec.structs.replace(
            frame, src_port=first.src_port, dst_port=first.dst_port, tcp_seq=first.tcp_seq, tcp_flags=first.tcp_flags
        )
        return whole, payload or b""
