"""What an earlier version concluded, in a form that is not understood any more, is concluded anew; nothing else is."""

from __future__ import annotations

import json
import lzma
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custodiet.casefile import SHAPE, Case
from custodiet.errors import UsageError


def test_conclusions_of_this_version_are_left_alone(web: None) -> None:
    from custodiet.web.renewed import renew

    assert renew() == []


def test_conclusions_of_an_earlier_version_are_made_anew(person: Callable[..., Any], tmp_path: Path) -> None:
    from custodiet.web.jobs.work import work_once
    from custodiet.web.renewed import renew
    from custodiet.web.store.models import Body, Device, Kept, Logged

    browser = person("viewer")
    ways = ["/b/waterdorp/", "/b/waterdorp/devices/"]
    device = Device.objects.filter(body="waterdorp").first()
    before = [browser.get(way).status_code for way in ways]
    assert before == [200, 200]
    labels = set(Device.objects.filter(body="waterdorp").values_list("label", flat=True))

    # every noun had another form: nothing that was concluded is understood, and little of what it rested on
    odd = msgspec.msgpack.encode({"odd": 1})
    Kept.objects.filter(body="waterdorp", key=SHAPE).update(value="of another version")
    context = Kept.objects.get(body="waterdorp", key="context")
    Kept.objects.filter(body="waterdorp", key="context").update(
        value=json.dumps(json.loads(context.value) | {"directives": [{"odd": 1}]})
    )
    Device.objects.filter(body="waterdorp").update(entry=zlib.compress(odd))
    Body.objects.filter(id="waterdorp").update(assessment=odd, published=Body.objects.get(id="geheimstad").published)
    told = browser.get(f"/b/waterdorp/devices/{device.id}/")
    assert told.status_code == 400 and "concluded anew" in told.content.decode()

    assert renew() == ["Waterdorp"]
    assert renew() == []
    job = work_once(tmp_path, pulse=False)
    job.refresh_from_db()
    assert job.state == "done", job.reason
    assert [browser.get(way).status_code for way in ways] == before
    assert browser.get(f"/b/waterdorp/devices/{device.id}/").status_code == 200
    assert set(Device.objects.filter(body="waterdorp").values_list("label", flat=True)) == labels
    told = Kept.objects.get(body="waterdorp", key="context").value
    assert json.loads(told)["on"] == "2025-12-01" and json.loads(told)["body"]["sites"][0]["name"] == "Stadhuis"
    assert list(Logged.objects.filter(what="again asked for").values_list("who", flat=True)) == ["custodiet serve"]
    assert renew() == []


def test_a_case_of_an_earlier_version_is_not_put_in_and_why_is_said(web: None, tmp_path: Path) -> None:
    from custodiet.web.first import put_case
    from custodiet.web.store.models import Body

    kept = Path(__file__).resolve().parents[1] / "casefile" / "formats" / "1-4.sqlite.xz"
    (tmp_path / "case.sqlite").write_bytes(lzma.decompress(kept.read_bytes()))
    before = Body.objects.count()
    with pytest.raises(UsageError, match="another version") as told:
        put_case(tmp_path / "case.sqlite")
    assert "custodiet audit" in told.value.next_step
    assert Body.objects.count() == before


def test_a_case_that_is_understood_is_of_this_form_once_it_is_put_in(
    web: None, cases: dict[str, Path], tmp_path: Path
) -> None:
    from custodiet.web.first import put_case
    from custodiet.web.renewed import renew
    from custodiet.web.store.models import Body, Logged

    path = tmp_path / "nowhere.sqlite"
    shutil.copy(cases["waterdorp"], path)
    with Case(path) as case:
        context = json.loads(case.meta("context") or "")
        case.set_metas(
            {"context": json.dumps(context | {"body": context["body"] | {"name": "Nowhere"}}), SHAPE: "older"}
        )
    put_case(path)
    assert Body.objects.filter(id="nowhere").exists() and renew() == []
    before = Logged.objects.count()
    put_case(path)
    assert Logged.objects.count() == before, "it is not put in again"
