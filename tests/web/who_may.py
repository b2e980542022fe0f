"""Who may come where, written once more and by hand: the tests hold the registry and the rights to it.

Whoever adds a page or a deed, or gives a role more, says so here too.
"""

from __future__ import annotations

ROLES = ("viewer", "editor", "decider", "auditor", "administrator")
EVERYBODY, OF_ALL = ("everybody",), "administrator of all"
_EDIT, _DECIDE = ("editor", "decider", "administrator"), ("decider", "administrator")
ROUTES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (EVERYBODY, "", """
        account account-about account-app account-app-change account-passkeys account-passkeys-change account-password
        account-sessions bodies
    """),
    (ROLES, "see", """
        action alerts body changes device devices history inventory label-photo map messages not-seen overview plan
        reconciliation settled site sites timeline work
    """),
    (ROLES, "", "alerts-choose view-keep view-remove"),
    (("editor", "decider", "auditor", "administrator"), "edit", "import imports"),
    (_EDIT, "edit", """
        add-label-photo add-plan change-action confirm-label import-begin import-discard import-send import-stop
        judge-again keep-note put-pin remove-label-photo remove-plan reopen-row set-action settle-row take-pin
    """),
    (_DECIDE, "decide", """
        add-site change-site decide-device decide-site discard-sites-file place-site remove-site remove-zone say-view
        send-sites-file set-zone sites-file take-sites-file withdraw-note
    """),
    (("auditor", "administrator"), "", "members tokens"),
    (("administrator",), "", """
        describe-body members-give tokens-make tokens-revoke webhook-add webhook-remove webhook-test
    """),
    ((OF_ALL,), "", "body-add body-make people people-address people-change people-invite"),
)  # fmt: skip
"""Who may come there, the right with which a token may, and the pages and deeds: what is promised, written here once
more and looked up nowhere."""

GIVEN = {
    "viewer": "see",
    "editor": "edit see",
    "decider": "decide edit see",
    "auditor": "audit see",
    "administrator": "administer audit decide edit see",
}
"""Role -> its rights, once more too."""


def roles_of(name: str) -> tuple[str, ...]:
    """Who may come to a page or do a deed."""
    return next(roles for roles, _, names in ROUTES if name in names.split())


def right_of(name: str) -> str:
    """The right with which a token may; empty: none does."""
    return next(right for _, right, names in ROUTES if name in names.split())
