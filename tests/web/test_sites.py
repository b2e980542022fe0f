"""Answers about sites: recorded with who and why, put into the body, and shown as not judged by yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from custodiet.model import Body, Decision, Site, Zone

HERE = "/b/waterdorp/"
YES, NO = Decision(answer="yes", decided_by="a"), Decision(answer="no", decided_by="b")


def _recorded(site: str, zone: str, condition: str, decision: Decision) -> Any:
    pytest.importorskip("django")
    from custodiet.web.site_decisions import Recorded

    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Recorded(site=site, zone=zone, condition=condition, decision=decision, who="x@example.org", at=at)


def test_answers_take_the_place_of_those_that_came_with_the_body(web: None) -> None:
    from custodiet.web.site_decisions import with_decisions

    hall = Site(id="hall", name="Hall", facts={"one": NO, "two": NO}, zones=(Zone(id="core"), Zone(id="guests")))
    depot = Site(id="depot", name="Depot", facts={"one": NO})
    body = Body(id="b", name="B", kind="k", country="NL", sites=(hall, depot), facts={"three": NO})
    told = [
        _recorded("hall", "", "one", YES),
        _recorded("hall", "core", "", YES),
        _recorded("", "", "four", YES),
        _recorded("gone", "", "one", YES),
        _recorded("hall", "gone", "", YES),
    ]
    after = with_decisions(body, told)
    assert after.facts == {"three": NO, "four": YES}
    assert [site.facts for site in after.sites] == [{"one": YES, "two": NO}, {"one": NO}]
    assert [zone.core.answer for zone in after.sites[0].zones] == ["yes", "unknown"]
    assert with_decisions(body, []) == body


@pytest.fixture
def asked_of(web: None) -> str:
    """A condition that a directive asks of places, as if it asked it of this body."""
    import msgspec

    from custodiet.web.estate import Estate
    from custodiet.web.knowledge import names_of
    from custodiet.web.store.models import Body as Row
    from custodiet.web.store.models import Published

    row = Row.objects.get(id="waterdorp")
    names = names_of(Estate(row))
    directive = next(d for d in names.directives.values() if any(r.where for r in d.requirements))
    Published.objects.filter(body=row).update(directives=msgspec.json.encode([directive.id]).decode())
    return next(condition for r in directive.requirements for condition in r.where)


def _limb(client: Any, condition: str, site: str = "stadhuis/") -> dict[str, Any]:
    limbs = client.get(f"{HERE}sites/{site}?as=json").json()["limbs"]
    return next(limb for limb in limbs if limb["condition"] == condition)


def test_an_answer_is_recorded_and_told_as_not_judged_by_yet(person: Callable[..., Any], asked_of: str) -> None:
    from custodiet.web.store.models import Body as Row
    from custodiet.web.store.models import Logged

    client = person("decider")
    limb = _limb(client, asked_of)
    assert (limb["decision"]["answer"], limb["judged_before"]) == ("unknown", False)
    told = {
        "site": "stadhuis",
        "condition": asked_of,
        "answer": "yes",
        "reason": "the council meets here",
        "by": "mayor",
    }
    answer = client.post(f"{HERE}site-decision/", told)
    assert (answer.status_code, answer["Location"]) == (302, f"{HERE}sites/stadhuis/")
    limb = _limb(client, asked_of)
    assert (limb["decision"]["answer"], limb["decision"]["decided_by"], limb["judged_before"]) == ("yes", "mayor", True)
    page = client.get(f"{HERE}sites/stadhuis/").content.decode()
    assert "the council meets here" in page
    assert "last judged before this answer" in page
    row = Logged.objects.order_by("-number").first()
    assert row is not None
    assert (row.what, row.about, row.why) == ("site decided", "stadhuis", "the council meets here")
    Row.objects.filter(id="waterdorp").update(published=datetime.now(UTC))
    assert not _limb(client, asked_of)["judged_before"]
    client.post(f"{HERE}site-decision/", told | {"answer": "no"})
    assert _limb(client, asked_of)["decision"]["answer"] == "no"


@pytest.mark.parametrize(
    "told",
    [
        {"site": "no-such"},
        {"condition": "no-such"},
        {"zone": "no-such"},
        {"reason": ""},
        {"on": "once"},
        {"on": "2999-01-01"},
    ],
)
def test_an_answer_to_what_nobody_asks_is_refused(
    person: Callable[..., Any], asked_of: str, told: dict[str, str]
) -> None:
    from custodiet.web.store.models import SiteDecision

    whole = {"site": "stadhuis", "condition": asked_of, "answer": "yes", "reason": "x"} | told
    assert person("decider").post(f"{HERE}site-decision/", whole).status_code == 400
    assert not SiteDecision.objects.exists()


def test_an_editor_does_not_decide(person: Callable[..., Any], asked_of: str) -> None:
    client = person("editor")
    told = {"site": "stadhuis", "condition": asked_of, "answer": "yes", "reason": "x"}
    assert client.post(f"{HERE}site-decision/", told).status_code == 404
    assert "site-decision" not in client.get(f"{HERE}sites/stadhuis/").content.decode()


def test_sites_are_listed_with_their_devices(person: Callable[..., Any]) -> None:
    client = person("viewer")
    told = client.get(f"{HERE}sites/?as=json").json()
    assert [(one["id"], one["devices"]) for one in told["sites"]] == [("stadhuis", 2)]
    assert told["elsewhere"]["devices"] == 1
    assert "Stadhuis" in client.get(f"{HERE}sites/").content.decode()
    assert client.get(f"{HERE}sites/geheimhuis/").status_code == 404


def test_devices_are_judged_anew_with_the_answers(person: Callable[..., Any], asked_of: str, tmp_path: Path) -> None:
    from custodiet.web.estate import Estate
    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Body as Row

    client = person("decider")
    told = {"site": "stadhuis", "condition": asked_of, "answer": "yes", "reason": "x", "until": "2030-01-01"}
    client.post(f"{HERE}site-decision/", told)
    assert client.post(f"{HERE}judge-again/").status_code == 302
    assert client.post(f"{HERE}judge-again/").status_code == 302
    assert "waits for its turn" in client.get(f"{HERE}sites/").content.decode()
    job = work_once(tmp_path, pulse=False)
    assert job is not None
    assert work_once(tmp_path, pulse=False) is None
    job.refresh_from_db()
    assert job.state == "done", job.reason
    head = Estate(Row.objects.get(id="waterdorp")).assessment()
    assert head is not None
    assert head.body is not None
    [site] = head.body.sites
    assert (site.facts[asked_of].answer, site.facts[asked_of].until) == ("yes", "2030-01-01")
    assert site.facts[asked_of].decided_on == datetime.now(UTC).date().isoformat()
    assert client.get(f"{HERE}sites/?as=json").json()["sites"][0]["devices"] == 2
    assert "judging anew is done" in client.get(f"{HERE}sites/").content.decode()


def test_an_answer_does_not_end_before_it_is_given_and_one_that_ran_out_is_told(person: Callable[..., Any]) -> None:
    client = person("decider")
    [limb, *_] = client.get(f"{HERE}sites/stadhuis/?as=json").json()["limbs"]
    told = {"site": "stadhuis", "zone": limb["zone"], "condition": limb["condition"], "answer": "yes", "reason": "so"}
    for until, status in (("2020-01-01", 400), ("2999-01-01", 302)):
        assert client.post(f"{HERE}site-decision/", told | {"until": until}).status_code == status
    assert "<strong>ended</strong>" not in client.get(f"{HERE}sites/stadhuis/").content.decode()
    assert client.post(f"{HERE}site-decision/", told | {"on": "2019-01-01", "until": "2020-01-01"}).status_code == 302
    assert "<strong>ended</strong>" in client.get(f"{HERE}sites/stadhuis/").content.decode()
