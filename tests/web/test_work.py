"""Actions have an owner of the body, a day, and an end with evidence; progress is drawn of what was concluded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custodiet.model.finding import Status

HERE = "/b/waterdorp/"


@pytest.fixture
def editor(person: Callable[..., Any]) -> Any:
    """An editor's browser, in which the id and address of a device are at hand."""
    client = person("editor")
    client.device = client.get(f"{HERE}devices/?as=json").json()["rows"][0]["id"]
    client.mine = client.get(f"{HERE}work/?as=json").json()["owners"][0]
    return client


def _set(client: Any, **told: str) -> int:
    answer = client.post(f"{HERE}devices/{client.device}/action/", {"kind": "replace"} | told)
    return int(answer.status_code)


def _rows(client: Any, question: str = "") -> list[dict[str, Any]]:
    return list(client.get(f"{HERE}work/?as=json{question}").json()["rows"])


def test_an_action_is_set_and_found(editor: Any) -> None:
    assert _set(editor, owner=editor.mine, due="2099-01-31") == 302
    assert _set(editor) == 302
    assert len(_rows(editor)) == 2
    [mine] = _rows(editor, f"&owner={editor.mine}")
    assert mine["action"] == {
        "asset": editor.device, "kind": "replace", "owner": editor.mine, "due": "2099-01-31", "state": "open",
        "evidence": "",
    }  # fmt: skip
    assert len(_rows(editor, "&owner=nobody")) == 1
    assert len(_rows(editor, "&due=2099-02-01")) == 1
    assert _rows(editor, "&due=2099-01-30") == []
    assert _rows(editor, "&state=done") == []
    assert "31 Jan 2099" in editor.get(f"{HERE}work/").content.decode()


@pytest.mark.parametrize(
    "told",
    [{"owner": "nobody@example.org"}, {"due": "soon"}, {"due": "2026-11-01"}, {"kind": "bless"}, {"kind": "accept"}],
)
def test_an_action_that_cannot_be_is_refused(editor: Any, told: dict[str, str]) -> None:
    assert _set(editor, **told) == 400
    assert _rows(editor, "&state=all") == []


def test_who_may_decide_may_accept(person: Callable[..., Any], editor: Any) -> None:
    decider = person("decider")
    decider.device = editor.device
    assert _set(decider, kind="accept") == 302


def test_an_action_ends_with_its_evidence_and_the_log_has_both_sides(editor: Any) -> None:
    import msgspec

    from custodiet.web.store.models import Logged

    _set(editor)
    number = _rows(editor)[0]["number"]
    assert editor.get(f"{HERE}work/{number}/").status_code == 200
    address = f"{HERE}work/{number}/change/"
    assert editor.post(address, {"state": "done"}).status_code == 400
    assert editor.post(address, {"state": "done", "evidence": "order 17"}).status_code == 302
    assert _rows(editor) == []
    [done] = _rows(editor, "&state=done")
    assert done["action"]["evidence"] == "order 17"
    said = msgspec.json.decode(Logged.objects.order_by("-number").first().said)  # type: ignore[union-attr]
    assert (said["before"]["state"], said["after"]["state"]) == ("open", "done")
    table = b"".join(editor.get(f"{HERE}work/?as=csv&state=all")).decode()
    assert "order 17" in table


def test_an_action_of_another_body_does_not_exist(editor: Any, person: Callable[..., Any]) -> None:
    _set(editor)
    number = _rows(editor)[0]["number"]
    theirs = person("administrator", "geheimstad")
    assert theirs.get(f"/b/geheimstad/work/{number}/").status_code == 404
    assert theirs.post(f"/b/geheimstad/work/{number}/change/", {"state": "open"}).status_code == 404
    assert _rows(editor)[0]["action"]["state"] == "open"


def test_a_day_is_proposed_where_a_directive_names_one() -> None:
    from custodiet.model import Finding
    from custodiet.web.progress import earliest

    def finding(deadline: str = "", status: Status = "not_satisfied") -> Finding:
        return Finding(
            asset="a", directive="d", requirement="r", strength="must", on="2026-01-01", status=status,
            outcome="must be gone", severity="high", confidence=1.0, because="so", deadline=deadline,
        )  # fmt: skip

    late, soon = finding(deadline="2099-03"), finding(deadline="2026-12-01")
    assert earliest([late, soon]) == "2026-12-01"
    assert earliest([late]) == "2099-03-31"
    assert earliest([finding(deadline="2026-12-01", status="satisfied"), finding()]) == ""


def _published(body: str, days: int, sites: dict[str, tuple[int, int, int]], deadline: str = "") -> None:
    import msgspec

    from custodiet.web.store.models import Published

    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
    text = msgspec.json.encode(sites).decode()
    Published.objects.create(
        body_id=body, at=at, on=at.date().isoformat(), sites=text, directives="[]", standings="{}", deadline=deadline
    )


def test_the_burndown_tells_what_was_concluded_and_no_more(web: None, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Published

    Published.objects.filter(body="waterdorp").delete()
    client = person("viewer")
    assert "<svg" not in client.get(f"{HERE}work/").content.decode()
    _published("waterdorp", 0, {"hall": (5, 2, 1), "depot": (3, 1, 0), "": (2, 1, 0)}, "2026-06-01")
    _published("waterdorp", 60, {"hall": (5, 0, 1), "depot": (3, 1, 0), "": (2, 0, 0)}, "2026-06-01")
    _published("geheimstad", 61, {"hidden": (99, 99, 0)}, "2020-01-01")
    told = client.get(f"{HERE}work/?as=json").json()["burndown"]
    steps = [(step["sites"], step["of"], step["devices"], step["elsewhere"]) for step in told["steps"]]
    assert steps == [(2, 2, 4, 1), (1, 2, 1, 0)]
    assert told["deadline"] == "2026-06-01"
    page = client.get(f"{HERE}work/").content.decode()
    picture = page[page.index("<svg") : page.index("</svg>")]
    assert picture.count("<circle") == 2
    assert "style=" not in picture
    assert "1 June 2026" in page


def test_one_conclusion_is_a_line_to_today_and_no_lone_dot() -> None:
    from custodiet.web.burndown import Burndown, Step, picture

    one = Step(at=datetime(2026, 1, 1, 9, tzinfo=UTC), on="2026-01-01", sites=1, of=2, devices=3, elsewhere=0)

    def drawn(today: str, deadline: str = "") -> str:
        return str(picture(Burndown(steps=(one,), deadline=deadline), "title", "law", today))

    assert 'd="M60.0 135.0H660.0"' in drawn("2026-03-01") and "1 Mar 2026" in drawn("2026-03-01")
    assert 'd="M60.0 135.0H660.0"' in drawn("2026-01-01") and drawn("2026-01-01").count("1 Jan 2026") == 1
    assert 'd="M60.0 135.0H660.0"' not in drawn("2026-03-01", "2026-12-01")
    late = Step(at=datetime(2026, 1, 1, tzinfo=UTC), on="2025-07-05", sites=1, of=2, devices=3, elsewhere=0)
    told = str(picture(Burndown(steps=(late,), deadline="2025-01-01"), "title", "law", "2026-01-01"))
    [line] = re.findall(r'd="M([\d.]+) 135.0H660.0"', told)
    assert 350 < float(line) < 370, "it stood so on the day it was judged for, half a year ago"
