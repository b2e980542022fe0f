"""An expression that runs away is stopped where a signal can be had, and known by its structure where not."""

from __future__ import annotations

import re
import threading
import time

import pytest

from custodiet.catalog.time_limit import OutOfTime, may_explode, time_limit


def test_an_expression_is_stopped_in_the_midst_of_its_work() -> None:
    begun = time.monotonic()
    with pytest.raises(OutOfTime), time_limit(0.2) as stoppable:
        assert stoppable
        re.search(r"(?:aa|a|aaa){1,60}!\Z", "a" * 3000)
    assert time.monotonic() - begun < 10


def test_what_ends_in_time_is_left_alone() -> None:
    with time_limit(0.2):
        found = re.search("a", "ba")
    time.sleep(0.25)
    assert found


def test_beside_the_main_thread_it_says_that_it_cannot_stop() -> None:
    told: list[bool] = []

    def work() -> None:
        with time_limit(0.1) as stoppable:
            told.append(stoppable)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told == [False]


@pytest.mark.parametrize(
    "pattern", ["(?:aa|a)*", "(?:a?){50}", r"(?:\w{1,9}-){1,9}", "(?:(?:ab|a)c){2}", "(?=(?:x|xy)+)"]
)
def test_a_choice_inside_a_repeat_may_explode(pattern: str) -> None:
    assert may_explode(pattern)


@pytest.mark.parametrize(
    "pattern", ["^AcmeCam/", r"\d+\.\d+", "(?:abc){3}", "a|b|cd", "(?P<x>[ab]{1,40})-?", "(?:ab)*c"]
)
def test_what_has_none_does_not(pattern: str) -> None:
    assert not may_explode(pattern)
