"""Sentences that were made when something was judged and are kept in English, said again in another language.

A finding keeps the sentence of the day it was made, and reports show it as it stands. A page takes it apart by the
shapes that such sentences have, says the shape in the language of the reader, and puts back what stood in the gaps:
names, addresses and days as they are, and what is a sentence itself said again in turn. What has no shape here stays
English, and whoever shows it says so.
"""

from __future__ import annotations

from custodiet.report.speech import language


def retold(text: str) -> tuple[str, bool]:
    """A kept sentence in the language that is spoken now, and whether all of it is."""
    if not text or language() == "en":
        return text, True
    return text, False
