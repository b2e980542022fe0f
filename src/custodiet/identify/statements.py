"""What sources say outright, without any fingerprint: labels, register columns, the holder of an address block.

These are claims like others, of their own techniques, so that a label never passes for a maker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from custodiet.catalog.ask import lookup_mac
from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import fold
from custodiet.identify.endpoints import ASKED_NAMES, endpoint_claims
from custodiet.identify.remembered import by_version
from custodiet.model import Claim, Observation
from custodiet.resolve import is_local_mac, is_mac

SAYS_OUTRIGHT: list[tuple[str, str, str, str]] = [
    # attribute, field, technique, strength
    ("register.brand", "brand", "label", "strong"),
    ("label.brand", "brand", "label-read", "read-off"),
    ("register.manufacturer", "manufacturer", "stated", "platform"),
    ("register.supplier", "supplier", "stated", "strong"),
    ("register.model", "model", "label", "strong"),
    ("register.firmware", "firmware", "label", "platform"),
    ("register.serial", "serial", "label", "strong"),
    ("upnp.manufacturer", "declared_manufacturer", "self-declared", "strong"),
    ("dhip.vendor", "declared_manufacturer", "self-declared", "strong"),
    ("sadp.manufacturer", "declared_manufacturer", "self-declared", "strong"),
    ("isapi.manufacturer", "declared_manufacturer", "self-declared", "strong"),
    ("onvif.manufacturer", "declared_manufacturer", "self-declared", "strong"),
]
"""What each attribute says without any fingerprint."""

_OUTRIGHT = {attribute: rest for attribute, *rest in SAYS_OUTRIGHT}

NO_NAME = {"general", "private", "oem", "generic", "default", "manufacturer", "unknown", "none", "na"}
"""What a device says when nobody set a name: no name."""

MAC_IN_NAME = {
    "mdns.instance": re.compile(r"(?i)(?<![0-9a-f:])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![0-9a-f:])"),
    "ssdp.usn": re.compile(r"(?i)(?<=-1_0-)[0-9a-f]{12}(?![0-9a-f])"),
}
"""Names in which a device says its MAC address, and how it stands there.

