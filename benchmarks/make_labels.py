"""Draws labels of devices as makers print them, with made-up names and numbers, and photographs them by arithmetic.

The same seed gives the same pictures, as far as the fonts of the machine are the same.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
FACES = ("LiberationSans-Regular.ttf", "DejaVuSansCondensed.ttf", "LiberationSansNarrow-Regular.ttf", "DejaVuSans.ttf")
BRANDS = ("Voorbeeld", "KAAPWACHT", "Noordzicht", "OptiDijk", "LUMEN-9", "Polderview")
MAKERS = ("Examplevision Digital Technology Co., Ltd.", "Hangzhou Sample Optics Co.,Ltd.", "Kaap Beveiliging B.V.")
COUNTRIES = ("China", "China", "Vietnam", "Korea", "Taiwan")


@dataclass(frozen=True, slots=True)
class Label:
    """A label.

    Args:
        picture: as it is printed, flat.
        lines: what stands on it, from above.
        fields: word for a field -> its value, as a person would type it.
        codes: what its codes hold.
    """

    picture: Image.Image
    lines: tuple[str, ...]
    fields: dict[str, str]
    codes: tuple[str, ...]


def font_of(name: str, size: int) -> Any:
    """A font of this machine."""
    found = next((path for folder in FOLDERS for path in sorted(Path(folder).rglob(name))), None)
    return ImageFont.truetype(str(found), size) if found else ImageFont.load_default(size)


def draw(chance: random.Random) -> Label:
    """One label, of the fields, layouts and spellings in which makers print them."""
    hexes = "".join(chance.choice("0123456789ABCDEF") for _ in range(8))
    mac = f"{chance.choice(('A4D5C2', '3CE36B', '00408C'))}{hexes[:6]}"
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    serial = "".join(chance.choice(letters) for _ in range(chance.choice((9, 12, 15))))
    model = f"{chance.choice(('DS-2CD', 'IPC-HFW', 'NBV-', 'SNC-', 'VX'))}{chance.randint(1000, 9999)}{chance.choice(('G2-I', 'T-ZS', 'E', '-LVE', 'H'))}"
    fields = {
        "brand": chance.choice(BRANDS),
        "model": model,
        "serial": serial,
        "mac": ":".join(mac[i : i + 2] for i in range(0, 12, 2)).lower(),
        "fcc_id": f"2AX{''.join(chance.choice('ABCDEFGH') for _ in range(2))}-{model.replace('-', '')[:10]}",
        "made_in": chance.choice(COUNTRIES),
        "manufacturer": chance.choice(MAKERS),
    }
    sign = chance.choice((":", ": ", " "))
    shown = mac if chance.random() < 0.4 else chance.choice((":", "-")).join(mac[i : i + 2] for i in range(0, 12, 2))
    lines = (
        fields["brand"],
        chance.choice(("Network Camera", "IP Dome Camera", "Network Video Recorder")),
        f"{chance.choice(('Model', 'MODEL', 'Model No.', 'Type'))}{sign.strip() or ':'} {model}",
        f"{chance.choice(('S/N', 'SN', 'Serial No.', 'Ser. No.'))}{sign}{serial}",
        f"{chance.choice(('MAC', 'MAC ID', 'Mac Address'))}{sign}{shown}",
        f"Power: {chance.choice(('12V⎓ 1A / PoE', 'DC 12V 0.6A', 'PoE IEEE 802.3af'))}".replace("⎓", "DC"),
        f"FCC ID: {fields['fcc_id']}",
        f"{chance.choice(('Manufacturer', 'Manufactured by'))}: {fields['manufacturer']}",
        f"{chance.choice(('Made in', 'MADE IN'))} {fields['made_in']}",
    )
    codes = (chance.choice((f"{serial}", f"{model},{serial},{mac}", f"{{SN:{serial},DT:{model},MAC:{mac}}}")),)
    return Label(_printed(lines, codes, chance), lines, fields, codes)


def _printed(lines: tuple[str, ...], codes: tuple[str, ...], chance: random.Random) -> Image.Image:
    picture = Image.new("L", (900, 620), 250)
    pen, face, top = ImageDraw.Draw(picture), chance.choice(FACES), 28
    for place, line in enumerate(lines):
        size = 54 if not place else 30 if place < 5 else 24
        pen.text((34, top), line, font=font_of(face, size), fill=15)
        top += size + 24
    code = zxingcpp.create_barcode(codes[0], zxingcpp.BarcodeFormat.QRCode)
    square = Image.fromarray(_array(code.to_image(scale=5, add_quiet_zones=True)))
    picture.paste(square.resize((190, 190), Image.Resampling.NEAREST), (680, 40))
    if chance.random() < 0.3:  # another is printed white on black
        picture = picture.point(lambda level: 255 - level)
        picture.paste(square.resize((190, 190), Image.Resampling.NEAREST), (680, 40))
    return picture


def _array(image: Any) -> Any:
    import numpy

    return numpy.array(image)


def _laid(label: Image.Image, turn: float = 0.0, aside: float = 0.0, scale: float = 1.0) -> Image.Image:
    """A label on the case of a device, as a camera sees it."""
    wide, high = label.size
    if aside:
        corners = (-aside * 60, 0, 0, high, wide, high + aside * 90, wide + aside * 20, -aside * 70)
        label = label.transform(label.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=120)
    label = label.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=120)
    label = label.resize((int(label.width * scale), int(label.height * scale)), Image.Resampling.LANCZOS)
    case = Image.new("L", (label.width + 300, label.height + 260), 120)
    case.paste(label, (150, 130))
    return case


def _noisy(picture: Image.Image, much: float) -> Image.Image:
    return Image.blend(picture, Image.effect_noise(picture.size, 90), much)


def _dim(picture: Image.Image) -> Image.Image:
    """Lit from one side."""
    light = Image.linear_gradient("L").rotate(90).resize(picture.size)
    return Image.composite(picture, picture.point(lambda level: int(level * 0.28) + 8), light)


PHOTOS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "straight": _laid,
    "turned by 7 degrees": lambda label: _laid(label, turn=7),
    "turned by 180 degrees": lambda label: _laid(label, turn=180),
    "turned by 90 degrees": lambda label: _laid(label, turn=90),
    "from the side": lambda label: _laid(label, aside=1.0),
    "out of focus": lambda label: _laid(label).filter(ImageFilter.GaussianBlur(2.2)),
    "with noise": lambda label: _noisy(_laid(label), 0.3),
    "poor light": lambda label: _dim(_laid(label, turn=-3)),
    "from afar": lambda label: _laid(label, scale=0.5),
    "a large photo": lambda label: _laid(label, turn=2, scale=3.0),
}
"""How a photo was taken -> the arithmetic that does the same to a label."""


def photos(number: int, seed: int = 1) -> Iterator[tuple[str, Label, bytes]]:
    """(how it was taken, the label, the photo as JPEG) of so many labels, each taken in every way."""
    chance = random.Random(seed)
    for _ in range(number):
        label = draw(chance)
        for how, take in PHOTOS.items():
            written = io.BytesIO()
            take(label.picture).convert("RGB").save(written, "JPEG", quality=82)
            yield how, label, written.getvalue()
