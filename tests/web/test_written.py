"""Where something has to be written, space alone is nothing: of every deed, and in every form that the robot finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from custodiet.web.written import is_written

BLANK = " \t\n\u00a0\u3000\u200b\ufeff "
SAID = ("reason", "text", "evidence", "why")
"""Fields in which a person writes why, whatever the deed."""


def fields_of(deed: Any) -> dict[str, Any]:
    return {one.name: one for one in msgspec.structs.fields(deed.form)}


def deeds() -> list[Any]:
    from custodiet.web.page import Deed
    from custodiet.web.registry import ALL

    return [one for one in ALL if isinstance(one, Deed)]


def has_to_be_written(deed: Any) -> list[str]:
    return [name for name, one in fields_of(deed).items() if one.required and is_written(one.type)]


def test_every_reason_is_of_the_type_that_refuses_space(web: None) -> None:
    for deed in deeds():
        for name, one in fields_of(deed).items():
            assert is_written(one.type) == (name in SAID) or name in ("name", "label"), (deed.name, name, one.type)


def test_space_alone_is_refused_and_changes_nothing(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged
    from web.robot import work

    client = person("administrator", administrator=True)
    walked, wanted = work(client, "robot", "/"), {one.name: one for one in deeds() if has_to_be_written(one)}
    assert len(wanted) > 12 and wanted.keys() <= walked.forms.keys(), wanted.keys() - walked.forms.keys()
    for name, deed in wanted.items():
        for field in has_to_be_written(deed):
            form = walked.forms[name][-1]
            before = Logged.objects.count()
            told = form.sent() | {field: BLANK}
            answer = client.post(form.address, told, headers={"Accept": "application/json"})
            assert answer.status_code == 400 and f"`{field}`" in answer.json()["reason"], (name, field)
            assert Logged.objects.count() == before, (name, field)


def test_what_is_written_is_kept_without_the_space_around_it(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Device, Logged, Note

    client, device = person("editor"), Device.objects.filter(body="waterdorp").first()
    address = f"/b/waterdorp/devices/{device.id}/note/"
    assert client.post(address, {"text": "\n \u3000hangs  above\nthe door \t"}).status_code == 302
    assert Note.objects.get().text == "hangs  above\nthe door"
    client, before = person("decider"), Logged.objects.count()
    answer = client.post(f"/b/waterdorp/devices/{device.id}/decide/", {"kind": "accept", "reason": BLANK})
    assert answer.status_code == 400 and Logged.objects.count() == before


@pytest.mark.parametrize(
    ("text", "kept"), [("é", "é"), (" 7 ", "7"), ("…", "…"), ("\u200b", None), ("\u2063 \r", None)]
)
def test_what_is_there_to_be_seen(text: str, kept: str | None) -> None:
    from custodiet.web.pages.notes import Noted
    from custodiet.web.pages.work import New
    from custodiet.web.written import without_space

    assert without_space(Noted, {"text": text, "other": text}).get("text") == kept
    assert without_space(New, {"evidence": text, "owner": " x "}) == {"owner": " x "} | (
        {"evidence": kept} if kept else {}
    )
