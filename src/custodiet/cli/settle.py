"""``custodiet apart``: undo a merge, as a recorded decision of a person."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from custodiet.cli.common import CaseOption
from custodiet.errors import UsageError


def apart(
    left: Annotated[str, typer.Argument(metavar="SUBJECT", help="One side, as explain shows it: source/subject.")],
    right: Annotated[str, typer.Argument(metavar="SUBJECT", help="The other side.")],
    case: CaseOption,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
) -> None:
    """Decide that two subjects are different devices. Takes effect with the next audit of this case."""
    from custodiet.casefile import Case

    with Case(case, must_exist=True) as opened:
        known = {f"{source}/{subject}" for source, subject, *_ in opened.subjects()}
        for side in (left, right):
            if side not in known:
                raise UsageError(
                    f"the case knows no subject {side!r}", place=str(case), next_step="custodiet explain shows them."
                )
        opened.decide("apart", left, right, by, date.today().isoformat(), reason)
    typer.echo("Recorded. Run custodiet audit with this case again to see the effect.")
