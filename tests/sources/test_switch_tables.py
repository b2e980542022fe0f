"""Tables of a switch, joined: what they say of devices, and what they do not."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import pytest
from reading import Outcome, read

from custodiet.sources.exchanges import READER
from custodiet.wire.ber_write import element, identifier, sequence
from probes.switch.agent import (
    SYSTEM,
    Values,
    arp,
    interface,
    learnt,
    lldp,
    neighbour6,
    number,
    octets,
    oid,
    plain_learnt,
)

VLAN = "1.3.6.1.2.1.17.7.1.4.2.1.3.0"


def taken(folder: Path, values: Values, *, host: str = "10.0.0.1", question: str = "switch-arp") -> Outcome:
    """What is read out of a log with these cells."""
    rows = [sequence(identifier(name), value) for name, value in values.items()]
    pdu = element(0xA2, number(1) + number(0) + number(0) + sequence(*rows))
    answer = sequence(number(1), octets(b""), pdu)
    exchange = {
        "question": question,
        "target": host,
        "port": 161,
        "at": 1000.0,
        "outcome": "answered",
        "answers": [b64encode(answer).decode()],
    }
    head = '{"type":"head","format":"custodiet-find/1"}\n'
    return read(READER, (head + json.dumps({"type": "exchange", "exchange": exchange})).encode(), folder)


def test_rows_have_their_place_and_time(tmp_path: Path) -> None:
    [ip, mac] = taken(tmp_path, arp("10.0.0.5", 1)).observations
    assert (ip.subject, mac.attribute, mac.value) == ("ip:10.0.0.5", "net.mac", "00:40:8c:00:00:01")
    assert mac.locator == "10.0.0.1, ipNetToMediaPhysAddress.3.10.0.0.5" and mac.first_seen == 1000.0


def test_the_switch_says_who_it_is(tmp_path: Path) -> None:
    facts = taken(tmp_path, SYSTEM, question="switch-system").facts("ip:10.0.0.1")
    assert facts["snmp.sys_name"] == "sw-cellar" and facts["snmp.sys_object_id"] == "1.3.6.1.4.1.99999.1"


@pytest.mark.parametrize(
    "values",
    [
        arp("10.0.0.5", 1, kind=2),
        arp("224.0.0.5", 1),
        neighbour6(bytes(16), 1),
        neighbour6(bytes.fromhex("fe80") + bytes(13) + b"\x05", 1, kind=5),
        learnt(1, 1, status=4),
        learnt(1, 1, status=2),
        learnt(1, 0),
        {oid("1.3.6.1.2.1.4.22.1.2.3.10.0.0.5"): octets(b"")},
        {oid("1.3.6.1.2.1.4.22.1.2.3.10.0.0.500"): octets(bytes(6))},
        {oid("1.3.6.1.2.1.17.4.3.1.2.1.0.94.0.0.1"): number(1)},
        {oid("1.3.6.1.2.1.17.4.3.1.2.255.255.255.255.255.255"): number(1)},
        {oid("1.3.6.1.2.1.17.4.3.1.2.0.64.140"): number(1)},
        {oid("1.3.6.1.2.1.17.4.3.1.2.0.64.140.0.0.1"): octets(b"1")},
        {oid("1.3.6.1.2.1.2.2.1.2.1"): octets(b"only a name")},
    ],
)
def test_rows_that_say_nothing_about_a_device(values: Values, tmp_path: Path) -> None:
    came = taken(tmp_path, values)
    assert came.observations == [] and came.tally.issues == 0


def test_the_table_without_vlans(tmp_path: Path) -> None:
    facts = taken(tmp_path, plain_learnt(1, 7) | interface(1, "", port=7)).facts("mac:00:40:8c:00:00:01")
    assert facts["net.switch_port"] == "10.0.0.1 Interface 1" and "net.vlan" not in facts


def test_a_port_without_a_name_is_its_number(tmp_path: Path) -> None:
    facts = taken(tmp_path, learnt(1, 7)).facts("mac:00:40:8c:00:00:01")
    assert facts["net.switch_port"] == "10.0.0.1 port 7"
    assert "net.vlan" not in facts, "the number of a table is no VLAN"


@pytest.mark.parametrize(("more", "vlan"), [({}, "20"), ({oid(f"{VLAN}.30"): number(10)}, None)])
def test_a_vlan_is_told_where_the_table_serves_it_alone(more: Values, vlan: str | None, tmp_path: Path) -> None:
    came = taken(tmp_path, learnt(1, 7) | {oid(f"{VLAN}.20"): number(10)} | more)
    assert came.facts("mac:00:40:8c:00:00:01").get("net.vlan") == vlan


@pytest.mark.parametrize(("many", "trunk"), [(4, False), (5, True)])
def test_a_trunk_is_told(many: int, trunk: bool, tmp_path: Path) -> None:
    values: Values = {}
    for last in range(many):
        values |= learnt(last, 7) | learnt(last, 7, vlan=11)
    came = taken(tmp_path, values)
    assert came.facts("mac:00:40:8c:00:00:00")["net.switch_port"].endswith(", a trunk") == trunk
    assert ("5 hardware addresses" in came.reasons) == trunk


@pytest.mark.parametrize(
    ("subtype", "chassis", "ip", "subject"),
    [
        (4, bytes.fromhex("00408c000001"), "", "mac:00:40:8c:00:00:01"),
        (5, b"\x01\x0a\x00\x00\x09", "", "ip:10.0.0.9"),
        (7, b"some-id", "10.0.0.9", "ip:10.0.0.9"),
        (7, b"some-id", "", "row:lldp-0.1.1"),
        (4, b"short", "", "row:lldp-0.1.1"),
    ],
)
def test_neighbours(subtype: int, chassis: bytes, ip: str, subject: str, tmp_path: Path) -> None:
    came = taken(tmp_path, lldp(1, chassis=chassis, subtype=subtype, name="cam", describes="ExampleCam", ip=ip))
    facts = came.facts(subject)
    assert came.subjects == [subject] and facts["lldp.system_name"] == "cam"
    assert facts["net.switch_port"] == "10.0.0.1 Gi1/0/1" and facts["lldp.port_id"] == "eth0"


def test_an_answer_of_nobody_is_an_issue(tmp_path: Path) -> None:
    came = taken(tmp_path, arp("10.0.0.5", 1), host="switch.example")
    assert came.observations == [] and "no address" in came.reasons
