"""Families of models: each explains its examples part by part, and agrees with the fingerprints it leans on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from custodiet.catalog.check.result import CheckResult, known, runaway, wrong
from custodiet.catalog.contents import Catalog
from custodiet.catalog.models import describe_model, read_model
from custodiet.catalog.rule import ask
from custodiet.model import FamilyExample, ModelFamily, ModelReading


def check_models(catalog: Catalog) -> Iterator[CheckResult]:
    """Every family reads its examples as they say, alone, and its fingerprints conclude the same models."""
    for family, pattern in catalog.grammars:
        for id in family.fingerprints:
            yield from known("models", family, "fingerprint", id, [f.id for f in catalog.by_attribute("device.model")])
        if not family.fingerprints:
            yield wrong("models", family, "no fingerprint concludes its models", "Name the rules of device.model")
        if len({example.model for example in family.examples}) < 2:
            yield wrong("models", family, "fewer than two examples", "Add another model that must be read")
        if not family.counter_examples:
            yield wrong("models", family, "there is no counter-example", "Add a model of another family")
        for part in family.parts:
            if part.group and not (part.values or part.says):
                yield wrong("models", family, f"the part {part.group} means nothing", "Add values or says")
            if odd := [value for value in (*part.values, *part.classes) if value != value.upper()]:
                yield wrong("models", family, f"the part {odd[0]} is not in capitals", "Write parts in capitals")
        for example in family.examples:
            found = pattern.fullmatch(example.model)
            if found is None:
                fault = f"its example {example.model!r} is not read"
                yield wrong("models", family, fault, "Correct the one or the other")
                continue
            yield from _said(family, example, read_model(family, found))
            yield from _agrees(family, example, read_model(family, found), catalog)
        for model in family.counter_examples:
            if pattern.fullmatch(model):
                yield wrong("models", family, f"its counter-example {model!r} is read", "Narrow the expression")
        yield from runaway("models", family, family.regex)


def _said(family: ModelFamily, example: FamilyExample, reading: ModelReading) -> Iterator[CheckResult]:
    told: dict[str, list[str]] = defaultdict(list)
    for read in reading.parts:
        if read.means:
            told[read.part].append(read.means)
    for part, means in example.says.items():
        if ", ".join(told[part]) != means:
            fault = f"{example.model!r} gives {part}: {', '.join(told[part])!r} and not {means!r}"
            yield wrong("models", family, fault, "Correct the grammar or the example")


def _agrees(
    family: ModelFamily, example: FamilyExample, reading: ModelReading, catalog: Catalog
) -> Iterator[CheckResult]:
    """The family and its fingerprints speak of the same models and call them the same kind of thing."""
    first = describe_model(example.model, catalog)
    if first and first.family != family.id:
        fault = f"its example {example.model!r} is read by {first.family}"
        yield wrong("models", family, fault, "Narrow one of the two expressions")
    rules = [rule for id in family.fingerprints if (rule := catalog.fingerprint(id))]
    said = [held.says for rule in rules if (held := ask(rule, catalog.patterns.get(rule.id), example.model))]
    if rules and not said:
        fault = f"no fingerprint of it concludes {example.model!r}"
        yield wrong("models", family, fault, "Name the rule that does, or widen it")
    for says in said:
        theirs, ours = says.get("device_class", ""), reading.device_class
        if theirs and ours and theirs != ours and "surveillance" not in (theirs, ours):
            fault = f"{example.model!r} is called {ours} here and {theirs} by its fingerprint"
            yield wrong("models", family, fault, "Correct one of the two")
