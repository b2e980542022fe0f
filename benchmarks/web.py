"""How long the pages of a large body take, through HTTP, as a browser waits for them.

    python benchmarks/web.py [DEVICES] [--folder DIR]

Makes a body with that many devices (250,000), four observations each, at 340 sites, of 60 makers and 3,000 models
(seeded), by direct rows in an embedded database, or in that of ``CUSTODIET_DATABASE_URL``. Then waitress answers in
this process and one reader asks for lists, filters, searches and devices, of each kind with many questions, none
twice. What is printed is the median, the time within which 95 of 100 answers came, the processor's time for one, and
the most statements that any of them made.
With a folder, what was made is kept there and used again.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from custodiet.model import Assessment, Asset, Claim, Conclusion, Entry, Finding, Identification, Observation, Totals
from custodiet.model.asset import Identifier
from custodiet.model.finding import Answered
from custodiet.model.identification import FIELDS
from custodiet.model.site import Body as Organisation
from custodiet.model.site import Site
from custodiet.model.source import Source
from custodiet.web.config import read_config
from custodiet.web.start import application, migrate, start
from custodiet.web.stated import Stated

LIST_MS = 300
DEVICE_MS = 200
STATEMENTS = 8
"""Of a list, a filter or a search."""
DEVICE_STATEMENTS = 12
"""Of the page of a device, on which notes, work, photos and what people said of it stand too."""
TIMES = 20
SITES = 340
ON = "2025-12-01"
NOW = 1_764_500_000.0
QUESTIONS = ["body", "equipment", "entity", "place", "network", "verb", "exception"]
ATTRIBUTES = ["sadp.reply", "http.server", "mac", "register.model"]


def entries(number: int, makers: list[str], directives: list[tuple[str, str]]) -> Iterator[Entry]:
    """Devices, the worst first, each with its four observations."""
    seeded = random.Random(7)
    models = [f"DS-{n:04}" for n in range(3000)]
    for n in range(number):
        status = "not_satisfied" if n < number * 0.2 else "undetermined" if n < number * 0.6 else "satisfied"
        maker = makers[min(int(seeded.expovariate(0.12)), len(makers) - 1)]
        model, site = seeded.choice(models), f"site-{seeded.randrange(SITES):03}"
        ip = f"10.{n >> 16}.{(n >> 8) & 255}.{n & 255}"
        mac = f"c0:56:e3:{n >> 16:02x}:{(n >> 8) & 255:02x}:{n & 255:02x}"
        seen = NOW - seeded.randrange(900) * 86_400 if n % 9 else None
        id = f"ast-{seeded.getrandbits(80):020x}"
        evidence = tuple(
            Observation(
                id=f"obs-{n:08x}{place}", source=f"src-{place}", subject=f"ip:{ip}", attribute=attribute,
                value=f"{maker} {model} {mac}", locator=f"packet {n}", first_seen=seen, last_seen=seen, count=1,
            )
            for place, attribute in enumerate(ATTRIBUTES)
        )  # fmt: skip
        told = {"device_class": "camera", "manufacturer": maker, "brand": maker, "model": model}
        conclusions = tuple(concluded(field, told.get(field, ""), evidence) for field in FIELDS)
        yield Entry(
            asset=Asset(
                id=id, label=ip, subjects=tuple(f"src-{place}/ip:{ip}" for place in range(1 + n % 4)), site=site,
                zone=f"{site}/cameras", first_seen=seen, last_seen=seen,
                identifiers=(
                    Identifier(kind="ip", value=ip, identity=False), Identifier(kind="mac", value=mac, identity=True),
                ),
            ),
            identification=Identification(asset=id, conclusions=conclusions, catalog="made"),
            findings=tuple(found(id, *one, status, seeded) for one in directives),
            evidence=evidence,
        )  # fmt: skip


def stated(place: int) -> Stated:
    """What a register says of a device, of which every third is in one."""
    words = f"camera room {place % 9000} contract {place % 700}"
    return Stated() if place % 3 else Stated(described=words, words=words)


def concluded(field: str, value: str, evidence: tuple[Observation, ...]) -> Conclusion:
    """What is said of one field."""
    if not value:
        return Conclusion(field=field, value="", confidence=0.0, band="unknown")
    claims = tuple(
        Claim(
            field=field, value=value, technique=technique, strength=0.9, record="made", observations=(seen.id,),
            attribute=seen.attribute, observed=seen.value, span=(0, 4),
        )
        for technique, seen in zip(("discovery-reply", "address-block"), evidence, strict=False)
    )  # fmt: skip
    return Conclusion(field=field, value=value, confidence=0.97, band="certain", claims_for=claims)


def found(id: str, directive: str, requirement: str, status: str, seeded: random.Random) -> Finding:
    """What one sentence comes to, with its seven answers."""
    outcome = {"not_satisfied": "must be gone", "undetermined": "cannot judge", "satisfied": "allowed"}[status]
    answers = tuple(Answered(question=q, answer="yes", because="it is so, as the body itself wrote") for q in QUESTIONS)
    return Finding(
        asset=id, directive=directive, requirement=requirement, strength="must", on=ON, status=status, outcome=outcome,
        severity="high", confidence=0.9, because="made by a company that the directive means", answers=answers,
        deadline=f"202{seeded.randrange(6, 9)}-07-01" if status == "not_satisfied" else "",
    )  # fmt: skip


def make(number: int) -> None:
    """Fill the tables."""
    from custodiet.audit import Context
    from custodiet.unseen import Counts
    from custodiet.web import rows
    from custodiet.web.column_writer import Writer, told_of
    from custodiet.web.knowledge import catalog
    from custodiet.web.made import STORED, row_of
    from custodiet.web.progress import Progress
    from custodiet.web.store import models

    known = catalog()
    makers = sorted(known.companies)[:60]
    # those first that ask something of a site too
    asks = {law.id: any(one.where or one.purpose for one in law.requirements) for law in known.directives.values()}
    laws = sorted(known.directives.values(), key=lambda law: (not asks[law.id], law.id))
    directives = [(law.id, law.requirements[0].id) for law in laws[:6]]
    kinds = {f"src-{place}": kind for place, kind in enumerate(("capture", "scan", "register", "purchase_record"))}
    body = models.Body.objects.create(
        id="made", name="Made", on=ON, published=datetime.now(UTC), generation=1, making=1, observations=number * 4 + 3
    )
    columns, progress = Writer(), Progress()
    asking = [id for id, _ in directives]
    seen = list(Observation.__struct_fields__)
    for group in rows.groups(enumerate(entries(number, makers, directives), start=1)):
        told = [row_of(entry, place, kinds, stated(place)) for place, entry in group]
        for row, (_, entry) in zip(told, group, strict=True):
            columns.add(told_of(row, entry, kinds))
            progress.add(row["site"], row["outcome"], asking, "")
        rows.insert(
            "device", ["body_id", "generation", *STORED], ((body.id, 1, *map(row.__getitem__, STORED)) for row in told)
        )
        rows.insert(
            "observation",
            ["body_id", "number", *seen],
            (
                (body.id, place * 4 + nth, *msgspec.structs.astuple(one))
                for place, entry in group
                for nth, one in enumerate(entry.evidence)
            ),
        )
    decide(body, number)
    progress.keep(body, body.published, ON)
    models.Column.everything.bulk_create(columns.rows(body, 1))
    rows.counted(["device", "standing", "observation", models.Column._meta.db_table])  # as an import does
    body.assessment = msgspec.msgpack.encode(told := head(number, kinds, directives))
    body.save()
    context = Context(
        on=ON, body=told.body, directives=tuple(known.directives[id] for id, _ in directives), body_findings=(),
        catalog=known.version, skipped=(),
        counts=Counts(totals=told.totals, peers=0, recorders=0, silent=0, unplaced_purchases=0, crowded=0),
    )  # fmt: skip
    models.Kept.objects.create(body=body, number=1, key="context", value=msgspec.json.encode(context).decode())


def decide(body: Any, number: int) -> None:
    """What people decided of every fiftieth device, and have to do to every hundredth."""
    from custodiet.web.store import models

    at = {"body": body, "who": "somebody@example.org", "at": datetime.now(UTC)}
    ids = models.Device.everything.filter(body=body).order_by("place").values_list("id", flat=True)
    some = list(ids.filter(place__in=range(50, number, 50)))
    number_of = count(1)
    said = {"value": "", "until": "", "text": "it stays", "withdrawn_by": "", "withdrawn_why": ""}
    models.Note.objects.bulk_create(
        (models.Note(number=next(number_of), device=id, kind="accepted", **said, **at) for id in some), 500
    )
    told = {"label": "", "kind": "replace", "owner": "", "due": "2027-07-01", "state": "open", "evidence": ""}
    models.Work.objects.bulk_create(
        (models.Work(number=next(number_of), asset=id, **told, **at) for id in some[::2]), 500
    )
    body.numbered = next(number_of)


def head(number: int, kinds: dict[str, str], directives: list[tuple[str, str]]) -> Assessment:
    """The head of the made assessment."""
    sites = tuple(Site(id=f"site-{n:03}", name=f"Site number {n}") for n in range(SITES))
    return Assessment(
        body=Organisation(id="made", name="Made", kind="nl-municipality", country="NL", sites=sites), on=ON,
        tool="benchmark", catalog="made", directives=tuple(id for id, _ in directives), tallies=(), issues=(),
        skipped=(), unseen=(),
        sources=tuple(
            Source(id=id, kind=kind, format="made", name=f"{kind}.file", sha256="0" * 64, size=1)
            for id, kind in kinds.items()
        ),
        totals=Totals(
            assets=number, surveillance=number, unknown=0, other=0, not_satisfied=number // 5,
            undetermined=number * 2 // 5,
        ),
    )  # fmt: skip


def addresses() -> dict[str, list[str]]:
    """What is asked for: of each kind as many different questions as there are, so that none is answered by memory."""
    from custodiet.web.estate import entry_of
    from custodiet.web.made import row_of
    from custodiet.web.store.models import Column, Device

    seeded = random.Random(11)
    number = Device.objects.filter(body="made").count()
    places = [seeded.randrange(number) + 1 for _ in range(TIMES)]
    some = [row_of(entry_of(row), row.place, {}) for row in Device.objects.filter(body="made", place__in=places)]
    words = msgspec.msgpack.decode(bytes(Column.objects.get(body="made", field="directive").names), type=list[str])
    laws = [one.rpartition("=")[0] for one in words[0].split("\n")]
    asked = {
        "list": [f"page={n + 1}" for n in range(TIMES)],
        "list, far down": [f"page={number // 50 - n}" for n in range(TIMES)],
        "list, longest not seen": [f"sort=seen&page={n + 1}" for n in range(TIMES)],
        "list, by name": [f"sort=label&page={n + 1}" for n in range(TIMES)],
        "by outcome and age": [f"outcome=undetermined&unseen={30 + n}" for n in range(TIMES)],
        "by maker": [f"maker={row['maker']}" for row in some],
        "by maker and model": [f"maker={row['maker']}&model={row['model']}" for row in some],
        "by site": [f"site={row['site']}" for row in some],
        "by directive and site": [f"directive={law}&status=not_satisfied&site={some[0]['site']}" for law in laws],
        "by directive": [f"directive={law}&status=undetermined" for law in laws],
        "by age": [f"unseen={n * 31 + 1}" for n in range(TIMES)],
        "by source and maker": [f"source=register&maker={row['maker']}" for row in some],
        "by three": [f"outcome=not_satisfied&source=scan&unseen={90 + n}" for n in range(TIMES)],
        "by decision and maker": [f"decided=with&maker={row['maker']}" for row in some],
        "by model's beginning": [f"model=ds-{n:02}" for n in range(TIMES)],
        "search, one hit": [f"q={row['label']}" for row in some],
        "search, many hit": [f"q=ds-{n:02}" for n in range(TIMES)],
        "search, nearly all hit": [f"q=site-{n}" for n in range(4)] + ["q=10."],
        "search, three words": [f"q={row['model']}+{row['site']}+10." for row in some],
        "search, none": [f"q=nowhere{n}" for n in range(TIMES)],
    }
    lists = {name: [f"/b/made/devices/?{question}" for question in questions] for name, questions in asked.items()}
    return {"overview": ["/b/made/"], **lists, "device": [f"/b/made/devices/{row['id']}/" for row in some]}


def cookie() -> str:
    """Signs somebody in who may see the body."""
    from django.test import Client

    from custodiet.web.store.models import Body, Membership, Person

    person, _ = Person.objects.get_or_create(email="reader@example.org", defaults={"name": "Reader"})
    Membership.objects.get_or_create(person=person, body=Body.objects.get(id="made"), role="viewer")
    client = Client()
    client.force_login(person)
    return "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())


def ask(port: int, path: str, headers: dict[str, str]) -> float:
    """Milliseconds until the last byte of an answer is here."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begin = time.perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    took = (time.perf_counter() - begin) * 1000
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return took


