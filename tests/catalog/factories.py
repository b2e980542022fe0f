"""Small catalog folders for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

FINGERPRINT = """\
id: {id}
attribute: {attribute}
when:
  regex: '{regex}'
says: {{ manufacturer: {maker}, firmware: '{{firmware}}' }}
technique: protocol-reply
strength: strong
examples:
  - {{ value: 'ExampleCam/5.1', says: {{ firmware: '5.1' }} }}
  - {{ value: 'ExampleCam/6.0' }}
counter_examples: ['ExampleCam viewer']
references:
  - {{ where: manual, read: 2025-01 }}
added: 2025-01-31
"""

COMPANY = """\
id: {id}
name: {name}
{more}references:
  - {{ where: registry, read: 2025 }}
added: 2025-01-31
"""

BLOCKS = """\
id: {id}
registrant: {id}
blocks: [{blocks}]
references:
  - {{ where: registry, read: 2025 }}
added: 2025-01-31
"""

WORDS = {
    "attributes": '- { id: rtsp.server, means: "Server header" }\n- { id: http.server, means: "Server header" }\n',
    "device_classes": "- { id: camera, means: sees, surveillance: true }\n"
    "- { id: surveillance, means: watches, surveillance: true }\n"
    "- { id: not_surveillance, means: other, surveillance: false }\n",
    "strengths": "- { id: strong, weight: 0.9, means: one maker }\n- { id: weak, weight: 0.25, means: hint }\n"
    "- { id: lead, weight: 0.1, means: thin }\n",
    "techniques": "- { id: protocol-reply, cap: 0.94, means: a reply }\n",
    "relation_kinds": "- { id: owns, means: shares }\n- { id: controls, means: decides }\n"
    "- { id: makes_for, means: makes }\n",
    "body_kinds": "- { id: other, means: any }\n",
    "demands": "- { id: stop-buying, means: stop }\n",
}


def write(folder: Path, name: str, text: str) -> Path:
    """Write one file of a catalog folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def vocabulary(folder: Path) -> Path:
    """A folder with the few words the tests need."""
    for name, text in WORDS.items():
        write(folder, f"vocabulary/{name}.yml", text)
    return folder


def fingerprint(folder: Path, id: str = "rtsp-server-example", **changed: str) -> Path:
    """A record that is right unless something is changed."""
    fields = {
        "id": id,
        "attribute": "rtsp.server",
        "regex": r"^ExampleCam/(?P<firmware>[\d.]+)$",
        "maker": "example-optics",
    } | changed
    return write(folder, f"fingerprints/{fields['attribute']}/{id}.yml", FINGERPRINT.format(**fields))


def company(folder: Path, id: str, name: str = "", more: str = "") -> Path:
    """A company, with further lines of YAML."""
    return write(folder, f"companies/{id}.yml", COMPANY.format(id=id, name=name or id.title(), more=more))


def relation(kind: str, to: str, **fields: str) -> str:
    """A relations key with one relation."""
    lines = "".join(f"    {key}: {value}\n" for key, value in fields.items())
    source = "    references:\n      - { where: registry, read: 2025 }\n"
    return f"relations:\n  - kind: {kind}\n    to: {to}\n{lines}{source}"


def blocks(folder: Path, id: str, *prefixes: str) -> Path:
    """Address blocks of one registrant."""
    return write(folder, f"address_blocks/{id}.yml", BLOCKS.format(id=id, blocks=", ".join(prefixes)))


def small_catalog(folder: Path) -> Path:
    """A whole catalog folder with one rule and its maker."""
    vocabulary(folder)
    company(folder, "example-optics")
    fingerprint(folder)
    return folder
