"""The regimes for which a return can be made, and the making of one.

A new regime is a module with one function, a line here, and its questions in `questions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import msgspec

from custodiet.audit import Context
from custodiet.casefile import Case
from custodiet.catalog import Catalog
from custodiet.catalog.spelling import nearest
from custodiet.errors import UsageError
from custodiet.judge import Judge
from custodiet.model import Body
from custodiet.returns import (
    au_parliament,
    au_pspf,
    cz_risk,
    gdpr_file,
    in_certificates,
    nl_council,
    tw_register,
    uk_department,
    us_889_follow_up,
    us_889_initial,
    us_889_representation,
    us_grants,
)
from custodiet.returns.changes import check_previous, compare
from custodiet.returns.estate import Estate
from custodiet.returns.paper import Return
from custodiet.returns.published import public


@dataclass(frozen=True, slots=True)
class Regime:
    """One regime."""

    id: str
    """Short name."""
    means: str
    """What it is, in a line."""
    texts: tuple[str, ...]
    """Ids of the directives it asks about."""
    make: Callable[[Estate], Return]
    """Makes the whole return; nothing is left out of it for publication."""


REGIMES = (
    Regime("uk-department", "UK central department", uk_department.TEXTS, uk_department.uk_department),
    Regime("us-889-initial", "US contractor: first report", us_889_initial.TEXTS, us_889_initial.us_889_initial),
    Regime("us-889-follow-up", "US contractor: follow-up", us_889_follow_up.TEXTS, us_889_follow_up.us_889_follow_up),
    Regime("us-889-representation", "US contractor: does or does not", us_889_representation.TEXTS,
           us_889_representation.us_889_representation),
    Regime("us-grants", "US receiver of award money", us_grants.TEXTS, us_grants.us_grants),
    Regime("au-parliament", "Australian answer to Parliament", au_parliament.TEXTS, au_parliament.au_parliament),
    Regime("au-pspf", "Australian direction on foreign influence", au_pspf.TEXTS, au_pspf.au_pspf),
    Regime("tw-register", "Taiwanese register", tw_register.TEXTS, tw_register.tw_register),
    Regime("nl-council", "Dutch answer to the council", nl_council.TEXTS, nl_council.nl_council),
    Regime("cz-risk", "Czech risk file", cz_risk.TEXTS, cz_risk.cz_risk),
    Regime("in-certificates", "Indian certificates by model", in_certificates.TEXTS, in_certificates.in_certificates),
    Regime("gdpr-file", "Data protection file", gdpr_file.TEXTS, gdpr_file.gdpr_file),
)  # fmt: skip
"""In the order in which the regimes are named in our papers."""


def regime(id: str) -> Regime:
    """The regime of this name.

    Raises:
        UsageError: there is none, with the nearest that is.
    """
    found = {one.id: one for one in REGIMES}
    if id not in found:
        step = f"{nearest(id[:40], found)} Choose one of: {', '.join(found)}.".strip()
        raise UsageError(f"there is no regime {id[:40]}", next_step=step)
    return found[id]


def make_return(
    chosen: Regime,
    case: Case,
    context: Context,
    catalog: Catalog,
    body: Body | None,
    on: date,
    *,
    signed_by: str = "",
    previous: Return | None = None,
    place: str = "",
    only_public: bool = False,
) -> Return:
    """The return of one regime.

    Args:
        chosen: the regime.
        case: holds the devices and who made them.
        context: what the case remembers of its audit.
        catalog: what we know.
        body: whose devices; none: not known.
        on: the date for which everything is said.
        signed_by: who answers for it; empty: nobody yet.
        previous: the return before, to tell what changed.
        place: the file of the return before, for what is said of it.
        only_public: leave out what may not be published.

    Raises:
        UsageError: the return before is of another regime, another body or a later date.
    """
    texts = [catalog.directives[id] for id in chosen.texts if id in catalog.directives]
    judge = Judge(body, texts, catalog, on)
    made = chosen.make(Estate(case, context, judge, catalog, chosen.texts, signed_by))
    if previous is not None:
        check_previous(previous, made, place)
    if only_public:
        made = public(made)
        # compared after the leaving out: a change must not tell what is not printed
        previous = public(previous) if previous is not None and previous.publication != "public" else previous
    if previous is None:
        return made
    return msgspec.structs.replace(made, previous=previous.as_of, changed=tuple(compare(previous, made)))
