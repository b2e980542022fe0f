"""What is to be done about a device, by whom and when."""

from __future__ import annotations

from typing import Literal

import msgspec

ActionKind = Literal["isolate", "disconnect", "replace", "remove", "accept"]
ActionState = Literal["open", "done", "dropped"]


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be done about one device."""

    asset: str
    """Id of the device."""
    kind: ActionKind
    """isolate: keep it, shut in; disconnect: take it off the network; replace, remove; accept: live with it."""
    owner: str = ""
    """Who answers for it being done; empty: nobody yet."""
    due: str = ""
    """ISO 8601 date by which it is to be done; empty: none was set."""
    state: ActionState = "open"
    """open, done, or dropped: it is not going to be done."""
    evidence: str = ""
    """What shows that it was done, or why it is not going to be."""
