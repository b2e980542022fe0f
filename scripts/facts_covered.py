"""Is every fact of the shared tables in the catalog? One line for each table, and every row that is missing.

python scripts/facts_covered.py [-v] [FOLDER]

Each row is looked up in the loaded catalog, never in its files: a prefix among the blocks, a host name by
`endpoint_of`, an example by the matcher. A row is ``covered``, on the ``shelf``, ``unverified`` (the table says that
nobody checked it), ``elsewhere`` (known to the program outside the catalog, or left out for the reason told) or
MISSING. The tables are no part of the repository; without them the script says so and ends well.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from facts_known import ELSEWHERE, NAMES, SIGNALS

from custodiet.catalog import Catalog, endpoint_of, load_catalog, lookup_mac
from custodiet.catalog.spelling import fold
from custodiet.identify import Matcher

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT.parent / "shared" / "facts"


class Found(NamedTuple):
    """What became of one row."""

    row: str
    """How the row is known, short."""
    state: str
    """covered, shelf, unverified, elsewhere or MISSING."""
    why: str = ""
    """The record that holds it, or the reason."""


Row = dict[str, str]
Look = Callable[[Row, "Knowledge"], Found]


class Knowledge:
    """The catalog with what looking up needs."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.matcher = Matcher(catalog)
        self.names: dict[str, str] = {}
        for kind, records in (("brand", catalog.brands), ("company", catalog.companies)):
            for record in records.values():
                for name in (record.id, record.name, *record.names):
                    self.names.setdefault(fold(name), f"{kind} {record.id}")
        self.registrants = {record.registrant: record.id for record in catalog.address_blocks.values()}
        series = [series for brand in catalog.brands.values() for series in brand.series]
        self.series = "\n".join(f"{s.name} {s.models} {s.note}" for s in series)


def oui(row: Row, known: Knowledge) -> Found:
    """A MAC prefix is in our blocks, or lies in one of them."""
    prefix = re.sub(r"[^0-9A-F]", "", (row.get("prefix") or "").upper())
    if reason := _elsewhere("ouis", prefix):
        return Found(prefix, "elsewhere", reason)
    record = known.catalog.blocks.get(prefix)
    if record is None:
        found = lookup_mac(known.catalog, prefix.ljust(12, "0"))
        record = found[0] if found else None
    return Found(prefix, "covered", record.id) if record else Found(prefix, "MISSING", row.get("registrant", ""))


def observed_oui(row: Row, known: Knowledge) -> Found:
    """The block of a unit in a public list: its registrant is what counts."""
    if not row["ieee_registrant"].strip("- ") or "not in" in row["ieee_registrant"]:
        return Found(row["prefix"], "elsewhere", "the registry does not know this prefix")
    if row["ieee_registrant"] == "IEEE Registration Authority":
        return Found(row["prefix"], "elsewhere", "cut up by the registry: who holds it, longer prefixes tell")
    return oui({"prefix": row["prefix"], "registrant": row["ieee_registrant"]}, known)


def registrant(row: Row, known: Knowledge) -> Found:
    """A rule over names in the registry: we keep the blocks themselves, so one of theirs must be there."""
    rule = re.compile(row["registrant_regex"], re.IGNORECASE)
    mine = [id for name, id in known.registrants.items() if rule.search(name)]
    named = name_of(row.get("maker_id") or row.get("vendor_id") or "", known)
    if mine:
        return Found(row["registrant_regex"], "covered", ", ".join(mine[:3]))
    return Found(row["registrant_regex"], "covered" if named else "MISSING", named)


