"""Devices -> how many of each: the conclusion of every device is the one that `identify` draws from its evidence.

A device that was seen several times is concluded from everything seen; combinations of evidence that repeat are
concluded once. Columns are codes into lists of words, so that millions of rows stay small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from custodiet.identify.batch import combined

Codes: TypeAlias = npt.NDArray[np.integer[Any]]

Conclude: TypeAlias = Callable[[Sequence[tuple[str, ...]]], Iterable[Mapping[str, tuple[str, str]]]]
"""Combinations of pieces of evidence, each sorted -> for each of them field -> (concluded value, band)."""


class Kind(NamedTuple):
    """What is told apart when devices are counted."""

    device_class: str
    manufacturer: str
    manufacturer_band: str
    brand: str
    brand_band: str
    class_band: str
    country: str
    network: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of words.

    Args:
        codes: one for each row.
        words: the word of each code.
    """

    codes: Codes
    words: Sequence[str]


def tally(
    device: npt.NDArray[np.uint64], evidence: Column, country: Column, network: Column, conclude: Conclude
) -> Counter[Kind]:
    """Count devices by what they are.

    Args:
        device: digest of the device each row speaks about; every row of a device must be there.
        evidence: what the row says of it.
        country: where it was seen.
        network: in whose network it was seen.
        conclude: what pieces of evidence add up to.
    """
    if not len(device):
        return Counter()
    order = np.argsort(device, kind="stable")
    starts = np.flatnonzero(np.r_[True, device[order][1:] != device[order][:-1]])
    where = [_first_word(column, order, starts) for column in (country, network)]
    combination, combinations = _combinations(evidence, order, starts)
    keys, numbers = np.unique(np.stack([combination, *where], axis=1), axis=0, return_counts=True)
    concluded = list(conclude([tuple(sorted(evidence.words[code] for code in codes)) for codes in combinations]))
    counted: Counter[Kind] = Counter()
    for (which, land, owner), number in zip(keys.tolist(), numbers.tolist(), strict=True):
        said = concluded[which]
        (device_class, class_band), (maker, maker_band), (brand, brand_band) = (
            said.get(field, ("", "unknown")) for field in ("device_class", "manufacturer", "brand")
        )
        kind = Kind(
            device_class, maker, maker_band, brand, brand_band, class_band, country.words[land], network.words[owner]
        )
        counted[kind] += number
    return counted


def _first_word(column: Column, order: Codes, starts: Codes) -> npt.NDArray[np.int64]:
    """Of the words said of one device the first in the alphabet: the same answer in whatever order rows come."""
    words = sorted(range(len(column.words)), key=lambda code: (not column.words[code], column.words[code]))
    rank = np.empty(len(words), np.int64)
    rank[words] = np.arange(len(words))
    return np.asarray(words, np.int64)[np.minimum.reduceat(rank[column.codes[order]], starts)]


def _combinations(evidence: Column, order: Codes, starts: Codes) -> tuple[npt.NDArray[np.int64], list[tuple[int, ...]]]:
    """For each device a number, and for each number the codes of evidence it stands for, without the empty one."""
    codes = evidence.codes[order].astype(np.int64)
    device = np.zeros(len(codes), np.int64)
    device[starts[1:]] = 1
    loud = np.array([bool(word) for word in evidence.words], bool)[codes]
    return combined(len(starts), np.cumsum(device)[loud], codes[loud])
