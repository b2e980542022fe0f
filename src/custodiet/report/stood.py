"""What stood where, letter for letter, and where that is: on the label of a device, in a register, on an order.

What people wrote is read under the same attributes wherever they wrote it, so that all of it is weighed alike. Whose
word it is, the kind of its source tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from custodiet.model import Claim, Observation, Source
from custodiet.report.speech import Words
from custodiet.report.words import listed

FIELDS = Words(
    {
        "text": "description",
        "name": "name",
        "line": "whole row",
        "brand": "brand",
        "manufacturer": "manufacturer",
        "model": "model",
        "class": "kind of device",
        "serial": "serial number",
        "mac": "MAC",
        "ip": "address",
        "hostname": "host name",
        "tag": "asset tag",
        "custodiet_id": "id of ours",
        "firmware": "firmware",
        "site": "site",
        "location": "place",
        "status": "status",
        "installed_on": "date of installing",
        "bought_on": "date of buying",
        "renewed_on": "date of renewal",
        "imported_on": "date of import",
        "authorised_on": "date of authorisation",
        "removed_on": "date of removal",
        "supplier": "supplier",
        "made_in": "country of making",
        "component": "maker of a part",
        "certificate": "certificate",
        "fcc_id": "FCC ID",
        "data_goes_to": "where its data goes",
        "administered_from": "from where it is administered",
        "quantity": "number of devices",
        "contract": "order, invoice or contract",
        "networked": "whether it is on a network",
    }
)
"""Attribute of what people wrote, without its shelf -> how a sentence names it."""

_SHELVES = ("register", "label")

PLACES = Words(
    {
        "label": "on its label, as somebody read it",
        "register": "in a register",
        "purchase_record": "in a purchase record",
        "survey_answer": "in a survey answer",
        "scan": "in a scan",
        "labelled": "in a file of labelled observations",
    }
)
"""Kind of a source in which people's words stand -> where that is; what is read off the device itself comes first."""


class Stood(NamedTuple):
    """A text as it stands in a source."""

    name: str
    """What it is and where it stands, for people; empty: its attribute has no other name than its id."""
    attribute: str
    text: str
    marks: list[tuple[int, int]]
    """The parts that matched, as start and end."""


def named(attribute: str, kinds: Iterable[str]) -> str:
    """What people wrote, with where it stands: "brand in a register"; empty for what no person wrote.

    Args:
        attribute: the id of it.
        kinds: those of the sources in which it stands.
    """
    shelf, _, field = attribute.partition(".")
    there = set(kinds)
    places = [PLACES[kind] for kind in PLACES if kind in there]
    return f"{FIELDS[field]} {listed(places)}" if shelf in _SHELVES and field in FIELDS and places else ""


def name_of(observation: Observation, sources: Mapping[str, Source]) -> str:
    """The same of one observation."""
    return named(observation.attribute, _kinds([observation], sources))


def letters(
    claim: Claim, spans: Iterable[tuple[int, int]], seen: Mapping[str, Observation], sources: Mapping[str, Source]
) -> list[Stood]:
    """What stood where a claim was read: brand and model of a row apart, which say more when read as one.

    Args:
        claim: with what was read as ``observed``.
        spans: the parts of that which matched.
        seen: the observations that are at hand, by id.
        sources: those that are known, by id.
    """
    cited = [seen[id] for id in claim.observations if id in seen]
    marks = list(spans)
    if (row := _row(claim, cited)) is None:
        return [Stood(named(claim.attribute, _kinds(cited, sources)), claim.attribute, claim.observed, marks)]
    found, begin = [], 0
    for one in row:
        alike = [other for other in cited if other.attribute == one.attribute]
        end = begin + len(one.value)
        inside = [(max(start, begin) - begin, min(stop, end) - begin) for start, stop in marks]
        inside = [(start, stop) for start, stop in inside if start < stop]
        found.append(Stood(named(one.attribute, _kinds(alike, sources)), one.attribute, one.value, inside))
        begin = end + 1
    return found


def _row(claim: Claim, cited: Sequence[Observation]) -> tuple[Observation, Observation] | None:
    """Brand and model of a row that were read as one; none where the value of one observation was read."""
    if claim.attribute != "register.model" or any(one.value == claim.observed for one in cited):
        return None
    brands = {(one.source, one.subject): one for one in cited if one.attribute == "register.brand"}
    for model in cited:
        brand = brands.get((model.source, model.subject))
        if brand and model is not brand and claim.observed == f"{brand.value} {model.value}"[: len(claim.observed)]:
            return brand, model
    return None


def _kinds(observations: Iterable[Observation], sources: Mapping[str, Source]) -> Iterator[str]:
    yield from (sources[one.source].kind for one in observations if one.source in sources)


def once(observations: Iterable[Observation]) -> list[list[Observation]]:
    """Observations, those together that are one thing: the brand on a label is one as what was printed, too."""
    found: dict[tuple[str, ...], list[Observation]] = {}
    for one in observations:
        shelf, _, field = one.attribute.partition(".")
        where = (one.source, one.subject, one.locator, one.value)
        found.setdefault((*where, field) if shelf in _SHELVES else (one.id,), []).append(one)
    return list(found.values())
