"""``custodiet judge``: what a case holds, judged again for another date, other countries or a supposed scope."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodiet.cli.audit import parsed_date
from custodiet.cli.common import (
    CaseOption,
    CatalogOption,
    JsonOption,
    QuietOption,
    VerboseOption,
    load,
    read_sites,
    tell,
)


def judge(
    case: CaseOption,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="Judge for this date. [default: today]")] = "",
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", metavar="XX,...", help="Only these countries, as nl,gb,us or eu.")
    ] = "",
    directive: Annotated[
        list[str] | None, typer.Option("--directive", metavar="ID", help="Judge by this directive only; repeatable.")
    ] = None,
    what_if: Annotated[
        str,
        typer.Option(
            "--what-if",
            metavar="SCOPE",
            help="Suppose a wider scope: all-public-bodies, councils, every-site, proposed, political, country:XX.",
        ),
    ] = "",
    asset: Annotated[
        str, typer.Option("--asset", metavar="ASSET", help="One device, by every text: id, address, MAC or tag.")
    ] = "",
    sites: Annotated[
        Path | None, typer.Option("--sites", metavar="FILE", help="A newer sites file. [default: that of the audit]")
    ] = None,
    catalog: CatalogOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Judge again what the case holds; nothing is read or identified anew, and the case keeps its audit.

    Exit code 3 when a finding is not satisfied as the law stands, 4 when something cannot be judged.
    """
    from custodiet import audit as steps
    from custodiet import judging
    from custodiet.casefile import Case
    from custodiet.cli.explain import find_asset
    from custodiet.cli.law import chosen
    from custodiet.judge import Judge, directives_for
    from custodiet.law.what_if import what_if as under
    from custodiet.law.what_if import widened
    from custodiet.report.judged import document, one_device, shown

    knowledge = load(catalog)
    day = parsed_date(on, "--on")
    with Case(case, must_exist=True) as opened:
        context = steps.recalled(opened)
        body = read_sites(sites, knowledge) if sites else context.body
        asked = directives_for(knowledge, directive) if directive else chosen(knowledge, jurisdiction)
        now = Judge(body, asked, knowledge, day)
        wanted = find_asset(opened, asset).id if asset else None
        found = list(judging.judged(opened, now, wanted))
        supposed, then = None, None
        if what_if:
            supposing = asked if jurisdiction or directive else widened(asked, what_if, body)
            then = Judge(body, under(supposing, what_if, body, knowledge), knowledge, day)
            supposed = list(judging.judged(opened, then, wanted))
        told = document(found, now, supposed, then, what_if)
    if json or not quiet:
        one = found[0] if wanted and found else None
        tell(
            told,
            lambda: one_device(one, told, knowledge) if one and not what_if else shown(told, knowledge, verbose),
            json=json,
        )
    statuses = {finding.status for one in found for finding in one.findings}
    raise typer.Exit(3 if "not_satisfied" in statuses else 4 if "undetermined" in statuses else 0)
