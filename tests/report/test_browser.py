"""The report in a real browser: it opens from disk with the network cut, reaches for nothing and is accessible."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from custodiet.model import Assessment, Entry
from custodiet.report.guard import plain
from custodiet.report.html import write_html
from custodiet.report.summary import worst_first

from .factory import FakeNames, assessment, entries, with_text_everywhere
from .nasty import nasty_strings

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("report") / "report.html", assessment(), entries())


def written(path: Path, head: Assessment, given: list[Entry]) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        write_html(file, head, sorted(given, key=worst_first), FakeNames())
    return path


class Opened:
    """A page with all it said and asked for."""

    def __init__(self, browser: Browser, path: Path, width: int = 1280, scheme: str = "light") -> None:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            offline=True,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        self.page: Page = context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())

    def open_details(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def test_it_opens_from_disk_and_reaches_for_nothing(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report)
    opened.open_details()
    assert opened.asked == [report.as_uri()]
    assert opened.said == []
    assert (
        opened.page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor") != "rgba(0, 0, 0, 0)"
    )


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_scrolls_sideways(browser: Browser, report: Path, width: int) -> None:
    opened = Opened(browser, report, width)
    opened.open_details()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_no_violation(browser: Browser, report: Path, scheme: str, width: int) -> None:
    opened = Opened(browser, report, width, scheme)
    opened.open_details()
    results = Axe().run(opened.page)
    assert results.violations_count == 0, results.generate_report()


def test_the_keyboard_reaches_the_evidence(browser: Browser, report: Path) -> None:
    page = Opened(browser, report).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is True


def test_a_link_into_closed_details_opens_them(browser: Browser, report: Path) -> None:
    page = Opened(browser, report).page
    page.click("article dd a")
    assert page.evaluate("document.querySelector('article details').open") is True


def test_paper_has_what_a_device_means_and_its_long_tables_where_they_were_opened(
    browser: Browser, report: Path
) -> None:
    opened = Opened(browser, report)
    opened.page.emulate_media(media="print")

    def on_paper() -> list[bool]:
        shown = (
            "blockquote >> text=by April 2025",
            ".claims >> text=what people wrote down",
            ".answers",
            "td >> text=packet",
        )
        return [opened.page.locator(f"article >> {one}").first.is_visible() for one in shown]

    assert on_paper() == [True, True, False, False], "the sentence of the law and the evidence, and no long table"
    assert not opened.page.is_visible("nav")
    told = "getComputedStyle(document.querySelector('details.more > summary'), '::after').content"
    assert "closed, so not on paper" in opened.page.evaluate(told)
    opened.open_details()
    assert on_paper() == [True, True, True, True]
    assert "not on paper" not in opened.page.evaluate(told)


def test_a_head_of_a_card_is_on_the_page_of_its_body(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report)
    opened.page.emulate_media(media="print")
    for part in ("h4", ".where", "h4 ~ p:has(> .tag)"):
        each = f"getComputedStyle(document.querySelector('article > {part.removeprefix('h4 ~ ')}')).breakAfter"
        assert opened.page.evaluate(each) == "avoid", part
    assert opened.page.evaluate("getComputedStyle(document.querySelector('article > dl')).breakInside") == "auto"


@pytest.mark.parametrize("word", ["Not satisfied", "Onbeslist/Besluitvorming"])
def test_four_totals_stand_beside_each_other_on_paper_and_none_is_cut(
    browser: Browser, report: Path, word: str
) -> None:
    opened = Opened(browser, report, 673)  # A4 less its margins
    opened.page.emulate_media(media="print")
    tiles = opened.page.evaluate(
        """word => {
            const all = document.querySelector('.totals');
            all.innerHTML = `<li class="bad"><strong>1,204</strong><b>${word}</b></li>`.repeat(4);
            return [...all.children].map(
                one => [one.offsetTop, one.getBoundingClientRect().right, one.scrollWidth - one.clientWidth]);
        }""",
        word,
    )
    assert len({top for top, _right, _over in tiles}) == 1
    assert all(right <= 673 and over <= 0 for _top, right, over in tiles)


def test_nasty_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    texts = nasty_strings()
    given: list[Entry] = []
    for text in texts:
        head, found = with_text_everywhere(text)
        given.append(found[0])
    opened = Opened(browser, written(tmp_path / "nasty.html", head, given), 320)
    opened.open_details()
    assert opened.said == []
    assert len(opened.asked) == 1
    assert opened.page.evaluate("document.querySelectorAll('script,img,svg,iframe,base,link,form').length") == 0
    shown = set(opened.page.evaluate("[...document.querySelectorAll('bdi')].map(each => each.textContent)"))
    assert {plain(text) for text in texts} <= shown
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320
