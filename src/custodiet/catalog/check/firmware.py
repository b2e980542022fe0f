"""Firmware formats: each reads its examples, leaves its counter-examples, and no two formats read the same text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from custodiet.catalog.check.result import CheckResult, dates_in_order, known, runaway, wrong
from custodiet.catalog.contents import Catalog
from custodiet.catalog.firmware import DATE_LAYOUTS, GROUPS, read_with
from custodiet.model import FirmwareFormat


def check_firmware(catalog: Catalog) -> Iterator[CheckResult]:
    """Every format proves itself by two examples and a counter-example, and names companies and brands we know."""
    for record in catalog.firmware.values():
        yield from known("firmware", record, "company", record.company, catalog.companies)
        for code in record.codes:
            if code.brand:
                yield from known("firmware", record, "brand", code.brand, catalog.brands)
        for platform in record.platforms:
            if platform.device_class:
                yield from known("firmware", record, "device class", platform.device_class, catalog.device_classes)
            yield from dates_in_order(record, f"dates of {platform.code}", [platform.first, platform.last], "firmware")
        groups = re.compile(record.regex).groupindex
        for group in groups:
            yield from known("firmware", record, "part of a version", group, GROUPS)
        if ("date" in groups) != bool(record.date):
            yield wrong("firmware", record, "the group date and its layout go together", "Add or remove one of the two")
        elif record.date:
            yield from known("firmware", record, "layout of a date", record.date, DATE_LAYOUTS)
        yield from _proof(record)
        yield from runaway("firmware", record, record.regex)
        for example in record.examples:
            for other in catalog.firmware.values():
                if other.id != record.id and read_with(other, example.value) is not None:
                    fault = f"its example {example.value!r} is also read by {other.id}"
                    yield wrong("firmware", record, fault, "Narrow one of the two expressions")


def _proof(record: FirmwareFormat) -> Iterator[CheckResult]:
    if len({example.value for example in record.examples}) < 2:
        yield wrong("firmware", record, "fewer than two examples", "Add another text that must be read")
    if not record.counter_examples:
        yield wrong("firmware", record, "there is no counter-example", "Add a text that looks alike")
    for example in record.examples:
        reading = read_with(record, example.value)
        if reading is None:
            yield wrong(
                "firmware", record, f"its example {example.value!r} is not read", "Correct the one or the other"
            )
            continue
        for part, value in example.says.items():
            told = getattr(reading, part, None)
            if told != value:
                fault = f"{example.value!r} gives {part}: {told!r} and not {value!r}"
                yield wrong("firmware", record, fault, "Correct the expression or the example")
    for value in record.counter_examples:
        if read_with(record, value) is not None:
            yield wrong("firmware", record, f"its counter-example {value!r} is read", "Narrow the expression")
