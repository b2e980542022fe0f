"""A dossier is worked out again from its file alone; whatever is changed in it is found or shown."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custodiet.errors import SourceError
from custodiet.identify import Matcher
from custodiet.identify import recompute as module
from custodiet.identify.dossier import Dossier, digest_of, make_dossier
from custodiet.identify.recompute import parse_dossier, recompute
from custodiet.model import Asset, Source, observe
from small import catalog, fingerprint

SHA = "ab" * 32
SOURCE = Source(id=f"src-{SHA[:16]}", kind="scan", format="nmap", name="scan.xml", sha256=SHA, size=1)
DEVICE = Asset(id="ast-1", label="10.0.0.5", subjects=(f"{SOURCE.id}/ip:10.0.0.5",))


def with_example(rule: dict[str, str], value: str) -> dict[str, str]:
    return {name: text.replace("examples: []", f"examples: [{{ value: '{value}' }}]", 1) for name, text in rule.items()}


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    known = catalog(
        tmp_path_factory.mktemp("catalog"),
        with_example(
            fingerprint("server-acme", "http.server", "{ manufacturer: acme }", regex="^AcmeCam/"), "AcmeCam/2"
        ),
        fingerprint("title-rival", "http.title", "{ manufacturer: rival }", regex="Rival", strength="supporting"),
    )
    given = [("http.server", "AcmeCam/1.0"), ("http.title", "Rival viewer"), ("net.mac", "00:00:5e:00:53:01")]
    observations = [observe(SOURCE.id, "ip:10.0.0.5", name, value, "host 1") for name, value in given]
    return make_dossier(DEVICE, observations, [SOURCE], Matcher(known))


def written(dossier: Dossier) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(msgspec.json.encode(dossier))
    return plain


def read(plain: object) -> Dossier:
    return parse_dossier(json.dumps(plain).encode())


def sealed(plain: dict[str, Any]) -> dict[str, Any]:
    """With the digest of what stands there now, as somebody would write it who knows how."""
    return {**plain, "digest": digest_of(msgspec.convert(plain, Dossier))}


def conclusion(plain: dict[str, Any], field: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in plain["identification"]["conclusions"] if c["field"] == field)
    return found


def test_an_honest_file_agrees(dossier: Dossier) -> None:
    assert recompute(read(written(dossier))) == []


def test_another_program_can_check_the_digest(dossier: Dossier) -> None:
    import hashlib

    plain = {**written(dossier), "digest": ""}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == dossier.digest


def changed_value(plain: dict[str, Any]) -> None:
    conclusion(plain, "manufacturer")["value"] = "rival"


def changed_confidence(plain: dict[str, Any]) -> None:
    conclusion(plain, "manufacturer")["confidence"] = 0.99


def removed_counter_claim(plain: dict[str, Any]) -> None:
    answer = conclusion(plain, "manufacturer")
    assert answer["claims_against"]
    answer["claims_against"] = []


def removed_counter_evidence(plain: dict[str, Any]) -> None:
    plain["observations"] = [o for o in plain["observations"] if o["attribute"] != "http.title"]


def invented_claim(plain: dict[str, Any]) -> None:
    answer = conclusion(plain, "manufacturer")
    answer["claims_for"].append({**answer["claims_for"][0], "observed": "AcmeCam/9"})


def changed_weight(plain: dict[str, Any]) -> None:
    next(word for word in plain["weights"]["strengths"] if word["id"] == "supporting")["weight"] = 0.01


def changed_cap(plain: dict[str, Any]) -> None:
    next(word for word in plain["weights"]["techniques"] if word["id"] == "protocol-reply")["cap"] = 0.5


def changed_band(plain: dict[str, Any]) -> None:
    plain["weights"]["bands"]["certain"] = 0.5


def changed_expression(plain: dict[str, Any]) -> None:
    next(r for r in plain["records"]["fingerprints"] if r["id"] == "server-acme")["when"]["regex"] = "^AcmeCam/1"


def changed_observation(plain: dict[str, Any]) -> None:
    plain["observations"][0]["value"] = "AcmeCam/1.1"


def changed_place(plain: dict[str, Any]) -> None:
    plain["observations"][0]["locator"] = "host 2"


def changed_source(plain: dict[str, Any]) -> None:
    plain["sources"][0]["sha256"] = "cd" * 32


def foreign_observation(plain: dict[str, Any]) -> None:
    plain["asset"]["subjects"] = ["src-9/ip:10.0.0.9"]


def reordered(plain: dict[str, Any]) -> None:
    conclusion(plain, "manufacturer")["claims_for"].reverse()


CHANGES: list[Callable[[dict[str, Any]], None]] = [
    changed_value, changed_confidence, removed_counter_claim, removed_counter_evidence, invented_claim, changed_weight,
    changed_cap, changed_band, changed_expression, changed_observation, changed_place, changed_source,
    foreign_observation, reordered,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_is_found_by_the_digest(dossier: Dossier, change: Callable[[dict[str, Any]], None]) -> None:
    plain = written(dossier)
    change(plain)
    assert any("digest" in difference for difference in recompute(read(plain)))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_is_found_although_the_digest_was_made_anew(
    dossier: Dossier, change: Callable[[dict[str, Any]], None]
) -> None:
    plain = written(dossier)
    change(plain)
    differences = recompute(read(sealed(plain)))
    assert differences
    assert not any("digest" in difference for difference in differences)


def test_a_difference_is_told_in_words(dossier: Dossier) -> None:
    plain = written(dossier)
    changed_value(plain)
    stated = f"manufacturer: the file says rival, {conclusion(plain, 'manufacturer')['band']}"
    assert any(
        difference.startswith(stated) and "what follows is acme" in difference for difference in recompute(read(plain))
    )
    plain = written(dossier)
    removed_counter_claim(plain)
    expected = "manufacturer: a claim against it follows and is not in the file: rival, by title-rival from http.title"
    assert any(difference.startswith(expected) for difference in recompute(read(plain)))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"[]", b"null", b'"1.0"', b'{"schema":"1.0"}', b'{"schema":"9.9"}', b"\xff\xfe", b"[" * 100_000,
        b'{"schema":' * 5_000,
    ],
)  # fmt: skip
def test_what_is_no_dossier_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError) as told:
        parse_dossier(data, "x.json")
    assert told.value.place == "x.json"
    assert told.value.next_step


def test_a_field_nobody_knows_is_refused(dossier: Dossier) -> None:
    plain = written(dossier)
    plain["asset"]["secret"] = 1
    with pytest.raises(SourceError, match="fields"):
        read(plain)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, dossier: Dossier) -> None:
    monkeypatch.setattr(module, "LARGEST", 100)
    with pytest.raises(SourceError, match="more than 100 bytes"):
        read(written(dossier))


def with_expression(dossier: Dossier, pattern: str, value: str = "a" * 3000) -> dict[str, Any]:
    plain = written(dossier)
    plain["records"]["fingerprints"][0]["when"]["regex"] = pattern
    seen = observe(SOURCE.id, "ip:10.0.0.5", "http.server", value, "host 1")
    plain["observations"].append(json.loads(msgspec.json.encode(seen)))
    return plain


@pytest.mark.parametrize("pattern", ["(a+)+$", "(", "a" * 5_000, "(?P<x", "a{99999999999999}", "(" * 3000 + ")" * 3000])
def test_a_hostile_expression_is_refused_before_it_runs(dossier: Dossier, pattern: str) -> None:
    with pytest.raises(SourceError, match="expression"):
        read(with_expression(dossier, pattern))


def test_an_expression_that_runs_away_is_stopped(monkeypatch: pytest.MonkeyPatch, dossier: Dossier) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.3)
    begun = time.monotonic()
    with pytest.raises(SourceError, match="did not end"):
        recompute(read(with_expression(dossier, r"(?:aa|a|aaa){1,60}!\Z")))
    assert time.monotonic() - begun < 10


def test_where_nothing_can_be_stopped_what_may_explode_is_not_run(dossier: Dossier) -> None:
    given = read(with_expression(dossier, r"(?:aa|a|aaa){1,60}!\Z"))
    told: list[str] = []

    def work() -> None:
        try:
            recompute(given)
        except SourceError as fault:
            told.append(fault.reason)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert told
    assert "cannot be stopped here" in told[0]


def test_two_records_of_one_id_are_refused(dossier: Dossier) -> None:
    plain = written(dossier)
    plain["records"]["fingerprints"] *= 2
    with pytest.raises(SourceError, match="one id"):
        read(plain)


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_a_weight_that_is_none_is_refused(dossier: Dossier, weight: float) -> None:
    plain = written(dossier)
    plain["weights"]["strengths"][0]["weight"] = weight
    with pytest.raises(SourceError, match="no weight"):
        read(plain)


def test_a_table_without_its_words_is_refused(dossier: Dossier) -> None:
    plain = written(dossier)
    plain["weights"]["strengths"] = []
    with pytest.raises(SourceError, match="lack the word"):
        recompute(read(plain))


def test_neither_our_catalog_nor_a_case_is_read(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "d.json"
    path.write_bytes(msgspec.json.encode(dossier))
    given = module.read_dossier(path)
    monkeypatch.setattr(Path, "open", None)
    monkeypatch.setattr("builtins.open", None)
    assert recompute(given) == []
