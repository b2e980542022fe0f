"""Advice that can be followed here: what is asked of people, in words and with the page on which it is answered.

What a finding lacks is kept as reports tell it: by the id of a question, to be answered in a sites file. Pages leave
that out, say the question itself, and lead to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from custodiet.catalog.contents import Catalog
from custodiet.model import Entry
from custodiet.report import order
from custodiet.report.guard import anchor

if TYPE_CHECKING:
    from custodiet.web.estate import Estate

_FILE = re.compile(r" \(answer in the sites file: ([a-z0-9, -]+)\)")
_WITHOUT_FILE = {
    "no sites file says whose device it is": "nobody said whose device it is",
    "give a sites file that names the body and its kind": "say which body it is, and of what kind",
    "give its subnet or VLAN a zone in the sites file": "give its subnet or VLAN a zone",
    "make it a site in the sites file": "make it a site on the page Sites",
}
"""What a sentence asks of a file -> the same asked of people, who have pages for it."""


def without_file(text: str) -> str:
    """A sentence without the file, and the ids in it, in which a question is answered."""
    text = _FILE.sub("", text)
    for asked, told in _WITHOUT_FILE.items() if "sites file" in text else ():
        text = text.replace(asked, told)
    return text


def _catalog() -> Catalog:
    from custodiet.web.knowledge import catalog  # stands on the tables, which are not there when languages are set up

    return catalog()


@cache
def questions() -> Mapping[str, str]:
    """Id of a question to people -> its words, of all directives that we know."""
    return {id: said for one in _catalog().directives.values() for id, said in one.conditions.items()}


@cache
def _of_places() -> frozenset[str]:
    """Ids of the questions that are asked of each site."""
    every = (sentence for one in _catalog().directives.values() for sentence in one.requirements)
    return frozenset(id for sentence in every for id in (*sentence.where, *sentence.purpose))


def address(estate: Estate, entry: Entry, need: str) -> str:
    """The page on which people can say what is missing; empty where it is nothing that they say of body or site.

    Args:
        estate: the body.
        entry: the device.
        need: what is missing, as a finding has it.
    """
    sites, site = f"/b/{estate.id}/sites/", entry.asset.site or ""
    home = f"{sites}{quote(site, safe='')}/" if site else sites
    if found := _FILE.search(need):
        id = next((id for id in found[1].split(", ") if id in questions()), "")
        if not id:  # nobody wrote a question for it, so no page asks it
            return ""
        here = site if id in _of_places() else ""
        return f"{home if here else sites}#{anchor('limb', here, '', id)}"
    return home if "sites file" in need else ""


def worst_at(estate: Estate, entry: Entry) -> str:
    """The page on which people can say what is missing to judge it; empty: there is none."""
    finding = order.worst(entry)
    return address(estate, entry, finding.missing[0]) if finding and finding.missing else ""


def all_at(estate: Estate, entry: Entry) -> tuple[str, ...]:
    """The pages on which people can say what is missing to judge it, the first few."""
    needs = [need for one in order.asked(entry.findings) if one.status == "undetermined" for need in one.missing]
    found = dict.fromkeys(address(estate, entry, need) for need in needs)
    return tuple(filter(None, found))[:3]
