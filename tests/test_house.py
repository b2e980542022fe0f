"""The house rules: who may import whom, who may touch the network, who may open files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "custodiet"

ORDER = [
    "errors", "model", "dates", "signing", "plain_yaml", "wire", "catalog", "sites", "sources", "probes", "resolve",
    "egress", "reach", "identify", "evaluate", "count", "judge", "law", "isolation", "phaseout", "survey", "casefile",
    "unseen", "talking", "statements", "reaching", "watch", "report", "concluding", "audit", "proving", "judging",
    "timeline", "claims", "returns", "web", "cli", "__main__",
]  # fmt: skip
"""A package or module may import what stands before it, never what stands after it."""

NETWORK = {
    "socket", "socketserver", "ssl", "http", "urllib", "urllib.request", "urllib.error",
    "ftplib", "smtplib", "poplib", "imaplib", "telnetlib", "xmlrpc",
    "asyncio", "selectors", "select", "requests", "httpx", "aiohttp", "urllib3", "scapy", "webbrowser", "subprocess",
    "multiprocessing", "ctypes",
}  # fmt: skip
"""Modules that can reach a network, or start something that can."""

FILES = {"os", "io", "pathlib", "tempfile", "shutil", "sqlite3", "mmap", "glob", "fileinput"}
MAY_SEND = {"probes", "web"}
STARTS_PROCESSES = {
    "identify/runners.py": {
        "multiprocessing",
        "multiprocessing.connection",
        "multiprocessing.connection.Connection",
        "multiprocessing.get_context",
    },
    # nft and pfctl say whether they would take a file of rules, with the option that loads nothing; they send nothing
    "isolation/syntax.py": {"subprocess"},
}
"""What starts processes on this machine: of this program, or the tool that checks the rules we wrote."""
MODULES = sorted(SOURCE.rglob("*.py"))


def room(path: Path) -> str:
    """The package or module a file belongs to, as a word of `ORDER`."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    """Full names of everything imported anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def broken_order(source: str, mine: str) -> list[str]:
    """Imports of ours in a file of the room ``mine`` that point to a room standing later."""
    ours = (name.split(".")[1] for name in imports(ast.parse(source)) if name.startswith("custodiet."))
    return sorted({name for name in ours if name in ORDER and ORDER.index(name) > ORDER.index(mine)})


def test_every_room_has_its_place_in_the_order() -> None:
    assert {room(path) for path in MODULES} - {"__init__"} <= set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_only_upwards(path: Path) -> None:
    if room(path) == "__init__":
        return
    assert broken_order(path.read_text(encoding="utf-8"), room(path)) == []


def test_the_order_test_can_fail() -> None:
    assert broken_order("from custodiet.report import html", "wire") == ["report"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_probes_and_web_can_touch_the_network(path: Path) -> None:
    if room(path) in MAY_SEND:
        return
    own_processes = STARTS_PROCESSES.get(str(path.relative_to(SOURCE)), set())
    assert network_modules(path.read_text(encoding="utf-8")) - own_processes == set()


def network_modules(source: str) -> set[str]:
    """What a file imports that can reach a network; taking an address apart (urllib.parse) reaches nothing."""
    names = {name for name in imports(ast.parse(source)) if name != "urllib" and not name.startswith("urllib.parse")}
    return {name for name in names if name in NETWORK or name.split(".")[0] in NETWORK}


@pytest.mark.parametrize("line", ["import socket", "from urllib.request import urlopen", "import http.client"])
def test_the_network_test_can_fail(line: str) -> None:
    assert network_modules(line)


@pytest.mark.parametrize("path", sorted((SOURCE / "wire").rglob("*.py")), ids=lambda path: path.name)
def test_wire_opens_no_file(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert {name.split(".")[0] for name in imports(tree)} & FILES == set()
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert calls & {"open", "exec", "eval", "compile", "__import__"} == set()


def test_no_module_is_named_after_a_maker() -> None:
    makers = {"hikvision", "dahua", "axis", "bosch", "uniview", "hanwha"}
    assert {path.stem for path in MODULES} & makers == set()


def test_importing_the_nouns_loads_no_heavy_library() -> None:
    heavy = {"numpy", "lxml", "jinja2", "xlsxwriter"}
    loaded = {
        name.split(".")[0] for path in (SOURCE / "model").glob("*.py") for name in imports(ast.parse(path.read_text()))
    }
    assert loaded & heavy == set()


def fuzzed() -> str:
    """The text of all fuzz targets."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (SOURCE.parents[1] / "tests" / "fuzz").glob("*.py"))


def test_every_reader_has_a_fuzz_target() -> None:
    from custodiet.sources import READERS

    targets = fuzzed()
    modules = {reader.read.__module__ for reader in READERS}
    assert len(modules) > 10
    assert [name for name in sorted(modules) if name not in targets and name.rpartition(".")[2] not in targets] == []


def test_every_protocol_has_a_fuzz_target() -> None:
    targets = fuzzed()
    parsers = {
        f"{path.stem}.{node.name}"
        for path in (SOURCE / "wire").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("parse_")
    }
    assert len(parsers) > 20
    assert [name for name in sorted(parsers) if name.split(".")[1] not in targets] == []
