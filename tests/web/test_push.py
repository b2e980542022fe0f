"""What a sensor sends: letter for letter the files, to the named server and nobody else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from custodiet.errors import CustodietError, UsageError
from custodiet.web import push as sending
from story import custodiet


class Stub(HTTPServer):
    """A server that keeps what it is asked, and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        status, headers, said = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(said)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("custodiet_abc\n")
    return path


def _parts(headers: dict[str, str], body: bytes) -> list[tuple[str, bytes]]:
    """Name or file name of each part, and its bytes, as a second reader sees them."""
    told = message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    found = []
    for part in told.get_payload():
        name = part.get_filename() or part.get_param("name", header="content-disposition")
        found.append((str(name), part.get_payload(decode=True)))
    return found


def test_a_case_sends_what_was_found_and_heard_beside_it(stub: Stub, token: Path, tmp_path: Path) -> None:
    for folder, name, text in ((".finds", "a.jsonl", b"{}\r\n\r\n--\r\n"), (".heard", "b.pcap", bytes(range(256)))):
        (tmp_path / f"town.sqlite{folder}").mkdir()
        (tmp_path / f"town.sqlite{folder}" / name).write_bytes(text)
    done = {"state": "done", "reason": "", "next_step": "", "read": [1, 2], "paging": {"total": 3}}
    stub.answers = [
        (302, {"Location": "/b/town/imports/7/"}, b""),
        (200, {}, b'{"state": "running"}'),
        (200, {}, json.dumps(done).encode()),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "_BETWEEN", 0.01)
        told = custodiet(
            "push", tmp_path / "town.sqlite", "--to", f"{stub.address}/b/town/", "--token-file", token, "--wait"
        )
    assert told.code == 0, told.err
    assert told.out.splitlines() == [
        f"2 files sent: {stub.address}/b/town/imports/7/",
        "done: 2 read, 0 not read, 3 issues.",
    ]
    method, path, headers, body = stub.asked[0]
    assert (method, path) == ("POST", "/b/town/imports/send/")
    assert headers["Authorization"] == "Bearer custodiet_abc"
    assert _parts(headers, body) == [
        ("at_once", b"1"), ("a.jsonl", b"{}\r\n\r\n--\r\n"), ("b.pcap", bytes(range(256))),
    ]  # fmt: skip
    assert [one[:2] for one in stub.asked[1:]] == [("GET", "/b/town/imports/7/")] * 2


def test_what_could_not_be_read_is_told(stub: Stub, token: Path, tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text("?")
    step = "Formats that are read: \x1b[2Jmany"
    one = {"source": "a.xyz", "place": "", "reason": "its format is not one that this version reads", "next_step": step}
    for came, code in (({"came": {"skipped": [one]}}, 4), ({"incomplete": 1}, 4), ({"state": "failed"}, 1), ({}, 0)):
        said = json.dumps({"state": "done", "read": [], "paging": {"total": 0}} | came).encode()
        stub.answers = [(302, {"Location": "/b/town/imports/7/"}, b""), (200, {}, said)]
        told = custodiet("push", tmp_path / "a.xyz", "--to", f"{stub.address}/b/town/", "--token-file", token, "--wait")
        assert told.code == code, told.err
        if "came" in came:
            assert "0 read, 1 not read" in told.out
            assert "a.xyz: its format is not one that this version reads. Formats" in told.err
            assert "\x1b" not in told.err


def test_a_case_without_finds_is_not_sent_itself(stub: Stub, token: Path, tmp_path: Path) -> None:
    from custodiet.casefile import Case

    case = tmp_path / "town.sqlite"
    with Case(case):
        pass
    told = custodiet("push", case, "--to", f"{stub.address}/b/town/", "--token-file", token)
    assert told.code == 1 and "find wrote nothing beside this case" in told.err and "Name the captures" in told.err
    assert stub.asked == []


def test_a_redirect_is_not_followed(stub: Stub, token: Path, tmp_path: Path) -> None:
    with Stub() as elsewhere:
        stub.answers = [(302, {"Location": f"{elsewhere.address}/sign-in/"}, b"")]
        told = custodiet("push", token, "--to", f"{stub.address}/b/town/", "--token-file", token)
        assert told.code == 1 and "answers with 302" in told.err
        assert elsewhere.asked == [] and len(stub.asked) == 1


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (401, b"", "the token is not known"),
        (404, b"", "there is no such body for this token"),
        (400, b'{"reason": "no file \\u001b[2J came", "next_step": "Send one"}', "no file"),
        (500, b"<html>", "answers with 500"),
        (200, b"", "answers with 200"),
    ],
)
def test_a_refusal_is_told(stub: Stub, token: Path, status: int, said: bytes, told: str) -> None:
    stub.answers = [(status, {}, said)]
    came = custodiet("push", token, "--to", f"{stub.address}/b/town/", "--token-file", token)
    assert came.code == 1 and told in came.err and "\x1b" not in came.err


@pytest.mark.parametrize(
    "address",
    [
        "http://custodiet.example.org/b/town/",
        "http://192.0.2.1/b/town/",
        "http://localhost.example.org/b/town/",
        "https://custodiet.example.org/",
        "https://custodiet.example.org:no/b/town/",
        "ftp://localhost/b/town/",
        "/b/town/",
    ],
)
def test_a_token_goes_to_no_address_where_others_could_read_it(address: str) -> None:
    with pytest.raises(UsageError):
        sending.server(address, "custodiet_abc")


def test_a_file_that_grows_is_sent_as_long_as_it_was_told(stub: Stub, tmp_path: Path) -> None:
    growing = tmp_path / "heard.pcap"
    growing.write_bytes(b"12345")
    content = sending._content(growing, 3)
    growing.write_bytes(b"123456789")
    assert b"".join(content) == b"123"
    with pytest.raises(CustodietError, match="shorter"):
        list(sending._content(growing, 10))


def test_many_files_become_several_imports(tmp_path: Path) -> None:
    for number in range(120):
        (tmp_path / f"{number:03}").write_bytes(b"x")
    (tmp_path / "empty").touch()
    (tmp_path / ".hidden").write_bytes(b"x")
    files = sending.gathered([tmp_path])
    assert [len(group) for group in sending.parcels(files)] == [50, 50, 20]


def test_nothing_to_send_is_told(token: Path, tmp_path: Path) -> None:
    told = custodiet("push", tmp_path / "none", "--to", "https://localhost/b/x/", "--token-file", token)
    assert told.code == 1 and "no such file" in told.err
