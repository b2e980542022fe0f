"""The people of the installation, for its administrators: who may sign in, and how they get in when they cannot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.accounts import make_link, once, sessions
from custodiet.web.accounts.second import take_factors
from custodiet.web.page import Asked, Deed, Page
from custodiet.web.pages.factors import sure
from custodiet.web.rights import Right
from custodiet.web.store.models import Person, SitesFile, Work
from custodiet.web.written import WRITTEN

HERE = "/people/"
AT_A_TIME = 50


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which people."""

    q: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """Part of a name or an address."""
    page: int = 1


class Somebody(msgspec.Struct, frozen=True, kw_only=True):
    """A person."""

    id: int
    name: str
    email: str
    administrator: bool
    """Of the installation."""
    active: bool
    """May sign in."""
    factors: int
    """How many second factors they have."""
    invited: bool
    """They did not use their invitation yet."""
    joined: bool
    """They sign in with the account of the organisation."""
    bodies: int
    """In how many bodies they have a role."""
    me: bool
    """It is who asks."""


class People(msgspec.Struct, frozen=True, kw_only=True):
    """A page of people."""

    total: int
    page: int
    pages: int
    people: tuple[Somebody, ...]
    """By name."""
    once: once.Once | None
    """What is shown this time alone."""


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody new."""

    email: Annotated[str, msgspec.Meta(max_length=254)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra=WRITTEN)]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done with somebody's account."""

    person: int
    do: Literal["block", "unblock", "link", "out", "factors", "part", "raise", "lower"]


