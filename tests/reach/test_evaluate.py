"""Filters, held against asking them of one packet at a time, with every rule that is in doubt tried both ways."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.reach import evaluate
from custodiet.reach.evaluate import Account, Gate, Piece
from custodiet.reach.network import Device, Filter, Match, Rule
from custodiet.reach.sets import TooRagged

SIDE = 4
"""Values of the two fields that these rules ask."""


@st.composite
def rule(draw: st.DrawFn, jumps: list[str]) -> Rule:
    def span() -> tuple[tuple[int, int], ...] | None:
        first = draw(st.integers(0, SIDE - 1))
        return draw(st.none() | st.just(((first, draw(st.integers(first, SIDE - 1))),)))

    action = draw(st.sampled_from(["permit", "deny", "return", *(["jump", "goto"] if jumps else [])]))
    target = draw(st.sampled_from(jumps)) if jumps else ""
    doubt = draw(st.sampled_from(["", "", "", "odd"]))
    return Rule(action, Match(source=span(), port=span()), "f:1", "rule", target, doubt)  # type: ignore[arg-type]


@st.composite
def devices(draw: st.DrawFn) -> Device:
    device = Device("d", "f", "made")
    for name, jumps in (("c", []), ("b", ["c"]), ("a", ["b", "c"])):
        default = draw(st.sampled_from(["permit", "deny"])) if name == "a" else "return"
        rules = [draw(rule(jumps)) for _ in range(draw(st.integers(0, 3)))]
        device.filters[name] = Filter(name, rules, default)
    return device


def outcomes(device: Device, source: int, port: int) -> set[str]:
    """What may befall one packet: each rule in doubt may mean it or not, every time it is asked."""

    def means(one: Rule) -> bool:
        both = ((one.match.source, source), (one.match.port, port))
        return all(r is None or r[0][0] <= value <= r[0][1] for r, value in both)

    def chain(name: str, at: int) -> set[str]:
        filter = device.filters[name]
        if at == len(filter.rules):
            return {filter.default}
        one = filter.rules[at]
        if not means(one):
            return chain(name, at + 1)
        found = chain(name, at + 1) if one.doubt else set()
        if one.action in ("jump", "goto"):
            for end in chain(one.target, 0):
                if end != "return":
                    found.add(end)
                else:
                    found |= chain(name, at + 1) if one.action == "jump" else {filter.default}
        elif one.action == "return":
            found.add(filter.default)
        else:
            found.add(one.action)
        return found

    return chain("a", 0)


@settings(deadline=None, max_examples=300)
@given(devices())
def test_what_surely_passes_and_what_may_hold_for_every_packet(device: Device) -> None:
    whole = ((0, SIDE - 1), (0, 0), (6, 6), (1, 1), (0, SIDE - 1), (0, 0))
    passed = {}
    for mode in ("surely", "maybe"):
        pieces = Gate(device, "i", None, Account(mode, 4)).passed("a", [Piece(whole)])  # type: ignore[arg-type]
        found = [(s, p) for piece in pieces for s in _span(piece.box[0]) for p in _span(piece.box[4])]
        assert len(found) == len(set(found))
        passed[mode] = set(found)
    doubtful = any(one.doubt for filter in device.filters.values() for one in filter.rules)
    for source, port in product(range(SIDE), range(SIDE)):
        may = outcomes(device, source, port)
        if (source, port) in passed["surely"]:
            assert may == {"permit"}
        if "permit" in may:
            assert (source, port) in passed["maybe"]
        if not doubtful:
            assert ((source, port) in passed["surely"]) == ((source, port) in passed["maybe"]) == (may == {"permit"})


def _span(span: tuple[int, int]) -> range:
    return range(span[0], span[1] + 1)


def test_chains_that_jump_to_one_another_end() -> None:
    device = Device("d", "f", "made")
    device.filters["a"] = Filter("a", [Rule("jump", Match(), "f:1", "", "b")], "deny")
    device.filters["b"] = Filter("b", [Rule("jump", Match(), "f:2", "", "b")], "return")
    box = ((0, 0),) * 6
    account = Account("maybe", 4)
    assert Gate(device, "i", None, account).passed("a", [Piece(box)])
    assert any("too deep" in cited.why for cited in account.doubts)
    assert not Gate(device, "i", None, Account("surely", 4)).passed("a", [Piece(box)])


def test_chains_that_double_at_every_step_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "MOST_STEPS", 5_000)
    device = Device("d", "f", "made")
    for number in range(25):
        jumps = [Rule("jump", Match(), "f:1", "", str(number + 1))] * 2
        device.filters[str(number)] = Filter(str(number), jumps, "return" if number else "deny")
    device.filters["25"] = Filter("25", [], "return")
    with pytest.raises(TooRagged):
        Gate(device, "i", None, Account("maybe", 4)).passed("0", [Piece(((0, 0),) * 6)])


def test_a_filter_that_is_not_there_is_not_known() -> None:
    box = ((0, 0),) * 6
    assert Gate(Device("d", "f", "made"), "i", None, Account("maybe", 4)).passed("gone", [Piece(box)])
    assert not Gate(Device("d", "f", "made"), "i", None, Account("surely", 4)).passed("gone", [Piece(box)])
