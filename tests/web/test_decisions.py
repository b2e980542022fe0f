"""What people say and decide stands beside what was concluded, with who, when and why, and changes nothing of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from lxml.html import document_fromstring
from python_calamine import CalamineWorkbook

HERE = "/b/waterdorp/devices/"


def _device(client: Any, place: int = 0) -> str:
    return str(client.get(f"{HERE}?as=json").json()["rows"][place]["id"])


def _people(client: Any, id: str) -> dict[str, Any]:
    return dict(client.get(f"{HERE}{id}/?as=json").json()["people"])


def _last() -> Any:
    from custodiet.web.store.models import Logged

    return Logged.objects.order_by("-number").first()


def test_a_note_is_kept_with_who_and_when(person: Callable[..., Any]) -> None:
    client = person("editor")
    id = _device(client)
    answer = client.post(f"{HERE}{id}/note/", {"text": "hangs behind the <b>curtain</b>"})
    assert (answer.status_code, answer["Location"]) == (302, f"{HERE}{id}/#people")
    [said] = _people(client, id)["said"]
    assert (said["kind"], said["text"], said["withdrawn"]) == ("note", "hangs behind the <b>curtain</b>", None)
    assert said["who"].startswith("editor")
    page = client.get(f"{HERE}{id}/").content.decode()
    assert "hangs behind the &lt;b&gt;curtain" in page
    row = _last()
    assert (row.what, row.about, row.body, row.who) == ("note kept", id, "waterdorp", said["who"])


def test_a_decision_changes_nothing_that_was_concluded(person: Callable[..., Any]) -> None:
    client = person("decider")
    id = _device(client)
    before = client.get(f"{HERE}{id}/?as=json").json()["entry"]
    told = {"kind": "made-by", "maker": "Somebody else", "reason": "opened it and read the board"}
    assert client.post(f"{HERE}{id}/decide/", told).status_code == 302
    assert client.get(f"{HERE}{id}/?as=json").json()["entry"] == before
    [said] = _people(client, id)["said"]
    assert (said["kind"], said["value"], said["text"]) == ("made-by", "Somebody else", told["reason"])
    assert _last().why == told["reason"]


def test_what_was_decided_stands_above_and_none_of_it_is_left_out_unsaid(person: Callable[..., Any]) -> None:
    client = person("decider")
    id = _device(client)

    def above() -> str:
        page = document_fromstring(client.get(f"{HERE}{id}/").content)
        return str(page.xpath("string(//section[contains(@class, 'first')]//dt[. = 'Decided']/following-sibling::dd)"))

    client.post(f"{HERE}{id}/decide/", {"kind": "accepted", "reason": "until the new one hangs"})
    for number in range(4):
        client.post(f"{HERE}{id}/decide/", {"kind": "made-by", "maker": f"Maker {number}", "reason": "read the board"})
    assert "until the new one hangs" in above() and "Maker 0" in above() and "more" not in above()
    client.post(f"{HERE}{id}/decide/", {"kind": "not-ours", "reason": "of the neighbours"})
    assert "and 1 more" in above()


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "not-ours", "reason": ""},
        {"kind": "made-by", "reason": "so"},
        {"kind": "accepted", "reason": "so", "until": "soon"},
        {"kind": "accepted", "reason": "so", "until": "2020-01-01"},
        {"kind": "blessed", "reason": "so"},
        {"kind": "apart", "reason": "so", "left": "a/1", "right": "a/2"},
    ],
)
def test_a_decision_that_says_too_little_is_refused_whole(person: Callable[..., Any], told: dict[str, str]) -> None:
    from custodiet.web.store.models import Logged, Note

    client = person("decider")
    id, rows = _device(client), Logged.objects.count()
    assert client.post(f"{HERE}{id}/decide/", told).status_code == 400
    assert (Note.objects.count(), Logged.objects.count()) == (0, rows)


def test_a_decision_that_ran_out_is_shown_as_ended_and_stands_no_more(person: Callable[..., Any]) -> None:
    from custodiet.web.estate import Estate
    from custodiet.web.people import recorded_of
    from custodiet.web.store.models import Body, Note

    client = person("decider")
    id = _device(client)
    client.post(f"{HERE}{id}/decide/", {"kind": "accepted", "reason": "until the roof is done", "until": "2999-01-01"})
    estate = Estate(Body.objects.get(id="waterdorp"))
    assert id in recorded_of(estate) and "Accepted, ended" not in client.get(f"{HERE}{id}/").content.decode()
    Note.objects.update(until="2020-01-01")
    page = client.get(f"{HERE}{id}/").content.decode()
    assert "Accepted, ended" in page and "Nothing yet." in page and id not in recorded_of(estate)


def test_a_decision_is_withdrawn_in_sight_and_once(person: Callable[..., Any]) -> None:
    client = person("decider")
    id = _device(client)
    client.post(f"{HERE}{id}/decide/", {"kind": "accepted", "reason": "for now", "until": "2027-01-01"})
    [said] = _people(client, id)["said"]
    back = {"number": said["number"], "reason": "no longer"}
    assert client.post(f"{HERE}{id}/withdraw/", back).status_code == 302
    [said] = _people(client, id)["said"]
    assert said["withdrawn"]
    assert (said["until"], said["withdrawn_why"]) == ("2027-01-01", "no longer")
    assert client.post(f"{HERE}{id}/withdraw/", back).status_code == 400
    assert client.post(f"{HERE}{_device(client, 1)}/withdraw/", back).status_code == 400


@pytest.mark.parametrize(("role", "deed"), [("viewer", "note"), ("editor", "decide"), ("auditor", "note")])
def test_who_may_not_is_neither_offered_it_nor_heard(person: Callable[..., Any], role: str, deed: str) -> None:
    client = person(role)
    id = _device(client)
    told = {"text": "x", "kind": "not-ours", "reason": "x"}
    assert client.post(f"{HERE}{id}/{deed}/", told).status_code == 404
    assert f"{id}/{deed}/" not in client.get(f"{HERE}{id}/").content.decode()


def test_two_devices_that_are_not_one_are_parted_in_the_case(person: Callable[..., Any]) -> None:
    import msgspec

    from custodiet.model import Entry
    from custodiet.web.estate import entry_of, packed
    from custodiet.web.store.models import Decided, Device

    client = person("decider")
    id = _device(client)
    row = Device.objects.get(body="waterdorp", id=id)
    entry: Entry = entry_of(row)
    asset = msgspec.structs.replace(entry.asset, subjects=("s1/a", "s2/b"))
    Device.objects.filter(body="waterdorp", id=id).update(entry=packed(msgspec.structs.replace(entry, asset=asset)))
    for _ in range(2):
        told = {"kind": "apart", "left": "s1/a", "right": "s2/b", "reason": "two boxes on the wall"}
        assert client.post(f"{HERE}{id}/decide/", told).status_code == 302
    [row] = Decided.objects.filter(body="waterdorp")
    assert (row.kind, row.left_side, row.right_side, row.reason) == ("apart", "s1/a", "s2/b", "two boxes on the wall")


def test_the_timeline_tells_what_the_history_does(person: Callable[..., Any]) -> None:
    from custodiet.web import log

    client = person("decider")
    id = _device(client, 1)
    assert client.post(f"{HERE}{id}/looks-at/", {"site": "stadhuis", "reason": "on its picture"}).status_code == 302
    for what, said, about in (
        ("label photo added", {"sha256": "0" * 64}, id),
        ("label confirmed", {"brand": "HiLook", "model": "IPC-T261H", "source": "src-1"}, id),
        ("row settled", {"standing": "ghost", "registered": "x", "seen": ""}, id),
        ("row opened again", None, id),
        ("pin put", {"plan": "Ground floor", "number": 1, "x": 5, "y": 5, "direction": None}, id),
        ("pin removed", {"plan": "Ground floor", "number": 1}, id),
        ("pin put", {"plan": "Attic", "number": 2, "x": 5, "y": 5, "direction": None}, "another"),
    ):
        log.write(who="ann@example.org", what=what, body="waterdorp", about=about, said=said, why="so")
    log.write(who="ann@example.org", what="pin put", body="geheimstad", about=id, said={"plan": "Theirs"})
    events = client.get(f"{HERE}{id}/timeline/?as=json").json()["events"]
    assert [(event["what"], event["after"]) for event in events if event["kind"] == "done"] == [
        ("Device taken off a floor plan", "Ground floor"),
        ("Device put on a floor plan", "Ground floor"),
        ("Register and network opened again", ""),
        ("Register and network settled", "Ghost"),
        ("Label confirmed", "HiLook, IPC-T261H"),
        ("Photo of the label added", ""),
        ("What a device looks at", "Stadhuis"),
    ]
    page = client.get(f"{HERE}{id}/timeline/").content.decode()
    assert "on its picture" in page and "Ground floor" in page


@pytest.mark.parametrize(("day", "passed"), [("2020-01-01", True), ("2999-01-01", False)])
def test_a_day_that_has_passed_is_not_proposed(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, day: str, passed: bool
) -> None:
    monkeypatch.setattr("custodiet.web.people.earliest", lambda _findings: day)
    client = person("editor")
    page = client.get(f"{HERE}{_device(client)}/").content.decode()
    assert (f'value="{day}"' in page) is not passed
    assert ("has passed." in page) is passed


def test_the_timeline_tells_all_of_it(person: Callable[..., Any]) -> None:
    client = person("decider")
    id = _device(client)
    client.post(f"{HERE}{id}/note/", {"text": "seen on the wall"})
    client.post(f"{HERE}{id}/decide/", {"kind": "not-ours", "reason": "of the museum"})
    client.post(f"{HERE}{id}/action/", {"kind": "isolate"})
    told = client.get(f"{HERE}{id}/timeline/?as=json").json()
    assert {"known", "said", "action"} <= {event["kind"] for event in told["events"]}
    assert [event["at"] for event in told["events"]] == sorted((e["at"] for e in told["events"]), reverse=True)
    page = client.get(f"{HERE}{id}/timeline/").content.decode()
    assert "of the museum" in page
    assert client.get(f"{HERE}no-such/timeline/").status_code == 404


def test_the_report_holds_what_was_decided_and_what_is_to_be_done(person: Callable[..., Any]) -> None:
    client = person("decider")
    id, other = _device(client), _device(client, 1)
    client.post(f"{HERE}{id}/decide/", {"kind": "accepted", "reason": "the lobby is rebuilt", "until": "2099-01-01"})
    client.post(f"{HERE}{id}/action/", {"kind": "replace", "due": "2099-12-01"})
    client.post(f"{HERE}{id}/note/", {"text": "only for us"})
    client.post(f"{HERE}{other}/decide/", {"kind": "not-ours", "reason": "taken back later"})
    [said] = _people(client, other)["said"]
    client.post(f"{HERE}{other}/withdraw/", {"number": said["number"], "reason": "it is ours"})
    page = b"".join(client.get("/b/waterdorp/?as=report").streaming_content).decode()
    told = " ".join(document_fromstring(page).text_content().split())
    assert "A decision is recorded about 1 device. 1 action is open." in told
    assert "Accepted up to and including 1 Jan 2099: the lobby is rebuiltdecider" in told
    assert "Replace by 1 Dec 2099: nobody yet" in told
    assert not [left for left in ("only for us", "taken back later") if left in told]
    assert "sites file" not in told, "nobody here has one"
    assert "assessment.json" not in told
    for address in ("/b/waterdorp/?as=xlsx",):
        book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(client.get(address).streaming_content)))
        rows = book.get_sheet_by_name("Decided").to_python()[1:]
        assert [row[2:4] for row in rows] == [["decision", "Accepted"], ["open action", "Replace"]]
        assert (rows[0][5:7], rows[1][8]) == (["the lobby is rebuilt", "2099-01-01"], "2099-12-01")


def test_what_a_report_calls_a_decision_the_pages_call_the_same() -> None:
    from custodiet.report import recorded
    from custodiet.web import labels

    assert {id: str(name) for id, (name, _) in labels.DECISIONS.items() if id != "note"} == dict(recorded.DECISIONS)
    assert {id: str(name) for id, name in labels.ACTIONS.items()} == dict(recorded.ACTIONS)


def test_two_that_are_not_one_are_named_in_the_report(person: Callable[..., Any]) -> None:
    from datetime import UTC, datetime

    from custodiet.web.estate import Estate
    from custodiet.web.people import recorded_of
    from custodiet.web.store.models import Body, Note, Source

    body, source = Body.objects.get(id="waterdorp"), Source.objects.filter(body="waterdorp")[0]
    id = _device(person("decider"))
    Note.objects.create(
        body=body, device=id, kind="apart", value=f"{source.id}/row:1 | {source.id}/row:2", until="", text="two boxes",
        who="a@example.org", at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    [told] = recorded_of(Estate(body))[id].decided
    assert told.value.count("register-waterdorp.csv: row:") == 2


def test_what_was_recorded_is_said_once(person: Callable[..., Any]) -> None:
    client, said = person("decider"), "It is recorded, and stands in the log."
    id = _device(client)
    assert client.post(f"{HERE}{id}/note/", {"text": "seen"}).status_code == 302
    assert client.get(f"{HERE}{id}/?as=json").status_code == 200  # a program is not told, and takes it from nobody
    page = client.get(f"{HERE}{id}/").content.decode()
    assert f'role="status" class="good told"><bdi class="value">{said}' in page
    assert said not in client.get(f"{HERE}{id}/").content.decode()
