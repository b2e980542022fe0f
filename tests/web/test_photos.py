"""A photo of a label: its place is gone, it is read, a person confirms, and the device is concluded anew."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PIL", reason="the extra `web` is not installed")
pytest.importorskip("zxingcpp", reason="the extra `web` is not installed")

import msgspec
import numpy
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

PLACE = b"GPS 52.0907N"


def label(*lines: str, code: str = "", wide: int = 640, background: int = 250) -> Image.Image:
    """A label as it is printed."""
    picture = Image.new("L", (wide, 60 + 60 * len(lines) + (240 if code else 0)), background)
    pen = ImageDraw.Draw(picture)
    for place, line in enumerate(lines):
        pen.text((30, 30 + 60 * place), line, font=ImageFont.load_default(32), fill=10)
    if code:
        drawn = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode).to_image(scale=5, add_quiet_zones=True)
        picture.paste(Image.fromarray(numpy.array(drawn)), (30, 40 + 60 * len(lines)))
    return picture


def as_jpeg(picture: Image.Image) -> bytes:
    """A photo of it as a phone takes it, with the place."""
    told = Image.Exif()
    told[0x010E] = PLACE.decode()
    told.get_ifd(0x8825).update({1: "N", 2: (52.0, 5.0, 26.5), 3: "E", 4: (5.0, 7.0, 17.0)})
    file = io.BytesIO()
    picture.convert("RGB").save(file, "JPEG", exif=told, quality=92)
    return file.getvalue()


def device_of(label: str) -> Any:
    from custodiet.web.store.models import Device

    return Device.objects.get(body="waterdorp", label=label)


def send(client: Any, device: str, content: bytes, name: str = "label.jpg") -> Any:
    address = f"/b/waterdorp/devices/{device}/photos/add/"
    return client.post(address, {"photo": SimpleUploadedFile(name, content)})


def test_from_a_photo_to_another_conclusion(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """No text has to be read for it: the code says model, serial number and address, the person adds the brand."""
    from django.conf import settings

    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Job, LabelPhoto, Logged

    monkeypatch.setattr("custodiet.web.label_photos.can_read_text", lambda: False)  # it takes seconds
    device, client = device_of("10.0.0.7"), person("editor")
    sent = as_jpeg(label(code="{SN:4K0123PAZ9,DT:DS-2CD2143G2-I,MAC:44:19:B6:00:00:11,SC:GEHEIM7}"))
    assert PLACE in sent and b"Exif" in sent
    answer = send(client, device.id, sent)
    assert answer.status_code == 302, answer.content.decode()
    row = LabelPhoto.objects.get()
    assert b"Exif" not in bytes(row.content) and PLACE not in bytes(row.content)
    assert "GEHEIM7" not in row.reading, "what opens a device is not kept"
    told = client.get(answer["Location"] + "?as=json").json()
    assert "judged for 1 Dec 2025 now, a day that somebody chose" in client.get(answer["Location"]).content.decode()
    proposed = {name: one["value"] for name, one in told["proposed"].items()}
    assert proposed == {"serial": "4K0123PAZ9", "model": "DS-2CD2143G2-I", "mac": "44:19:b6:00:00:11"}
    shown = client.get(answer["Location"] + "?as=picture")
    assert shown.content == bytes(row.content) and shown["Content-Type"] == "image/jpeg"

    fields = proposed | {"brand": "Hikvision", "made_in": "China"}
    assert client.post(answer["Location"] + "confirm/", fields).status_code == 302
    assert b"concluded anew" in client.get(f"/b/waterdorp/devices/{device.id}/").content
    assert work_once(Path(settings.CUSTODIET.folder), pulse=False)
    assert Job.objects.get().state == "done"
    entry = client.get(f"/b/waterdorp/devices/{device.id}/?as=json").json()["entry"]
    conclusions = {one["field"]: one for one in entry["identification"]["conclusions"]}
    assert conclusions["manufacturer"]["value"] == "hikvision"
    assert conclusions["serial"]["value"] == "4K0123PAZ9"
    brand = conclusions["brand"]  # the register has another
    assert (brand["value"], brand["band"], brand["settle"]) == ("hikvision", "likely", ""), (
        "somebody looked at the label"
    )
    assert {one["technique"] for one in brand["claims_for"]} >= {"label-read"}
    assert entry["asset"]["last_seen"] is None, "a label shows no device on a network"
    cited = [seen for seen in entry["evidence"] if seen["attribute"] == "register.serial"]
    assert row.sha256[:16] in cited[0]["locator"], "from the statement to the photo"
    page = client.get(f"/b/waterdorp/devices/{device.id}/").content.decode()
    assert (
        "read on the label of this device" in page
        and "As evidence" in page
        and f"photos/{row.number}/" in page.split('id="evidence"')[1]
    )
    assert conclusions["model"]["settle"].startswith("The label or") and "The label or" not in page, "it was read"
    assert "10.0.0.7-label.jsonl" in page, "a name without a sentence in the language of whoever confirmed it"
    assert "Serial number on its label, as somebody read it:" in page and "register.serial" not in page
    assert {"label photo added", "label confirmed"} <= set(Logged.objects.values_list("what", flat=True))


SMALL = Image.new("RGB", (20, 20), "white")
"""No reader is started for it."""


def added(client: Any, device: str) -> str:
    answer = send(client, device, as_jpeg(SMALL))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_text_is_read_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rapidocr", reason="the extra `photo` is not installed")
    monkeypatch.setattr("custodiet.web.label_photos.SECONDS", 300)  # other tests run beside this one
    from custodiet.web.label_fields import propose
    from custodiet.web.label_photos import read
    from custodiet.web.pictures import clean

    lines = (
        "Voorbeeld",
        "Model: VX1000H",
        "S/N: 4K0123PAZ9",
        "MAC: 44:19:B6:00:00:11",
        "Made in China",
        "Password: geheim7",
    )
    reading = read(clean(as_jpeg(label(*lines).rotate(180))))
    assert reading.problem == "" and reading.lines
    assert "geheim" not in str(reading.lines), "what opens a device is not kept as text"
    proposed = {name: one.value for name, one in propose((), reading.lines, {"voorbeeld"}).items()}
    serial = {"serial": "4K0123PAZ9", "mac": "44:19:b6:00:00:11"}
    assert proposed == {"brand": "Voorbeeld", "model": "VX1000H", "made_in": "China"} | serial


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"GIF89a", "PNG, JPEG or WebP"),
        (b"<svg onload=alert(1)>", "PNG, JPEG or WebP"),
        (b"\xff\xd8\xff\xe0 and no more", "not taken"),
        (b"\xff\xd8\xff" + bytes(11 << 20), "10 MB"),
    ],
)
def test_what_is_no_photo_is_refused(person: Callable[..., Any], content: bytes, says: str) -> None:
    from custodiet.web.store.models import LabelPhoto

    answer = send(person("editor"), device_of("10.0.0.7").id, content)
    assert answer.status_code == 400 and says in answer.content.decode()
    assert not LabelPhoto.objects.exists()


def test_a_device_has_so_many_photos(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.pages import photos

    monkeypatch.setattr(photos, "MOST", 1)
    client, device = person("editor"), device_of("10.0.0.7").id
    address = added(client, device)
    assert send(client, device, as_jpeg(SMALL)).status_code == 400
    client.post(address + "remove/", {"reason": "of another device"})
    assert added(client, device)


def test_what_a_label_says_is_text_and_nothing_else(person: Callable[..., Any]) -> None:
    """A label may hold anything; it is shown on the page of the photo, of the device and in the hints of the form."""
    from custodiet.web.label_fields import Code, Line
    from custodiet.web.label_photos import Reading
    from custodiet.web.store.models import LabelPhoto

    nasty = '"><script>alert(1)</script>\u202eX1'
    client, device = person("editor"), device_of("10.0.0.7").id
    address = added(client, device)
    read = Reading(
        codes=(Code(kind=nasty, text=f"MODEL:{nasty}"),), lines=(Line(text=f"S/N: A1{nasty}", confidence=1),)
    )
    LabelPhoto.objects.update(reading=msgspec.json.encode(read).decode())
    before = client.get(address).content.decode()
    assert client.post(address + "confirm/", {"model": nasty, "manufacturer": nasty}).status_code == 302
    for page in (
        before,
        client.get(address).content.decode(),
        client.get(address.split("photos/")[0]).content.decode(),
    ):
        assert "alert(1)" in page and "<script>alert" not in page and "\u202e" not in page


def test_only_who_may_edit_adds_and_only_who_may_see_sees(person: Callable[..., Any]) -> None:
    device = device_of("10.0.0.7").id
    address = added(person("editor"), device)
    viewer, stranger = person("viewer"), person("administrator", "geheimstad")
    assert viewer.get(address).status_code == 200
    assert viewer.get(address + "?as=picture").content.startswith(b"\xff\xd8\xff")
    assert b"confirm/" not in viewer.get(address).content
    for deed, told in (("confirm/", {"model": "X1"}), ("remove/", {"reason": "no"})):
        assert viewer.post(address + deed, told).status_code == 404
    assert send(viewer, device, as_jpeg(SMALL)).status_code == 404
    for path in (address, address + "?as=picture", address.replace("waterdorp", "geheimstad")):
        assert stranger.get(path).status_code == 404
    other = device_of("10.0.0.8").id
    assert viewer.get(address.replace(device, other)).status_code == 404, "it is of one device"


@pytest.mark.parametrize("told", [{}, {"model": "   "}, {"mac": "12:34"}, {"model": "X" * 121}])
def test_what_says_nothing_is_not_confirmed(person: Callable[..., Any], told: dict[str, str]) -> None:
    from custodiet.web.store.models import Decided, Job

    client = person("editor")
    address = added(client, device_of("10.0.0.7").id)
    assert client.post(address + "confirm/", told).status_code == 400
    assert not Job.objects.exists() and not Decided.objects.filter(kind="same").exists()


def test_a_correction_takes_the_place_and_what_was_wrong_counts_no_more(person: Callable[..., Any]) -> None:
    from django.conf import settings

    from custodiet.web.jobs.work import work_once
    from custodiet.web.label_fields import Line
    from custodiet.web.label_photos import Reading
    from custodiet.web.store.models import LabelPhoto

    client, device = person("editor"), device_of("10.0.0.7").id
    address = added(client, device)

    def serial_after(deed: str, told: dict[str, str]) -> str:
        assert client.post(address + deed, told).status_code == 302
        assert work_once(Path(settings.CUSTODIET.folder), pulse=False)
        entry = client.get(f"/b/waterdorp/devices/{device}/?as=json").json()["entry"]
        return next((one["value"] for one in entry["identification"]["conclusions"] if one["field"] == "serial"), "")

    assert serial_after("confirm/", {"serial": "SN0000001"}) == "SN0000001"
    other = added(client, device)
    for serial, doubted in (("SN0000003", True), ("sn0000001", False)):
        read = Reading(lines=(Line(text=f"S/N: {serial}", confidence=0.9),))
        LabelPhoto.objects.filter(confirmed="").update(reading=msgspec.json.encode(read).decode())
        assert bool(client.get(other + "?as=json").json()["doubts"]) is doubted
    LabelPhoto.objects.filter(confirmed="").delete()
    assert serial_after("confirm/", {"serial": "SN0000002"}) == "SN0000002"
    assert serial_after("remove/", {"reason": "of another device", "wrong": "true"}) == ""
    row = LabelPhoto.objects.get()
    assert bytes(row.content) == b"" and row.source == "" and row.removed_why == "of another device"
    assert client.get(address).status_code == 200
    assert client.get(address + "?as=picture").status_code == 404


def test_a_label_that_says_what_the_register_says_stands_beside_it(person: Callable[..., Any]) -> None:
    """Both are evidence, whichever comes first; how the device stands to the register is not touched."""
    from django.conf import settings

    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Standing

    client, device = person("editor"), device_of("10.0.0.5").id
    before = Standing.objects.get(device=device)
    address = added(client, device)
    assert client.post(address + "confirm/", {"brand": "HiLook", "model": "IPC-T261H"}).status_code == 302
    assert work_once(Path(settings.CUSTODIET.folder), pulse=False)
    entry = client.get(f"/b/waterdorp/devices/{device}/?as=json").json()["entry"]
    for field in ("brand", "model"):
        places = {seen["locator"][:4] for seen in entry["evidence"] if seen["attribute"] == f"register.{field}"}
        assert places == {"row ", "line"}, field
    now = Standing.objects.get(device=device)
    assert (now.standing, now.registered, now.found) == (before.standing, before.registered, before.found)


def test_a_brand_that_the_register_knows_is_proposed_and_no_letters_are_certain(person: Callable[..., Any]) -> None:
    """The brand stands in a line with other words; how sure a reading is, is said alike in the form and below it."""
    from custodiet.web.label_fields import Line
    from custodiet.web.label_photos import Reading
    from custodiet.web.store.models import LabelPhoto

    client = person("editor")
    address = added(client, device_of("10.0.0.7").id)
    lines = (Line(text="DRUKKER Network Printer", confidence=1.0), Line(text="HiLook Dome", confidence=0.5))
    for read, brand in ((lines[:1], "DRUKKER"), (lines[1:], "HiLook")):
        LabelPhoto.objects.update(reading=msgspec.json.encode(Reading(lines=read)).decode())
        assert client.get(address + "?as=json").json()["proposed"]["brand"]["value"] == brand
    LabelPhoto.objects.update(reading=msgspec.json.encode(Reading(lines=lines[:1])).decode())
    page = client.get(address).content.decode()
    assert page.count("over 99%") == 2 and "100%" not in page
