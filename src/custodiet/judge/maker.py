"""The test of the maker, read as each directive reads it: by name, by named family, by the producer's legal seat.

The maker is the concluded manufacturer and never the brand, the seller or the holder of an address block. Which company
had which owner is asked by date. Where a text gives no measure for a link, the answer is open and not a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from custodiet.catalog import Catalog, family, holders
from custodiet.dates import parse_date
from custodiet.judge.answers import settling
from custodiet.judge.events import Told
from custodiet.model import Conclusion, Covers, Directive


class MakerTest:
    """One directive's test of the maker on one date; what it found for a company is kept, since estates repeat."""

    def __init__(self, directive: Directive, catalog: Catalog, on: date) -> None:
        self._covers = directive.covers
        self._catalog = catalog
        self._on = on
        self._found: dict[tuple[str, date | None], tuple[Told, str]] = {}

    def ask(
        self, concluded: Conclusion, brand: str, evidence: tuple[str, ...], made_by: date | None
    ) -> tuple[Told, str]:
        """Whether the test hits.

        Args:
            concluded: the manufacturer.
            brand: the label, which is only named and never asked.
            evidence: what the conclusion cites, see `cited`.
            made_by: the last day on which the device can have been produced, where known.

        Returns:
            the answer, and the id of the named company through which it hits (empty where the seat decides).
        """
        if not self._covers.companies and not self._covers.seat_in:
            return Told(True, "the directive has no test of the maker"), ""
        if not concluded.value or concluded.band not in ("certain", "likely"):
            return self._unproven(concluded, brand, evidence), ""
        key = (concluded.value, made_by)
        if key not in self._found:
            self._found[key] = self._company(concluded.value, made_by)
        told, through = self._found[key]
        name = company_name(self._catalog, concluded.value)
        because = f"{name} made it ({concluded.band}, {concluded.confidence:.2f}): {told.because}"
        because += _against(concluded, self._catalog)
        if concluded.value in self._catalog.companies:
            evidence = (*evidence, f"company:{concluded.value}")
        return Told(told.holds, because, evidence, concluded.confidence, told.missing), through

    def _unproven(self, concluded: Conclusion, brand: str, evidence: tuple[str, ...]) -> Told:
        name = company_name(self._catalog, concluded.value)
        said = f"it is possible, and no more, that {name} made it" if concluded.value else "who made it is not known"
        if brand:
            said += f"; the label {brand} does not tell who produced it"
        settle = concluded.settle or "a reply of the device itself, its type plate, or a statement of its producer"
        confidence = concluded.confidence if concluded.value else 0.0
        said += _against(concluded, self._catalog)
        return Told(None, said, evidence, confidence, settling("who made it", settle))

    def _company(self, maker: str, made_by: date | None) -> tuple[Told, str]:
        results = []
        if self._covers.companies:
            results.append(_named(self._covers, maker, self._catalog, self._on, made_by))
        if self._covers.seat_in:
            results.append((_seated(self._covers, maker, self._catalog, self._on), ""))
        # shapes are alternatives: one that hits is enough, one that is open keeps the question open
        order = {True: 0, None: 1, False: 2}
        return min(results, key=lambda result: order[result[0].holds])


def company_name(catalog: Catalog, id: str) -> str:
    """Its legal name, or the id where there is no record."""
    record = catalog.companies.get(id)
    return record.name if record else id


def _named(covers: Covers, maker: str, catalog: Catalog, on: date, made_by: date | None) -> tuple[Told, str]:
    if maker in covers.companies:
        return Told(True, "it is named"), maker
    if not covers.subsidiaries:
        return Told(False, "it is not named, and subsidiaries are not covered"), ""
    if maker not in catalog.companies:
        missing = f"who owns and controls {maker}: add a record of the company"
        return Told(None, "it is not named, and its owners are not in the catalog", (), 1.0, missing), ""
    now = _first_named(covers.companies, family(catalog, maker, on.isoformat()))
    then = _first_named(covers.companies, family(catalog, maker, made_by.isoformat())) if made_by else now
    if now and then:
        return Told(True, f"{company_name(catalog, now)} owns or controls it, and is named"), now
    if made_by and then:
        owner = company_name(catalog, then)
        return Told(True, f"{owner} owned or controlled it on {made_by}, by when this device was made"), then
    if now:
        owner = company_name(catalog, now)
        missing = "whether devices made before the company became a subsidiary are covered: a legal reading"
        return Told(None, f"{owner} owns or controls it on {on}, not yet on {made_by}", (), 1.0, missing), now
    before, end = ("", "") if made_by else _once_named(covers.companies, maker, catalog, on)
    if before:
        owner = company_name(catalog, before)
        missing = "the date it was bought or made: see the order or the type plate"
        return Told(None, f"{owner} owned or controlled it until {end}", (), 1.0, missing), before
    return _perhaps_affiliate(covers, maker, catalog, on)


