"""Tests that look at what devices say of themselves: known vulnerabilities, firmware and what they are able to do.

Nothing is tried on a device. A model or build that is merely possible is not compared, and is counted as not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

from custodiet.catalog.vulnerabilities import vulnerabilities_of
from custodiet.claims.destinations import UPDATE, destinations
from custodiet.claims.ground import Device, Ground, number_of
from custodiet.claims.shown import Shown, companies_named, nothing_collected, scale
from custodiet.dates import day_of
from custodiet.egress.words import how_many
from custodiet.model import Observation
from custodiet.model.public_claim import PublicClaim

MOST_LINES = 500
"""Lines told of one claim; the rest is counted."""

CAPABILITIES = (
    ("sound", "rtsp.sdp", "m=audio"),
    ("sound", "onvif.scope", "audio_encoder"),
    ("analysis of what is seen", "onvif.scope", "analytics"),
    ("analysis of what is seen", "onvif.scope", "/profile/m"),
    ("control of access", "onvif.scope", "/profile/a"),
    ("control of access", "onvif.scope", "/profile/c"),
    ("moving the view", "onvif.scope", "ptz"),
    ("radio", "onvif.scope", "wifi"),
    ("radio", "register.component", "radio"),
    ("cloud of the maker", "sadp.cloud", "true"),
)
"""What a device is able to do, the attribute that says so, and the words in it, in lower case."""


def by_vulnerabilities(claim: PublicClaim, ground: Ground) -> Shown:
    """Known vulnerabilities of the exact model and build."""
    devices = ground.of(claim.about)
    if not devices:
        return nothing_collected(claim, ground)
    found: list[str] = []
    asked = hit = open_ = 0
    numbers: set[str] = set()
    for device in devices:
        model, firmware = device.sure("model"), device.sure("firmware")
        if not (model and firmware):
            continue
        asked += 1
        told = vulnerabilities_of(ground.catalog, device.maker, model, firmware)
        affected = [answer.vulnerability for answer in told if answer.answer == "affected"]
        open_ += any(answer.answer == "cannot_tell" for answer in told)
        hit += bool(affected)
        numbers.update(affected)
        found += [f"{device.label}, {model}, {firmware}: {_listed(id, ground)}" for id in affected]
    limits = (
        f"Devices whose model or build is not known well enough to compare: {number_of(devices) - asked}.",
        f"Devices with at least one record that leaves the answer open: {open_}.",
        "Only records of the catalog were asked, and nothing was tried; a flaw that nobody published is not seen.",
    )
    if hit:
        said = f"Seen: {hit:,} of {how_many(asked, 'device')} compared, "
        said += f"{how_many(len(numbers), 'known vulnerability', 'known vulnerabilities')}."
        return Shown("seen", said, _cut(found), not_looked_at=limits)
    if asked:
        said = f"Not seen: no record names the model and build of {how_many(asked, 'device')} compared."
        return Shown("not seen", said, not_looked_at=limits)
    said = (
        f"No evidence was collected: of no device of {companies_named(claim, ground)} are model and build both known."
    )
    return Shown("no evidence was collected", said, not_looked_at=limits)


def by_firmware(claim: PublicClaim, ground: Ground) -> Shown:
    """Builds seen, whether one device showed several, and whether servers for updates were reached."""
    devices = ground.of(claim.about)
    if not devices:
        return nothing_collected(claim, ground)
    read_as = {id for id, word in ground.catalog.attributes.items() if word.reads_as == "device.firmware"}
    found: list[str] = []
    changed = with_build = timeless = 0
    for device in devices:
        builds = _builds(device, {*read_as, "device.firmware"})
        with_build += bool(builds)
        timeless += any(first is None for first, _ in builds.values())
        changed += len(builds) > 1
        found += [f"{device.label}: {build}{_when(*times)}" for build, times in builds.items()]
    ways = [one for one in destinations(devices, ground) if one.serves == UPDATE]
    open_ways = [one for one in ways if one.answered]
    limits = (
        f"Devices whose build is not known: {number_of(devices) - with_build}.",
        f"Devices with a build that carries no time: {timeless}.",
        "An update over a server that no record knows, or by hand, is not seen; what is in a build was not looked at.",
    )
    path = f"Update servers reached by {scale(open_ways)}." if open_ways else "No update server was seen to answer."
    if changed or open_ways:
        said = f"Seen: {how_many(changed, 'device')} with more than one build, of {with_build:,} with a build. {path}"
        return Shown("seen", said, _cut(found), tuple(ways), limits)
    if with_build:
        said = f"Not seen: {how_many(with_build, 'device')} with one build each, and no change. {path}"
        return Shown("not seen", said, _cut(found), tuple(ways), limits)
    said = f"No evidence was collected: no build of a device of {companies_named(claim, ground)} is known. {path}"
    return Shown("no evidence was collected", said, (), tuple(ways), limits)


def by_capability(claim: PublicClaim, ground: Ground) -> Shown:
    """What devices say they are able to do, and update from afar where a server for it answered."""
    devices = ground.of(claim.about)
    if not devices:
        return nothing_collected(claim, ground)
    able: dict[str, set[str]] = {}
    for device in devices:
        for observation in device.observations:
            for capability, attribute, words in CAPABILITIES:
                if observation.attribute == attribute and words in observation.value.lower():
                    able.setdefault(capability, set()).add(device.label)
    for one in destinations(devices, ground):
        if one.answered and one.serves == UPDATE:
            able.setdefault("update from afar", set()).update(one.devices)
    known = sorted({capability for capability, _, _ in CAPABILITIES} | {"update from afar"})
    limits = (
        f"Looked for: {', '.join(known)}. What a device is able to do and does not say is not seen.",
        "What a device is able to do is no sign that it does it, nor of anybody's intent.",
    )
    if not able:
        return Shown(
            "not seen", f"Not seen in what {how_many(number_of(devices), 'device')} say of themselves.", (), (), limits
        )
    parts = [f"{capability} on {how_many(len(labels), 'device')}" for capability, labels in sorted(able.items())]
    said = f"Seen: {', '.join(parts)}, of {how_many(number_of(devices), 'device')}."
    found = [f"{capability}: {', '.join(sorted(labels)[:20])}" for capability, labels in sorted(able.items())]
    return Shown("seen", said, tuple(found), (), limits)


def _builds(device: Device, attributes: set[str]) -> dict[str, tuple[float | None, float | None]]:
    """Build as written -> first and last time it was seen, earliest build first."""
    builds: dict[str, tuple[float | None, float | None]] = {}
    for observation in device.observations:
        if observation.attribute in attributes and observation.value.strip():
            builds[observation.value.strip()] = _wider(builds.get(observation.value.strip()), observation)
    return dict(sorted(builds.items(), key=lambda item: (item[1][0] is None, item[1][0] or 0.0, item[0])))


def _wider(
    before: tuple[float | None, float | None] | None, observation: Observation
) -> tuple[float | None, float | None]:
    firsts = [moment for moment in ((before or (None, None))[0], observation.first_seen) if moment is not None]
    lasts = [moment for moment in ((before or (None, None))[1], observation.last_seen) if moment is not None]
    return min(firsts, default=None), max(lasts, default=None)


def _when(first: float | None, last: float | None) -> str:
    days = [str(day) for moment in (first, last) if moment is not None and (day := day_of(moment))]
    return f" ({' to '.join(dict.fromkeys(days))})" if days else " (no time given)"


def _listed(id: str, ground: Ground) -> str:
    record = ground.catalog.vulnerabilities[id]
    exploited = {"listed": ", listed as exploited", "reported": ", reported as exploited"}
    return f"{id}, {record.title}{exploited.get(record.exploited, '')}"


def _cut(lines: Sequence[str]) -> tuple[str, ...]:
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    return (*lines[:MOST_LINES], f"and {len(lines) - MOST_LINES:,} more")
