"""A page: data of a body, a function that fetches it, and a template; a deed: a form, and a function that does it.

Whether somebody may see a page or do a deed is decided here and nowhere else, from what the page says it asks. A body
in which somebody has no such right does not exist for them. The address of a page gives its data as JSON to whoever
asks for that, and as a file in every form that the page offers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, Literal, TypeAlias, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from custodiet.errors import CustodietError, UsageError
from custodiet.report.cited import citing
from custodiet.report.guard import json_bytes
from custodiet.web import log, pace, reads, refusal
from custodiet.web.accounts import once
from custodiet.web.accounts.sessions import too_weak
from custodiet.web.estate import Estate
from custodiet.web.knowledge import names_of
from custodiet.web.programs import wants_json
from custodiet.web.rights import RIGHTS, Right, Role, may, rights_of
from custodiet.web.store.models import Membership, Person
from custodiet.web.written import without_space

Within: TypeAlias = Literal["body", "bodies", "installation", "account"]
"""Whose page it is: of a body, for who has the right there; of the bodies that one is in, for everybody; of the
installation, for its administrators; of oneself, which is all that somebody sees who has a second factor to set up."""

RECORDED = gettext_noop("It is recorded, and stands in the log.")

Q = TypeVar("Q", bound=msgspec.Struct)
D = TypeVar("D", bound=msgspec.Struct)


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No question and no field."""


class Elsewhere(Exception):
    """What is asked for stands at another address of ours, which is the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[Q]):
    """Who asks for what."""

    person: Person
    """A token is a person without an account, who has the token's name where people have their address."""
    role: str
    """In the body; empty where the page is of no body, and for a token."""
    rights: frozenset[Right]
    """In the body: all that a role has, or those that a token was given."""
    body: Estate | None
    """What they may see of it; none where the page is of no body."""
    query: Q
    """The question of the address, or the fields of the form."""
    path: Mapping[str, str]
    """What stands in the address itself, but for the body."""
    request: HttpRequest
    ready: object = None
    """What a deed made ready before its transaction; see `Deed.before`."""

    @property
    def estate(self) -> Estate:
        """The body of a page of a body."""
        assert self.body is not None
        return self.body

    def may(self, right: str) -> bool:
        """Whether they have another right here too: what they may not do is not offered."""
        return Right(right) in self.rights


@dataclass(frozen=True, kw_only=True)
class File:
    """A page as a file."""

    name: str
    """As it is to be called where it is kept."""
    kind: str
    """Its media type."""
    content: bytes | Callable[[], object]
    """The bytes, or a function that makes an iterator of them."""


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Q, D]):
    """One page."""

    name: str
    path: str
    """As Django writes addresses; behind ``b/<body>/`` for a page of a body."""
    says: str
    """One sentence on what it answers, for its title and the description of the interface."""
    within: Within = "body"
    right: Right = Right.SEE
    also: Right | None = None
    """Another right with which people may read it; its forms ask for theirs. No token comes in by it."""
    query: type[Q]
    """What may stand behind the question mark; every field has a default."""
    data: type[D]
    fetch: Callable[[Asked[Q]], D]
    template: str
    restricted: str = ""
    """Why nobody reads it unseen: who does stands in the log; empty: it is no more than rights in the body allow."""
    files: Mapping[str, Callable[[Asked[Q]], File]] = field(default_factory=dict)
    """Word behind ``as=`` -> the page as a file of that form."""
    pictures: Mapping[str, Callable[[Asked[Q]], File]] = field(default_factory=dict)
    """Word behind ``as=`` -> a picture that we wrote ourselves and that the page shows: it is seen with the page, and
    is no file that is taken away."""