def measure() -> bool:
    """Ask for each address; whether all were quick enough."""
    import waitress
    from django.db.backends.utils import CursorWrapper

    executed = [0]
    plain = CursorWrapper.execute

    def execute(self, sql, params=None):  # type: ignore[no-untyped-def]
        executed[0] += 1
        return plain(self, sql, params)

    CursorWrapper.execute = execute  # type: ignore[method-assign]
    server = waitress.create_server(application(), host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    headers = {"Cookie": cookie(), "Host": "localhost", "Accept": "text/html"}
    fine = True
    print(f"{'':26}{'median':>9}{'p95':>9}{'CPU':>9}{'statements':>12}")
    ask(server.effective_port, "/b/made/devices/", headers)
    for name, paths in addresses().items():
        times, most, cpu = [], 0, time.process_time()
        for path in paths if name != "overview" else paths * TIMES:
            executed[0] = 0
            times.append(ask(server.effective_port, path, headers))
            most = max(most, executed[0])
        cpu = (time.process_time() - cpu) / len(times) * 1000
        p95 = sorted(times)[-(-len(times) * 95 // 100) - 1]
        limit_ms, limit = (DEVICE_MS, DEVICE_STATEMENTS) if name == "device" else (LIST_MS, STATEMENTS)
        late = p95 > limit_ms or most > limit
        fine = fine and not late
        told = f"{statistics.median(times):6.0f} ms{p95:6.0f} ms{cpu:6.0f} ms{most:12}"
        print(f"{name:26}{told}{'  too much' if late else ''}")
    return fine


def main() -> int:
    """Make, measure, tell."""
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("devices", type=int, nargs="?", default=250_000)
    read.add_argument("--folder", type=Path, help="keep what is made here, and use it again")
    told = read.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start(read_config(told.folder or Path(folder), os.environ))
        migrate()
        from custodiet.web.store.models import Body, Device

        if not Body.objects.filter(id="made").exists():
            from django.db import transaction

            begin = time.perf_counter()
            with transaction.atomic():
                make(told.devices)
            print(f"made in {time.perf_counter() - begin:.0f} s")
        print(f"{Device.objects.filter(body='made').count():,} devices")
        return 0 if measure() else 1


if __name__ == "__main__":
    sys.exit(main())
