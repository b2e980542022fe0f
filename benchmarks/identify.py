"""Identifying values in bulk: how many a second of one core, and are the answers those of plain ``re``?

Makes its own corpus (see `identify_corpus`), then

1. answers: the winner of every value, first in record order, must be the one that a plain loop over ``re`` names, by
   checksum over the whole corpus;
2. cost: values matched in a CPU second, start-up left out on all sides, with every value decided and with repeats
   decided once (Arrow's dictionary, its cost included); against a loop over ``re`` in both ways, and against recog's
   ports on a sample. Peers are run in turns with ours; medians are shown;
3. limits: pulling the strings out of Arrow, reading their bytes once;
4. the catalog itself: a warm start, record batches with facts to evidence in one process and in two.

    python benchmarks/identify.py [--records 1000000] [--recog XML] [--recog-go DIR] [--recog-ruby DIR] [--runs 3]

The exit code is 1 when an answer differs.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent))

import identify_corpus
import identify_peers

from custodiet.catalog import load_catalog
from custodiet.identify.batch import FACTS, evidence_batches, matcher_of
from custodiet.identify.patterns import PatternSet, starts_at_the_start
from custodiet.identify.runners import in_processes, in_this_process
from custodiet.model.fingerprint import When

Values = dict[str, list[str]]
Winners = dict[str, list[int]]
NONE = -1


def main() -> int:
    options = argparse.ArgumentParser(description="Speed of identification in bulk")
    options.add_argument("--records", type=int, default=1_000_000)
    options.add_argument("--recog", type=Path, help="folder xml of recog's databases; otherwise made patterns")
    options.add_argument("--recog-go", type=Path, help="folder with recog-go's fingerprints.go")
    options.add_argument("--recog-ruby", type=Path, help="folder lib of recog-ruby")
    options.add_argument("--sample", type=int, default=10_000, help="values of each database for the slow ones")
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()

    catalog = load_catalog()
    corpus = identify_corpus.make(catalog, chosen.records)
    names = {attribute: shape[0] for attribute, shape in identify_corpus.SHAPES.items()}
    if chosen.recog:
        corpus.patterns = identify_peers.recog_patterns(chosen.recog, names)
        identify_corpus.use_values(corpus, identify_peers.examples(chosen.recog, names))
    values = corpus.values()
    total = sum(map(len, values.values()))
    distinct = sum(len(set(found)) for found in values.values())
    size = sum(map(len, corpus.patterns.values()))
    odd = sum(not value.isascii() for found in values.values() for value in found)
    whose = "recog's" if chosen.recog else "our fingerprints, widened with made ones"
    print(f"{chosen.records:,} records, {total:,} values, {distinct / total:.0%} distinct, {odd:,} not ASCII")
    print(f"{size:,} patterns ({whose}) in {len(values)} sets")

    begin = time.process_time()
    sets = {
        attribute: PatternSet([(id, When(regex=regex)) for id, regex in patterns], compile_front=True)
        for attribute, patterns in corpus.patterns.items()
    }
    for patterns in sets.values():
        patterns.prepare()
    print(f"fronts ready after {time.process_time() - begin:.1f} CPU s (0 when kept from an earlier run: see below)\n")
    plain = {attribute: plain_rules(patterns) for attribute, patterns in corpus.patterns.items()}
    arrays = {attribute: pa.array(found, pa.string()) for attribute, found in values.items()}

    # 1. answers, over everything
    warm_up(sets, values)
    ours, ours_seconds = timed(lambda: ours_each(sets, values))
    once, once_seconds = timed(
        lambda: once_each(arrays, lambda attribute, found: ours_each(sets, {attribute: found})[attribute])
    )
    expected, _ = timed(
        lambda: once_each(arrays, lambda attribute, found: re_each(plain, {attribute: found})[attribute])
    )
    same = checksum(ours) == checksum(once) == checksum(expected)
    known = sum(winner != NONE for found in expected.values() for winner in found)
    print(f"winners: {known / total:.0%} of the values are known; checksum of ours {'equals' if same else 'DIFFERS FROM'} that of re "
          f"({checksum(expected)[:16]})\n")  # fmt: skip

    # 2. cost, in turns
    chance = random.Random(1)
    sample = {a: chance.sample(found, min(chosen.sample, len(found))) for a, found in values.items()}
    weights = {attribute: len(found) / total for attribute, found in values.items()}
    rates: dict[str, list[float]] = {
        "ours, every value": [total / ours_seconds],
        "ours, repeats once": [total / once_seconds],
    }
    with tempfile.TemporaryDirectory() as folder:
        found_peers = identify_peers.peers(chosen.recog_go, chosen.recog_ruby, Path(folder))
        databases = {}
        for peer in found_peers:
            (Path(folder) / f"{peer.name}-xml").mkdir()
            left = 0
            for attribute, patterns in corpus.patterns.items():
                databases[peer.name, attribute] = Path(folder) / f"{peer.name}-xml" / f"{names[attribute]}.xml"
                left += identify_peers.write_database(databases[peer.name, attribute], patterns, peer)
            print(f"{peer.name}: does without {left} patterns that its engine cannot read")
        agreed: dict[str, tuple[int, int]] = {}
        for turn in range(chosen.runs):
            if turn:
                add(rates, "ours, every value", total / timed(lambda: ours_each(sets, values))[1])
                add(rates, "ours, repeats once", total / timed(lambda: once_each(
                    arrays, lambda attribute, found: ours_each(sets, {attribute: found})[attribute]))[1])  # fmt: skip
            add(
                rates,
                "re, every value",
                weighted(weights, lambda a: rate(lambda: re_each(plain, {a: sample[a]}), len(sample[a]))),
            )
            add(rates, "re, repeats once", total / timed(lambda: once_each(
                arrays, lambda attribute, found: re_each(plain, {attribute: found})[attribute]))[1])  # fmt: skip
            for peer in found_peers:

                def peer_rate(attribute: str, peer: identify_peers.Peer = peer) -> float:
                    seconds, winners = identify_peers.run(peer, databases[peer.name, attribute], sample[attribute])
                    ids = [
                        sets[attribute].ids[one] if one != NONE else ""
                        for one in re_each(plain, {attribute: sample[attribute]})[attribute]
                    ]
                    equal, asked = agreed.get(peer.name, (0, 0))
                    agreed[peer.name] = (equal + sum(map(str.__eq__, ids, winners)), asked + len(ids))
                    return len(winners) / seconds

                add(rates, peer.name, weighted(weights, peer_rate))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name, median in medians.items():
        spread = f"{min(rates[name]):,.0f} to {max(rates[name]):,.0f}"
        print(f"{name:20} {median:12,.0f} values a CPU second   ({spread}, {len(rates[name])} runs)")
    for name, (equal, asked) in agreed.items():
        print(f"{name} names the winner of re for {equal / asked:.1%} of its values")
    best = max((medians[peer.name] for peer in found_peers), default=0.0)
    print()
    for mine in ("ours, repeats once", "ours, every value"):
        for other in [peer.name for peer in found_peers] + ["re, every value", "re, repeats once"]:
            print(f"{mine} / {other}: {medians[mine] / medians[other]:.1f}")
    if best:
        print(
            f"against the fastest port of recog: {medians['ours, repeats once'] / best:.0f} and {medians['ours, every value'] / best:.0f} times"
        )

    # 3. limits
    print()
    _, pulled = timed(lambda: [array.to_pylist() for array in arrays.values()])
    bytes_of = [np.frombuffer(array.buffers()[2], np.uint8) for array in arrays.values()]
    whole = sum(len(one) for one in bytes_of)
    _, passed = timed(
        lambda: [sum(int(one.view(np.uint8).sum(dtype=np.uint64)) for one in bytes_of) for _ in range(10)]
    )
    print(f"pulling the strings out of Arrow: {total / pulled:,.0f} values a CPU second, "
          f"{total / pulled / medians['ours, repeats once']:.1f} times ours")  # fmt: skip
    print(f"one pass over their {whole / 1e6:.0f} MB: {whole * 10 / passed / 1e9:.1f} GB/s, {total * 10 / passed:,.0f} values a CPU second, "
          f"{total * 10 / passed / medians['ours, repeats once']:.0f} times ours")  # fmt: skip

    # 4. the catalog
    print()
    batches = list(record_batches(corpus))
    matcher_of().prepare()
    warm_start()
    for runner, workers in (
        (lambda: in_this_process(evidence_batches, batches), 1),
        (lambda: in_processes(evidence_batches, batches, 2), 2),
    ):
        begin, cpu = time.perf_counter(), time.process_time()
        rows = sum(batch.num_rows for batch in runner())
        wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
        print(f"facts to evidence, {len(catalog.fingerprints):,} fingerprints, {workers} process(es): {rows / wall:,.0f} records/s"
              + (f", {rows / cpu:,.0f} a CPU second" if workers == 1 else ", start of the processes included"))  # fmt: skip
    return 0 if same else 1


def plain_rules(patterns: list[tuple[str, str]]) -> list[tuple[int, Callable[[str], Any]]]:
    """What a careful loop over ``re`` asks: from the start only where nothing else can hold."""
    import re

    return [
        (place, compiled.match if starts_at_the_start(regex) else compiled.search)
        for place, (_, regex) in enumerate(patterns)
        for compiled in [re.compile(regex)]
    ]


def re_each(plain: dict[str, list[tuple[int, Callable[[str], Any]]]], values: Values) -> Winners:
    """The plain loop."""
    winners: Winners = {}
    for attribute, found in values.items():
        rules = plain[attribute]
        won = winners[attribute] = []
        for value in found:
            for place, holds in rules:
                if holds(value):
                    won.append(place)
                    break
            else:
                won.append(NONE)
    return winners


def ours_each(sets: dict[str, PatternSet], values: Values) -> Winners:
    """Ours, each value decided."""
    winners: Winners = {}
    for attribute, found in values.items():
        first = sets[attribute].first
        winners[attribute] = [NONE if (place := first(value)) is None else place for value in found]
    return winners


def once_each(arrays: dict[str, Any], decide: Callable[[str, list[str]], list[int]]) -> Winners:
    """Distinct values decided, and the answers taken back to every value."""
    winners: Winners = {}
    for attribute, array in arrays.items():
        encoded = array.dictionary_encode()
        decided = np.array(decide(attribute, encoded.dictionary.to_pylist()) or [NONE])
        winners[attribute] = decided[encoded.indices.to_numpy(zero_copy_only=False)]
    return winners


def warm_up(sets: dict[str, PatternSet], values: Values) -> None:
    """Expressions are compiled when first asked for: start-up, which is left out."""
    for patterns in sets.values():
        for place in range(len(patterns.ids)):
            patterns.expression(place)
    ours_each(sets, {attribute: found[:1000] for attribute, found in values.items()})


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it gave, and its CPU seconds."""
    begin = time.process_time()
    return work(), time.process_time() - begin


