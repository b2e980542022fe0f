"""What devices talk to in a real browser: accessible, readable at 320 px, in both schemes and on paper."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from custodiet.report.languages import speech
from custodiet.report.speech import spoken

from .factory import assessment
from .nasty import nasty_strings
from .talkative import inside, peer, talker, video
from .test_browser import Opened, browser, written
from .test_egress_faces import given

__all__ = ["browser"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("talking") / "report.html", assessment(), given())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_no_violation_and_nothing_scrolls(browser: Browser, page: Path, scheme: str, width: int) -> None:
    opened = Opened(browser, page, width, scheme)
    opened.open_details()
    results = Axe().run(opened.page)
    assert results.violations_count == 0, results.generate_report()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.said == []
    assert opened.asked == [page.as_uri()]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_words_of_the_picture_stay_inside_and_apart(
    browser: Browser, tmp_path: Path, width: int, language: str
) -> None:
    with spoken(speech(language)):
        opened = Opened(browser, written(tmp_path / "report.html", assessment(), given()), width)
    found = opened.page.evaluate(
        """[...document.querySelectorAll('svg.traffic')].map(svg => [svg.getBoundingClientRect(),
           [...svg.querySelectorAll('text')].map(each => each.getBoundingClientRect())]
           .flat().map(box => [box.left, box.top, box.right, box.bottom, box.width]))"""
    )
    assert len(found) == 2
    for (left, top, right, bottom, _), *words in found:
        shown = [word for word in words if word[4] > 0]
        assert len(shown) >= 4
        for one in shown:
            assert left - 1 <= one[0] <= one[2] <= right + 1
            assert top - 1 <= one[1] <= one[3] <= bottom + 1
        lowest = [word for word in shown if word[3] > bottom - 25]
        lowest.sort()
        assert all(before[2] <= after[0] for before, after in pairwise(lowest)), "axis"


def test_the_picture_is_an_image_with_a_name(browser: Browser, page: Path) -> None:
    opened = Opened(browser, page)
    images = opened.page.get_by_role("img")
    assert images.count() == 2
    assert opened.page.get_by_role("img", name="Traffic of 10.0.0.5 with the outside over time").count() == 1


def test_an_hour_is_a_few_lines_on_a_small_screen(browser: Browser, page: Path) -> None:
    opened = Opened(browser, page, 320)
    opened.open_details()
    rows = "[...document.querySelectorAll('table.hours tbody tr')].map(each => each.offsetHeight)"
    lines = min(opened.page.evaluate(rows)) / opened.page.evaluate(
        "parseFloat(getComputedStyle(document.body).lineHeight)"
    )
    assert lines < 6, "of six cells, which were a card of twelve lines"
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_prints(browser: Browser, page: Path) -> None:
    opened = Opened(browser, page)
    opened.page.emulate_media(media="print")
    assert opened.page.is_visible("svg.traffic")
    assert opened.page.is_visible("text=dev.hik-connect.com")
    fill = opened.page.evaluate("getComputedStyle(document.querySelector('svg.traffic .out')).fill")
    assert fill != "rgb(0, 0, 0)", "a bar as black as the words is a block in which nothing is told apart"
    assert opened.page.pdf().startswith(b"%PDF")


def test_nasty_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    first, *rest = given()
    peers = tuple(peer(f"198.51.100.{at}", names=(text,)) for at, text in enumerate(nasty_strings()))
    odd = talker(label='"><script>alert(1)</script>', peers=(*peers, video(), inside()))
    found = [msgspec.structs.replace(first, egress=odd), *rest]
    opened = Opened(browser, written(tmp_path / "nasty.html", assessment(), found), 320)
    opened.open_details()
    assert opened.said == []
    assert len(opened.asked) == 1
    assert opened.page.evaluate("document.querySelectorAll('script,img,iframe,base,link,form').length") == 0
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320
