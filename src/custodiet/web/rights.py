"""Who may do what: five roles of a person in a body, each a set of rights."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """What a page or a deed asks of whoever wants it."""

    SEE = "see"
    """Read what is known of the body's devices."""
    EDIT = "edit"
    """Bring in files, keep notes and actions, photos and floor plans."""
    DECIDE = "decide"
    """Describe sites, and answer what only the owner can answer: sensitivity, exceptions, what is accepted."""
    AUDIT = "audit"
    """Read the log of everything that changed and who looked, and what was brought in by whom, members and tokens."""
    ADMINISTER = "administer"
    """Give and take roles and tokens."""


class Role(StrEnum):
    """What a person is in a body."""

    VIEWER = "viewer"
    EDITOR = "editor"
    DECIDER = "decider"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.SEE}),
    Role.EDITOR: frozenset({Right.SEE, Right.EDIT}),
    Role.DECIDER: frozenset({Right.SEE, Right.EDIT, Right.DECIDE}),
    # reads everything and changes nothing: whoever checks must not be able to mend
    Role.AUDITOR: frozenset({Right.SEE, Right.AUDIT}),
    Role.ADMINISTRATOR: frozenset(Right),
}


def may(role: str, right: Right) -> bool:
    """Whether a role has a right; a role that we do not know has none."""
    return role in RIGHTS and right in RIGHTS[Role(role)]


def rights_of(words: str) -> frozenset[Right]:
    """Rights from words parted by blanks, as a token has them."""
    return frozenset(map(Right, words.split()))