@dataclass(frozen=True, kw_only=True)
class Deed(Generic[Q]):
    """Something that a form does."""

    name: str
    path: str
    says: str
    within: Within = "body"
    right: Right
    form: type[Q]
    do: Callable[[Asked[Q]], str]
    """Does it in one transaction, with its line in the log, and gives the address to go to."""
    done: str = ""
    """What is said once at the top of the page that follows, as `RECORDED`; empty: that page says it itself."""
    own: bool = False
    """Whether it concerns whoever does it alone, as what they are told by e-mail: nobody does it by a token."""
    before: Callable[[Asked[Q]], object] | None = None
    """What takes long and writes nothing, as decoding a picture: done before the transaction, in which nobody else can
    write. What it gives is ``asked.ready``."""


def answers(page: Page[Q, D] | Deed[Q]) -> Callable[..., HttpResponse]:
    """The view of a page or a deed, as Django calls it."""

    def view(request: HttpRequest, **path: str) -> HttpResponse:
        if request.method not in (("POST",) if isinstance(page, Deed) else ("GET", "HEAD")):
            return refused(request, 405, "This address does not take that.")
        if not request.user.is_authenticated:
            return (
                refused(request, 401, "Sign in first.")
                if wants_json(request)
                else redirect_to_login(request.get_full_path(), "/sign-in/")
            )
        if page.within != "account" and too_weak(request):
            return _second_factor_first(request)
        whose = _whose(page, request, path.pop("body", ""))
        try:
            if isinstance(page, Deed):
                asked = _asked(request, whose, page.form, request.POST, path)
                if page.before is not None:
                    asked = replace(asked, ready=page.before(asked))
                with transaction.atomic():
                    address = page.do(asked)
                    if page.done and getattr(request, "token", None) is None:
                        once.keep(request, unquote(urlsplit(address).path), "done", _(page.done))
                return HttpResponseRedirect(address)
            asked = _asked(request, whose, page.query, request.GET, path)
            with citing(lambda: names_of(asked.estate).directives.values() if asked.body else ()):
                return _shown(page, asked)
        except Elsewhere as found:
            return HttpResponseRedirect(str(found))
        except msgspec.ValidationError as fault:
            told = (f"This is not what is asked for here: {fault}.", "")
            if not wants_json(request):
                told = refusal.amiss(str(fault))
            return refused(request, 400, *told, within=_bare(request, whose, path))
        except CustodietError as fault:
            return refused(request, 400, fault.reason, fault.next_step, within=_bare(request, whose, path))

    return view


def _second_factor_first(request: HttpRequest) -> HttpResponse:
    told = _("A second factor is asked for here: set up a passkey or an app first.")
    if wants_json(request):
        return refused(request, 403, told)
    once.keep(request, "/account/", "wrong", told)
    return HttpResponseRedirect("/account/")


@dataclass(frozen=True, slots=True)
class _Whose:
    body: Estate | None = None
    role: str = ""
    rights: frozenset[Right] = frozenset()


def _whose(page: Page[Q, D] | Deed[Q], request: HttpRequest, id: str) -> _Whose:
    """What whoever asks is in a body; where that is not enough, the page does not exist for them."""
    token, person = getattr(request, "token", None), request.user
    if token is not None:
        rights = rights_of(token.rights)
        own = isinstance(page, Deed) and page.own
        if page.within != "body" or own or token.body_id != id or page.right not in rights:
            raise Http404
        return _Whose(Estate(token.body), "", rights)
    if page.within in ("account", "bodies") or (page.within == "installation" and person.administrator):
        return _Whose()
    membership = Membership.objects.select_related("body").filter(person=person, body=id).first() if id else None
    enough = [page.right, *([page.also] if isinstance(page, Page) and page.also else ())]
    if membership is None or not any(may(membership.role, right) for right in enough):
        raise Http404
    return _Whose(Estate(membership.body), membership.role, RIGHTS[Role(membership.role)])


