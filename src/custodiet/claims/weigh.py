"""Each public claim beside what a case and the catalog show of it, on one date."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from custodiet.casefile import Case
from custodiet.catalog import Catalog
from custodiet.claims.devices import by_capability, by_firmware, by_vulnerabilities
from custodiet.claims.ground import Ground, gather_case, number_of
from custodiet.claims.ownership import by_ownership
from custodiet.claims.records import Claims
from custodiet.claims.shown import NEITHER, Shown, company_name
from custodiet.claims.traffic import by_cloud_accounts, by_destinations, by_remote_administration, by_storage
from custodiet.model import Body
from custodiet.model.public_claim import Article, ClaimResult, ClaimsTold, MakerScope, PublicClaim

TESTS: Mapping[str, Callable[[PublicClaim, Ground], Shown]] = {
    "destinations": by_destinations,
    "cloud-accounts": by_cloud_accounts,
    "storage": by_storage,
    "remote-administration": by_remote_administration,
    "ownership": by_ownership,
    "vulnerabilities": by_vulnerabilities,
    "firmware": by_firmware,
    "capability": by_capability,
}
"""Kind of test -> the function that runs it; the words are those of the vocabulary, ``none`` apart."""


def weigh_claims(
    case: Case, catalog: Catalog, claims: Claims, body: Body | None, on: str, about: str = ""
) -> ClaimsTold:
    """Hold every claim against the case.

    Args:
        case: with conclusions.
        catalog: companies, endpoints, vulnerabilities.
        claims: what was said.
        body: whose networks are inside; none: every public address counts as outside.
        on: ISO 8601 date for which ownership is asked.
        about: id of a company: only claims about it; empty: all.
    """
    chosen = [one for one in claims.records.values() if not about or about in one.about]
    makers = {company for one in chosen for company in one.about if not about or company == about}
    ground = gather_case(case, catalog, on, body, makers)
    against: dict[str, set[str]] = {}
    for one in claims.records.values():
        for other in one.contradicts:
            against.setdefault(other, set()).add(one.id)
            against.setdefault(one.id, set()).add(other)
    results = tuple(_result(one, about, ground, claims.articles, sorted(against.get(one.id, ()))) for one in chosen)
    cited = {key for one in chosen for key in one.articles}
    return ClaimsTold(
        on=on,
        about=about,
        scope=tuple(_scope(company, ground) for company in sorted(makers)),
        results=tuple(sorted(results, key=lambda one: (one.outcome == "not testable", one.claim.id))),
        articles=tuple(article for key, article in sorted(claims.articles.items()) if key in cited),
    )


def witnesses(claim: PublicClaim, articles: Mapping[str, Article]) -> int:
    """Independent reports of a claim: two copies of one report are one."""
    known = [articles[key] for key in claim.articles if key in articles]
    return len({article.same_report_as or article.id for article in known})


def _result(
    claim: PublicClaim, about: str, ground: Ground, articles: Mapping[str, Article], against: list[str]
) -> ClaimResult:
    test = TESTS.get(claim.test)
    if test is None:
        said = "Not testable: this is an opinion, an intention or an event elsewhere, and no case shows it."
        shown = Shown("not testable", said)
    else:
        shown = test(claim if not about else msgspec.structs.replace(claim, about=(about,)), ground)
    said = shown.said
    if shown.outcome == "seen" and claim.seeing == "neither" and NEITHER not in said:
        said = f"{said} {NEITHER}"
    return ClaimResult(
        claim=claim,
        witnesses=witnesses(claim, articles),
        outcome=shown.outcome,
        said=said,
        found=shown.found,
        destinations=shown.destinations,
        not_looked_at=shown.not_looked_at,
        contradicted_by=tuple(against),
    )


def _scope(company: str, ground: Ground) -> MakerScope:
    devices = ground.of((company,))
    watched = [device.watched for device in devices if device.is_watched]
    return MakerScope(
        company=company,
        name=company_name(company, ground),
        devices=number_of(devices),
        possible=ground.possible.get(company, 0),
        watched=len(watched),
        shortest=min(watched, default=0.0),
        longest=max(watched, default=0.0),
    )
