"""Giving up rights, for good: user, groups and every capability of Linux.

Python has functions for users and groups, none for capabilities. So two functions of the C library are called by
ctypes: `prctl` (nothing may be gained again, not by starting a program either; nothing outside may look into this
process) and `capset` (the three sets of capabilities become empty). What the kernel then says of the process is read
back: rights that are still there are an error, not a hope.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path

NOBODY = 65534

_SET_DUMPABLE, _DROP_FROM_BOUNDS, _NO_NEW_RIGHTS = 4, 24, 38
_AMBIENT, _AMBIENT_CLEAR = 47, 4
_VERSION = 0x20080522
"""Of the layout: two words for each of three sets."""
_LAST_CAPABILITY = 63
_SETS = ("CapInh", "CapPrm", "CapEff", "CapAmb")


def give_up(user: int | None = None, group: int | None = None) -> None:
    """Give up every capability of this thread, and the user where we are root, may change, and another is named.

    User and group change for the whole process; capabilities belong to threads, so this comes before any is started.
    Whoever stays root without capabilities still may write what belongs to root.

    Args:
        user: id to become; none: stay who we are.
        group: its group; none: the same number as the user's.

    Raises:
        OSError: the kernel refused, or something is left.
    """
    library = ctypes.CDLL(None, use_errno=True)
    for capability in range(_LAST_CAPABILITY + 1):
        library.prctl(_DROP_FROM_BOUNDS, capability, 0, 0, 0)  # needs a right of its own; without it, the rest counts
    if user is not None and os.geteuid() == 0:
        number = user if group is None else group
        # a container's root that was given CAP_NET_RAW alone may not become anybody else
        with contextlib.suppress(PermissionError):
            os.setgroups([])
            os.setresgid(number, number, number)
            os.setresuid(user, user, user)
    library.prctl(_AMBIENT, _AMBIENT_CLEAR, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()
    if library.capset(header, sets) or library.prctl(_NO_NEW_RIGHTS, 1, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, f"rights cannot be given up: {os.strerror(number)}")
    library.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    left = capabilities()
    if left:
        raise OSError(1, f"rights are left that were given up: {left}")


def capabilities(thread: str = "thread-self") -> str:
    """The sets of capabilities that are not empty, as the kernel names them; empty when there are none.

    Args:
        thread: folder in ``/proc``.
    """
    found = []
    # bytes, not text: whoever gave up their rights may not be able to load a codec any more
    for line in Path("/proc", thread, "status").read_bytes().splitlines():
        name, _colon, value = line.decode().partition(":")
        if name in _SETS and int(value, 16):
            found.append(f"{name} {value.strip()}")
    return ", ".join(found)


def who_asked() -> tuple[int, int] | None:
    """User and group of the person who called us by sudo; none where nobody did."""
    user, group = os.environ.get("SUDO_UID", ""), os.environ.get("SUDO_GID", "")
    if os.geteuid() or not (user.isdecimal() and group.isdecimal()) or user == "0":
        return None
    return int(user), int(group)
