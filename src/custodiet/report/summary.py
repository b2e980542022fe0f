"""What an assessment says, in plain words for tired people; pure functions that decide nothing.

The text they return still holds what devices and files said, letter for letter (cut where long). Whoever shows it
passes it through `custodiet.report.guard`.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

import msgspec

from custodiet.dates import parse_date
from custodiet.judge.parts import doubted_parts, part_of
from custodiet.model import (
    Answered,
    Assessment,
    Asset,
    Claim,
    Conclusion,
    Directive,
    Entry,
    Finding,
    Flow,
    Identifier,
    Observation,
    Requirement,
    Source,
    Totals,
)
from custodiet.report.order import is_silent, kind_of, worst
from custodiet.report.order import worst_first as worst_first  # callers sort by it before they summarise
from custodiet.report.retold import in_words
from custodiet.report.several import several_makers
from custodiet.report.speech import Words, ngettext, number
from custodiet.report.speech import gettext as _
from custodiet.report.words import (
    CLASSES,
    KINDS,
    SOURCES,
    STRENGTHS,
    TECHNIQUES,
    calendar,
    count,
    day,
    evidence_of,
    listed,
    utc,
)
from custodiet.resolve import LENT
from custodiet.unseen import not_whole

NAME_LIMIT = 120
"""Characters of a name or model in a sentence; the dossier shows more."""


class Names(Protocol):
    """What a report asks of the catalog: names for ids. An id that is not there comes back as it is."""

    def company(self, id: str) -> str: ...

    def brand(self, id: str) -> str: ...

    def directive(self, id: str) -> Directive | None: ...


class Timed(Protocol):
    """What holds from a day until a day, such as a directive."""

    @property
    def in_force(self) -> str: ...

    @property
    def until(self) -> str: ...


class Named(NamedTuple):
    """One of the five names of a device."""

    field: str
    """Field of the identification."""
    label: str
    """The name of the field for people."""
    means: str
    """What it is, in half a sentence."""
    value: str
    """The concluded value for people; empty when unknown."""
    conclusion: Conclusion
    """With the claims for and against."""


class Conversation(NamedTuple):
    """A flow as one of its two sides sees it."""

    peer: str
    """Address of the other side."""
    port: str
    """``tcp/443``, of the other side; ``its own tcp/80`` where the other side began."""
    bytes_out: int
    bytes_in: int


class Total(NamedTuple):
    """One of the numbers a reader wants first."""

    number: int
    several: str
    """What is true of them, in the plural: "do not satisfy a requirement"."""
    one: str
    means: str

    @property
    def label(self) -> str:
        """What is true of as many as there are."""
        return self.one if self.number == 1 else self.several


class Unread(NamedTuple):
    """Inputs that were not read for one reason."""

    places: list[str]
    reason: str
    next_step: str


FIVE_NAMES = {
    "brand": ("Brand", "the name on the box"),
    "manufacturer": ("Manufacturer", "who really made it"),
    "declared_manufacturer": ("Declared maker", "what the device says of itself"),
    "oui_registrant": ("Address registrant", "who holds its block of MAC addresses"),
    "supplier": ("Supplier", "who delivered it"),
}
"""Five different things, never filled from one another."""

MORE_FIELDS = {
    "device_class": ("Kind", "what it is for"),
    "model": ("Model", "the type, as the maker writes it"),
    "firmware": ("Firmware", "the software version"),
    "serial": ("Serial number", "the number of this one device"),
}
"""The other fields of an identification."""

_WRITERS = Words(
    {
        "label": "the label",
        "register": "the register",
        "purchase_record": "a purchase record",
        "survey_answer": "a survey answer",
    }
)
"""Kind of source in which people write what a device is -> who says so, the surest first."""

_NAMED = 3
"""Directives named in one sentence; the method section of the report has them all."""

_WORTH_TELLING = 0.4
"""What a claim for another brand must be worth to be told in a sentence: a mention in passing is not."""

_DAYS_COUNTED = 730
"""Beyond two years a reader thinks in years."""

_SURE = Words(
    {
        f"{subject} {band}": f"{subject} {band}"
        for subject in ("maker", "kind")
        for band in ("certain", "likely", "possible", "unknown")
    }
)
"""What it is about and the band -> how a sentence says it."""

_VERDICTS = Words(
    {
        "not addressed": "This body is not addressed by {law}",
        "out of scope": "Outside the scope of {law}",
        "allowed": "Allowed under {law}",
        "allowed, discouraged": "Allowed but discouraged by {law}",
        "decision required": "A decision is required{by} under {law}",
        "prohibited": "Prohibited by {law}",
        "prohibited until": "Prohibited by {law}, to be put right{by}",
        "must be gone": "Must be gone{by} under {law}",
        "overdue": "Overdue: had to be gone{by} under {law}",
        "report due": "Must be reported{by}{passed} under {law}",
        "cannot judge": "Cannot be judged under {law}",
    }
)
"""Outcome of a finding -> the sentence."""


# --- one device -----------------------------------------------------------------------------------------------------


def named(field: str, value: str, names: Names) -> str:
    """A concluded value as people know it."""
    if not value:
        return ""
    if field == "device_class":
        return CLASSES.get(value, value)
    if field == "brand":
        return names.brand(value)
    return names.company(value) if field in FIVE_NAMES else value


def maker_name(entry: Entry, names: Names) -> str:
    """The maker as people call it: the name it prints on its own devices where there is one, else its legal name."""
    maker, brand = entry.identification.get("manufacturer").value, _value(entry, "brand", names)
    if maker and (own := names.brand(maker)) != maker:
        return own
    legal = named("manufacturer", maker, names)
    return brand if brand and _same_name(brand, legal) else legal


def what(entry: Entry, names: Names) -> str:
    """What it is: "Camera, Hikvision DS-2CD2143G2-I, sold as HiLook"."""
    brand, maker, model = (
        _short(text) for text in (_value(entry, "brand", names), maker_name(entry, names), _model(entry))
    )
    kind = CLASSES.get(entry.identification.get("device_class").value, entry.identification.get("device_class").value)
    parts = [f"{entry.asset.quantity} × {kind}" if entry.asset.quantity > 1 else kind]
    if several_makers(entry):
        return ", ".join([*parts, _("several makers answer at this address")])
    another = _is_of_another(entry)
    if maker_and_model := with_model(maker, "" if another else model):
        parts.append(maker_and_model)
    if brand and not _same_name(brand, maker):
        told = with_model(brand, model) if another else brand
        parts.append((_("sold as {brand}") if maker else _("labelled {brand}")).format(brand=told))
    if not maker and kind_of(entry) != "other":
        parts.append(_("maker unknown"))
    return ", ".join(parts)


def _is_of_another(entry: Entry) -> bool:
    """Whether the text that gives the model names another maker than the one that holds, as a wrong register does."""
    rests_on = {(claim.attribute, claim.observed) for claim in entry.identification.get("model").claims_for}
    against = entry.identification.get("manufacturer").claims_against
    return any((claim.attribute, claim.observed) in rests_on for claim in against)


def how_sure(entry: Entry) -> str:
    """The band of the maker, or of the kind where no maker is known, and the reason in half a sentence."""
    answer = telling_answer(entry)
    if several_makers(entry):
        return _("maker unknown: several makers answer at this address, each at ports of its own")
    if answer.value:
        subject = "kind" if answer.field == "device_class" else "maker"
        return f"{_SURE[f'{subject} {answer.band}']}: {because(answer)}"
    if answer.claims_against:
        return _("unknown: the evidence contradicts itself")
    if answer.claims_for:
        return _("unknown: what it said is too little to name it")
    if is_written_of(entry):
        return _("unknown: nothing in the line names a maker that we know")
    return _("unknown: nothing it said names it")


def is_written_of(entry: Entry) -> bool:
    """Whether only rows of tables tell of it, as of what was bought: no device said anything."""
    keys = [subject.partition("/")[2] for subject in entry.asset.subjects]
    return bool(keys) and all(key.startswith("row:") for key in keys)


def telling_answer(entry: Entry) -> Conclusion:
    """The answer that a reader wants first: the maker, or the kind where that is all, or enough."""
    maker, kind = entry.identification.get("manufacturer"), entry.identification.get("device_class")
    return kind if kind_of(entry) == "other" or (not maker.value and kind.value) else maker


def because(answer: Conclusion) -> str:
    """Half a sentence on what a conclusion rests on, and what speaks against it."""
    kinds = _kinds(answer.claims_for)
    said = [TECHNIQUES.get(kind, kind.replace("-", " ")) for kind in kinds]
    if not said:
        reason = _("no evidence is cited")
    elif len(said) == 1:
        reason = (_("only {it} says so") if answer.band != "certain" else _("{it} says so")).format(it=said[0])
    else:
        shown = (
            said[:3]
            if len(said) < 4
            else [*said[:2], count(len(said) - 2, "more kind of evidence", "more kinds of evidence")]
        )
        reason = _("{they} agree").format(they=listed(shown))
    if against := _kinds(answer.claims_against):
        other = [TECHNIQUES.get(kind, kind.replace("-", " ")) for kind in against]
        reason += ngettext(", but {they} says otherwise", ", but {they} say otherwise", len(against)).format(
            they=listed(other[:2])
        )
    return reason


def how_fresh(entry: Entry, assessment: Assessment) -> str:
    """When and in what it was last seen, counted from the date of the judgement."""
    kinds = {source.id: str(source.kind) for source in assessment.sources}
    return freshness(entry.asset.last_seen, last_seen_in(entry, kinds), assessment.on, last_named(entry))


def last_named(entry: Entry) -> str:
    """ISO 8601 date on which something last said what it is, where later only its address was seen; else empty."""
    doubted = doubted_parts(entry.asset, entry.identification, entry.evidence).parts
    seen = [one.last_seen for one in entry.evidence if one.last_seen is not None and part_of(one) not in doubted]
    named, last = utc(max(seen, default=None)), utc(entry.asset.last_seen)
    later = bool(doubted and named and last and named.date() < last.date())
    return named.date().isoformat() if named and later else ""


def own_identifiers(asset: Asset) -> list[Identifier]:
    """What names the device itself: all that was told of it but the MAC that a router put before its packets."""
    return [one for one in asset.identifiers if one.why != LENT]


def last_seen_in(entry: Entry, kinds: Mapping[str, str]) -> str:
    """The kind of source that saw it last, of those its evidence is from; empty where none of these did.

    Args:
        entry: with its evidence.
        kinds: id of a source -> its kind.
    """
    told: list[Observation | Flow] = [*entry.evidence, *entry.flows]
    known = [seen for seen in told if seen.source in kinds]
    latest = max(known, key=lambda seen: seen.last_seen or 0.0, default=None)
    if latest is None or (utc(latest.last_seen) is None and utc(entry.asset.last_seen) is not None):
        return ""  # what saw it on that day says nothing of what it is
    return kinds[latest.source]


def freshness(last_seen: float | None, latest: str, on: str, named: str = "") -> str:
    """When and in what kind of source something was last seen, counted from the date of the judgement.

    Args:
        last_seen: seconds since 1970; none: no source says when.
        latest: kind of the source that saw it then; empty: it is not known which did.
        on: ISO 8601 date of the judgement.
        named: as `last_named`.
    """
    if named:
        return _("named on {day}; its address {seen}").format(day=day(named), seen=freshness(last_seen, latest, on))
    place = _("in {source}").format(source=SOURCES[latest]) if latest else _("in the sources read")
    seen, judged = utc(last_seen), calendar(on)
    if seen is None:
        stated = latest in ("register", "purchase_record", "survey_answer", "label")
        return (_("stated {place}, without a date") if stated else _("seen {place}, without a time")).format(
            place=place
        )
    if judged is None:
        return _("last seen {day}, {place}").format(day=day(seen.date().isoformat()), place=place)
    days = (judged - seen.date()).days
    when = day(on)
    if days == 0:
        return _("last seen on {when}, the day of the judgement, {place}").format(when=when, place=place)
    said = _("last seen {ago} before {when}, {place}") if days > 0 else _("last seen {ago} after {when}, {place}")
    ago = count(abs(days), "day") if abs(days) <= _DAYS_COUNTED else count(round(abs(days) / 365.25), "year")
    return said.format(ago=ago, when=when, place=place)


def what_it_means(entry: Entry, names: Names, *, missing: bool = True) -> str:
    """The worst finding in words, what is missing to judge it, and how many more there are of its kind."""
    finding = worst(entry)
    if finding is None:
        if is_silent(entry) and is_written_of(entry):
            return _("What is written of it does not say what it is, so it was not judged")
        if is_silent(entry):
            return _("Gave no sign of what it is, so it was not judged")
        if kind_of(entry) == "other":
            return _(
                "Not judged: it is no surveillance device and no directive applied here asks about it, so nothing "
                "against it was looked for"
            )
        return _("Not judged: no directive was applied to it, so nothing against it was looked for")
    same = sum(other.status == finding.status for other in entry.findings) - 1
    if finding.status == "not_applicable":
        return _("No directive that was applied demands anything of it")
    need = _needed(finding.missing[0]) if missing and finding.missing else ""
    if not finding.directive:
        return _("Cannot be judged") + need
    if next((answer.answer for answer in finding.answers if answer.question == "body"), "") == "unknown":
        open_ones = {other.directive for other in entry.findings if other.status == "undetermined"}
        return _("Cannot be judged under {law}").format(law=count(len(open_ones), "directive")) + need
    more = ""
    if same and finding.status != "satisfied":
        more = _("; {more} like it").format(more=count(same, "more requirement"))
    return verdict(finding, names) + need + more


def _needed(missing: str) -> str:
    """What is missing to judge something, as the end of a sentence."""
    told = _short(in_words(missing), 200).rstrip(". ")
    # not in the quotation marks by which titles and questions are found again
    return _("; to be answered: ‘{question}’").format(question=told) if told.endswith("?") else _("; missing: ") + told


def verdict(finding: Finding, names: Names) -> str:
    """One finding in words: outcome, directive, strength and deadline."""
    if not finding.directive:
        return _("Cannot be judged: nobody said whose device it is")
    directive = names.directive(finding.directive)
    title = f"“{_short(directive.title if directive else finding.directive)}”"
    if finding.status in ("not_satisfied", "undetermined") and finding.strength in STRENGTHS:
        own = directive is not None and directive.status == "local decision"
        force = _("a decision of the body itself") if own else STRENGTHS[finding.strength]
        title += f" ({force})"
    by = _(" by {day}").format(day=day(finding.deadline)) if finding.deadline else ""
    if finding.outcome == "not addressed" and directive and not _in_force(directive, finding.on):
        return _("Not in force on {day}: {law}").format(day=day(finding.on), law=title)
    outcome = "prohibited until" if by and finding.outcome == "prohibited" else finding.outcome
    return _VERDICTS[outcome].format(law=title, by=by, passed=_passed(finding))


def _passed(finding: Finding) -> str:
    """That the day by which something was due lies before the day that is judged for; else empty."""
    late = finding.deadline and parse_date(finding.deadline).last < parse_date(finding.on).first
    return _(", which has passed,") if late else ""


def time_in_force(directive: Timed) -> str:
    """From when, and until when: "in force from 13 Aug 2019"."""
    since, until = directive.in_force, directive.until
    if not since:
        return _("until {day}").format(day=day(until)) if until else _("no day is said")
    if until:
        return _("in force from {since} until {until}").format(since=day(since), until=day(until))
    return _("in force from {since}").format(since=day(since))


def requirement_of(finding: Finding, names: Names) -> Requirement | None:
    """The sentence that was judged; none where the catalog no longer has it."""
    directive = names.directive(finding.directive)
    return next((r for r in directive.requirements if r.id == finding.requirement), None) if directive else None


def answers(finding: Finding, first: bool) -> list[tuple[Answered, bool]]:
    """The answers behind a finding, each with whether it decided.

    Args:
        finding: with its answers.
        first: whether those that decided come before the others; else all stand in the order of the questions.
    """
    if finding.outcome == "cannot judge":
        told = [(one, one.answer == "unknown") for one in finding.answers]
    else:
        told = [(one, one.answer in ("yes", "no") and one.because in finding.because) for one in finding.answers]
    return sorted(told, key=lambda pair: first and not pair[1])


def contradiction(entry: Entry, names: Names, sources: Iterable[Source]) -> str:
    """Said plainly where label, register, self-description and maker differ; empty where they do not.

    Args:
        entry: the device, with its evidence.
        names: names for the ids of the catalog.
        sources: at least those of its evidence.
    """
    maker = _short(maker_name(entry, names))
    brand, declared = (_short(_value(entry, field, names)) for field in ("brand", "declared_manufacturer"))
    legal = _value(entry, "manufacturer", names)
    parts = []
    several = several_makers(entry)
    if brand and maker and not several and not _same_name(brand, maker):
        who = _who_wrote(entry.identification.get("brand").claims_for, entry, sources)
        if who:
            said = ngettext(
                "{who} says {brand}; it answers as {maker}.", "{who} say {brand}; it answers as {maker}.", len(who)
            )
            parts.append(_capital(said.format(who=listed(who), brand=brand, maker=maker)))
        elif brand != declared:
            parts.append(_("It calls itself {name}; the evidence says {maker}.").format(name=brand, maker=maker))
    if declared and maker and not any(_same_name(declared, name) for name in (maker, legal, brand)):
        parts.append(_("It calls itself {name}; the evidence says {maker}.").format(name=declared, maker=maker))
    if several:
        each = listed([_short(named("manufacturer", id, names)) for id in several]).rstrip(".")
        parts.append(_("Several makers answer at this address, each at ports of its own: {names}.").format(names=each))
    else:
        parts += _also_named(entry, names, sources, (brand, maker, declared, legal))
    return " ".join(parts)


def _also_named(entry: Entry, names: Names, sources: Iterable[Source], told: Collection[str]) -> Iterator[str]:
    """Who names another brand than those of whom is told already, where that counts for something."""
    against = [claim for claim in entry.identification.get("brand").claims_against if claim.strength >= _WORTH_TELLING]
    for id in dict.fromkeys(claim.value for claim in against):
        brand = _short(names.brand(id))
        if any(_same_name(brand, one) for one in told):
            continue
        if who := _who_wrote([claim for claim in against if claim.value == id], entry, sources):
            said = ngettext("{who} also says {brand}.", "{who} also say {brand}.", len(who))
            yield _capital(said.format(who=listed(who), brand=brand))
        else:
            yield _("What was seen of it on the network also names {brand}.").format(brand=brand)


def _who_wrote(claims: Iterable[Claim], entry: Entry, sources: Iterable[Source]) -> list[str]:
    """Which of the things that people write say so; nothing where only the device itself does."""
    kinds = {source.id: str(source.kind) for source in sources}
    cited = {id for claim in claims for id in claim.observations}
    said_by = {kinds.get(seen.source, "") for seen in entry.evidence if seen.id in cited}
    return [_WRITERS[kind] for kind in _WRITERS if kind in said_by]


def conversation(flow: Flow, asset: Asset) -> Conversation:
    """A flow as the device sees it, also where the other side began it and spoke to a port of the device."""
    subject, peer = flow.subject.removeprefix("ip:"), flow.peer.removeprefix("ip:")
    own = {identifier.value for identifier in asset.identifiers if identifier.kind == "ip"} | {asset.label}
    port = f"{flow.transport}/{flow.port}"
    if peer in own and subject not in own:
        return Conversation(subject, _("its own {port}").format(port=port), flow.bytes_in, flow.bytes_out)
    return Conversation(peer, port, flow.bytes_out, flow.bytes_in)


def would_settle(entry: Entry) -> list[str]:
    """What would answer the open questions, as sentences: of the findings, then of the identification; each once."""
    open_findings = [need for finding in entry.findings if finding.status == "undetermined" for need in finding.missing]
    open_fields = [to_settle(entry, conclusion) for conclusion in entry.identification.conclusions]
    return list(dict.fromkeys(_sentence(in_words(need)) for need in (*open_findings, *open_fields) if need))


_LABEL_WAS_READ = {
    "A look at the label would settle the brand.": "",
    "The label or a discovery reply would settle the model.": "A discovery reply would settle the model.",
    "The label or a discovery reply would give the serial number.": "A discovery reply would give the serial number.",
}
"""What would settle a field -> what is left of that where somebody read the label already."""


def to_settle(entry: Entry, conclusion: Conclusion) -> str:
    """What would settle an answer, in English; nobody is asked for a label that was read already."""
    asked = conclusion.settle
    return _LABEL_WAS_READ.get(asked, asked) if label_was_read(entry) else asked


def label_was_read(entry: Entry) -> bool:
    """Whether somebody read the label of the device and said what stands on it."""
    return any(subject.partition("/")[2].startswith("label:") for subject in entry.asset.subjects)


def five_names(entry: Entry, names: Names) -> list[Named]:
    """Brand, manufacturer, declared maker, address registrant and supplier, kept apart."""
    return _named_fields(entry, names, FIVE_NAMES)


def more_fields(entry: Entry, names: Names) -> list[Named]:
    """Kind, model, firmware and serial number."""
    return _named_fields(entry, names, MORE_FIELDS)


# --- the whole ------------------------------------------------------------------------------------------------------


def totals(assessment: Assessment) -> list[Total]:
    """Numbers that add up to all devices; that nothing was found and that nobody judged are two of them."""
    told = assessment.totals
    unjudged = told.not_judged or 0
    found = [
        Total(
            told.not_satisfied,
            _("do not satisfy a requirement"),
            _("does not satisfy a requirement"),
            _("at least one directive asks that something be done"),
        ),
        Total(
            told.undetermined,
            ngettext("cannot be judged yet", "cannot be judged yet", 2),
            ngettext("cannot be judged yet", "cannot be judged yet", 1),
            _("a fact is missing, and the report says which"),
        ),
        Total(
            told.assets - told.not_satisfied - told.undetermined - unjudged,
            _("have nothing found against them"),
            _("has nothing found against it"),
            _("as far as the sources show")
            if told.not_judged is not None
            else _("as far as the sources show, with those that gave no sign of what they are"),
        ),
    ]
    if told.not_judged is not None:
        means = _("no directive said anything of them: no surveillance device, or no sign of what it is")
        found.append(Total(unjudged, _("were not judged"), _("was not judged"), means))
    return found


def how_many(totals: Totals) -> str:
    """How many devices there are; where lines stand for several, how many entries, and for how many devices."""
    if totals.devices in (None, totals.assets):
        return count(totals.assets, "device")
    return _("{entries} for {devices}").format(
        entries=count(totals.assets, "entry", "entries"), devices=count(totals.devices or 0, "device")
    )


def what_an_entry_is(totals: Totals) -> str:
    """What the numbers count, where that is not the same as devices; empty where it is."""
    if totals.devices in (None, totals.assets):
        return ""
    return _(
        "A line of a purchase or a register that stands for several devices is one entry; what is said of it counts "
        "once."
    )


def scope(assessment: Assessment) -> str:
    """What was read, in one sentence."""
    totals = assessment.totals
    broken = len(not_whole(assessment.sources, assessment.tallies, assessment.issues))
    more = _(" and {number} more not whole").format(number=number(broken)) if broken else ""
    sentence = _(
        "{sources} read{not_whole}, {devices} found: {surveillance} for surveillance, {unknown} of unknown kind, "
        "{other} other"
    ).format(
        sources=count(len(assessment.sources) - broken, "source"),
        not_whole=more,
        devices=how_many(totals),
        surveillance=number(totals.surveillance),
        unknown=number(totals.unknown),
        other=number(totals.other),
    )
    if assessment.skipped:
        sentence += _("; {inputs} not read").format(inputs=count(len(assessment.skipped), "input"))
    return sentence + "."


def applied(assessment: Assessment, names: Names) -> str:
    """By how many directives was judged, which of them were not in force then, and how many say nothing here."""
    quiet = silent_directives(assessment, names)
    asked = [id for id in assessment.directives if id not in quiet]
    asleep = [id for id in asked if (law := names.directive(id)) and not _in_force(law, assessment.on)]
    if not asked and not quiet:
        return _("Not judged by any directive: nobody said whose devices these are (--sites).")
    sentence = _("Judged by {directives}").format(directives=count(len(asked), "directive"))
    if asleep:
        titles = [f"“{_short(law.title if (law := names.directive(id)) else id)}”" for id in asleep[:_NAMED]]
        if more := len(asleep) - len(titles):
            titles.append(_("{number} more").format(number=number(more)))
        sentence += _("; not in force on {day}: {titles}").format(day=day(assessment.on), titles=listed(titles))
    if quiet:
        sentence += _("; {texts} that we know do not address this body or ask nothing of a device").format(
            texts=count(len(quiet), "more text")
        )
    return sentence + "."


def records(assessment: Assessment, names: Names) -> list[Directive]:
    """The directives by which was judged, as far as they are known."""
    return [law for id in assessment.directives if (law := names.directive(id))]


def silent_directives(assessment: Assessment, names: Names) -> dict[str, str]:
    """Directives no sentence of which says anything of any device here, with the reason: id -> why."""
    same: dict[str, list[Finding]] = {}
    for finding in assessment.body_findings:
        if finding.status == "not_applicable":
            same.setdefault(finding.directive, []).append(finding)
    quiet = {}
    for id, findings in same.items():
        law = names.directive(id)
        if law and len({finding.requirement for finding in findings}) == len(law.requirements):
            quiet[id] = findings[0].because
    return quiet


def kinds_read(assessment: Assessment) -> str:
    """How many sources of each kind were read: "3 captures, 1 register"."""
    kinds = Counter(source.kind for source in assessment.sources)
    return ", ".join(count(times, *KINDS[kind]) for kind, times in kinds.most_common())


def advice(reason: str, next_step: str) -> str:
    """What is wrong and what to do about it, as two whole sentences."""
    return " ".join(f"{text.rstrip('. ')}." for text in (reason, next_step) if text)


def unread(assessment: Assessment) -> list[Unread]:
    """Inputs that were not read, those with the same reason together."""
    together: dict[tuple[str, str], list[str]] = {}
    for issue in assessment.skipped:
        place = f"{issue.source}, {issue.place}" if issue.place else issue.source
        together.setdefault((issue.reason.rstrip(". "), issue.next_step), []).append(place)
    return [Unread(places, reason, next_step) for (reason, next_step), places in together.items()]


def headings(columns: dict[str, str]) -> str:
    """How the headings of a table were read; a wrong guess is corrected with ``--column``."""
    read = [f"{heading} as {field}" for heading, field in columns.items() if field]
    ignored = [heading for heading, field in columns.items() if not field]
    return f"columns: {listed(read) if read else 'none'}" + (f"; not read: {', '.join(ignored)}" if ignored else "")


def next_command(assessment: Assessment, first: Entry | None, *, case: str = "", out: str = "") -> str:
    """The command that helps most now.

    Args:
        assessment: the head.
        first: the worst entry; none where there is no device.
        case: path of the case file; empty where there is none.
        out: folder the reports were written to; empty where none were.
    """
    kept = f" --case {shlex.quote(case)}" if case else ""
    if first is None:
        return "custodiet audit --help"
    if assessment.body is None:
        return f"custodiet audit INPUT...{kept} --sites SITES.yml"
    if case:
        return f"custodiet explain {shlex.quote(first.asset.id)}{kept}"
    return "custodiet audit INPUT... --case CASE.sqlite" + ("" if out else " --out DIR")


def quoted(text: str) -> str:
    """A text as one word of a command line."""
    return shlex.quote(text)


# --- inside ---------------------------------------------------------------------------------------------------------


def _short(text: str, limit: int = NAME_LIMIT) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    return text[:1].upper() + (text[1:] if text.endswith(("?", "?”")) else f"{text[1:].rstrip('. ')}.")


def _in_force(directive: Directive, on: str) -> bool:
    """Whether it can hold on a date; a month or year without a day counts as in force from its first to its last."""
    return directive.in_force <= on and (not directive.until or on <= directive.until or on.startswith(directive.until))


def _value(entry: Entry, field: str, names: Names) -> str:
    return named(field, entry.identification.get(field).value, names)


def with_model(name: str, model: str) -> str:
    """A name and a model, the name once where the model begins with it: Axis, and not Axis AXIS P3245-V."""
    first, _blank, rest = model.partition(" ")
    return f"{name} {rest if first.casefold() == name.casefold() else model}".strip()


def _model(entry: Entry) -> str:
    return entry.identification.get("model").value


def _same_name(one: str, other: str) -> bool:
    """Whether one name is the other, or the other written out: Axis and Axis Communications AB."""
    left, right = (set(re.findall(r"\w+", name.casefold())) for name in (one, other))
    return one == other or (bool(left and right) and (left <= right or right <= left))


def _kinds(claims: tuple[Claim, ...]) -> list[str]:
    """Kinds of evidence, the strongest first."""
    return list(dict.fromkeys(evidence_of(claim) for claim in sorted(claims, key=lambda c: -c.strength)))


def _named_fields(entry: Entry, names: Names, fields: dict[str, tuple[str, str]]) -> list[Named]:
    found = {conclusion.field: conclusion for conclusion in entry.identification.conclusions}
    if label_was_read(entry):
        found = {field: msgspec.structs.replace(one, settle=to_settle(entry, one)) for field, one in found.items()}
    return [
        Named(field, _(label), _(means), named(field, found[field].value, names), found[field])
        for field, (label, means) in fields.items()
    ]
