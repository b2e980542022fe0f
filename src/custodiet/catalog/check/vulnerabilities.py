"""Vulnerabilities: words that are known, dates in order, and limits that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from custodiet.catalog.check.result import CheckResult, dates_in_order, known, runaway, wrong
from custodiet.catalog.contents import Catalog
from custodiet.model import Affected, Vulnerability


def check_vulnerabilities(catalog: Catalog) -> Iterator[CheckResult]:
    """Every record names its makers, says what is affected, and dates the list of exploited vulnerabilities it read."""
    kind = "vulnerabilities"
    for record in catalog.vulnerabilities.values():
        if not re.fullmatch(r"CVE-\d{4}-\d{4,7}", record.id):
            yield wrong(kind, record, f"{record.id} is no CVE number", "Write CVE-2021-36260")
        for company in record.companies:
            yield from known(kind, record, "company", company, catalog.companies)
        for word in record.device_classes:
            yield from known(kind, record, "device class", word, catalog.device_classes)
        yield from known(kind, record, "state of exploitation", record.exploited, catalog.exploited)
        yield from known(kind, record, "need of a login", record.login, catalog.logins)
        if not record.affected and not record.in_software:
            yield wrong(kind, record, "it names nothing that is affected", "Add affected, if only in words")
        if not record.exploited_read:
            fault = "the copy of the list of exploited vulnerabilities has no date"
            yield wrong(kind, record, fault, "Add exploited_read")
        if (record.exploited in ("listed", "reported")) != bool(record.exploited_since):
            fault = "listed and the day it was listed go together"
            yield wrong(kind, record, fault, "Add or remove exploited_since")
        if record.cvss is not None and not 0 <= record.cvss <= 10:
            yield wrong(kind, record, f"{record.cvss} is no base score", "Write a number from 0 to 10")
        for what, dates in (("published", [record.published]), ("exploited_read", [record.exploited_read])):
            yield from dates_in_order(record, what, dates, kind)
        for affected in record.affected:
            yield from _limits(record, affected)


def _limits(record: Vulnerability, affected: Affected) -> Iterator[CheckResult]:
    kind = "vulnerabilities"
    if affected.models:
        yield from runaway(kind, record, affected.models)
    builds = [affected.build_from, affected.build_to or affected.build_before]
    yield from dates_in_order(record, f"builds of {affected.what}", builds, kind)
    versions = [affected.version_from, affected.version_to, affected.version_before]
    for version in versions:
        if version and not re.fullmatch(r"\d+(?:\.\d+)*", version):
            yield wrong(kind, record, f"{version} is no version to compare", "Write numbers with dots")
    if affected.all_firmware and any([*builds, *versions]):
        yield wrong(kind, record, f"{affected.what}: all firmware, and limits", "Keep one of the two")
