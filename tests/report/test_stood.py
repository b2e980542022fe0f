"""What people wrote is told with where it stands, and letter for letter."""

from __future__ import annotations

import io

import msgspec
import pytest
from lxml import html

from custodiet.model import Source
from custodiet.report import stood
from custodiet.report.guard import as_it_stood
from custodiet.report.html import write_html

from .factory import REGISTER, FakeNames, assessment, claim, relabelled_camera, seen

LABEL = Source(id="src-label", kind="label", format="label", name="label of 10.0.0.5.jsonl", sha256="0" * 64, size=80)
TABLE = msgspec.structs.replace(LABEL, id=REGISTER, kind="register", name="register.csv")
SOURCES = {one.id: one for one in (LABEL, TABLE)}
ON_IT = "on its label, as somebody read it"


@pytest.mark.parametrize(
    ("attribute", "kinds", "said"),
    [
        ("register.brand", ["label"], f"brand {ON_IT}"),
        ("label.brand", ["label"], f"brand {ON_IT}"),
        ("register.serial", ["register", "label"], f"serial number {ON_IT} and in a register"),
        ("register.model", ["purchase_record"], "model in a purchase record"),
        ("register.brand", [], ""),  # no source at hand: its id is all there is
        ("http.server", ["capture"], ""),
    ],
)
def test_it_is_said_by_whom(attribute: str, kinds: list[str], said: str) -> None:
    assert stood.named(attribute, kinds) == said


def test_every_attribute_that_people_write_has_a_name() -> None:
    from custodiet.catalog import load_catalog

    written = [id.partition(".") for id in load_catalog().attributes]
    assert {field for shelf, _, field in written if shelf in ("register", "label")} == set(stood.FIELDS)


def test_brand_and_model_that_were_read_as_one_stand_apart() -> None:
    brand, model = (seen(f"register.{name}", text, "line 1", LABEL.id, None) for name, text in
                    (("brand", "EZVIZ"), ("model", "CS-C6N")))  # fmt: skip
    brand, model = (msgspec.structs.replace(one, subject="label:1") for one in (brand, model))
    together = claim("manufacturer", "hikvision", model, "model-grammar", span=(3, 9))
    together = msgspec.structs.replace(together, observed="EZVIZ CS-C6N", observations=(model.id, brand.id))
    found = stood.letters(together, [together.span], {one.id: one for one in (brand, model)}, SOURCES)
    assert [(one.name, one.text, one.marks) for one in found] == [
        (f"brand {ON_IT}", "EZVIZ", [(3, 5)]),
        (f"model {ON_IT}", "CS-C6N", [(0, 3)]),
    ]
    alone = claim("model", "CS-C6N", model)
    [one] = stood.letters(alone, [(0, 6)], {model.id: model}, SOURCES)
    assert (one.text, one.marks) == ("CS-C6N", [(0, 6)])


def test_a_report_says_register_of_no_label() -> None:
    """The brand of a label is one row, though it is observed as two things; both can be led to."""
    entry = relabelled_camera()
    [written] = [one for one in entry.evidence if one.attribute == "register.brand"]
    read = msgspec.structs.replace(written, source=LABEL.id, subject="label:1", locator="line 1, photo 0f")
    once_more = msgspec.structs.replace(read, id="obs-once-more", attribute="label.brand")
    others = [one for one in entry.evidence if one is not written]
    entry = msgspec.structs.replace(entry, evidence=(*others, read, once_more))
    head = assessment()
    head = msgspec.structs.replace(head, sources=(*head.sources, LABEL))
    page = io.StringIO()
    write_html(page, head, [entry], FakeNames())
    tree = html.fromstring(page.getvalue())
    rows = [row for row in tree.xpath("//tr[th/@role='rowheader']") if "photo 0f" in row.text_content()]
    assert [row.xpath("string(th)") for row in rows] == [f"Brand {ON_IT}"]
    [device] = tree.xpath("//article")
    assert "register.brand" not in device.text_content() and "label.brand" not in device.text_content()
    assert len(rows[0].xpath("th/span/@id")) == 1
    assert f"Brand {ON_IT}: HiLook" in " ".join(device.text_content().split())


def test_the_terminal_says_so_too() -> None:
    """Where devices are listed and where one is explained."""
    brand, model = (msgspec.structs.replace(seen(f"register.{name}", text, "line 1", LABEL.id, None), subject="label:1")
                    for name, text in (("brand", "EZVIZ"), ("model", "CS-C6N")))  # fmt: skip
    together = msgspec.structs.replace(
        claim("manufacturer", "hikvision", model, "model-grammar", span=(3, 9)),
        observed="EZVIZ CS-C6N", observations=(model.id, brand.id),
    )  # fmt: skip
    text = as_it_stood(stood.letters(together, [together.span], {one.id: one for one in (brand, model)}, SOURCES))
    assert text.plain == f"brand {ON_IT}: EZV«IZ»; model {ON_IT}: «CS-»C6N"
    [answer] = stood.letters(claim("model", "x", seen("http.server", "x/1", "packet 1")), [], {}, {})
    assert as_it_stood([answer]).plain == "http.server was x/1"
