"""What sources say outright, without any fingerprint: labels, register columns, the holder of an address block.

These are claims like others, of their own techniques, so that a label never passes for a maker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from custodiet.catalog.ask import lookup_mac
from custodiet.catalog.contents import Catalog
from custodiet.model import Claim, Observation
from custodiet.resolve import is_local_mac, is_mac

SAYS_OUTRIGHT: list[tuple[str, str, str, str]] = [
    # attribute, field, technique, strength
    ("register.brand", "brand", "label", "strong"),
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

GENERAL_FIELDS: dict[str, str] = {"device.model": "model", "device.serial": "serial", "device.firmware": "firmware"}
"""Attributes read as these say the field themselves; discovery replies say it more firmly than free text."""

CLASS_WORDS: list[tuple[str, str]] = [
    (r"(?i)\b(nvr|dvr|xvr|recorders?|netwerkrecorder|videorecorder)\b", "recorder"),
    (r"(?i)\b(thermisch\w*|warmtebeeld\w*|thermal)\b", "thermal_camera"),
    (r"(?i)\b(encoder|videoserver|video server)\b", "encoder"),
    (r"(?i)\b(intercom\w*|deurtelefoon|deurpost|door ?station|doorbell|deurbel\w*|video ?deurbel)\b", "intercom"),
    (r"(?i)\b(toegangscontrole\w*|access control\w*|kaartlezer|card ?reader|paslezer|deurcontroller)\b",
     "access_controller"),
    (r"(?i)\b(switch(es)?|printers?|routers?|access ?points?|ups|telefoons?|phones?|servers?|laptops?|werkplek\w*|"
     r"monitor(en|s)?|beeldscherm\w*|beugels?|brackets?|kabels?|cables?|licenties?|licen[cs]es?|harde ?schij\w+|hdd|"
     r"voeding\w*|montage\w*|installatie\w*|injector)\b", "not_surveillance"),
    (r"(?i)(camera\w*|\bcctv\b|\bdome\b|\bbullet\b|\bturret\b|\bptz\b|\bip-?cam\b)", "camera"),
]  # fmt: skip
"""Words of registers in Dutch and English, in the order asked: "switch for cameras" is a switch."""

_CLASS_WORDS = [(re.compile(words), device_class) for words, device_class in CLASS_WORDS]


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
    if attribute in ("register.class", "register.text"):
        device_class = class_in_words(value)
        if device_class:
            weight = catalog.strengths["strong" if attribute == "register.class" else "platform"].weight
            yield _claim(observation, "device_class", device_class, "label", weight)
    if "net.mac" in (attribute, general):
        yield from _address_claims(observation, value.lower(), catalog)


def _address_claims(observation: Observation, mac: str, catalog: Catalog) -> Iterator[Claim]:
    if not is_mac(mac) or is_local_mac(mac):
        return
    found = lookup_mac(catalog, mac)
    if found is None:
        return
    blocks, prefix = found
    span = (0, len(prefix) + (len(prefix) - 1) // 2)
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
    return next((device_class for words, device_class in _CLASS_WORDS if words.search(text)), "")


def fold(name: str) -> str:
    """A name without case, accents of punctuation and blanks, for comparing spellings."""
    return re.sub(r"[\W_]+", "", name.casefold())


def name_of(field: str, value: str, catalog: Catalog) -> str:
    """The catalog's id for a brand or company as people spell it; the text itself where we know no such name."""
    if field not in ("brand", "manufacturer", "declared_manufacturer"):
        return value
    return _ids_by_name(catalog, "brands" if field == "brand" else "companies").get(fold(value), value)


_REMEMBERED: dict[tuple[str, str], dict[str, str]] = {}
"""(catalog version, kind of record) -> folded name -> id; a version never changes, so neither does an entry."""


def _ids_by_name(catalog: Catalog, kind: str) -> dict[str, str]:
    key = (catalog.version, kind)
    if key not in _REMEMBERED:
        records = catalog.brands.values() if kind == "brands" else catalog.companies.values()
        _REMEMBERED[key] = {fold(name): r.id for r in records for name in (r.id, *r.names, r.name)}
    return _REMEMBERED[key]
