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
    assert all("custodiet ast-" in one for one in said), said
    assert person("viewer", "geheimstad").get(f"/b/waterdorp/inventory/?as={program}").status_code == 404
