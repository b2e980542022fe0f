"""Text of devices made fit to stand in the comment of a rule: what a device says of itself must never become a rule.

It keeps letters, digits, the blank and five signs that end no comment and no quoted string on any target. It refuses to
know the targets: one narrow alphabet serves them all.
"""

from __future__ import annotations

LONGEST_NAME = 40
"""Characters of a device's name; IOS takes remarks of 100, nftables comments of 128."""

LONGEST_COMMENT = 96
"""Characters of a whole comment."""

_KEPT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._:,-")


def comment(text: str, limit: int = LONGEST_COMMENT) -> str:
    """Text for a comment: letters, digits, blanks and ``. _ : , -``; anything else becomes one ``_``.

    Args:
        text: anything.
        limit: characters at most; what is longer is cut.

    Returns:
        text that begins with a letter or digit; "unnamed" where nothing of that kind was in it.
    """
    kept: list[str] = []
    for char in text[: 4 * limit]:
        shown = char if char in _KEPT else "_"
        if shown in "_ -" and kept and kept[-1] == shown:
            continue
        kept.append(shown)
    said = "".join(kept).lstrip(" ._:,-")[:limit].rstrip(" _:,-")
    return said or "unnamed"


def word(text: str, limit: int = 30) -> str:
    """Text as one word for names of lists and terms: letters, digits and hyphens."""
    joined = "".join(char if char.isalnum() else "-" for char in comment(text, 2 * limit))
    return "-".join(part for part in joined.split("-") if part)[:limit].rstrip("-") or "unnamed"
