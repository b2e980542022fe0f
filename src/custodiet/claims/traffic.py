"""Tests that look at traffic: destinations, cloud accounts, storage and remote administration.

Four things are told apart: a conversation that was answered, attempts without an answer, nothing seen in so much
capture on so many devices, and no capture that shows a device of the maker at all. None of them says what a device is
unable to do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from custodiet.casefile import MOST_OBSERVATIONS
from custodiet.catalog import family, subsidiaries
from custodiet.claims.destinations import CLOUD, RELAY, asked_for, destinations
from custodiet.claims.ground import Device, Ground, lengths, number_of
from custodiet.claims.shown import NEITHER, Shown, companies_named, nothing_collected, scale
from custodiet.dates import day_of
from custodiet.egress.words import how_many, listed, size
from custodiet.model.public_claim import Destination, Outcome, PublicClaim

NOT_LOOKED_AT = (
    "What was inside the conversations was not read.",
    "Traffic outside the time of the captures, or past another place, was not seen; gaps inside a capture do not show.",
    "The country is that of the owner's seat; where a machine stands was not looked up.",
    "Traffic is tied to a device by its address; one address that several devices had in turn is not told apart.",
    "Private addresses count as the body's own, whether the sites file names them or not.",
)
"""True of every test on traffic."""

ACCOUNT_PURPOSES = ("device-cloud", "device-registration", "sign-in", "rendezvous", "app-api")
STORAGE_PURPOSES = ("media",)
REMOTE_PURPOSES = ("operations", "app-api", "developer-api")

MOST_LISTED = 1_000
"""Destinations, and other signs, that are listed of one claim; all are counted."""

_STORAGE_WORDS = re.compile(r"(?i)\b(?:cloud[ -]?(?:storage|recording|opslag|backup)|opslag in de cloud|vsaas)\b")


def by_destinations(claim: PublicClaim, ground: Ground) -> Shown:
    """Do devices of the maker talk to addresses outside the body's own?"""
    devices = ground.of(claim.about)
    every = destinations(devices, ground)
    tells = [
        one
        for one in every
        # whoever calls from outside may be the owner himself: a way to the images, and no third party by itself
        if one.answered and (one.serves in (CLOUD, RELAY) or (one.begun_by == "other side" and claim.seeing == "for"))
    ]
    return _weighed(claim, ground, devices, every, tells)


def by_cloud_accounts(claim: PublicClaim, ground: Ground) -> Shown:
    """Is a device registered with the maker's cloud?"""
    devices = ground.of(claim.about)
    signs = [
        f"{device.label} says that its cloud platform is switched on ({observation.locator})"
        for device in devices
        for observation in device.observations
        if observation.attribute == "sadp.cloud" and observation.value.strip().lower() == "true"
    ]
    return _by_purposes(claim, ground, devices, ACCOUNT_PURPOSES, signs)


def by_storage(claim: PublicClaim, ground: Ground) -> Shown:
    """Do purchase lines name storage in a cloud, or devices send to servers for recordings?"""
    devices = ground.of(claim.about)
    bought = [
        f"{device.label}: {observation.locator} of {ground.sources[observation.source].name} names storage in a cloud"
        for device in devices
        for observation in device.observations
        if observation.attribute in ("register.text", "register.line") and _STORAGE_WORDS.search(observation.value)
    ]
    shown = _by_purposes(claim, ground, devices, STORAGE_PURPOSES, bought)
    lines = sum(1 for source in ground.sources.values() if source.kind == "purchase_record")
    more = f"Purchase records read: {lines}; only lines tied to a device of the maker were searched."
    return shown.with_limits(more)


def by_remote_administration(claim: PublicClaim, ground: Ground) -> Shown:
    """Is there administration from outside: conversations begun there, servers for operations, or a register's word?"""
    devices = ground.of(claim.about)
    stated = [
        f"{device.label}: administered from {observation.value}, by {ground.sources[observation.source].name}"
        for device in devices
        for observation in device.observations
        if observation.attribute == "register.administered_from" and observation.value.strip().lower() != "none"
    ]
    return _by_purposes(claim, ground, devices, REMOTE_PURPOSES, stated, inbound=True)


