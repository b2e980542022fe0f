"""A robot that follows every link and fills in every form, so that a new page is tested without a new test."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import lxml.html
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import Resolver404, resolve

from custodiet.web.registry import ALL

PAGES = {page.name: page for page in ALL}
EACH = 3
"""Addresses of one page that are kept: lists link to many devices, and one is like the other."""
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAAAAACMmsGiAAAAEUlEQVR4nGP8z8DAwMSAQgAAE1EBB4BOjR4AAAAASUVORK5CYII="
)
"""A picture of four by four pixels."""
PICTURE = (Path(__file__).parents[1] / "fuzz" / "corpus" / "pictures" / "rgb.png").read_bytes()
SITES = "id: x\nname: {mark}\nkind: nl-municipality\ncountry: NL\nsites: [{{ id: of-{mark}, name: Of {mark} }}]\n"
"""A sites file."""
CHOICES = 8
"""The same with those that come of choosing from a list."""


@dataclass
class Form:
    """A form as it stands in a page, with what the robot wrote into it."""

    address: str
    name: str
    """Of the deed that it does."""
    fields: dict[str, Any]

    def sent(self) -> dict[str, Any]:
        """The fields, with files at their beginning."""
        for one in self.fields.values():
            if hasattr(one, "seek"):
                one.seek(0)
        return self.fields


@dataclass
class Walked:
    """Where a person comes by following links."""

    addresses: dict[str, list[str]] = field(default_factory=dict)
    """Name of the page -> addresses."""
    forms: dict[str, list[Form]] = field(default_factory=dict)
    """Name of the deed -> forms."""

    def at(self, name: str) -> list[str]:
        """Addresses that are known of a page or a deed."""
        return self.addresses.get(name, []) or [form.address for form in self.forms.get(name, [])]


def name_of(address: str) -> str:
    """Of the page behind an address; empty: there is none."""
    try:
        return str(resolve(urlsplit(address).path).url_name or "")
    except Resolver404:
        return ""


def walk(client: Any, mark: str = "robot", start: str = "/") -> Walked:
    """Follow every link from a page on."""
    walked, todo, seen, chosen = Walked(), [start], set(), set()
    while todo:
        here = todo.pop(0)
        name = name_of(here)
        kept = walked.addresses.setdefault(name, [])
        if here in seen or len(kept) >= (CHOICES if here in chosen else EACH) or not name:
            continue
        seen.add(here)
        answer = client.get(here)
        assert answer.status_code in (200, 302), f"a link leads to {here}, which answers {answer.status_code}"
        kept.append(here)
        if answer.status_code == 302:
            todo.append(urljoin(here, answer["Location"]))
        elif not answer.streaming and answer.get("Content-Type", "").startswith("text/html"):
            tree = lxml.html.fromstring(answer.content)
            todo += _links(tree, here)
            for form in tree.iter("form"):
                if form.get("method", "get").lower() != "post":
                    chosen |= (asked := _choices(form, urlsplit(here).path))
                    todo += sorted(asked)
                else:
                    filled = _filled(form, urljoin(here, form.get("action") or here), mark)
                    forms = walked.forms.setdefault(filled.name, [])
                    if len(forms) < EACH:
                        forms.append(filled)
    return walked


def _links(tree: Any, here: str) -> list[str]:
    found = []
    for link in (*tree.xpath("//@href"), *tree.xpath("//@hx-get"), *tree.xpath("//@src")):
        parts = urlsplit(urljoin(here, link))
        other = parts.scheme or parts.netloc or link.startswith("#") or parts.path.startswith("/static/")
        # the same page as a file is no other page
        if not other and "as" not in parse_qs(parts.query):
            found.append(parts._replace(fragment="").geturl())
    return found


def _choices(form: Any, here: str) -> set[str]:
    """Addresses of a form that asks, with each choice of its short lists in turn."""
    lists = [one for one in form.iter("select") if one.get("name") and len(one) < 6]
    return {f"{here}?{one.get('name')}={choice.get('value')}" for one in lists for choice in one if choice.get("value")}


def _filled(form: Any, address: str, mark: str) -> Form:
    fields: dict[str, Any] = {}
    for one in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        name, kind = one.get("name"), one.get("type", "text") if one.tag == "input" else one.tag
        if name == "csrfmiddlewaretoken":
            continue
        if kind == "select":
            values = [option.get("value", option.text) for option in one.iter("option")]
            fields[name] = next((value for value in reversed(values) if value), "")
        elif kind in ("radio", "checkbox"):
            fields.setdefault(name, one.get("value", "on"))
        elif kind == "file" and "image/" in one.get("accept", ""):
            fields[name] = SimpleUploadedFile(f"{mark}.png", PICTURE)
        elif kind == "file" and ".yml" in one.get("accept", ""):
            fields[name] = SimpleUploadedFile(f"{mark}.yml", SITES.format(mark=mark).encode())
        elif kind == "file":
            fields[name] = SimpleUploadedFile(f"{mark}.csv", f"Objectnr;Merk\r\nR-1;{mark}\r\n".encode())
        elif one.get("value"):
            fields[name] = one.get("value")
        else:
            told = {"email": f"{mark}@example.org", "number": one.get("min", "1"), "date": one.get("max", "2099-01-31")}
            told |= {"url": "https://example.org/", "password": "a whale in the canal", "hidden": "", "submit": ""}
            fields[name] = told.get(kind, one.get("placeholder") or mark)
    for button in form.xpath(".//button[@name]"):
        fields.setdefault(button.get("name"), button.get("value", ""))
    return Form(address, name_of(address), fields)


def work(client: Any, mark: str, start: str) -> Walked:
    """Fill in and send every form that a person comes by, then look again.

    Returns:
        where they come afterwards, with the forms that were there before and are done with.
    """
    before = walk(client, mark, start)
    for name, forms in before.forms.items():
        for form in forms if name in PAGES else ():
            client.post(form.address, form.sent())
    after = walk(client, mark)
    for name, forms in before.forms.items():
        after.forms.setdefault(name, forms)
    return after
