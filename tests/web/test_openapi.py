"""The description of the interface is one, and is true: what every address answers is as it says, whoever asks."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import jsonschema
import lxml.html
import pytest
from openapi_spec_validator import validate

BODY = "waterdorp"


@pytest.fixture(autouse=True)
def _few_lines() -> Iterator[None]:
    logging.disable(logging.CRITICAL)  # refusals are what these tests ask for
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def told(web: None) -> dict[str, Any]:
    """The description, as anybody gets it."""
    from django.test import Client

    document: dict[str, Any] = Client().get("/openapi.json").json()
    return document


def operations(told: dict[str, Any]) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """(page or deed, an address of it at which nothing is, how it is described)."""
    from custodiet.web.page import Deed
    from web.robot import PAGES

    for address, methods in told["paths"].items():
        for method, operation in methods.items():
            page = PAGES[operation["operationId"]]
            assert isinstance(page, Deed) == (method == "post")
            kinds = {one["name"]: one["schema"]["type"] for one in operation["parameters"] if one["in"] == "path"}
            given = {name: "1" if kind == "integer" else "no-such" for name, kind in kinds.items()} | {"body": BODY}
            yield page, re.sub(r"{(\w+)}", lambda found, given=given: given[found[1]], address), operation  # type: ignore[misc]


def wrong(told: dict[str, Any], operation: dict[str, Any], answer: Any) -> str:
    """What an answer is that its description does not say; empty: nothing."""
    status, name = str(answer.status_code), operation["operationId"]
    described = operation["responses"].get(status)
    if described is None:
        return f"{name} answers {status}, which is not described"
    if "$ref" in described:
        described = told["components"]["responses"][described["$ref"].rpartition("/")[2]]
    if missing := [header for header in described.get("headers", {}) if header not in answer]:
        return f"{name} answers {status} without {missing}"
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if status == "302":
        return ""
    kind = answer["Content-Type"].partition(";")[0]
    if kind not in described["content"]:
        return f"{name} answers {status} as {kind}, which is not described"
    if kind != "application/json":
        return ""
    schema = {**told, **described["content"][kind]["schema"]}
    checks = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    faults = [f"{fault.json_path} {fault.message[:200]}" for fault in checks.iter_errors(json.loads(body))]
    return f"{name} answers {status} with {faults[:3]}" if faults else ""


def test_another_program_finds_it_valid(told: dict[str, Any]) -> None:
    from web.robot import PAGES

    validate(told)
    assert {page.name for page, _, _ in operations(told)} == set(PAGES)


def test_a_name_that_stands_nowhere_is_found(told: dict[str, Any]) -> None:
    broken = json.dumps(told).replace('"#/components/schemas/Device"', '"#/components/schemas/Nowhere"')
    assert broken != json.dumps(told)
    with pytest.raises(Exception, match="Nowhere"):
        validate(json.loads(broken))


def test_every_page_gives_what_it_describes(told: dict[str, Any], person: Callable[..., Any]) -> None:
    """Wherever links lead, once every form was filled in; and in each form in which a page can be had."""
    from custodiet.web.page import Page
    from web.robot import walk, work

    client, found, count = person("administrator", administrator=True), [], 0
    work(client, "robot", f"/b/{BODY}/")
    walked = walk(client)
    for page, _, operation in operations(told):
        if isinstance(page, Page):
            words = next(one["schema"]["enum"] for one in operation["parameters"] if one["name"] == "as")
            assert words == ["json", *page.files, *page.pictures]
            for address in walked.at(page.name):
                for word in ("", *words):
                    answer = client.get(f"{address}{'&' if '?' in address else '?'}as={word}")
                    found.append(wrong(told, operation, answer))
                    count += word == "json" and answer.status_code == 200
    assert not any(found), sorted(set(filter(None, found)))
    assert count >= 40, count


MONTH = "(?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sept|Oct|Nov|Dec)"


def strings(told: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            yield from strings(one)
    elif isinstance(told, str):
        yield told


def test_what_programs_take_is_english_and_has_days_as_programs_read_them(person: Callable[..., Any]) -> None:
    """Whatever the language of who asks: the same bytes, wherever links lead once every form was filled in."""
    from custodiet.web.page import Page
    from custodiet.web.store.models import Person
    from web.robot import PAGES, walk, work

    client = person("administrator", administrator=True)
    work(client, "robot", f"/b/{BODY}/")
    compared = 0
    for name, addresses in walk(client).addresses.items():
        for address in addresses if isinstance(PAGES.get(name), Page) else ():
            asked = f"{address}{'&' if '?' in address else '?'}as=json"
            answers = []
            for language in ("en", "nl"):
                Person.objects.update(language=language)
                answers.append(client.get(asked, headers={"accept-language": language}))
            english, dutch = answers
            if english.get("Content-Type") != "application/json" or name == "account":  # which says one's language
                continue
            assert english.content == dutch.content, address
            assert dutch["Content-Language"] == "en", address
            days = [text for text in strings(english.json()) if re.fullmatch(rf"\d+ {MONTH} \d{{4}}.*", text)]
            assert not days, address
            compared += 1
    assert compared >= 40, compared
    Person.objects.update(language="nl")
    refused = client.get(f"/b/{BODY}/devices/no-such/?as=json")
    assert refused["Content-Language"] == "en"


def test_an_answer_that_is_not_described_is_found(told: dict[str, Any], person: Callable[..., Any]) -> None:
    client = person("viewer")
    devices = told["paths"]["/b/{body}/devices/"]["get"]
    answer = client.get(f"/b/{BODY}/devices/?as=json")
    assert not wrong(told, devices, answer)
    assert wrong(told, told["paths"]["/b/{body}/work/"]["get"], answer)
    del devices["responses"]["404"]
    assert wrong(told, devices, client.get("/b/no-such/devices/?as=json")).endswith("404, which is not described")


def test_every_refusal_is_described(
    told: dict[str, Any], person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every operation is asked by nobody, by a stranger, wrongly, by another site and of a database that is busy."""
    from django.db import OperationalError
    from django.db.models.sql.compiler import SQLCompiler
    from django.test import Client

    from custodiet.web.page import Deed

    def busy(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    def ask(client: Any, address: str, **told: Any) -> Any:
        return client.post(address, {"x": "\0"}, **told) if isinstance(page, Deed) else client.get(address, **told)

    mine, nobody, stranger = person("administrator", administrator=True), Client(), person("")
    mine.raise_request_exception = False
    json_please, found = {"Accept": "application/json"}, []
    for page, address, operation in operations(told):
        here = f"{address}?as=json&x=%00"
        seen = [
            (401, ask(nobody, here, headers=json_please)),
            (302, ask(nobody, address)),
            (400, ask(mine, here)),
            (400, ask(mine, f"{address}?x=%00")),
            (403, ask(mine, here, headers={"Sec-Fetch-Site": "cross-site"})),
        ]
        if page.within in ("body", "installation"):
            seen.append((404, ask(stranger, here)))
        if page.within == "body":
            seen.append((404, ask(mine, here.replace(BODY, "no-such-body"))))
        with monkeypatch.context() as patch:
            patch.setattr(SQLCompiler, "execute_sql", busy)
            seen += [(503, ask(mine, here)), (503, ask(mine, address, headers={"Accept": "text/html"}))]
        for status, answer in seen:
            if answer.status_code != status:
                found.append(f"{page.name} answers {answer.status_code}, not {status}")
            found.append(wrong(told, operation, answer))
    assert not any(found), list(filter(None, found))


def test_too_many_files_are_described(
    told: dict[str, Any], person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from custodiet.web import pace

    client = person("administrator", administrator=True)
    monkeypatch.setattr(pace.files, "wait", lambda *_: 7)
    with_files = [one for one in operations(told) if getattr(one[0], "files", None)]
    assert len(with_files) >= 8
    for page, address, operation in with_files:
        answer = client.get(f"{address}?as={next(iter(page.files))}", headers={"Accept": "application/json"})
        assert answer.status_code == 429
        assert not wrong(told, operation, answer)


def test_a_token_is_offered_where_one_can_be_used(told: dict[str, Any], person: Callable[..., Any]) -> None:
    """With all rights that a token can have, and with one that is nobody's."""
    from django.db import transaction
    from django.test import Client

    from custodiet.web.accounts.tokens import MAY_HAVE, make_token
    from custodiet.web.estate import Estate
    from custodiet.web.page import Deed
    from custodiet.web.store.models import Body, Person
    from web.robot import work

    client = person("administrator", administrator=True)
    walked = work(client, "robot", f"/b/{BODY}/")
    estate = Estate(Body.objects.get(id=BODY))
    token = make_token(estate, "all", MAY_HAVE, 1, Person.objects.all()[0], datetime.now(UTC))[1]
    program, none = Client(headers={"Authorization": f"Bearer {token}"}), Client(headers={"Authorization": "Bearer x"})
    tried = []
    for page, address, operation in operations(told):
        offered = {"token": []} in operation["security"]
        for known in walked.at(page.name)[:1] or ([] if offered else [address]):
            with transaction.atomic():
                answer = program.post(known) if isinstance(page, Deed) else program.get(known)
                transaction.set_rollback(True)
            # a deed of which the thing is gone is not there either
            assert (answer.status_code == 404) <= (not offered or isinstance(page, Deed)), (page.name, known)
            assert offered or answer.status_code == 404, (page.name, known, answer.status_code)
            assert not wrong(told, operation, answer)
            tried.append(page.name)
        refused = none.post(address) if isinstance(page, Deed) else none.get(address)
        assert refused.status_code == 401 and not wrong(told, operation, refused), page.name
    assert {"devices", "import-send", "members-give", "tokens-make", "people", "account"} <= set(tried)


def test_what_is_sent_is_described(told: dict[str, Any], person: Callable[..., Any]) -> None:
    """Each form of a page, with its fields: those that take files say so, and no others do."""
    from web.robot import name_of, walk

    client = person("administrator", administrator=True)
    walked, files = walk(client), {}
    for address in [one for each in walked.addresses.values() for one in each[:1]]:
        page = client.get(address)
        if page.get("Content-Type", "").startswith("text/html"):
            for form in lxml.html.fromstring(page.content).xpath("//form[.//*[@type='file']]"):
                fields = form.xpath(".//*[@type='file']")
                sent = {one.get("name"): one.get("multiple") is not None for one in fields}
                files[name_of(urljoin(address, form.get("action")))] = form.get("enctype"), sent
    described = {}
    for page, _, operation in operations(told):
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            if kind != "application/x-www-form-urlencoded":
                fields = {
                    name: one for name, one in body["schema"]["properties"].items() if "contentMediaType" in str(one)
                }
                described[page.name] = kind, {name: one["type"] == "array" for name, one in fields.items()}
                assert set(fields) <= set(body["schema"]["required"])
    assert described == files
    assert len(files) >= 4
