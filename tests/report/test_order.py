import random

import msgspec

from custodiet.model import Entry
from custodiet.report import order

from .factory import allowed_camera, finding, printer, relabelled_camera, silent_device, unknown_device


def test_worst_first() -> None:
    def judged(number: int, **over: object) -> Entry:
        return msgspec.structs.replace(unknown_device(number), findings=(finding(f"asset-unknown-{number}", **over),))

    right = [
        judged(1),
        judged(2, confidence=0.5),
        judged(3, strength="should"),
        judged(4, severity="low"),
        judged(5, status="undetermined"),
        allowed_camera(),
        silent_device(),
        printer(),
    ]
    mixed = list(right)
    random.Random(7).shuffle(mixed)
    assert sorted(mixed, key=order.worst_first) == right


def test_what_is_not_demanded_orders_nothing() -> None:
    calm = finding(status="not_applicable", severity="high")
    assert order.badness(calm) == order.badness(finding(status="satisfied", severity="none"))


def test_the_group_of_a_device() -> None:
    assert order.state(relabelled_camera()) == "not_satisfied"
    assert order.state(unknown_device()) == "undetermined"
    assert order.state(allowed_camera()) == "rest"
    assert order.state(printer()) == "rest"


def test_what_was_not_judged_is_not_said_to_have_nothing_against_it() -> None:
    assert order.outcome(allowed_camera()) == "rest"
    assert order.outcome(relabelled_camera()) == "not_satisfied"
    assert order.outcome(silent_device()) == "not_judged"
    open_one = finding("asset-silent-1", status="undetermined")
    assert order.outcome(msgspec.structs.replace(silent_device(), findings=(open_one,))) == "not_judged"
    assert order.outcome(msgspec.structs.replace(printer(), findings=())) == "not_judged"
    nothing_asked = finding("asset-printer-1", status="not_applicable")
    assert order.outcome(msgspec.structs.replace(printer(), findings=(nothing_asked,))) == "rest"


def test_a_silent_device_is_not_counted_as_undetermined() -> None:
    assert order.is_silent(silent_device())
    assert not order.is_silent(unknown_device())
    assert not order.is_silent(printer())
    assert order.state(silent_device()) == "rest"
    told = msgspec.structs.replace(silent_device(), findings=(finding("asset-silent-1"),))
    assert order.state(told) == "not_satisfied"


def test_kinds() -> None:
    kinds = [order.kind_of(entry) for entry in (relabelled_camera(), unknown_device(), printer())]
    assert kinds == ["surveillance", "unknown", "other"]


def test_what_demands_something() -> None:
    calm, bad = finding(status="not_applicable"), finding()
    undecided = finding(status="undetermined")
    assert order.asked([calm, undecided, bad]) == [bad, undecided]
