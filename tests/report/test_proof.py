"""What statements say of a device on every face; a broken one is never shown as proof."""

from __future__ import annotations

import io
import json

import msgspec
import pytest
from lxml import html

from custodiet.model import Entry, Proof
from custodiet.report import proof as stated
from custodiet.report.html import PROVED, write_html
from custodiet.report.json import write_json
from custodiet.report.summary import worst_first

from .factory import FakeNames, assessment, entries, relabelled_camera
from .nasty import nasty_strings


def proof(**over: object) -> Proof:
    given: dict[str, object] = {
        "statement": "stm-1",
        "file": "isolation.json",
        "standing": "signed",
        "verdict": "isolated as far as seen",
        "says": "Watched for 26 hours: it reached 2 allowed peers and nothing else.",
        "hours": 26.9,
        "watched_from": "2025-11-12T12:00:03Z",
        "watched_until": "2025-11-13T14:57:06Z",
        "point": "uplink",
        "before_outside": 1,
        "not_tested": ("Nothing was tried from outside.",),
        "key_id": "ab" * 32,
        "stated_at": "2025-11-14T08:00:00Z",
    }
    return Proof(**(given | over))  # type: ignore[arg-type]


BROKEN = Proof(statement="stm-2", standing="broken", fault="the signature is not of this statement")


def text_of(*proofs: Proof) -> str:
    file = io.StringIO()
    write_html(file, assessment(), [msgspec.structs.replace(relabelled_camera(), proofs=proofs)], FakeNames())
    root = html.document_fromstring(file.getvalue().encode(), parser=html.HTMLParser(encoding="utf-8"))
    return " ".join(" ".join(root.get_element_by_id("stopped").itertext()).split())


def test_the_page_says_hours_period_limits_key_and_how_to_check_it() -> None:
    text = text_of(proof())
    for part in (
        "Isolated, as far as seen Watched for 26 hours",
        "26 h, 12 Nov 2025 12:00 UTC to 13 Nov 2025 14:57 UTC; at: uplink",
        "It had to do with 1 peer outside.", "Nothing was tried from outside.", f"key {'ab' * 32}",
        "custodiet isolate check isolation.json --public-key KEY",
    ):  # fmt: skip
        assert part in text


def test_a_statement_that_only_the_case_has_is_checked_from_there() -> None:
    assert stated.to_check(proof(file="")) == "custodiet isolate check stm-1 --case CASE --public-key KEY"
    assert stated.to_check(proof(file="a; rm b")) == "custodiet isolate check 'a; rm b' --public-key KEY"


def test_a_broken_statement_is_broken_on_the_page_and_says_nothing_else() -> None:
    text = text_of(BROKEN)
    assert "Broken statement, proves nothing The signature is not of this statement." in text
    assert "solated, as far" not in text
    assert "Signed" not in text


@pytest.mark.parametrize(
    ("one", "state"),
    [
        (proof(), "satisfied"),
        (proof(standing="not signed"), "undetermined"),
        (proof(since=("Seen outside again: traffic with 1 address, last on 2025-11-18.",)), "undetermined"),
        (proof(verdict="leaks"), "not_satisfied"),
        (proof(verdict="too short"), "undetermined"),
        (BROKEN, "undetermined"),
    ],
)
def test_only_what_is_signed_and_not_contradicted_since_is_calm(one: Proof, state: str) -> None:
    assert stated.state(one) == state


def test_every_verdict_has_its_words() -> None:
    from typing import get_args

    from custodiet.model.proof import Verdict

    assert set(stated.VERDICTS) == set(get_args(Verdict))


def test_the_json_holds_it() -> None:
    file = io.BytesIO()
    write_json(file, assessment(), [msgspec.structs.replace(relabelled_camera(), proofs=(proof(), BROKEN))])
    first, second = json.loads(file.getvalue())["entries"][0]["proofs"]
    assert (first["verdict"], first["standing"]) == ("isolated as far as seen", "signed")
    assert (second["verdict"], second["standing"]) == (None, "broken")


def test_without_statements_the_page_has_no_such_part() -> None:
    file = io.StringIO()
    write_html(file, assessment(), sorted(entries(), key=worst_first), FakeNames())
    assert 'id="stopped"' not in file.getvalue()


def test_more_devices_than_the_page_has_room_for_are_counted() -> None:
    def many() -> list[Entry]:
        one = relabelled_camera()
        return [
            msgspec.structs.replace(one, asset=msgspec.structs.replace(one.asset, id=f"ast-{n}"), proofs=(proof(),))
            for n in range(PROVED + 1)
        ]

    file = io.StringIO()
    write_html(file, assessment(), many(), FakeNames())
    assert "1 more device is in" in file.getvalue()


def test_what_was_not_tested_is_told_once_where_it_is_the_same() -> None:
    def device(number: int, *limits: str) -> Entry:
        one = relabelled_camera()
        asset = msgspec.structs.replace(one.asset, id=f"ast-{number}", label=f"cam-{number}")
        return msgspec.structs.replace(one, asset=asset, proofs=(proof(not_tested=limits),))

    file = io.StringIO()
    write_html(
        file, assessment(), [device(1, "By radio."), device(2, "By radio."), device(3, "By cable.")], FakeNames()
    )
    root = html.document_fromstring(file.getvalue().encode(), parser=html.HTMLParser(encoding="utf-8"))
    text = " ".join(" ".join(root.get_element_by_id("stopped").itertext()).split())
    assert (text.count("By radio."), text.count("By cable.")) == (1, 1)
    assert text.count("The same as at cam-1 above.") == 1


def test_nothing_of_a_statement_acts_on_the_page() -> None:
    for text in nasty_strings():
        one = proof(point=text, says=text, leaks=(text,), since=(text,), file=text, watched_until=text, statement=text)
        file = io.StringIO()
        write_html(file, assessment(), [msgspec.structs.replace(relabelled_camera(), proofs=(one,))], FakeNames())
        root = html.document_fromstring(file.getvalue().encode(), parser=html.HTMLParser(encoding="utf-8"))
        assert not list(root.iter("script", "img", "iframe"))
