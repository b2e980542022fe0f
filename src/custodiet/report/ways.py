"""What is known of ways between devices and core networks, in plain words, for every face that shows them.

Devices with the same answers are told together. "Proved absent" never stands without the configuration and its date:
it is a statement about those files on those days, and about nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from custodiet.model import ConfigRead, Reach, ReachPath
from custodiet.report.retold import in_words
from custodiet.report.speech import Words, number
from custodiet.report.speech import gettext as _
from custodiet.report.words import count, day, listed

ENGINES = Words({"built-in": "built-in"})
"""What answered -> for people; another program has its name."""

_KNOWN = Words(
    {
        "seen": "Seen in traffic",
        "open": "Open",
        "unknown": "Unknown",
        "proved absent": "Proved absent",
    }
)
"""What is known -> label."""

QUESTIONS = Words(
    {
        "to core": "Could it reach the core zone {}?",
        "from core": "Could the core zone {} reach it?",
        "to outside": "Could it reach the outside?",
        "from outside": "Could the outside reach it?",
    }
)
"""Way -> the question, about who opens the conversation."""

STATES = {"seen": "not_satisfied", "open": "undetermined", "unknown": "undetermined", "proved absent": "satisfied"}
"""What is known -> the class of its label on a page; only what is proved is calm. The worst comes first."""
STYLES = {"seen": "bold red", "open": "bold yellow", "unknown": "bold cyan", "proved absent": "green"}
"""The same for a terminal."""

_COUNTED = Words({one: one for one in (*STATES, "no core zone beside its own")})
"""The same where devices are counted by the worst of their answers, and that there was none to give."""

LIMITS = (
    "“Proved absent” is said of the named configurations on the named dates: nothing that opens a conversation gets "
    "through them. “Open” means that they let something through, not that anything went there. Whether a way counts as "
    "a connection to a core network is for the owner of the network to decide."
)

NAMED = 40
"""Devices named of those that are told together; the JSON has all."""
GROUPS = 100
"""Kinds of answers shown on one page."""
_ZONES = 4
"""Ways named of those that have the same answer, in one line."""
_SHORT = 12
"""Digits of a hash that are shown at once."""

_WAYS = Words(
    {
        "to core": "from it to the core zone {}",
        "from core": "from the core zone {} to it",
        "to outside": "from it to the outside",
        "from outside": "from the outside to it",
    }
)


def question(path: ReachPath) -> str:
    """The question that a way answers."""
    return QUESTIONS[path.way].format(path.place)


def known(path: ReachPath) -> str:
    """What is known, in a word or two."""
    return _KNOWN[path.status]


def by(path: ReachPath, reach: Reach) -> str:
    """By what it is known where that is configurations: "by configuration core.cfg of 3 Nov 2025"."""
    if path.status in ("seen", "unknown"):
        return ""
    used = [one for one in reach.configurations if one.name in path.configurations]
    told = [
        _("{name} of {day}").format(name=one.name, day=day(one.of))
        if one.of
        else _("{name}, of a date that nobody told").format(name=one.name)
        for one in used
    ]
    more = [_("{number} more").format(number=number(len(told) - 3))] if len(told) > 3 else []
    if not told:
        return _("by the configurations")
    return _("by configuration {names}").format(names=listed([*told[:3], *more]))


def answer(path: ReachPath, reach: Reach) -> str:
    """Both: "Proved absent by configuration core.cfg of 3 Nov 2025"."""
    return f"{known(path)} {by(path, reach)}".strip()


def because(path: ReachPath) -> str:
    """Why, as a sentence."""
    return f"{path.because[:1].upper()}{path.because[1:]}."


def to_settle(path: ReachPath) -> str:
    """What would settle it; empty where it is known."""
    return f"{path.missing[:1].upper()}{path.missing[1:]}." if path.missing else ""


def line(reach: Reach) -> str:
    """All answers in one line, the worst first."""
    told: dict[str, list[str]] = {}
    for path in sorted(reach.paths, key=lambda one: list(STATES).index(one.status)):
        told.setdefault(answer(path, reach), []).append(_WAYS[path.way].format(path.place))
    return "; ".join(f"{said}: {_some(ways)}" for said, ways in told.items()) or _("nothing was asked of it")


def _some(ways: list[str]) -> str:
    more = [_("{number} more").format(number=number(len(ways) - _ZONES))] if len(ways) > _ZONES else []
    return listed([*ways[:_ZONES], *more])


def worst(reach: Reach) -> int:
    """How bad the worst of its ways to or from core zones is, 0 the worst; the outside counts only where alone."""
    order = list(STATES)
    core = [order.index(path.status) for path in reach.paths if path.place != "outside"]
    return min(core, default=len(order))


def dated(one: ConfigRead) -> str:
    """Of which date a configuration is, and how we know."""
    return f"{day(one.of)} ({in_words(one.dated_by)})" if one.of else _("nobody said: give --as-of")


def short(one: ConfigRead) -> str:
    """The beginning of its hash."""
    return f"{one.sha256[:_SHORT]}…"


def read(one: ConfigRead) -> str:
    """What was read of a configuration."""
    passed = _(", {lines} not understood").format(lines=count(one.passed_over, "line")) if one.passed_over else ""
    return f"{one.format}{': ' + listed(list(one.devices[:3])) if one.devices else ''}{passed}"


@dataclass(slots=True)
class Group:
    """Devices of which the same is known."""

    reach: Reach
    """The answers, of the first of them."""
    number: int
    """Counted from one, in the order in which they came."""
    devices: list[tuple[str, str]] = field(default_factory=list)
    """Id and label of the first `NAMED`."""
    total: int = 0
    """How many there are."""

    @property
    def left(self) -> int:
        """Devices that are not named."""
        return self.total - len(self.devices)


@dataclass(slots=True)
class Together:
    """Devices by what is known of them, made in one pass over all."""

    _groups: dict[tuple[object, ...], Group] = field(default_factory=dict)
    _of: dict[str, int] = field(default_factory=dict)
    _configurations: dict[tuple[str, str], ConfigRead] = field(default_factory=dict)
    _engines: dict[str, None] = field(default_factory=dict)

    def add(self, reach: Reach | None) -> None:
        """Take one device in."""
        if reach is None:
            return
        same = tuple((p.way, p.place, p.status, p.because, p.rules, p.missing, p.configurations) for p in reach.paths)
        key = (reach.zone, same, reach.doubts)
        group = self._groups.setdefault(key, Group(reach, len(self._groups) + 1))
        group.total += 1
        if len(group.devices) < NAMED:
            group.devices.append((reach.asset, reach.label))
        self._of[reach.asset] = group.number
        self._engines[reach.engine] = None
        for one in reach.configurations:
            self._configurations[(one.name, one.sha256)] = one

    def __bool__(self) -> bool:
        return bool(self._groups)

    @property
    def shown(self) -> list[Group]:
        """The first `GROUPS`, the worst first."""
        return sorted(self._groups.values(), key=lambda one: (worst(one.reach), -one.total, one.number))[:GROUPS]

    @property
    def left(self) -> int:
        """Devices in groups that are not shown."""
        return len(self._of) - sum(group.total for group in self.shown)

    def group_of(self, asset: str) -> int:
        """Number of the group in which a device is told; 0: none that is shown."""
        number = self._of.get(asset, 0)
        if len(self._groups) <= GROUPS:
            return number
        return number if any(group.number == number for group in self.shown) else 0

    @property
    def counted(self) -> str:
        """How many devices have which worst answer: "1 device open, 4 proved absent"."""
        numbers = dict.fromkeys(range(len(STATES) + 1), 0)
        for group in self._groups.values():
            numbers[worst(group.reach)] += group.total
        told = [f"{number(numbers[at])} {_COUNTED[word]}" for at, word in enumerate(_COUNTED) if numbers[at]]
        return _("of {devices}: {told}").format(devices=count(len(self._of), "device"), told=", ".join(told))

    @property
    def configurations(self) -> list[ConfigRead]:
        """What was read, each once."""
        return list(self._configurations.values())

    @property
    def engines(self) -> str:
        """Which analysers answered."""
        return listed(sorted(ENGINES.get(engine, engine) for engine in self._engines))


def doubts(groups: list[Group]) -> Iterator[str]:
    """What the answers take for granted, each once."""
    yield from dict.fromkeys(doubt for group in groups for doubt in group.reach.doubts)
