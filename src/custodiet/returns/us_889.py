"""What the three papers under section 889 have in common: the items that are covered, and those that cannot be judged.

Whether the purpose limb is met is a decision of people and
is never taken as answered; equipment whose purpose nobody recorded is an item, and its purpose a missing fact.
"""

from __future__ import annotations

from collections.abc import Iterable

from custodiet.dates import parse_date
from custodiet.judge.clock import due_after
from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Device, Estate
from custodiet.returns.paper import Due, Section
from custodiet.returns.words import day

CLAUSE, PART_B = "us-far-52-204-25-report", "us-ndaa-889-a1B"
ONE_DAY, TEN_DAYS = "P1BD", "P10BD"

PURPOSE = (
    "Is it used for public safety, the security of government facilities, the physical security surveillance of "
    "critical infrastructure or another national security purpose?"
)


def covered(estate: Estate, directive: str, requirement: str) -> tuple[Device, ...]:
    """Devices that the text names and whose purpose is not recorded as another one; in use or not."""
    return tuple(
        device
        for device in estate.devices
        if device.meant_by(directive) == "yes" and not _other_purpose(device, directive, requirement)
    )


def _other_purpose(device: Device, directive: str, requirement: str) -> bool:
    finding = device.finding(directive, requirement)
    return bool(finding and finding.outcome == "out of scope")


def purposes(draft: Draft, devices: Iterable[Device], directive: str) -> None:
    """A purpose that nobody recorded is a missing fact."""
    for device in devices:
        if device.answers(directive, "place") == "unknown":
            draft.miss(PURPOSE, device.asset.label, "purpose-public-safety, purpose-government-facilities, "
                       "purpose-critical-infrastructure, purpose-other-national-security")  # fmt: skip


def identified_on(draft: Draft) -> str:
    """The day from which the clock runs; missing where nobody wrote it down."""
    body = draft.estate.body
    places = [body.facts, *(site.facts for site in body.sites), *(note.facts for note in body.devices)] if body else []
    days = [d.since or d.decided_on for facts in places if (d := facts.get("identified")) and d.answer == "yes"]
    if not any(days):
        draft.miss(
            "On which day was it identified, or did anybody tell of it? The clock runs from that day.", "", "identified"
        )
    return min((one for one in days if one), default="")


def clock(draft: Draft, what: str, start: str, within: str, rule: str) -> None:
    """When it is owed, in business days of the United States."""
    counted = {ONE_DAY: "one business day", TEN_DAYS: "ten business days"}[within]
    if not start or (span := parse_date(start)).first != span.last:
        draft.due.append(Due(what=what, by="", because=f"{counted} after {rule}, of which the day is not known"))
        return
    by = due_after(span.first, within, "US").isoformat()
    draft.due.append(Due(what=what, by=by, because=f"{counted} after {rule} on {day(start, 'en')}"))


PARTS = (
    "Any part of a named maker counts, so a device of another maker may stay open while no source says who made the "
    "parts inside it."
)


def left_out(draft: Draft, directive: str, requirement: str) -> Section:
    """Equipment of the named makers that is not in the report, since people recorded another purpose."""
    estate = draft.estate
    rows = []
    for device in estate.devices:
        finding = device.finding(directive, requirement)
        if finding and device.meant_by(directive) == "yes" and finding.outcome == "out of scope":
            rows.append((device.asset.id, [device.asset.label, estate.maker(device), finding.because]))
    columns = [column("device", "Device"), column("maker", "Producer"), column("because", "Because")]
    made = table("left-out", "Not reported, by a recorded decision", columns, rows)
    return Section(
        id="left-out", title="Equipment of a named maker that is left out", publication="restricted", tables=(made,)
    )
