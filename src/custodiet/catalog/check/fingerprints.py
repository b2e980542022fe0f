"""Fingerprints: each matches its examples, is silent on its counter-examples, is not shadowed and cannot run away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from custodiet.catalog.check.result import CheckResult, runaway, says_known, wrong
from custodiet.catalog.contents import Catalog
from custodiet.catalog.rule import ask
from custodiet.model import Fingerprint


def check_fingerprints(catalog: Catalog) -> Iterator[CheckResult]:
    """Every rule matches its examples, extracts what they say, is silent on counter-examples, and cannot run away."""
    for record in catalog.fingerprints:
        if not record.says:
            yield wrong("fingerprints", record, "it says nothing", "Add says, or remove the record")
        yield from says_known("fingerprints", record, record.says, catalog)
        fewest = min(2, len(record.when.equals)) if record.when.equals else 2
        if len({example.value for example in record.examples}) < fewest and not record.shelf:
            remedy = "Add another value that must match, or put it on the shelf (shelf: true, strength: lead)"
            yield wrong("fingerprints", record, "fewer than two examples", remedy)
        if not record.examples:
            yield wrong("fingerprints", record, "there is no example", "Add a value that must match")
        if not record.counter_examples:
            yield wrong("fingerprints", record, "there is no counter-example", "Add a value that looks alike")
        if record.shelf and record.strength not in ("lead", "weak"):
            yield wrong("fingerprints", record, "a record on the shelf speaks low", "Use strength: lead")
        yield from _examples(record, catalog)
        if record.when.regex:
            yield from runaway("fingerprints", record, record.when.regex)


def check_shadows(catalog: Catalog) -> Iterator[CheckResult]:
    """No example of a rule is read by another rule of the same attribute that names another maker or another thing."""
    groups: dict[str, list[Fingerprint]] = defaultdict(list)
    for record in catalog.fingerprints:
        groups[record.attribute].append(record)
    for attribute, records in groups.items():
        known = catalog.attributes.get(attribute)
        general = known.reads_as if known else ""
        readers = [*records, *groups.get(general, ())] if general else records
        values = dict.fromkeys(example.value for record in records for example in record.examples)
        read_by = _read_by(readers, list(values), catalog)
        for record in records:
            for example in record.examples:
                for other in read_by[example.value]:
                    if other is not record:
                        yield from _shadow(record, example.value, other, catalog)


def _read_by(readers: Iterable[Fingerprint], values: list[str], catalog: Catalog) -> dict[str, list[Fingerprint]]:
    """Each value with the rules that hold on it; of millions of pairs nearly none does, so nothing else is asked."""
    found: dict[str, list[Fingerprint]] = {value: [] for value in values}
    for reader in readers:
        pattern = catalog.patterns.get(reader.id)
        holds = pattern.search if pattern else frozenset(reader.when.equals).__contains__
        for value in filter(holds, values):
            found[value].append(reader)
    return found


def _examples(record: Fingerprint, catalog: Catalog) -> Iterator[CheckResult]:
    for example in record.examples:
        said = _said_by(record, example.value, catalog)
        if said is None:
            yield wrong(
                "fingerprints", record, f"its example {example.value!r} does not match", "Correct the one or the other"
            )
            continue
        for field, value in example.says.items():
            if said.get(field, "") != value:
                fault = f"{example.value!r} gives {field}: {said.get(field, '')!r} and not {value!r}"
                yield wrong("fingerprints", record, fault, "Correct the expression or the example")
        # A group that no example mentions could extract anything.
        for field, template in record.says.items():
            mentioned = any(field in each.says for each in record.examples)
            if "{" in template and not mentioned and example is record.examples[0]:
                remedy = f"Add says: {{ {field}: ... }} to an example"
                yield wrong("fingerprints", record, f"no example shows what {field} becomes", remedy)
    for index, value in enumerate(record.counter_examples):
        if _said_by(record, value, catalog) is not None:
            fault = f"its counter-example {index + 1}, {value!r}, matches"
            yield wrong("fingerprints", record, fault, "Narrow the expression")


def _said_by(record: Fingerprint, value: str, catalog: Catalog) -> dict[str, str] | None:
    """What a rule says of a value with its groups filled in, or nothing where it stays silent."""
    held = ask(record, catalog.patterns.get(record.id), value)
    return None if held is None else held.says


def _shadow(record: Fingerprint, value: str, other: Fingerprint, catalog: Catalog) -> Iterator[CheckResult]:
    told = _said_by(other, value, catalog)
    if told is None:
        return
    ours, theirs = record.says.get("manufacturer", ""), told.get("manufacturer", "")
    if ours and theirs and _head(ours, catalog) != _head(theirs, catalog):
        fault = f"its example {value!r} is also read by {other.id}, which names {theirs}"
        yield wrong("fingerprints", record, fault, "Narrow one of the two expressions")
    mine, yours = record.says.get("device_class", ""), told.get("device_class", "")
    if mine and yours and mine != yours and "surveillance" not in (mine, yours):
        fault = f"its example {value!r} is also read by {other.id}, which says {yours}"
        yield wrong("fingerprints", record, fault, "Narrow one of the two expressions")
    if {mine, yours} == {"surveillance", "not_surveillance"}:
        fault = f"its example {value!r} is also read by {other.id}, which says {yours}"
        yield wrong("fingerprints", record, fault, "Narrow one of the two expressions")


def _head(company: str, catalog: Catalog) -> str:
    record = catalog.companies.get(company)
    return (record.group or record.id) if record else company
