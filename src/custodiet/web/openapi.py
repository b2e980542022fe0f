"""The description of the interface for programs, made of the registry: what is not listed there has no address."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from custodiet import __version__
from custodiet.web.accounts.tokens import MAY_HAVE
from custodiet.web.page import Deed, Page
from custodiet.web.registry import ALL

_PART = re.compile(r"<(?:([a-z]+):)?([a-z_]+)>")
_TEXT = {"type": "string"}
_TABLE: dict[str, Any] = {"text/csv": {}}
_WORKBOOK: dict[str, Any] = {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {}}
_ISSUES = dict.fromkeys(("file", "place", "reason", "next_step", "severity"), _TEXT)
_FORMS: dict[str, dict[str, Any]] = {
    "csv": _TABLE,
    "findings-csv": _TABLE,
    "netbox": _TABLE,
    "snipe-it": _TABLE,
    "glpi": _TABLE,
    "xlsx": _WORKBOOK,
    "findings-xlsx": _WORKBOOK,
    "report": {"text/html": {}},
    "picture": {"image/png": {}, "image/jpeg": {}},
    "entries": {
        "application/json": {
            "schema": {
                "type": "object",
                "description": "An assessment, as docs/reference/assessment.schema.json describes it.",
                "required": ["body", "on", "entries"],
            }
        }
    },
    "dossier": {
        "application/json": {
            "schema": {
                "type": "object",
                "description": "A dossier, as docs/dossier.md describes it; custodiet explain --recompute checks it.",
                "required": ["schema", "asset", "identification", "observations", "records", "digest"],
            }
        }
    },
    "dossier-page": {"text/html": {}},
    "rows": {"application/json": {"schema": {"type": "object", "required": ["body", "devices"]}}},
    "issues": {"application/json": {"schema": {"type": "array", "items": {"properties": _ISSUES}}}},
}
"""Word behind ``as=`` -> what comes then, by media type; a test asks every page for each of its words."""

_SENT = {
    "import-send": ("file", "As many files as there are."),
    "send-sites-file": ("file", ""),
    "add-plan": ("picture", ""),
    "add-label-photo": ("photo", ""),
}
"""Deed to which files are sent -> the field of the form, and what is said where there may be several."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was refused, and what can be done about it."""

    reason: str
    next_step: str


_REFUSALS = {
    "400": ("What is asked for makes no sense here, or cannot be done.", ""),
    "401": ("Nobody is signed in, or the token does not work.", ""),
    "403": ("Another site asks, the form is none of this session, or a second factor has to be set up first.", ""),
    "404": ("It is not there, or not for whoever asks.", ""),
    "429": ("Too many files in a minute.", "Retry-After"),
    "500": ("A fault of the server; nothing was changed.", ""),
    "503": ("The installation is busy; nothing was changed.", "Retry-After"),
}
"""Status -> what it means, and the header that says in how many seconds it may be tried again."""


def document(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON."""
    return HttpResponse(_document(), content_type="application/json")


@cache
def _document() -> bytes:
    of_pages = {kind for page in ALL if isinstance(page, Page) for kind in (page.data, page.query)}
    kinds = sorted(of_pages | {deed.form for deed in ALL if isinstance(deed, Deed)} | {Refused}, key=str)
    # types of one name in two modules get longer names: what they are called is asked, not worked out
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    named = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for page in ALL:
        path = ("b/<slug:body>/" if page.within == "body" else "") + page.path
        method = "post" if isinstance(page, Deed) else "get"
        paths.setdefault("/" + _PART.sub(r"{\2}", path), {})[method] = {
            "operationId": page.name,
            "summary": page.says,
            "security": _security(page),
            "parameters": [*(_in_path(*part) for part in _PART.findall(path)), *_asked(page, named, components)],
            **(_deed(page, named, components) if isinstance(page, Deed) else _page(page, named)),
        }
    cookie = {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "custodiet", "version": __version__, "license": {"name": "EUPL-1.2"}},
            "paths": paths,
            "components": {
                "schemas": components,
                "responses": {status: _refusal(*told, named[Refused]) for status, told in _REFUSALS.items()},
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}, "session": cookie},
            },
        }
    )


def _security(page: Page[Any, Any] | Deed[Any]) -> list[dict[str, Any]]:
    """A browser in which somebody is signed in; and a token, where one can have the right that is asked for."""
    own = isinstance(page, Deed) and page.own
    token = page.within == "body" and not own and page.right in MAY_HAVE
    return [{"session": []}, *([{"token": []}] if token else [])]


def _in_path(kind: str, name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"} if kind == "int" else _TEXT}


def _asked(page: Page[Any, Any] | Deed[Any], named: dict[Any, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
    """What may stand behind the question mark."""
    if isinstance(page, Deed):
        return []
    fields = _component(named[page.query], components)["properties"]
    asks = {**fields, "as": {"enum": ["json", *page.files, *page.pictures]}}
    return [{"name": name, "in": "query", "schema": schema} for name, schema in asks.items()]


def _page(page: Page[Any, Any], named: dict[Any, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"text/html": {}, "application/json": {"schema": named[page.data]}}
    several = [named[page.data]]  # the page itself, and files of it
    for form in (*page.files, *page.pictures):
        several += [one["schema"] for kind, one in _FORMS[form].items() if kind == "application/json"]
        content |= {kind: one for kind, one in _FORMS[form].items() if kind != "application/json"}
    if len(several) > 1:
        content["application/json"] = {"schema": {"anyOf": several}}
    answers = {
        "200": {"description": page.says, "content": content},
        "302": _elsewhere("A browser in which nobody is signed in is led to where they can; a device may have moved."),
        **_refusals(files=bool(page.files)),
    }
    return {"responses": answers}


def _deed(deed: Deed[Any], named: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    kind, schema = "application/x-www-form-urlencoded", named[deed.form]
    if deed.name in _SENT:
        field, several = _SENT[deed.name]
        form, file = _component(schema, components), {"type": "string", "contentMediaType": "application/octet-stream"}
        sent = {"type": "array", "items": file, "minItems": 1, "description": several} if several else file
        kind = "multipart/form-data"
        schema = {
            **form,
            "properties": {**form["properties"], field: sent},
            "required": [*form.get("required", []), field],
        }
    done = _elsewhere("It was done; what came of it stands there. A browser in which nobody is signed in is led to it.")
    return {
        "requestBody": {"required": True, "content": {kind: {"schema": schema}}},
        "responses": {"302": done, **_refusals(files=False)},
    }


def _component(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = components[schema["$ref"].rpartition("/")[2]]
    return found


def _elsewhere(says: str) -> dict[str, Any]:
    return {"description": says, "headers": {"Location": {"schema": _TEXT}}}


def _refusals(*, files: bool) -> dict[str, Any]:
    known = [status for status in _REFUSALS if status != "429" or files]
    return {status: {"$ref": f"#/components/responses/{status}"} for status in known}


def _refusal(says: str, header: str, schema: dict[str, Any]) -> dict[str, Any]:
    """To a program as JSON, to a person as a page."""
    told = {"description": says, "content": {"application/json": {"schema": schema}, "text/html": {}}}
    return told | ({"headers": {header: {"schema": {"type": "integer"}}}} if header else {})
