"""Descriptions of products in NetBox's libraries."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import read

from custodiet.errors import SourceError
from custodiet.sources.device_type import READER

TYPE = b"---\nmanufacturer: Example\nmodel: EX 100\nslug: example-ex-100\npart_number: EX-100-W\n"


def test_names_of_a_product(tmp_path: Path) -> None:
    outcome = read(READER, TYPE + b"comments: |\n  A *camera*\n\n  for doors\nu_height: 0\n", tmp_path, "x.yml")
    assert outcome.facts("type:1") == {
        "register.manufacturer": "Example",
        "register.model": "EX 100|EX-100-W",
        "register.text": "A *camera* for doors",
    }
    assert outcome.observations[0].locator == "line 2"


def test_model_that_looks_like_a_number_or_a_word_of_yaml_stays_text(tmp_path: Path) -> None:
    outcome = read(READER, b"manufacturer: no\nmodel: 007\nslug: x\n", tmp_path)
    assert outcome.facts("type:1") == {"register.manufacturer": "no", "register.model": "007"}


@pytest.mark.parametrize(
    "more",
    [
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        b"a: !!python/object/apply:os.system [ls]\n",
        b"a: [" + b"[" * 5000 + b"]" * 5000 + b"]\n",
        b"a: {b\n",
        b"model: again\n",
        b"a: " + b"x" * (2 << 20),
    ],
)
def test_tricks_of_yaml_are_refused(more: bytes, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(READER, TYPE + more, tmp_path, "x.yml")
    assert caught.value.next_step and "x.yml" in caught.value.place


def test_names_that_are_lists_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no device type"):
        read(READER, b"manufacturer: [a]\nmodel: b\nslug: c\n", tmp_path)


def test_other_yaml_is_not_recognised() -> None:
    for head in (b"", b"model: x\n", b"manufacturer: a\nmodel: b\n", b"  manufacturer: a\n  model: b\n  slug: c\n"):
        assert not READER.recognise(head, "x.yml")


@pytest.mark.samples
def test_real_device_types(samples: Path, tmp_path: Path) -> None:
    files = sorted((samples / "device-types").iterdir())
    for file in files:
        facts = read(READER, file.read_bytes(), tmp_path, file.name).facts("type:1")
        assert facts["register.manufacturer"] == file.name.split("__")[0]
    assert files
