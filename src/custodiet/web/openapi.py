"""The description of the interface for programs, made of the registry: what is not listed there has no address."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from custodiet import __version__
from custodiet.web.page import Deed, Page
from custodiet.web.registry import ALL

_PART = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")


def document(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON."""
    return HttpResponse(_document(), content_type="application/json")


@cache
def _document() -> bytes:
    kinds = {page.data for page in ALL if isinstance(page, Page)} | {p.form for p in ALL if isinstance(p, Deed)}
    _, components = msgspec.json.schema_components(sorted(kinds, key=str), ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for page in ALL:
        path = ("b/<slug:body>/" if page.within == "body" else "") + page.path
        method = "post" if isinstance(page, Deed) else "get"
        paths.setdefault("/" + _PART.sub(r"{\1}", path), {})[method] = _operation(page, _PART.findall(path))
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "custodiet", "version": __version__, "license": {"name": "EUPL-1.2"}},
            "paths": paths,
            "components": {"schemas": components, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        }
    )


def _operation(page: Page[Any, Any] | Deed[Any], parts: list[str]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": part, "in": "path", "required": True, "schema": {"type": "string"}} for part in parts
    ]
    told: dict[str, Any] = {"operationId": page.name, "summary": page.says}
    if page.within == "body":
        told["security"] = [{"token": []}]
    if isinstance(page, Page):
        for one in msgspec.structs.fields(page.query):
            [schema], _ = msgspec.json.schema_components([one.type])
            parameters.append({"name": one.encode_name, "in": "query", "schema": schema})
        parameters.append({"name": "as", "in": "query", "schema": {"enum": ["json", *page.files, *page.pictures]}})
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{page.data.__name__}"}}}
        told["responses"] = {"200": {"description": page.says, "content": content}}
    else:
        schema = {"$ref": f"#/components/schemas/{page.form.__name__}"}
        told["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}
        told["responses"] = {"302": {"description": "It was done."}}
    return {**told, "parameters": parameters}
