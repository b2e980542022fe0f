"""The few errors that people really catch: each carries a place and a next step.

A user sees one sentence made of the three parts; the traceback is for ``-vv``.
"""

from __future__ import annotations


class CustodietError(Exception):
    """Base of every error we raise on purpose.

    Args:
        reason: what went wrong, in plain words, without a full stop.
        place: file, line, row, packet or record where it went wrong; empty when there is none.
        next_step: what the reader of the message can do about it.
    """

    def __init__(self, reason: str, *, place: str = "", next_step: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.next_step = next_step

    def __str__(self) -> str:
        sentence = f"{self.place}: {self.reason}" if self.place else self.reason
        return f"{sentence}. {self.next_step}" if self.next_step else f"{sentence}."


class WireError(CustodietError, ValueError):
    """Bytes that do not say what the protocol promises; the device or the capture is at fault, never the user."""


class SourceError(CustodietError):
    """A file whose structure is wrong, so that reading it further would be guessing."""


class CatalogError(CustodietError):
    """A record of the catalog that is refused."""


class UsageError(CustodietError):
    """The command line or the sites file asks for something that cannot be done."""


class IntegrityError(CustodietError):
    """Stored evidence that is not what it was when it was stored."""
