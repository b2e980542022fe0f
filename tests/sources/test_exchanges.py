"""The log of a sweep as a source: answers become facts of whoever sent them, garbage becomes issues."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import msgspec
import pytest
from reading import Outcome, read

from custodiet.errors import SourceError
from custodiet.model import Issue, Source
from custodiet.model.exchange import Exchange
from custodiet.probes.log import FORMAT as WRITTEN
from custodiet.probes.log import Exchanged, Head, Knocked
from custodiet.sources.base import ReadOptions
from custodiet.sources.exchanges import FORMAT, READER, elsewhere

HEAD = '{"type":"head","format":"custodiet-find/1","tool":"0.1"}'
END = '{"type":"end","complete":true}'
PAGE = b"HTTP/1.1 302 Found\r\nServer: ExampleCam/1\r\nLocation: http://cloud.example/\r\nContent-Length: 0\r\n\r\n"
SADP = (
    b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Types>inquiry</Types>'
    b"<DeviceDescription>EX-1</DeviceDescription>"
    b"<MAC>02-00-00-00-00-01</MAC></ProbeMatch>"
)
NAMED = (
    b"cs\x81\x80\0\x01\0\x01\0\0\0\0\x015\x010\x010\x0210\x07in-addr\x04arpa\0\0\x0c\0\x01"
    b"\xc0\x0c\0\x0c\0\x01\0\0\0\x3c\0\x0b\x04cam5\x04town\0"
)


def line(question: str, *answers: bytes, target: str = "10.0.0.5", port: int = 80, **more: object) -> str:
    """A line of the log."""
    fields = {"outcome": "answered" if answers else "silent", "at": 1000.0} | more
    exchange = Exchange(question=question, target=target, port=port, answers=answers, **fields)  # type: ignore[arg-type]
    return json.dumps({"type": "exchange", "exchange": msgspec.to_builtins(exchange)})


def log(folder: Path, *lines: str, head: str = HEAD) -> Outcome:
    """Read a log of these lines, of a sweep that came to its end."""
    return read(
        READER, "\n".join([head, *lines, *([] if any('"end"' in one for one in lines) else [END]), ""]).encode(), folder
    )


def test_answers_become_facts_of_the_device(tmp_path: Path) -> None:
    came = log(tmp_path, line("http-front", PAGE), line("sadp-inquiry", SADP, port=37020))
    facts = came.facts("ip:10.0.0.5")
    assert facts["http.server"] == "ExampleCam/1"
    assert facts["sadp.description"] == "EX-1" and facts["sadp.mac"] == "02:00:00:00:00:01"
    assert facts["net.port"] == "tcp/80" and facts["net.ip"] == "10.0.0.5"
    assert {one.locator for one in came.observations if one.attribute == "sadp.mac"} == {
        "question sadp-inquiry, answer 1"
    }
    assert came.observations[0].first_seen == 1000.0
    assert (came.tally.unit, came.tally.read, came.tally.issues) == ("answers", 2, 0)


def test_a_redirect_is_a_fact(tmp_path: Path) -> None:
    came = log(tmp_path, line("http-front", PAGE))
    assert came.facts("ip:10.0.0.5")["http.location"] == "http://cloud.example/"
    assert came.subjects == ["ip:10.0.0.5"]


def test_an_answer_from_elsewhere_is_a_fact_about_that_address(tmp_path: Path) -> None:
    came = log(tmp_path, line("sadp-inquiry", SADP, port=37020, sender="10.0.0.9"))
    assert came.subjects == ["ip:10.0.0.9"]
    assert "10.0.0.5 was asked and 10.0.0.9 answered" in came.reasons
    assert came.tally.issues == 0


@pytest.mark.parametrize("target", ["239.255.255.250", "255.255.255.255", "broadcast", "ff02::c"])
def test_who_answers_a_question_to_many_is_no_surprise(target: str, tmp_path: Path) -> None:
    came = log(tmp_path, line("sadp-inquiry", SADP, target=target, port=50000, sender="10.0.0.9"))
    assert came.subjects == ["ip:10.0.0.9"] and came.issues == []


def test_the_name_server_speaks_about_the_address(tmp_path: Path) -> None:
    came = log(tmp_path, line("reverse-dns", NAMED, port=53, sender="10.0.0.1"))
    assert came.facts("ip:10.0.0.5") == {"net.hostname": "cam5.town"}
    assert came.issues == []


def test_a_greeting_is_read(tmp_path: Path) -> None:
    sdk = bytes.fromhex("000000100000001e0000001e00000000")
    came = log(tmp_path, line("sdk-8000", sdk, port=8000), line("ftp-greeting", b"220 Camera FTP\r\n", port=21))
    facts = came.facts("ip:10.0.0.5")
    assert facts["banner.tcp"].startswith("\\x00\\x00\\x00\\x10") and facts["banner.ftp"] == "Camera FTP"


def test_a_silent_open_port_is_a_fact_and_a_silent_address_none(tmp_path: Path) -> None:
    silent = line("http-front", target="10.0.0.7")
    came = log(tmp_path, line("sdk-37777", port=37777, outcome="answered"), silent)
    assert came.facts("ip:10.0.0.5") == {"net.ip": "10.0.0.5", "net.port": "tcp/37777"}
    assert came.subjects == ["ip:10.0.0.5"]


def test_knocks_give_ports_and_the_rest_of_the_log_gives_nothing(tmp_path: Path) -> None:
    came = log(
        tmp_path,
        '{"type":"heard","address":"10.0.0.5","port":554,"heard":"open"}',
        '{"type":"heard","address":"10.0.0.5","port":80,"heard":"refused"}',
        '{"type":"asking","question":"http-front","address":"10.0.0.8","port":80}',
        '{"type":"left-alone","address":"10.0.0.8","why":"it broke off conversations"}',
    )
    assert [(one.subject, one.value) for one in came.observations] == [("ip:10.0.0.5", "tcp/554")]


@pytest.mark.parametrize(
    ("question", "port", "garbage"),
    [
        ("ws-discovery-probe", 3702, b"<notxml"),
        ("mdns-services", 5353, b"\1\2\3"),
        ("sadp-inquiry", 37020, b"<ProbeMatch><Types>inquiry</Types></ProbeMatch>"),
        ("dhip-search", 37810, b"\xff" * 40),
        ("xiongmai-search", 34569, b"hello"),
        ("reverse-dns", 53, b"no"),
        ("snmp-get", 161, b"\x30\x05"),
    ],
)
def test_garbage_is_an_issue(question: str, port: int, garbage: bytes, tmp_path: Path) -> None:
    came = log(tmp_path, line(question, garbage, port=port), line("http-front", PAGE, target="10.0.0.6"))
    assert (came.tally.read, came.tally.issues) == (1, 1)
    assert "10.0.0.5" in came.issues[0].place and question in came.issues[0].place
    assert "ip:10.0.0.6" in came.subjects


def test_an_answer_without_a_sender_says_nothing_about_anybody(tmp_path: Path) -> None:
    came = log(
        tmp_path,
        line("sadp-inquiry", SADP, target="239.255.255.250", port=37020),
        line("sadp-inquiry", SADP, target="nowhere", port=37020),
        line("http-front", PAGE, port=70000),
    )
    assert came.observations == [] and came.tally.issues == 3


def test_endless_answers_are_bounded(tmp_path: Path) -> None:
    came = log(tmp_path, line("sadp-inquiry", *[SADP] * 80, port=37020), line("http-front", PAGE + b"x" * 200_000))
    assert "16 more answers" in came.reasons and came.tally.read == 65


def test_a_cut_last_line_is_an_issue_and_the_rest_is_read(tmp_path: Path) -> None:
    whole = line("http-front", PAGE)
    came = read(READER, f"{HEAD}\n{whole}\n{whole[:100]}".encode(), tmp_path)
    assert came.tally.read == 1 and "may be cut" in came.reasons


def test_a_log_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not read"):
        log(tmp_path, head='{"type":"head","format":"custodiet-find/9"}')


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{}",
        b'{"format":"other"}',
        b'[{"type":"head","format":"custodiet-find/1"}]',
        b'x"format":"custodiet-find/1"',
    ],
)
def test_other_files_are_not_recognised(head: bytes) -> None:
    assert not READER.recognise(head, "log.jsonl")


def test_bytes_travel_as_base64() -> None:
    assert b64encode(PAGE).decode() in line("http-front", PAGE)


def test_no_remark_where_the_same_address_is_written_differently() -> None:
    exchange = Exchange(
        question="http-front", target="fe80::1", sender="FE80:0::1", port=80, at=1.0, outcome="answered"
    )
    assert elsewhere(exchange) == ""


def test_the_log_that_a_sweep_writes_is_the_one_that_is_read(tmp_path: Path) -> None:
    exchange = Exchange(question="http-front", target="10.0.0.5", port=80, at=1.0, outcome="answered", answers=(PAGE,))
    lines = [Exchanged(exchange=exchange), Knocked(address="10.0.0.5", port=554, heard="open")]
    came = log(tmp_path, *(msgspec.json.encode(one).decode() for one in lines))
    assert came.facts("ip:10.0.0.5")["net.port"] == "tcp/80|tcp/554"
    assert WRITTEN == FORMAT
    written = Head.__struct_config__
    assert (written.tag_field, written.tag, Head.__struct_fields__[0]) == ("type", "head", "format")


def test_what_a_sweep_left_open_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.find"
    path.write_text(
        '{"type":"head","format":"custodiet-find/1"}\n'
        '{"type":"left-alone","address":"10.0.0.5","why":"it broke off a connection to TCP 80"}\n'
        '{"type":"end","complete":false,"coverage":[{"network":"10.0.0.0/24","asked":200,"answered":5,"refused":1,'
        '"silent":194,"not_asked":56,"why_not":"it was stopped"}]}\n'
    )
    source = Source(id="src-1", kind="scan", format="exchanges", name="a.find", sha256="", size=1)
    told = [item for item in READER.read(path, source, ReadOptions()) if isinstance(item, Issue)]
    assert [(one.place, one.severity) for one in told] == [
        ("10.0.0.5", "note"), ("10.0.0.0/24", "note"), ("the end", "incomplete"),
    ]  # fmt: skip
    assert "200 addresses were asked: 5 answered, 1 refused, 194 stayed silent; 56 were not asked" in told[1].reason


def test_a_stop_in_the_middle_of_a_sweep_that_went_on_is_no_stop(tmp_path: Path) -> None:
    stopped, again = '{"type":"end","complete":false}', '{"type":"resumed","at":1.0,"tool":"0.1"}'
    assert "the sweep was stopped before all was asked" not in log(tmp_path, stopped, again, END).reasons
    for lines in ([stopped], [END, again], [stopped, again, stopped]):
        came = log(tmp_path, *lines)
        assert [issue.severity for issue in came.issues] == ["incomplete"], lines
        assert came.reasons == "the end: the sweep was stopped before all was asked"


def test_a_sweep_that_was_killed_is_not_whole(tmp_path: Path) -> None:
    came = read(READER, f"{HEAD}\n{line('http-front', PAGE)}\n".encode(), tmp_path)
    assert came.reasons == "the end: the sweep was stopped before all was asked"
