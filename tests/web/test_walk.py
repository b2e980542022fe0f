"""The way of somebody who has never seen it: from the first link to the report, by what stands on the pages alone.

``CUSTODIET_SCREENSHOTS=FOLDER`` keeps a picture of every step, in both languages, schemes and widths.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from story import EXAMPLE, custodiet

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# no name leads anywhere: what is not on this machine cannot be asked
QUIET += ["--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"]
PASSWORD = "een lange dijk langs het water"
STEPS = 12
"""Pages within which it has to be done: five minutes are then 25 seconds for each."""

ENGLISH = {
    "mislabelled": "Mislabelled: 1",
    "wants": "The directive asks",
    "decision": "Accepted",
    "reason": "Reason, with the evidence for it",
    "until": "Up to and including (empty: no end)",
    "record": "Record the decision",
    "overview": "Overview",
    "report": "The report as a page",
}
DUTCH = {
    "mislabelled": "Verkeerd vermeld: 1",
    "wants": "De richtlijn vraagt",
    "decision": "Geaccepteerd",
    "reason": "Reden, met het bewijs ervoor",
    "until": "Tot en met (leeg: geen einde)",
    "record": "Het besluit vastleggen",
    "overview": "Overzicht",
    "report": "Het rapport als pagina",
}
WALKS = [("en-GB", "light", 1280), ("nl-NL", "dark", 320)]
if os.environ.get("CUSTODIET_SCREENSHOTS"):
    WALKS = [(to, scheme, wide) for to in ("en-GB", "nl-NL") for scheme in ("light", "dark") for wide in (1280, 320)]


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The link that `custodiet serve` prints for the example municipality."""
    pytest.importorskip("django", reason="the extra `web` is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("walk")
    subprocess.run([sys.executable, EXAMPLE / "make.py", folder / "input", folder / "isolation"], check=True)
    told = custodiet(
        "audit", "-q", folder / "input", "--sites", EXAMPLE / "sites.yml", "--catalog", EXAMPLE / "catalog",
        "--on", "2025-12-01", "--case", folder / "case.sqlite",
    )  # fmt: skip
    assert told.code in (3, 4), told.err
    command = [sys.executable, "-m", "custodiet", "serve", "--case", folder / "case.sqlite", "--port", _free_port()]
    web = folder / "web"
    web.mkdir()  # as people make folders: for others to read
    server = subprocess.Popen([*command, "--folder", web], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield next(found[0] for line in server.stdout if (found := re.search(r"http://\S+/welcome/\S+", line)))
        assert [path.name for path in web.iterdir() if path.stat().st_mode & 0o077] == []
    finally:
        server.terminate()
        server.communicate(timeout=30)


@pytest.fixture(scope="module")
def browser(link: str) -> Iterator[Browser]:
    """One that reaches this machine alone."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


def _camera(folder: str) -> Callable[[Page, str], None]:
    """Takes a picture of every step where a folder for them is named."""
    made = iter(range(1, 100))

    def shoot(page: Page, step: str) -> None:
        if kept := os.environ.get("CUSTODIET_SCREENSHOTS"):
            page.screenshot(path=Path(kept) / folder / f"{next(made):02}-{step}.png")

    return shoot


@pytest.mark.parametrize(("language", "scheme", "width"), WALKS)
def test_a_stranger_gets_from_the_link_to_the_report(
    link: str, browser: Browser, tmp_path: Path, language: str, scheme: str, width: int
) -> None:
    words = DUTCH if language == "nl-NL" else ENGLISH
    shoot = _camera(f"{language}-{scheme}-{width}")
    context = browser.new_context(
        locale=language, color_scheme=scheme, viewport={"width": width, "height": 800}, accept_downloads=True
    )
    page, opened, elsewhere = context.new_page(), [], []
    page.on("framenavigated", lambda frame: opened.append(frame.url))
    page.on("request", lambda asked: None if asked.url.startswith(home) else elsewhere.append(asked.url))
    began, home = time.monotonic(), link.partition("/welcome/")[0]

    # the link works once: who comes later signs in
    page.goto(link)
    if page.locator("input[name=again]").count():
        shoot(page, "password")
        page.fill("input[name=password]", PASSWORD)
        page.fill("input[name=again]", PASSWORD)
    else:
        page.goto(home)
        page.fill("input[name=email]", "admin@localhost")
        page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], main form button:not([type])")
    if not re.search("/b/", page.url):
        page.click("main a[href^='/b/']")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gemeente Waterwijk")
    shoot(page, "overview")

    # the camera that carries a name of its own
    page.get_by_role("link", name=words["mislabelled"]).click()
    row = page.get_by_role("row", name="SafeSight")
    expect(row).to_contain_text("Hikvision")
    shoot(page, "mislabelled")
    row.get_by_role("link", name="10.20.8.12").click()

    # why, and what is wanted, without a click more
    first = page.locator("section.first")
    expect(first).to_contain_text("Hikvision")
    expect(first).to_contain_text("SafeSight")
    expect(first).to_contain_text(words["wants"])
    shoot(page, "device")

    page.locator("#people summary", has_text=words["decision"]).click()
    form = page.locator("form", has=page.get_by_role("button", name=words["record"])).filter(visible=True)
    form.get_by_label(words["until"]).fill("2027-03-01")
    form.get_by_label(words["reason"]).fill("Replacement is ordered; until then it stands in VLAN 80.")
    shoot(page, "decision")
    form.get_by_role("button", name=words["record"]).click()
    expect(page.locator("#people .rows").first).to_contain_text("Replacement is ordered")
    shoot(page, "decided")

    menu = page.get_by_role("navigation")
    if width < 700:  # folded on a small screen, so that it takes one line
        assert page.locator("nav.pages").bounding_box()["height"] < 60  # type: ignore[index]
        menu.locator("summary").click()
    menu.get_by_role("link", name=words["overview"]).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=words["report"]).click()
    waiting.value.save_as(tmp_path / "report.html")
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "SafeSight" in report and "10.20.8.12" in report
    page.goto((tmp_path / "report.html").as_uri())
    shoot(page, "report")
    context.close()
    assert len(opened) <= STEPS + 1 and time.monotonic() - began < 60
    assert [url for url in elsewhere if not url.startswith(("file:", "data:"))] == []
