"""The proof that a switch can only be asked to tell: no other kind of message can be made, and no value be sent."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from custodiet.probes.switch import request as module
from custodiet.probes.switch.request import Kind, Request
from custodiet.wire.ber import children, integer, read_element
from custodiet.wire.mib import SYSTEM, TABLES
from custodiet.wire.snmp import _PDU_TYPES, SYS_NAME, parse_snmp

FOLDER = Path(module.__file__).parent
READS = {"get": 0xA0, "get-next": 0xA1, "get-bulk": 0xA5}
NAME = tuple(map(int, SYS_NAME.split(".")))


def made(kind: str, rows: int = 5) -> bytes:
    """One question."""
    return Request(kind=kind, names=(NAME, (1, 3, 6, 1, 4, 1, 99999, 1 << 31)), number=77, rows=rows).pdu()  # type: ignore[arg-type]


def test_the_three_that_read_and_no_other() -> None:
    assert module._READS == READS and set(get_args(Kind)) == set(READS)
    for kind, tag in READS.items():
        assert made(kind)[0] == tag


@pytest.mark.parametrize("kind", [*sorted(set(_PDU_TYPES.values()) - set(READS)), "", "SetRequest", "163"])
def test_others_cannot_be_made(kind: str) -> None:
    with pytest.raises(KeyError):
        made(kind)


@pytest.mark.parametrize("kind", READS)
def test_values_are_empty(kind: str) -> None:
    pdu = made(kind)
    number, second, third, names = children(pdu, read_element(pdu))
    assert [integer(one.content(pdu)) for one in (number, second, third)] == [77, 0, 5 if kind == "get-bulk" else 0]
    for pair in children(pdu, names):
        assert next(reversed(list(children(pdu, pair)))).tag == 0x05


def test_the_reader_agrees() -> None:
    for kind in READS:
        message = b"\x02\x01\x01\x04\x01c" + made(kind)
        assert parse_snmp(b"\x30" + bytes((len(message),)) + message).pdu_type == kind


def test_only_tables_of_the_list_are_asked() -> None:
    tables = (SYSTEM, *TABLES)
    assert len({table.id for table in tables}) == len(tables)
    for table in tables:
        assert re.fullmatch(r"switch-[a-z-]+", table.id) and table.title and 0 < table.rows <= 40
        # MIB-2, and LLDP; nothing of a maker, and nothing of SNMP's own users, keys and communities
        assert all(
            column.oid[:6] == (1, 3, 6, 1, 2, 1) or column.oid[:4] == (1, 0, 8802, 1) for column in table.columns
        )


def test_one_place_makes_kinds_and_one_sends() -> None:
    """No other file of the folder writes a kind of message, and only the session has a socket."""
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        written = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is bytes
        ]
        assert not any(octet in range(0xA0, 0xB0) for octets in written for octet in octets), path.name
        named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert ("socket" in named) == (path.name == "session.py"), path.name
        sends = [
            node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr.startswith("send")
        ]
        assert sends == (["sendto"] if path.name == "session.py" else []), path.name
        assert "element" not in source_names(tree) or path.name == "request.py", path.name


def source_names(tree: ast.AST) -> set[str]:
    """Names that a file imports."""
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
