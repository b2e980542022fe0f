"""What only people can answer is asked in words, and its link leads to where it is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("django", reason="the extra `web` is not installed")

NEED = "Is the purpose of this camera written down? (answer in the sites file: decided-record-purpose)"


def test_a_page_asks_in_words_and_a_report_names_the_file(started: None) -> None:
    from django.utils import translation

    from custodiet.report.retold import in_words
    from custodiet.report.speech import spoken
    from custodiet.web.language import Spoken

    assert in_words(NEED) == NEED
    with translation.override("en"), spoken(Spoken()):
        assert in_words(NEED) == "Is the purpose of this camera written down?"
        told = in_words("decided-record-purpose: yes, but nobody signed this answer")
        assert "decided-record-purpose" not in told and told.endswith("?”: yes, but nobody signed this answer")
        assert in_words("no-such-question: yes") == "no-such-question: yes"
    with translation.override("nl"), spoken(Spoken()):
        assert in_words(NEED) == "Is het doel van deze camera opgeschreven?"
        assert in_words("decided-record-purpose: yes") == "“Is het doel van deze camera opgeschreven?”: ja"
        assert in_words("a recorded decision (answer in the sites file: decided-x)") == "een vastgelegd besluit"


def test_a_place_that_is_no_site_becomes_one_on_its_page(started: None) -> None:
    from django.utils import translation

    from custodiet.report.retold import in_words
    from custodiet.report.speech import spoken
    from custodiet.web.language import Spoken

    why = "at which site it hangs: the register says Stadhuis, and no site is called that"
    need = f"{why}: make it a site in the sites file"
    with translation.override("en"), spoken(Spoken()):
        assert in_words(need) == f"{why}: make it a site on the page Sites"
    with translation.override("nl"), spoken(Spoken()):
        assert in_words(need) == (
            "op welke locatie het hangt: het register zegt Stadhuis, en geen locatie heet zo: "
            "maak er een locatie van op de pagina Locaties"
        )


@pytest.mark.parametrize(
    ("said", "dutch"),
    [
        (
            "10.1.0.9 lies in hq/cctv; registers name different sites: HQ / Kade",
            "10.1.0.9 ligt in hq/cctv; registers noemen verschillende locaties: HQ / Kade",
        ),
        (
            "10.1.0.9 lies in hq/cctv; the register agrees; another entry says Depot, and no site is called that",
            "10.1.0.9 ligt in hq/cctv; het register zegt hetzelfde; een andere vermelding zegt Depot, en geen "
            "locatie heet zo",
        ),
        (
            "at which site it hangs: give its subnet or VLAN a zone in the sites file, or make the registers agree",
            "op welke locatie het hangt: geef het subnet of VLAN een zone, of zorg dat de registers hetzelfde zeggen",
        ),
    ],
)
def test_why_a_device_is_where_it_is_can_be_said_in_dutch(started: None, said: str, dutch: str) -> None:
    from django.utils import translation

    from custodiet.report.retold import in_words
    from custodiet.report.speech import spoken
    from custodiet.web.language import Spoken

    with translation.override("nl"), spoken(Spoken()):
        assert in_words(said) == dutch


def test_a_question_leads_to_its_place(person: Callable[..., Any]) -> None:
    from custodiet.web.asking import address, all_at
    from custodiet.web.estate import Estate, entry_of
    from custodiet.web.store.models import Body

    client = person("decider")
    estate = Estate(Body.objects.get(id="waterdorp"))
    entries = [entry_of(row) for row in estate.devices()]
    found = {at for entry in entries for at in all_at(estate, entry)}
    assert found
    for at in found:
        page, _, name = at.partition("#")
        told = client.get(page).content.decode()
        assert not name or f'id="{name}"' in told, at
    assert address(estate, entries[0], "a recorded decision (answer in the sites file: decided-x)") == ""
    for page in ("/b/waterdorp/devices/", *(f"/b/waterdorp/devices/{entry.asset.id}/" for entry in entries)):
        assert "(answer in the sites file" not in client.get(page).content.decode()


def test_only_who_may_decide_is_offered_to_answer(person: Callable[..., Any]) -> None:
    for role in ("viewer", "editor", "auditor", "decider"):
        client, may = person(role), role == "decider"
        rows = client.get("/b/waterdorp/devices/?as=json&outcome=undetermined").json()["rows"]
        device = client.get(f"/b/waterdorp/devices/{rows[0]['id']}/").content.decode()
        for page in (client.get("/b/waterdorp/devices/").content.decode(), device):
            assert (">Answer it<" in page) == may
        told = "Whoever decides about sites can answer it."
        assert (told in device, told in client.get("/b/waterdorp/sites/stadhuis/").content.decode()) == (not may,) * 2
