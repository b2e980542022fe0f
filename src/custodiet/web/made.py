"""What is put into the tables of each device, worked out from what a case holds.

Of many devices it is worked out in copies of this process, which look into the case by themselves; this one alone
writes to the tables. What is put there of a device depends on that device alone, so it is the same however many do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from custodiet import audit as steps
from custodiet.casefile import Case
from custodiet.catalog.contents import Catalog
from custodiet.concluding import MANY
from custodiet.identify.runners import Work, copies, in_order, processors
from custodiet.model import Entry
from custodiet.report import order
from custodiet.web.changes import facts_of
from custodiet.web.column_writer import Told, told_of
from custodiet.web.estate import packed
from custodiet.web.progress import earliest
from custodiet.web.rows import BATCH, groups
from custodiet.web.standing import Brands, stands
from custodiet.web.stated import ATTRIBUTES, KINDS, Stated, stated_of

STORED = ["id", "place", "label", "described", "outcome", "site", "first_seen", "last_seen", "entry"]
"""Columns of the table of devices; the others of a row go into columns of their own (`column_writer.Writer`)."""

STANDING = [
    "device", "place", "standing", "kind", "site", "label", "described", "registered", "seen", "bought", "purchases",
    "found",
]  # fmt: skip
"""Columns of the table of standings, but for whether somebody settled it."""

_CLAIMED = 20
"""Brands and models that something says of one device, by which it is found."""

_DEVICE = [
    "id", "place", "label", "described", "outcome", "kind", "device_class", "maker", "band", "brand", "model", "site",
    "zone", "talks", "kinds_of_source", "first_seen", "last_seen", "words", "entry",
]  # fmt: skip


class Made(msgspec.Struct, frozen=True, array_like=True):
    """What is put into the tables of one device."""

    id: str
    label: str
    site: str
    outcome: str
    row: tuple[Any, ...]
    """Its row in the table of devices: `STORED`."""
    told: Told
    """What columns hold of it."""
    facts: str
    """What is compared of it, as JSON: see `changes`."""
    standing: tuple[Any, ...]
    """Its row in the table of standings: `STANDING`; empty: it has none."""
    directives: tuple[str, ...]
    """Ids of those that ask something of it."""
    due: str
    """The first day by which one of them wants something done; empty: none."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes rows of what a case holds.

    Args:
        case: its file.
        catalog: whose the other sides of conversations are.
        kinds: id of a source -> its kind.
    """

    case: Path
    catalog: Catalog
    kinds: Mapping[str, str]

    def all(self, opened: Case) -> Iterator[list[Made]]:
        """Of every device in the order of the case, some at a time.

        Where conversations were read, this process does it alone: what devices talk to is told in one go.

        Args:
            opened: the case.
        """
        number, brands = opened.count_placed(), Brands(self.catalog)
        workers = processors() if number >= MANY and not opened.has_flows() else 1
        if workers == 1:
            entries = enumerate(steps.entries(opened, catalog=self.catalog), start=1)
            for group in groups(entries):
                said = self._said(opened, range(group[0][0], group[-1][0] + 1))
                yield [made_of(entry, place, self.kinds, brands, said.get(place)) for place, entry in group]
            return
        with copies(self._in_a_copy, workers) as made:
            yield from map(_decode, in_order(made, (str(begin).encode() for begin in range(1, number + 1, BATCH))))

    def _in_a_copy(self) -> Work:
        """How a copy of this process answers: of so many devices from a place on."""
        opened, brands = Case(self.case, must_exist=True), Brands(self.catalog)

        def answer(question: bytes) -> bytes:
            begin = int(question)
            places = range(begin, begin + BATCH)
            said = self._said(opened, places)
            entries = enumerate(steps.entries(opened, catalog=self.catalog, places=places), begin)
            return _encode([made_of(entry, place, self.kinds, brands, said.get(place)) for place, entry in entries])

        return answer

    def _said(self, opened: Case, places: range) -> dict[int, Stated]:
        """Place -> what registers and purchase records say of the device there."""
        sources = [id for id, kind in self.kinds.items() if kind in KINDS]
        found = opened.observed_at(places, ATTRIBUTES, sources) if sources else {}
        return {place: stated_of(said, self.kinds) for place, said in found.items()}


_encode: Callable[[list[Made]], bytes] = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Made]).decode


def made_of(entry: Entry, place: int, kinds: Mapping[str, str], brands: Brands, stated: Stated | None = None) -> Made:
    """What is put into the tables of a device.

    Args:
        entry: all that is said of it, with its evidence.
        place: among the devices of the body, from 1.
        kinds: id of a source -> its kind.
        brands: what is known of them.
        stated: what registers and purchase records say of it; none: nothing.
    """
    stated = stated or Stated()
    row, findings, statuses = row_of(entry, place, kinds, stated), entry.findings, _worst_of_each(entry)
    facts = facts_of(row, entry.identification.get("firmware").value, statuses)
    return Made(
        id=entry.asset.id,
        label=row["label"],
        site=row["site"],
        outcome=row["outcome"],
        row=tuple(map(row.__getitem__, STORED)),
        told=told_of(row, entry, kinds),
        facts=msgspec.json.encode(facts).decode(),
        standing=_standing(entry, row, kinds, brands, stated),
        directives=tuple({f.directive for f in findings if f.status != "not_applicable" and f.directive}),
        due=earliest(finding for finding in findings if finding.strength == "must"),
    )


def _standing(
    entry: Entry, row: Mapping[str, Any], kinds: Mapping[str, str], brands: Brands, stated: Stated
) -> tuple[Any, ...]:
    told = stands(entry, kinds, brands, stated.ours)
    if told is None:
        return ()
    kind = "silent" if order.is_silent(entry) else order.kind_of(entry)
    purchases = msgspec.json.encode(stated.purchases).decode() if stated.purchases else ""
    said = (stated.described, told.registered, told.seen, told.bought, purchases, told.found)
    return (entry.asset.id, row["place"], told.standing, kind, row["site"], row["label"], *said)


def row_of(entry: Entry, place: int, kinds: Mapping[str, str], stated: Stated | None = None) -> dict[str, Any]:
    """All that lists know of a device, by the names of their fields."""
    asset, concluded = entry.asset, entry.identification
    maker, brand, model = concluded.get("manufacturer"), concluded.get("brand"), concluded.get("model")
    sources = {subject.partition("/")[0] for subject in asset.subjects}
    stated = stated or Stated()
    said = (asset.label, *(i.value for i in asset.identifiers), maker.value, brand.value, model.value, asset.site)
    # a model that is one of several it may be is looked for too, and so is what a register calls it
    claimed = [one.value for field in (brand, model) for one in (*field.claims_for, *field.claims_against)]
    values = (
        asset.id,
        place,
        asset.label,
        stated.described,
        order.outcome(entry),
        order.kind_of(entry),
        concluded.get("device_class").value,
        maker.value,
        maker.band,
        brand.value,
        model.value,
        asset.site or "",
        asset.zone or "",
        entry.egress.outcome if entry.egress else "",
        " ".join(sorted({kinds[source] for source in sources if source in kinds})),
        asset.first_seen,
        asset.last_seen,
        " ".join(dict.fromkeys(text.lower() for text in (*said, *claimed[:_CLAIMED], stated.words) if text)),
        packed(entry),
    )
    return dict(zip(_DEVICE, values, strict=True))


def _worst_of_each(entry: Entry) -> dict[str, str]:
    """Directive -> the worst that any of its sentences comes to."""
    worst: dict[str, str] = {}
    for finding in sorted(entry.findings, key=order.badness):
        worst.setdefault(finding.directive, finding.status)
    return worst


def standings(made: Iterable[Made]) -> Iterator[tuple[Any, ...]]:
    """The rows of those that have one in the table of standings."""
    return (one.standing for one in made if one.standing)
