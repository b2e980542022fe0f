"""Public claims on the terminal: what there is in the case, then each claim with who, when, what, and what was seen."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from custodiet.model.public_claim import ClaimResult, ClaimsTold, Destination
from custodiet.report.guard import indented, styled
from custodiet.report.words import clock, count, day, listed, size

_SHOWN = 5
"""Destinations and lines shown of one claim unless more is asked for."""

_TESTABLE = {"yes": "yes", "partly": "in part", "no": "no"}

_STYLE = {"seen": "bold yellow", "contradicted": "bold red", "blocked": "bold cyan"}


def shown(told: ClaimsTold, verbose: int = 0) -> Iterator[RenderableType]:
    """The claims for people; what was not looked at stands at the end, once."""
    yield styled(
        f"What is said in public, and what this case shows; who owned whom is asked for {day(told.on)}.", "bold"
    )
    for maker in told.scope:
        said = f"{maker.name}: {count(maker.devices, 'device')} in the case"
        if maker.possible:
            said += f", and {maker.possible:,} of which it is a mere possibility, left out"
        said += f"; conversations were captured of {maker.watched:,}"
        yield indented(f"{said}.", 2)
    if not told.results:
        yield styled("No claim about this company is recorded.")
    untestable = [one for one in told.results if one.outcome == "not testable"]
    for one in told.results:
        if one.outcome != "not testable" or verbose:
            yield styled("")
            yield from _one(one, told, verbose)
    if untestable and not verbose:
        yield styled("")
        yield styled(f"{count(len(untestable), 'claim')} more that no case shows either way; -v lists them.")
    limits = list(dict.fromkeys(limit for one in told.results for limit in one.not_looked_at))
    if limits:
        yield styled("")
        yield styled("What was not looked at", "bold")
        for limit in limits:
            yield indented(f"{limit}", 2, limit=600)
    yield styled("")
    yield styled("What was not seen may still happen: a claim is held against this evidence and no more.")


def _one(result: ClaimResult, told: ClaimsTold, verbose: int) -> Iterator[RenderableType]:
    claim = result.claim
    yield styled(f"{claim.id}", "bold")
    reports = f"read in {count(result.witnesses, 'independent report')}" if claim.articles else "read elsewhere"
    speaker = f"{claim.speaker[:1].upper()}{claim.speaker[1:]}"
    yield indented(f"{speaker}, {day(claim.said_on)} ({reports}): {claim.said} (our paraphrase)", 2, limit=800)
    how = f", by {claim.test.replace('-', ' ')}" if claim.test != "none" else ""
    yield indented(f"to be tested: {_TESTABLE[claim.testable]}{how}", 2)
    word = "" if result.said.lower().startswith(result.outcome) else f"{result.outcome.capitalize()}. "
    yield indented(f"{word}{result.said}", 2, _STYLE.get(result.outcome, "bold"), limit=1200)
    if claim.note:
        yield indented(f"note: {claim.note}", 2, limit=800)
    if result.contradicted_by:
        yield indented(f"said otherwise in: {listed(list(result.contradicted_by))}", 2, limit=600)
    lines = [*(_destination(one) for one in result.destinations), *result.found]
    for line in lines if verbose else lines[:_SHOWN]:
        yield indented(f"{line}", 4, limit=800)
    if len(lines) > _SHOWN and not verbose:
        yield indented(f"{len(lines) - _SHOWN:,} more lines: -v shows them.", 4)
    if verbose:
        for reference in claim.references:
            yield indented(f"read in: {reference.where} ({reference.read})", 2, limit=400)
        known = {article.id: article for article in told.articles}
        for key in claim.articles:
            if key in known and not known[key].complete:
                yield indented(f"{key}: the copy that was read is not complete; {known[key].note}", 2, limit=400)


def _destination(one: Destination) -> str:
    names = f" ({', '.join(one.names)})" if one.names else ""
    owner = one.owner or "owner not known"
    seat = f", seat {one.owner_seat}" if one.owner_seat else ""
    sure = ", known by its address alone" if one.endpoint and not one.names else ""
    begun = "" if one.begun_by == "device" else ", begun from outside"
    serves = "purpose not known" if one.serves == "not known" else one.serves
    reply = "" if one.answered else ", answers not visible" if one.one_way else ", no answer"
    return (
        f"{one.address}{names} {one.transport}/{one.port}: {serves}, {owner}{seat}{sure}{begun}{reply}; "
        f"{count(len(one.devices), 'device')}, {size(one.bytes_out)} out, {size(one.bytes_in)} in, "
        f"{clock(one.first_seen)} to {clock(one.last_seen)}"
    )