An identifier of random digits must not pass for an address, so only forms that are an address are read: digits in
pairs, or the end that kits for UPnP devices put behind the version of the device type.
"""

KIND_IN_WORDS = ("register.class", "register.text")
"""Attributes in whose words the kind of device is looked for."""

GENERAL_FIELDS: dict[str, str] = {"device.model": "model", "device.serial": "serial", "device.firmware": "firmware"}
"""Attributes read as these say the field themselves; discovery replies say it more firmly than free text."""

_DEVICE = r"camera|\bcctv|recorder|\b[ndx]vr\b|encoder|intercom|deurbel|doorbell|kaartlezer"
_WITH = r"\bincl|\bmet\b|\bwith\b"
_PARTS = (
    r"switch(?:es)?|injectors?|\w*beugels?|brackets?|\w*kabels?|cables?|junction ?box(?:es)?|"
    r"(?:montage|las|aansluit|inbouw|opbouw)do(?:os|zen)|harde ?schij\w+|hard ?disks?|hdd|ssd|"
    r"\w*voeding(?:en)?|adapters?|power suppl\w+|(?:accu|batterij|battery) (?:voor|for)|licenties?|licen[cs]es?|"
    r"onderhoud(?:scontract|sbeurt)?|maintenance|reparatie|repairs?|storing|cursus(?:sen)?|training(?! room)|"
    r"opleiding|advies|demontage|demonteren|verwijder\w*|afvoer(?:en)?|sloop"
)
_THINGS = (
    r"printers?|routers?|access ?points?|ups|telefoons?|phones?|servers?|laptops?|werkplek\w*|monitor(?:en|s)?|"
    r"beeldscherm\w*"
)

CLASS_WORDS: list[tuple[str, str]] = [
    (rf"(?i)\A(?:(?!{_DEVICE}|{_WITH}).){{0,80}}?\b(?:{_PARTS})\b", "not_surveillance"),
    (r"(?i)\b(webcam\w*|dash ?cams?|document(?:en)? ?camera\w*|acti(?:e|on) ?camera\w*|gopro|spiegelreflex\w*|"
     r"(?:systeem|foto|film|compact|inspectie|vergader|achteruitrij|riool\w{0,9})camera\w*|conference camera|"
     r"camera ?(?:tas(?:sen)?|bags?|beugels?|paal|palen|mast(?:en)?|lens|lenzen|statief))\b", "not_surveillance"),
    (r"(?i)\b(?<!voice )(?<!memo )(?<!tape )(?<!dvd )(?<!sound )(?<!audio )(?<!data )(?<!flight )"
     r"(nvr|dvr|xvr|recorders?|netwerkrecorder|videorecorder)\b", "recorder"),
    (r"(?i)\b(warmtebeeld\w*|(thermisch\w*|thermal)\b[^,;]{0,40}\b(\w{0,20}camera|imag|beeld|dome|bullet|turret)\w*)",
     "thermal_camera"),
    (r"(?i)\b(?<!rotary )(?<!shaft )(?<!absolute )(?<!incremental )(encoder|videoserver|video server)\b", "encoder"),
    (r"(?i)\b(\w{0,12}intercom\w*|deurtelefoon|deurpost|door ?station|doorbell|deurbel\w*|video ?deurbel)\b",
     "intercom"),
    (r"(?i)\b(?<!sd[ -])(?<!usb[ -])(?<!memory )(toegangscontrole\w*|access control\w*|kaartlezers?|"
     r"card ?readers?|paslezers?|deurcontrollers?)\b", "access_controller"),
    (rf"(?i)\A(?:(?!{_DEVICE}).){{0,400}}?\b(?:{_THINGS})\b", "not_surveillance"),
    (r"(?i)(camera\w*|\bcctv\b|\bdome\b|\bbullet\b(?! ?(?:journal|point))|\bturret\b|\bptz\b|\bip-?cam\b)", "camera"),
    (rf"(?i)\A(?:(?!{_WITH}).){{0,400}}?\b(?:{_PARTS}|{_THINGS}|montage\w*|installatie\w*)\b", "not_surveillance"),
]  # fmt: skip
"""Words of registers in Dutch and English, in the order asked.

