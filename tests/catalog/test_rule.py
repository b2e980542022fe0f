"""What one rule says of one value, and that the check of the catalog asks it in the same way."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.catalog.check import check_catalog
from custodiet.catalog.contents import Catalog
from custodiet.catalog.rule import ask, fill
from small import catalog, fingerprint

BANNER = fingerprint(
    "acme-banner", "banner.ftp", "{ manufacturer: acme, model: 'AC {model}' }", regex="^Acme(?: (?P<model>[0-9]+))?"
)
EXACT = fingerprint("acme-realm", "http.www_authenticate", "{ manufacturer: acme }", equals="[ACME]")


def says(known: Catalog, id: str, value: str) -> dict[str, str] | None:
    record = known.fingerprint(id)
    assert record is not None
    held = ask(record, known.patterns.get(id), value)
    return None if held is None else held.says


def test_groups_are_filled_in_and_what_stays_empty_is_left_out(tmp_path: Path) -> None:
    known = catalog(tmp_path, BANNER, EXACT)
    assert says(known, "acme-banner", "Acme 12") == {"manufacturer": "acme", "model": "AC 12"}
    assert says(known, "acme-banner", "Acme") == {"manufacturer": "acme"}
    assert says(known, "acme-banner", "an Acme 12") is None
    assert says(known, "acme-realm", "ACME") == {"manufacturer": "acme"}
    assert says(known, "acme-realm", "acme") is None


def test_an_example_cannot_show_what_the_rule_never_says(tmp_path: Path) -> None:
    (path, text) = next(iter(BANNER.items()))
    example = "examples: [{ value: Acme, says: { model: 'AC ' } }, { value: Acme 12, says: { model: AC 12 } }]"
    known = catalog(tmp_path, {path: text.replace("examples: []", example, 1)})
    assert "'Acme' gives model: '' and not 'AC '" in {result.fault for result in check_catalog(known)}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("acme", "acme"),
        ("{model}", "AC-1"),
        ("AC {model}/{model}", "AC AC-1/AC-1"),
        ("{absent}", ""),
        ("{model} {absent}", ""),
        ("{model.__class__}", "{model.__class__}"),
        ("{model:>999999999}", "{model:>999999999}"),
        ("{0}", ""),
        ("{", "{"),
    ],
)
def test_templates_are_filled_or_empty_and_reach_nothing_else(template: str, filled: str) -> None:
    assert fill(template, {"model": "AC-1"}) == filled
