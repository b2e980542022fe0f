from typing import get_args

import msgspec
import pytest

from custodiet.identify.weigh import _SETTLES
from custodiet.model import Answered, Entry, Identifier, Issue
from custodiet.model.finding import Outcome
from custodiet.report import summary, words
from custodiet.resolve import LENT

from .factory import (
    CAPTURE,
    NOVEMBER,
    REGISTER,
    FakeNames,
    allowed_camera,
    assessment,
    claim,
    entries,
    finding,
    flow,
    identified,
    printer,
    relabelled_camera,
    seen,
    silent_device,
    sure,
    unknown_device,
)

NAMES = FakeNames()
SOURCES = assessment().sources


def changed(entry: Entry, **over: object) -> Entry:
    return msgspec.structs.replace(entry, **over)


def seen_at(entry: Entry, moment: float | None) -> Entry:
    return changed(entry, asset=msgspec.structs.replace(entry.asset, last_seen=moment))


def test_what_it_is() -> None:
    assert summary.what(relabelled_camera(), NAMES) == "Camera, Hikvision DS-2CD2143G2-I, sold as HiLook"
    assert summary.what(unknown_device(), NAMES) == "Device of unknown kind, maker unknown"
    assert summary.what(allowed_camera(), NAMES) == "4 × Camera, Axis P3245-V"
    assert summary.what(printer(), NAMES) == "Not a surveillance device"


def test_a_brand_is_never_given_as_the_maker() -> None:
    label = claim("brand", "hilook", seen("register.brand", "HiLook", "row 1"), "stated")
    entry = changed(unknown_device(), identification=identified("x", brand=sure("hilook", label)))
    assert summary.what(entry, NAMES) == "Device of unknown kind, labelled HiLook, maker unknown"
    assert summary.contradiction(entry, NAMES, SOURCES) == ""


def test_a_model_that_names_another_maker_stands_behind_the_brand() -> None:
    """As a register has it that is wrong: the factory that answers makes no such model."""
    written, answered = seen("register.model", "P3245-V", "row 1"), seen("sadp.reply", "x", "packet 1")
    entry = changed(
        unknown_device(),
        identification=identified(
            "x",
            device_class=sure("camera", claim("device_class", "camera", answered)),
            brand=sure("axis", claim("brand", "axis", written)),
            model=sure("P3245-V", claim("model", "P3245-V", written)),
            manufacturer=sure(
                "hikvision",
                claim("manufacturer", "hikvision", answered),
                against=(claim("manufacturer", "axis", written),),
            ),
        ),
    )
    assert summary.what(entry, NAMES) == "Camera, Hikvision, sold as Axis P3245-V"


def test_a_row_without_a_date_saw_nothing_on_the_day_that_its_address_was_seen() -> None:
    written = seen("register.brand", "HiLook", "row 1", at=None)
    entry = changed(seen_at(unknown_device(), 1669789800.0), evidence=(written,), flows=())
    assert summary.last_seen_in(entry, {written.source: "register"}) == ""
    assert summary.last_seen_in(seen_at(entry, None), {written.source: "register"}) == "register"


def test_a_list_tells_the_day_of_the_name_from_that_of_the_address() -> None:
    told = summary.freshness(1669789800.0, "scan", "2022-12-01", "2022-06-01")
    assert told == "named on 1 June 2022; its address last seen 1 day before 1 Dec 2022, in a scan"


def test_the_mac_that_a_router_lends_is_not_the_name_of_a_device() -> None:
    told = (Identifier(kind="mac", value="00:00:5e:00:53:01", identity=False, why=LENT),)
    told += (Identifier(kind="ip", value="10.0.0.5", identity=True),)
    asset = msgspec.structs.replace(unknown_device().asset, identifiers=told)
    assert [one.kind for one in summary.own_identifiers(asset)] == ["ip"]


