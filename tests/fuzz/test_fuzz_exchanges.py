"""Any bytes as the log of a sweep, and any answers in a log that is whole."""

from __future__ import annotations

import json
from base64 import b64encode

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.probes.questions import QUESTIONS
from custodiet.sources.exchanges import READER

HEAD = b'{"type":"head","format":"custodiet-find/1"}\n'
ANSWERS = [
    seeds(name) for name in ("sadp", "dhip", "makers", "http", "rtsp", "tls", "dns", "wsdiscovery", "ssdp", "snmp")
]


def target(data: bytes) -> None:
    """Read the bytes as the log of a sweep."""
    drain(READER, data)


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("exchanges")))
def test_any_bytes(data: bytes) -> None:
    target(data)


@FUZZ
@given(
    st.sampled_from([question.id for question in QUESTIONS] + ["snmp-get", "of-a-later-version"]),
    st.sampled_from(["10.0.0.5", "fe80::5", "239.255.255.250", "nobody"]),
    st.sampled_from(["", "10.0.0.9", "x"]),
    st.lists(st.binary(max_size=200) | st.sampled_from(ANSWERS).flatmap(mutations), max_size=3),
)
def test_any_answer(question: str, asked: str, sender: str, answers: list[bytes]) -> None:
    exchange = {"question": question, "target": asked, "sender": sender, "port": 80, "at": 1.0, "outcome": "answered"}
    exchange["answers"] = [b64encode(answer).decode() for answer in answers]
    target(HEAD + json.dumps({"type": "exchange", "exchange": exchange}).encode())
