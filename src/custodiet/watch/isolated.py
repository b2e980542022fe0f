"""Whom the signed statements of a case call isolated, since when, and what these may reach.

A statement that is not signed, or was changed, protects nobody: that is told. A device that a statement does not call
isolated was never shown to be, so it cannot be back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from custodiet.egress.place import Network
from custodiet.errors import IntegrityError, UsageError
from custodiet.isolation.side import Terms, parse_allowed
from custodiet.isolation.statement import Checked, check
from custodiet.model import Asset
from custodiet.statements import KEPT_UNDER

_NAMED = ("MAC ", "serial ")
"""How statements begin an identifier by which a device is found again; an address is none: it moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolated:
    """One device that a statement calls isolated.

    Args:
        statement: id of the statement.
        stated_at: ISO 8601, when it was made.
        since: seconds since 1970 UTC from which on nothing else may be seen.
        terms: what it may reach.
    """

    statement: str
    stated_at: str
    since: float
    terms: Terms


class Isolation:
    """The isolated devices of a case, to be looked up; of several statements on one the latest holds.

    Args:
        kept: key -> envelope, as the case keeps them.
        own: networks of the body.
        whose: name or address -> whose endpoint that is, in a few words.
        near_side: whether whoever watches now stands between the devices and the rules.
    """

    def __init__(
        self, kept: Mapping[str, str], own: tuple[Network, ...], whose: Callable[[str], str], *, near_side: bool = False
    ) -> None:
        self.unsound: dict[str, str] = {}
        """Id of a statement that cannot be trusted -> why."""
        self._by: dict[str, Isolated] = {}
        sound: list[tuple[str, Checked]] = []
        for key, envelope in kept.items():
            id = key.removeprefix(KEPT_UNDER)
            try:
                checked = check(envelope.encode("utf-8", "surrogatepass"))
            except IntegrityError as fault:
                self.unsound[id] = fault.reason
                continue
            if checked.id == id:
                sound.append((id, checked))
            else:
                self.unsound[id] = f"it is not the statement of that id, but {checked.id}"
        for id, checked in sorted(sound, key=lambda one: (one[1].statement.predicate.stated_at, one[0])):
            said = checked.statement.predicate
            try:
                networks, domains = parse_allowed(said.allowed)
            except UsageError as fault:
                self.unsound[id] = fault.reason
                continue
            isolated = Isolated(
                statement=id,
                stated_at=said.stated_at,
                since=_seconds(said.after.begin if said.after else "") or _seconds(said.stated_at),
                terms=Terms(own=own, allowed=networks, domains=domains, near_side=near_side, whose=whose),
            )
            for device in said.devices:
                names = (f"asset {device.asset}", *(one for one in device.identifiers if one.startswith(_NAMED)))
                for name in names:
                    if device.verdict == "isolated as far as seen":
                        self._by[name] = isolated
                    else:
                        self._by.pop(name, None)  # a later statement takes the word of the earlier back

    def __bool__(self) -> bool:
        return bool(self._by)

    def of(self, asset: Asset) -> Isolated | None:
        """The statement that calls this device isolated; found by its MAC or serial number where its id is another."""
        kinds = {"mac": "MAC", "serial": "serial"}
        names: Iterable[str] = (
            f"{kinds[one.kind]} {one.value}" for one in asset.identifiers if one.kind in kinds and one.identity
        )
        return next((self._by[name] for name in (f"asset {asset.id}", *names) if name in self._by), None)


def _seconds(text: str) -> float:
    """An ISO 8601 moment in seconds since 1970; 0 where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