def test_how_sure() -> None:
    assert summary.how_sure(relabelled_camera()) == (
        "maker certain: its reply to the maker's own discovery, how its services answer and its address block agree, "
        "but what it calls itself says otherwise"
    )
    assert summary.how_sure(allowed_camera()) == "maker possible: only what people wrote down says so"
    assert summary.how_sure(unknown_device()) == "unknown: what it said is too little to name it"
    assert summary.how_sure(silent_device()) == "unknown: nothing it said names it"
    assert summary.how_sure(printer()) == "kind certain: how its services answer says so"


def test_many_kinds_of_evidence_are_counted() -> None:
    of = seen("http.server", "x", "packet 1")
    claims = [
        claim("manufacturer", "axis", of, kind) for kind in ("certificate", "web-page", "traffic", "address-block")
    ]
    said = summary.because(sure("axis", *claims))
    assert said == "its certificate, its web page and 2 more kinds of evidence agree"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOVEMBER, "last seen 10 days before 1 Dec 2022, in a capture"),
        (NOVEMBER + 9 * 86400, "last seen 1 day before 1 Dec 2022, in a capture"),
        (NOVEMBER + 10 * 86400, "last seen on 1 Dec 2022, the day of the judgement, in a capture"),
        (NOVEMBER - 700 * 86400, "last seen 710 days before 1 Dec 2022, in a capture"),
        (NOVEMBER - 5_800 * 86400, "last seen 16 years before 1 Dec 2022, in a capture"),
        (NOVEMBER + 12 * 86400, "last seen 2 days after 1 Dec 2022, in a capture"),
        (None, "seen in a capture, without a time"),
        (float("nan"), "seen in a capture, without a time"),
    ],
)
def test_how_fresh(moment: float | None, said: str) -> None:
    assert summary.how_fresh(seen_at(unknown_device(), moment), assessment()) == said


def test_how_fresh_without_a_time_or_a_source() -> None:
    assert summary.how_fresh(allowed_camera(), assessment()) == "stated in a register, without a date"
    assert summary.how_fresh(unknown_device(), assessment(sources=())).endswith("in the sources read")
    assert summary.how_fresh(unknown_device(), assessment(on="some day")) == "last seen 21 Nov 2022, in a capture"


def test_how_fresh_names_the_source_that_saw_it_last() -> None:
    """A capture that saw it both first and last is not outdone by a scan between."""
    captured, again = (
        seen("http.server", text, text, at=NOVEMBER + days * 86400) for text, days in (("a", 0), ("b", 2))
    )
    scanned = seen("http.server", "c", "host 10.0.1.1", REGISTER, NOVEMBER + 86400)
    entry = changed(
        unknown_device(),
        evidence=tuple(msgspec.structs.replace(o, last_seen=o.first_seen) for o in (captured, scanned, again)),
    )
    assert summary.last_seen_in(entry, {CAPTURE: "capture", REGISTER: "scan"}) == "capture"
    talked = msgspec.structs.replace(flow("ip:203.0.113.9", 1), last_seen=NOVEMBER + 3 * 86400)
    entry = changed(entry, evidence=(scanned,), flows=(talked,))
    assert summary.last_seen_in(entry, {CAPTURE: "capture", REGISTER: "scan"}) == "capture"


def test_a_report_that_is_late_says_so() -> None:
    late = msgspec.structs.replace(finding(outcome="report due", deadline="2020-02-13"), on="2020-02-14")
    assert "by 13 Feb 2020, which has passed, under" in summary.verdict(late, NAMES)
    assert "passed" not in summary.verdict(msgspec.structs.replace(late, on="2020-02-13"), NAMES)


def test_a_line_that_names_no_maker_is_said_to_be_a_line_and_no_device_that_kept_silent() -> None:
    device = silent_device()
    assert summary.how_sure(device) == "unknown: nothing it said names it"
    line = msgspec.structs.replace(device.asset, subjects=(f"{REGISTER}/row:Inkoop!3",))
    written = changed(device, asset=line, findings=())
    assert summary.how_sure(written) == "unknown: nothing in the line names a maker that we know"
    assert summary.what_it_means(written, NAMES).startswith("What is written of it does not say what it is")