def _asked(request: HttpRequest, whose: _Whose, kind: type[Q], told: QueryDict, path: Mapping[str, str]) -> Asked[Q]:
    several = {one.name for one in msgspec.structs.fields(kind) if "tuple" in str(one.type)}
    fields: dict[str, object] = {
        name: told.getlist(name) if name in several else told[name]
        for name in told
        if name not in ("as", "csrfmiddlewaretoken") and (told[name] or name in several)
    }
    if any("\0" in str(text) for texts in (*(each for _, each in told.lists()), path.values()) for text in texts):
        # PostgreSQL takes none in text
        raise UsageError("a text cannot hold the character of number zero", next_step="Leave it out.")
    query = msgspec.convert(without_space(kind, fields), kind, strict=False)
    return Asked(
        person=request.user,
        role=whose.role,
        rights=whose.rights,
        body=whose.body,
        query=query,
        path=path,
        request=request,
    )


def _bare(request: HttpRequest, whose: _Whose, path: Mapping[str, str]) -> Asked[Nothing]:
    """Who asks, without what: for the frame of a page that says that it cannot be done."""
    return Asked(
        person=request.user,
        role=whose.role,
        rights=whose.rights,
        body=whose.body,
        query=Nothing(),
        path=path,
        request=request,
    )


def _shown(page: Page[Q, D], asked: Asked[Q]) -> HttpResponse:
    form = asked.request.GET.get("as", "")
    if form in page.files:
        return _taken(page, asked, form)
    if page.restricted or getattr(asked.request, "token", None) is not None:
        # a program carries away what it reads
        reads.note(asked.person.email, asked.estate.id, _about(page, asked))
    if form in page.pictures:
        return _file(page.pictures[form](asked), "inline")
    if form not in ("", "json"):
        raise CustodietError(f"this page is not given as {form[:40]}", next_step="Choose one of the forms it offers.")
    data = page.fetch(asked)
    if wants_json(asked.request):
        return HttpResponse(json_bytes(data), content_type="application/json")
    told = {"page": page, "asked": asked, "data": data}
    if not hasattr(data, "once"):  # else the page shows it where it fits
        told["done"] = once.take(asked.request)
    return render(asked.request, page.template, told)


def _taken(page: Page[Q, D], asked: Asked[Q], form: str) -> HttpResponse:
    """A page as a file, with a line in the log: it carries away more than anybody reads."""
    wait = pace.files.wait(asked.person.email, settings.CUSTODIET.pace)
    if wait:
        answer = refused(asked.request, 429, _("Too many files in a minute."), _("Try again in a minute."))
        answer.headers["Retry-After"] = str(wait)
        return answer
    file = page.files[form](asked)
    said = {"as": form, "asked": asked.request.META.get("QUERY_STRING", "")[:500]}
    body = asked.body.id if asked.body else ""
    log.write(who=asked.person.email, what="taken as a file", body=body, about=_about(page, asked), said=said)
    return _file(file)


def _about(page: Page[Q, D], asked: Asked[Q]) -> str:
    """What the log says that a page is about: a device or a site where it is of one."""
    return next(filter(None, map(asked.path.get, ("device", "site"))), page.name)


def _file(file: File, how: Literal["attachment", "inline"] = "attachment") -> HttpResponse:
    response = (
        HttpResponse(file.content, content_type=file.kind)
        if isinstance(file.content, bytes)
        else StreamingHttpResponse(file.content(), content_type=file.kind)
    )
    response.headers["Content-Disposition"] = f'{how}; filename="{file.name}"'
    return response


def refused(
    request: HttpRequest, status: int, reason: str, next_step: str = "", within: Asked[Nothing] | None = None
) -> HttpResponse:
    """A refusal in words: for a person as a page, with the way back to the form; for a program as JSON.

    Args:
        request: what is refused.
        status: of the answer.
        reason: why.
        next_step: what they can do about it.
        within: who asked, for the frame of a page of a body.
    """
    if wants_json(request):
        words = {"reason": reason, "next_step": next_step}
        return HttpResponse(json_bytes(words), status=status, content_type="application/json")
    told = {"status": status, "reason": reason, "next_step": next_step}
    told |= {"back": refusal.came_from(request), "typed": refusal.typed(request)}
    return render(request, "refused.html", told | ({"asked": within} if within else {}), status=status)
