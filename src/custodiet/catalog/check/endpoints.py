"""Endpoints: words that are known, no name in two records, and no rule that repeats what a record says already."""

from __future__ import annotations

from collections.abc import Iterator

from custodiet.catalog.check.result import CheckResult, known, says_known, wrong
from custodiet.catalog.contents import Catalog

_ASKED = ("dns.query", "tls.server_name", "http.host")


def check_endpoints(catalog: Catalog) -> Iterator[CheckResult]:
    """No name stands in two records, every word is of its list, and only what devices ask for speaks of the maker."""
    holders: dict[str, str] = {}
    for record in catalog.endpoints.values():
        if not (record.names or record.addresses or record.ports):
            yield wrong("endpoints", record, "there is no name, address or port", "Add one, or remove the record")
        for what, word, among in (
            ("purpose", record.purpose, catalog.endpoint_purposes),
            ("asker", record.asked_by, catalog.askers),
            ("evidence", record.known_by, catalog.endpoint_evidence),
            ("specificity", record.specificity, catalog.specificities),
        ):
            yield from known("endpoints", record, what, word, among)
        if record.company:
            yield from known("endpoints", record, "company", record.company, catalog.companies)
        for brand in record.brands:
            yield from known("endpoints", record, "brand", brand, catalog.brands)
        yield from says_known("endpoints", record, record.says, catalog)
        if record.says and (record.specificity == "shared" or record.asked_by == "people"):
            fault = "it speaks of the maker, and others ask for it too"
            yield wrong("endpoints", record, fault, "Leave says out")
        loud = catalog.strengths.get(record.strength)
        quiet = catalog.strengths.get("supporting")
        if record.says and record.asked_by in ("app", "unknown") and loud and quiet and loud.weight > quiet.weight:
            fault = f"no device was seen asking for it, and it speaks as {record.strength}"
            yield wrong("endpoints", record, fault, "Use strength: supporting or less")
        if (record.known_by == "not-confirmed") != record.shelf:
            yield wrong(
                "endpoints",
                record,
                "what is not confirmed stands on the shelf",
                "Set shelf: true, or say how it is known",
            )
        for name in record.names:
            first = holders.setdefault(name, record.id)
            if first != record.id:
                yield wrong("endpoints", record, f"{name} is also in {first}", "Keep it in one record")
    for attribute in _ASKED:
        for rule in catalog.by_attribute(attribute):
            for name, id in holders.items():
                said = catalog.endpoints[id].says
                pattern = catalog.patterns.get(rule.id)
                if said and pattern and pattern.search(name.replace("*.", "host.", 1)):
                    yield wrong(
                        "fingerprints",
                        rule,
                        f"it reads {name}, which the endpoint {id} names",
                        "Keep the endpoint alone",
                    )
