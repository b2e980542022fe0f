"""A web application in this process with two bodies that have devices, and people of every role in the first.

What a test writes is taken back when it ends, so that none sees what another did. The tables stand in a file; with
``CUSTODIET_TEST_DATABASE_URL``, the address of a PostgreSQL server on which databases may be made, they stand in a new
database of that server, which is taken away at the end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from story import custodiet

pytest.importorskip("django", reason="the extra `web` is not installed")

REGISTER = (
    "Objectnr;Omschrijving;Merk;Type;MAC-adres;IP-adres;Locatie;Geplaatst op\r\n"
    "W-1;Dome camera hal;HiLook;IPC-T261H;;10.0.0.5;Stadhuis;12-06-2023\r\n"
    "W-2;Printer;Drukker;P-1;;10.0.0.7;Stadhuis;11-01-2019\r\n"
    "W-3;Bullet camera;Axis;P3245-LVE;;10.0.0.8;Depot;11-01-2021\r\n"
)
OTHER = (
    "Objectnr;Omschrijving;Merk;Type;IP-adres;Locatie\r\n"
    "G-1;Geheime camera poort;Dahua;IPC-HFW2831T-ZAS;10.66.0.66;Geheimhuis\r\n"
)
SITES = """
id: {id}
name: {name}
kind: nl-municipality
country: NL
sites:
  - {{ id: stadhuis, name: {site} }}
"""


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Id of a body -> its case."""
    made: dict[str, Path] = {}
    for id, name, site, text in (
        ("waterdorp", "Waterdorp", "Stadhuis", REGISTER),
        ("geheimstad", "Geheimstad", "Geheimhuis", OTHER),
    ):
        folder = tmp_path_factory.mktemp(id)
        (folder / f"register-{id}.csv").write_text(text, encoding="utf-8")
        (folder / "sites.yml").write_text(SITES.format(id=id, name=name, site=site), encoding="utf-8")
        made[id] = folder / "case.sqlite"
        told = custodiet(
            "audit", folder / f"register-{id}.csv", "--sites", folder / "sites.yml", "--on", "2025-12-01",
            "--case", made[id], "--quiet",
        )  # fmt: skip
        assert told.code in (0, 3, 4), told.err
    return made


@contextmanager
def new_database(name: str) -> Iterator[str]:
    """Address of a new and empty PostgreSQL database; empty: the embedded one is used."""
    server = os.environ.get("CUSTODIET_TEST_DATABASE_URL", "")
    if not server:
        yield ""
        return
    import psycopg

    name = f"custodiet_{name}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """Address of the database in which the bodies of these tests are; empty: the embedded one is used."""
    with new_database("test") as address:
        yield address
        if address:
            from django.db import connections

            connections.close_all()


@pytest.fixture
def empty_database() -> Iterator[str]:
    """Address of a database for one test alone; empty: the embedded one is used."""
    with new_database("empty") as address:
        yield address


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory, cases: dict[str, Path], database: str) -> None:
    """The application with empty accounts and both bodies."""
    from custodiet.web.config import Config
    from custodiet.web.start import migrate, start

    folder = tmp_path_factory.mktemp("web")
    start(Config(folder=folder, database=database, secret="only for tests " * 4, hosts=("testserver",), pace=1_000_000))
    from django.conf import settings

    # to be quick: what a password costs to try is not what these tests are about
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    migrate()
    from custodiet.web.first import put_case

    for case in cases.values():
        put_case(case)


@pytest.fixture
def web(started: None) -> Iterator[None]:
    """The application; what is written is taken back."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def person(web: None) -> Callable[..., Any]:
    """Makes a person with a role in a body, and gives a browser in which they are signed in."""
    from django.test import Client

    from custodiet.web.store.models import Body, Membership, Person

    def make(role: str = "viewer", body: str = "waterdorp", *, administrator: bool = False) -> Any:
        number = Person.objects.count()
        one = Person.objects.create(email=f"{role}{number}@example.org", name=role, administrator=administrator)
        if role:
            Membership.objects.create(person=one, body=Body.objects.get(id=body), role=role)
        client = Client()
        client.force_login(one)
        return client

    return make
