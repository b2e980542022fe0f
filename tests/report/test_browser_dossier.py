"""The page of a dossier in a real browser: it reaches for nothing, is accessible and fits a telephone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from .factory import relabelled_camera
from .test_browser import Opened
from .test_browser import browser as browser  # the fixture
from .test_dossier import made, page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_accessible_and_fits(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    path = tmp_path / "dossier.html"
    entry = relabelled_camera()
    path.write_text(page(entry, made(entry)), encoding="utf-8")
    opened = Opened(browser, path, width, scheme)
    assert opened.asked == [path.as_uri()]
    assert opened.said == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    results = Axe().run(opened.page)
    assert results.violations_count == 0, results.generate_report()
