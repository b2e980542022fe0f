"""What there is to tell of a publication, gathered while it is put in."""

from __future__ import annotations

import pytest

CAME = {"device": ("", "there")}


@pytest.mark.parametrize(
    ("changes", "outcome", "is_stray", "topics"),
    [
        (CAME, "not_satisfied", False, {"not-satisfied"}),
        ({"device": ("gone", "there")}, "not_satisfied", True, {"not-satisfied", "unregistered"}),
        ({"outcome": ("undecided", "not_satisfied")}, "not_satisfied", False, {"not-satisfied"}),
        ({"outcome": ("not_satisfied", "satisfied")}, "satisfied", False, set()),
        # it was bad before, and something else about it is other
        ({"model": ("a", "b")}, "not_satisfied", True, set()),
        (CAME, "satisfied", True, {"unregistered"}),
        (CAME, "satisfied", False, set()),
        ({"device_class": ("", "ip_camera")}, "undecided", True, {"unregistered"}),
        ({"device_class": ("not_surveillance", "ip_camera")}, "undecided", True, {"unregistered"}),
        # the register did not know it before either, and it was told then
        ({"device_class": ("recorder", "ip_camera")}, "undecided", True, set()),
    ],
)
def test_which_devices_are_told_of(
    changes: dict[str, tuple[str, str]], outcome: str, is_stray: bool, topics: set[str], web: None
) -> None:
    from custodiet.web.news import News

    news = News()
    news.device("d", "label", changes, outcome=outcome, is_stray=is_stray)
    assert set(news.counts) == set(news.first) == topics
    assert all(first == [("d", "label")] for first in news.first.values())


def test_all_are_counted_and_the_first_are_named(web: None) -> None:
    from custodiet.web.news import FIRST, News

    news = News()
    news.gone((f"d{number}", f"label {number}") for number in range(FIRST + 5))
    assert news.counts == {"gone": FIRST + 5}
    assert news.first["gone"] == [(f"d{number}", f"label {number}") for number in range(FIRST)]
