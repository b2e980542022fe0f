"""Who is what in a body; a body keeps at least one administrator who can sign in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.estate import Estate
from custodiet.web.generation import locked
from custodiet.web.rights import Role
from custodiet.web.store.models import Membership, Person


def members(estate: Estate) -> list[Membership]:
    """All who have a role in it, by name."""
    rows = Membership.objects.select_related("person").filter(body=estate.row)
    return list(rows.order_by("person__name", "person__email"))


def give(estate: Estate, person: Person, role: Role | None, *, by: str, why: str) -> None:
    """Give somebody a role in place of the one they have, or take it; inside a transaction.

    Args:
        estate: the body.
        person: who.
        role: what they become; none: their role is taken.
        by: who does it, for the log.
        why: their reason.

    Raises:
        UsageError: nobody would be left who can administer the body.
    """
    # who changes roles waits for whoever does, so that the last two administrators cannot take each other away
    locked(estate.id)
    rows = Membership.objects.filter(body=estate.row)
    before = rows.filter(person=person).values_list("role", flat=True).first() or ""
    if before == (role or ""):
        return
    others = rows.filter(role=Role.ADMINISTRATOR, person__is_active=True).exclude(person=person)
    if before == Role.ADMINISTRATOR and not others.exists():
        raise UsageError(
            _("Somebody has to be left who can administer the body"),
            next_step=_("Make somebody else an administrator first."),
        )
    if role is None:
        rows.filter(person=person).delete()
    else:
        Membership.objects.update_or_create(body=estate.row, person=person, defaults={"role": role})
    log.write(
        who=by,
        what="role given" if role else "role taken",
        body=estate.id,
        about=person.email,
        said={"role": [before, role or ""]},
        why=why,
    )
