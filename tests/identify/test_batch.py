"""Record batches in and out: the same answers as one device at a time, whatever the batches look like."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from custodiet.errors import SourceError
from custodiet.identify import identify
from custodiet.identify.evidence import Evidence
from custodiet.model import FIELDS, Asset, observe
from small import VOCABULARY, catalog, fingerprint

pa = pytest.importorskip("pyarrow", reason="the extra `bulk` is not installed")

from custodiet.identify.batch import (  # noqa: E402
    CONCLUSIONS,
    FACTS,
    conclude_batches,
    evidence_batches,
    evidence_schema,
    matcher_of,
)

RULES = [
    fingerprint("acme-server", "http.server", "{ manufacturer: acme, device_class: camera }", regex="^AcmeCam"),
    fingerprint("rival-title", "http.title", "{ manufacturer: rival, model: '{m}' }", regex="^Rival (?P<m>.+)$"),
    fingerprint("model-acme", "device.model", "{ manufacturer: acme }", regex="^ACME Z[0-9]+$"),
]
SCHEMA = pa.schema([("device", pa.string()), ("country", pa.string()), ("attributes", FACTS)])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    folder = tmp_path_factory.mktemp("catalog")
    catalog(folder, *RULES)
    assert VOCABULARY.is_dir()
    return (str(folder),)


def rows_of(*facts: list[tuple[str, str]] | None) -> Any:
    """One batch; the device of each row is its number."""
    rows = [
        {
            "device": f"device-{number}",
            "country": "NL",
            "attributes": None if given is None else [{"attribute": a, "value": v} for a, v in given],
        }
        for number, given in enumerate(facts)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


def evidence_of(batch: Any, folders: tuple[str, ...], fields: list[str] | None = None) -> list[str]:
    (found,) = evidence_batches([batch], fields, folders)
    return found.column("evidence").to_pylist()


MADE = [
    ("http.server", "AcmeCam/1"), ("http.server", "nginx"), ("http.title", "Rival ·7"), ("http.title", "Rival 7"),
    ("register.brand", "ACME"), ("register.brand", "SeeS"), ("register.model", "Z100"), ("register.model", "ACME Z1"),
    ("register.text", "2x dome camera"), ("net.mac", "00:00:5e:00:53:01"), ("net.port", "tcp/80"), ("http.title", ""),
]  # fmt: skip


def made(count: int, seed: int = 1) -> list[list[tuple[str, str]]]:
    chance = random.Random(seed)
    return [chance.choices(MADE, k=chance.randint(0, 5)) for _ in range(count)]


def test_each_row_says_what_its_facts_say(folders: tuple[str, ...]) -> None:
    facts = made(500)
    one_by_one = Evidence(matcher_of(folders))
    assert evidence_of(rows_of(*facts), folders) == [one_by_one.of_pairs(row) for row in facts]


def test_other_columns_pass_through(folders: tuple[str, ...]) -> None:
    batch = rows_of([("http.server", "AcmeCam")], [])
    (found,) = evidence_batches([batch], None, folders)
    assert found.schema == evidence_schema(batch.schema)
    assert found.schema.names == ["device", "country", "evidence"]
    assert found.column("device").to_pylist() == ["device-0", "device-1"]


@pytest.mark.parametrize("given", [[], [None], [[]], [None, [("http.server", "x")], []]])
def test_rows_without_facts_say_nothing(folders: tuple[str, ...], given: list[Any]) -> None:
    assert evidence_of(rows_of(*given), folders) == [""] * len(given)


def test_empty_places_say_nothing(folders: tuple[str, ...]) -> None:
    rows = [
        [None, {"attribute": None, "value": "AcmeCam"}, {"attribute": "http.server", "value": None}],
        [{"attribute": "http.server", "value": "AcmeCam"}, None],
    ]
    batch = pa.RecordBatch.from_pydict({"attributes": pa.array(rows, FACTS)})
    assert [bool(text) for text in evidence_of(batch, folders)] == [False, True]


def test_a_part_of_a_batch_is_read_as_that_part(folders: tuple[str, ...]) -> None:
    facts = made(100)
    whole = evidence_of(rows_of(*facts), folders)
    assert evidence_of(rows_of(*facts).slice(37, 20), folders) == whole[37:57]


def test_bytes_that_are_no_text_stop_nothing(folders: tuple[str, ...]) -> None:
    values = pa.Array.from_buffers(pa.string(), 2, pa.array([b"AcmeCam\xff", b"\xc3"], pa.binary()).buffers())
    names = pa.array(["http.server", "http.title"])
    structs = pa.StructArray.from_arrays([names, values], ["attribute", "value"])
    batch = pa.RecordBatch.from_pydict({"attributes": pa.ListArray.from_arrays(pa.array([0, 2], pa.int32()), structs)})
    (text,) = evidence_of(batch, folders)
    assert "acme-server" in text


@pytest.mark.parametrize(
    "kind",
    [
        pa.large_list(FACTS.value_type),
        pa.list_(pa.struct([("attribute", pa.large_string()), ("value", pa.large_string())])),
    ],
)
def test_wider_types_of_the_same_are_read(folders: tuple[str, ...], kind: Any) -> None:
    batch = rows_of([("http.server", "AcmeCam")])
    wide = batch.set_column(2, "attributes", batch.column("attributes").cast(kind))
    assert evidence_of(wide, folders) == evidence_of(batch, folders)


@pytest.mark.parametrize(
    "batch",
    [
        pa.RecordBatch.from_pydict({"device": ["x"]}),
        pa.RecordBatch.from_pydict({"attributes": [1]}),
        pa.RecordBatch.from_pydict({"attributes": ["http.server"]}),
        pa.RecordBatch.from_pydict({"attributes": pa.array([[]], FACTS), "evidence": [""]}),
    ],
)
def test_other_columns_are_refused(folders: tuple[str, ...], batch: Any) -> None:
    with pytest.raises(SourceError):
        list(evidence_batches([batch], None, folders))


def test_devices_are_concluded_as_identify_does(folders: tuple[str, ...]) -> None:
    matcher = matcher_of(folders)
    facts = made(300, seed=2)
    (rows,) = evidence_batches([rows_of(*facts)], None, folders)
    by_device: dict[str, list[int]] = defaultdict(list)
    for number in range(len(facts)):
        by_device[f"device-{number % 120}"].append(number)
    texts = rows.column("evidence").to_pylist()
    devices = pa.RecordBatch.from_pydict(
        {"device": list(by_device), "evidence": [[texts[row] for row in rows] for rows in by_device.values()]}
    )
    (found,) = conclude_batches([devices], folders)
    assert found.schema == CONCLUSIONS
    for answer in found.to_pylist():
        seen = [
            observe("src-1", f"row:{row}", attribute, value, f"row {row}")
            for row in by_device[answer["device"]]
            for attribute, value in facts[row]
        ]
        whole = identify(Asset(id="ast-1", label="", subjects=()), seen, matcher)
        for field in FIELDS:
            one = whole.get(field)
            assert (answer[field], answer[f"{field}_band"], answer[f"{field}_confidence"]) == (
                one.value, one.band, one.confidence,
            )  # fmt: skip


def test_a_device_without_evidence_is_unknown(folders: tuple[str, ...]) -> None:
    given = pa.RecordBatch.from_pydict(
        {"device": ["a", "b", "c"], "evidence": pa.array([None, [], ["", None]], pa.list_(pa.string()))}
    )
    (found,) = conclude_batches([given], folders)
    assert set(found.column("manufacturer_band").to_pylist()) == {"unknown"}
    assert set(found.column("manufacturer").to_pylist()) == {""}


def test_no_rows_give_no_rows(folders: tuple[str, ...]) -> None:
    given = pa.RecordBatch.from_pydict(
        {"device": pa.array([], pa.string()), "evidence": pa.array([], pa.list_(pa.string()))}
    )
    (found,) = conclude_batches([given], folders)
    assert (found.num_rows, found.schema) == (0, CONCLUSIONS)


def test_devices_need_their_columns(folders: tuple[str, ...]) -> None:
    with pytest.raises(SourceError, match="device"):
        list(conclude_batches([pa.RecordBatch.from_pydict({"evidence": [["[]"]]})], folders))


def test_the_catalog_that_came_with_the_program_is_used_where_none_is_named(tmp_path: Path) -> None:
    (text,) = evidence_of(rows_of([("http.server", "AcmeCam")]), None)  # type: ignore[arg-type]
    assert text == "", "Acme is not of this world"
