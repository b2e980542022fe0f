"""``custodiet find`` and ``custodiet ledger`` on the loopback interface: plan, consent, result, proof."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

import pytest

from custodiet.cli.find import _replace_earlier_states
from custodiet.cli.found import begins_with
from custodiet.probes.run import rights
from story import Told, custodiet

NEAR = f"127.0.{92 + 4 * int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw'))}"
"""Addresses of this process of the test run alone, since another may run the same tests."""
CAMERA = f"{NEAR}.5"


class _Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response_only(200)
        self.send_header("Server", "App-webs/")
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def camera() -> Iterator[list[str]]:
    try:
        server = ThreadingHTTPServer((CAMERA, 8080), _Page)
    except OSError:
        pytest.skip("port 8080 is taken here")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield _Page.asked
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def found(camera: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Told]:
    folder = tmp_path_factory.mktemp("find")
    case = folder / "town.sqlite"
    with mock.patch.dict(os.environ, {"XDG_STATE_HOME": str(folder)}):
        told = custodiet("find", "--net", f"{NEAR}.4/30", "--preset", "standard", "--yes", "--case", case)
    return case, told


def test_the_plan_stands_first_and_the_coverage_last(found: tuple[Path, Told]) -> None:
    _, told = found
    assert told.code == 0, told.err
    words = " ".join(told.out.split())
    assert words.startswith(f"Plan: 2 addresses in {NEAR}.4/30 Preset standard:")
    assert "Every address is tried on the ports 80, 443 and 554" in words and "front page;" in words
    assert "packets where one address in ten lives" in words
    assert f"{NEAR}.4/30: 2 asked: 1 answered, 1 refused, 0 silent, 2 not asked" in words
    whole = "each in the ledger" if rights().witness else "as the ledger has them, which is not whole"
    assert f"{whole}, signed by key" in words and "What this cannot see:" in words
    assert "1 device: front page" in words


def test_nothing_is_sent_where_nobody_agrees(camera: list[str], tmp_path: Path) -> None:
    camera.clear()
    told = custodiet("find", "--net", f"{NEAR}.4/30", "--case", tmp_path / "c.sqlite")
    assert told.code == 2 and "--yes" in told.err
    assert not camera and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no network was given"),
        (["--net", "8.8.8.0/24"], "public network"),
        (["--net", "10.0.0.5/24"], "one address of a network"),
        (["--net", "nothing"], "is no network"),
        (["--net", "10.0.0.0/8", "--yes"], "one sweep at most 1,048,576"),
        (["--net", "10.0.0.0/30", "--exclude", "10.0.0.0/24"], "no address is left"),
        (["--net", "10.0.0.0/24", "--preset", "fast"], "there is no preset"),
        (["--net", "10.0.0.0/24", "--preset", "silent"], "--listen"),
        (["--net", "10.0.0.0/24", "--rate", "quick"], "is no rate"),
        (["--net", "10.0.0.0/24", "--override", "80:me:fun"], "is not forbidden"),
        (["--net", "10.0.0.0/24", "--override", "9100"], "by name"),
        (["--resume"], "no sweep that was stopped"),
        (["--listen", "nosuchinterface", "--for", "1s"], "interface"),
        (["--listen", "lo", "--for", "long"], "no length of time"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_sent(tmp_path: Path, arguments: list[str], said: str) -> None:
    told = custodiet("find", *arguments, "--case", tmp_path / "c.sqlite")
    assert told.code == 2 and said in told.err, told.err


def test_the_ledger_of_a_case_is_verified_and_shown(found: tuple[Path, Told]) -> None:
    case, _ = found
    told = custodiet("ledger", "verify", case, "--json")
    [ledger] = told.json
    assert told.code == 0 and ledger["packets"] > 20 and len(ledger["signed_by"]) == 64
    assert {"knock", "http-front"} <= set(ledger["by_reason"])
    shown = custodiet("ledger", "show", case, "--address", CAMERA, "--json").json
    assert shown and {one["to"] for one in shown} == {CAMERA}
    assert "nothing was changed" in " ".join(custodiet("ledger", "verify", case).out.split())
    assert custodiet("ledger", "verify", next(case.parent.glob("*.finds/*.find"))).code == 0


def test_a_changed_ledger_is_an_integrity_failure(found: tuple[Path, Told], tmp_path: Path) -> None:
    case, _ = found
    other = tmp_path / "c.sqlite"
    other.write_bytes(case.read_bytes())
    db = sqlite3.connect(other)
    [(key, text)] = db.execute("select key, value from meta where key like 'ledger:%'").fetchall()
    db.execute("update meta set value = ? where key = ?", (text.replace('"hash":"', '"hash":"0', 1), key))
    db.commit()
    db.close()
    told = custodiet("ledger", "verify", other)
    assert told.code == 5 and "page 1" in told.err


def test_the_same_as_json(camera: list[str], tmp_path: Path) -> None:
    words = ("--net", f"{NEAR}.4/30", "--preset", "standard", "--yes", "--json")
    told = custodiet("find", *words, "--case", tmp_path / "c.sqlite")
    find = told.json["find"]
    assert find["complete"] and told.code == 0
    [network] = find["coverage"]
    assert (network["asked"], network["answered"], network["refused"], network["not_asked"]) == (2, 1, 1, 2)
    assert {"question": "http-front", "title": "front page", "addresses": 1} in find["heard_by"]
    assert find["ledger"]["packets"] > 20 and len(find["ledger"]["signed_by"]) == 64
    assert isinstance(find["ledger"]["gaps"], list) and find["cannot_see"]
    assert find["left_alone"] == []


def test_a_judged_case_is_refused_before_anything_is_sent(camera: list[str], tmp_path: Path) -> None:
    case = tmp_path / "c.sqlite"
    (tmp_path / "l.csv").write_text("brand,model\nHikvision,DS-2CD2143G2-I\n")
    custodiet("audit", tmp_path / "l.csv", "--case", case, "--directive", "uk-co-wms-2022-11-24", "--on", "2025-01-01")
    camera.clear()
    for way in (["--net", f"{NEAR}.4/30", "--yes"], ["--listen", "lo", "--for", "1s"], ["--switch", f"{NEAR}.5"]):
        told = custodiet("find", *way, "--case", case)
        assert told.code == 2 and "this case was judged" in told.err, told.err
    assert not camera and not list(tmp_path.glob("*.finds"))


def test_a_log_that_went_on_takes_the_place_of_its_earlier_state(tmp_path: Path) -> None:
    case, whole = tmp_path / "c.sqlite", tmp_path / "whole.find"
    lines = [
        '{"type":"head","format":"custodiet-find/1","tool":"0.1"}',
        '{"type":"heard","address":"10.0.0.5","port":80,"heard":"open"}',
        '{"type":"end","complete":false}',
        '{"type":"resumed","at":1.0,"tool":"0.1"}',
        '{"type":"end","complete":true}',
    ]
    whole.write_text("\n".join(lines[:3]) + "\n")
    early = whole.read_bytes()
    assert custodiet("identify", whole, "--case", case).code == 4
    whole.write_text("\n".join(lines) + "\n")
    assert begins_with(whole, len(early), sha256(early).hexdigest())
    assert not begins_with(whole, len(early), sha256(early[:-1] + b" ").hexdigest())
    assert not begins_with(whole, len(whole.read_bytes()), sha256(whole.read_bytes()).hexdigest())
    _replace_earlier_states(case, lambda size, digest: begins_with(whole, size, digest))
    told = custodiet("identify", whole, "--case", case, "--json")
    assert told.code == 0 and len(told.json["sources"]) == 1 and len(told.json["devices"]) == 1


def test_a_case_for_which_nothing_was_sent_says_so(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_text("Hikvision camera\n")
    custodiet("identify", tmp_path / "l.txt", "--case", tmp_path / "c.sqlite")
    told = custodiet("ledger", "verify", tmp_path / "c.sqlite")
    assert told.code == 2 and "nothing was sent" in told.err
