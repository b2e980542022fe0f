"""All tests of one directive, asked of one device: one that hits is enough, one that is open keeps it open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from custodiet.catalog import Catalog
from custodiet.catalog.spelling import fold
from custodiet.dates import parse_date
from custodiet.identify.statements import name_of
from custodiet.judge.entity.companies import Result, company_name, law_of_seat, listed_country, named, share
from custodiet.judge.entity.destinations import data_seen_to
from custodiet.judge.entity.facts import FACTS, Entity
from custodiet.judge.events import Told
from custodiet.model import SURE, Directive, EntityTest

Decide = Callable[[str], Told]
"""What a person answered to a condition, for the device that is asked about."""

_COMPANY_TESTS: Mapping[str, Callable[[EntityTest, str, Catalog, date, date | None], Result]] = {
    "named": named,
    "law-of-seat": law_of_seat,
    "listed-country": listed_country,
    "share": share,
}
_COUNTRY_FACTS = {
    "made-in": ("register.made_in", "the type plate, the box or the declaration of conformity"),
    "data-to": (
        "register.data_goes_to",
        "a capture with the owners of its destinations, and the contract of the cloud",
    ),
    "administered-from": ("register.administered_from", "the contract for support, and the log of remote sessions"),
}
NONE_STATED = frozenset({"none", "no", "geen", "nowhere", "isolated", "nergens"})
"""What a source writes that states that there is none."""


class EntityTests:
    """The tests of one directive on one date; what they found for a company is kept, since estates repeat."""

    def __init__(self, directive: Directive, catalog: Catalog, on: date) -> None:
        self._tests = [test for test in directive.covers.tests if _holds(test, on)]
        self._conditions = directive.conditions
        self._catalog = catalog
        self._on = on
        self._found: dict[tuple[int, str, date | None], Result] = {}
        self.asks_people = any(test.kind == "decided" for test in self._tests)
        """Whether people's answers count, which hold from one day to another."""
        self.meaning = (*self._tests, *(self._conditions.get(test.condition, "") for test in self._tests))
        """What tells these tests from those of another directive: those that mean the same answer the same."""

    def ask(self, entity: Entity, decide: Decide) -> Result:
        """Whether the directive means this device.

        Args:
            entity: what is known of the device.
            decide: what people answered, for tests that only a person can answer.

        Returns:
            the answer, and the id of the named company through which it hits; empty where none does.
        """
        if not self._tests:
            return Told(True, "the directive has no test of the maker"), ""
        results = [self._ask(number, test, entity, decide) for number, test in enumerate(self._tests)]
        if len(results) == 1:
            return results[0]
        hit = next((result for result in results if result[0].holds), None)
        if hit:
            return hit
        told = [told for told, _ in results]
        opened = [one for one in told if one.holds is None]
        evidence = tuple(dict.fromkeys(id for one in told for id in one.evidence))
        because = "; ".join(dict.fromkeys(one.because for one in opened or told))
        sure = min(one.confidence for one in opened or told)
        missing = "; or ".join(dict.fromkeys(one.missing or one.because for one in opened))
        through = next((through for one, through in results if one.holds is None and through), "")
        return Told(None if opened else False, because, evidence, sure, missing), through

    def _ask(self, number: int, test: EntityTest, entity: Entity, decide: Decide) -> Result:
        if test.kind in _COUNTRY_FACTS:
            return self._country(test, entity), ""
        if test.kind == "brand-from":
            return self._brand_from(test, entity), ""
        if test.kind == "certificate":
            return _certified(test, entity), ""
        if test.kind == "decided":
            return self._decided(test, decide), ""
        if test.of == "maker":
            return self._maker(number, test, entity)
        return self._stated_company(number, test, entity)

    # --- companies

    def _maker(self, number: int, test: EntityTest, entity: Entity) -> Result:
        if entity.unproven:
            return entity.unproven, ""
        maker = entity.maker.value
        told, through = self._company(number, test, maker, entity.made_by)
        because = f"{entity.maker_said}: {told.because}{entity.maker_denied}"
        known = (f"company:{maker}",) if maker in self._catalog.companies else ()
        return Told(told.holds, because, entity.maker_by + known, entity.maker.confidence, told.missing), through

    def _stated_company(self, number: int, test: EntityTest, entity: Entity) -> Result:
        """Seller, or maker of a part: as sources state them. A company that owns a brand is asked by its record."""
        if test.of == "brand":
            record = self._catalog.brands.get(entity.brand.value)
            companies = [(record.company, "")] if record and record.company else []
            what, where = "whose brand it is", "look at the label, and add the brand's owner to the catalog"
        else:
            attribute = f"register.{test.of}"
            companies = [
                (name_of("manufacturer", value, self._catalog), id) for value, id in entity.stated.get(attribute, ())
            ]
            what = FACTS[attribute]
            where = "the order or invoice" if test.of == "supplier" else "a statement of the maker, or the board itself"
            stated = entity.stated.get(attribute, ())
            if stated and all(value.casefold() in NONE_STATED for value, _ in stated):
                return Told(False, f"{what}: none that counts is stated", tuple(id for _, id in stated)), ""
        if not companies and test.asks_what_is_known:
            return Told(False, f"{what} is not known, and the text asks for what is in one's possession"), ""
        if not companies:
            return Told(None, f"{what} is not known", (), 0.0, f"{what}: see {where}"), ""
        results = []
        for company, id in companies:
            told, through = self._company(number, test, company, entity.made_by)
            because = f"{test.of} {company_name(self._catalog, company)}: {told.because}"
            evidence = tuple(e for e in (id, f"company:{company}") if e)
            results.append((Told(told.holds, because, evidence, told.confidence, told.missing), through))
        order = {True: 0, None: 1, False: 2}
        return min(results, key=lambda result: order[result[0].holds])

    def _company(self, number: int, test: EntityTest, company: str, made_by: date | None) -> Result:
        # a company that nobody ever held is judged alike whenever the device was made
        since = made_by if company in self._catalog.held_by else None
        key = (number, company, since)
        if key not in self._found:
            self._found[key] = _COMPANY_TESTS[test.kind](test, company, self._catalog, self._on, since)
        return self._found[key]

    # --- brand, countries, certificates, people

    def _brand_from(self, test: EntityTest, entity: Entity) -> Told:
        """The nationality of the name on the case, wherever and by whomever it was made."""
        brand = entity.brand
        record = self._catalog.brands.get(brand.value)
        if not brand.value or brand.band not in SURE:
            return Told(None, "the brand is not known", entity.brand_by, 0.0, "the brand: look at the label")
        owner = record.company if record else ""
        seat = self._catalog.companies[owner].seat if owner in self._catalog.companies else ""
        label = record.name if record else brand.value
        if not seat:
            missing = f"whose brand {label} is, and where that company has its seat: add it to the catalog"
            return Told(None, f"the nationality of the brand {label} is not known", entity.brand_by, 0.0, missing)
        evidence = (*entity.brand_by, f"company:{owner}")
        said = f"the brand {label} belongs to {company_name(self._catalog, owner)}, seated in {seat}"
        if seat in test.countries:
            return Told(True, said, evidence, brand.confidence)
        if seat in test.open_countries:
            missing = f"whether a brand from {seat} is meant: a reading by the addressee"
            return Told(None, f"{said}, which needs a reading of its own", evidence, brand.confidence, missing)
        return Told(False, f"{said}; the brand's nationality is the test", evidence, brand.confidence)

    def _country(self, test: EntityTest, entity: Entity) -> Told:
        """A fact about a country that sources state: where it is made, sends data, is run from; traffic tells too."""
        attribute, by = _COUNTRY_FACTS[test.kind]
        stated = entity.stated.get(attribute, ())
        question = FACTS[attribute]
        looked = ""
        if test.kind == "data-to":
            seen = data_seen_to(test.countries, entity, self._catalog)
            if seen is not None and (seen.holds or not stated):
                return seen
            if entity.flows:
                number = entity.connections.peers if entity.connections else 0
                whom = f" with {number:,} address{'' if number == 1 else 'es'}" if number else ""
                looked = f"; traffic{whom} was seen, which cannot show where data never goes"
        if not stated:
            return Told(None, f"{question} is not known{looked}", (), 0.0, f"{question}: see {by}")
        evidence = tuple(id for _, id in stated)
        codes, words = _countries(stated, self._catalog)
        if hit := sorted(codes.intersection(test.countries)):
            return Told(True, f"{question}: {', '.join(hit)} is stated", evidence)
        if words:
            missing = f"which country {words[0][:60]!r} means: write its ISO code"
            return Told(None, f"{question}: {words[0][:60]!r} is no country we know", evidence, 0.0, missing)
        said = ", ".join(sorted(codes)) or "none"
        return Told(False, f"{question}: {said} is stated, and no country that is meant", evidence)

    def _decided(self, test: EntityTest, decide: Decide) -> Told:
        told = decide(test.condition)
        if told.holds is not None:
            return told
        question = self._conditions.get(test.condition, test.condition)
        missing = f"{question} (answer in the sites file: {test.condition})"
        return Told(None, told.because, told.evidence, told.confidence, missing)