def endpoint(row: Row, known: Knowledge) -> Found:
    """Every host name of the row belongs to a record of its own domain; a port or a local group to a record as well."""
    text = row.get("pattern") or row.get("host_or_address") or ""
    if reason := _elsewhere("endpoints", text):
        return Found(text, "elsewhere", reason)
    hosts = re.findall(
        r"\*?[a-z0-9*-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}(?![\w.])",
        text.lower().partition("(")[0] if "(Net" in text else text.lower(),
    )
    if hosts:
        records = [endpoint_of(known.catalog, host.replace("*.", "any.")) for host in hosts]
        if not all(records):
            return Found(text, "MISSING")
        shelf = any(record.shelf for record in records if record)
        return Found(text, "shelf" if shelf else "covered", ", ".join(sorted({r.id for r in records if r})))
    address = re.search(r"\d+\.\d+\.\d+\.\d+", text)
    if address and (record := endpoint_of(known.catalog, address[0])):
        return Found(text, "covered", record.id)
    ports = set(re.findall(r"\d+", row.get("ports") or row.get("port") or ""))
    return _by_port(text, ports, known)


def discovery(row: Row, known: Knowledge) -> Found:
    """A port of local discovery stands in a record."""
    return _by_port(row["protocol"], {row["request_port"]}, known)


def service_port(row: Row, known: Knowledge) -> Found:
    """A port that devices open stands in a record."""
    if "unconfirmed" in row["specificity"]:
        return Found(row["port"], "unverified", "the number was not confirmed")
    return _by_port(row["port"], set(re.findall(r"\d+", row["port"])), known, ("device-service", "local-discovery"))


def _by_port(text: str, ports: set[str], known: Knowledge, purposes: Iterable[str] = ()) -> Found:
    for record in known.catalog.endpoints.values():
        if purposes and record.purpose not in purposes:
            continue
        if ports and ports <= {port.partition("/")[2] for port in record.ports}:
            return Found(f"{text} {'/'.join(sorted(ports))}", "covered", record.id)
    return Found(f"{text} {'/'.join(sorted(ports))}", "MISSING")


def vulnerability(row: Row, known: Knowledge) -> Found:
    """Every number of the row is a record."""
    first, *_ = numbers = re.findall(r"CVE-\d{4}-\d{4,7}", row["id"])
    if " to " in row["id"]:
        low, high = (int(number.rpartition("-")[2]) for number in numbers)
        numbers = [f"{first.rpartition('-')[0]}-{number}" for number in range(low, high + 1)]
    lost = [number for number in numbers if number not in known.catalog.vulnerabilities]
    return Found(row["id"], "MISSING" if lost else "covered", ", ".join(lost))


def model(row: Row, known: Knowledge) -> Found:
    """The example of a family is read by a rule or a grammar of models."""
    return _example("device.model", row["example"], f"{row.get('family') or row.get('class')} {row['example']}", known)


def platform(row: Row, known: Knowledge) -> Found:
    """A hardware platform stands in a format of its maker."""
    for part in re.split(r" / ", row["platform"]):
        code = part.removesuffix("_*").removeprefix("B-R-").rpartition("-")[0] or part.removesuffix("_*")
        for record in known.catalog.firmware.values():
            for one in record.platforms:
                if one.code in (part, code, part.removesuffix("_*")):
                    return Found(row["platform"], "shelf" if one.shelf else "covered", record.id)
    return Found(row["platform"], "MISSING")


def firmware_code(row: Row, known: Knowledge) -> Found:
    """A customer code stands in a format."""
    wanted = re.findall(r"[0-9A-Z]{4}\b", row["code"])
    for record in known.catalog.firmware.values():
        codes = {code.code: code for code in record.codes}
        if wanted and all(code in codes for code in wanted):
            return Found(row["code"], "shelf" if codes[wanted[0]].shelf else "covered", record.id)
    return Found(row["code"], "MISSING")


def brand(row: Row, known: Knowledge) -> Found:
    """Every brand of the row is a record, and says who makes what under it, or that nobody knows."""
    found = _names(row["brand"], row, known)
    for word in found.why.split(", ") if found.state == "covered" else ():
        record = known.catalog.brands.get(word.removeprefix("brand "))
        if record and not (record.series or record.makes):
            return Found(found.row, "MISSING", f"{record.id} says nothing of who makes it")
    return found


def maker(row: Row, known: Knowledge) -> Found:
    """The company of the row is a record."""
    text = row.get("maker_id") or ""
    return _names(text, row, known)


