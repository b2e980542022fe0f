"""XML of devices: sloppy is read, hostile is refused."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import WireError
from custodiet.wire.xml import MAX_XML, child_text, element_text, local, parse_xml


def test_names_and_text() -> None:
    root = parse_xml(b'<r xmlns="urn:x"><d:Name xmlns:d="urn:d"> Cam <b>1</b> </d:Name><Name>2</Name></r>')
    assert local(root) == "r"
    assert child_text(root, "Name") == "Cam 1"
    assert child_text(root, "r") == "", "the root is not its own child"
    assert child_text(root, "None") == ""


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<r><a>x</a><b>y", "x"),  # missing end tags
        (b"\r\n<r><a>x</a></r>\x00\x00", "x"),  # padded datagram
        (b"\xef\xbb\xbf<r><a>x</a></r>", "x"),
        (b"<p:r><p:a>x</p:a></p:r>", "x"),  # unbound prefix
        (b"<r><a>Pan & tilt</a></r>", "Pan & tilt"),
        (b"<r><a>&lt;x&gt; &#65;</a></r>", "<x> A"),
        (b"<r><a>b\xe9ta</a></r>", "b\\xe9ta"),
        (b"<r><a>x\x01</a></r>", "x\\x01"),
        (b"<r><!-- no --><a>x<!-- no --></a></r>", "x"),
        (b"<!DOCTYPE html><r><a>x</a></r>", "x"),
        (b'<?xml version="1.0" encoding="gb2312"?><r><a>\xb4\xf3\xbb\xaa</a></r>', "大华"),
        (b'<?xml version="1.0" encoding="no-such"?><r><a>x</a></r>', "x"),
        ('<?xml version="1.0" encoding="utf-16"?><r><a>大</a></r>'.encode("utf-16"), "大"),
    ],
)
def test_sloppy_documents_are_read(data: bytes, expected: str) -> None:
    assert child_text(parse_xml(data), "a") == expected


@pytest.mark.parametrize("data", [b"", b"\x00", b"hello", b"<!-- only -->", b"<", b"<?xml version='1.0'?>"])
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_xml(data)


HOSTILE = [
    '<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>',
    '<!DOCTYPE r [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]><r/>',
    '<!DOCTYPE r [<!ATTLIST a b CDATA "long">]><r><a/></r>',
    '<!DOCTYPE r SYSTEM "file:///etc/hostname"><r/>',
    '<!DOCTYPE r PUBLIC "-//X//Y" "http://127.0.0.1/x"><r/>',
]


@pytest.mark.parametrize("document", HOSTILE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declarations_are_refused(document: str, encoding: str) -> None:
    with pytest.raises(WireError, match="refused"):
        parse_xml(document.encode(encoding))


def test_a_declaration_cannot_hide_in_another_encoding() -> None:
    hidden = b'<?xml version="1.0" encoding="utf-7"?>' + HOSTILE[0].encode("utf-7")
    with pytest.raises(WireError):
        parse_xml(hidden)


def test_size_and_depth_are_bounded() -> None:
    with pytest.raises(WireError, match="more than"):
        parse_xml(b"<r>" + b" " * MAX_XML + b"</r>")
    start = time.process_time()
    element_text(parse_xml(b"<a>" * 300_000))
    assert time.process_time() - start < 10


def test_an_included_file_is_not_read() -> None:
    root = parse_xml(
        b'<r xmlns:xi="http://www.w3.org/2001/XInclude"><a><xi:include href="/etc/hostname" parse="text"/></a></r>'
    )
    assert child_text(root, "a") == ""


@settings(deadline=None, derandomize=True)
@given(st.binary() | st.text(alphabet="<>ab/&;#x\"'!?-[] =:", max_size=60).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    try:
        root = parse_xml(data)
    except WireError:
        return
    for element in root.iter():
        local(element)
        element_text(element)
