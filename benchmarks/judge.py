"""Judging: all directives over 10,000 devices on one core, and whether more directives cost more than their share.

Makes its own estate: devices of many makers at sites of many kinds, with dates, stated facts and decisions, as a
central department that is several kinds of body at once. Peers are none: what is printed is seconds, findings a second,
and the time for a half and for all of the directives, which must not grow faster than their sentences.

    python benchmarks/judge.py [--devices 10000]

The exit code is 1 when all directives take more than 10 s, or when the whole costs more than 1.25 times its share.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from datetime import date

from custodiet.catalog import Catalog, load_catalog
from custodiet.judge import Judge
from custodiet.model import (
    FIELDS,
    Asset,
    Body,
    Conclusion,
    Decision,
    Directive,
    Identification,
    Observation,
    Site,
    Zone,
    observe,
)

LIMIT, GROWTH = 10.0, 1.25
ON = date(2026, 11, 1)
KINDS = [
    "uk-central-department", "us-federal-contractor", "us-federal-grantee", "au-defence", "nl-central-government",
    "tw-public-body", "ca-federal", "lt-listed-buyer", "cz-regulated-entity", "data-controller", "eu-nis2-entity",
]  # fmt: skip
"""One body of many kinds, so that most directives address it: the worst case."""


def estate(devices: int, catalog: Catalog) -> tuple[Body, list[tuple[Asset, Identification, list[Observation]]]]:
    """A body and its devices; the same at every call."""
    dice = random.Random(20)
    conditions = sorted({condition for one in catalog.directives.values() for condition in one.conditions})

    def decided() -> dict[str, Decision]:
        answers = dice.choices(["yes", "no", "unknown"], weights=[2, 5, 3], k=len(conditions))
        signed = {"decided_by": "security officer", "decided_on": "2024-01-01"}
        return {c: Decision(answer=a, **signed) for c, a in zip(conditions, answers, strict=True)}  # type: ignore[arg-type]

    sites = tuple(
        Site(id=f"s{number}", name=f"Site {number}", facts=decided(), zones=(Zone(id="z"),)) for number in range(200)
    )
    body = Body(id="b", name="Body", kind=KINDS[0], also=tuple(KINDS[1:]), country="GB", sites=sites)
    makers = sorted(
        {c for one in catalog.directives.values() for c in one.covers.companies} | {"axis", "bosch", "uniview"}
    )
    classes = ["camera", "camera", "camera", "recorder", "thermal_camera", "intercom", "access_controller"]
    found = []
    for number in range(devices):
        values = {
            "device_class": dice.choice(classes),
            "manufacturer": dice.choice(makers) if dice.random() < 0.8 else "",
            "brand": dice.choice(["hikvision", "axis", "bosch", ""]),
        }
        conclusions = tuple(
            Conclusion(
                field=field,
                value=values.get(field, ""),
                confidence=0.97 if values.get(field) else 0.0,
                band="certain" if values.get(field) else "unknown",
            )
            for field in FIELDS
        )
        day = f"{dice.randint(2017, 2026)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        seen = [
            observe("src-1", f"row:{number}", dice.choice(["register.installed_on", "register.bought_on"]), day, "r")
        ]
        if dice.random() < 0.3:
            seen.append(observe("src-1", f"row:{number}", "register.made_in", dice.choice(["CN", "TW", "NL"]), "r"))
        asset = Asset(id=f"ast-{number}", label=f"d{number}", subjects=(), site=f"s{dice.randrange(200)}", zone="z")
        found.append((asset, Identification(asset=asset.id, conclusions=conclusions, catalog=""), seen))
    return body, found


def judged(body: Body, devices: Sequence[tuple[Asset, Identification, list[Observation]]],
           directives: Sequence[Directive], catalog: Catalog) -> tuple[float, int]:  # fmt: skip
    """CPU seconds and findings."""
    begun = time.process_time()
    judge = Judge(body, directives, catalog, ON)
    findings = sum(len(judge.asset(asset, dossier, seen, ())) for asset, dossier, seen in devices)
    return time.process_time() - begun, findings


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=10_000)
    asked = parser.parse_args()
    catalog = load_catalog()
    body, devices = estate(asked.devices, catalog)
    every = list(catalog.directives.values())
    random.Random(20).shuffle(every)
    costs = {}
    for share in (0.25, 0.5, 1.0):
        chosen = every[: round(len(every) * share)]
        seconds, findings = judged(body, devices, chosen, catalog)
        costs[share] = (seconds, findings)
        each = f"{seconds / max(findings, 1) * 1e6:5.1f} µs each"
        print(
            f"{len(chosen):>3} directives, {len(devices):,} devices: {seconds:6.2f} CPU s, {findings:>9,} findings, {each}"
        )
    growth = (costs[1.0][0] / costs[1.0][1]) / (costs[0.5][0] / costs[0.5][1])
    print(f"a finding costs {growth:.2f} times as much with all directives as with half of them (at most {GROWTH})")
    print(f"all directives: {costs[1.0][0]:.1f} s (limit {LIMIT:g} s)")
    return int(costs[1.0][0] > LIMIT or growth > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
