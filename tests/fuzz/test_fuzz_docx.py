"""Any text in a document: it stays text, XML holds it, and a reader gives it back as it is shown."""

from __future__ import annotations

from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from mutate import FUZZ, mutations, seeds

from custodiet.report.guard import docx, plain

RUN = Document().add_paragraph().add_run()


def target(data: bytes) -> None:
    for text in (data.decode("utf-8", "surrogateescape"), data.decode("utf-16-le", "replace"), data.decode("latin-1")):
        shown = docx(text)
        assert shown == plain(text)
        RUN.text = shown
        assert {etree.QName(part).localname for part in RUN._r} <= {"t"}
        again = etree.fromstring(etree.tostring(RUN._r))
        assert "".join(again.itertext()) == shown


@FUZZ
@given(st.binary(max_size=300) | mutations(seeds("docx")))
def test_any_bytes(data: bytes) -> None:
    target(data)


@FUZZ
@given(st.text(max_size=80))
def test_any_text_is_held_by_xml(text: str) -> None:
    node = etree.Element("t")
    node.text = docx(text)
    assert etree.fromstring(etree.tostring(node)).text == (docx(text) or None)
