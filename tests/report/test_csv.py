import csv
import io
import tracemalloc
from collections.abc import Iterator

import pytest

from custodiet.model import Assessment, Entry
from custodiet.report.csv import BOM, COLUMNS, write_csv
from custodiet.report.guard import undo_cell

from .factory import FakeNames, assessment, entries, unknown_device, with_text_everywhere
from .nasty import nasty_strings


def rows(head: Assessment | None = None, given: list[Entry] | None = None) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    write_csv(file, head or assessment(), iter(given or entries()), FakeNames())
    text = file.getvalue()
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True))


def test_a_row_for_each_device_and_requirement_and_one_without() -> None:
    found = [(row["asset_id"], row["requirement"], row["status"]) for row in rows()]
    assert found == [
        ("", "list", "undetermined"),
        ("asset-camera", "remove", "not_satisfied"),
        ("asset-camera", "stop", "undetermined"),
        ("asset-camera", "buy", "not_applicable"),
        ("asset-unknown-1", "remove", "undetermined"),
        ("asset-axis", "remove", "satisfied"),
        ("asset-printer-1", "", ""),
    ]


def test_the_values() -> None:
    row = rows()[1]
    assert row["manufacturer"] == "Hangzhou Hikvision Digital Technology Co., Ltd."
    assert (row["brand"], row["declared_manufacturer"]) == ("HiLook", "")
    assert (row["manufacturer_confidence"], row["manufacturer_band"]) == ("0.98", "certain")
    assert (row["mac"], row["ip"]) == ("44:19:b6:00:00:05", "10.0.0.5")
    assert row["first_seen"] == "2022-11-20T06:30:00.000Z"
    assert (row["deadline"], row["judged_for"]) == ("2025-04", "2022-12-01")
    assert row["seen_in"] == "hall.pcap; assets.xlsx"
    assert rows()[-1]["judged_for"] == "2022-12-01"


def test_the_columns_are_a_contract() -> None:
    assert list(rows()[0]) == list(COLUMNS)
    assert list(COLUMNS)[:4] == ["asset_id", "label", "what", "device_class"]
    assert all(COLUMNS.values()), "each column says what it means"


@pytest.mark.parametrize("text", nasty_strings())
def test_no_cell_starts_a_formula_and_all_come_back(text: str) -> None:
    for row in rows(*with_text_everywhere(text)):
        assert not [value for value in row.values() if value[:1] in tuple("=+-@\t\r＝＋－＠")]
        assert undo_cell(row["label"]) == text
        assert row["asset_id"] or row["what"] == "the body itself"


def test_memory_does_not_grow_with_the_entries() -> None:
    def many(number: int) -> Iterator[Entry]:
        return (unknown_device(1) for _ in range(number))

    class Nowhere(io.StringIO):
        def write(self, text: str) -> int:
            return len(text)

    def peak(number: int) -> int:
        tracemalloc.start()
        write_csv(Nowhere(), assessment(), many(number), FakeNames())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    # objects in circles wait for the collector; kept entries would be ten times as much
    assert peak(2000) < peak(30) + 500_000
