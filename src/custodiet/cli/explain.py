"""``custodiet explain``: the tree behind one device."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.cli.common import CaseOption, CatalogOption, JsonOption, VerboseOption, load
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.casefile import Case
    from custodiet.model import Asset


def explain(
    asset: Annotated[str, typer.Argument(metavar="ASSET", help="Its id, address, MAC, serial number or tag.")],
    case: CaseOption,
    catalog: CatalogOption = None,
    json: JsonOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Show what held, where it was seen, and what spoke against it."""
    from custodiet import audit as steps
    from custodiet.casefile import Case
    from custodiet.cli.show import show_entry

    with Case(case, must_exist=True) as opened:
        found = find_asset(opened, asset)
        entry = next(steps.entries(opened, found.id))
        show_entry(opened, entry, load(catalog), json=json, verbose=verbose)


def find_asset(case: Case, wanted: str) -> Asset:
    """The one asset that is meant.

    Raises:
        UsageError: none or several are; the message names some.
    """
    folded = _folded(wanted)
    exact: list[Asset] = []
    near: list[Asset] = []
    some: list[str] = []
    for asset, *_ in case.conclusions():
        some.append(asset.label)
        names = [asset.id, asset.label, *(i.value for i in asset.identifiers), *asset.subjects]
        if any(folded == name.casefold() for name in names):
            exact.append(asset)
        elif any(folded in name.casefold() for name in names):
            near.append(asset)
    found = exact or near
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"no device is called {wanted!r}",
            place=str(case.path),
            next_step=f"There are: {'; '.join(some[:8])}{' ...' if some[8:] else ''}",
        )
    several = "; ".join(f"{asset.label} ({asset.id})" for asset in found[:8])
    raise UsageError(f"{len(found)} devices are called {wanted!r}", next_step=f"Choose one by its id: {several}")


def _folded(wanted: str) -> str:
    """What people type, as we write it: a MAC address in any of its notations, an IP address in any of its forms."""
    text = wanted.strip().casefold()
    digits = re.sub(r"[-:.]", "", text)
    if re.fullmatch(r"[0-9a-f]{12}", digits) and re.fullmatch(r"(?:..([-:.]?)(?:..\1){4}..|(?:....\.){2}....)", text):
        return ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    try:
        return str(ip_address(text))
    except ValueError:
        return text
