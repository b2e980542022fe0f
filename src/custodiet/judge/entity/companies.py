"""Tests that ask about a company: named, affiliated, seated, controlled, owned. Relations are asked by date.

Where a text gives no measure for a link, the answer is open and not a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from custodiet.catalog import Catalog, family, holders
from custodiet.dates import parse_date
from custodiet.judge.events import Told
from custodiet.model import EntityTest

Result = tuple[Told, str]
"""The answer, and the id of the named company through which the test hits; empty where none is."""


def company_name(catalog: Catalog, id: str) -> str:
    """Its legal name, or the id where there is no record."""
    record = catalog.companies.get(id)
    return record.name if record else id


def named(test: EntityTest, company: str, catalog: Catalog, on: date, made_by: date | None) -> Result:
    """Whether the company is named, or is meant with a named one."""
    if company in test.companies:
        return Told(True, "it is named"), company
    if not test.affiliates:
        return Told(False, "it is not named, and subsidiaries are not covered"), ""
    if company not in catalog.companies:
        missing = f"who owns and controls {company}: add a record of the company"
        return Told(None, "it is not named, and its owners are not in the catalog", (), 1.0, missing), ""
    now = _first_named(test.companies, family(catalog, company, on.isoformat()))
    then = _first_named(test.companies, family(catalog, company, made_by.isoformat())) if made_by else now
    if now and then:
        return Told(True, f"{company_name(catalog, now)} owns or controls it, and is named"), now
    if made_by and then:
        owner = company_name(catalog, then)
        return Told(True, f"{owner} owned or controlled it on {made_by}, by when this device was made"), then
    if now:
        owner = company_name(catalog, now)
        missing = "whether devices made before the company became a subsidiary are covered: a legal reading"
        return Told(None, f"{owner} owns or controls it on {on}, not yet on {made_by}", (), 1.0, missing), now
    before, end = ("", "") if made_by else _once_named(test.companies, company, catalog, on)
    if before:
        owner = company_name(catalog, before)
        missing = "the date it was bought or made: see the order or the type plate"
        return Told(None, f"{owner} owned or controlled it until {end}", (), 1.0, missing), before
    return _perhaps_affiliate(test, company, catalog, on)


def _perhaps_affiliate(test: EntityTest, company: str, catalog: Catalog, on: date) -> Result:
    """Small shares and common owners: the texts that say affiliate give no percentage, so we give no answer."""
    missing = "whether it counts as an affiliate, for which the text gives no percentage: a legal reading"
    day = on.isoformat()
    for holder, relation in holders(catalog, company, day):
        if holder in test.companies:
            share = f"{relation.share:g}% of it" if relation.share is not None else "a share of it"
            return Told(None, f"{company_name(catalog, holder)} holds {share}", (), 1.0, missing), holder
    chain = set(family(catalog, company, day)[1:])
    for one in test.companies:
        common = chain.intersection(family(catalog, one, day)[1:])
        if common:
            owner = company_name(catalog, min(common))
            because = f"{owner} owns or controls both it and {company_name(catalog, one)}"
            return Told(None, because, (), 1.0, missing), one
    return Told(False, "it is not named, and no named company is known to own or control it"), ""


def _first_named(companies: Sequence[str], chain: Sequence[str]) -> str:
    return next((id for id in chain if id in companies), "")


def _once_named(companies: Sequence[str], company: str, catalog: Catalog, on: date) -> tuple[str, str]:
    """A named company that owned or controlled this one before, and until when; by the relations that have ended."""
    for end in _ends(catalog, on):
        if found := _first_named(companies, family(catalog, company, end)):
            return found, end
    return "", ""


def _once_seated(countries: Sequence[str], company: str, catalog: Catalog, on: date) -> tuple[str, str] | None:
    """A company seated in one of these countries that owned or controlled this one before, and until when."""
    for end in _ends(catalog, on):
        for owner in family(catalog, company, end)[1:]:
            above = catalog.companies.get(owner)
            if above and above.seat in countries:
                return owner, end
    return None


def _ends(catalog: Catalog, on: date) -> list[str]:
    """The dates at which a company ceased to own or control another, before the date judged; the latest first."""
    ends = {
        r.until for c in catalog.companies.values() for r in c.relations if r.until and r.kind in ("owns", "controls")
    }
    return [end for end in sorted(ends, reverse=True) if parse_date(end).first <= on]


def law_of_seat(test: EntityTest, company: str, catalog: Catalog, on: date, made_by: date | None) -> Result:
    """Whether the company's legal seat makes it subject to the law; ownership opens the question and is no answer."""
    told = _no_seat(company, catalog)
    if told:
        return told, ""
    seat = catalog.companies[company].seat
    if seat in test.countries:
        return Told(True, f"its legal seat is in {seat}, so it is subject to the {test.law}"), ""
    missing = f"whether {company_name(catalog, company)} is subject to the {test.law}: a legal reading"
    if seat in test.open_countries:
        return Told(None, f"its legal seat is in {seat}, which needs a reading of its own", (), 1.0, missing), ""
    for day, owns in ((on, "owns or controls it"), (made_by, f"owned or controlled it on {made_by}")):
        for owner in family(catalog, company, day.isoformat())[1:] if day else ():
            above = catalog.companies.get(owner)
            if above and above.seat in test.countries:
                said = f"its own seat is in {seat}, but {above.name}, seated in {above.seat}, {owns}"
                return Told(None, f"{said}; whether the law reaches that far is argued", (), 1.0, missing), ""
    if not made_by and (before := _once_seated(test.countries, company, catalog, on)):
        owner, end = before
        said = f"its own seat is in {seat}, but {company_name(catalog, owner)} owned or controlled it until {end}"
        missing = "the date it was bought or made: see the order or the type plate"
        return Told(None, said, (), 1.0, missing), ""
    return Told(False, f"its legal seat is in {seat}, and the producer's seat is the test"), ""


