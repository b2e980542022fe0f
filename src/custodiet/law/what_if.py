"""What a law would mean under a wider scope: the same sentences, asked as politicians and neighbours ask them.

A scope changes whom or where a text addresses, and nothing else: not the test of the maker, not a date, not a strength
of a text that is a rule. What comes out is marked as a what-if in every finding and never prints as law.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from custodiet.catalog import Catalog
from custodiet.catalog.spelling import nearest
from custodiet.errors import UsageError
from custodiet.model import Body, Directive

SCOPES = {
    "all-public-bodies": "every public body is addressed, councils included",
    "councils": "local authorities are addressed as departments are",
    "every-site": "what is asked of sensitive sites is asked of every site",
    "proposed": "what is proposed is in force as it was proposed",
    "political": "what politicians asked for is in force as they asked for it",
}
"""Scope -> what is supposed; and `country:XX`, the rules of another jurisdiction."""

COUNTRY = "country:"


def what_if(directives: Sequence[Directive], scope: str, body: Body | None, catalog: Catalog) -> tuple[Directive, ...]:
    """The directives as they would stand under a scope.

    Args:
        directives: those to start from.
        scope: a word of `SCOPES`, or ``country:`` and a jurisdiction as directives write it.
        body: whose devices are judged; it is addressed by what the scope adds.
        catalog: the vocabulary of body kinds, and the directives of other countries.

    Raises:
        UsageError: no such scope, or no directive of that country.
    """
    kind = body.kind if body else "other"
    if scope.startswith(COUNTRY):
        country = scope.removeprefix(COUNTRY).upper()
        theirs = [one for one in catalog.directives.values() if one.jurisdiction == country]
        if not theirs:
            known = sorted({one.jurisdiction for one in catalog.directives.values()})
            raise UsageError(f"no directive of {country[:20]} is known", next_step=f"Known are: {', '.join(known)}")
        return tuple(_addressed_to(one, kind) for one in theirs if one.status in _RULES)
    if scope not in SCOPES:
        raise UsageError(f"{scope[:40]} is no scope", next_step=nearest(scope[:40], [*SCOPES, f"{COUNTRY}NL"]))
    if scope == "councils":
        local = {"uk-local-authority", "nl-municipality", "dk-municipality"}
        return tuple(_addressed_to(one, kind) if kind in local and one.status in _RULES else one for one in directives)
    if scope == "all-public-bodies":
        return tuple(_addressed_to(one, kind) if one.status in _RULES else one for one in directives)
    if scope == "every-site":
        return tuple(_everywhere(one) for one in directives)
    return tuple(_in_force(one) if one.status == scope else one for one in directives)


_RULES = ("in force", "local decision")


EU_MEMBERS = frozenset([
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
])  # fmt: skip
"""Countries in which texts of the European Union hold, as of 2026."""

_OF_OWN_COUNTRY = ("all-public-bodies", "councils")


def widened(directives: Sequence[Directive], scope: str, body: Body | None) -> tuple[Directive, ...]:
    """Those of some directives that a scope is to widen where nobody chose countries.

    That every public body is addressed means those of the country whose text it is: a Dutch town is no Australian body.
    """
    if body is None or scope not in _OF_OWN_COUNTRY:
        return tuple(directives)
    own = {body.country, "INT", *(["EU"] if body.country in EU_MEMBERS else [])}
    return tuple(one for one in directives if one.jurisdiction in own)


def _addressed_to(directive: Directive, kind: str) -> Directive:
    if kind in directive.addressees:
        return directive
    sentences = tuple(
        msgspec.structs.replace(one, addressees=(*one.addressees, kind)) if one.addressees else one
        for one in directive.requirements
    )
    return msgspec.structs.replace(
        directive, addressees=(*directive.addressees, kind), requirements=sentences, status="what if"
    )


def _everywhere(directive: Directive) -> Directive:
    """The sentences that ask where, without asking it; those for the other sites have nothing left to ask."""
    if directive.status not in _RULES or not any(one.where for one in directive.requirements):
        return directive
    sentences = tuple(
        msgspec.structs.replace(one, where=()) if one.where else one
        for one in directive.requirements
        if not one.where_not
    )
    return msgspec.structs.replace(directive, requirements=sentences, status="what if")


def _in_force(directive: Directive) -> Directive:
    """A text that binds nobody, as if it did: from the day it was announced, and each demand a must."""
    sentences = tuple(
        msgspec.structs.replace(one, strength="must") if one.strength == "none" else one
        for one in directive.requirements
    )
    begins = directive.in_force or directive.announced
    return msgspec.structs.replace(directive, requirements=sentences, in_force=begins, status="what if")
