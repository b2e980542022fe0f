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

ENDPOINT = """\
id: acme-cloud
names: ['*.acme.example', api.acme.example]
addresses: [198.51.100.0/24]
ports: [tcp/443]
purpose: device-cloud
asked_by: device
known_by: capture
specificity: unique
company: example-optics
says: {{ manufacturer: example-optics }}
strength: strong
references:
  - {{ where: capture, read: 2025-01 }}
added: 2025-01-31
"""

FIRMWARE = """\
id: example-version
company: example-optics
regex: '^E(?P<version>[0-9.]{{3,9}})-(?P<platform>[A-Z]\\d)-(?P<code>[A-Z]{{2}}) (?P<build>(?P<date>\\d{{6}}))$'
date: yymmdd
codes:
  - {{ code: SE, brand: sees }}
  - {{ code: XX, brand: sees, shelf: true }}
platforms:
  - {{ code: P1, device_class: camera }}
  - {{ code: P2, device_class: camera, shelf: true }}
examples:
  - {{ value: 'E5.1-P1-SE 250102', says: {{ version: '5.1', built_on: 2025-01-02, brand: sees, platform: P1 }} }}
  - {{ value: 'E5.1.2-P2-XX 241231', says: {{ brand: '', device_class: '' }} }}
counter_examples: ['E5.1-P1-SE 251302', 'E5.1']
references:
  - {{ where: manual, read: 2025-01 }}
added: 2025-01-31
"""

VULNERABILITY = """\
id: CVE-2025-10001
title: a way in
companies: [example-optics]
device_classes: [camera]
affected:
  - what: EX-1 before 2025
    models: 'EX-1'
    build_before: 2025-01-01
    version_before: '6.0'
exploited: listed
exploited_since: 2025-02-01
exploited_read: 2025-03-01
login: none
published: 2025-01-15
cvss: 9.8
references:
  - {{ where: CVE record, read: 2025-03 }}
added: 2025-03-31
"""

SERIES_BRAND = """\
id: sees
name: Sees
series:
  - name: S line
    models: 'S-\\d+'
    made_by: example-optics
    since: 2020
    until: 2023
    certainty: confirmed
    references:
      - {{ where: teardown, read: 2024 }}
  - name: T line
    models: 'T-\\d+'
    certainty: not-established
    references:
      - {{ where: shop, read: 2024 }}
references:
  - {{ where: shop, read: 2024 }}
added: 2025-01-31
"""

WORDS = {
    "attributes": '- { id: rtsp.server, means: "Server header" }\n- { id: http.server, means: "Server header" }\n',
    "device_classes": "- { id: camera, means: sees, surveillance: true }\n"
    "- { id: surveillance, means: watches, surveillance: true }\n"
    "- { id: not_surveillance, means: other, surveillance: false }\n",
    "strengths": "- { id: strong, weight: 0.9, means: one maker }\n- { id: supporting, weight: 0.45, means: some }\n"
    "- { id: weak, weight: 0.25, means: hint }\n"
    "- { id: lead, weight: 0.1, means: thin }\n",
    "techniques": "- { id: protocol-reply, cap: 0.94, means: a reply }\n",
    "relation_kinds": "- { id: owns, means: shares }\n- { id: controls, means: decides }\n"
    "- { id: makes_for, means: makes }\n",
    "body_kinds": "- { id: other, means: any }\n",
    "demands": "- { id: stop-buying, means: stop }\n",
    "certainties": "- { id: confirmed, strength: strong, means: seen }\n"
    "- { id: not-established, strength: '', means: nobody says }\n",
    "endpoint_purposes": "- { id: device-cloud, means: cloud }\n",
    "endpoint_evidence": "- { id: capture, means: seen }\n- { id: not-confirmed, means: a lead }\n",
    "askers": "- { id: device, means: devices }\n- { id: app, means: apps }\n- { id: people, means: people }\n",
    "specificities": "- { id: unique, means: alone }\n- { id: shared, means: others too }\n",
    "levels": "- { id: product, means: a thing }\n",
    "exploited": "- { id: listed, means: on the list }\n- { id: not-listed, means: not on it }\n",
    "logins": "- { id: none, means: no account }\n",
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


def kinds(folder: Path) -> Path:
    """A whole catalog folder with one endpoint, one firmware format, one vulnerability and a brand with two series."""
    small_catalog(folder)
    write(folder, "endpoints/acme-cloud.yml", ENDPOINT.format())
    write(folder, "firmware/example-version.yml", FIRMWARE.format())
    write(folder, "vulnerabilities/CVE-2025-10001.yml", VULNERABILITY.format())
    write(folder, "brands/sees.yml", SERIES_BRAND.format())
    return folder
