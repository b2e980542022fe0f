"""Rows of many batches to counts, against a plain Python count of the same rows."""

from collections import Counter, defaultdict
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from custodiet.count import gather as module
from custodiet.count.devices import MANY_ADDRESSES
from custodiet.count.gather import OTHER, Counted, gather, without_refused
from custodiet.count.rows import SCHEMA, WORD

Row = tuple[int, int, str, str, str, int]


def batch(rows: list[Row], *refused: tuple[int, str]) -> pa.RecordBatch:
    whole = [*((*row, "") for row in rows), *((number, 0, "", "", "", -1, reason) for number, reason in refused)]
    columns = [
        pa.array([row[at] for row in whole], pa.string()).dictionary_encode()
        if field.type == WORD
        else pa.array([row[at] for row in whole], field.type)
        for at, field in enumerate(SCHEMA)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def conclude(evidence: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    return {"manufacturer": ("+".join(evidence), "likely")} if evidence else {}


def plainly(rows: list[Row]) -> tuple[Counter[tuple[str, str]], int]:
    """The same count, in the words of the definition."""
    shown: dict[int, set[int]] = defaultdict(set)
    for address, identity, *_ in rows:
        shown[identity].add(address)
    rows = [(a, 0 if len(shown[i]) > MANY_ADDRESSES else i, e, c, n, d) for a, i, e, c, n, d in rows]
    at: dict[int, set[int]] = defaultdict(set)
    for address, identity, *_ in rows:
        at[address] |= {identity} - {0}
    said: dict[int, set[str]] = defaultdict(set)
    lands: dict[int, set[str]] = defaultdict(set)
    unowned = 0
    for address, identity, evidence, country, _network, _day in rows:
        if not identity and len(at[address]) > 1:
            unowned += 1
            continue
        device = identity or (min(at[address]) if at[address] else address)
        said[device].add(evidence)
        lands[device].add(country)
    counted = Counter(("+".join(sorted(said[device] - {""})), min(lands[device] - {""}, default="")) for device in said)
    return counted, unowned


def made(seed: int) -> list[Row]:
    random = np.random.default_rng(seed)
    return [
        (
            int(random.integers(1, 200)),
            int(random.integers(1000, 1060)) if random.random() < 0.3 else 0,
            str(random.choice(["", "a", "b", "c"])),
            str(random.choice(["", "NL", "BE", "GB"])),
            "",
            int(random.integers(-1, 20_000)),
        )
        for _ in range(1500)
    ]


def maker_and_country(counted: Counted) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for kind, number in counted.kinds.items():
        found[kind.manufacturer, kind.country] += number
    return found


@pytest.mark.parametrize("most", [100, 100_000])
@pytest.mark.parametrize("seed", range(3))
def test_in_memory_and_on_disk_as_a_plain_count(tmp_path: Path, seed: int, most: int) -> None:
    rows = made(seed)
    batches = [batch(rows[begin : begin + 70]) for begin in range(0, len(rows), 70)]
    counted = gather(batches, partial(map, conclude), tmp_path, most)
    wanted, unowned = plainly(rows)
    assert maker_and_country(counted) == wanted
    assert counted.unowned == unowned
    assert counted.rows == len(rows)
    days = [row[5] for row in rows if row[5] >= 0]
    assert (counted.first_day, counted.last_day) == (min(days), max(days))


def test_nothing_counted_is_a_count_of_nothing(tmp_path: Path) -> None:
    counted = gather([], partial(map, conclude), tmp_path)
    assert counted.kinds == Counter()
    assert counted.rows == 0
    assert counted.first_day is None


def test_rows_without_a_time_have_no_days(tmp_path: Path) -> None:
    assert gather([batch([(1, 0, "a", "", "", -1)])], partial(map, conclude), tmp_path).last_day is None


def test_invented_words_without_end_are_told_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WORDS", 5)
    rows: list[Row] = [(at, 0, "a", "", f"network {at}", -1) for at in range(1, 50)]
    counted = gather([batch(rows)], partial(map, conclude), tmp_path)
    networks = Counter({kind.network: number for kind, number in counted.kinds.items()})
    assert networks[OTHER] == 49 - 4
    assert sum(networks.values()) == 49


def test_evidence_without_end_leaves_devices_unclear_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WORDS", 5)
    rows: list[Row] = [(at, 0, f"evidence {at}", "", "", -1) for at in range(1, 50)]
    makers = maker_and_country(gather([batch(rows)], partial(map, conclude), tmp_path))
    assert makers == {**{(f"evidence {at}", ""): 1 for at in range(1, 5)}, ("", ""): 45}


def test_lines_that_could_not_be_read_are_counted_by_reason_and_make_no_row() -> None:
    row: Row = (1, 0, "a", "", "", -1)
    kept, refused = without_refused(batch([row], (12, "no JSON"), (7, "no JSON"), (9, "too long")))
    assert refused == {"no JSON": (2, 7), "too long": (1, 9)}
    assert kept.column("address").to_pylist() == [1]
    assert without_refused(kept)[1] == {}
