"""What comes with time is told once a morning: work, days of the law, devices not seen, a log that is not whole."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from web.alerted import AT, Left, body, parts, served, told, wants

__all__ = ["served"]


@pytest.fixture(autouse=True)
def _quiet(web: None) -> None:
    """Nothing that the results of these tests say of time; the day before was looked at."""
    from custodiet.web.store.models import Body, Device, Looked, Published

    Published.objects.update(deadline="")
    Device._base_manager.update(last_seen=None)
    for id in Body.objects.values_list("id", flat=True):
        Looked.objects.create(body=id, day=(AT - timedelta(days=1)).date().isoformat())


def look(days: int = 0) -> list[Any]:
    """What is told on a morning, so many days later."""
    from custodiet.web.alerts.daily import look as at

    before = {one.number for one in told()}
    at(AT + timedelta(days=days))
    return [one for one in told() if one.number not in before]


def work(due: int, owner: str = "", state: str = "open", label: str = "Dome") -> Any:
    from custodiet.web.store.models import Work

    text = (AT.date() + timedelta(days=due)).isoformat()
    return Work.objects.create(
        body=body(), asset=f"a{due}", label=label, kind="replace", owner=owner, due=text, state=state, evidence="",
        who="x@example.org", at=AT - timedelta(days=100),
    )  # fmt: skip


def test_a_morning_is_looked_at_once_and_not_at_night(web: None) -> None:
    from custodiet.web.alerts.daily import look as at
    from custodiet.web.store.models import Body

    work(-1)
    assert at(AT.replace(hour=4)) == 0 and told() == []
    assert at(AT) == Body.objects.count()
    assert at(AT + timedelta(hours=3)) == 0 and len(told()) == 1 and told("geheimstad") == []


def test_work_is_told_when_it_becomes_due_or_late_and_on_mondays(web: None) -> None:
    work(7)
    work(30)
    work(-50, state="done")
    days = {day: look(day) for day in range(15)}
    [first] = days[0]
    part = parts(first)["work"]
    assert (part.count, part.late, [one.due for one in part.first]) == (1, 0, ["2026-11-25"])
    # Wednesday: due in a week; Thursday of the week after: late; Mondays
    assert [day for day, found in days.items() if found] == [0, 5, 8, 12]
    assert parts(days[8][0])["work"].late == 1


def test_days_on_which_nobody_looked_are_made_up_for(web: None) -> None:
    work(9)
    assert look(0) == []
    [later] = look(9)  # a Friday, on which it is neither new within the week nor late yet
    assert parts(later)["work"].count == 1


def test_who_answers_for_work_hears_of_theirs_alone(served: None, person: Callable[..., Any]) -> None:
    one, both, left = person("viewer"), person("viewer"), Left()
    wants(one, "own-work")
    wants(both, "own-work", "work")
    work(7, owner="viewer0@example.org", label="Mine")
    work(7, owner="other@example.org", label="Theirs")
    look()
    assert left.deliver() == 2
    texts = {mail["To"]: mail.get_content() for mail in left.mails}
    assert (
        "1 action that you answer for" in texts["viewer0@example.org"]
        and "Mine, Replace" in texts["viewer0@example.org"]
    )
    assert "Theirs" not in texts["viewer0@example.org"]
    assert (
        "2 actions of this body" in texts["viewer1@example.org"]
        and "you answer for" not in texts["viewer1@example.org"]
    )
    look(1)
    assert left.deliver(AT + timedelta(days=1)) == 0


def test_an_action_is_told_once_to_who_chose_theirs_and_all(served: None, person: Callable[..., Any]) -> None:
    one, left = person("viewer"), Left()
    wants(one, "own-work", "work")
    work(7, owner="viewer0@example.org", label="Mine")
    look()
    assert left.deliver() == 1 and "of others" not in left.mails[0].get_content()
    work(1, owner="other@example.org", label="Theirs")
    look(5)
    assert left.deliver(AT + timedelta(days=5)) == 1
    text = left.mails[1].get_content()
    assert text.count("Mine, Replace") == text.count("Theirs, Replace") == 1
    assert "1 action that you answer for" in text
    assert "1 action of others" in text


def ends(days: int, *, devices: int = 12) -> None:
    """A directive sets a day for so many devices."""
    import zlib
    from array import array

    import msgspec

    from custodiet.web import columns
    from custodiet.web.store.models import Column, Device, Published

    day = (AT.date() + timedelta(days=days)).isoformat()
    last = Published.objects.filter(body="waterdorp").order_by("-number").first()
    assert last is not None
    Published.objects.filter(number=last.number).update(deadline=day)
    total = Device.objects.filter(body="waterdorp").count()
    codes = array("I", [int(place < devices) for place in range(total)]).tobytes()
    names = msgspec.msgpack.encode(["", f"au-defence-removal-2023@{day}"])
    Column.objects.filter(body="waterdorp", field="due").update(names=names, codes=zlib.compress(codes))
    columns._held.forget()


def test_a_morning_is_one_message(served: None, person: Callable[..., Any]) -> None:
    import json

    from django.db import connection

    from custodiet.web.knowledge import catalog
    from custodiet.web.store.models import Device
    from web.alerted import hook

    one, left = person("administrator"), Left()
    wants(one, "deadline", "work", "own-work", "chain")
    hook(one, "deadline", "work", "chain")
    ends(-1)
    work(-1, owner="administrator0@example.org")
    with connection.cursor() as cursor:
        cursor.execute("update logged set who = 'nobody' where what = 'alerts chosen'")
    [alert] = look()
    assert list(parts(alert)) == ["chain", "deadline", "work"]
    assert left.deliver() == 2
    [mail], [(_place, sent, _heads)] = left.mails, left.posts
    part = next(part for part in json.loads(sent)["parts"] if part["topic"] == "deadline")
    total = Device.objects.filter(body="waterdorp").count()
    assert part["count"] == min(total, 12) and len(part["first"]) == min(total, 10)
    assert part["directives"] == ["au-defence-removal-2023"]
    text = mail.get_content()
    assert catalog().directives["au-defence-removal-2023"].title in " ".join(text.split())
    assert all(named["label"] in text for named in part["first"])
    assert "has passed, and" in text and "not satisfy it." in text
    assert list(parts(look(5)[0])) == ["work"], "a Monday, on which neither is told again"


def test_a_day_of_the_law_is_told_at_each_step_once(web: None) -> None:
    from custodiet.web.store.models import Published

    last = Published.objects.filter(body="waterdorp").order_by("-number").first()
    assert last is not None
    Published.objects.filter(number=last.number).update(deadline=(AT.date() + timedelta(days=40)).isoformat())
    days = {day: [parts(one)["deadline"].left for one in look(day)] for day in (0, 9, 10, 11, 32, 33, 40, 41, 42)}
    assert {day: left for day, left in days.items() if left} == {10: [30], 33: [7], 41: [-1]}


def test_a_month_of_the_law_is_its_last_day(web: None) -> None:
    from custodiet.web.store.models import Published

    Published.objects.filter(body="waterdorp").update(deadline=f"{AT:%Y-%m}")
    last = monthrange(AT.year, AT.month)[1]
    [left] = {parts(one)["deadline"].left for one in look(0)}
    assert left == last - AT.day


def test_devices_that_were_not_seen_for_a_month_are_told_when_that_begins(web: None) -> None:
    from custodiet.web.store.models import Device

    seen = datetime(2026, 10, 20, 12, tzinfo=UTC)
    some = Device.objects.filter(body="waterdorp").first()
    assert some is not None
    Device.objects.filter(body="waterdorp", id=some.id).update(last_seen=seen.timestamp())
    days = {day: look(day) for day in range(5)}
    [alert] = [one for found in days.values() for one in found]
    part = parts(alert)["unseen"]
    assert (part.count, part.first[0].id) == (1, some.id)
    assert alert.at.date() == date(2026, 11, 20) == (seen + timedelta(days=31)).date()


def test_a_log_that_is_not_whole_is_told_to_auditors(served: None, person: Callable[..., Any]) -> None:
    from django.db import connection

    from custodiet.web import log

    auditor, viewer, left = person("auditor"), person("viewer"), Left()
    wants(auditor, "chain")
    assert look() == []
    log.write(who="me@example.org", what="note kept", body="waterdorp")
    with connection.cursor() as cursor:
        cursor.execute("update logged set who = 'nobody' where who = 'me@example.org'")
    assert [one.event for one in look(1)] == ["day"] and look(2) == []
    assert left.deliver(AT + timedelta(days=2)) == 1
    [mail] = left.mails
    assert mail["To"].startswith("auditor") and "custodiet audit-log verify" in mail.get_content()
    assert "not whole" in auditor.get("/b/waterdorp/alerts/").content.decode()
    assert "not whole: row" not in viewer.get("/b/waterdorp/alerts/").content.decode()


def test_a_body_that_cannot_be_looked_at_keeps_nobody_from_it(
    web: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from custodiet.web.alerts import daily

    real = daily._look_at

    def broken(one: Any, *more: Any) -> None:
        if one.id == "geheimstad":
            raise ValueError
        real(one, *more)

    monkeypatch.setattr(daily, "_look_at", broken)
    work(-1)
    assert len(look()) == 1 and "ValueError" in caplog.text
    caplog.clear()
    assert daily.look(AT + timedelta(minutes=1)) == 0 and caplog.text == ""
