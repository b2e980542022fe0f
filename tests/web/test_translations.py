"""Dutch: nothing is left untranslated, what is compiled is in step, and pages are in the language of the reader."""

from __future__ import annotations

import runpy
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("babel", reason="Babel is not installed")

MAKE = Path(__file__).resolve().parents[2] / "scripts" / "make_translations.py"


def test_the_word_list_is_whole_and_compiled() -> None:
    wrong = runpy.run_path(str(MAKE))["stale"]()
    assert not wrong, f"python scripts/make_translations.py, and translate what it names: {wrong[:20]}"


def test_a_note_that_nobody_translated_is_counted_and_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scope = runpy.run_path(str(MAKE))
    main, remarks, left, wrong = scope["main"], scope["remarks"], scope["untranslated"](), scope["stale"]()
    fresh = ["A unit in the moon carries it.", *remarks()[1:]]
    assert fresh != remarks(), "one sentence is new, and another is not said any more"
    monkeypatch.setitem(main.__globals__, "remarks", lambda: fresh)
    assert scope["stale"]() == wrong
    monkeypatch.setitem(main.__globals__, "stale", list)
    monkeypatch.setattr(sys, "argv", ["make_translations.py", "--check"])
    main()
    assert capsys.readouterr().out == f"sentences of notes that are not there in Dutch: {left + 1}\n"


def test_a_page_is_said_in_the_language_of_the_reader(person: Callable[..., Any]) -> None:
    client = person("viewer")
    dutch = client.get("/b/waterdorp/devices/", headers={"Accept-Language": "nl"})
    english = client.get("/b/waterdorp/devices/", headers={"Accept-Language": "en"})
    assert (dutch["Content-Language"], english["Content-Language"]) == ("nl", "en")
    told, said = dutch.content.decode(), english.content.decode()
    assert '<html lang="nl"' in told
    assert '<html lang="en"' in said
    for one, other in (("Afmelden", "Sign out"), ("3 apparaten", "3 devices"), ("verkocht als", "sold as")):
        assert one in told
        assert one not in said
        assert other in said
        assert other not in told


def test_days_and_numbers_are_written_as_there(started: None) -> None:
    from django.utils import translation

    from custodiet.report import words
    from custodiet.report.speech import number, spoken
    from custodiet.web.language import Spoken

    def both() -> tuple[str, str, str, str]:
        return words.day("2025-03-12"), words.count(1, "device"), words.count(1234, "device"), number(1_000_000)

    assert both() == ("12 Mar 2025", "1 device", "1,234 devices", "1,000,000")
    with translation.override("nl"), spoken(Spoken()):
        assert both() == ("12 maart 2025", "1 apparaat", "1.234 apparaten", "1.000.000")
        assert words.day("2025-05") == "mei 2025"
    with translation.override("en"), spoken(Spoken()):
        assert both() == ("12 Mar 2025", "1 device", "1,234 devices", "1,000,000")


def test_a_report_is_english_whatever_the_page_is(person: Callable[..., Any]) -> None:
    from custodiet.report import words

    person("viewer").get("/b/waterdorp/", headers={"Accept-Language": "nl"})
    assert words.day("2025-05-01") == "1 May 2025"


def test_two_who_write_the_word_list_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scope = runpy.run_path(str(MAKE))
    renew, alone = scope["renew"], scope["_alone"]
    words = tmp_path / "django.po"
    words.write_bytes(b"as it was")
    at_work: list[str] = []

    def written(_: object) -> tuple[bytes, bytes]:
        at_work.append(words.read_text())
        return b"anew", b"compiled"

    told = {"WORDS": words, "written": written, "updated": lambda: None, "of_notes": lambda: None}
    for name, value in told.items():
        monkeypatch.setitem(renew.__globals__, name, value)
    with alone():
        other = threading.Thread(target=renew)
        other.start()
        other.join(0.1)
        assert other.is_alive() and not at_work
    other.join(10)
    assert at_work == ["as it was", "anew"] and words.read_bytes() == b"anew"
    lists = [f"{name}.{kind}" for name in ("django", "notes") for kind in ("mo", "po")]
    assert sorted(path.name for path in tmp_path.iterdir()) == lists


