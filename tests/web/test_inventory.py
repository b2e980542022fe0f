"""Exports of inventory programs are read, and devices go back to them in their own form."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXPORTS = {
    "netbox": "Name,Status,Tenant,Site,Location,Rack,Role,Manufacturer,Type,IP Address,ID,Serial number,Asset tag\n"
    "cam-01,Active,,Stadhuis,Hal,,Camera,Axis,P3245-LVE,10.0.0.5/24,17,ACCC8E112233,W-17\n",
    "snipe-it": "ID,Company,Asset Name,Asset Tag,Model,Model No.,Category,Manufacturer,Serial,Location,Status,Notes,"
    "MAC Address,IP Address\n17,,cam-01,W-17,P3245-LVE,,Camera,Axis,ACCC8E112233,Hal,Deployed,,,10.0.0.5\n",
    "glpi": "Name;Entity;Status;Manufacturer;Serial number;Type;Model;Location;Last update;Inventory number;"
    "Network - IP\ncam-01;Root;In use;Axis;ACCC8E112233;Camera;P3245-LVE;Hal;2025-01-02 10:00;W-17;10.0.0.5\n",
}


@pytest.mark.parametrize("program", EXPORTS)
def test_an_export_is_read(program: str, tmp_path: Path) -> None:
    from custodiet.sources import READERS
    from custodiet.sources.base import ReadOptions
    from custodiet.sources.intake import make_source, recognise

    path = tmp_path / "export.csv"
    path.write_text(EXPORTS[program])
    reader = recognise(path, "export.csv", READERS)
    items = list(reader.read(path, make_source(path, "export.csv", reader), ReadOptions()))
    said = {one.attribute: one.value for one in items if hasattr(one, "attribute")}
    wanted = {
        "register.name": "cam-01",
        "register.text": "cam-01",
        "register.manufacturer": "Axis",
        "register.model": "P3245-LVE",
        "register.serial": "ACCC8E112233",
        "register.tag": "W-17",
        "register.ip": "10.0.0.5",
    }
    assert wanted.items() <= said.items()
    assert items[-1].total == items[-1].read == 1


@pytest.mark.parametrize("program", EXPORTS)
def test_devices_in_the_form_of_a_program(person: Callable[..., Any], program: str) -> None:
    client = person("viewer")
    assert client.get("/b/waterdorp/inventory/?as=json").json()["devices"] == 3
    answer = client.get(f"/b/waterdorp/inventory/?as={program}")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    said = [" ".join(row.values()) for row in rows]
    assert len(rows) == 3
    assert any("Axis Communications" in one and "P3245-LVE" in one and "10.0.0.8" in one for one in said)
    assert any("Hikvision" in one and "W-1" in one for one in said)
    assert all("ast-" in one for one in said), said
    assert person("viewer", "geheimstad").get(f"/b/waterdorp/inventory/?as={program}").status_code == 404


@pytest.mark.parametrize("program", EXPORTS)
def test_names_and_serial_numbers_go_out_as_they_came_in(person: Callable[..., Any], program: str) -> None:
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    from custodiet.web.jobs.work import work_once

    rows = {"cam-hal-1": ("SN1", "10.30.1.31"), "Camera gang": ("ser9", "10.30.1.32"), "Poort": ("UNV77", "")}
    told = "name,manufacturer,device_type,role,serial,IP Address\n" + "".join(
        f"{name},Axis,P3245-LVE,Camera,{serial},{ip}\n" for name, (serial, ip) in rows.items()
    )
    client = person("editor", "geheimstad")
    sent = {"file": [SimpleUploadedFile("netbox.csv", told.encode())], "at_once": "1"}
    client.post("/b/geheimstad/imports/send/", sent)
    assert work_once(Path(settings.CUSTODIET.folder), pulse=False)
    text = client.get(f"/b/geheimstad/inventory/?as={program}").getvalue().decode("utf-8-sig")
    name, serial = {
        "netbox": ("name", "serial"),
        "snipe-it": ("Asset Name", "Serial"),
        "glpi": ("Name", "Serial number"),
    }[program]
    out = {row[name]: row[serial] for row in csv.DictReader(io.StringIO(text))}
    assert {one: out.get(one) for one in rows} == {one: serial for one, (serial, _) in rows.items()}
    [device] = client.get("/b/geheimstad/devices/?as=json&q=10.30.1.32").json()["rows"]
    assert (
        client.get(f"/b/geheimstad/devices/{device['id']}/?as=json").json()["entry"]["asset"]["called"] == "Camera gang"
    )
    assert "Camera gang" in client.get(f"/b/geheimstad/devices/{device['id']}/").content.decode()


NAMELESS = "Merk;Type;Locatie\nSafeSight;SS-1;Stadhuis\nSafeSight;SS-1;Stadhuis\nSafeSight;SS-2;Stadhuis\n"
"""Devices of which a register knows no number: two are alike."""


def devices(body: str) -> list[tuple[str, str, str]]:
    """Brand, model and place of each device, in order."""
    from custodiet.web.estate import entry_of
    from custodiet.web.store.models import Device, Observation

    places = {
        f"{row.source}/{row.subject}": row.value
        for row in Observation.objects.filter(body=body, attribute="register.site")
    }
    told = []
    for entry in map(entry_of, Device.objects.filter(body=body)):
        concluded, known = entry.identification, {places[key] for key in entry.asset.subjects if key in places}
        told.append((concluded.get("brand").value, concluded.get("model").value, " ".join(known)))
    return sorted(told)


def test_what_went_to_three_programs_comes_back_as_the_same_devices(person: Callable[..., Any]) -> None:
    """Into the body itself, and into another: also those of which nothing is known but what they are."""
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Device

    def bring(client: Any, body: str, *told: tuple[str, bytes]) -> None:
        sent = {"file": [SimpleUploadedFile(*one) for one in told], "at_once": "1"}
        assert client.post(f"/b/{body}/imports/send/", sent).status_code == 302
        assert work_once(Path(settings.CUSTODIET.folder), pulse=False)

    client = person("editor")
    bring(client, "waterdorp", ("nameless.csv", NAMELESS.encode()))
    before, ids = devices("waterdorp"), set(Device.objects.filter(body="waterdorp").values_list("id", flat=True))
    assert len(before) == len(ids) == 6 and ("SafeSight", "SS-2", "Stadhuis") in before
    made = [
        (f"{word}.csv", client.get(f"/b/waterdorp/inventory/?as={word}").getvalue())
        for word in ("netbox", "snipe-it", "glpi")
    ]
    bring(client, "waterdorp", *made)
    assert devices("waterdorp") == before
    assert set(Device.objects.filter(body="waterdorp").values_list("id", flat=True)) == ids
    anyone = person("", administrator=True)
    for number, files in enumerate((made[:1], made[1:])):
        body = {"id": f"new-{number}", "name": f"New {number}", "country": "NL", "kind": "nl-municipality"}
        assert anyone.post("/bodies/make/", body).status_code == 302
        bring(anyone, body["id"], *files)
        assert devices(body["id"]) == before, files[0][0]


KNOWN = (
    ("scan.gnmap", "# Nmap 7.94 scan\nHost: 10.30.2.1 ()\tPorts: 554/open/tcp//rtsp//Hikvision rtspd/\n"
     "Host: 10.30.2.2 ()\tPorts: 554/open/tcp//rtsp//Axis rtspd/\n"),
    ("register.csv", "Objectnr;Merk;Model;IP-adres;Status\nV-1;Axis;P3245;10.30.2.2;in gebruik\n"
     "V-2;Axis;P3245;10.30.2.9;verwijderd\n"),
    ("inkoop.csv", "Leverancier;Merk;Artikel;Aantal;Factuurnummer\nKijk BV;Hikvision;DS-2CD2143G2-I;6;F-1\n"),
)  # fmt: skip
"""A stray, a match, a ghost, and what was only bought."""


def test_what_went_out_and_came_back_is_no_word_of_a_register(person: Callable[..., Any]) -> None:
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    from custodiet.web.jobs.work import work_once

    def bring(*told: tuple[str, str]) -> None:
        sent = {"file": [SimpleUploadedFile(name, text.encode()) for name, text in told], "at_once": "1"}
        assert client.post("/b/keerdorp/imports/send/", sent).status_code == 302
        assert work_once(Path(settings.CUSTODIET.folder), pulse=False)

    def standings() -> dict[str, str]:
        from custodiet.web.store.models import Standing

        return dict(Standing.objects.filter(body="keerdorp").values_list("label", "standing"))

    client = person("", administrator=True)
    body = {"id": "keerdorp", "name": "Keerdorp", "country": "NL", "kind": "nl-municipality"}
    assert client.post("/bodies/make/", body).status_code == 302
    bring(*KNOWN)
    before = standings()
    assert sorted(before.values()) == ["bought", "ghost", "match", "stray"]
    told = client.get("/b/keerdorp/inventory/?as=json").json()
    assert (told["devices"], told["left_out"], told["lacks"]["site"]) == (3, 1, 3)
    page = client.get("/b/keerdorp/inventory/").content.decode()
    assert "1 line of a purchase" in page and "counts as a register from then on" in page
    made = client.get("/b/keerdorp/inventory/?as=netbox").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(made)))
    assert {row["asset_tag"]: row["status"] for row in rows} == {
        "": "active", "V-1": "active", "V-2": "decommissioning"
    }  # fmt: skip
    bring(("netbox.csv", made))
    assert standings() == before
    # where its program gave it a number, somebody took it into a register
    assert made.count(",,active") == 1
    bring(("netbox2.csv", made.replace(",,active", ",N-7,active")))
    assert sorted(standings().values()) == ["bought", "ghost", "match", "match"]