def _by_purposes(
    claim: PublicClaim,
    ground: Ground,
    devices: Sequence[Device],
    purposes: Collection[str],
    signs: Sequence[str],
    *,
    inbound: bool = False,
) -> Shown:
    """Signs that devices give of themselves, names that they asked for, and traffic with servers of these purposes."""
    records = {record.id for record in ground.catalog.endpoints.values() if record.purpose in purposes}
    some = [
        one
        for one in destinations(devices, ground)
        if one.endpoint in records or (inbound and one.begun_by == "other side")
    ]
    asked = [f"{label} asked for {name} ({id})" for label, name, id in asked_for(devices, ground, purposes)]
    tells = [one for one in some if one.answered]
    return _weighed(claim, ground, devices, some, tells, [*signs, *asked])


def _weighed(
    claim: PublicClaim,
    ground: Ground,
    devices: Sequence[Device],
    some: Sequence[Destination],
    tells: Sequence[Destination],
    signs: Sequence[str] = (),
) -> Shown:
    """The outcome, from what was reached, what tells something about the claim, and other signs."""
    if not devices:
        return nothing_collected(claim, ground)
    watched = [device for device in devices if device.is_watched]
    limits = (*NOT_LOOKED_AT, *_limits(devices, watched, ground, claim))
    reached = [one for one in some if one.answered]
    tried = [one for one in some if not one.answered and not one.one_way]
    hidden = [one for one in some if one.one_way]
    tried_maker = [one for one in tried if one.serves in (CLOUD, RELAY)]
    outcome: Outcome
    if tells or signs:
        denied = claim.seeing == "against"
        outcome = "contradicted" if denied and claim.testable == "yes" and _of_others(claim, ground, tells) else "seen"
        said = _seen(tells, signs, watched)
        if outcome == "seen" and denied and claim.testable == "yes" and tells:
            said += " It speaks against the claim if the maker's own cloud counts; what was sent is not shown."
        elif outcome == "seen" and denied:
            said += " It speaks against the claim, as far as that is to be tested."
    elif reached and not tried_maker:
        outcome, said = "seen", f"{_seen(reached, (), watched)} {_open(reached)}"
    elif tried:
        outcome = "blocked"
        number = sum(one.conversations for one in tried)
        said = f"Blocked: {how_many(number, 'attempt')} to {how_many(len(tried), 'destination')}, without an answer"
        said += f", by {scale(tried)} in {lengths(watched)} of capture on {how_many(len(watched), 'device')}."
        if reached:
            said += f" Besides, {how_many(len(reached), 'other destination')} did answer. {_open(reached)}"
    elif hidden:
        outcome = "no evidence was collected"
        said = f"No evidence was collected: traffic with {how_many(len(hidden), 'destination')} was seen in "
        said += f"{lengths(watched)} of capture on {how_many(len(watched), 'device')}, but only one direction of it; "
        said += "whether anything came back is not known."
    elif watched and not any(device.watching.clean for device in watched):
        outcome = "no evidence was collected"
        why = dict.fromkeys(reason for device in watched for reason in device.watching.spoiled)
        said = f"No evidence was collected: nothing was seen in {lengths(watched)} of capture on "
        said += f"{how_many(len(watched), 'device')}, but {listed(list(why)) or 'it has no length'}."
    elif watched:
        outcome = "not seen"
        sure = [device for device in watched if device.watching.clean]
        said = f"Not seen in {lengths(sure)} of capture on {how_many(len(sure), 'device')}."
        if left := len(watched) - len(sure):
            said += f" What was seen of {how_many(left, 'more device')} is too doubtful to count."
    else:
        outcome = "no evidence was collected"
        said = (
            f"No evidence was collected: {how_many(number_of(devices), 'device')} of {companies_named(claim, ground)}, "
        )
        said += "and no capture or log shows a conversation of any."
    if outcome != "blocked" and tried:
        said += f" Besides, {how_many(len(tried), 'destination')} did not answer."
    if hidden and outcome != "no evidence was collected":
        said += f" Of {how_many(len(hidden), 'more destination')} only one direction was seen."
    if watched:
        said += _captured(watched)
    if len(some) > MOST_LISTED or len(signs) > MOST_LISTED:
        limits = (
            *limits,
            f"Of more than {MOST_LISTED:,} destinations or signs of one kind, only the first are listed.",
        )
    return Shown(outcome, said, tuple(signs[:MOST_LISTED]), tuple(some[:MOST_LISTED]), limits)