def test_what_it_means() -> None:
    said = summary.what_it_means(relabelled_camera(), NAMES)
    assert said == "Must be gone by Apr 2025 under “Example instruction on cameras” (an obligation)"
    said = summary.what_it_means(unknown_device(), NAMES)
    assert said == "Cannot be judged under “Example instruction on cameras” (an obligation); missing: Who made it"
    assert summary.what_it_means(allowed_camera(), NAMES) == "Allowed under “Example instruction on cameras”"
    assert "it is no surveillance device and no directive applied here" in summary.what_it_means(printer(), NAMES)
    assert "no directive was applied" in summary.what_it_means(changed(relabelled_camera(), findings=()), NAMES)
    silent = summary.what_it_means(changed(silent_device(), findings=()), NAMES)
    assert silent == "Gave no sign of what it is, so it was not judged"
    nothing = changed(printer(), findings=(finding("p", status="not_applicable", outcome="out of scope"),))
    assert summary.what_it_means(nothing, NAMES) == "No directive that was applied demands anything of it"
    thrice = changed(unknown_device(), findings=unknown_device().findings * 3)
    assert summary.what_it_means(thrice, NAMES).endswith("; 2 more requirements like it")


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_every_outcome_has_a_sentence(outcome: str) -> None:
    for deadline in ("", "2025-04-30"):
        said = summary.verdict(finding(outcome=outcome, deadline=deadline, directive="gone-id"), NAMES)
        assert "gone-id" in said
        assert "  " not in said
        assert outcome in ("not addressed", "out of scope", "allowed", "allowed, discouraged", "cannot judge") or (
            ("30 Apr 2025" in said) is bool(deadline)
        )


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["register"], "The register says HiLook; it answers as Hikvision."),
        (["register", "label"], "The label and the register say HiLook; it answers as Hikvision."),
        (["purchase_record"], "A purchase record says HiLook; it answers as Hikvision."),
        (["capture"], "It calls itself HiLook; the evidence says Hikvision."),
        (["capture", "register"], "The register says HiLook; it answers as Hikvision."),
    ],
)
def test_who_names_another_brand_is_said(kinds: list[str], said: str) -> None:
    """Nobody is told of a label that nobody looked at."""
    told = [seen("register.brand", "HiLook", f"row {n}", kind, None) for n, kind in enumerate(kinds)]
    brand = sure("hilook", claim("brand", "hilook", told[0], "stated", observations=[one.id for one in told]))
    entry = relabelled_camera()
    conclusions = tuple(brand if one.field == "brand" else one for one in entry.identification.conclusions)
    concluded = msgspec.structs.replace(entry.identification, conclusions=conclusions)
    entry = changed(entry, identification=concluded, evidence=(*entry.evidence, *told))
    sources = [msgspec.structs.replace(SOURCES[0], id=kind, kind=kind) for kind in kinds]
    assert summary.contradiction(entry, NAMES, [*SOURCES, *sources]) == said


@pytest.mark.parametrize(
    ("kind", "strength", "said"),
    [
        ("register", 0.9, "The register also says HiLook."),
        ("scan", 0.8, "What was seen of it on the network also names HiLook."),
        ("scan", 0.3, ""),  # a mention in passing
    ],
)
def test_who_names_another_brand_beside_the_right_one_is_said(kind: str, strength: float, said: str) -> None:
    one, other = seen("sadp.reply", "x", "packet 1"), seen("x", "HiLook", "row 2", kind)
    against = claim("brand", "hilook", other, strength=strength)
    told = {
        "brand": sure("hikvision", claim("brand", "hikvision", one), against=(against,)),
        "manufacturer": sure("hikvision", claim("manufacturer", "hikvision", one)),
    }
    entry = changed(unknown_device(), identification=identified("x", **told), evidence=(one, other))
    sources = [msgspec.structs.replace(SOURCES[0], id=kind, kind=kind)]
    assert summary.contradiction(entry, NAMES, [*SOURCES, *sources]) == said


