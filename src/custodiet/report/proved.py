"""A statement on isolation for people: the answer first, then each device, then what was not tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.console import RenderableType

from custodiet.isolation.judged import DeviceProof, Leak
from custodiet.isolation.statement import Checked, Isolation, Statement
from custodiet.model.proof import Verdict
from custodiet.report.guard import indented, styled
from custodiet.report.words import clock, count, listed, size

_STYLE = {
    "isolated as far as seen": "bold green",
    "leaks": "bold red",
    "not seen": "bold yellow",
    "too short": "bold yellow",
    "doubtful": "bold yellow",
}
_SAID: dict[Verdict, str] = {
    "isolated as far as seen": "isolated as far as seen",
    "leaks": "leaking",
    "not seen": "not seen",
    "too short": "watched too briefly",
    "doubtful": "doubtful",
}
_LEAKS = 5
"""Leaks shown of one device unless more is asked for."""


def shown(statement: Statement, id: str, verbose: int = 0) -> Iterator[RenderableType]:
    """What a statement says, in plain words."""
    said = statement.predicate
    numbers = Counter(one.verdict for one in said.devices)
    parts = [f"{numbers[verdict]:,} {word}" for verdict, word in _SAID.items() if numbers[verdict]]
    yield styled(f"Of {count(len(said.devices), 'device')}: {listed(parts) if parts else 'nothing to say'}.", "bold")
    yield from _when(said)
    for one in said.devices:
        if one.verdict != "isolated as far as seen" or verbose or len(said.devices) <= 20:
            yield styled("")
            yield from _device(one, verbose)
    hidden = numbers["isolated as far as seen"] if len(said.devices) > 20 and not verbose else 0
    if hidden:
        yield styled("")
        yield styled(f"{count(hidden, 'device')} isolated as far as seen; -v lists them.")
    if said.others:
        told = ", ".join(f"{one.address} ({one.peers:,})" for one in said.others[: None if verbose else 5])
        yield styled("")
        yield styled("Others inside that went outside, with the number of addresses there", "bold")
        yield indented(f"{told}{' and more' if len(said.others) > 5 and not verbose else ''}", 2)
    yield from _list("What makes it doubtful", said.doubts)
    yield from _list("What this does not show", said.not_tested)
    yield styled("")
    yield styled(f"Statement {id}, by {said.tool}, catalog {said.catalog[:16]}, {said.stated_at}.")


def _when(said: Isolation) -> Iterator[RenderableType]:
    if said.body:
        yield indented(f"{said.body}{': ' + ', '.join(said.sites) if said.sites else ''}", 2)
    if said.after:
        where = f" at: {said.point}" if said.point else ", where was not said"
        yield indented(f"Watched after, {said.after.begin} to {said.after.end}, {said.hours:g} hours{where}.", 2)
    if said.allowed:
        yield indented(f"Allowed: {', '.join(said.allowed)}.", 2)


def _device(one: DeviceProof, verbose: int) -> Iterator[RenderableType]:
    yield styled(f"{one.label}: {one.verdict}", _STYLE[one.verdict])
    yield indented(one.says, 2, limit=1000)
    if one.identifiers:
        how = f"; found again by its {one.recognised_by}" if one.recognised_by else ""
        yield indented(f"{', '.join(one.identifiers[:4])}{how}", 2)
    if one.before_outside:
        yield indented(f"Before, it had to do with {count(one.before_outside, 'peer')} outside.", 2)
    else:
        yield indented("Before, nothing of it was seen outside.", 2)
    for leak in one.leaks[: None if verbose else _LEAKS]:
        yield from _leak(leak)
    left = one.leaks_total - (len(one.leaks) if verbose else min(_LEAKS, len(one.leaks)))
    if left > 0:
        yield indented(f"and {left:,} more", 4)
    for tried in one.tried:
        ports = f"open: {', '.join(map(str, tried.open))}" if tried.open else "nothing open"
        yield indented(f"tried from {tried.where}: {tried.ports:,} ports of {tried.address}, {ports}", 2)
    for doubt in one.doubts:
        if doubt != one.says:
            yield indented(doubt, 2, "yellow", limit=600)
    if verbose:
        for peer in one.after:
            went = f"{peer.begun_by} began, {size(peer.bytes_out)} out, {size(peer.bytes_in)} in"
            allowed = "" if peer.allowed else ", not allowed"
            yield indented(f"{peer.where}: {peer.address} {peer.transport}/{peer.port}, {went}{allowed}", 4)


def _leak(leak: Leak) -> Iterator[RenderableType]:
    told = [f"{size(leak.bytes_out)} out, {size(leak.bytes_in)} in"] if leak.bytes_out or leak.bytes_in else []
    if leak.first_seen is not None:
        told.append(f"{clock(leak.first_seen)} to {clock(leak.last_seen)}")
    told += leak.evidence[:3]
    seen = f" ({'; '.join(told)})" if told else ""
    yield indented(f"{leak.says.rstrip('.')}{seen}.", 4, "red", limit=1000)


def _list(title: str, sentences: Iterable[str]) -> Iterator[RenderableType]:
    told = list(sentences)
    if told:
        yield styled("")
        yield styled(title, "bold")
        for sentence in told:
            yield indented(sentence, 2, limit=600)


def checked(one: Checked, given: int, verbose: int = 0) -> Iterator[RenderableType]:
    """A statement that holds together, and what that proves."""
    yield styled("The statement is as it was signed; nothing in it was changed since.", "bold green")
    if one.known_key:
        yield styled(f"It was signed with the key that you gave, {one.key_id}.")
    else:
        yield styled(
            f"It was signed with key {one.key_id}, which came along with it. That proves nothing about who signed: ask "
            "whom you trust for the public key, and give it with --public-key.",
            "yellow",
        )
    subjects = one.statement.subject
    if given:
        yield styled(
            f"{count(given, 'file')} given, of {len(subjects):,} that it names: each is the one it was made of."
        )
    else:
        yield styled(f"It names {count(len(subjects), 'file')} by hash; none was given to hold against it.")
    if verbose:
        for subject in subjects:
            yield indented(f"{subject.digest['sha256']}  {subject.name}", 2)
    yield styled("")
    yield from shown(one.statement, one.id, verbose)