def lead(row: Row, known: Knowledge) -> Found:
    """Nobody read a source: no record may name a maker for it from here."""
    return Found(row["brand"], "unverified", "no source was read")


def _names(text: str, row: Row, known: Knowledge) -> Found:
    if reason := _elsewhere("names", text):
        return Found(text, "elsewhere", reason)
    if "unconfirmed" in (row.get("certainty") or "") and text.count(",") > 2:
        return Found(text, "unverified", "not found in any source that was read")
    named = name_of(text, known)
    return Found(text, "covered", named) if named else Found(text, "MISSING", row.get("certainty", ""))


def name_of(text: str, known: Knowledge) -> str:
    """The records of a name, or of all names that a row joins; empty where one of them is unknown."""
    if fold(text) in known.names:
        return known.names[fold(text)]
    if text in NAMES:
        parts: Iterable[str] = NAMES[text]
    else:
        parts = [re.sub(r"\(.*?\)", "", part).strip() for part in re.split(r",|/| and ", text)]
    found = [known.names.get(fold(part), "") for part in parts if part]
    return ", ".join(found) if found and all(found) else ""


def sadp_field(row: Row, known: Knowledge) -> Found:
    """A field of a reply is read by the parser, or is named with the reason why not."""
    source = (ROOT / "src/custodiet/wire/sadp.py").read_text(encoding="utf-8")
    source += "\n".join(record.when.regex for record in known.catalog.by_attribute("sadp.reply"))
    if any(part.strip().lower() in source.lower() for part in re.split(r"[/,]", row["element"])):
        return Found(row["element"], "elsewhere", "read by wire/sadp.py, or part of a rule")
    reason = _elsewhere("sadp", row["element"])
    return Found(row["element"], "elsewhere", reason) if reason else Found(row["element"], "MISSING")


def fingerprint(entry: dict[str, Any], known: Knowledge) -> Found:
    """The example of an entry is read by one of our rules, for the attribute that the signal stands for."""
    if reason := _elsewhere("fingerprints", entry["id"]):
        return Found(entry["id"], "elsewhere", reason)
    signal = entry["id"] if entry["id"] in SIGNALS or "maker" not in entry else entry["signal"]
    if signal not in SIGNALS:
        return Found(entry["id"], "MISSING", f"no attribute for {signal}")
    attribute, make = SIGNALS[signal]
    example = str(entry.get("example") or entry["matcher"].get("pattern", ""))
    values = make(example)
    if attribute == "net.mac":
        return oui({"prefix": re.sub(r"[^0-9A-Fa-f]", "", values[0])[:6]}, known)
    if attribute == "dns.query":
        record = endpoint_of(known.catalog, values[0])
        return Found(entry["id"], "covered" if record else "MISSING", record.id if record else values[0])
    for value in values:
        if (found := _example(attribute, value, entry["id"], known)).state != "MISSING":
            return found
    return Found(entry["id"], "MISSING", f"{attribute} {values[0][:80]!r}")


def _example(attribute: str, value: str, row: str, known: Knowledge) -> Found:
    held = known.matcher.match(attribute, value)
    if not held and attribute == "device.model":
        if any(pattern.search(value) for _, pattern in known.catalog.grammars):
            return Found(row, "covered", "a grammar of models")
        if reason := _elsewhere("models", value):
            return Found(row, "elsewhere", reason)
    if not held:
        return Found(row, "MISSING", f"{attribute} {value[:80]!r}")
    shelf = all(match.fingerprint.shelf for match in held)
    return Found(row, "shelf" if shelf else "covered", held[0].fingerprint.id)


def false_friend(row: Row, known: Knowledge) -> Found:
    """A trap has a test of its own, told by its signal."""
    tests = (ROOT / "tests/catalog/test_false_friends.py").read_text(encoding="utf-8")
    wanted = f"{row['kind']}: {row['signal']}"
    return Found(wanted, "covered", "test_false_friends") if wanted in tests else Found(wanted, "MISSING")