def test_units_countries_and_what_is_cut_are_dutch(person: Callable[..., Any]) -> None:
    from django.utils import translation

    from custodiet.report.guard import plain
    from custodiet.report.speech import spoken
    from custodiet.report.words import UNITS, unit
    from custodiet.web.knowledge import catalog
    from custodiet.web.language import Spoken

    assert plain("x" * 2_345, 1_000).endswith("… (1,345 more characters)")
    with translation.override("nl"), spoken(Spoken()):
        assert plain("x" * 2_345, 1_000).endswith("… (nog 1.345 tekens)")
        assert unit(2, "rows") == "rijen" and unit(1, "rows") == "rij" and all(unit(2, one) for one in UNITS)
        assert unit(2, "what nobody counts yet") == "what nobody counts yet"
        assert translation.ngettext("%(shown)s not satisfied", "%(shown)s not satisfied", 4) == "%(shown)s voldoen niet"
        assert all(translation.gettext(one.means) for one in catalog().countries.values())
        assert translation.gettext("Germany") == "Duitsland"
    client = person("administrator", administrator=True)
    assert ">Nederland</option>" in client.get("/bodies/add/", headers={"Accept-Language": "nl"}).content.decode()


def test_the_language_that_was_chosen_says_so(person: Callable[..., Any]) -> None:
    client = person("viewer")
    told = client.post("/account/about/", {"name": "Somebody", "language": "nl"}, follow=True)
    page = told.content.decode()
    assert '<html lang="nl"' in page and "Naam en taal" in page and "Name and language are kept" not in page


def test_a_role_on_the_first_page_is_a_word_of_the_language(person: Callable[..., Any]) -> None:
    page = person("administrator").get("/", headers={"accept-language": "nl"}).content.decode()
    assert '<span class="quiet">Beheerder' in page


def test_who_is_not_signed_in_chooses_the_language_by_a_link(web: None) -> None:
    from django.test import Client

    from web.test_headers import wrong_in

    client = Client(headers={"Accept-Language": "en"})
    page = client.get("/sign-in/?next=/b/waterdorp/").content.decode()
    assert '<a href="?next=%2Fb%2Fwaterdorp%2F&amp;language=nl" lang="nl" hreflang="nl">Nederlands</a>' in page
    chosen = client.get("/sign-in/?next=/b/waterdorp/&language=nl")
    assert (chosen["Content-Language"], wrong_in(chosen)) == ("nl", [])
    assert 'name="next" value="/b/waterdorp/"' in chosen.content.decode()
    assert '<html lang="nl">' in client.get("/sign-in/").content.decode(), "the browser remembers it"
    for odd in ("de", "nl\r\nSet-Cookie: a=b", ""):
        answer = client.get("/sign-in/", {"language": odd})
        assert answer["Content-Language"] == "nl" and not answer.cookies.get("language")


def test_the_account_holds_over_what_was_chosen_without_it(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Person

    client = person("viewer")
    Person.objects.filter(email__startswith="viewer").update(language="en")
    client.cookies["language"] = "nl"
    assert client.get("/b/waterdorp/?language=nl")["Content-Language"] == "en"


def test_the_welcome_has_the_choice_too(web: None) -> None:
    from django.test import Client

    from custodiet.web.accounts.links import make_link
    from custodiet.web.store.models import Person

    one = Person.objects.create(email="new@example.org", name="new")
    address = make_link(one)
    page = Client().get(f"{address}?language=nl").content.decode()
    assert '<html lang="nl">' in page and 'name="again"' in page
    assert '<a href="?language=en" lang="en" hreflang="en">English</a>' in page
