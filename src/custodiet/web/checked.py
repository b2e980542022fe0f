"""One thing that `doctor` looked at."""

from __future__ import annotations

import msgspec


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    what: str
    wrong: str = ""
    """What is wrong with it; empty: nothing."""
    mend: str = ""
    """What to do about it."""