def source_row(row: Row, known: Knowledge) -> Found:
    """Sources are cited where they were used; the list itself is no fact about the world."""
    return Found(row["id"], "elsewhere", "cited by the records that rest on it")


def _elsewhere(kind: str, key: str) -> str:
    return next((reason for part, reason in ELSEWHERE[kind].items() if key == part or re.search(part, key)), "")


TABLES: dict[str, Look] = {
    "dahua/ouis.tsv": oui, "hikvision/ouis.tsv": oui, "others/ouis.tsv": oui, "others/ouis_general_vendors.tsv": oui,
    "others/observed_ouis.tsv": observed_oui, "others/registrant_rules.tsv": registrant,
    "others/general_vendors_summary.tsv": registrant,
    "dahua/fingerprints.json": fingerprint, "hikvision/fingerprints.json": fingerprint,
    "others/fingerprints.json": fingerprint,
    "dahua/models.tsv": model, "hikvision/models.tsv": model, "others/models.tsv": model,
    "hikvision/firmware_platforms.tsv": platform, "dahua/firmware_codes.tsv": firmware_code,
    "dahua/endpoints.tsv": endpoint, "hikvision/endpoints.tsv": endpoint, "others/endpoints.tsv": endpoint,
    "discovery_ports.tsv": discovery, "hikvision/ports.tsv": service_port, "hikvision/sadp_fields.tsv": sadp_field,
    "dahua/cves.tsv": vulnerability, "hikvision/cves.tsv": vulnerability, "others/cves.tsv": vulnerability,
    "dahua/makers.tsv": maker, "others/makers.tsv": maker,
    "dahua/oem_brands.tsv": brand, "hikvision/oem_brands.tsv": brand, "others/oem_brands.tsv": brand,
    "others/oem_overlaps.tsv": brand, "hikvision/oem_leads_unverified.tsv": lead,
    "others/false_friends.tsv": false_friend,
    "dahua/sources.tsv": source_row, "others/sources.tsv": source_row,
}  # fmt: skip
"""Every table, in reading order, with the question that each row is asked."""

STATES = ("covered", "shelf", "unverified", "elsewhere", "MISSING")


def rows_of(path: Path) -> list[Any]:
    """The rows of a table, or the entries of a list of fingerprints."""
    if path.suffix == ".json":
        return list(json.loads(path.read_text(encoding="utf-8"))["fingerprints"])
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def survey(folder: Path, catalog: Catalog) -> Iterator[tuple[str, list[Found]]]:
    """Each table with what became of its rows; a table that is not there is left out, one that is new is told."""
    known = Knowledge(catalog)
    for name, look in TABLES.items():
        if (folder / name).is_file():
            yield name, [look(row, known) for row in rows_of(folder / name)]
    for path in sorted([*folder.rglob("*.tsv"), *folder.rglob("*.json")]):
        if str(path.relative_to(folder)) not in TABLES:
            yield str(path.relative_to(folder)), [Found("the table", "MISSING", "nobody asks it")]


def main(arguments: list[str]) -> int:
    """Print the table; 1 when a row is missing."""
    folder = Path(next((word for word in arguments if not word.startswith("-")), str(FACTS)))
    if not folder.is_dir():
        print(f"There are no tables of facts at {folder}: nothing to compare.")
        return 0
    print(f"{'table':<36}" + "".join(f"{state:>11}" for state in STATES))
    total: Counter[str] = Counter()
    missing: list[str] = []
    for name, found in survey(folder, load_catalog()):
        counts = Counter(one.state for one in found)
        total += counts
        print(f"{name:<36}" + "".join(f"{counts[state]:>11,}" for state in STATES))
        shown = STATES[1:] if "-v" in arguments else STATES[-1:]
        missing += [f"{name}: {one.state}: {one.row}: {one.why}" for one in found if one.state in shown]
    print(f"{'all':<36}" + "".join(f"{total[state]:>11,}" for state in STATES))
    print("\n".join(missing))
    return 1 if total["MISSING"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
