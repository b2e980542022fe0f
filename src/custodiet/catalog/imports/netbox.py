"""A device type of a NetBox library (YAML): one model of one maker, as somebody wrote it down for planning racks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from custodiet.catalog.contents import Catalog
from custodiet.catalog.imports.draft import Draft, Imported, Refused, id_of, shown
from custodiet.catalog.models import describe_model
from custodiet.catalog.rule import ask
from custodiet.catalog.spelling import fold
from custodiet.errors import UsageError
from custodiet.model import Example, Fingerprint, Reference, When
from custodiet.plain_yaml import read_plain

LARGEST = 1_000_000
_KEY = re.compile(rb"^(manufacturer|model|slug|u_height|part_number):", re.MULTILINE)


def recognise(head: bytes) -> bool:
    """Whether the keys of a device type stand at the start of lines."""
    found = {key[1] for key in _KEY.finditer(head)}
    return {b"manufacturer", b"model"} <= found and bool(found & {b"slug", b"u_height", b"part_number"})


def draft(text: str, name: str, on: str, catalog: Catalog, _registrants: Sequence[str]) -> Imported:
    """A draft of a rule for the model, where no rule reads it yet.

    Raises:
        Refused: this is no device type.
    """
    if len(text) > LARGEST:
        raise Refused("it is larger than a device type")
    try:
        plain, _lines = read_plain(text, Path(name), "A device type has manufacturer and model at its top.")
    except UsageError as fault:
        raise Refused(fault.reason) from fault
    maker = shown(plain.get("manufacturer")) if isinstance(plain, dict) else ""
    models = [shown(plain.get(key)) for key in ("model", "part_number")] if isinstance(plain, dict) else []
    models = [model for model in dict.fromkeys(models) if model]
    if not maker or not models:
        raise Refused("it names no manufacturer or no model")
    imported = Imported(read=1)
    brand = next(
        (b for b in catalog.brands.values() if fold(maker) in {fold(n) for n in (b.id, b.name, *b.names)}), None
    )
    if brand is None:
        imported.notes.append(f"no brand of ours is called {maker!r}: make a record of it first")
        return imported
    unread = [model for model in models if not _reads(model, catalog)]
    if not unread:
        imported.known = 1
        return imported
    record = Fingerprint(
        id=f"device-model-{id_of(f'{brand.id} {unread[0]}')}",
        attribute="device.model",
        when=When(equals=tuple(unread)),
        says={"brand": brand.id, "model": unread[0]},
        technique="model-grammar",
        strength="lead",
        examples=tuple(Example(value=model) for model in unread),
        counter_examples=(),
        references=(Reference(where=f"NetBox device type {shown(name)}, {maker} {models[0]}", read=on),),
        added=on,
        shelf=True,
        note="Draft: one model letter for letter; a family is better told by one expression.",
    )
    confirm = (
        "what it is: a device type does not say whether it is a camera, a recorder or a switch",
        "who makes it: the name in the file is the label",
        "the expression of its family, a second example and a counter-example that looks alike",
    )
    imported.drafts.append(Draft("fingerprints", record, confirm))
    return imported


def _reads(model: str, catalog: Catalog) -> bool:
    """Whether a rule or a grammar of ours knows this model already."""
    return describe_model(model, catalog) is not None or any(
        ask(record, catalog.patterns.get(record.id), model) for record in catalog.by_attribute("device.model")
    )