def _perhaps_affiliate(covers: Covers, maker: str, catalog: Catalog, on: date) -> tuple[Told, str]:
    """Small shares and common owners: the texts that say affiliate give no percentage, so we give no answer."""
    missing = "whether it counts as an affiliate, for which the text gives no percentage: a legal reading"
    day = on.isoformat()
    for holder, relation in holders(catalog, maker, day):
        if holder in covers.companies:
            share = f"{relation.share:g}% of it" if relation.share is not None else "a share of it"
            return Told(None, f"{company_name(catalog, holder)} holds {share}", (), 1.0, missing), holder
    chain = set(family(catalog, maker, day)[1:])
    for named in covers.companies:
        common = chain.intersection(family(catalog, named, day)[1:])
        if common:
            owner = company_name(catalog, min(common))
            return Told(
                None, f"{owner} owns or controls both it and {company_name(catalog, named)}", (), 1.0, missing
            ), named
    return Told(False, "it is not named, and no named company is known to own or control it"), ""


def _first_named(named: Sequence[str], chain: Sequence[str]) -> str:
    return next((id for id in chain if id in named), "")


def _once_named(named: Sequence[str], maker: str, catalog: Catalog, on: date) -> tuple[str, str]:
    """A named company that owned or controlled the maker before, and until when; by the relations that have ended."""
    ends = {
        r.until for c in catalog.companies.values() for r in c.relations if r.until and r.kind in ("owns", "controls")
    }
    for end in sorted(ends, reverse=True):
        if parse_date(end).first <= on and (found := _first_named(named, family(catalog, maker, end))):
            return found, end
    return "", ""


def _seated(covers: Covers, maker: str, catalog: Catalog, on: date) -> Told:
    """The test by the producer's legal seat; ownership opens the question and does not answer it."""
    record = catalog.companies.get(maker)
    seat = record.seat if record else ""
    if not seat:
        missing = f"the legal seat of {company_name(catalog, maker)}: see a company register, and add it to the catalog"
        return Told(None, "its legal seat is not established", (), 1.0, missing)
    if seat in covers.seat_in:
        return Told(True, f"its legal seat is in {seat}, so it is subject to the {covers.law}")
    missing = f"whether {company_name(catalog, maker)} is subject to the {covers.law}: a legal reading"
    if seat in covers.seat_open:
        return Told(None, f"its legal seat is in {seat}, which needs a reading of its own", (), 1.0, missing)
    for owner in family(catalog, maker, on.isoformat())[1:]:
        above = catalog.companies.get(owner)
        if above and above.seat in covers.seat_in:
            said = f"its own seat is in {seat}, but {above.name}, seated in {above.seat}, owns or controls it"
            return Told(None, f"{said}; whether the law reaches that far is argued", (), 1.0, missing)
    return Told(False, f"its legal seat is in {seat}, and the producer's seat is the test")


def cited(concluded: Conclusion) -> tuple[str, ...]:
    """Observations first, then the records that read them."""
    claims = (*concluded.claims_for, *concluded.claims_against)
    return tuple(dict.fromkeys([*(id for c in claims for id in c.observations), *(c.record for c in claims)]))


def _against(concluded: Conclusion, catalog: Catalog) -> str:
    names = dict.fromkeys(company_name(catalog, claim.value) for claim in concluded.claims_against)
    return f"; {len(concluded.claims_against)} claims say otherwise ({', '.join(names)})" if names else ""
