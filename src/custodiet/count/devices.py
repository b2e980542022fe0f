"""Rows -> devices: which rows speak about one and the same thing.

An address is a device, unless what answers there shows serial numbers or MACs: behind one address on the internet
stand as many devices as show different ones, and a device that shows the same one at two addresses is still one.
Everything here is a plain function of whole columns, so that one machine and many do the same.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

MANY_ADDRESSES = 4
"""A serial number or MAC shown at more addresses than this is a factory's default or a copy, and names no device."""

Digests: TypeAlias = npt.NDArray[np.uint64]


class Joined(NamedTuple):
    """Which device each row speaks about."""

    device: Digests
    """Digest of the identity, or of the address where none is known."""
    owned: npt.NDArray[np.bool_]
    """False where several devices answer at the address and the row does not show of which of them it is."""


def default_identities(identity: Digests, address: Digests) -> Digests:
    """Identities that name no device, since they are shown at too many addresses.

    Args:
        identity: one for each row, 0 where none is shown; every row of an identity must be there.
        address: one for each row.

    Returns:
        the identities, sorted.
    """
    shown = identity != 0
    pairs = np.unique(np.stack([identity[shown], address[shown]], axis=1), axis=0)
    found, addresses = np.unique(pairs[:, 0], return_counts=True)
    return found[addresses > MANY_ADDRESSES]


def join(address: Digests, identity: Digests, defaults: Digests) -> Joined:
    """Say of each row which device it speaks about.

    Args:
        address: one for each row; every row of an address must be there.
        identity: one for each row, 0 where none is shown.
        defaults: identities that name no device, sorted, from `default_identities`.
    """
    if not len(address):
        return Joined(address, np.zeros(0, bool))
    known = np.where(np.isin(identity, defaults), np.uint64(0), identity)
    order = np.lexsort((known, address))
    there, shown = address[order], known[order]
    begins = np.r_[True, there[1:] != there[:-1]]
    starts = np.flatnonzero(begins)
    place = np.cumsum(begins) - 1
    distinct = np.add.reduceat((np.r_[True, shown[1:] != shown[:-1]] | begins) & (shown != 0), starts, dtype=np.int64)
    last = np.maximum.reduceat(shown, starts)  # where one identity is shown, it is the greatest: the others are 0
    sole = np.where(distinct == 1, last, there[starts])[place]
    device, owned = np.empty_like(address), np.empty(len(address), bool)
    device[order] = np.where(shown != 0, shown, sole)
    owned[order] = (shown != 0) | (distinct[place] < 2)
    return Joined(device, owned)