def _of_others(claim: PublicClaim, ground: Ground, tells: Sequence[Destination]) -> bool:
    """Whether a destination is run by somebody outside the family of those whom the claim is about."""
    own = set(claim.about)
    for company in claim.about:
        own.update(family(ground.catalog, company, ground.on))
        own.update(subsidiaries(ground.catalog, company, ground.on))
    run_by = {ground.catalog.endpoints[one.endpoint].company for one in tells if one.endpoint}
    return bool({company for company in run_by if company} - own)


def _open(reached: Sequence[Destination]) -> str:
    """What conversations that show neither a cloud nor a relay mean for a claim."""
    unknown = sum(1 for one in reached if one.serves == "not known")
    if not unknown:
        return NEITHER
    return f"The owner of {how_many(unknown, 'destination')} is not known; until it is, this stays open."


def _captured(watched: Sequence[Device]) -> str:
    """The days between which captures lie, since a claim and the evidence may be years apart."""
    moments = [moment for device in watched for span in device.spans for moment in span]
    days = list(dict.fromkeys((str(day_of(min(moments))), str(day_of(max(moments)))))) if moments else []
    if not days:
        return ""
    return f" Captured on {days[0]}." if len(days) == 1 else f" Captured between {days[0]} and {days[1]}."


def _seen(tells: Sequence[Destination], signs: Sequence[str], watched: Sequence[Device]) -> str:
    parts = []
    if tells:
        days = _days(tells)
        out, back = sum(one.bytes_out for one in tells), sum(one.bytes_in for one in tells)
        parts.append(
            f"Seen: {scale(tells)} and {how_many(len(tells), 'destination')} outside, {size(out)} sent and "
            f"{size(back)} received, on {how_many(days, 'day')}, in {lengths(watched)} of capture on "
            f"{how_many(len(watched), 'device')}."
        )
        for serves in dict.fromkeys(one.serves for one in tells):
            owners = sorted({one.owner.rstrip(".") or "owner not known" for one in tells if one.serves == serves})
            label = "purpose not known" if serves == "not known" else serves
            parts.append(f"{label[:1].upper()}{label[1:]}: {', '.join(owners)}.")
    if signs:
        parts.append(f"{'Also seen' if tells else 'Seen'}: {how_many(len(signs), 'other sign')}.")
    return " ".join(parts)


def _days(some: Sequence[Destination]) -> int:
    """Calendar days, in UTC, of the first and the last conversation with each; days between are not counted."""
    return len({day_of(moment) for one in some for moment in (one.first_seen, one.last_seen)} - {None})


def _limits(devices: Sequence[Device], watched: Sequence[Device], ground: Ground, claim: PublicClaim) -> list[str]:
    limits = []
    silent = number_of([device for device in devices if not device.is_watched])
    if silent:
        limits.append(f"Devices of {companies_named(claim, ground)} of which no conversation was captured: {silent}.")
    possible = sum(ground.possible.get(company, 0) for company in claim.about)
    if possible:
        limits.append(
            f"Devices of which {companies_named(claim, ground, 'or')} is a mere possibility, and that were left out: "
            f"{possible}."
        )
    left_out = sum(device.talks.left_out for device in devices)
    if left_out:
        limits.append(f"Conversations with more addresses of one device than are looked at: {left_out:,}.")
    limits += dict.fromkeys(doubt for device in watched for doubt in device.watching.doubts)
    crowded = sum(1 for device in devices if device.crowded)
    if crowded:
        limits.append(f"Devices of which only the first {MOST_OBSERVATIONS:,} observations were looked at: {crowded}.")
    if not ground.own:
        limits.append("No sites file names the body's own networks: every public address counts as outside.")
    return limits
