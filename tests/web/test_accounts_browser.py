"""Passkeys and second factors in a real browser with a device of its own; and its pages without a fault for anybody."""

from __future__ import annotations

import hmac
import re
import shutil
import subprocess
import sys
import time
from base64 import b32decode
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
PASSWORD = "a whale in the canal"
SERVE = """
import sys
from pathlib import Path
from django.conf import settings
from waitress.server import create_server
from custodiet.web.config import read_config
from custodiet.web.serve import prepare
from custodiet.web.start import application

server = create_server(lambda *told: application()(*told), host="127.0.0.1", port=0)
prepare(read_config(Path(sys.argv[1]), {}), None, print, f"http://localhost:{server.effective_port}")
sys.stdout.flush()
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
server.run()
"""


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The first administrator's link of a server in a process of its own: what it writes has to be there for good."""
    pytest.importorskip("django", reason="the extra `web` is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("accounts")
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(folder)], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    said = server.stdout.readline()
    yield re.findall(r"http://\S+", said)[0]
    server.terminate()
    server.communicate(timeout=10)


@pytest.fixture
def page(link: str) -> Iterator[Page]:
    """A browser with a device that holds passkeys and whose owner is always there."""
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(viewport={"width": 320, "height": 800}).new_page()
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield page
        browser.close()


def test_a_passkey_and_an_app_from_the_first_link_on(page: Page, link: str) -> None:
    said: list[str] = []
    # that something is cleared at signing out is told, and no fault
    page.on("console", lambda told: said.append(told.text) if not told.text.startswith("Clear-Site-Data") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    here = link.split("/welcome/")[0]

    def press(words: str) -> None:
        page.get_by_role("button", name=words, exact=True).click()

    page.goto(link)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    press("Choose it")
    page.goto(f"{here}/account/passkeys/")
    press("Begin")
    page.fill("#label", "The device of the test")
    press("Make the passkey")
    page.wait_for_url(f"{here}/account/")
    assert page.locator(".secrets li").count() == 8
    good(page)

    press("Sign out")
    press("Sign in with a passkey")
    page.wait_for_url(f"{here}/")
    page.goto(f"{here}/account/")
    assert "last used" in page.content()

    page.goto(f"{here}/account/app/")
    press("Begin")
    good(page)
    secret = b32decode(page.locator("ol code").inner_text().replace(" ", ""))
    assert page.locator(".qr svg").bounding_box()["width"] > 200  # type: ignore[index]
    page.fill("#code", code(secret))
    press("Turn it on")
    page.wait_for_url(f"{here}/account/")

    press("Sign out")
    page.fill("#email", "admin@localhost")
    page.fill("#password", PASSWORD)
    press("Sign in")
    page.wait_for_url(f"{here}/sign-in/second/")
    good(page)
    # the code of this half minute was used when the app was set up
    page.fill("#code", code(secret, 1))
    press("Go on")
    page.wait_for_url(f"{here}/")
    page.goto(f"{here}/people/")
    page.fill("#invite-name", "Somebody")
    page.fill("#invite-email", "some@example.org")
    press("Invite")
    assert "/welcome/" in page.locator(".secrets").inner_text()
    page.locator("summary").first.click()
    good(page)
    assert said == []


def code(secret: bytes, later: int = 0) -> str:
    """What an app shows, so many half minutes later."""
    told = hmac.digest(secret, (int(time.time()) // 30 + later).to_bytes(8, "big"), "sha1")
    at = told[-1] & 15
    return f"{(int.from_bytes(told[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def good(page: Page) -> None:
    """The page is no wider than the screen, and axe finds nothing."""
    page.wait_for_load_state()  # what was pressed leads to another page, which may have no elements yet
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def test_a_form_for_a_script_waits_for_it(page: Page, link: str) -> None:
    page.route("**/passkeys*.js", lambda route: route.abort())
    page.goto(link.split("/welcome/")[0] + "/sign-in/")
    assert page.locator("form[data-passkey]").count() == 1
    assert not page.locator("form[data-passkey]").is_visible()
