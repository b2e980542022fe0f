"""Who held or controlled a company on a date, by the dated relations of the catalog; two truths stay two.

A holder counts as one that a claim means only where the claim names it: no field anywhere says whose a country a
company "is". A holder that nobody recorded is not seen, and that is said.
"""

from __future__ import annotations

from custodiet.catalog.ask import MAJORITY, holders
from custodiet.claims.ground import Ground
from custodiet.claims.shown import Shown, company_name
from custodiet.model import Relation
from custodiet.model.public_claim import Outcome, PublicClaim

NOT_LOOKED_AT = (
    "Only relations that the catalog records with a source were asked; other holders are not recorded.",
    "Whether shares are traded on an exchange is not recorded.",
)


def by_ownership(claim: PublicClaim, ground: Ground) -> Shown:
    """Holders of each company on the date asked, and on the date of the claim where they differ."""
    lines: list[str] = []
    met: dict[str, list[tuple[str, Relation]]] = {}
    for company in claim.about:
        held = holders(ground.catalog, company, ground.on)
        lines += _told(company, held, ground, ground.on)
        then = holders(ground.catalog, company, claim.said_on)
        if then != held:
            lines += _told(company, then, ground, claim.said_on)
        met[company] = [(id, one) for id, one in held if not claim.holders or id in claim.holders]
    with_one = [company for company, some in met.items() if some]
    without = [company for company in met if company not in with_one]
    shares = _shares(met, ground)
    if not with_one:
        names = " and ".join(company_name(id, ground) for id in without)
        what = "a holder that the claim means" if claim.holders else "any holder"
        said = f"Not seen: the catalog records no share of {what} in {names} on {ground.on}."
        return Shown("not seen", said, tuple(lines), (), NOT_LOOKED_AT)
    said = f"Seen on {ground.on}: {shares}."
    said += _both_true(met)
    if without:
        said += f" Not seen for {' and '.join(company_name(id, ground) for id in without)} on that date."
    outcome: Outcome = "contradicted" if claim.seeing == "against" else "seen"
    return Shown(outcome, said, tuple(lines), (), NOT_LOOKED_AT)


def _told(company: str, held: tuple[tuple[str, Relation], ...], ground: Ground, on: str) -> list[str]:
    name = company_name(company, ground)
    if not held:
        return [f"{on}: no holder of {name} is recorded"]
    return [f"{on}: {_one(id, relation, name, ground)}" for id, relation in held]


def _one(holder: str, relation: Relation, name: str, ground: Ground) -> str:
    share = f" {relation.share:g} per cent of" if relation.share is not None else ""
    since = f"since {relation.since}" if relation.since else "since when was not read"
    until = f", until {relation.until}" if relation.until else ""
    read = ", ".join(f"{reference.where} ({reference.read})" for reference in relation.references)
    note = f" {relation.note}" if relation.note else ""
    return f"{company_name(holder, ground)} {relation.kind}{share} {name}, {since}{until}; read in {read}.{note}"


def _shares(met: dict[str, list[tuple[str, Relation]]], ground: Ground) -> str:
    parts = []
    for company, some in met.items():
        for id, relation in some:
            what = "controls" if relation.kind == "controls" else "holds a part of"
            if relation.share is not None:
                what = f"holds {relation.share:g} per cent of"
            parts.append(f"{company_name(id, ground)} {what} {company_name(company, ground)}")
    return "; ".join(parts)


def _both_true(met: dict[str, list[tuple[str, Relation]]]) -> str:
    """Where every share is a part: the rest is in other hands, and both can be said truthfully."""
    shares = [one.share for some in met.values() for _, one in some if one.share is not None]
    if shares and max(shares) <= MAJORITY:
        return " That is a part and no majority of the shares: the rest is in other hands, and both are true at once."
    return ""
