"""Which addresses of a column are those that networks use inside."""

from __future__ import annotations

import numpy as np

from custodiet.sources.flow_columns import Bits, Words

_V4 = [(10 << 24, 8), (172 << 24 | 16 << 16, 12), (192 << 24 | 168 << 16, 16), (169 << 24 | 254 << 16, 16)]
_V4.append((100 << 24 | 64 << 16, 10))


def is_local(high: Words | None, low: Words) -> Bits:
    """As `custodiet.wire.address.is_local_ip`, for a whole column.

    Args:
        high: the upper 64 bits of IPv6 addresses; none for IPv4.
        low: the lower 64 bits, or IPv4 addresses.
    """
    found = np.zeros(len(low), dtype=np.bool_)
    if high is None:
        for network, bits in _V4:
            shift = np.uint64(32 - bits)
            found |= low >> shift == network >> (32 - bits)
        return found
    found |= high >> np.uint64(57) == 0xFC >> 1
    found |= high >> np.uint64(54) == 0xFE80 >> 6
    return found
