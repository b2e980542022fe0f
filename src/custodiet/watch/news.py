"""The difference between what was seen of a device before and what was seen just now, in sentences.

What it means comes first. That something was not seen before means: not in what this case was given. Nothing is said
of devices that do not watch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from custodiet.egress import Owners
from custodiet.egress.firmware import is_same
from custodiet.egress.words import how_many, listed
from custodiet.judge.notes import OF_A_BUILD
from custodiet.model import Finding, content_id
from custodiet.model.news import News, NewsKind, NewsSeverity
from custodiet.watch.devices import Known
from custodiet.watch.isolated import Isolated
from custodiet.watch.seen import Destination, Fact, Seen

MOST_AT_ONCE = 10
"""Destinations of one device that are told one by one at a time; the rest is counted."""


def news(
    before: Seen | None,
    fresh: Seen,
    owners: Owners,
    *,
    isolated: Isolated | None = None,
    replaced: Sequence[tuple[Known, str]] = (),
    findings: Callable[[], Sequence[Finding]] = lambda: (),
    evidence: Callable[[str], str] = lambda _: "",
) -> list[News]:
    """What is new of one device, the most urgent first.

    Args:
        before: what it was seen with until now; none: the case did not know it.
        fresh: what it was seen with just now.
        owners: names companies.
        isolated: the statement that calls it isolated, where there is one.
        replaced: devices that stood at one of its addresses with another MAC, with that address.
        findings: what was judged of it; asked only where its firmware changed.
        evidence: id of an observation -> its attribute; asked only then.
    """
    told: list[News] = []
    if isolated:
        told += _back(before, fresh, isolated)
    told += _replaced(fresh, replaced, owners)
    if not fresh.told:
        return told
    if before is None or not before.told or (fresh.surveillance and not before.surveillance):
        told += _appeared(before, fresh)
    if before is not None:
        told += _other_macs(before, fresh, owners)
        told += _other_maker(before, fresh, owners)
        told += _firmware(before, fresh, findings, evidence)
    told += _mappings(before, fresh)
    told += _asks(before, fresh, owners)
    told += _destinations(before, fresh, owners)
    return told


def _news(
    kind: NewsKind, severity: NewsSeverity, fresh: Seen, what: str, says: str, fact: Fact | None, **more: Any
) -> News:
    evidence = more.pop("evidence", (fact.evidence,) if fact and fact.evidence else ())
    return News(
        id=content_id("nws", kind, fresh.asset, what),
        kind=kind,
        severity=severity,
        asset=fresh.asset,
        label=fresh.label,
        says=says,
        at=fact.at if fact else None,
        place=fact.place if fact else "",
        evidence=evidence,
        **more,
    )


# --- isolation


def _back(before: Seen | None, fresh: Seen, isolated: Isolated) -> Iterator[News]:
    stated = f"(By the statement {isolated.statement} of {isolated.stated_at[:10]} it is isolated.)"
    for leak, ids in fresh.leaks:
        fact = Fact("", leak.first_seen, leak.evidence[0] if leak.evidence else "", "")
        yield _news(
            "back after isolation", "act now", fresh, f"{isolated.statement} {leak.kind} {leak.address or leak.says}",
            f"It is not isolated any more. {leak.says} {stated}", fact, address=leak.address, evidence=ids,
        )  # fmt: skip
    for what, fact in fresh.standing.items():
        sort = what.partition(" ")[0]
        was = sorted(one for one in (before.standing if before else ()) if one.startswith(f"{sort} "))
        if was and what not in was and (fact.at or 0.0) >= isolated.since:
            yield _news(
                "back after isolation", "act now", fresh, f"{isolated.statement} {what}",
                f"It stands elsewhere now, where the rules may not hold: {what}, before {listed(was[:5])}. {stated}",
                fact,
            )  # fmt: skip


# --- who it is


def _replaced(fresh: Seen, replaced: Sequence[tuple[Known, str]], owners: Owners) -> Iterator[News]:
    """Another device, with a MAC of its own, stands where one stood."""
    for known, address in replaced:
        if fresh.macs and (known.told or fresh.told):
            mac = min(fresh.macs)
            was = Seen(asset=known.id, label=known.label, told=True)
            said = f"{mac} answers at {address}, before {listed(sorted(known.macs)[:3])}."
            yield _other_mac(was, mac, known.macs, (fresh.registrant, known.registrant), said, fresh.macs[mac], owners)


def _other_macs(before: Seen, fresh: Seen, owners: Owners) -> Iterator[News]:
    """A device shows a MAC address that it never showed, beside its own."""
    for mac, fact in sorted(fresh.macs.items())[:3] if before.macs else ():
        if mac not in before.macs:
            said = f"{mac} answers for it, before {listed(sorted(before.macs)[:3])}."
            yield _other_mac(fresh, mac, before.macs, (fresh.registrant, before.registrant), said, fact, owners)


def _other_mac(
    device: Seen, mac: str, before: Collection[str], holders: tuple[str, str], said: str, fact: Fact, owners: Owners
) -> News:
    means = "Another machine may stand at its address: it was exchanged, the address was taken, or a router is between."
    kind: NewsKind = "other MAC"
    if mac[:8] not in {one[:8] for one in before}:
        kind = "other address block"
        said += " It is of another address block"
        now, was = (owners.company(one) if one else "not known" for one in holders)
        said += f" (holders: {now}, before {was})." if now != was else "."
    return _news(kind, "look today", device, mac, f"{means} {said}", fact)


def _appeared(before: Seen | None, fresh: Seen) -> Iterator[News]:
    fact = fresh.first
    macs = f", MAC {listed(sorted(fresh.macs)[:3])}" if fresh.macs else ""
    if fresh.surveillance:
        means = "A surveillance device that the case did not know" if before is None else "It is a surveillance device"
        yield _news(
            "new device", "look today", fresh, "surveillance", f"{means}: {fresh.identities}{macs}.", fact
        )  # fmt: skip
    else:
        says = f"It may be a surveillance device, and the case did not know it so: {fresh.identities}{macs}."
        yield _news("new device", "to know", fresh, "may be", says, fact)


def _other_maker(before: Seen, fresh: Seen, owners: Owners) -> Iterator[News]:
    if fresh.maker and before.maker and fresh.maker != before.maker:
        now, was = owners.company(fresh.maker), owners.company(before.maker)
        says = (
            f"Every verdict on it is open again: {now} is concluded as its maker, before {was}. It was exchanged, or "
        )
        says += "one of the two is wrong; custodiet explain shows why."
        yield _news("other maker", "look today", fresh, f"{before.maker} {fresh.maker}", says, fresh.first)


def _firmware(
    before: Seen, fresh: Seen, findings: Callable[[], Sequence[Finding]], attribute: Callable[[str], str]
) -> Iterator[News]:
    if not before.firmware:
        return  # a version that is known for the first time is no change
    for version, fact in fresh.firmware.items():
        if any(is_same(version, was) for was in before.firmware):
            continue
        rests = resting_on_a_build(findings(), attribute)
        says = f"Every verdict on it is open again: it runs firmware {version[:60]}, before "
        says += f"{listed([was[:60] for was in before.firmware][-3:])}. "
        if rests:
            says += f"{how_many(len(rests), 'finding')} rest{'s' if len(rests) == 1 else ''} on the old build: "
            says += f"{listed(rests[:5])}{' and more' if len(rests) > 5 else ''}."
        else:
            says += "No finding rests on what was stated of the old build."
        yield _news("new firmware", "look today", fresh, version, says, fact, reopens=tuple(rests))


def resting_on_a_build(findings: Sequence[Finding], attribute: Callable[[str], str]) -> list[str]:
    """Findings, as ``directive/requirement``, with an answer from what is true of one firmware alone.

    Args:
        findings: of one device.
        attribute: id of an observation -> its attribute.
    """
    found = []
    for finding in findings:
        cited = (id for answer in finding.answers for id in answer.evidence)
        if any(_is_of_a_build(id, attribute) for id in cited):
            found.append(f"{finding.directive}/{finding.requirement}")
    return sorted(set(found))


def _is_of_a_build(id: str, attribute: Callable[[str], str]) -> bool:
    if id.startswith("note:"):
        return id.removeprefix("note:").partition("=")[0] in OF_A_BUILD
    return id.startswith("obs-") and attribute(id).removeprefix("register.") in OF_A_BUILD


# --- what it does


def _mappings(before: Seen | None, fresh: Seen) -> Iterator[News]:
    known: Collection[str] = before.mappings if before else ()
    for value, fact in fresh.mappings.items():
        if value not in known:
            says = f"Somebody outside may soon look in: a router was asked to open a way to it ({value[:200]})."
            yield _news("way in asked for", "look today", fresh, value, says, fact)


def _asks(before: Seen | None, fresh: Seen, owners: Owners) -> Iterator[News]:
    if (before and before.asked) or not fresh.asked:
        return
    name, fact = min(fresh.asked.items(), key=lambda item: item[1].at or 0.0)
    says = f"It looks for its maker: it asked for {name}, {fact.text} of {owners.company(fresh.maker)}. "
    says += "Whether it gets there shows in what it talks to."
    yield _news("asks for its maker", "look today", fresh, "asked", says, fact)


def _destinations(before: Seen | None, fresh: Seen, owners: Owners) -> Iterator[News]:
    new = []
    for key, one in fresh.destinations.items():
        was = before.destinations.get(key) if before else None
        if was is None or (one.answered and not was.answered):
            new.append((one, was is not None))
    new.sort(key=lambda item: (not item[0].of_maker, not item[0].answered, item[0].first.at or 0.0))
    for one, tried_before in new[:MOST_AT_ONCE]:
        what = f"{one.key} {'answered' if one.answered else 'tried'}"
        soon: NewsSeverity = "look today" if one.answered else "to know"
        says = _of_destination(one, owners, tried_before=tried_before)
        yield _news("new destination", soon, fresh, what, says, one.first, address=one.address, owner=one.owner)
    if len(new) > MOST_AT_ONCE:
        rest = [one for one, _ in new[MOST_AT_ONCE:]]
        says = (
            f"And {how_many(len(rest), 'more destination')} outside at the same time, which are not told one by one; "
        )
        says += "custodiet egress lists them."
        fact = rest[0].first
        yield _news("new destination", "look today", fresh, f"more {fact.at} {fact.evidence}", says, fact)


def _of_destination(one: Destination, owners: Owners, *, tried_before: bool) -> str:
    named = f"{one.name} ({one.address})" if one.name else one.address
    port = f"{one.transport}/{one.port}".removesuffix("/0")
    if not one.began:
        return f"It answers calls from outside, on {port}: {named} called."
    if one.owner:
        whose = f"{one.serves} of {'its maker ' if one.of_maker else ''}{owners.company(one.owner)}"
    else:
        whose = f"{one.serves}, owner not known" if one.serves != "unknown" else "whose it is, is not known"
    if not one.answered:
        means = "It tries to reach somebody new outside, and no answer was seen so far"
    elif tried_before:
        means = "It got through to somebody outside whom it only tried to reach before"
    else:
        means = "It talks to its maker" if one.of_maker else "It talks to somebody new outside"
    more = f" {one.because}" if one.because and not one.owner and not one.because.startswith("By its port") else ""
    return f"{means}: {named}, {port}, {whose}.{more}"
