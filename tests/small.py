"""A catalog of a few invented records in a folder, and short ways to make claims and observations.

The words of the closed lists are our own; the makers are not, so that no test depends on what we know of the world.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from custodiet.catalog.contents import Catalog
from custodiet.catalog.load import load_catalog
from custodiet.model import Asset, Claim, Observation, observe

VOCABULARY = Path(__file__).resolve().parents[1] / "catalog" / "vocabulary"


RECORDS: dict[str, str] = {
    "companies/acme.yml": "id: acme\nname: Acme Cameras Ltd\nnames: [ACME]\nseat: XA\n",
    "companies/acme-home.yml": "id: acme-home\nname: Acme Home Ltd\nseat: XA\ngroup: acme\n",
    "companies/rival.yml": "id: rival\nname: Rival Optics\nseat: XB\n",
    "brands/sees.yml": "id: sees\nname: SeeS\nnames: [See-S]\ncompany: acme\nmakes: [acme]\n",
    "address_blocks/acme.yml": (
        "id: acme\nregistrant: ACME CAMERAS\ncompany: acme\nblocks: [00005E]\n"
        "says: { manufacturer: acme }\nstrength: strong\n"
    ),
}


def fingerprint(
    id: str,
    attribute: str,
    says: str,
    *,
    regex: str = "",
    equals: str = "",
    technique: str = "protocol-reply",
    strength: str = "strong",
    shelf: bool = False,
) -> dict[str, str]:
    """Path and text of one fingerprint; ``says`` and ``equals`` are written as YAML."""
    when = f"regex: '{regex}'" if regex else f"equals: {equals}"
    text = (
        f"id: {id}\nattribute: {attribute}\nwhen: {{ {when} }}\nsays: {says}\ntechnique: {technique}\n"
        f"strength: {strength}\nexamples: []\ncounter_examples: []\nreferences: []\nadded: 2026-11-21\n"
        f"shelf: {str(shelf).lower()}\n"
    )
    return {f"fingerprints/{attribute}/{id}.yml": text}


def write(folder: Path, *records: dict[str, str]) -> Path:
    """Write records to a catalog folder; one that is there already stays as it is, and as old."""
    for record in records:
        for name, text in record.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
    return folder


def catalog(folder: Path, *records: dict[str, str]) -> Catalog:
    """The records of `RECORDS` and these, loaded with our words."""
    if not (folder / "vocabulary").is_dir():
        # what is stated is fitted again and again; no test but those about it may depend on that
        shutil.copytree(VOCABULARY, folder / "vocabulary", ignore=shutil.ignore_patterns("calibration.yml"))
    return load_catalog([write(folder, RECORDS, *records)], use_cache=False)


def seen(attribute: str, value: str, place: str = "packet 1", source: str = "src-1") -> Observation:
    """One observation of the device 10.0.0.5."""
    return observe(source, "ip:10.0.0.5", attribute, value, place)


def claim(value: str, technique: str = "protocol-reply", strength: float = 0.9, **over: object) -> Claim:
    """A claim for a manufacturer unless told otherwise."""
    given: dict[str, object] = {
        "field": "manufacturer",
        "record": f"{technique}-{value}",
        "observations": ("obs-1",),
        "attribute": "http.server",
        "observed": f"seen by {technique}",
    }
    return Claim(value=value, technique=technique, strength=strength, **(given | over))  # type: ignore[arg-type]


DEVICE = Asset(id="ast-1", label="10.0.0.5", subjects=("src-1/ip:10.0.0.5",))
