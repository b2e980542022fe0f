"""The dossier that is taken from the page of a device is that of the command line, and stands by itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import msgspec
import pytest

from report.nasty import nasty_strings
from story import custodiet

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "gemeente"
AGREES = "Agrees: every answer follows from what the file cites"
MANY = 900
"""Subjects of one device: a scan a day for years."""


def taken(client: Any, device: str, form: str = "dossier", body: str = "waterdorp") -> bytes:
    answer = client.get(f"/b/{body}/devices/{device}/?as={form}")
    assert answer.status_code == 200, answer.content[:500]
    assert answer["Content-Disposition"] == (
        f'attachment; filename="{body}-{device}-dossier.{"json" if form == "dossier" else "html"}"'
    )
    return bytes(answer.content)


def checked(folder: Path, content: bytes) -> tuple[int, str]:
    """What the command says of a file, in a process of its own."""
    (folder / "taken.json").write_bytes(content)
    command = [sys.executable, "-m", "custodiet", "explain", "--recompute", "taken.json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return told.returncode, told.stdout + told.stderr


def device_of(client: Any, question: str, body: str = "waterdorp") -> str:
    [found] = client.get(f"/b/{body}/devices/?{question}&as=json").json()["rows"]
    return str(found["id"])


def acts(page: bytes) -> list[str]:
    """What of a page that opens from disk could act or ask for something."""
    tree = lxml.html.fromstring(page)
    found = [str(one.tag) for one in tree.iter("script", "iframe", "object", "embed", "base", "img", "form", "link")]
    found += [f"{one.tag} {name}" for one in tree.iter() for name in one.keys() if name.startswith("on")]  # noqa: SIM118
    return found + [link for link in tree.xpath("//@href | //@src") if not link.startswith("#")]


def test_that_of_the_examples_relabelled_camera_agrees(person: Callable[..., Any], tmp_path: Path) -> None:
    from custodiet.web.first import put_case

    subprocess.run([sys.executable, EXAMPLE / "make.py", tmp_path / "in"], check=True)
    told = custodiet(
        "audit", tmp_path / "in", "--sites", EXAMPLE / "sites.yml", "--catalog", EXAMPLE / "catalog",
        "--on", "2025-12-01", "--case", tmp_path / "case.sqlite", "-q",
    )  # fmt: skip
    assert told.code == 3, told.err
    body = put_case(tmp_path / "case.sqlite")
    client = person("auditor", body)
    device = device_of(client, "q=10.20.8.12", body)
    content = taken(client, device, body=body)
    code, said = checked(tmp_path, content)
    assert (code, AGREES in said) == (0, True), said
    dossier = json.loads(content)
    answers = {one["field"]: one["value"] for one in dossier["identification"]["conclusions"]}
    assert answers["brand"] != answers["manufacturer"] == "hikvision"
    assert len(dossier["observations"]) > 10 and len(dossier["sources"]) > 1 and dossier["findings"]
    assert dossier["judged_with"] != dossier["catalog"], "the town brought records, workers have ours alone"
    changed = content.replace(answers["model"].encode(), b"DS-0000000-X")
    assert changed != content and checked(tmp_path, changed)[0] == 5


def test_it_is_the_one_of_the_command_line(person: Callable[..., Any], cases: dict[str, Path]) -> None:
    client = person("viewer")
    for address in ("10.0.0.5", "10.0.0.7", "10.0.0.8"):
        told = custodiet("explain", address, "--case", cases["waterdorp"], "--json")
        assert taken(client, device_of(client, f"q={address}")).decode() == told.out


def test_the_page_is_in_the_language_of_who_takes_it(person: Callable[..., Any]) -> None:
    client = person("viewer")
    device = device_of(client, "maker=hikvision")
    page = taken(client, device, "dossier-page")
    assert b'<html lang="en">' in page and b"Work it out again" in page and b"HiLook" in page
    dutch = client.get(f"/b/waterdorp/devices/{device}/?as=dossier-page", headers={"Accept-Language": "nl"}).content
    assert b'<html lang="nl">' in dutch and b"Dossier van" in dutch and b"Work it out again" not in dutch
    plain = client.get(f"/b/waterdorp/devices/{device}/?as=dossier", headers={"Accept-Language": "nl"}).content
    assert plain == taken(client, device)
    for one in (page, dutch):
        assert not acts(one), acts(one)


def test_the_page_of_the_device_leads_to_it(person: Callable[..., Any]) -> None:
    client = person("viewer")
    device = device_of(client, "maker=hikvision")
    page = lxml.html.fromstring(client.get(f"/b/waterdorp/devices/{device}/").content).get_element_by_id("dossier")
    assert page.xpath(".//a/@href") == ["?as=dossier-page", "?as=dossier"]
    assert f"custodiet explain --recompute waterdorp-{device}-dossier.json" in page.text_content()


def test_who_took_it_of_which_device_is_in_the_log(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged

    client = person("viewer")
    device = device_of(client, "maker=hikvision")
    for form in ("dossier", "dossier-page"):
        taken(client, device, form)
        row = Logged.objects.order_by("-number")[0]
        assert (row.what, row.about, row.body) == ("taken as a file", device, "waterdorp")
        assert json.loads(row.said)["as"] == form
    before = Logged.objects.count()
    there = client.get("/b/waterdorp/devices/10.0.0.5/?as=dossier")
    assert (there.status_code, there["Location"]) == (302, f"/b/waterdorp/devices/{device}/")
    assert client.get("/b/waterdorp/devices/none/?as=dossier").status_code == 404
    stranger = person("viewer", "geheimstad")
    for form in ("dossier", "dossier-page"):
        assert stranger.get(f"/b/waterdorp/devices/{device}/?as={form}").status_code == 404
        assert stranger.get(f"/b/geheimstad/devices/{device}/?as={form}").status_code == 404
    assert Logged.objects.count() == before


def test_what_was_judged_with_another_catalog_says_so(person: Callable[..., Any]) -> None:
    from custodiet.web.estate import Estate
    from custodiet.web.store.models import Body

    client = person("viewer")
    device = device_of(client, "maker=hikvision")
    assert (told := json.loads(taken(client, device)))["judged_with"] == told["catalog"]
    body = Body.objects.get(id="waterdorp")
    head = Estate(body).assessment()
    assert head is not None
    body.assessment = msgspec.msgpack.encode(msgspec.structs.replace(head, catalog="an older one"))
    body.published = body.published.replace(year=body.published.year - 1)
    body.save()
    assert json.loads(taken(client, device))["judged_with"] == "an older one"
    assert b"was judged with catalog an older one" in taken(client, device, "dossier-page")


def test_nothing_is_taken_of_a_body_that_is_judged_meanwhile(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from custodiet.web.estate import Estate
    from custodiet.web.store.models import Body

    client = person("viewer")
    device, observed = device_of(client, "maker=hikvision"), Estate.observed

    def meanwhile(estate: Estate, asset: Any) -> Any:
        published = estate.row.published
        Body.objects.filter(id=estate.id).update(published=published.replace(year=published.year + 1))
        return observed(estate, asset)

    monkeypatch.setattr(Estate, "observed", meanwhile)
    assert client.get(f"/b/waterdorp/devices/{device}/?as=dossier").status_code == 400


def test_one_is_made_at_a_time_and_what_many_said_is_let_go(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from custodiet.identify import remembered
    from custodiet.web import dossiers
    from custodiet.web.knowledge import catalog

    client = person("viewer")
    device = device_of(client, "maker=hikvision")
    first, matcher = taken(client, device), dossiers._matcher()
    assert taken(client, device) == first and dossiers._matcher() is matcher
    monkeypatch.setattr(dossiers, "MOST_KEPT", 0)
    assert taken(client, device) == first
    assert not any(catalog().version in each for each in remembered._ALL)
    assert taken(client, device) == first and dossiers._matcher() is not matcher
    monkeypatch.setattr(dossiers, "PATIENCE", 0.01)
    with dossiers._ONE_AT_A_TIME:
        answer = client.get(f"/b/waterdorp/devices/{device}/?as=dossier")
    assert answer.status_code == 400 and b"Other dossiers are being made." in answer.content
    assert taken(client, device) == first


def test_what_devices_and_files_write_stays_text(person: Callable[..., Any], tmp_path: Path) -> None:
    """As headers and as the name of the file."""
    from custodiet.identify.recompute import parse_dossier, recompute
    from custodiet.web.first import put_case
    from custodiet.web.store.models import Device

    texts = [text.encode(errors="replace").decode() for text in nasty_strings()]
    scan = tmp_path / "'\"><script>alert(1)<!-- {{ 7 * 7 }}.json"
    with scan.open("w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            response = {"status_line": "200 OK", "status_code": 200, "headers": {"server": [f"Akuvox {text}"]}}
            grab = {
                "status": "success",
                "protocol": "http",
                "timestamp": "2026-04-01T19:38:11Z",
                "result": {"response": response},
            }
            file.write(json.dumps({"ip": f"10.9.{number >> 8}.{number & 255}", "data": {"http": grab}}) + "\n")
    told = custodiet("audit", scan, "--on", "2026-05-01", "--case", tmp_path / "nasty.sqlite", "-q")
    assert told.code in (0, 3, 4), told.err
    client = person("administrator", body := put_case(tmp_path / "nasty.sqlite"))
    rows = list(Device.objects.filter(body=body))
    assert len(rows) == len(texts)
    cited: dict[str, str] = {}
    for row in rows:
        content, page = taken(client, row.id, body=body), taken(client, row.id, "dossier-page", body)
        dossier = parse_dossier(content)
        assert not recompute(dossier), row.label
        assert not acts(page), (row.label, acts(page))
        assert [Path(one.name).name for one in dossier.sources] == [scan.name]
        assert dossier.observations, row.label
        cited |= {one.value: row.id for one in dossier.observations}
    loud = next(id for value, id in cited.items() if "</script>" in value)
    assert AGREES in checked(tmp_path, taken(client, loud, body=body))[1]


def test_zero_characters_are_told_as_they_were_read(person: Callable[..., Any]) -> None:
    """PostgreSQL takes none in a text; what stood there in visible form from the beginning stays so."""
    from custodiet.identify.recompute import parse_dossier, recompute
    from custodiet.model import Observation, observe
    from custodiet.web.estate import Estate, entry_of
    from custodiet.web.rows import insert
    from custodiet.web.store.models import Body, Device

    client = person("viewer")
    id, body = device_of(client, "maker=hikvision"), Body.objects.get(id="waterdorp")
    source, _, subject = entry_of(Device.objects.get(body=body, id=id)).asset.subjects[0].partition("/")
    texts = ["DS-2CD2143G2-I\0", "DS-2CD2143G2-I \\x00", "\0DS-2CD2143G2-I\0"]
    put = [observe(source, subject, "register.model", text, f"row {n}") for n, text in enumerate(texts)]
    rows = [(body.id, n, *msgspec.structs.astuple(one)) for n, one in enumerate(put, start=body.observations + 1)]
    insert("observation", ["body_id", "number", *Observation.__struct_fields__], rows)
    body.observations += len(put)
    body.save()
    asset = entry_of(Device.objects.get(body=body, id=id)).asset
    assert Estate(body).observed(asset)[-3:] == put
    dossier = parse_dossier(taken(client, id))
    assert not recompute(dossier)
    assert set(texts) <= {one.value for one in dossier.observations}


def test_hundreds_of_subjects_are_few_questions(person: Callable[..., Any]) -> None:
    """All that was observed under each of them, in the order of a case, with what others observed left out."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from custodiet.identify.recompute import parse_dossier, recompute
    from custodiet.model import observe
    from custodiet.web.estate import Estate, entry_of, packed
    from custodiet.web.rows import counted
    from custodiet.web.store.models import Body, Device, Observation

    client = person("viewer")
    id, body = device_of(client, "maker=hikvision"), Body.objects.get(id="waterdorp")
    row = Device.objects.get(body=body, id=id)
    entry, head = entry_of(row), Estate(body).assessment()
    assert head is not None
    source, last = head.sources[0], body.observations
    scans = [
        msgspec.structs.replace(source, id=f"src-{number:016x}", sha256=f"{number:016x}".ljust(64, "0"))
        for number in range(1, MANY + 1)
    ]
    mine = [observe(one.id, "ip:10.0.0.5", "http.server", "App-webs/", "host 1") for one in scans]
    others = [
        observe(one.id, f"ip:10.7.{n}.5", "http.server", "App-webs/", "host 2") for one in scans for n in range(12)
    ]
    put = [*others[::2], *reversed(mine), *others[1::2]]
    Observation.objects.bulk_create(
        [
            Observation(body=body, number=number, **msgspec.structs.asdict(one))
            for number, one in enumerate(put, start=last + 1)
        ],
        batch_size=1000,
    )
    counted(["observation"])
    subjects = (*entry.asset.subjects, *(f"{one.id}/ip:10.0.0.5" for one in scans))
    changed = msgspec.structs.replace(entry, asset=msgspec.structs.replace(entry.asset, subjects=subjects))
    Device.objects.filter(body=body, id=id).update(entry=packed(changed))
    body.assessment = msgspec.msgpack.encode(msgspec.structs.replace(head, sources=(*head.sources, *scans)))
    body.observations, body.published = last + len(put), body.published.replace(year=body.published.year - 2)
    body.save()

    taken(client, id)  # what is kept in memory is read once
    with CaptureQueriesContext(connection) as asked:
        content = taken(client, id)
    looked = [one["sql"] for one in asked if 'FROM "observation"' in one["sql"]]
    assert len(looked) == 3, [one["sql"][:100] for one in asked]
    assert len(asked) <= 14, [one["sql"][:100] for one in asked]
    assert len(taken(client, id, "dossier-page")) > MANY * 20
    dossier = parse_dossier(content)
    assert not recompute(dossier)
    assert {one.id for one in mine} <= {one.id for one in dossier.observations}
    found = Estate(body).observed(changed.asset)
    assert len(found) == len(dossier.observations) + dossier.silent
    assert found == sorted(found, key=lambda one: (one.source, one.subject))
    each = sorted(subject.split("/", 1) for subject in subjects)
    for some in (each[:1], each[:400]):
        plan = Estate(body)._of_subjects(some)[:10].explain()
        assert "observation_subject" in plan, plan
        assert not re.search(r"observation_pkey|sqlite_autoindex_observation|Seq Scan|SCAN observation", plan), plan
    body.observations = last
    assert len(Estate(body).observed(changed.asset)) == len(found) - MANY, "what is being put in is not to be seen yet"
