"""Sets of conditions: order, lists of values, and a front that changes nothing but the time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.catalog import load_catalog
from custodiet.identify.front import _READ_DIFFERENTLY, build_front, stored_front
from custodiet.identify.patterns import WORTH_A_FRONT, PatternSet, starts_at_the_start
from custodiet.model import Fingerprint
from custodiet.model.fingerprint import When

BY_FRONT = pytest.importorskip("hyperscan", reason="Hyperscan is not installed: there is no front to test")

NEVER = [(f"never-{number}", When(regex=f"^never {number}$")) for number in range(WORTH_A_FRONT)]


def with_front(conditions: Sequence[tuple[str, When]]) -> PatternSet:
    patterns = PatternSet(conditions, compile_front=True)
    patterns.prepare()
    return patterns


def ids(patterns: PatternSet, value: str) -> list[str]:
    return [patterns.ids[place] for place in patterns.holding(value)]


@pytest.fixture(params=[True, False], ids=["front", "re"])
def conditions(request: pytest.FixtureRequest) -> PatternSet:
    given = [
        ("word", When(regex="[Cc]am")),
        ("exact", When(equals=("IPCam", "Cam/1"))),
        *NEVER,
        ("version", When(regex=r"^Cam/(?P<version>\d+)$")),
        ("later-exact", When(equals=("Cam/1",))),
    ]
    patterns = with_front(given) if request.param else PatternSet(given, use_front=False)
    assert patterns.has_front is request.param
    return patterns


def test_all_that_hold_come_in_record_order(conditions: PatternSet) -> None:
    assert ids(conditions, "Cam/1") == ["word", "exact", "version", "later-exact"]
    assert ids(conditions, "Cam/22") == ["word", "version"]
    assert ids(conditions, "IPCam") == ["word", "exact"]


def test_the_first_in_record_order_wins(conditions: PatternSet) -> None:
    first = conditions.first("Cam/1")
    assert first is not None
    assert conditions.ids[first] == "word"


@pytest.mark.parametrize("value", ["", "never", "never 1 ", "IPcAm", "cAm/1"])
def test_a_value_of_which_nothing_holds_has_no_first(conditions: PatternSet, value: str) -> None:
    assert conditions.holding(value) == []
    assert conditions.first(value) is None


def test_a_list_of_values_wins_over_a_later_expression(conditions: PatternSet) -> None:
    patterns = with_front([("exact", When(equals=("x",))), *NEVER, ("any", When(regex="x"))])
    assert patterns.first("x") == 0


def test_a_small_set_has_no_front() -> None:
    assert not with_front(NEVER[:-1]).has_front


def test_nothing_is_compiled_unless_asked_for() -> None:
    rare = [*NEVER, ("rare", When(regex="never compiled before"))]
    assert not PatternSet(rare).has_front
    assert with_front(rare).has_front
    assert PatternSet(rare).has_front, "kept by the one before"


def test_a_front_is_made_once_many_values_were_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custodiet.identify.patterns.PATIENCE", 3)
    given = [*NEVER, ("word", When(regex="made after a while"))]
    patterns, never = PatternSet(given, compile_front=True), PatternSet(given)
    for asked in range(5):
        assert patterns.has_front is (asked >= 3)
        for one in (patterns, never):
            assert ids(one, "this was made after a while") == ["word"]
    assert not never.has_front


@pytest.mark.parametrize(
    ("regex", "value"),
    [
        (r"^a.b$", "a·b"),  # two bytes, one character
        (r"^a\sb$", "a\x1fb"),  # a space in Python alone
        (r"^a\sb$", "a\x0bb"),
        (r"^a\sb$", "a\xa0b"),
        (r"(?i)^kamera$", "\u212aamera"),  # the sign for kelvin
        (r"(?i)strasse", "STRA\u017f\u017fE"),
        (r"^\w+$", "größe"),
        (r"^a{,2}$", "aa"),
        (r"^[^\v]$", "\n"),
        (r"^\u0041$", "A"),
        (r"^\x41\Z", "A"),
        (r"(?x) ^ a b $  # a comment", "ab"),
        (r"(?a)^\w$", "a"),
        (r"^(?P<one>a)(?P=one)$", "aa"),
        (r"^(a)?(?(1)b|c)$", "c"),
        (r"^(?>a+)b", "aab"),
        (r"^a++b", "aab"),
        (r"(?<=x)a(?!b)", "xac"),
        (r"^a$", "a\n"),
        (r"^a\Z", "a"),
        (r"(?m)^b$", "a\nb\nc"),
        (r"(?s)a.b", "a\nb"),
        (r"", "anything"),
        (r"x*", ""),
        (r"^a.{0,30}b{9,10}$", "abbbbbbbbb"),
        (r"^[{0,30}]$", "3"),
        (r"^\{0,30}$", "{0,30}"),
        (r"^\é$", "é"),
        (r"(?:a|é)$", "a"),
        (r"^[^é]$", "è"),
        (r"^$", ""),
    ],
)
def test_where_the_engines_differ_the_answer_is_that_of_re(regex: str, value: str) -> None:
    rules = [*NEVER, ("it", When(regex=regex or "(?:)"))]
    assert ids(PatternSet(rules, use_front=False), value) == ["it"]
    patterns = with_front(rules)
    assert patterns.has_front
    assert ids(patterns, value) == ["it"]


@pytest.mark.parametrize(
    ("regex", "yes"),
    [
        ("^a", True), ("(?i)^a", True), (r"\Aa", True), ("^a(b|c)", True), ("^a[|]", True), (r"^a\|b", True),
        ("^[]|]b", True), ("^a|b", False), ("a^", False), ("(?m)^a", False), ("^(a)|b", False), ("(^a)", False),
        ("^(?x: a # ( \n )|b", False), ("", False),
    ],
)  # fmt: skip
def test_what_starts_at_the_start(regex: str, yes: bool) -> None:
    assert starts_at_the_start(regex) is yes


def test_an_expression_that_hyperscan_refuses_is_asked_always() -> None:
    regexes = ["^never$"] * WORTH_A_FRONT + [r"^a++b", r"^\u0041"]
    front = build_front(regexes)
    assert front is not None
    proposed = front.candidates("something else")
    assert proposed is not None
    assert len(regexes) - 1 in proposed
    assert _READ_DIFFERENTLY.search(regexes[-1])


def test_a_front_in_use_elsewhere_proposes_everything() -> None:
    front = build_front([f"^x{number}" for number in range(WORTH_A_FRONT)])
    assert front is not None

    def busy(*_: object) -> None:
        raise BY_FRONT.ScratchInUseError("in use")

    front._plain = front._plain._replace(scan=busy)
    assert front.candidates("x1") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x94\x90\xc4\x00\x90\xc4\x00",
        b"\x94\x90\xc4\x03abc\x90\xc4\x00",
        b"\x94\x91\xcd\xff\xff\xc4\x01a\x90\xc4\x00",
        b"{}",
    ],
)
def test_what_was_kept_and_is_no_database_is_not_used(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr("custodiet.catalog.cache.fetch_bytes", lambda *_: content)
    assert stored_front(["^x"] * WORTH_A_FRONT) is None


MANY = ("device.model", "http.server", "mdns.txt", "net.hostname", "snmp.sys_descr")
"""Attributes whose fingerprints are compiled here: of every kind, but not all, which would take half a minute."""

PIECES = [
    "a", "k", "S", "I", "é", ".", r"\w", r"\d", r"\s", r"\b", r"\B", r"\S", r"\W", r"\D", r"[\w-]", r"[-\w]",
    r"[]\s]", "[^a]", r"[^\s]", r"[^\S]", r"[\Wa]", r"[^\W\d]", "[a-k]", "[k-s]", r"[\t-k]", r"[\b]", r"\f", r"\n",
    "$", "^", r"\Z", r"\A", "|", "(?!a)", r"(?!\w)", r"(?=\b)", r"(?<!k)", r"(?<=\s)", "(?:a|k)", r"(?:\s|$)", "(a)?",
    r"\w+", "a{2}", "k*", ".*?", r"\x1f", r"\xe9", r"[^\x00-\x7f]", "(?i:k)", r"\d{1,2}", "-", "/", ".{0,9}",
    "(?!.{1,9})",
]  # fmt: skip
LETTERS = "akSsIiK7-/] \n\r\t\x00\x08\x0b\x0c\x1f\x7f\x85\xa0éÉ·٣\u0130\u0131\u017f\u212a\u2028Ж中😀"


@settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "", "", "(?i)", "(?s)", "(?m)"]), st.lists(st.sampled_from(PIECES), max_size=5)),
        min_size=WORTH_A_FRONT,
        max_size=30,
    ),
    st.lists(st.text(LETTERS, max_size=8), min_size=20, max_size=60),
)
def test_whatever_the_expression_the_answer_is_that_of_re(
    expressions: list[tuple[str, list[str]]], values: list[str]
) -> None:
    rules = [(str(number), When(regex=flag + "".join(parts))) for number, (flag, parts) in enumerate(expressions)]
    front, plain = with_front(rules), PatternSet(rules, use_front=False)
    for value in values:
        assert ids(front, value) == ids(plain, value), value


@pytest.fixture(scope="module")
def records() -> tuple[Fingerprint, ...]:
    return load_catalog().fingerprints


@pytest.fixture(scope="module")
def both(records: tuple[Fingerprint, ...]) -> dict[str, tuple[PatternSet, PatternSet]]:
    """Our fingerprints by attribute, with a front and without."""
    by_attribute = defaultdict(list)
    for record in records:
        if record.attribute in MANY:
            by_attribute[record.attribute].append((record.id, record.when))
    return {
        attribute: (with_front(rules), PatternSet(rules, use_front=False)) for attribute, rules in by_attribute.items()
    }


@pytest.fixture(scope="module")
def values(records: tuple[Fingerprint, ...]) -> list[str]:
    """What the records themselves hold: values that must match and values that must not."""
    return sorted({v for r in records for v in (*(e.value for e in r.examples), *r.counter_examples, *r.when.equals)})


def test_most_of_our_expressions_are_in_a_front(both: dict[str, tuple[PatternSet, PatternSet]]) -> None:
    assert [attribute for attribute, (front, _) in both.items() if not front.has_front] == []


def test_every_example_gets_the_same_answer(both: dict[str, tuple[PatternSet, PatternSet]], values: list[str]) -> None:
    assert len(values) > 1000
    for place, (attribute, (front, plain)) in enumerate(both.items()):
        if front.has_front:
            for value in values[place % 5 :: 5]:  # each of a fifth of the attributes: all of all take long
                held = plain.holding(value)
                assert front.holding(value) == held, (attribute, value)
                assert front.first(value) == (held[0] if held else None)


SPLICED = ["\n", "\r\n", "\x00", "\x0b", "\x1f", "\x85", "\xa0", "\u017f", "\u212a", "·", "é", "😀", "/", " ", "\t"]


@settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_changed_example_gets_the_same_answer(
    both: dict[str, tuple[PatternSet, PatternSet]], values: list[str], data: st.DataObject
) -> None:
    value = data.draw(st.sampled_from(values))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(value)))
        piece = data.draw(st.sampled_from(SPLICED) | st.text(max_size=3) | st.just(value[at:][:20]))
        value = value[:at] + piece + value[at + data.draw(st.integers(0, 3)) :]
    value = data.draw(st.sampled_from([value, value.upper(), value.lower(), value + "\n"]))
    for front, plain in both.values():
        assert front.holding(value) == plain.holding(value)