def listed_country(test: EntityTest, company: str, catalog: Catalog, on: date, made_by: date | None) -> Result:
    """Whether the company is registered in a listed country, or controlled from one, up the chain of owners."""
    told = _no_seat(company, catalog)
    if told:
        return told, ""
    chain = family(catalog, company, on.isoformat())
    for id in chain:
        record = catalog.companies.get(id)
        if record and record.seat in test.countries:
            if id == company:
                return Told(True, f"it is registered in {record.seat}, which is listed"), ""
            return Told(True, f"{record.name}, registered in {record.seat}, owns or controls it"), ""
    unknown = [id for id in chain[1:] if id not in catalog.companies or not catalog.companies[id].seat]
    if unknown:
        name = company_name(catalog, unknown[0])
        missing = f"where {name}, which owns or controls it, is registered: see a company register"
        return Told(None, f"the seat of its owner {name} is not established", (), 1.0, missing), ""
    for id in chain:
        record = catalog.companies.get(id)
        if record and record.seat in test.open_countries:
            missing = f"whether a company registered in {record.seat} is meant: a reading by the addressee"
            said = f"{record.name} is registered in {record.seat}, which needs a reading of its own"
            return Told(None, said, (), 1.0, missing), ""
    missing = "whether a holder of shares without a majority controls it: a legal reading"
    for holder, relation in holders(catalog, company, on.isoformat()):
        record = catalog.companies.get(holder)
        if record and record.seat in test.countries:
            share = f"{relation.share:g}%" if relation.share is not None else "a share"
            return Told(None, f"{record.name}, registered in {record.seat}, holds {share} of it", (), 1.0, missing), ""
    return Told(
        False, f"it is registered in {catalog.companies[company].seat}, and no owner in a listed country is known"
    ), ""


def share(test: EntityTest, company: str, catalog: Catalog, on: date, made_by: date | None) -> Result:
    """Whether named companies together hold the share of it that the text asks for."""
    if company in test.companies:
        return Told(False, "it is named itself; this test is about others"), ""
    if company not in catalog.companies:
        missing = f"who owns {company}: add a record of the company"
        return Told(None, "its owners are not in the catalog", (), 1.0, missing), ""
    asked, held, through, open_ended = test.share or 0.0, 0.0, "", ""
    for holder, relation in holders(catalog, company, on.isoformat()):
        if holder not in test.companies:
            continue
        through = through or holder
        if relation.share is None:
            open_ended = holder
        else:
            held += relation.share
    if held >= asked and through:
        return Told(True, f"named companies hold {held:g}% of it; from {asked:g}% on it is meant"), through
    if open_ended:
        missing = f"which share of it {company_name(catalog, open_ended)} holds: see a company register"
        return Told(None, "a named company holds a share of it that is not known", (), 1.0, missing), open_ended
    known = f"named companies hold {held:g}% of it" if through else "no named company is known to hold a share of it"
    return Told(False, f"{known}; from {asked:g}% on it would be meant"), ""


def _no_seat(company: str, catalog: Catalog) -> Told | None:
    record = catalog.companies.get(company)
    if record and record.seat:
        return None
    missing = f"the legal seat of {company_name(catalog, company)}: see a company register, and add it to the catalog"
    return Told(None, "its legal seat is not established", (), 1.0, missing)
