"""What we promise on real devices, where the samples are beside this checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.catalog import load_catalog
from custodiet.evaluate import Evaluation, Labelled, evaluate, read_labelled
from custodiet.evaluate.measure import NOBODY


@pytest.fixture(scope="module")
def found() -> Evaluation:
    path = Path(__file__).resolve().parents[3] / "shared" / "samples" / "observations.jsonl"
    if not path.is_file():
        pytest.skip("the samples of real devices are not beside this checkout")
    known = load_catalog()
    return evaluate([one for one in read_labelled(path, known) if isinstance(one, Labelled)], [], known, None)


@pytest.mark.samples
def test_no_line_is_lost(found: Evaluation) -> None:
    assert found.lines > 400
    assert not found.issues


@pytest.mark.samples
def test_no_maker_is_named_where_nobody_knows_him(found: Evaluation) -> None:
    assert len(found.named_on_unknowable) <= 0.02 * found.by_maker[NOBODY].lines


@pytest.mark.samples
def test_certain_is_right_in_99_of_100(found: Evaluation) -> None:
    bands = {one.name: one for one in found.calibration["manufacturer"].bands}
    assert bands["certain"].answers > 10
    assert bands["certain"].share_right >= 0.99


@pytest.mark.samples
def test_nothing_is_called_surveillance_that_is_none(found: Evaluation) -> None:
    # one label says "not-surveillance" of a digital disk recorder (WJ-HD300): the label is wrong, we are not
    assert {one.records[0] if one.records else one.id for one in found.called_surveillance} <= {
        "snmp-sys-descr-i-pro-recorder"
    }


@pytest.mark.samples
def test_the_calibration_error_is_small(found: Evaluation) -> None:
    assert found.calibration["manufacturer"].error <= 0.05
