"""A refused form is no dead end: the frame of the body, the reason as a sentence, the way back, what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lxml.html
import pytest

pytest.importorskip("django", reason="the extra `web` is not installed")

HERE = "/b/waterdorp/"
GIVE = f"{HERE}members/give/"
NASTY = "<script>alert(1)</script>\nsecond line"


def test_a_refused_form_leads_back_and_keeps_what_was_typed(person: Callable[..., Any]) -> None:
    client = person("administrator")
    told = {"email": "nobody@example.org", "role": "viewer", "why": NASTY}
    answer = client.post(GIVE, told, headers={"Referer": f"http://testserver{HERE}members/?person=3"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert f'href="{HERE}members/?person=3" data-back' in page
    assert f'href="{HERE}devices/"' in page and "Waterdorp" in page
    assert "nobody@example.org</textarea>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\nsecond line</textarea>" in page and "<script>alert" not in page
    heading = page.partition("<h1>")[2].partition("</h1>")[0]
    assert heading.replace('<bdi class="value">', "")[0].isupper() and "." in heading
    asked = client.post(GIVE, told, headers={"Accept": "application/json"})
    assert asked.status_code == 400 and set(asked.json()) == {"reason", "next_step"}


@pytest.mark.parametrize(
    "told",
    [
        "http://elsewhere.example/b/waterdorp/members/",
        "http://testserver@elsewhere.example/",
        "//elsewhere.example/",
        "javascript:alert(1)",
        "http://testserver//elsewhere.example/",
        "",
    ],
)
def test_the_way_back_is_never_to_another_site(person: Callable[..., Any], told: str) -> None:
    client = person("administrator")
    answer = client.post(GIVE, {"email": "nobody@example.org", "role": "viewer"}, headers={"Referer": told})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "data-back" not in page and "elsewhere" not in page and "javascript:" not in page
    assert f'href="{HERE}"' in page


@pytest.mark.parametrize(
    ("field", "value", "english", "dutch"),
    [
        ("days", "0", "“Number of days” cannot be what stands there. It takes a number of at least 1.",
         "Bij ‘Aantal dagen’ kan dit niet staan. Hier hoort een getal van ten minste 1."),
        ("days", "x", "It takes a whole number.", "Hier hoort een geheel getal."),
        ("label", "", "“Name” is not filled in", "‘Naam’ is niet ingevuld"),
        ("label", "x" * 81, "It takes at most 80 letters.", "Er passen hoogstens 80 letters in."),
    ],
)  # fmt: skip
def test_people_are_told_which_field_and_what_it_takes(
    person: Callable[..., Any], field: str, value: str, english: str, dutch: str
) -> None:
    client = person("administrator")
    form = {"label": "mine", "rights": ["see"], "days": "7"} | {field: value}
    for language, told in (("en", english), ("nl", dutch)):
        answer = client.post(f"{HERE}tokens/make/", form, headers={"Accept-Language": language})
        page = lxml.html.fromstring(answer.content).xpath("//main")[0]
        said = " ".join(" ".join(page.itertext()).split())
        assert answer.status_code == 400 and told in said, said
        assert "Expected" not in said and "$" not in said
    asked = client.post(f"{HERE}tokens/make/", form, headers={"Accept": "application/json", "Accept-Language": "nl"})
    assert asked.json()["reason"].startswith("This is not what is asked for here: ")


def test_no_secret_is_shown_again(person: Callable[..., Any]) -> None:
    client = person("administrator")
    told = {"old": "not my password", "new": "short-secret", "again": "short-secret"}
    page = client.post("/account/password/", told, headers={"Referer": "http://testserver/account/"}).content.decode()
    assert "short-secret" not in page and "not my password" not in page
    page = client.post(GIVE, {"email": "x", "password": "a secret one", "code": "123456"}).content.decode()
    assert "a secret one" not in page and "123456" not in page
