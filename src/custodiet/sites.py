"""The sites file: the body, its sites and zones, and the answers that only a person can give.

What is wrong is told with file, line and the next step, and nothing of a wrong file is used: a misread site would
become a wrong verdict. Where a device belongs is told by `Places`, which never chooses between two places that
contradict each other. Whether a site is sensitive or a zone is core is never worked out here; people say so.
"""

from __future__ import annotations

import ipaddress
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from custodiet.catalog.contents import BodyKind
from custodiet.catalog.files import read_words
from custodiet.catalog.load import default_folder
from custodiet.catalog.spelling import nearest
from custodiet.dates import parse_date
from custodiet.errors import UsageError
from custodiet.model import Body, Decision
from custodiet.plain_yaml import Steps, read_plain

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes; room for some 20,000 sites."""
HELP = "See docs/sites-file.md"


def load_sites(
    path: Path,
    *,
    kinds: Collection[str] | None = None,
    conditions: Collection[str] | None = None,
    today: date | None = None,
) -> Body:
    """Read a sites file.

    Args:
        path: the YAML file, at most `LARGEST_FILE`.
        kinds: the body kinds that are known; none: those of the catalog that came with the program.
        conditions: the condition ids that directives ask about; where given, an answer to any other is refused, since
            a misspelt condition would silently stay unanswered.
        today: the day that it is; where given, what was decided or happened later is refused.

    Raises:
        UsageError: with file, line and next step.
    """
    return read_sites(_read(path), path, kinds=kinds, conditions=conditions, today=today)


def read_sites(
    data: bytes,
    path: Path,
    *,
    kinds: Collection[str] | None = None,
    conditions: Collection[str] | None = None,
    today: date | None = None,
) -> Body:
    """The same of a sites file that is in memory; `path` is its name, for messages."""
    plain, lines = read_plain(_text(data, path), path, HELP)

    def refuse(steps: Steps, reason: str, next_step: str = HELP) -> UsageError:
        return UsageError(reason, place=f"{path}:{_line(lines, steps)}", next_step=next_step)

    if not isinstance(plain, dict):
        raise refuse((), "a sites file is a mapping that begins with the body's id, name, kind and country")
    for steps, reason, next_step in _shape_faults(plain, msgspec.inspect.type_info(Body), ()):
        raise refuse(steps, reason, next_step)
    try:
        body = msgspec.convert(plain, Body, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        raise refuse(_steps(where), _in_words(what, _steps(where))) from error
    if kinds is None:
        kinds = [word.id for word in read_words(default_folder() / "vocabulary" / "body_kinds.yml", BodyKind)]
    for steps, reason, next_step in chain(_faults(body, kinds, conditions), _too_early(body, today)):
        raise refuse(steps, reason, next_step)
    return body


class Places:
    """Where addresses, VLANs and the words of a register lead in one body; made once, asked for each device.

    Args:
        body: the body with its sites; its subnets are those that `load_sites` accepted.
    """

    def __init__(self, body: Body) -> None:
        # (version, prefix length) -> network -> (site, zone); a body has few lengths, so few steps find an address
        self._networks: dict[tuple[int, int], dict[int, _Place]] = {}
        self._vlans: dict[int, dict[str, str]] = {}  # VLAN -> site -> zone
        self._names: dict[str, set[str]] = {}
        for site in body.sites:
            for name in (site.id, site.name, *site.names):
                self._names.setdefault(folded(name), set()).add(site.id)
            for zone in site.zones:
                for text in zone.subnets:
                    net = ipaddress.ip_network(text)
                    self._networks.setdefault((net.version, net.prefixlen), {})[int(net.network_address)] = (
                        site.id,
                        zone.id,
                    )
                for vlan in zone.vlans:
                    self._vlans.setdefault(vlan, {})[site.id] = zone.id

    def of(self, ips: Sequence[str], vlans: Sequence[int], texts: Iterable[str]) -> tuple[str | None, str | None, str]:
        """Where a device belongs: by address, else by VLAN, else by what registers call the site.

        Args:
            ips: addresses it used; one that is no address is passed over.
            vlans: VLAN numbers its frames carried.
            texts: the site as entries of registers write it, each for itself. Of entries that name different sites an
                address decides; a name that no site has is told beside one that a site has.

        Returns:
            id of the site, id of the zone and why. What contradicts is none, with the contradiction as the reason.
        """
        said = {folded(text): text.strip()[:60] for text in texts if text.strip()}
        called = {text: self._names[name] for name, text in said.items() if name in self._names}
        written = " / ".join(called or said.values())
        same = set.intersection(*called.values()) if called else set()
        if len(same) > 1:
            return None, None, f"the register says {written}, and several sites are called that"
        named = same or set().union(*called.values())
        clash = "" if same or not called else f"registers name different sites: {written}"
        unknown = " / ".join(text for text in said.values() if text not in called) if called else ""
        beside = f"; another entry says {unknown}, and no site is called that" if unknown else ""
        found = {place: f"{ip} lies in" for ip in ips if (place := self._by_address(ip))}
        if not found:
            # the same VLAN number means something else in another site, so the register may narrow it down
            for vlan in vlans:
                sites = self._vlans.get(vlan, {})
                if not named and len(sites) > 1:
                    return None, None, f"VLAN {vlan} is used at {len(sites)} sites, and nothing else tells which"
                found |= {(s, z): f"VLAN {vlan} is" for s, z in sites.items() if not named or s in named}
        how = ", ".join(f"{by} {'/'.join(place)}" for place, by in sorted(found.items()))
        sites_found = {site for site, _ in found}
        if len(sites_found) > 1:
            return None, None, f"{how}: two sites contradict each other"
        if clash and not sites_found & named:
            return None, None, f"{how}; {clash}" if how else clash
        if named and sites_found and not sites_found & named:
            return None, None, f"{how}, but the register says {min(named)}"
        if not found:
            if named:
                return min(named), None, f"the register says {written}; no address or VLAN tells the zone{beside}"
            why = f"the register says {written}, and no site is called that" if written else ""
            return None, None, why or "no address, VLAN or register entry leads to a site"
        (site, zone), *others = sorted(found)
        if others:
            return site, None, f"{how}: two zones contradict each other" + (f"; {clash}" if clash else beside)
        for vlan in vlans:
            other = self._vlans.get(vlan, {}).get(site, zone)
            if other != zone:
                return site, None, f"{how}, but VLAN {vlan} is {site}/{other}" + (f"; {clash}" if clash else beside)
        return site, zone, how + (f"; {clash}" if clash else f"; the register agrees{beside}" if named else "")

    def _by_address(self, text: str) -> _Place | None:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return None
        number, bits = int(address), address.max_prefixlen
        for (version, length), networks in self._networks.items():
            if version == address.version:
                place = networks.get(number >> (bits - length) << (bits - length))
                if place:
                    return place
        return None


_Place = tuple[str, str]


def folded(name: str) -> str:
    """A name as names are compared: neither capitals nor blanks tell two apart."""
    return " ".join(name.casefold().split())


def fault_of(body: Body) -> Fault | None:
    """The first thing in a body that cannot be, though it has the right shape: a range that is none, or of two zones.

    Returns:
        where, what is wrong and the next step; none: nothing is. Its kind is not looked at.
    """
    return next(_faults(body, (body.kind, *body.also), None), None)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = f"the sites file cannot be read: {error.strerror or error}"
        raise UsageError(reason, place=str(path), next_step="Check the path and that the file may be read") from error


def _text(data: bytes, path: Path) -> str:
    if len(data) > LARGEST_FILE:
        raise UsageError(
            f"the sites file is larger than {LARGEST_FILE:,} bytes",
            place=str(path),
            next_step="Check that it is a sites file; split a body that is really this large",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason, step = f"byte {error.start} is not UTF-8", "Save the file as UTF-8"
        if b"\0" in data and not data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):  # a picture, a workbook, an archive
            reason, step = "it is no text, and so no sites file", "Choose the sites file, which a text editor can open"
        raise UsageError(reason, place=str(path), next_step=step) from error


Fault = tuple[Steps, str, str]
"""Where, what is wrong, and the next step."""


def _shape_faults(plain: Any, kind: Any, steps: Steps) -> Iterator[Fault]:
    """Unknown and missing keys; and wrong values inside ``facts``, whose place msgspec does not tell."""
    if isinstance(kind, msgspec.inspect.UnionType):
        for one in kind.types:
            yield from _shape_faults(plain, one, steps)
    if isinstance(kind, msgspec.inspect.StructType) and isinstance(plain, dict):
        fields = {field.name: field for field in kind.fields}
        for key in plain:
            if key not in fields:
                yield (*steps, key), f"unknown key {key[:60]}", nearest(key[:60], fields)
        for name, field in fields.items():
            if name in plain:
                yield from _shape_faults(plain[name], field.type, (*steps, name))
            elif field.required:
                yield steps, f"the key {name} is missing", f"Add a line {name}: ..."
    elif isinstance(kind, msgspec.inspect.VarTupleType) and isinstance(plain, list):
        for index, item in enumerate(plain):
            yield from _shape_faults(item, kind.item_type, (*steps, index))
    elif isinstance(kind, msgspec.inspect.DictType) and isinstance(plain, dict):
        for key, item in plain.items():
            yield from _shape_faults(item, kind.value_type, (*steps, key))
            try:
                msgspec.convert(item, Decision, strict=False)
            except msgspec.ValidationError:
                yield (*steps, key), f"{key[:60]} has no readable answer", "Write answer: yes, no or unknown below it"


def _faults(body: Body, kinds: Collection[str], conditions: Collection[str] | None) -> Iterator[Fault]:
    """What has the right shape and still cannot be."""
    kinds_told: list[tuple[Steps, str]] = [(("kind",), body.kind)]
    kinds_told += [(("also", number), kind) for number, kind in enumerate(body.also)]
    for steps, kind in kinds_told:
        if kind not in kinds:
            yield steps, f"{kind[:60]} is not a kind of body", nearest(kind[:60], kinds)
    yield from _country(body.country, ("country",))
    yield from _facts(body.facts, ("facts",), conditions)
    sites: set[str] = set()
    for number, site in enumerate(body.sites):
        at: Steps = ("sites", number)
        if site.id in sites:
            yield (*at, "id"), f"the site {site.id[:60]} stands twice", "Give each site an id of its own"
        sites.add(site.id)
        if site.country:
            yield from _country(site.country, (*at, "country"))
        yield from _facts(site.facts, (*at, "facts"), conditions)
        zones: set[str] = set()
        vlans: dict[int, str] = {}
        for index, zone in enumerate(site.zones):
            inside = (*at, "zones", index)
            if zone.id in zones:
                yield (*inside, "id"), f"the zone {zone.id[:60]} stands twice in its site", "Give each an id of its own"
            zones.add(zone.id)
            yield from _decision(zone.core, (*inside, "core"))
            for vlan in zone.vlans:
                if not 1 <= vlan <= 4094:
                    yield (*inside, "vlans"), f"{vlan} is not a VLAN number", "Write a number from 1 to 4094"
                if vlans.setdefault(vlan, zone.id) != zone.id:
                    reason = f"VLAN {vlan} is in the zones {vlans[vlan][:60]} and {zone.id[:60]} of one site"
                    yield (*inside, "vlans"), reason, "Keep it in one of them"
    yield from _subnets(body)
    for number, site in enumerate(body.others):
        at = ("others", number)
        if site.id in sites:
            yield (*at, "id"), f"the site {site.id[:60]} stands twice", "Give each site an id of its own"
        sites.add(site.id)
        if site.zones:
            yield (
                (*at, "zones"),
                "a place of others has no zones here",
                "Move it to sites if devices of yours hang there",
            )
        if site.country:
            yield from _country(site.country, (*at, "country"))
        yield from _facts(site.facts, (*at, "facts"), conditions)
    for number, note in enumerate(body.devices):
        at = ("devices", number)
        if not any((note.mac, note.serial, note.ip, note.tag, note.hostname)):
            yield at, "nothing says which device is meant", "Add mac, serial, ip, tag or hostname"
        yield from _facts(note.facts, (*at, "facts"), conditions)
        for index, id in enumerate(note.looks_at):
            if id not in sites:
                yield (*at, "looks_at", index), f"there is no site {id[:60]} to look at", nearest(id[:60], sites)
        for index, event in enumerate(note.events):
            yield from _date(event.on, (*at, "events", index, "on"))
        yield from _date(note.decided_on, (*at, "decided_on"))


def _country(code: str, steps: Steps) -> Iterator[Fault]:
    if not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
        yield steps, f"{code[:60]} is not a country code", "Write two capitals as in ISO 3166, for example NL or GB"


def _facts(facts: dict[str, Decision], steps: Steps, conditions: Collection[str] | None) -> Iterator[Fault]:
    for condition, decision in facts.items():
        if conditions is not None and condition not in conditions:
            yield (*steps, condition), f"no directive asks about {condition[:60]}", nearest(condition[:60], conditions)
        yield from _decision(decision, (*steps, condition))


def _decision(decision: Decision, steps: Steps) -> Iterator[Fault]:
    for field in ("decided_on", "since", "until"):
        yield from _date(getattr(decision, field), (*steps, field))


def _date(text: str, steps: Steps) -> Iterator[Fault]:
    if text:
        try:
            parse_date(text)
        except ValueError as error:
            yield steps, str(error), "Write the date as 2022-11-24, or as much of it as is known"


def _too_early(body: Body, today: date | None) -> Iterator[Fault]:
    """What was decided, or befell a device, on a day that has not come."""
    if today is None:
        return
    days: list[tuple[str, Steps]] = []

    def add(facts: Mapping[str, Decision], steps: Steps) -> None:
        days.extend((one.decided_on, (*steps, condition, "decided_on")) for condition, one in facts.items())

    add(body.facts, ("facts",))
    for kind, sites in (("sites", body.sites), ("others", body.others)):
        for number, site in enumerate(sites):
            add(site.facts, (kind, number, "facts"))
            for index, zone in enumerate(site.zones):
                days.append((zone.core.decided_on, (kind, number, "zones", index, "core", "decided_on")))
    for number, note in enumerate(body.devices):
        add(note.facts, ("devices", number, "facts"))
        days.append((note.decided_on, ("devices", number, "decided_on")))
        days += [(one.on, ("devices", number, "events", index, "on")) for index, one in enumerate(note.events)]
    for text, steps in days:
        if text and parse_date(text).first > today:
            yield steps, f"{text} is still to come", "Write the day on which it was decided, or happened"


def _subnets(body: Body) -> Iterator[Fault]:
    """Address ranges that are none, and ranges of two zones that overlap: an address must lie in one zone."""
    ranges: list[tuple[int, int, int, tuple[str, str], Steps]] = []
    for number, site in enumerate(body.sites):
        for index, zone in enumerate(site.zones):
            for place, text in enumerate(zone.subnets):
                steps: Steps = ("sites", number, "zones", index, "subnets", place)
                try:
                    net = ipaddress.ip_network(text)
                except ValueError:
                    yield steps, f"{text[:60]} is not an address range", "Write it as 10.20.0.0/24, host bits zero"
                    continue
                low = int(net.network_address)
                ranges.append((net.version, low, low + net.num_addresses - 1, (site.id, zone.id), steps))
    ranges.sort(key=lambda found: found[:3])
    widest: tuple[int, int, int, tuple[str, str], Steps] | None = None
    for found in ranges:
        version, low, high, zone_key, where = found
        if widest and widest[0] == version and low <= widest[2] and widest[3] != zone_key:
            left, right = "/".join(widest[3])[:80], "/".join(zone_key)[:80]
            yield where, f"the address ranges of the zones {left} and {right} overlap", "Give each address one zone"
        if widest is None or widest[0] != version or high > widest[2]:
            widest = found


def _line(lines: Mapping[Steps, int], steps: Steps) -> int:
    """The line of a value, or of its nearest parent that has one."""
    while steps and steps not in lines:
        steps = steps[:-1]
    return lines.get(steps, 1)


_KINDS = {
    "object": "keys with values below it",
    "array": "a list",
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
}
"""Type of a value -> what somebody writes who writes such a value."""


def _in_words(what: str, steps: Steps) -> str:
    """What msgspec says of a wrong value, with the key that has it and without words of programs."""
    key = next((step for step in reversed(steps) if isinstance(step, str)), "")
    name = f"{key}, number {steps[-1] + 1}" if key and isinstance(steps[-1], int) else key or "the file"
    if found := re.fullmatch(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`", what):
        wanted, got = (_KINDS.get(kind, kind) for kind in found.groups())
        return f"{name} wants {wanted}, and here is {got}"
    if found := re.fullmatch(r"Expected `\w+` (<=|>=) (-?\d+)(?:\.0)?", what):
        return f"{name} may be at {'most' if found[1] == '<=' else 'least'} {found[2]}"
    if found := re.fullmatch(r"Invalid enum value '(.*)'", what, re.DOTALL):
        return f"{name} does not take the word {found[1][:60]}"
    return f"{name}: {what[:1].lower()}{what[1:]}"


def _steps(where: str) -> Steps:
    """```$.sites[0].name` `` -> (sites, 0, name)."""
    return tuple(int(index) if index else name for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", where))