@pytest.mark.parametrize(
    ("ports", "confidence", "several"),
    [
        (("8001", "8002"), 0.5, True),
        (("80", "80"), 0.5, False),  # one answer names both
        (("8001", ""), 0.5, False),  # the other is said of the whole device
        (("8001", "8002"), 0.8, False),  # one of them is sure
    ],
)
def test_several_makers_behind_one_address_are_no_device_of_one(
    ports: tuple[str, str], confidence: float, several: bool
) -> None:
    one, other = (
        seen("service.product", maker, f"host 10.9.0.50{f' port tcp/{port}' if port else ''}")
        for maker, port in zip(("hikvision", "axis"), ports, strict=True)
    )
    made = sure(
        "hikvision",
        claim("manufacturer", "hikvision", one),
        against=(claim("manufacturer", "axis", other),),
        confidence=confidence,
    )
    kind = sure("camera", claim("device_class", "camera", one))
    concluded = identified("x", manufacturer=made, device_class=kind)
    entry = changed(unknown_device(), identification=concluded, evidence=(one, other))
    assert (summary.what(entry, NAMES) == "Camera, several makers answer at this address") is several
    assert summary.how_sure(entry).startswith("maker unknown: several makers answer") is several
    assert ("each at ports of its own: Hangzhou Hikvision" in summary.contradiction(entry, NAMES, SOURCES)) is several


def test_a_contradiction_is_said_plainly() -> None:
    assert summary.contradiction(allowed_camera(), NAMES, SOURCES) == ""
    of = seen("onvif.scope", "x", "packet 1")
    said = summary.contradiction(
        changed(
            unknown_device(),
            identification=identified(
                "x",
                manufacturer=sure("hikvision", claim("manufacturer", "hikvision", of)),
                declared_manufacturer=sure("Acme", claim("declared_manufacturer", "Acme", of)),
            ),
        ),
        NAMES,
        SOURCES,
    )
    assert said == "It calls itself Acme; the evidence says Hikvision."


@pytest.mark.parametrize(
    ("brand", "maker", "said"),
    [
        ("axis", "axis", "Camera, Axis"),
        ("hikvision", "hikvision", "Camera, Hikvision"),
        ("example", "example-works", "Camera, Example"),
        ("", "example-works", "Camera, Example Works GmbH"),
        ("hilook", "example-works", "Camera, Example Works GmbH, sold as HiLook"),
    ],
)
def test_a_maker_that_writes_its_name_in_full_is_no_contradiction(brand: str, maker: str, said: str) -> None:
    of = seen("x", "x", "row 1")
    about = {"device_class": "camera", "manufacturer": maker, "brand": brand}
    conclusions = {field: sure(value, claim(field, value, of)) for field, value in about.items() if value}
    entry = changed(unknown_device(), identification=identified("x", **conclusions))
    assert summary.what(entry, NAMES) == said
    assert bool(summary.contradiction(entry, NAMES, SOURCES)) is ("sold as" in said)


def test_unknown_says_what_would_settle_it() -> None:
    assert summary.would_settle(unknown_device()) == [
        "Who made it.",
        "A reply to a maker's own discovery would settle who made it.",
    ]
    assert summary.would_settle(allowed_camera()) == []


def test_nobody_is_asked_for_a_label_that_was_read() -> None:
    entry = unknown_device()
    unknown = {
        field: msgspec.structs.replace(entry.identification.get(field), settle=_SETTLES[field])
        for field in ("brand", "model", "serial")
    }
    entry = changed(entry, identification=identified(entry.asset.id, **unknown))
    subjects = (*entry.asset.subjects, "src-1/label:1")
    labelled = changed(entry, asset=msgspec.structs.replace(entry.asset, subjects=subjects))
    for device, is_asked in ((entry, True), (labelled, False)):
        assert any("label" in told for told in summary.would_settle(device)) is is_asked
        told = {one.field: one.conclusion.settle for one in summary.more_fields(device, NAMES)}
        assert all("discovery" in told[field] and ("label" in told[field]) is is_asked for field in ("model", "serial"))


