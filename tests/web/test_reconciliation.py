"""How register, network and purchases stand to each other; what was settled folds away until the device changes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custodiet.model import FIELDS, Asset, Claim, Conclusion, Entry, Identification, Observation

HERE = "/b/waterdorp/reconciliation/"
KINDS = {"net": "capture", "reg": "register", "bill": "purchase_record", "ask": "survey_answer"}


class _Catalog:
    """A catalog that knows one brand, which another company makes."""

    def __init__(self) -> None:
        from custodiet.model import Brand

        self.brands = {"ours": Brand(id="ours", name="Ours", company="real", makes=("real",))}
        self.companies: dict[str, Any] = {}


def _claim(field: str, value: str, source: str, technique: str = "self-declared") -> Claim:
    attribute = f"register.{field}" if source == "reg" else "http.server"
    technique = "label" if source == "reg" else technique
    return Claim(
        field=field, value=value, technique=technique, strength=0.8, record="r", observations=(f"{source}-{field}",),
        attribute=attribute, observed=value,
    )  # fmt: skip


def _entry(sources: str, *claims: Claim, maker: str = "") -> Entry:
    told = {field: Conclusion(field=field, value="", confidence=0.0, band="unknown") for field in FIELDS}
    told["manufacturer"] = Conclusion(field="manufacturer", value=maker, confidence=0.9, band="certain")
    if maker and "net" in sources.split():
        claims = (*claims, _claim("manufacturer", maker, "net"))
    for claim in claims:
        here = told[claim.field]
        told[claim.field] = msgspec.structs.replace(here, claims_for=(*here.claims_for, claim))
    evidence = tuple(
        Observation(id=id, source=id.partition("-")[0], subject="s", attribute="a", value="v", locator="row 1")
        for claim in claims
        for id in claim.observations
    )
    asset = Asset(id="a1", label="cam", subjects=tuple(f"{source}/s" for source in sources.split()))
    concluded = Identification(asset="a1", conclusions=tuple(told.values()), catalog="c")
    return Entry(asset=asset, identification=concluded, findings=(), evidence=evidence)


def _stands(entry: Entry) -> Any:
    pytest.importorskip("django")
    from custodiet.web.standing import Brands, stands

    return stands(entry, KINDS, Brands(_Catalog()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sources", "standing"),
    [("reg net", "match"), ("reg", "ghost"), ("reg bill", "ghost"), ("net", "stray"), ("net bill", "stray"),
     ("bill", "bought")],
)  # fmt: skip
def test_who_knows_it_says_how_it_stands(sources: str, standing: str) -> None:
    told = _stands(_entry(sources))
    assert (told.standing, told.bought) == (standing, "bill" in sources)


@pytest.mark.parametrize(
    ("sources", "standing"), [("reg net", "stray"), ("reg", "ghost"), ("reg bill", "bought"), ("net", "stray")]
)
def test_a_row_of_ours_that_came_back_takes_nothing_into_a_register(sources: str, standing: str) -> None:
    from custodiet.web.standing import Brands, stands

    entry = _entry(sources, _claim("brand", "label-co", "reg"), _claim("brand", "real", "net"), maker="real")
    told = stands(entry, KINDS, Brands(_Catalog()), {"reg/s"})  # type: ignore[arg-type]
    assert told is not None and (told.standing, told.registered) == (standing, "")


def test_what_only_an_answer_of_a_survey_knows_stands_nowhere() -> None:
    assert _stands(_entry("ask")) is None


@pytest.mark.parametrize(
    ("claims", "maker", "standing"),
    [
        # the label names one brand, the device answers as another
        ([_claim("brand", "label-co", "reg"), _claim("brand", "real", "net")], "real", "mislabelled"),
        # nothing on the network names a brand
        ([_claim("brand", "label-co", "reg")], "", "match"),
        # the maker is known to make that brand: the register is right about the label
        ([_claim("brand", "ours", "reg"), _claim("brand", "real", "net")], "real", "match"),
        ([_claim("model", "DS-1", "reg"), _claim("model", "XX-99", "net")], "", "mislabelled"),
        # written otherwise, or cut off, is not another model
        ([_claim("model", "ds 2cd-2143", "reg"), _claim("model", "DS-2CD2143G0-I", "net")], "", "match"),
        # less exact, with the brand before it, is not another model either
        (
            [_claim("brand", "real", "reg"), _claim("model", "Jet M553", "reg"), _claim("model", "real Jet", "net")],
            "real",
            "match",
        ),
        (
            [_claim("brand", "real", "reg"), _claim("model", "Jet M553", "reg"), _claim("model", "real Ink", "net")],
            "real",
            "mislabelled",
        ),
    ],
)
def test_mislabelled_is_what_the_network_contradicts(claims: list[Claim], maker: str, standing: str) -> None:
    assert _stands(_entry("reg net", *claims, maker=maker)).standing == standing


@pytest.mark.parametrize("label", ["a-label", "z-label"])  # an id before that of the register, and one after
def test_a_label_that_says_what_the_register_says_hides_no_disagreement(label: str, tmp_path: Path) -> None:
    from custodiet.identify.weigh import conclude
    from small import catalog

    told = [_claim(field, text, "reg") for field, text in (("brand", "label-co"), ("model", "SS-4"))]
    read = [msgspec.structs.replace(one, observations=(f"{label}-{one.field}",)) for one in told]
    seen = [_claim("brand", "real", "net"), _claim("model", "DS-2143", "net")]
    entry = _entry("reg net label", *told, *read, *seen, maker="real")
    concluded = {
        field: conclude(field, [one for one in (*told, *read, *seen) if one.field == field], catalog(tmp_path))
        for field in ("brand", "model")
    }
    found = tuple(concluded.get(one.field, one) for one in entry.identification.conclusions)
    entry = msgspec.structs.replace(
        entry, identification=msgspec.structs.replace(entry.identification, conclusions=found)
    )
    stands = _stands(entry)
    assert (stands.standing, stands.registered) == ("mislabelled", "label-co SS-4")


def _rows(*rows: tuple[str, str], maker: str = "") -> Any:
    """Rows of registers about a device that answers as DS-2143 of ``real``."""
    entry = _entry("reg net", _claim("brand", "real", "net"), _claim("model", "DS-2143", "net"), maker=maker)
    told = {one.field: one for one in entry.identification.conclusions}
    evidence = list(entry.evidence)
    for number, row in enumerate(rows):
        for field, text in zip(("brand", "model"), row, strict=True):
            id = f"row{number}-{field}"
            claim = msgspec.structs.replace(_claim(field, text, "reg"), observations=(id,))
            told[field] = msgspec.structs.replace(told[field], claims_against=(*told[field].claims_against, claim))
            seen = msgspec.structs.replace(evidence[0], id=id, source="reg", subject=f"row{number}")
            evidence.append(seen)
    concluded = msgspec.structs.replace(entry.identification, conclusions=tuple(told.values()))
    return msgspec.structs.replace(entry, identification=concluded, evidence=tuple(evidence))


@pytest.mark.parametrize(
    ("rows", "standing", "registered"),
    [
        # a row that agrees hides none that does not, which is shown first
        ([("real", "DS-2143"), ("axis", "P3245-V")], "mislabelled", "axis P3245-V / real DS-2143"),
        ([("axis", "P3245-V"), ("label-co", "SS-4")], "mislabelled", "axis P3245-V / label-co SS-4"),
        ([("axis", "DS-2143"), ("real", "P3245-V")], "mislabelled", "axis DS-2143 / real P3245-V"),
        ([("real", "DS-2143"), ("real", "DS2143")], "match", "real DS-2143"),
        ([("real", "DS-2143"), ("real", "DS-2143 bullet")], "match", "real DS-2143 / real DS-2143 bullet"),
    ],
)
def test_each_row_of_a_register_is_compared_by_itself(
    rows: list[tuple[str, str]], standing: str, registered: str
) -> None:
    told = _stands(_rows(*rows, maker="real"))
    assert (told.standing, told.registered) == (standing, registered)


def test_registers_that_leave_the_maker_unsure_hide_no_disagreement(tmp_path: Path) -> None:
    from custodiet.web.standing import Brands, stands
    from small import catalog

    entry = _rows(("rival", ""), ("acme", ""))
    answer = _claim("manufacturer", "acme", "net", "protocol-reply")
    told = {one.field: one for one in entry.identification.conclusions}
    told["manufacturer"] = msgspec.structs.replace(told["manufacturer"], claims_against=(answer,))
    told["brand"] = msgspec.structs.replace(told["brand"], claims_for=())  # it says no brand
    seen = msgspec.structs.replace(entry.evidence[0], id="net-manufacturer")
    entry = msgspec.structs.replace(
        entry,
        identification=msgspec.structs.replace(entry.identification, conclusions=tuple(told.values())),
        evidence=(*entry.evidence, seen),
    )
    found = stands(entry, KINDS, Brands(catalog(tmp_path)))
    assert found is not None
    assert (found.standing, found.registered, found.seen) == (
        "mislabelled",
        "rival / acme",
        "Acme Cameras Ltd DS-2143",
    )


def _said(rows: list[tuple[str, str, float]], catalog: Any) -> Any:
    """How a device stands of which a register (``reg``) and the network (``net``) name these makers."""
    from custodiet.identify.weigh import conclude
    from custodiet.web.standing import Brands, stands

    claims = [
        msgspec.structs.replace(
            _claim("manufacturer", maker, source), strength=strength, observed=f"{number}", attribute="text"
        )
        for number, (source, maker, strength) in enumerate(rows)
    ]
    entry = _entry("reg net", *claims, *(_claim("brand", maker, "reg") for source, maker, _ in rows if source == "reg"))
    told = {one.field: one for one in entry.identification.conclusions}
    told["manufacturer"] = conclude("manufacturer", claims, catalog)
    concluded = msgspec.structs.replace(entry.identification, conclusions=tuple(told.values()))
    return stands(msgspec.structs.replace(entry, identification=concluded), KINDS, Brands(catalog))


def test_what_the_register_says_of_the_maker_is_no_word_of_the_network(tmp_path: Path) -> None:
    from small import catalog

    told = _said([("reg", "acme", 0.9)], catalog(tmp_path))
    assert (told.standing, told.registered, told.seen) == ("match", "acme", "")


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        # contradicted, so that none is sure: all are shown
        ([("net", "acme", 0.6), ("net", "rival", 0.55)], {"Acme Cameras Ltd", "Rival Optics"}),
        # a weak sign beside an answer is not a second maker
        ([("net", "acme", 0.9), ("net", "rival", 0.1)], {"Acme Cameras Ltd"}),
    ],
)
def test_all_makers_that_the_network_names_are_shown(
    rows: list[tuple[str, str, float]], seen: set[str], tmp_path: Path
) -> None:
    from small import catalog

    assert set(_said(rows, catalog(tmp_path)).seen.split(" / ")) == seen


def test_another_thing_to_settle_has_another_hash() -> None:
    one = _stands(_entry("reg net", _claim("model", "A-1", "reg"), _claim("model", "B-1", "net")))
    two = _stands(_entry("reg net", _claim("model", "A-1", "reg"), _claim("model", "B-2", "net")))
    assert one.found != two.found
    assert one.found == _stands(_entry("reg net", _claim("model", "A-1", "reg"), _claim("model", "B-1", "net"))).found


def test_what_matches_can_be_settled_too(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Standing

    Standing.objects.filter(body="waterdorp", standing="ghost").update(standing="match")
    client = person("editor")
    page = client.get(f"{HERE}?standing=match").content.decode()
    assert "HiLook IPC-T261H" in page and "seen on the spot" in page and "Why it is in order" not in page
    row = _page(client, "&standing=match")["rows"][0]
    told = {"found": row["found"], "reason": "seen on the spot"}
    assert client.post(f"{HERE}{row['device']}/settle/", told).status_code == 302
    assert _page(client)["counts"]["match"]["settled"] == 1


@pytest.mark.parametrize(
    ("brand", "model", "told"),
    [
        ("Axis", "AXIS P3245-V", "AXIS P3245-V"),
        ("Axis", "P3245-V", "Axis P3245-V"),
        ("Axis", "Axison 3", "Axis Axison 3"),
        ("", "P3245-V", "P3245-V"),
    ],
)
def test_a_brand_is_said_once(brand: str, model: str, told: str) -> None:
    claims = [_claim(field, text, "reg") for field, text in (("brand", brand), ("model", model)) if text]
    assert _stands(_entry("reg net", *claims)).registered == told


@pytest.mark.parametrize(
    ("models", "told"),
    [
        (["OURS P3245-V", "P3245-V"], "Ours P3245-V"),
        (["Ours Jet"], "Ours Jet"),
        (["Oursine 3", "P-1", "P-2"], "Ours Oursine 3 / P-1"),
        (["Ours"], "Ours"),
    ],
)
def test_the_network_says_a_brand_once(models: list[str], told: str) -> None:
    named = msgspec.structs.replace(_claim("brand", "ours", "net"), observed=models[0])  # read in the same text
    claims = [named, *(_claim("model", model, "net") for model in models)]
    assert _stands(_entry("net", *claims)).seen == told


def _page(client: Any, question: str = "") -> dict[str, Any]:
    answer = client.get(f"{HERE}?as=json{question}")
    assert answer.status_code == 200
    return dict(answer.json())


def test_ghosts_of_the_register_are_listed_and_counted(person: Callable[..., Any]) -> None:
    client = person("viewer")
    told = _page(client)
    assert (told["standing"], told["counts"]["ghost"]) == ("ghost", {"open": 2, "settled": 0})
    assert {"HiLook IPC-T261H", "Axis P3245-LVE"} == {row["registered"] for row in told["rows"]}
    assert "HiLook IPC-T261H" in client.get(HERE).content.decode()
    page = client.get(HERE).content.decode()
    assert "settle/" not in page and "Settle<" not in page
    assert "Settle<" in person("editor").get(HERE).content.decode()
    assert len(_page(client, "&site=stadhuis")["rows"]) == 1
    assert _page(client, "&kind=other")["counts"]["ghost"]["open"] == 1
    table = b"".join(client.get(f"{HERE}?as=csv")).decode()
    assert len(table.splitlines()) == 3


BOUGHT = (
    "Factuurdatum;Factuurnummer;Leverancier;Aantal;Artikelomschrijving\r\n"
    "05-05-2021;2021-0442;Beveiliging Noord B.V.;4;DS-2CD2T47G2-L bullet 4mm\r\n"
    "21-08-2020;;Kijkgoed;1;=SUM(1) camera dome\r\n"
)


@pytest.fixture
def shopper(person: Callable[..., Any], tmp_path: Path) -> Any:
    """A browser of somebody in a body with a register and a purchase record."""
    from custodiet.web.first import put_case
    from story import custodiet

    (tmp_path / "inkoop.csv").write_text(BOUGHT, encoding="utf-8")
    (tmp_path / "register.csv").write_text(
        "Objectnr;Omschrijving;Merk;Type;MAC-adres;Locatie;Ruimte\r\n"
        "K-1;Dome camera raadzaal;Axis;P3245-LVE;c0:56:e3:7d:21:12;Stadhuis;Zaal 3\r\n",
        encoding="utf-8",
    )
    (tmp_path / "sites.yml").write_text(
        "{ id: koopdorp, name: Koopdorp, kind: nl-municipality, country: NL, sites: [{ id: hal, name: Stadhuis }] }"
    )
    told = custodiet(
        "audit", tmp_path / "inkoop.csv", tmp_path / "register.csv", "--sites", tmp_path / "sites.yml",
        "--on", "2025-12-01", "--case", tmp_path / "case.sqlite", "--quiet",
    )  # fmt: skip
    assert told.code in (0, 3, 4), told.err
    put_case(tmp_path / "case.sqlite")
    return person("viewer", "koopdorp")


def test_what_was_bought_is_said(shopper: Any) -> None:
    address = "/b/koopdorp/reconciliation/?standing=bought"
    told = shopper.get(f"{address}&as=json").json()
    rows = {row["described"]: row for row in told["rows"]}
    [line] = rows["DS-2CD2T47G2-L bullet 4mm"]["purchases"]
    said = [line[name] for name in ("quantity", "on", "supplier", "record", "locator")]
    assert said == [4, "2021-05-05", "Beveiliging Noord B.V.", "2021-0442", "row 2"]
    assert told["sources"][line["source"]] == "inkoop.csv"
    page = shopper.get(address).content.decode()
    name = page[page.index('<th scope="row">') :]
    assert name.index("DS-2CD2T47G2-L bullet 4mm") < name.index("inkoop.csv, row 2")
    assert "4 × <bdi" in page and "5 May 2021" in page
    table = b"".join(shopper.get(f"{address}&as=csv")).decode()
    assert "DS-2CD2T47G2-L bullet 4mm,4,2021-05-05,Beveiliging Noord B.V.,2021-0442" in table
    assert "'=SUM(1) camera dome" in table


def test_what_was_settled_says_what_was_bought_and_is_given_as_a_file(shopper: Any, person: Callable[..., Any]) -> None:
    client, here = person("editor", "koopdorp"), "/b/koopdorp/reconciliation/"
    for row in client.get(f"{here}?standing=bought&as=json").json()["rows"]:
        told = {"found": row["found"], "reason": "=in stock"}
        assert client.post(f"{here}{row['device']}/settle/", told).status_code == 302
    page = shopper.get("/b/koopdorp/settled/").content.decode()
    name = page[page.index('<th scope="row">') :]
    assert name.index("DS-2CD2T47G2-L bullet 4mm") < name.index("inkoop.csv, row 2")
    assert "4 × <bdi" in page and "5 May 2021" in page
    told = shopper.get("/b/koopdorp/settled/?as=json").json()
    assert {row["purchases"][0]["source"] for row in told["rows"]} == set(told["sources"])
    head, *lines = b"".join(shopper.get("/b/koopdorp/settled/?as=csv")).decode().splitlines()
    assert head.endswith("order,settled_because,settled_by,settled_at") and len(lines) == 2
    line = next(line for line in lines if "DS-2CD2T47G2-L bullet 4mm" in line)
    assert "4,2021-05-05,Beveiliging Noord B.V.,2021-0442,'=in stock,editor" in line


def test_what_a_purchase_says_is_no_formula_in_the_list_as_a_file(shopper: Any) -> None:
    table = b"".join(shopper.get("/b/koopdorp/devices/?as=csv")).decode()
    assert ",'=SUM(1) camera dome," in table and ",=SUM" not in table
    with zipfile.ZipFile(io.BytesIO(b"".join(shopper.get("/b/koopdorp/devices/?as=xlsx")))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "&#39;=SUM(1)" in sheet.replace("'", "&#39;") and "<f>" not in sheet


def test_numbers_above_the_rows_add_up(shopper: Any, person: Callable[..., Any]) -> None:
    for client, body in ((shopper, "koopdorp"), (person("viewer"), "waterdorp")):
        for kind in ("surveillance", "unknown", "silent", "other"):
            told = client.get(f"/b/{body}/reconciliation/?kind={kind}&as=json").json()
            assert told["kinds"][kind] == sum(one["open"] for one in told["counts"].values())


def test_a_list_says_for_how_many_devices_its_rows_stand(shopper: Any) -> None:
    address = "/b/koopdorp/devices/"
    told = shopper.get(f"{address}?as=json").json()
    assert (told["total"], told["several"], told["counted"]) == (3, 1, 6)
    page = shopper.get(address).content.decode()
    assert "1 of the entries is a line of a purchase or a register that stands for several devices;" in page
    assert "all of them stand for 6 devices." in page
    assert "all of them stand for 6 devices." in shopper.get("/b/koopdorp/").content.decode()
    part = shopper.get(f"{address}?q=raadzaal").content.decode()
    assert "stands for several" not in part and "1 of 3 entries" in part


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("raadzaal", ["Dome camera raadzaal"]),
        ("zaal 3", ["Dome camera raadzaal"]),
        ("P3245", ["Dome camera raadzaal"]),
        ("c056e37d2112", ["Dome camera raadzaal"]),
        ("C0-56-E3-7D-21-12", ["Dome camera raadzaal"]),
        ("c056.e37d.2112", ["Dome camera raadzaal"]),
        ("C0 56 E3 7D 21 12", ["Dome camera raadzaal"]),
        ("C0-56-E3-7D-21-12 raadzaal", ["Dome camera raadzaal"]),
        ("ds-2cd2t47g2", ["DS-2CD2T47G2-L bullet 4mm"]),
        ("kijkgoed", ["=SUM(1) camera dome"]),
        ("2021-0442", ["DS-2CD2T47G2-L bullet 4mm"]),
    ],
)
def test_a_device_is_found_by_what_people_call_it(shopper: Any, q: str, found: list[str]) -> None:
    told = shopper.get("/b/koopdorp/devices/", {"q": q, "as": "json"}).json()
    assert [row["described"] for row in told["rows"]] == found
    assert found[0] in shopper.get("/b/koopdorp/devices/", {"q": q}).content.decode()


def test_the_page_of_a_device_says_how_a_register_describes_it(shopper: Any) -> None:
    [row] = shopper.get("/b/koopdorp/devices/?q=raadzaal&as=json").json()["rows"]
    page = shopper.get(f"/b/koopdorp/devices/{row['id']}/").content.decode()
    assert "Dome camera raadzaal" in page[page.index("<h1") : page.index("<dl")]


def test_a_settled_row_says_why_a_side_says_nothing(person: Callable[..., Any]) -> None:
    """In the same words as before it was settled."""
    from custodiet.web.store.models import Standing

    Standing.objects.filter(body="waterdorp").update(settled=True, standing="stray", registered="", seen="")
    page = person("editor").get("/b/waterdorp/settled/").content.decode()
    assert "not in it" in page and "seen; says no brand or model" in page


def test_a_settled_row_folds_away_until_the_device_changes(person: Callable[..., Any], cases: dict[str, Path]) -> None:
    from custodiet.web.store.models import Logged, Settled

    client = person("editor")
    row = _page(client)["rows"][0]
    here = f"{HERE}{row['device']}/"
    assert client.post(f"{here}settle/", {"found": "0" * 64, "reason": "x"}).status_code == 400
    assert client.post(f"{here}settle/", {"found": row["found"], "reason": "in the store room"}).status_code == 302
    log = Logged.objects.order_by("-number").first()
    assert log is not None
    assert (log.what, log.about, log.why) == ("row settled", row["device"], "in the store room")
    told = _page(client)
    assert told["counts"]["ghost"] == {"open": 1, "settled": 1}
    assert row["device"] not in [one["device"] for one in told["rows"]]
    [settled] = client.get("/b/waterdorp/settled/?as=json").json()["rows"]
    assert settled["settled"]["why"] == "in the store room"
    assert "in the store room" in client.get("/b/waterdorp/settled/").content.decode()
    assert _page(_again(person, cases))["counts"]["ghost"] == {"open": 1, "settled": 1}
    Settled.objects.filter(body="waterdorp").update(found="f" * 64)  # as if something else had been settled
    assert _page(_again(person, cases))["counts"]["ghost"] == {"open": 2, "settled": 0}


def test_a_settled_row_that_opens_by_itself_says_what_was_said(
    person: Callable[..., Any], cases: dict[str, Path]
) -> None:
    from custodiet.web.store.models import Logged, Settled, Standing

    client = person("editor")
    row = _page(client)["rows"][0]
    client.post(f"{HERE}{row['device']}/settle/", {"found": row["found"], "reason": "in the store room"})
    assert _page(client)["rows"][0]["was"] is None
    # as if it had said something else then
    Settled.objects.filter(body="waterdorp").update(found="f" * 64)
    Standing.objects.filter(body="waterdorp", device=row["device"]).update(found="f" * 64, registered="HiWatch T1")
    _again(person, cases)
    (opened,) = Logged.objects.filter(what="row opened by itself")
    assert (opened.who, opened.body, opened.about) == ("custodiet", "waterdorp", row["device"])
    said = msgspec.json.decode(opened.said)
    assert (said["before"]["registered"], said["after"]["registered"]) == ("HiWatch T1", row["registered"])
    assert (said["settled_by"], said["settled_why"]) == ("editor0@example.org", "in the store room")
    told = {one["device"]: one["was"] for one in _page(client)["rows"]}
    assert told.pop(row["device"])["why"] == "in the store room" and not any(told.values())
    page = client.get(HERE).content.decode()
    assert "Was settled by <bdi" in page and "in the store room" in page
    for where in ("/b/waterdorp/history/", f"/b/waterdorp/devices/{row['device']}/timeline/"):
        assert "open again, since the device changed" in client.get(where).content.decode()
    _again(person, cases)
    assert Logged.objects.filter(what="row opened by itself").count() == 1


def _again(person: Callable[..., Any], cases: dict[str, Path]) -> Any:
    """Put the same in once more."""
    from custodiet.web.knowledge import catalog
    from custodiet.web.publish import publish
    from custodiet.web.store.models import Body

    publish(cases["waterdorp"], Body.objects.get(id="waterdorp"), catalog())
    return person("viewer")


def test_a_settled_row_can_be_opened_again(person: Callable[..., Any]) -> None:
    client = person("editor")
    row = _page(client)["rows"][0]
    told = {"found": row["found"], "reason": "x"}
    client.post(f"{HERE}{row['device']}/settle/", told)
    assert client.post(f"{HERE}{row['device']}/open/", told).status_code == 302
    assert _page(client)["counts"]["ghost"] == {"open": 2, "settled": 0}


def test_who_may_only_see_settles_nothing(person: Callable[..., Any]) -> None:
    client = person("viewer")
    row = _page(client)["rows"][0]
    told = {"found": row["found"], "reason": "x"}
    assert client.post(f"{HERE}{row['device']}/settle/", told).status_code == 404
    assert _page(client)["counts"]["ghost"] == {"open": 2, "settled": 0}