def rate(work: Callable[[], Any], count: int) -> float:
    return count / timed(work)[1]


def weighted(weights: dict[str, float], rate_of: Callable[[str], float]) -> float:
    """Values a second over all attributes, in the shares that the whole corpus has of them."""
    return 1 / sum(weight / rate_of(attribute) for attribute, weight in weights.items())


def add(rates: dict[str, list[float]], name: str, found: float) -> None:
    rates.setdefault(name, []).append(found)


def checksum(winners: Winners) -> str:
    """Of all winners in order."""
    digest = hashlib.sha256()
    for attribute in sorted(winners):
        digest.update(attribute.encode() + np.asarray(winners[attribute], np.int32).tobytes())
    return digest.hexdigest()


def record_batches(corpus: identify_corpus.Corpus, rows: int = 50_000) -> Iterator[pa.RecordBatch]:
    """The records as `evidence_batches` takes them."""
    for begin in range(0, len(corpus.records), rows):
        records = corpus.records[begin : begin + rows]
        offsets = np.cumsum([0, *map(len, records)], dtype=np.int32)
        flat = [pair for record in records for pair in record]
        facts = pa.StructArray.from_arrays(
            [pa.array([name for name, _ in flat]), pa.array([value for _, value in flat])], ["attribute", "value"]
        )
        yield pa.RecordBatch.from_arrays(
            [
                pa.array([f"device-{number}" for number in range(begin, begin + len(records))]),
                pa.ListArray.from_arrays(pa.array(offsets), facts).cast(FACTS),
            ],
            ["device", "attributes"],
        )


WARM = """
import time
from custodiet.identify.batch import matcher_of
imported, wall = time.process_time(), time.perf_counter()
matcher = matcher_of()
matcher.prepare()
matcher.match("http.server", "x")
print(imported, time.process_time() - imported, time.perf_counter() - wall)
"""


def warm_start() -> None:
    """A new process with the catalog and its fronts kept from an earlier run."""
    runs = [subprocess.run([sys.executable, "-c", WARM], capture_output=True, text=True, check=True) for _ in range(5)]
    imports, ready, wall = (
        statistics.median(map(float, column)) for column in zip(*(run.stdout.split() for run in runs), strict=True)
    )
    print(
        f"warm start: every fingerprint ready after {ready:.2f} CPU s ({wall:.2f} s of waiting), imports {imports:.2f} CPU s before"
    )


if __name__ == "__main__":
    sys.exit(main())
