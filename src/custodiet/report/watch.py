"""News on the terminal: the time, how soon to look, the device, and what it means; one JSON object a line."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import BinaryIO

from rich.console import Console
from rich.text import Text

from custodiet.model.news import News
from custodiet.report import guard, words
from custodiet.report.guard import styled
from custodiet.report.terminal import paragraph

STYLES = {"act now": "bold red", "look today": "bold yellow", "to know": "cyan"}


def line(console: Console, news: News, zone: tzinfo | None = None) -> None:
    """Print one news.

    Args:
        console: made by `custodiet.report.guard.console`.
        news: it.
        zone: of the time; UTC without one.
    """
    at = words.utc(news.at)
    local = at.astimezone(zone or UTC) if at else None
    when = f"{local:%Y-%m-%d %H:%M:%S}" if local else "time not known"
    head = styled(f"{when}  ", "dim").append_text(styled(news.severity.upper(), STYLES[news.severity]))
    head.append_text(styled(f"  {news.kind}", "bold"))
    label = styled(f"{news.label}  ", "bold", limit=60) if news.label else Text()
    said = styled(news.says, limit=1200)
    paragraph(console, "", head)
    paragraph(console, "  ", label.append_text(said))
    if news.place:
        paragraph(console, "  ", styled(f"seen first: {news.place}", "dim", limit=300))


def write(out: BinaryIO, news: News) -> None:
    """Write one news as one line of JSON, at once."""
    out.write(guard.json_bytes(news) + b"\n")
    out.flush()
