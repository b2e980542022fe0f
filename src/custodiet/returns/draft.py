"""A return in the making: what was asked, what is missing, and what every return has in common.

A fact that nobody gave is asked once, with all sites and devices it is asked of, and lands at the top of the paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from custodiet.dates import day_of, parse_date
from custodiet.model import Site
from custodiet.returns.estate import Answer, Device, Estate
from custodiet.returns.paper import (
    Cell,
    Column,
    Due,
    Language,
    Missing,
    Publication,
    Return,
    Row,
    Section,
    Table,
)
from custodiet.returns.published import THRESHOLD
from custodiet.returns.questions import question
from custodiet.returns.words import KINDS, SOURCES, WORDS, day, limit, number

_OPEN: dict[Language, str] = {
    "en": "Who made it and what it is, well enough for this text: the table of open devices says what is lacking.",
    "nl": "Wie heeft dit apparaat gemaakt? Kijk op het typeplaatje of vraag het de leverancier.",
    "cs": "Kdo zařízení vyrobil a co to je? Podívejte se na štítek nebo se zeptejte dodavatele.",
}
_PLACE: dict[Language, str] = {
    "en": "At which site is it? Give its subnet or VLAN a zone in the sites file, or name the site in the register.",
    "nl": "Op welke locatie hangt dit? Zet het subnet of VLAN in het locatiebestand, of de locatie in het register.",
    "cs": "Na kterém místě zařízení je? Uveďte jeho podsíť nebo VLAN v souboru míst, nebo místo v evidenci.",
}
_PRESENCE: dict[Language, str] = {
    "en": "Is it still in use on the date of this return? See the removal record, or look on site.",
    "nl": "Is dit op de peildatum nog in gebruik? Kijk in de verwijderingslijst of ter plaatse.",
    "cs": "Je zařízení ke dni tohoto spisu ještě v provozu? Podívejte se do záznamu o odstranění nebo na místo.",
}
_SIGN: dict[Language, str] = {
    "en": "Who answers for this return? Give --signed NAME.",
    "nl": "Wie staat in voor deze opgave? Geef --signed NAAM mee.",
    "cs": "Kdo za tento spis odpovídá? Zadejte --signed JMÉNO.",
}
_BODY: dict[Language, str] = {
    "en": "Whose devices are these? Give a sites file that names the body and its kind (docs/sites-file.md).",
    "nl": "Van wie zijn deze apparaten? Geef een locatiebestand mee dat de organisatie noemt (docs/sites-file.md).",
    "cs": "Komu zařízení patří? Dodejte soubor míst, který organizaci uvádí (docs/sites-file.md).",
}
_LACKING: dict[Language, str] = {
    "en": "The catalog holds no record of {}: what that text means by a device was not asked.",
    "nl": "De catalogus kent de tekst {} niet: wat die over een apparaat zegt, is niet gevraagd.",
    "cs": "Katalog nezná text {}: co říká o zařízeních, nebylo posouzeno.",
}
_TITLES: dict[Language, tuple[str, ...]] = {
    "en": ("What was read", "Source", "Kind", "Collected on", "SHA-256"),
    "nl": ("Wat er gelezen is", "Bron", "Soort", "Verzameld op", "SHA-256"),
    "cs": ("Co bylo přečteno", "Zdroj", "Druh", "Ze dne", "SHA-256"),
}


def column(
    id: str, title: str, kind: Literal["text", "number", "date", "share"] = "text", *, restricted: bool = False
) -> Column:
    """A column; public unless told otherwise."""
    return Column(id=id, title=title, kind=kind, publication="restricted" if restricted else "public")


def table(id: str, title: str, columns: Sequence[Column], rows: Iterable[tuple[str, Sequence[Cell]]]) -> Table:
    """A table of rows, each with its key; empty text is what is not known."""
    made = [Row(key=key, cells=tuple(None if cell == "" else cell for cell in cells)) for key, cells in rows]
    return Table(id=id, title=title, columns=tuple(columns), rows=tuple(made))


class Draft:
    """What a regime module writes into.

    Args:
        estate: what there is.
        regime: short name of the regime.
        title: title of the paper.
        language: in which it is written.
    """

    def __init__(self, estate: Estate, regime: str, title: str, language: Language) -> None:
        self.estate = estate
        self.language = language
        self._regime, self._title = regime, title
        restricted = [text for text in estate.texts.values() if text.restricted]
        # a text that forbids naming sites is undone by numbers so small that they point at one
        self._threshold = THRESHOLD if restricted else 0
        self._asked: dict[tuple[str, str, Publication], dict[str, None]] = {}
        self.notes: list[str] = [f"Not to be published ({text.title}): {text.restricted}" for text in restricted]
        self.due: list[Due] = []
        self.words = WORDS[language]

    # --- what is missing

    def miss(self, what: str, about: str = "", answer_in: str = "", publication: Publication = "restricted") -> None:
        """Put a missing fact at the top; the same question of several things is one question."""
        self._asked.setdefault((what, answer_in, publication), {})[about] = None

    def ask(self, id: str, about: str = "", *, device: Device | None = None, site: Site | None = None) -> Answer | None:
        """What people answered to a question of `questions`; where nobody did, it is missing."""
        found = self.estate.told(id, device, site)
        if found is None:
            self.miss(question(id, self.language), about, id)
        return found

    def text(self, id: str, device: Device) -> str | None:
        """As `ask`, of one device: the words of the answer alone."""
        found = self.ask(id, device.asset.label, device=device)
        return found.text if found else None

    def judged(self, device: Device, directive: str, what: str = "") -> str:
        """Whether a text means this device, in a word; an open answer and an unknown maker are missing facts."""
        if directive not in self.estate.texts:
            return self.words["not known"]
        answer = device.meant_by(directive)
        if answer == "unknown":
            self.miss(what or _OPEN[self.language], device.asset.label)
        return self.words["not known"] if answer == "unknown" else self.words[answer]

    def place(self, device: Device) -> str | None:
        """The name of its site; one that is not known is missing."""
        if device.site is None:
            self.miss(_PLACE[self.language], device.asset.label)
            return None
        return device.site.name

    def in_use(self, device: Device) -> bool | None:
        """Whether it is in use; what is not known is missing."""
        if device.in_use is None:
            self.miss(_PRESENCE[self.language], device.asset.label)
        return device.in_use

    def yes_no(self, holds: bool | None) -> str:
        """The answer in a word."""
        return self.words["not known" if holds is None else "yes" if holds else "no"]

    def kind(self, device: Device) -> str:
        """What kind of device it is, in a word."""
        return KINDS[self.language].get(device.kind, device.kind)

    # --- the paper

    def paper(self, sections: Sequence[Section]) -> Return:
        """Everything together; the sources follow behind the regime's own sections, and are restricted."""
        estate, assessment = self.estate, self.estate.assessment
        if estate.body is None:
            self.miss(_BODY[self.language], publication="public")
        if not estate.signed_by:
            self.miss(_SIGN[self.language], publication="public")
        unseen = [_LACKING[self.language].format(id) for id in estate.lacking]
        unseen += [limit(sentence, self.language) for sentence in assessment.unseen]
        return Return(
            regime=self._regime,
            title=self._title,
            language=self.language,
            publication="restricted",
            threshold=self._threshold,
            body_id=estate.body.id if estate.body else "",
            body=estate.body.name if estate.body else "",
            as_of=estate.on.isoformat(),
            signed_by=estate.signed_by,
            missing=tuple(
                Missing(question=what, about=tuple(a for a in about if a), answer_in=key, publication=publication)
                for (what, key, publication), about in self._asked.items()
            ),
            due=tuple(self._due()),
            notes=tuple(self.notes),
            sections=(*sections, self._sources()),
            method=self._method(),
            unseen=tuple(unseen),
            directives=tuple(estate.texts),
            tool=assessment.tool,
            catalog=assessment.catalog,
        )

    def _due(self) -> Iterator[Due]:
        """What is owed; a day that has passed says so."""
        for one in self.due:
            passed = bool(one.by) and parse_date(one.by).last < self.estate.on
            because = f"{one.because}; {self.words['passed']}" if passed else one.because
            yield msgspec.structs.replace(one, because=because)

    def _method(self) -> tuple[str, ...]:
        kinds = Counter(source.kind for source in self.estate.assessment.sources)
        read = [f"{SOURCES[self.language][kind]} ({number(n, self.language)})" for kind, n in sorted(kinds.items())]
        told = self.words["read"].format(", ".join(read)) if read else self.words["nothing read"]
        return told, self.words["judged"].format(day(self.estate.on.isoformat(), self.language))

    def _sources(self) -> Section:
        title, *headings = _TITLES[self.language]
        names = SOURCES[self.language]
        rows = []
        for source in self.estate.assessment.sources:
            collected = day_of(source.collected_at) if source.collected_at is not None else None
            cells = (source.name, names[source.kind], collected.isoformat() if collected else None, source.sha256[:16])
            rows.append((source.id, cells))
        columns = [column(id, heading, "date" if id == "of" else "text")
                   for id, heading in zip(("source", "kind", "of", "sha256"), headings, strict=True)]  # fmt: skip
        made = table("sources", title, columns, rows)
        return Section(id="sources", title=title, publication="restricted", tables=(made,))
