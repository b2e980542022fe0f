"""What a sweep is going to do, worked out before the first packet: addresses, questions, packets at most, and time.

The order of the addresses is shuffled by a seed that the log keeps: neighbours are then not asked in a row, so that no
switch, link or site gets all the packets of a moment, and an interrupted sweep knows where it was.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import ceil

import msgspec

from custodiet.errors import UsageError
from custodiet.probes.question import Question
from custodiet.probes.restraint import Scope

MOST_ADDRESSES = 1 << 20
"""Addresses of one sweep; a larger network is swept in parts."""
SHARE = 0.1
"""What share of addresses is taken to be alive where nothing is known yet; only for the estimate."""
PER_CONNECTION = 7
"""Packets of ours for one question over a connection: three to open and ask, two to confirm, two to close."""
LOOKING = 3
"""Packets by which a system looks for the hardware address of one that is not there, each time it is tried."""
ROUNDS = 2
"""How often a silent address is asked: an answer may get lost once."""


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """How much a sweep may ask of a network."""

    id: str
    means: str
    """In plain words."""
    rate: float | None
    """Packets a second of the whole sweep; none: as fast as it goes."""
    at_once: int
    """Devices that are talked with at the same time; one connection each."""
    gap: float
    """Seconds between two questions to one device."""
    knocks_gap: float
    """Seconds between two opening segments to one address."""
    answer: float = 2.0
    """Seconds in which an answer to an opening segment comes, if one comes."""
    greeting: float = 2.0
    """Seconds to wait for a greeting at most, where a device may as well wait for us."""


PRESETS = (
    Preset(id="silent", means="sends nothing: it only listens", rate=0.0001, at_once=0, gap=0, knocks_gap=0),
    Preset(
        id="gentle",
        means="for networks that nobody knows: 50 packets a second in all, and no device gets more than ten",
        rate=50.0,
        at_once=8,
        gap=1.0,
        knocks_gap=0.5,
    ),
    Preset(
        id="standard",
        means="for networks whose owner knows them: 500 packets a second in all, and every question",
        rate=500.0,
        at_once=64,
        gap=0.7,
        knocks_gap=0.2,
    ),
)
"""From the most careful to the quickest. The rate can be set apart; what one device bears cannot."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A sweep before its first packet."""

    networks: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    questions: tuple[str, ...]
    """Their ids, in order."""
    first: tuple[int, ...]
    """TCP ports that every address is asked for."""
    rest: tuple[int, ...]
    """TCP ports that are asked only where something lives."""
    preset: str
    rate: float | None
    seed: int
    started: float
    """Seconds since 1970 UTC."""

    def addresses(self) -> list[str]:
        """All that are asked, shuffled, the same at every call.

        Raises:
            UsageError: they are more than one sweep holds.
        """
        # whether a public network may be asked was settled when the plan was made
        scope = Scope(self.networks, exclude=self.excluded, public=True)
        if scope.count() > MOST_ADDRESSES:
            raise UsageError(
                f"these networks hold {scope.count():,} addresses, and one sweep at most {MOST_ADDRESSES:,}",
                next_step="Name smaller networks, one sweep after the other.",
            )
        ordered = list(scope.addresses())
        random.Random(self.seed).shuffle(ordered)  # noqa: S311 - an order, and no secret
        return ordered


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan comes to."""

    addresses: int
    knocks: int
    """Opening segments at most, where nothing answers."""
    questions: int
    """Questions to those that live, at the share that was taken."""
    packets: int
    """At most, at that share."""
    seconds: float
    """At the rate of the plan, with the pauses of its preset; 0: as fast as it goes."""


def estimate(
    plan: Plan, questions: Sequence[Question], *, addresses: int, share: float = SHARE, near: int = 0
) -> Estimate:
    """What a plan comes to, if this share of the addresses lives and the rest is silent.

    Of those, ``near`` are on this machine's own networks: there the system looks for each before anything is sent.
    """
    alive = ceil(addresses * share)
    udp = [question for question in questions if question.transport == "udp"]
    tcp = len(questions) - len(udp)
    knocks = (addresses - alive) * len(plan.first) * ROUNDS + alive * (len(plan.first) + len(plan.rest))
    asked = alive * (len(udp) + tcp)
    near = min(near, addresses)
    silent = near - ceil(near * share)
    looking = silent * len(plan.first) * ROUNDS * (LOOKING - 1) + (near - silent) * LOOKING * ROUNDS
    packets = (
        knocks + looking + alive * (ROUNDS * sum(len(question.requests) for question in udp) + tcp * PER_CONNECTION)
    )
    return Estimate(
        addresses=addresses,
        knocks=knocks,
        questions=asked,
        packets=packets,
        seconds=packets / plan.rate + _pauses(plan, len(questions)) if plan.rate else 0.0,
    )


def _pauses(plan: Plan, questions: int) -> float:
    """Seconds in which one device is waited for, and those that it is given between what it is asked."""
    preset = preset_of(plan)
    knocks = sum(len(ports) * preset.knocks_gap + preset.answer for ports in (plan.first, plan.rest) if ports)
    return ROUNDS * knocks + questions * preset.gap


def preset_of(plan: Plan) -> Preset:
    """The preset of a plan."""
    return next(preset for preset in PRESETS if preset.id == plan.preset)
