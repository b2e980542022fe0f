"""The noun `Return`: one paper that a regime asks for, as data; it knows nothing of devices, law or outputs.

Every section and column says whether it may be published. Dates are ISO 8601 here and are written out for people only
where a page is made.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

SCHEMA_VERSION = "1.0"

Publication = Literal["public", "restricted"]
"""Whether something may be printed for everybody."""
Language = Literal["en", "nl", "cs"]
Cell: TypeAlias = str | int | None
"""One cell: text, an ISO 8601 date, a number; none where it is not known."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a table."""

    id: str
    """Short name, unique in its table."""
    title: str
    """Heading in the language of the return."""
    kind: Literal["text", "number", "date", "share"] = "text"
    """How its cells read; a share is in per cent."""
    publication: Publication = "public"
    """Whether it may be published, where its section may."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a table."""

    key: str
    """What it is about, the same in every return, so that two returns can be compared."""
    cells: tuple[Cell, ...]
    """One for each column."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table; one without rows says so in its place."""

    id: str
    """Short name, unique in its section."""
    title: str
    """What it shows."""
    columns: tuple[Column, ...]
    """Its columns."""
    rows: tuple[Row, ...]
    """Its rows, in reading order."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the return."""

    id: str
    """Short name, unique in the return."""
    title: str
    """Heading."""
    publication: Publication
    """Whether it may be published."""
    words: tuple[str, ...] = ()
    """Paragraphs above its tables."""
    tables: tuple[Table, ...] = ()
    """Its tables."""


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that the regime asks for and nobody gave."""

    question: str
    """What to answer, in plain words."""
    about: tuple[str, ...] = ()
    """Sites or devices it is asked of; empty: the body."""
    answer_in: str = ""
    """The key under which the sites file takes the answer; empty: it is no answer of a person."""
    publication: Publication = "restricted"
    """Whether the question may be published; what it is about never is."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A day by which something is owed."""

    what: str
    """What is owed."""
    by: str
    """ISO 8601 date; empty: it cannot be said yet."""
    because: str
    """From which day and rule it follows, or what is missing."""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A difference from the return before."""

    table: str
    """Title of the table."""
    row: str
    """First cell of the row."""
    column: str
    """Title of the column; empty: the row as a whole."""
    was: Cell
    """What the return before said."""
    now: Cell
    """What this one says."""
    how: Literal["new", "gone", "changed"]
    """What happened to it."""


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """One paper that a regime asks for."""

    schema: str = SCHEMA_VERSION
    """Version of this structure."""
    regime: str
    """Short name of the regime."""
    title: str
    """Title of the paper."""
    language: Language
    """ISO 639 code."""
    publication: Publication
    """``public`` where only what may be published is left in it."""
    threshold: int
    """Numbers below it are withheld from the public part; 0: none are."""
    body_id: str
    """Short name of the body."""
    body: str
    """Name of the body."""
    as_of: str
    """ISO 8601 date for which everything is said."""
    signed_by: str
    """Who answers for it; empty: nobody signed it."""
    missing: tuple[Missing, ...]
    """What the regime asks for and nobody gave; it stands at the top."""
    due: tuple[Due, ...] = ()
    """What is owed, and when."""
    notes: tuple[str, ...] = ()
    """What a reader has to know first: whom the rule addresses, what this paper is not."""
    sections: tuple[Section, ...]
    """Its parts."""
    method: tuple[str, ...]
    """How it was found out."""
    unseen: tuple[str, ...]
    """What was not looked at or could not be seen."""
    previous: str = ""
    """ISO 8601 date of the return it is compared with; empty: none was given."""
    changed: tuple[Changed, ...] = ()
    """What is different from it."""
    directives: tuple[str, ...] = ()
    """Ids of the directives that were applied."""
    tool: str = ""
    """Name and version of the program."""
    catalog: str = ""
    """Version of the catalog."""
