"""What flow records say besides their sums: when somebody was watching, what is doubtful."""

from __future__ import annotations

from typing import Any

import numpy as np

from custodiet.model.source import SILENCE
from custodiet.sources.flow_columns import Records
from custodiet.sources.flow_sums import FlowSums
from custodiet.sources.watching_times import WatchingTimes

_ONE_IN = 5
"""One conversation in so many is enough for a doubt."""


def joined(parts: list[Records]) -> Records:
    """Records of one version of IP as one."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {}
    for name in Records.__struct_fields__:
        values = [getattr(part, name) for part in parts]
        columns[name] = values[0] if name == "v6" or values[0] is None else np.concatenate(values)
    return Records(**columns)


def add_watching(watching: WatchingTimes, records: Records) -> None:
    """Take the stretches that records cover; of a record with few packets far apart, its two ends."""
    thin = records.last - records.first > SILENCE * np.maximum(records.packets - 1, 0)  # as `is_thin`
    begins = np.concatenate((records.first, records.last[thin]))
    ends = np.concatenate((np.where(thin, records.first, records.last), records.last[thin]))
    order = np.argsort(begins)
    first, until = begins[order], np.maximum.accumulate(ends[order])
    breaks = np.flatnonzero(first[1:] - until[:-1] > SILENCE)
    begins, ends = np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [len(order) - 1]))
    for begin, end in zip(first[begins].tolist(), until[ends].tolist(), strict=True):
        watching.add(begin, end)


def one_sided(sums: FlowSums) -> str:
    """The sentence on conversations of which only one direction was seen; empty where they are few."""
    if not sums.one_sided or sums.one_sided * _ONE_IN < sums.conversations:
        return ""
    return f"in {sums.one_sided:,} of {sums.conversations:,} conversations over TCP only one direction was counted"