def test_the_five_names_stay_apart() -> None:
    five = summary.five_names(relabelled_camera(), NAMES)
    assert [(name.label, name.value) for name in five] == [
        ("Brand", "HiLook"),
        ("Manufacturer", "Hangzhou Hikvision Digital Technology Co., Ltd."),
        ("Declared maker", ""),
        ("Address registrant", ""),
        ("Supplier", ""),
    ]


def test_totals_add_up() -> None:
    head = assessment()
    told = summary.totals(head)
    assert [total.number for total in told] == [1, 1, 1, 1]
    assert sum(total.number for total in told) == head.totals.assets
    assert [total.label for total in told][2:] == ["has nothing found against it", "was not judged"]
    before = msgspec.structs.replace(head, totals=msgspec.structs.replace(head.totals, not_judged=None))
    assert [total.number for total in summary.totals(before)] == [1, 1, 2], "an earlier case did not count them apart"
    assert "those that gave no sign" in summary.totals(before)[2].means


def test_where_lines_stand_for_several_entries_and_devices_are_two_numbers() -> None:
    head = assessment()
    told = msgspec.structs.replace(head.totals, devices=9)
    assert summary.how_many(told) == "4 entries for 9 devices"
    assert "is one entry" in summary.what_an_entry_is(told)
    for devices in (4, None):
        same = msgspec.structs.replace(head.totals, devices=devices)
        assert (summary.how_many(same), summary.what_an_entry_is(same)) == ("4 devices", "")
    assert "4 entries for 9 devices found: 2 for" in summary.scope(msgspec.structs.replace(head, totals=told))


def test_scope() -> None:
    assert summary.scope(assessment()) == (
        "2 sources read, 4 devices found: 2 for surveillance, 1 of unknown kind, 1 other; 1 input not read."
    )
    assert "not read" not in summary.scope(assessment(skipped=()))


def test_kinds_of_sources_are_counted() -> None:
    assert summary.kinds_read(assessment()) == "1 capture, 1 register"
    twice = assessment(sources=(*assessment().sources, assessment().sources[0]))
    assert summary.kinds_read(twice) == "2 captures, 1 register"


def test_inputs_that_were_not_read_for_one_reason_stand_together() -> None:
    def skipped(name: str, reason: str) -> Issue:
        return Issue(source=name, place="", reason=reason, next_step="Look.")

    head = assessment(skipped=(skipped("a", "empty"), skipped("b", "unknown"), skipped("c", "empty.")))
    assert summary.unread(head) == [(["a", "c"], "empty", "Look."), (["b"], "unknown", "Look.")]


def test_the_next_command() -> None:
    first = entries()[0]
    said = summary.next_command(assessment(), first, case="my case.sqlite")
    assert said == "custodiet explain asset-camera --case 'my case.sqlite'"
    assert "--sites SITES.yml" in summary.next_command(assessment(body=None), first)
    assert "--case CASE.sqlite" in summary.next_command(assessment(), first)
    assert summary.next_command(assessment(), None) == "custodiet audit --help"


def test_a_long_name_is_cut_in_a_sentence() -> None:
    of = seen("device.model", "M" * 5_000, "row 1")
    entry = changed(unknown_device(), identification=identified("x", model=sure("M" * 5_000, claim("model", "M", of))))
    assert len(summary.what(entry, NAMES)) < 200


def test_how_headings_were_read() -> None:
    told = summary.headings({"Merk": "brand", "Type": "model", "Prijs": ""})
    assert told == "columns: Merk as brand and Type as model; not read: Prijs"
    assert summary.headings({"Prijs": ""}) == "columns: none; not read: Prijs"


def test_one_device_takes_the_singular() -> None:
    totals = msgspec.structs.replace(assessment().totals, assets=4, not_satisfied=1, undetermined=1)
    labels = [total.label for total in summary.totals(assessment(totals=totals))]
    assert labels[:3] == ["does not satisfy a requirement", "cannot be judged yet", "has nothing found against it"]
    totals = msgspec.structs.replace(totals, assets=9, not_satisfied=2)
    assert summary.totals(assessment(totals=totals))[0].label == "do not satisfy a requirement"


