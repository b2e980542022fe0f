"""How many of each, from rows about devices."""

from functools import partial

import numpy as np

from custodiet.count.tally import Column, Kind, tally


def column(*words: str) -> Column:
    known = sorted(set(words), reverse=True)  # codes in another order than the alphabet's
    return Column(np.array([known.index(word) for word in words], np.int32), known)


def devices(*values: int):
    return np.array(values, np.uint64)


def conclude(evidence: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """A maker is certain with two signs, possible with one."""
    return {"manufacturer": ("acme", "certain" if len(evidence) > 1 else "possible")} if evidence else {}


def counted(device, evidence: Column, country: Column | None = None) -> dict[tuple[str, str, str], int]:
    nothing = column(*[""] * len(device))
    found = tally(device, evidence, country or nothing, nothing, partial(map, conclude))
    return {(kind.manufacturer, kind.manufacturer_band, kind.country): number for kind, number in found.items()}


def test_what_several_rows_say_of_one_device_adds_up() -> None:
    assert counted(devices(1, 2, 1), column("a", "a", "b")) == {
        ("acme", "certain", ""): 1,
        ("acme", "possible", ""): 1,
    }


def test_the_same_sign_twice_is_one_sign() -> None:
    assert counted(devices(1, 1), column("a", "a")) == {("acme", "possible", ""): 1}


def test_a_device_of_which_nothing_is_said_is_counted_as_unknown() -> None:
    assert counted(devices(1, 1, 2), column("", "", "a")) == {
        ("", "unknown", ""): 1,
        ("acme", "possible", ""): 1,
    }


def test_a_row_that_says_nothing_takes_nothing_away() -> None:
    assert counted(devices(1, 1), column("a", "")) == {("acme", "possible", ""): 1}


def test_a_device_stands_in_one_country_the_first_in_the_alphabet() -> None:
    evidence = column("a", "a", "a")
    assert counted(devices(1, 1, 2), evidence, column("NL", "BE", "")) == {
        ("acme", "possible", "BE"): 1,
        ("acme", "possible", ""): 1,
    }


def test_the_order_of_rows_does_not_matter() -> None:
    random = np.random.default_rng(3)
    device = random.integers(1, 60, 500).astype(np.uint64)
    words = np.array(["", "a", "b", "c"])[random.integers(0, 4, 500)]
    lands = np.array(["", "NL", "BE"])[random.integers(0, 3, 500)]
    order = random.permutation(500)
    assert counted(device, column(*words), column(*lands)) == counted(
        device[order], column(*words[order]), column(*lands[order])
    )


def test_each_device_is_counted_once() -> None:
    random = np.random.default_rng(4)
    device = random.integers(1, 60, 500).astype(np.uint64)
    words = np.array(["", "a", "b"])[random.integers(0, 3, 500)]
    assert sum(counted(device, column(*words)).values()) == len(set(device.tolist()))


def test_kind_keeps_every_word() -> None:
    found = tally(
        devices(1), column("a"), column("NL"), column("ACME Net"),
        lambda all_of_it: [{"device_class": ("camera", "certain"), "brand": ("box", "likely")} for _ in all_of_it],
    )  # fmt: skip
    assert found == {Kind("camera", "", "unknown", "box", "likely", "certain", "NL", "ACME Net"): 1}