What a line names first it is about: "switch for cameras" is a switch, "camera with bracket" a camera. Work on a camera
that is there already (maintenance, training, removal) is no camera that was bought.
"""

_CLASS_WORDS = [
    (re.compile(words.replace("(?i)", "")), device_class, _PARTS in words or _THINGS in words)
    for words, device_class in CLASS_WORDS
]
"""Asked of text in lower case, which is quicker; and whether one of the parts and things must be in it."""
_STEMS = re.compile("|".join((_PARTS, _THINGS, "montage", "installatie")).replace(r"\w*", ""))


def says_outright(attribute: str, general: str) -> bool:
    """Whether a value of this attribute is a statement of its own, without any fingerprint."""
    return (
        attribute in _OUTRIGHT
        or general in GENERAL_FIELDS
        or attribute in KIND_IN_WORDS
        or attribute in ASKED_NAMES
        or attribute in MAC_IN_NAME
        or "net.mac" in (attribute, general)
    )


def stated_claims(observation: Observation, catalog: Catalog) -> Iterator[Claim]:
    """The claims that one observation makes outright."""
    attribute, value = observation.attribute, observation.value.strip()
    if not value:
        return
    known = catalog.attributes.get(attribute)
    general = known.reads_as if known else ""
    if outright := _OUTRIGHT.get(attribute):
        field, technique, strength = outright
        if field != "declared_manufacturer" or fold(value) not in NO_NAME:
            yield _claim(
                observation, field, name_of(field, value, catalog), technique, catalog.strengths[strength].weight
            )
    elif general in GENERAL_FIELDS:
        weight = catalog.strengths["strong"].weight
        yield _claim(observation, GENERAL_FIELDS[general], value, "self-declared", weight)
    if attribute in KIND_IN_WORDS:
        device_class = class_in_words(value)
        if device_class:
            weight = catalog.strengths["strong" if attribute == "register.class" else "platform"].weight
            yield _claim(observation, "device_class", device_class, "label", weight)
    if "net.mac" in (attribute, general):
        yield from _address_claims(observation, value.lower(), catalog)
    elif (name := MAC_IN_NAME.get(attribute)) and (found := name.search(observation.value)):
        digits = re.sub("[:-]", "", found[0].lower())
        yield from _address_claims(
            observation, ":".join(digits[i : i + 2] for i in range(0, 12, 2)), catalog, found.span()
        )
    yield from endpoint_claims(observation, catalog)


def _address_claims(
    observation: Observation, mac: str, catalog: Catalog, at: tuple[int, int] | None = None
) -> Iterator[Claim]:
    """Who holds the block of an address; `at` is where it stands in the value, where it is a part of it."""
    if not is_mac(mac) or is_local_mac(mac):
        return
    found = lookup_mac(catalog, mac)
    if found is None:
        return
    blocks, prefix = found
    span = at or (0, len(prefix) + (len(prefix) - 1) // 2)
    registrant = blocks.company or blocks.registrant
    yield _claim(observation, "oui_registrant", registrant, "address-block", 0.97, blocks.id, span)
    for field, says in blocks.says.items():
        weight = catalog.strengths[blocks.strength].weight
        yield _claim(observation, field, says, "address-block", weight, blocks.id, span)


def _claim(
    observation: Observation,
    field: str,
    value: str,
    technique: str,
    strength: float,
    record: str = "statement",
    span: tuple[int, int] | None = None,
) -> Claim:
    return Claim(
        field=field,
        value=value,
        technique=technique,
        strength=strength,
        record=record,
        observations=(observation.id,),
        attribute=observation.attribute,
        observed=observation.value[:400],
        span=span or (0, min(len(observation.value), 400)),
    )


def class_in_words(text: str) -> str:
    """The device class a register's words mean; empty when they mean none."""
    return _short_words(text.translate(_ANY_DIGIT)) if len(text) <= 200 else _class_of(text)


def _class_of(text: str) -> str:
    text = text.lower()
    parts = _STEMS.search(text) is not None  # nearly all lines speak of none: that is asked first and alone
    for words, device_class, needs_parts in _CLASS_WORDS:
        if (parts or not needs_parts) and words.search(text):
            return device_class
    return ""


_ANY_DIGIT = str.maketrans("123456789", "000000000")
"""No digit means a kind of device: with all of them alike, descriptions that count or number things repeat."""

_short_words = lru_cache(20_000)(_class_of)
"""Descriptions repeat; long ones hardly do, and would fill the memory."""


def name_of(field: str, value: str, catalog: Catalog) -> str:
    """The catalog's id for a brand or company as people spell it; the text itself where we know no such name."""
    if field not in ("brand", "manufacturer", "declared_manufacturer"):
        return value
    return _ids_by_name(catalog, "brands" if field == "brand" else "companies").get(fold(value), value)


_REMEMBERED: dict[str, dict[str, dict[str, str]]] = by_version()
"""Catalog version -> kind of record -> folded name -> id; a version never changes, so neither does an entry."""


def _ids_by_name(catalog: Catalog, kind: str) -> dict[str, str]:
    kinds = _REMEMBERED.setdefault(catalog.version, {})
    found = kinds.get(kind)
    if found is None:
        records = catalog.brands.values() if kind == "brands" else catalog.companies.values()
        found = kinds[kind] = {fold(name): r.id for r in records for name in (r.id, *r.names, r.name)}
    return found
