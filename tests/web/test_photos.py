"""A photo of a label: its place is gone, it is read, a person confirms, and the device is concluded anew."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest

pytest.importorskip("PIL", reason="the extra `web` is not installed")
zxingcpp = pytest.importorskip("zxingcpp", reason="the extra `web` is not installed")

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from custodiet.errors import UsageError

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


def test_from_a_photo_to_another_conclusion(person: Callable[..., Any]) -> None:
    """No text has to be read for it: the code says model, serial number and address, the person adds the brand."""
    from django.conf import settings

    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Job, LabelPhoto, Logged

    device, client = device_of("10.0.0.7"), person("editor")
    sent = as_jpeg(label(code="{SN:4K0123PAZ9,DT:DS-2CD2143G2-I,MAC:44:19:B6:00:00:11,SC:GEHEIM7}"))
    assert PLACE in sent and b"Exif" in sent
    answer = send(client, device.id, sent)
    assert answer.status_code == 302, answer.content.decode()
    row = LabelPhoto.objects.get()
    assert b"Exif" not in bytes(row.content) and PLACE not in bytes(row.content)
    assert "GEHEIM7" not in row.reading, "what opens a device is not kept"
    told = client.get(answer["Location"] + "?as=json").json()
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
    cited = [seen for seen in entry["evidence"] if seen["attribute"] == "register.serial"]
    assert row.sha256 in cited[0]["locator"], "from the statement to the photo"
    page = client.get(f"/b/waterdorp/devices/{device.id}/").content.decode()
    assert "read on the label of this device" in page and "As evidence" in page
    assert {"label photo added", "label confirmed"} <= set(Logged.objects.values_list("what", flat=True))
