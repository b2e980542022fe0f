"""A small network to ask about: a zone of cameras, one of offices, a core, and one camera in it."""

from __future__ import annotations

from custodiet.model import Asset, Body, Decision, Identifier, ReachPath, Site, Zone
from custodiet.reach import Analyst
from custodiet.reach.configs import read_configurations

CAMERA = "10.1.0.5"
YES = Decision(answer="yes", decided_by="network owner", decided_on="2026-01-05")
NO = Decision(answer="no", decided_by="network owner", decided_on="2026-01-05")


def body(*, core: tuple[str, ...] = ("10.9.0.0/24",), vlans: tuple[int, ...] = ()) -> Body:
    """A town whose zone ``core`` is core."""
    zones = (
        Zone(id="cams", subnets=("10.1.0.0/24",), core=NO),
        Zone(id="office", subnets=("10.2.0.0/24",), core=NO),
        Zone(id="core", subnets=core, vlans=vlans, core=YES),
    )
    return Body(
        id="town", name="Town", kind="nl-municipality", country="NL", sites=(Site(id="hall", name="Hall", zones=zones),)
    )


def camera(*addresses: str) -> Asset:
    """A camera in its zone."""
    used = addresses or (CAMERA,)
    named = tuple(Identifier(kind="ip", value=one, identity=True) for one in used)
    return Asset(
        id="asset-1", label=used[0], subjects=(f"s/ip:{used[0]}",), identifiers=named, site="hall", zone="cams"
    )


def ways(
    files: dict[str, str], *, as_of: str = "2026-11-01", of: Body | None = None, asset: Asset | None = None
) -> dict[str, ReachPath]:
    """Way -> what is known of it."""
    given = read_configurations({name: text.encode() for name, text in files.items()}, as_of)
    reach = Analyst(given, of or body()).reach(asset or camera())
    return {path.way: path for path in reach.paths}


def to_core(files: dict[str, str], **how: object) -> ReachPath:
    """The way from the camera to the core."""
    return ways(files, **how)["to core"]  # type: ignore[arg-type]


def from_core(files: dict[str, str], **how: object) -> ReachPath:
    """The way from the core to the camera."""
    return ways(files, **how)["from core"]  # type: ignore[arg-type]