def fetch(asked: Asked[Filters]) -> People:
    """Those that fit, by name."""
    q, rows = asked.query.q.strip(), Person.objects.all()
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(email__icontains=q))
    total = rows.count()
    pages = max(1, -(-total // AT_A_TIME))
    page = min(max(1, asked.query.page), pages)
    counted = rows.annotate(
        keys=Count("passkeys", distinct=True),
        apps=Count("codes", distinct=True),
        bodies=Count("memberships", distinct=True),
    )
    here = counted.order_by("name", "pk")[(page - 1) * AT_A_TIME : page * AT_A_TIME]
    return People(
        total=total,
        page=page,
        pages=pages,
        people=tuple(
            Somebody(
                id=row.pk,
                name=row.name,
                email=row.email,
                administrator=row.administrator,
                active=row.is_active,
                factors=row.keys + row.apps,
                invited=row.last_login is None and row.subject is None and not row.has_usable_password(),
                joined=row.subject is not None,
                bodies=row.bodies,
                me=row.pk == asked.person.pk,
            )
            for row in here
        ),
        once=once.take(asked.request),
    )


def invite(asked: Asked[Invite]) -> str:
    """Makes an account, and the link by which its owner chooses a password."""
    email, name = _free(asked.query.email), asked.query.name
    person = Person(email=email, name=name)
    person.set_unusable_password()
    person.save()
    log.write(who=asked.person.email, what="person made", about=email)
    _show_link(asked, person)
    return HERE


def change(asked: Asked[Change]) -> str:
    """Blocks, lets in again, gives a new link, takes second factors away, makes an administrator or no longer one."""
    # who changes administrators waits for whoever does, so that the last two cannot take each other away
    able = list(Person.objects.select_for_update().filter(administrator=True, is_active=True).order_by("pk"))
    person, me, do = Person.objects.filter(pk=asked.query.person).first(), asked.person, asked.query.do
    if person is None:
        raise UsageError(_("There is no such person"))
    if do in ("block", "lower"):
        if person.pk == me.pk:
            raise UsageError(_("Nobody can do this to themselves"), next_step=_("Ask another administrator."))
        if [one.pk for one in able] == [person.pk]:
            raise UsageError(_("Somebody has to be left who can administer the installation"))
    if do in ("link", "factors", "raise") and not sure(asked, HERE, datetime.now(UTC)):
        return HERE
    if do == "link":
        log.write(who=me.email, what="link made", about=person.email)
        _show_link(asked, person)
        return HERE
    if do == "out":
        sessions.end(person, here=asked.request.session.session_key or "")
    elif do == "factors":
        take_factors(person)
    elif do in ("block", "unblock"):
        person.is_active = do == "unblock"
    elif do == "part":
        person.subject = None
    else:
        person.administrator = do == "raise"
    person.save(update_fields=["is_active", "administrator", "subject"])
    if do in ("block", "factors"):
        sessions.end(person)
    log.write(who=me.email, what=_DONE[do][0], about=person.email)
    once.keep(asked.request, HERE, "done", f"{person.name}: {_DONE[do][1]}")
    return HERE


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """By which address somebody signs in from now on."""

    person: int
    email: Annotated[str, msgspec.Meta(max_length=254)]


def readdress(asked: Asked[Address]) -> str:
    """Changes the address of somebody, who stays signed in; what they have to do goes with them, the log stays."""
    person, email = Person.objects.filter(pk=asked.query.person).first(), _free(asked.query.email)
    if person is None:
        raise UsageError(_("There is no such person"))
    if not sure(asked, HERE, datetime.now(UTC)):
        return HERE
    before, person.email = person.email, email
    person.save(update_fields=["email"])
    Work.objects.filter(owner=before, state="open").update(owner=email)
    SitesFile.objects.filter(who=before).update(who=email)
    log.write(who=asked.person.email, what="address changed", about=email, said={"email": [before, email]})
    once.keep(
        asked.request, HERE, "done", _("{name} signs in as {email} from now on.").format(name=person.name, email=email)
    )
    return HERE


def _free(told: str) -> str:
    """An address that nobody has yet.

    Raises:
        UsageError: it is none, or somebody has it.
    """
    email = told.strip().lower()
    try:
        validate_email(email)
    except ValidationError as fault:
        raise UsageError(_("This is not an e-mail address"), place=email[:80]) from fault
    if Person.objects.filter(email=email).exists():
        raise UsageError(_("There is an account with this address already"), next_step=_("Look for it in the list."))
    return email


_DONE = {
    "block": ("person blocked", gettext_lazy("may not sign in any more.")),
    "unblock": ("person let in again", gettext_lazy("may sign in again.")),
    "out": ("signed out everywhere", gettext_lazy("is signed out in every browser.")),
    "factors": ("second factors taken away", gettext_lazy("has no second factor any more.")),
    "part": (
        "account of the organisation parted",
        gettext_lazy("no longer signs in with the account of the organisation."),
    ),
    "raise": ("made administrator of the installation", gettext_lazy("is an administrator of the installation.")),
    "lower": (
        "no longer administrator of the installation",
        gettext_lazy("is no longer an administrator of the installation."),
    ),
}
"""What was done -> the word of the log, and what is told."""


def _show_link(asked: Asked[Invite] | Asked[Change], person: Person) -> None:
    address = asked.request.build_absolute_uri(make_link(person))
    once.keep(asked.request, HERE, "link", f"{person.name} ({person.email})", address)


PAGE = Page(
    name="people",
    path="people/",
    says="Who may sign in here.",
    within="installation",
    query=Filters,
    data=People,
    fetch=fetch,
    template="people.html",
)
DEEDS: list[Deed[Any]] = [
    Deed(
        name="people-invite",
        path="people/invite/",
        says="Make an account, with a link that works once to choose a password.",
        within="installation",
        right=Right.ADMINISTER,
        form=Invite,
        do=invite,
    ),
    Deed(
        name="people-change",
        path="people/change/",
        says="Block an account, let it in again, or help somebody who cannot sign in.",
        within="installation",
        right=Right.ADMINISTER,
        form=Change,
        do=change,
    ),
    Deed(
        name="people-address",
        path="people/address/",
        says="Change the e-mail address by which somebody signs in.",
        within="installation",
        right=Right.ADMINISTER,
        form=Address,
        do=readdress,
    ),
]