def _holds(test: EntityTest, on: date) -> bool:
    if test.since and parse_date(test.since).first > on:
        return False
    return not (test.until and parse_date(test.until).last < on)


def _countries(stated: tuple[tuple[str, str], ...], catalog: Catalog) -> tuple[set[str], list[str]]:
    """The countries in what is stated, and words that name none we know."""
    codes: set[str] = set()
    words: list[str] = []
    for value, _ in stated:
        for part in re.split(r"[,;/]", value):
            word = re.sub(r"(?i)^\s*(?:made|assembled|gemaakt|vervaardigd)\s+in\s+", "", part).strip()
            if not word or word.casefold() in NONE_STATED:
                continue
            code = catalog.country(word)
            if code:
                codes.add(code)
            else:
                words.append(word)
    return codes, words


def _certified(test: EntityTest, entity: Entity) -> Told:
    """A product must have the certificate; it must be for the firmware that runs. Without it, the test hits."""
    stated = entity.stated.get("register.certificate", ())
    mine = [(value, id) for value, id in stated if fold(test.scheme) in fold(value)]
    if not mine:
        if stated and all(value.casefold() in NONE_STATED for value, _ in stated):
            return Told(True, f"a source states that it has no {test.scheme} certificate", (stated[0][1],))
        missing = f"whether this model has a {test.scheme} certificate: see the list of its issuer"
        return Told(None, f"no {test.scheme} certificate is known for it", (), 0.0, missing)
    value, id = mine[0]
    found = re.search(r"(?i)\bfirmware\s*:?\s*([\w.\- ]{1,60})", value)
    runs = entity.firmware
    missing = f"a {test.scheme} certificate for the firmware that runs"
    if found and runs.value and fold(found[1]) != fold(runs.value):
        because = f"its {test.scheme} certificate is for firmware {found[1].strip()}, and {runs.value} runs"
        return Told(None, because, (id, *(o for c in runs.claims_for for o in c.observations)), 0.0, missing)
    if found and not runs.value:
        return Told(
            None, f"its certificate is for firmware {found[1].strip()}; what runs is not known", (id,), 0.0, missing
        )
    return Told(False, f"it has a {test.scheme} certificate: {value[:80]}", (id,))
