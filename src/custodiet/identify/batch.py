"""Identification on Arrow record batches: batches in, batches out.

Each function here is a function of its batches and the catalog alone, so that it runs the same in this process, in
several, and in Spark's ``mapInArrow`` (see `runners`). Python touches distinct values and distinct combinations only;
the rest is left to Arrow and NumPy.

    rows with facts  --evidence_batches-->  rows with evidence  --(group by device)-->  --conclude_batches-->  answers
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from custodiet.catalog import load_catalog
from custodiet.errors import SourceError
from custodiet.identify.evidence import Evidence, as_text, conclude_evidence
from custodiet.identify.match import Matcher
from custodiet.model import FIELDS

FACTS = pa.list_(pa.struct([("attribute", pa.string()), ("value", pa.string())]))
"""Type of the column ``attributes``."""

CONCLUSIONS = pa.schema(
    [
        ("device", pa.string()),
        *(
            column
            for field in FIELDS
            for column in ((field, pa.string()), (f"{field}_band", pa.string()), (f"{field}_confidence", pa.float64()))
        ),
    ]
)
"""What `conclude_batches` writes: for each field the value (empty when unknown), the band and the confidence."""

REMEMBERED = 50_000
"""Combinations of evidence whose answer is kept at hand."""

Codes: TypeAlias = npt.NDArray[np.int64]


@lru_cache(4)
def matcher_of(folders: tuple[str, ...] | None = None) -> Matcher:
    """The matcher of these catalog folders, made once in each process; none: the catalog that came with the program."""
    return Matcher(load_catalog([Path(folder) for folder in folders] if folders is not None else None), bulk=True)


def evidence_schema(schema: pa.Schema) -> pa.Schema:
    """What `evidence_batches` makes of batches of a schema: the same columns, with ``evidence`` for ``attributes``.

    Raises:
        SourceError: there is no column ``attributes`` of facts, or there is already one named ``evidence``.
    """
    place = schema.get_field_index("attributes")
    if place < 0 or schema.get_field_index("evidence") >= 0:
        raise SourceError(
            "record batches need one column `attributes` and none named `evidence`",
            next_step=f"The columns are {', '.join(schema.names)}",
        )
    return schema.remove(place).append(pa.field("evidence", pa.string()))


def evidence_batches(
    batches: Iterable[pa.RecordBatch],
    fields: Sequence[str] | None = None,
    folders: tuple[str, ...] | None = None,
) -> Iterator[pa.RecordBatch]:
    """What the facts of each row say.

    Args:
        batches: rows with a column ``attributes`` (list of structs of two texts, ``attribute`` and ``value``) and any
            others, such as ``device``, which are passed through.
        fields: the fields of an identification that are of interest; none: all.
        folders: catalog folders; none: the catalog that came with the program.

    Yields:
        The same rows without ``attributes``, with ``evidence``: text as `evidence.as_text` writes it.

    Raises:
        SourceError: a batch has other columns.
    """
    evidence = Evidence(matcher_of(folders), fields)
    for batch in batches:
        schema = evidence_schema(batch.schema)
        place = batch.schema.get_field_index("attributes")
        columns = [column for at, column in enumerate(batch.columns) if at != place]
        column = _evidence_column(batch.column(place), evidence)
        yield pa.RecordBatch.from_arrays([*columns, column], schema=schema)


def conclude_batches(
    batches: Iterable[pa.RecordBatch], folders: tuple[str, ...] | None = None
) -> Iterator[pa.RecordBatch]:
    """What the evidence of each device adds up to.

    Args:
        batches: one row for each device: ``device`` and ``evidence``, a list of the texts of its rows.
        folders: catalog folders; none: the catalog that came with the program.

    Yields:
        One row for each device, as `CONCLUSIONS` says.

    Raises:
        SourceError: a batch has other columns, or a text is no evidence.
    """
    matcher = matcher_of(folders)
    answers: dict[tuple[str, ...], tuple[str | float, ...]] = {}

    def answer(pieces: tuple[str, ...]) -> tuple[str | float, ...]:
        if pieces not in answers:
            if len(answers) >= REMEMBERED:
                answers.clear()
            conclusions = conclude_evidence(pieces, matcher)
            answers[pieces] = tuple(said for one in conclusions for said in (one.value, one.band, one.confidence))
        return answers[pieces]

    for batch in batches:
        if not {"device", "evidence"} <= set(batch.schema.names):
            raise SourceError("record batches need the columns `device` and `evidence`")
        row_of, flat = _flattened(batch.column("evidence"), pa.list_(pa.string()))
        encoded = pc.fill_null(flat, "").dictionary_encode()
        texts = _texts(encoded.dictionary)
        which, combinations = combined(batch.num_rows, row_of, _codes(encoded))
        found = [answer(tuple(sorted({texts[code] for code in codes} - {""}))) for codes in combinations]
        taken = [
            pa.array(column, field.type).take(pa.array(which))
            for column, field in zip(zip(*found, strict=True), list(CONCLUSIONS)[1:], strict=True)
        ]
        yield pa.RecordBatch.from_arrays([batch.column("device").cast(pa.string()), *taken], schema=CONCLUSIONS)


def _evidence_column(facts: Any, evidence: Evidence) -> Any:
    """The evidence of each row; a pair of attribute and value is decided once, as is a combination of pairs."""
    row_of, flat = _flattened(facts, FACTS)
    attributes = pc.fill_null(pc.struct_field(flat, "attribute"), "").dictionary_encode()
    names = _texts(attributes.dictionary)
    speaks = np.array([evidence.speaks(name) for name in names], bool)
    heard = np.flatnonzero(speaks[_codes(attributes)])
    row_of, attribute_of = row_of[heard], _codes(attributes)[heard]
    values = pc.fill_null(pc.struct_field(flat, "value").take(pa.array(heard)), "").dictionary_encode()
    words = _texts(values.dictionary)
    pairs = pa.array(attribute_of * max(len(words), 1) + _codes(values)).dictionary_encode()
    said = [
        evidence.of_value(names[pair // len(words)], words[pair % len(words)]) for pair in pairs.dictionary.to_pylist()
    ]
    pair_of = _codes(pairs)
    if "register.brand" in names and "register.model" in names:
        rows, codes = _of_one_row(row_of, [names[code] for code in attribute_of], words, _codes(values), said, evidence)
        row_of, pair_of = np.r_[row_of, rows], np.r_[pair_of, codes]
    loud = np.array([bool(one) for one in said], bool)[pair_of]
    which, combinations = combined(len(facts), row_of[loud], pair_of[loud])
    texts = [as_text(one for code in codes for one in said[code]) for codes in combinations]
    return pa.array(texts, pa.string()).take(pa.array(which))


def _of_one_row(
    row_of: Codes, names: Sequence[str], words: Sequence[str], word_of: Codes, said: list[Any], evidence: Evidence
) -> tuple[list[int], list[int]]:
    """What brand and model of one row say together: rows and codes of it; what is said is added to ``said``."""
    brands = {
        row: words[word]
        for row, name, word in zip(row_of.tolist(), names, word_of.tolist(), strict=True)
        if name == "register.brand"
    }
    codes: dict[tuple[str, str], int] = {}
    rows, found = [], []
    for row, name, word in zip(row_of.tolist(), names, word_of.tolist(), strict=True):
        if name == "register.model" and row in brands:
            key = (brands[row], words[word])
            if key not in codes:
                codes[key] = len(said)
                said.append(evidence.of_row(*key))
            rows.append(row)
            found.append(codes[key])
    return rows, found


def _flattened(column: Any, kind: pa.DataType) -> tuple[Codes, Any]:
    """The members of all lists of a column, and the row of each.

    Raises:
        SourceError: it is a column of something else.
    """
    try:
        lists = column if column.type == kind else column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise SourceError(f"a column is of type {column.type} and should be {kind}") from error
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    return np.repeat(np.arange(len(lists), dtype=np.int64), lengths), lists.flatten()


def combined(rows: int, row_of: Codes, code_of: Codes) -> tuple[Codes, list[tuple[int, ...]]]:
    """For each row the number of its combination of codes; and the combinations, each code once, in rising order."""
    which = np.zeros(rows, np.int64)
    combinations: dict[tuple[int, ...], int] = {(): 0}
    if not len(code_of):
        return which, list(combinations)
    width = int(code_of.max()) + 1
    row_of, code_of = np.divmod(np.unique(row_of * width + code_of), width)
    starts = np.flatnonzero(np.r_[True, row_of[1:] != row_of[:-1]])
    counts = np.diff(np.r_[starts, len(row_of)])
    alone = starts[counts == 1]
    codes, of_code = np.unique(code_of[alone], return_inverse=True)
    numbers = [combinations.setdefault((code,), len(combinations)) for code in codes.tolist()]
    which[row_of[alone]] = np.array(numbers, np.int64)[of_code]
    listed = code_of.tolist()
    several = counts > 1
    for start, count in zip(starts[several].tolist(), counts[several].tolist(), strict=True):
        key = tuple(listed[start : start + count])
        which[row_of[start]] = combinations.setdefault(key, len(combinations))
    return which, list(combinations)


def _codes(encoded: Any) -> Codes:
    codes: Codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _texts(column: Any) -> list[str]:
    """Texts of a column; bytes that are not UTF-8, which some writers let through, are replaced."""
    try:
        found: list[str] = column.to_pylist()
    except UnicodeDecodeError:
        found = [raw.decode("utf-8", "replace") for raw in column.cast(pa.binary()).to_pylist()]
    return found
