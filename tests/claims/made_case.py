"""A case made by hand: devices of makers that exist, their conversations and how long somebody watched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from custodiet.audit import Context, remember
from custodiet.casefile import Case
from custodiet.model import (
    FIELDS,
    Asset,
    Conclusion,
    Flow,
    Identification,
    Identifier,
    Observation,
    Source,
    Tally,
    Totals,
    content_id,
    observe,
)
from custodiet.model.source import Watched
from custodiet.unseen import Counts

START = 1_700_000_000.0
DAY = 86_400.0
CLOUD, CAMERA, RECORDER = "203.0.113.80", "10.0.0.5", "10.0.0.9"


def flow(peer: str, *, subject: str = CAMERA, port: int = 443, answered: bool = True, **more: Any) -> Flow:
    """A conversation that the subject began; 5,000 bytes out and 700 back where it was answered."""
    given: dict[str, Any] = {
        "source": "src-cap",
        "transport": "tcp",
        "bytes_out": 5_000 if answered else 180,
        "bytes_in": 700 if answered else 0,
        "packets_out": 10 if answered else 3,
        "packets_in": 8 if answered else 0,
        "first_seen": START + 1,
        "last_seen": START + 9,
        "locator": "packet 1",
    } | more
    id = content_id("flow", subject, peer, port, given["transport"], given["source"], given["first_seen"])
    return Flow(id=id, subject=f"ip:{subject}", peer=f"ip:{peer}", port=port, **given)


def seen(attribute: str, value: str, *, ip: str = CAMERA, source: str = "src-cap", at: float = START) -> Observation:
    """One observation of a device."""
    return observe(source, f"ip:{ip}", attribute, value, "packet 1", first_seen=at)


def names_cloud(ip: str = CAMERA) -> Observation:
    """The resolver told the device where the maker's cloud is."""
    return seen("dns.answer", f"dev.hik-connect.com={CLOUD}", ip=ip)


def device(ip: str = CAMERA, maker: str = "hikvision", band: str = "certain", **fields: str) -> tuple[Any, ...]:
    """An asset with its identification, as an audit would leave them."""
    asset = Asset(
        id=f"ast-{ip}",
        label=ip,
        subjects=(f"src-cap/ip:{ip}",),
        identifiers=(Identifier(kind="ip", value=ip, identity=True),),
    )
    values = {"manufacturer": maker, "device_class": "camera", **fields}
    conclusions = tuple(
        Conclusion(
            field=field, value=values.get(field, ""), confidence=0.9, band=band if field in values else "unknown"
        )  # type: ignore[arg-type]
        for field in FIELDS
    )
    return asset, Identification(asset=asset.id, conclusions=conclusions, catalog="0"), ()


def made(
    folder: Path,
    items: Sequence[Flow | Observation],
    *,
    devices: Sequence[tuple[Any, ...]] = (),
    seconds: float = 10.0,
    captures: Sequence[tuple[str, float, float]] = (),
    kind: str = "capture",
    watched: Watched | None = None,
) -> Path:
    """A case file with one capture of so many seconds, or with these (id, begin, seconds); one camera unless given."""
    path = folder / "case.sqlite"
    concluded = list(devices) or [device()]
    with Case(path, durable=False) as case:
        for id, begin, length in captures or [("src-cap", START, seconds)]:
            source = Source(id=id, kind=kind, format="pcap", name=f"{id}.pcap", sha256=id, size=1)  # type: ignore[arg-type]
            tally = Tally(source=id, unit="packets", total=1, read=1, issues=0, watched=watched)
            case.begin_source(source)
            case.add([msgspec.structs.replace(tally, first_seen=begin, last_seen=begin + length)])
            case.end_source(id)
        case.add(items)
        case.replace_assets([asset for asset, _, _ in concluded])
        case.conclude(concluded)
        case.order([asset.id for asset, _, _ in concluded])
        totals = Totals(**dict.fromkeys(Totals.__struct_fields__, 0))
        counts = Counts(totals=totals, peers=0, recorders=0, silent=0, unplaced_purchases=0, crowded=0)
        remember(
            case,
            Context(
                on="2022-12-01", body=None, directives=(), body_findings=(), catalog="0", skipped=(), counts=counts
            ),
        )
    return path
