"""The return of a UK central department to the Cabinet Office, and its public part.

Counted in sites, since that is how the texts count: sensitive sites that ever had such equipment, and how many of them
are cleared. Which sites these are is restricted, so the public part holds shares and dates only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from custodiet.judge.answers import decide
from custodiet.model import Decision, Site
from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Device, Estate
from custodiet.returns.items import open_section
from custodiet.returns.paper import Cell, Due, Return, Section, Table
from custodiet.returns.published import THRESHOLD, Shown, withheld

INSTRUCTION, TIMELINE = "uk-co-wms-2022-11-24", "uk-co-removal-timeline-2024-04-29"
TEXTS = (INSTRUCTION, TIMELINE)

CLASSES = {
    "holds-secret-or-above-routinely": "routinely holds SECRET or above",
    "significant-share-dv-cleared": "significant proportion of staff with developed vetting",
    "routinely-used-by-ministers": "routinely used by Ministers",
    "socpa-2005-government-location": "government location under the Act of 2005",
}
"""Limb of the definition -> class of decision, in short."""

STATES = {
    "none": "no such equipment was found",
    "cleared": "had such equipment and is cleared",
    "not cleared": "still has such equipment",
    "clearing not known": "had such equipment; whether it is cleared is not known",
    "not known": "whether it ever had such equipment is not known",
}
"""State of a sensitive site -> words; together they are all sensitive sites."""


@dataclass(frozen=True, slots=True)
class Place:
    """One site with what is decided about it and what was found there."""

    site: Site
    classes: tuple[str, ...]
    """Which limbs make it sensitive."""
    decided_by: str
    """Who decided that."""
    decided_on: str
    """ISO 8601 date; several that differ stand beside one another."""
    sensitive: bool | None
    state: str
    """A word of `STATES`."""
    cleared_on: str
    """ISO 8601 date of the last removal, where it is cleared and the days are written."""
    affected: tuple[Device, ...]


def uk_department(estate: Estate) -> Return:
    """The return, with its public part as one of its sections."""
    draft = Draft(estate, "uk-department", "Surveillance equipment at sensitive sites", "en")
    body = estate.body
    if body and not estate.addresses_body(INSTRUCTION):
        draft.notes.append(
            "The instruction addresses central government departments on this date, and this body is none that it "
            "binds: this return is given of its own will."
        )
    draft.notes.append(
        "The text has four sentences of four strengths: stop installing at sensitive sites (must), keep off core "
        "networks anywhere (should), consider early replacement, consider other sites. A site counts as affected where "
        "equipment was found whose producer is subject to the law that the text names; no list of makers exists."
    )
    places = [_place(estate, draft, site) for site in (body.sites if body else ())]
    for device in estate.watching():
        if device.site is None and device.meant_by(INSTRUCTION) != "no":
            draft.place(device)
    sensitive = [place for place in places if place.sensitive]
    draft.due += _due(estate, sensitive)
    return draft.paper(
        [
            public_part(sensitive, estate),
            _section("sensitive", "Sensitive sites", _sensitive(draft, sensitive)),
            _section("undecided", "Sites of which the class is not decided", _undecided(places)),
            _section("core", "Core networks", _core(draft, places)),
            _section("other", "Decisions on other sites", _others(draft, places)),
            _section("devices", "The equipment", _devices(draft)),
            open_section(draft, INSTRUCTION),
        ]
    )


def public_part(sensitive: list[Place], estate: Estate) -> Section:
    """Shares and dates without a name: small numbers, and what would give them away, are withheld."""
    counted = Counter(place.state for place in sensitive)
    shown = withheld({state: counted[state] for state in STATES})
    had = shown.sum_of("cleared", "not cleared", "clearing not known")
    cleared = shown.parts["cleared"]
    rows: list[tuple[str, list[Cell]]] = [("total", ["Sensitive sites", _cell(shown.total), None])]
    rows += [(state, [f"of these: {said}", _cell(shown.parts[state]), None]) for state, said in STATES.items()]
    share = f"{100 * cleared / had:.0f}%" if had and cleared is not None else "none had any" if had == 0 else "withheld"
    rows.append(("share", ["Share of the sites that ever had such equipment and are cleared", _cell(had), share]))
    columns = [column("what", "What"), column("sites", "Sites", "number"), column("share", "Share", "share")]
    words = (
        f"Numbers below {THRESHOLD} other than 0 are withheld, and so are numbers from which they could be worked out. "
        "Sites are not named.",
    )
    tables = (
        table("progress", "Progress, counted in sites", columns, [(key, _dash(cells)) for key, cells in rows]),
        _by_year(sensitive, shown),
    )
    return Section(id="public", title="Public part: shares and dates", publication="public", words=words, tables=tables)


def _by_year(sensitive: list[Place], above: Shown) -> Table:
    """In which year sites were cleared; one number for all years where one of them is small."""
    years = Counter(place.cleared_on[:4] or "year not known" for place in sensitive if place.state == "cleared")
    columns = [column("year", "Year"), column("cleared", "Sites cleared", "number")]
    # their sum stands in the table above, so one small year would be enough to tell another
    if above.parts["cleared"] is None or withheld(years).total is None:
        rows: list[tuple[str, list[Cell]]] = [("all", ["all years", _cell(above.parts["cleared"])])]
    else:
        rows = [(year, [year, number]) for year, number in sorted(years.items())]
    return table("years", "Sites cleared, by year of the last removal", columns, rows)


def _cell(number: int | None) -> Cell:
    return "withheld" if number is None else number


def _dash(cells: list[Cell]) -> list[Cell]:
    return ["–" if cell is None else cell for cell in cells]


def _place(estate: Estate, draft: Draft, site: Site) -> Place:
    text = estate.texts.get(INSTRUCTION)
    limbs = text.requirements[0].where if text else tuple(CLASSES)
    told = {limb: decide(limb, site, estate.body, estate.on) for limb in limbs}
    yes = [limb for limb in limbs if told[limb].holds]
    open_ones = [limb for limb in limbs if told[limb].holds is None]
    sensitive = True if yes else None if open_ones else False
    if not yes:
        for limb in open_ones:
            draft.miss(text.conditions[limb] if text else CLASSES[limb], site.name, limb)
    decisions = [found for limb in yes or limbs if (found := _decision(estate, site, limb))]
    there = estate.at(site.id)
    affected = tuple(d for d in there if d.meant_by(INSTRUCTION) == "yes")
    return Place(
        site=site,
        classes=tuple(CLASSES.get(limb, limb) for limb in yes),
        decided_by="; ".join(dict.fromkeys(found.decided_by or "nobody is named" for found in decisions)),
        decided_on=" / ".join(dict.fromkeys(found.decided_on for found in decisions if found.decided_on)),
        sensitive=sensitive,
        state=_state(there, affected),
        cleared_on=max((d.gone_on for d in affected), default="") if all(d.gone_on for d in affected) else "",
        affected=affected,
    )


def _decision(estate: Estate, site: Site, condition: str) -> Decision | None:
    return site.facts.get(condition) or (estate.body.facts.get(condition) if estate.body else None)


def _state(there: tuple[Device, ...], affected: tuple[Device, ...]) -> str:
    if affected:
        uses = {device.in_use for device in affected}
        return "not cleared" if True in uses else "clearing not known" if None in uses else "cleared"
    # a site of which nothing was read is not a site without such equipment
    unknown = not there or any(device.meant_by(INSTRUCTION) == "unknown" for device in there)
    return "not known" if unknown else "none"


def _sensitive(draft: Draft, places: list[Place]) -> Table:
    rows: list[tuple[str, list[Cell]]] = []
    for place in places:
        site = place.site
        if place.state == "not known":
            draft.miss("Did this site ever have such equipment? Nothing that was read settles it.", site.name)
        if place.state == "clearing not known":
            draft.miss("Is the equipment at this site gone? See the removal records, or look on site.", site.name)
        keeps = place.state == "not cleared"
        reason = draft.ask("return-keep-reason", site.name, site=site) if keeps else None
        had = {"none": "none found", "not known": "not known"}.get(place.state, "yes")
        cleared = {"cleared": "yes", "not cleared": "no", "clearing not known": "not known"}.get(place.state, "–")
        rows.append(
            (
                site.id,
                [
                    site.name,
                    "; ".join(place.classes),
                    place.decided_by,
                    place.decided_on,
                    had,
                    cleared,
                    place.cleared_on or (None if cleared == "yes" else "–"),
                    _core_status(place),
                    (reason.text if reason else None) if keeps else "–",
                ],
            )
        )
    columns = [
        column("site", "Site"),
        column("class", "Class of decision"),
        column("decided", "Decided by"),
        column("decided-on", "Decided on", "date"),
        column("ever", "Ever affected"),
        column("cleared", "Cleared"),
        column("on", "Cleared on", "date"),
        column("core", "Core network"),
        column("reason", "Reason for keeping"),
    ]
    return table("sensitive", "For each sensitive site", columns, rows)


def _core_status(place: Place) -> str:
    answers = [d.answers(INSTRUCTION, "network") for d in place.affected if d.in_use is not False]
    if not answers:
        return "nothing to connect"
    return "connected" if "yes" in answers else "not known" if "unknown" in answers else "not connected"


def _undecided(places: list[Place]) -> Table:
    rows = [(p.site.id, [p.site.name, STATES[p.state]]) for p in places if p.sensitive is None]
    columns = [column("site", "Site"), column("state", "What was found")]
    return table("undecided", "Sites for which a limb of the definition is not answered", columns, rows)


def _core(draft: Draft, places: list[Place]) -> Table:
    rows: list[tuple[str, list[Cell]]] = []
    for place in places:
        present = [device for device in place.affected if device.in_use is not False]
        if not present:
            continue
        counted = Counter(device.answers(INSTRUCTION, "network") for device in present)
        if counted["unknown"]:
            draft.miss("Is the equipment at this site on a core network? The network owner decides.", place.site.name)
        rows.append((place.site.id, [place.site.name, counted["yes"], counted["no"], counted["unknown"]]))
    columns = [
        column("site", "Site"),
        column("yes", "Devices on a core network", "number"),
        column("no", "Devices on none", "number"),
        column("unknown", "Not known", "number"),
    ]
    return table("core", "Such equipment that is in use, by site, sensitive or not", columns, rows)


def _others(draft: Draft, places: list[Place]) -> Table:
    rows: list[tuple[str, list[Cell]]] = []
    for place in places:
        if place.sensitive is not False:
            continue
        decided = _decision(draft.estate, place.site, "decided-consider-extending")
        if decided is None or decided.answer == "unknown":
            draft.miss(
                "Was it considered to treat this site like a sensitive one (yes: extend, no: do not)?",
                place.site.name,
                "decided-consider-extending",
            )
            rows.append((place.site.id, [place.site.name, STATES[place.state], None, None, None, None]))
            continue
        said = "treated like a sensitive site" if decided.answer == "yes" else "not treated like one"
        state, by, day = STATES[place.state], decided.decided_by, decided.decided_on
        rows.append((place.site.id, [place.site.name, state, said, by, day, decided.reason]))
    columns = [
        column("site", "Site"),
        column("state", "What was found"),
        column("decision", "Decision"),
        column("decided", "Decided by"),
        column("decided-on", "Decided on", "date"),
        column("reason", "Reason"),
    ]
    return table("other", "Sites that are not sensitive", columns, rows)


def _devices(draft: Draft) -> Table:
    estate = draft.estate
    rows: list[tuple[str, list[Cell]]] = []
    for device in estate.watching():
        meant = device.meant_by(INSTRUCTION)
        if meant == "no":
            continue
        draft.judged(device, INSTRUCTION)
        use = draft.in_use(device) if meant == "yes" else device.in_use
        first = device.dated("installed") or (device.past.first_seen.isoformat() if device.past.first_seen else "")
        rows.append(
            (
                device.asset.id,
                [
                    device.asset.label,
                    device.site.name if device.site else None,
                    "; ".join(device.looks_at) or "–",
                    draft.kind(device),
                    estate.brand(device),
                    estate.maker(device),
                    estate.model(device),
                    "yes" if meant == "yes" else "open",
                    first,
                    device.gone_on or ("still in use" if use else None),
                ],
            )
        )
    columns = [
        column("device", "Device"),
        column("site", "Site"),
        column("looks-at", "Looks at"),
        column("kind", "Kind"),
        column("brand", "Brand"),
        column("maker", "Producer"),
        column("model", "Model"),
        column("meant", "Producer meant"),
        column("since", "Installed or first seen", "date"),
        column("gone", "Removed", "date"),
    ]
    return table("devices", "Equipment that the text means, or may mean", columns, rows)


def _due(estate: Estate, sensitive: list[Place]) -> list[Due]:
    text = estate.texts.get(TIMELINE)
    if text is None or not any(place.state == "not cleared" for place in sensitive):
        return []
    if not text.in_force or text.in_force > estate.on.isoformat():
        return []
    remove = next((sentence for sentence in text.requirements if sentence.id == "remove-by"), None)
    if remove is None:
        return []
    because = "the statement of 29 April 2024, for sensitive sites only"
    return [Due(what="Such equipment is gone from sensitive sites", by=remove.deadline, because=because)]


def _section(id: str, title: str, made: Table) -> Section:
    return Section(id=id, title=title, publication="restricted", tables=(made,))
