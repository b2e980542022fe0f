"""Days as people write them in forms and questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from custodiet.errors import UsageError


def day(text: str) -> date | None:
    """A day written as ``2026-11-22``; none where nothing is written.

    Raises:
        UsageError: it is not written so.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        step = "Write it as 2026-11-22."
        raise UsageError("this is not a day", place=text[:40], next_step=step) from None


def today() -> date:
    """The day that it is, in UTC."""
    return datetime.now(UTC).date()


def before_today(days: int) -> date:
    """The day as many days before today; what was last seen on it or earlier was not seen for so long."""
    return today() - timedelta(days=days)


def midnight(one: date) -> datetime:
    """When a day begins, in UTC."""
    return datetime(one.year, one.month, one.day, tzinfo=UTC)
