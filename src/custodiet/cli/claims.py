"""``custodiet claims``: what makers, officials and experts say of devices, and what a case shows."""

from __future__ import annotations

from typing import Annotated

import typer

from custodiet.cli.audit import parsed_date
from custodiet.cli.common import CaseOption, CatalogOption, JsonOption, VerboseOption, load, tell
from custodiet.errors import UsageError


def claims(
    case: CaseOption,
    about: Annotated[str, typer.Option("--about", metavar="COMPANY", help="Only claims about this company.")] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="Who owned whom on this date. [default: that of the audit]")
    ] = "",
    catalog: CatalogOption = None,
    json: JsonOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Put public claims beside what the case shows: seen, not seen in so much capture, blocked, contradicted."""
    from custodiet import audit as steps
    from custodiet.casefile import Case
    from custodiet.catalog.load import default_folder
    from custodiet.catalog.spelling import nearest
    from custodiet.claims import load_claims, weigh_claims
    from custodiet.report.claims import shown

    knowledge = load(catalog)
    if about and about not in knowledge.companies:
        step = nearest(about[:80], knowledge.companies)
        raise UsageError(f"there is no company {about[:80]}", place="--about", next_step=step)
    said = load_claims([default_folder(), *(catalog or [])])
    day = parsed_date(on, "--on").isoformat() if on else ""
    with Case(case, must_exist=True) as opened:
        context = steps.recalled(opened, "custodiet audit or custodiet identify")
        told = weigh_claims(opened, knowledge, said, context.body, day or context.on, about)
    tell(told, lambda: shown(told, verbose), json=json)