def test_directives_that_were_not_in_force_are_named() -> None:
    assert summary.applied(assessment(), NAMES) == "Judged by 2 directives."
    early = summary.applied(assessment(on="2022-11-23"), NAMES)
    assert early.startswith("Judged by 2 directives; not in force on 23 Nov 2022: “Example instruction on cameras”")
    many = assessment(on="2022-11-23", directives=("xx-instruction",) * 5)
    assert summary.applied(many, NAMES).endswith("and 2 more.")


@pytest.mark.parametrize(
    ("on", "until", "asleep"),
    [
        ("2022-11-23", "", True),
        ("2022-11-24", "", False),
        ("2023-06-30", "2023-06", False),
        ("2023-07-01", "2023-06", True),
        ("2023-06-30", "2023-06-30", False),
    ],
)
def test_what_was_not_in_force_is_not_called_not_addressed(on: str, until: str, asleep: bool) -> None:
    from .factory import instruction

    names = FakeNames(msgspec.structs.replace(instruction(), until=until))
    told = summary.verdict(finding(status="not_applicable", outcome="not addressed", on=on), names)
    assert told.startswith("Not in force on" if asleep else "This body is not addressed by")


def test_without_a_body_no_directive_is_singled_out() -> None:
    unknown = msgspec.convert({"question": "body", "answer": "unknown", "because": "No sites file."}, Answered)
    waiting = finding(
        status="undetermined", outcome="cannot judge", missing=("whose device it is",), answers=(unknown,)
    )
    other = msgspec.structs.replace(waiting, directive="yy-contract")
    entry = changed(unknown_device(), findings=(waiting, waiting, other))
    assert summary.what_it_means(entry, NAMES) == "Cannot be judged under 2 directives; missing: whose device it is"


def test_a_conversation_is_told_from_the_side_of_the_device() -> None:
    entry = relabelled_camera()
    out = entry.flows[0]
    assert summary.conversation(out, entry.asset) == ("203.0.113.9", "tcp/8800", 1_234_567, 4_321)
    asked = msgspec.structs.replace(out, subject="ip:10.0.0.99", peer="ip:10.0.0.5", port=80)
    assert summary.conversation(asked, entry.asset) == ("10.0.0.99", "its own tcp/80", 4_321, 1_234_567)


def test_advice_ends_with_a_full_stop() -> None:
    assert summary.advice("the file is empty", "Export it again.") == "the file is empty. Export it again."
    assert summary.advice("it is damaged.", "Save it as .csv") == "it is damaged. Save it as .csv."
    assert summary.advice("it is damaged", "") == "it is damaged."


def test_a_source_that_was_given_up_is_not_counted_as_read() -> None:
    issue = Issue(source=REGISTER, place="", reason="the workbook is damaged", severity="incomplete")
    head = assessment()
    counted = tuple(tally for tally in head.tallies if tally.source != REGISTER)
    told = summary.scope(msgspec.structs.replace(head, tallies=counted, issues=(issue,)))
    assert told.startswith(f"{words.count(len(head.sources) - 1, 'source')} read and 1 more not whole, ")


@pytest.mark.parametrize(
    ("name", "model", "said"),
    [
        ("Axis", "AXIS P3245-V", "Axis P3245-V"),
        ("HP", "HP LaserJet", "HP LaserJet"),
        ("Axis", "P3245-V", "Axis P3245-V"),
        ("Axis", "Axis", "Axis"),
        ("", "AXIS P3245-V", "AXIS P3245-V"),
        ("Axis", "", "Axis"),
        ("HP", "HPE switch", "HP HPE switch"),
    ],
)
def test_a_name_that_begins_the_model_is_said_once(name: str, model: str, said: str) -> None:
    assert summary.with_model(name, model) == said
