"""The answers behind a verdict, one function each: body, equipment, place, network and exception.

Each is asked of the directive's own words and may be unknown. What only a person can decide is read from the sites
file, with who and when, and is never worked out here. The maker is asked in `maker`, and the verb, which turns on
dates, in `events`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from custodiet.catalog import Catalog
from custodiet.dates import parse_date
from custodiet.judge.events import OR_ELSE, Told
from custodiet.judge.views import View, with_views
from custodiet.model import (
    SURE,
    UNDECIDED,
    Body,
    Conclusion,
    Decision,
    Directive,
    Flow,
    Requirement,
    Site,
    Zone,
)
from custodiet.model.reach import Connections, ReachPath
from custodiet.sites import Places

UNSIGNED = 0.5
"""Confidence of an answer in the sites file that does not say who gave it and when."""


# --- the body


def body_told(directive: Directive, requirement: Requirement, body: Body | None, catalog: Catalog) -> Told:
    """Whether the sentence addresses the body: by one of its kinds, or by a wider kind it belongs to."""
    addressees = requirement.addressees or directive.addressees
    source = f" (record sourced with {directive.confidence} confidence)"
    if body is None:
        missing = "whose device it is: give a sites file that names the body and its kind"
        return Told(None, "no sites file says whose device it is", (), 0.0, missing)
    kinds = [body.kind, *body.also]
    for kind in kinds:  # grows while it is walked: each kind brings the wider one it belongs to
        word = catalog.body_kinds.get(kind)
        if word and word.is_a and word.is_a not in kinds:
            kinds.append(word.is_a)
    name = _words(catalog, body.kind)
    hit = next((kind for kind in kinds if kind in addressees), None)
    cite = (f"body:{body.id}",)
    if hit:
        return Told(True, f"it addresses {_words(catalog, hit)}, which {body.name} is{source}", cite)
    to = " or ".join(_words(catalog, kind) for kind in addressees) or "nobody"
    return Told(False, f"it addresses {to}; {body.name} is {name}, not bound and free to follow{source}", cite)


def _words(catalog: Catalog, kind: str) -> str:
    word = catalog.body_kinds.get(kind)
    return f"{kind} ({word.means})" if word else kind


# --- the equipment


def equipment_told(
    meant: Sequence[str], unclear: Sequence[str], concluded: Conclusion, evidence: tuple[str, ...], catalog: Catalog
) -> Told:
    """Whether the device class is in scope; a class that is only possible does not take a device out of it."""
    kind, sure = concluded.value, concluded.confidence
    settle = settling("what kind of device it is", concluded.settle or "look at the device or its label")
    if not kind or concluded.band not in SURE:
        said = f"it may be {_a(kind)}" if kind else "what kind of device it is, is not known"
        return Told(None, said, evidence, sure if kind else 0.0, settle)
    if kind == "surveillance":
        classes = [word.id for word in catalog.device_classes.values() if word.surveillance and word.id != kind]
        if classes and all(name in meant for name in classes):
            return Told(True, "every class of surveillance device is in scope", evidence, sure)
        said = f"it is a surveillance device of unknown class; in scope is {_either(meant)}"
        return Told(None, said, evidence, sure, settle)
    if kind in meant:
        return Told(True, f"it is {_a(kind)}, which is in scope", evidence, sure)
    if kind in unclear:
        missing = f"whether {_a(kind)} is meant: a reading of the text by the addressee"
        return Told(None, f"the text leaves open whether {_a(kind)} is meant", evidence, sure, missing)
    return Told(False, f"it is {_a(kind)}; in scope is {_either(meant)}", evidence, sure)


# --- the place, the purpose


def decide(condition: str, site: Site | None, body: Body | None, on: date) -> Told:
    """What a person answered to a condition, at the site or else at the body, as it holds on the date judged."""
    decision = UNDECIDED
    for facts in (site.facts if site else {}, body.facts if body else {}):
        if condition in facts and decision.answer == "unknown":
            decision = facts[condition]
    if decision.answer == "unknown":
        return Told(None, f"{condition} is not decided", (), 0.0)
    cite = (cited_decision(condition, decision),)
    if decision.since and parse_date(decision.since).first > on:
        return Told(None, f"the answer to {condition} holds only from {decision.since}", cite, 0.0)
    if decision.until and parse_date(decision.until).last < on:
        return Told(None, f"the answer to {condition} held only until {decision.until}", cite, 0.0)
    signed = bool(decision.decided_by and decision.decided_on)
    because = f"{condition}: {decision.answer}" + ("" if signed else ", but nobody signed this answer")
    return Told(decision.answer == "yes", because, cite, 1.0 if signed else UNSIGNED)


def cited_decision(condition: str, decision: Decision) -> str:
    """A decision as evidence: who and when."""
    who, when = decision.decided_by or "not said by whom", decision.decided_on or "not said when"
    return f"decision:{condition}={decision.answer} ({who}, {when})"


def any_of(
    conditions: Sequence[str], questions: Mapping[str, str], site: Site | None, body: Body | None, on: date
) -> Told:
    """One yes is enough, only all no is a no; anything else is open, with the questions still to be answered."""
    told = {condition: decide(condition, site, body, on) for condition in conditions}
    yes = next((t for t in told.values() if t.holds), None)
    if yes:
        return yes
    evidence = tuple(id for t in told.values() for id in t.evidence)
    if all(t.holds is False for t in told.values()):
        unsigned = " (not all are signed)" if any(t.confidence < 1 for t in told.values()) else ""
        because = f"{'; '.join(told)}: all answered no{unsigned}"
        return Told(False, because, evidence, min(t.confidence for t in told.values()))
    open_ones = [condition for condition, t in told.items() if t.holds is None]
    missing = " ".join(questions.get(condition, condition) for condition in open_ones)
    because = "; ".join(told[condition].because for condition in open_ones)
    return Told(None, because, evidence, 0.0, f"{missing} (answer in the sites file: {', '.join(open_ones)})")


def place_told(
    requirement: Requirement,
    directive: Directive,
    through: str,
    site: Site | None,
    body: Body | None,
    on: date,
    undefined: str,
    placed_by: str,
    views: Sequence[View] = (),
) -> Told | None:
    """Whether site and purpose are in scope; none where the sentence asks neither.

    Args:
        through: the named company through which the maker test hits, since a purpose may be asked for some only.
        undefined: a remark that the words of the condition had no published definition yet; empty: they had.
        placed_by: why the device is put at its site.
        views: the places that the device looks at.
    """
    told: Told | None = None
    if requirement.where:
        told = any_of(requirement.where, directive.conditions, site, body, on)
        if told.holds is None and site is None:
            missing = f"at which site it hangs: {_how_to_place(placed_by)}"
            if body is not None:
                missing += OR_ELSE + f"where one answer holds for the whole body: {told.missing}"
            told = Told(None, f"its site is not known: {placed_by or 'nothing places it'}", (), 0.0, missing)
        if requirement.in_view:

            def there(view: View) -> Told:
                return any_of(requirement.in_view, directive.conditions, view.site, body if view.own else None, on)

            told = with_views(told, views, there, UNSIGNED)
        if requirement.where_not and told.holds is not None:
            because = f"the site is already meant: {told.because}" if told.holds else told.because
            told = Told(not told.holds, because, told.evidence, told.confidence)
        if undefined and told.evidence:
            told = Told(told.holds, f"{told.because}; {undefined}", told.evidence, told.confidence, told.missing)
    asked = requirement.purpose and (not requirement.purpose_for or through in requirement.purpose_for)
    if asked and (told is None or told.holds):
        purpose = any_of(requirement.purpose, directive.conditions, site, body, on)
        if told is None or not purpose.holds:
            return purpose
        because = f"{told.because}; {purpose.because}"
        told = Told(True, because, (*told.evidence, *purpose.evidence), min(told.confidence, purpose.confidence))
    return told


def _how_to_place(placed_by: str) -> str:
    """What puts a device at a site: where the register names a place already, that has to become one."""
    if placed_by.endswith("and no site is called that"):
        return f"{placed_by}: make it a site in the sites file"
    if "registers name different sites" in placed_by:
        return "give its subnet or VLAN a zone in the sites file, or make the registers agree"
    return "give its subnet or VLAN a zone in the sites file, or name it in the register"


# --- the network


def network_told(
    site: Site | None,
    zone: Zone | None,
    flows: Sequence[Flow],
    cores: Collection[tuple[str, str]],
    places: Places | None,
    connections: Connections | None = None,
) -> Told:
    """Whether the device is on a core network; `cores` are the zones that are, as site and zone.

    The owner decides which zone is core. Traffic between the device and a core zone, or a path that configurations let
    through, opens the question again. Configurations of a date told that let nothing through, either way and to every
    core zone, close it.
    """
    if site is None or zone is None:
        missing = "in which network zone it is: give its subnet or VLAN a zone in the sites file"
        return Told(None, "its network zone is not known", (), 0.0, missing)
    name = f"{site.id}/{zone.id}"
    cite = (cited_decision(f"core:{name}", zone.core),) if zone.core.answer != "unknown" else ()
    signed = bool(zone.core.decided_by and zone.core.decided_on)
    unsigned = "" if signed else ", but nobody signed this answer"
    sure = 1.0 if signed else UNSIGNED
    if zone.core.answer == "yes":
        return Told(True, f"its zone {name} is part of a core network{unsigned}", cite, sure)
    decided = "whether this path is a connection to a core network: the network owner's decision"
    reached = _core_traffic((*(connections.core if connections else ()), *flows), cores, places)
    if reached:
        flow, core = reached
        because = f"traffic was seen between it and the core zone {core}; its own zone {name} is not said to be core"
        return Told(None, because, (*cite, flow), 0.0, decided)
    paths = [p for p in (connections.paths if connections else ()) if _between(p, cores)]
    allowed = next((path for path in paths if path.configured == "open"), None)
    if allowed:
        way = "from it to" if allowed.way == "to core" else "to it from"
        because = f"{way} the core zone {allowed.place} {allowed.because}; its own zone {name} is not said to be core"
        return Told(None, because, (*cite, *_cited_files(connections)), 0.0, decided)
    if zone.core.answer == "unknown":
        missing = f"whether the zone {name} is part of a core network: the network owner's decision"
        return Told(None, f"whether its zone {name} is core is not decided", (), 0.0, missing)
    both = {(path.way, path.place) for path in paths if path.configured == "proved absent"}
    wanted = {(way, f"{s}/{z}") for s, z in cores for way in ("to core", "from core")}
    if wanted and both >= wanted:
        shut = next(path for path in paths if path.way == "to core")
        more = " and to every other core zone, either way" if len(wanted) > 2 else ", either way"
        because = f"its zone {name} is not core{unsigned}; to the core zone {shut.place}{more}: {shut.because}"
        return Told(False, because, (*cite, *_cited_files(connections)), sure)
    number = connections.peers if connections and connections.peers else 0
    looked = f"of {len(flows)} conversation{'' if len(flows) == 1 else 's'} looked at, none went to a core zone"
    if number:
        looked = f"of {number} address{'' if number == 1 else 'es'} it talked with, none lies in a core zone"
    seen = looked if flows or number else "no traffic was looked at"
    return Told(False, f"its zone {name} is not core{unsigned}; {seen}", cite, sure)


def _core_traffic(
    flows: Iterable[Flow], cores: Collection[tuple[str, str]], places: Places | None
) -> tuple[str, str] | None:
    if not cores or places is None:
        return None
    for flow in flows:
        for end in (flow.peer, flow.subject):
            site, zone, _ = places.of([end.removeprefix("ip:")], (), ())
            if site and zone and (site, zone) in cores:
                return flow.id, f"{site}/{zone}"
    return None


def _between(path: ReachPath, cores: Collection[tuple[str, str]]) -> bool:
    """Whether a way is between the device and a zone that is core in the sites file of today."""
    site, _, zone = path.place.partition("/")
    return path.way in ("to core", "from core") and (site, zone) in cores


def _cited_files(connections: Connections | None) -> tuple[str, ...]:
    """Configurations as evidence: name, hash and date."""
    files = connections.configurations if connections else ()
    return tuple(f"configuration:{one.name} sha256:{one.sha256} of {one.of or 'a date not told'}" for one in files)


# --- the exception


def exception_told(
    directive: Directive, requirement: Requirement, site: Site | None, body: Body | None, on: date
) -> Told | None:
    """Whether a recorded exception, waiver or approval holds on the date; none where the sentence knows none.

    An exception is for those to show who rely on it, so one that nobody recorded is a no.
    """
    own = {condition for sentence in directive.requirements for condition in sentence.exceptions}
    general = [c for c in directive.conditions if c.startswith("exception-") and c not in own]
    asked = [*requirement.exceptions, *general]
    if not asked:
        return None
    notes = []
    for condition in asked:
        told = decide(condition, site, body, on)
        if told.holds:
            return told
        if told.evidence and told.holds is None:
            notes.append(told.because)
    return Told(False, "; ".join(notes) or "no exception is recorded")


def settling(what: str, by: str) -> str:
    """A missing fact and the sentence on what would settle it, as one."""
    start = by[:1] if by[1:2].isupper() else by[:1].lower()
    said = re.sub(r"would settle \w.*$", "would settle it", by[1:].rstrip(". "))
    return f"{what}: {start}{said}"


def _a(kind: str) -> str:
    if kind == "surveillance":
        return "a surveillance device"
    if kind == "not_surveillance":
        return "a device that is not for surveillance"
    words = kind.replace("_", " ")
    return f"an {words}" if words[:1] in "aeiou" else f"a {words}"


def _either(kinds: Sequence[str]) -> str:
    return " or ".join(_a(kind) for kind in kinds)
