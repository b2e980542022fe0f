"""Floor plans: their pixels alone are kept, a pin says where a device hangs, and all of it is of one body."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

Image = pytest.importorskip("PIL.Image", reason="the extra `web` is not installed")

HERE = "/b/waterdorp/"
SITE = f"{HERE}sites/stadhuis/"


def drawn(kind: str = "PNG", **more: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(file, kind, **more)
    return file.getvalue()


def bring(client: Any, data: bytes | None = None, name: str = "Ground floor") -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = SimpleUploadedFile("plan.png", drawn() if data is None else data)
    return client.post(f"{SITE}plans/add/", {"name": name, "picture": sent})


@pytest.fixture
def plan(person: Callable[..., Any]) -> tuple[Any, str]:
    """An editor, and the address of a plan."""
    client = person("editor")
    answer = bring(client)
    assert answer.status_code == 302, answer.content.decode()
    return client, answer["Location"]


def device(client: Any, tag: str = "W-1") -> str:
    return str(client.get(f"{HERE}devices/?as=json&q={tag}").json()["rows"][0]["id"])


def test_a_plan_is_kept_as_pixels_and_served_as_a_picture(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged

    client = person("editor")
    answer = bring(client, drawn("JPEG", comment=b"the safe is in room 4") + b"the safe is in room 4")
    page = client.get(answer["Location"]).content.decode()
    assert "Ground floor" in page and "No device is on it yet" in page
    picture = client.get(f"{answer['Location']}?as=picture")
    assert picture["Content-Type"] == "image/jpeg" and picture["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture["Content-Security-Policy"] and picture["Content-Disposition"].startswith("inline; ")
    assert b"safe" not in picture.content and Image.open(io.BytesIO(picture.content)).size == (200, 100)
    row = Logged.objects.exclude(what="looked at").order_by("-number").first()
    assert row is not None and (row.what, row.about) == ("plan added", "stadhuis")
    told = client.get(f"{SITE}?as=json").json()["plans"]
    assert [(one["name"], one["pins"]) for one in told] == [("Ground floor", 0)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "export it as PNG"),
        (b"%PDF-1.7", "export the page as PNG"),
        (drawn()[:-30], "damaged"),
    ],
    ids=["svg", "pdf", "broken"],
)
def test_what_is_no_picture_is_refused_with_what_to_do(person: Callable[..., Any], data: bytes, said: str) -> None:
    from custodiet.web.store.models import Plan

    answer = bring(person("editor"), data)
    assert answer.status_code == 400 and said in answer.content.decode()
    assert not Plan.objects.exists()


def test_a_plan_has_a_name_and_one_picture(person: Callable[..., Any]) -> None:
    client = person("editor")
    assert bring(client, name=" ").status_code == 400
    assert client.post(f"{SITE}plans/add/", {"name": "Ground floor"}).status_code == 400
    assert client.get(f"{SITE}plans/{10**30}/").status_code == 404


def test_a_pin_is_put_moved_and_taken_off(plan: tuple[Any, str]) -> None:
    from custodiet.web.store.models import Logged

    client, here = plan
    id = device(client)
    told = client.get(f"{here}?as=json").json()
    assert id in [one["device"] for one in told["left"]] and told["left_in_all"] == 2
    for x, direction in ((120, ""), (300, "90")):
        assert client.post(f"{here}pin/", {"device": id, "x": x, "y": 700, "direction": direction}).status_code == 302
    told = client.get(f"{here}?as=json").json()
    (pin,) = told["pins"]
    assert (pin["x"], pin["y"], pin["direction"], pin["known"], pin["here"]) == (300, 700, 90, True, True)
    assert id not in [one["device"] for one in told["left"]] and told["left_in_all"] == 1
    page = client.get(f"{here}?device={id}").content.decode()
    assert 'transform="translate(300 350.0)"' in page and 'transform="rotate(90)"' in page
    assert "300 from the left, 700 from the top" in page
    assert client.post(f"{here}unpin/", {"device": id}).status_code == 302
    assert client.post(f"{here}unpin/", {"device": id}).status_code == 400
    assert client.get(f"{here}?as=json").json()["pins"] == []
    assert list(Logged.objects.order_by("-number").values_list("what", flat=True)[:3]) == [
        "pin removed",
        "pin put",
        "pin put",
    ]


def test_devices_stand_there_as_a_register_describes_them(plan: tuple[Any, str]) -> None:
    client, here = plan
    id = device(client)
    found = client.get(f"{here}?as=json&q=camera hal").json()
    assert ([one["described"] for one in found["left"]], found["left_in_all"]) == (["Dome camera hal"], 1)
    for _ in range(2):  # not on the plan, and then on it
        assert "Dome camera hal" in client.get(here).content.decode().partition('id="pins-h"')[2]
        client.post(f"{here}pin/", {"device": id, "x": 1, "y": 1, "direction": ""})
    found = client.get(f"{here}?as=json&q=camera hal").json()
    assert ([one["described"] for one in found["pins"]], found["left_in_all"]) == (["Dome camera hal"], 0)


def test_a_pin_of_a_device_that_is_gone_says_so_and_can_be_taken_off(plan: tuple[Any, str]) -> None:
    from custodiet.web.store.models import Body, Plan, PlanPin

    client, here = plan
    row = Body.objects.get(id="waterdorp")
    fields: dict[str, Any] = {"label": "old camera", "x": 1, "y": 2, "who": "a@example.org"}
    PlanPin.objects.create(body=row, plan=Plan.objects.get(), device="ast-gone", at=Plan.objects.get().at, **fields)
    (pin,) = client.get(f"{here}?as=json").json()["pins"]
    assert (pin["label"], pin["known"], pin["stands"]) == ("old camera", False, "none")
    assert "not known any more" in client.get(here).content.decode()
    assert client.post(f"{here}unpin/", {"device": "ast-gone"}).status_code == 302


@pytest.mark.parametrize(
    "told",
    [{"x": 1001}, {"y": -1}, {"x": "left"}, {"direction": 360}, {"device": "no-such"}, {"device": "elsewhere"}],
    ids=str,
)
def test_what_is_not_on_the_plan_is_refused(plan: tuple[Any, str], told: dict[str, Any]) -> None:
    from custodiet.web.store.models import PlanPin

    client, here = plan
    if told.get("device") == "elsewhere":
        told = {"device": device(client, "W-3")}
    assert client.post(f"{here}pin/", {"device": device(client), "x": 1, "y": 1} | told).status_code == 400
    assert not PlanPin.objects.exists()


def test_there_are_bounds(plan: tuple[Any, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.pages import plans

    client, here = plan
    monkeypatch.setattr(plans, "MOST_PLANS", 1)
    monkeypatch.setattr(plans, "MOST_PINS", 1)
    answer = bring(client)
    assert answer.status_code == 400 and "at most 1 floor plans" in answer.content.decode()
    first, second = device(client), device(client, "W-2")
    assert client.post(f"{here}pin/", {"device": first, "x": 1, "y": 1}).status_code == 302
    assert client.post(f"{here}pin/", {"device": first, "x": 2, "y": 1}).status_code == 302
    assert client.post(f"{here}pin/", {"device": second, "x": 1, "y": 1}).status_code == 400


def test_who_may_only_see_changes_nothing(plan: tuple[Any, str], person: Callable[..., Any]) -> None:
    editor, here = plan
    for role in ("viewer", "auditor"):
        client = person(role)
        assert (
            client.get(here).status_code == 200 and "<form" not in client.get(here).content.decode().split("<main")[1]
        )
        assert client.get(f"{here}?as=picture").status_code == 200
        assert bring(client).status_code == 404
        assert client.post(f"{here}pin/", {"device": device(client), "x": 1, "y": 1}).status_code == 404
        assert client.post(f"{here}remove/", {"reason": "x"}).status_code == 404
    other = person("administrator", body="geheimstad")
    assert other.get(here).status_code == 404
    assert other.get(here.replace("waterdorp", "geheimstad").replace("stadhuis", "geheimhuis")).status_code == 404
    assert editor.get(here.replace("stadhuis", "elsewhere")).status_code == 404


def test_a_plan_is_removed_with_its_pins_and_a_reason(plan: tuple[Any, str]) -> None:
    from custodiet.web.store.models import Logged, Plan, PlanPin

    client, here = plan
    client.post(f"{here}pin/", {"device": device(client), "x": 1, "y": 1})
    assert client.post(f"{here}remove/").status_code == 400
    answer = client.post(f"{here}remove/", {"reason": "rebuilt"})
    assert (answer.status_code, answer["Location"]) == (302, SITE)
    assert not Plan.objects.exists() and not PlanPin.objects.exists()
    row = Logged.objects.order_by("-number").first()
    assert row is not None and (row.what, row.why) == ("plan removed", "rebuilt")
    assert client.get(here).status_code == 404
