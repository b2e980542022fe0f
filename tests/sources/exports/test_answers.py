"""Answers inside exports: the quick way says what the parser of the protocol says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_exports import HEAD, PAGE

from custodiet.sources.exports.answers import (
    answer_facts,
    certificate_facts,
    dn_text,
    favicon_fact,
    header_name,
    http_facts,
    md5_fact,
    name_of,
)
from custodiet.wire.http import parse_http

NAMES = st.sampled_from(
    ["Server", "Date", "ETag", "Set-Cookie", "WWW-Authenticate", "X-A", "date", "Content-Type", "", "é"]
)
LINES = st.lists(st.tuples(NAMES, st.text("ab: ;=\"'\t/é", max_size=20)), max_size=40)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(LINES, st.sampled_from(["", "\r\n", "\r\n\r\n"]))
def test_a_head_line_by_line_says_what_the_parser_says(headers: list[tuple[str, str]], end: str) -> None:
    head = "\r\n".join(["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers)]) + end
    whole = dict.fromkeys(parse_http(head.encode()).facts())
    assert dict.fromkeys(sorted(answer_facts(head, 80))) == dict.fromkeys(sorted(whole))


def test_a_body_behind_the_head_is_read() -> None:
    facts = dict(answer_facts("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n" + PAGE, 80))
    assert (facts["http.server"], facts["http.title"]) == ("x", "Example camera")


def test_long_answers_are_bounded() -> None:
    facts = dict(answer_facts("HTTP/1.1 200 OK\r\n\r\n" + "x" * 3_000_000, 80))
    assert len(facts["http.body"]) == 4000
    assert len(dict(http_facts(HEAD, "x" * 3_000_000))["http.body"]) == 4000
    assert dict(answer_facts("x" * 3_000_000, 0)).keys() == {"banner.tcp"}


def test_a_page_that_is_a_device_info_is_read_as_one() -> None:
    page = '<DeviceInfo xmlns="urn:example"><model>EX-1</model><serialNumber>S</serialNumber></DeviceInfo>'
    assert ("isapi.model", "EX-1") in set(http_facts("", page))
    assert dict(http_facts("", "<DeviceInfo")) == {"http.body": "<DeviceInfo"}


@pytest.mark.parametrize(
    ("data", "transport"), [("", "tcp"), (b"", "udp"), ("\x16\x03\x01", "tcp"), ("GET / HTTP/1.1", "tcp"), ("x", "udp")]
)
def test_what_says_nothing(data: str | bytes, transport: str) -> None:
    assert list(answer_facts(data, 0, transport)) == []


def test_names_of_headers() -> None:
    assert [header_name(one) for one in ("www_authenticate", "WWW_Authenticate", "x_a", "ETag", "Www-A")] == [
        "WWW-Authenticate", "WWW-Authenticate", "X-A", "ETag", "Www-A",
    ]  # fmt: skip


def test_names_of_certificates() -> None:
    assert name_of({"C": "NL", "O": ["A", "B"], "CN": "x, y", "x": {}}) == "CN=x\\, y,O=A,O=B,C=NL"
    assert name_of(None) == ""
    assert dn_text("C=US, O=Example, Inc., CN=x") == "CN=x,O=Example, Inc.,C=US"
    assert dn_text("CN=x") == "CN=x"
    assert dn_text(5) == "5"


def test_icons() -> None:
    assert [list(favicon_fact(one)) for one in (0, "-5", 4294967295, True, "x", 1 << 40, None)] == [
        [("favicon.mmh3", "0")], [("favicon.mmh3", "-5")], [("favicon.mmh3", "-1")], [], [], [], [],
    ]  # fmt: skip
    assert list(md5_fact("A" * 32)) == [("favicon.md5", "a" * 32)]
    assert list(md5_fact("A" * 31)) == list(md5_fact(5)) == []


def test_what_is_no_certificate() -> None:
    for one in (None, "", "x" * 100, "é" * 100, "x" * 100_000):
        assert certificate_facts(one) == ()
