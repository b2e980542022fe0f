from __future__ import annotations

from pathlib import Path

from catalog.factories import blocks, fingerprint, small_catalog
from custodiet.catalog import load_catalog
from custodiet.catalog.stats import stats


def test_counts(tmp_path: Path) -> None:
    small_catalog(tmp_path)
    blocks(tmp_path, "acme", "AABBCC", "AABBCD")
    path = fingerprint(tmp_path, "rtsp-server-thin")
    path.write_text(path.read_text().replace("strength: strong", "strength: lead\nshelf: true"))
    counted = stats(load_catalog([tmp_path], use_cache=False))
    assert counted.records == {
        "companies": 1, "brands": 0, "address_blocks": 1, "fingerprints": 2, "directives": 0, "models": 0,
        "endpoints": 0, "firmware": 0, "vulnerabilities": 0, "series": 0,
    }  # fmt: skip
    assert counted.address_prefixes == 2
    assert (counted.examples, counted.counter_examples) == (4, 2)
    assert counted.by_maker == {"example-optics": 2}
    assert counted.by_attribute == {"rtsp.server": 2}
    assert counted.by_strength == {"lead": 1, "strong": 1}
    assert counted.shelf == ("rtsp-server-thin",)
