"""Tables of ARP and of switches, in every form and language."""

from __future__ import annotations

from pathlib import Path

import pytest
from logged import items, read

from custodiet.errors import SourceError
from custodiet.sources.address_tables import READER

CAM = "44:19:b6:01:02:03"

TABLES = {
    "arp -a, Linux": (
        "cam.example (10.0.0.5) at 44:19:b6:01:02:03 [ether] on eth0\n? (10.0.0.6) at <incomplete> on eth0\n"
    ),
    "arp -a, BSD": "? (10.0.0.5) at 44:19:b6:1:2:3 on en0 ifscope [ethernet]\n? (10.0.0.6) at (incomplete) on en0\n",
    "arp -n": (
        "Address                  HWtype  HWaddress           Flags Mask            Iface\n"
        "10.0.0.5                 ether   44:19:b6:01:02:03   C                     eth0\n"
        "10.0.0.6                         (incomplete)                              eth0\n"
    ),
    "/proc/net/arp": (
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "10.0.0.5         0x1         0x2         44:19:b6:01:02:03     *        eth0\n"
        "10.0.0.6         0x1         0x0         00:00:00:00:00:00     *        eth0\n"
    ),
    "ip neigh": "10.0.0.5 dev eth0 lladdr 44:19:b6:01:02:03 REACHABLE\n10.0.0.6 dev eth0  FAILED\n",
    "arp -a, Windows": (
        "\r\nInterface: 10.0.0.2 --- 0xb\r\n  Internet Address      Physical Address      Type\r\n"
        "  10.0.0.5              44-19-b6-01-02-03     dynamic   \r\n"
        "  224.0.0.22            01-00-5e-00-00-16     static    \r\n"
        "  255.255.255.255       ff-ff-ff-ff-ff-ff     static    \r\n"
    ),
    "arp -a, Windows in Dutch": (
        "\r\nInterface: 10.0.0.2 --- 0xb\r\n  Internetadres         Fysiek adres          Type\r\n"
        "  10.0.0.5              44-19-b6-01-02-03     dynamisch \r\n"
        "  10.0.0.255            ff-ff-ff-ff-ff-ff     statisch  \r\n"
    ),
    "show ip arp": (
        "switch#show ip arp\n"
        "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"
        "Internet  10.0.0.5               12   4419.b601.0203  ARPA   Vlan20\n"
        "Internet  10.0.0.6                0   Incomplete      ARPA\n"
    ),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_an_address_and_who_answers_there(tmp_path: Path, name: str, codec: str) -> None:
    outcome = read(READER, TABLES[name].encode(codec), tmp_path)
    assert outcome.one("ip:10.0.0.5", "net.mac").value == CAM
    assert outcome.subjects == {"ip:10.0.0.5"}, "addresses of groups and addresses without answer are no devices"
    assert outcome.tally.issues == 0
    assert all(issue.severity == "note" for issue in outcome.issues)
    if "10.0.0.6" in TABLES[name]:
        assert "10.0.0.6" in outcome.issues[0].reason


def test_names_vlans_and_routers(tmp_path: Path) -> None:
    assert (
        read(READER, TABLES["arp -a, Linux"].encode(), tmp_path).one("ip:10.0.0.5", "net.hostname").value
        == "cam.example"
    )
    assert read(READER, TABLES["show ip arp"].encode(), tmp_path).one("ip:10.0.0.5", "net.vlan").value == "20"
    router = b"fe80::1%eth0 dev eth0 lladdr 44:19:b6:01:02:03 router STALE\n"
    outcome = read(READER, router, tmp_path)
    assert outcome.one("ip:fe80::1", "net.gateway").value == "yes"


def test_a_table_of_a_switch(tmp_path: Path) -> None:
    text = (
        "          Mac Address Table\n-------------------------------------------\n\n"
        "Vlan    Mac Address       Type        Ports\n----    -----------       --------    -----\n"
        " All    0100.0ccc.cccc    STATIC      CPU\n"
        "  20    4419.b601.0203    DYNAMIC     Gi1/0/5\n"
        "Total Mac Addresses for this criterion: 2\n"
    )
    outcome = read(READER, text.encode(), tmp_path)
    assert outcome.one(f"mac:{CAM}", "net.vlan").value == "20"
    assert outcome.one(f"mac:{CAM}", "net.mac").locator == "line 7"
    assert outcome.subjects == {f"mac:{CAM}"}


def test_a_table_of_another_switch(tmp_path: Path) -> None:
    text = (
        "* 20     4419.b601.0203   dynamic  0         F      F    Eth1/1\n"
        "+ 30     0040.8c01.0203   dynamic  0         F      F    Po1\n"
    )
    outcome = read(READER, text.encode(), tmp_path)
    assert outcome.one(f"mac:{CAM}", "net.vlan").value == "20"
    assert outcome.one("mac:00:40:8c:01:02:03", "net.vlan").value == "30"


def test_a_damaged_row_is_an_issue_and_the_rest_goes_on(tmp_path: Path) -> None:
    text = TABLES["arp -n"] + "10.0.0.7 ether 44:19:b6:zz:02:03 C eth0\n10.0.0.8 ether 00:40:8c:01:02:03 C eth0\n"
    outcome = read(READER, text.encode(), tmp_path)
    assert outcome.subjects == {"ip:10.0.0.5", "ip:10.0.0.8"}
    assert [issue.place for issue in outcome.issues] == ["line 4", "line 3"]
    assert (outcome.tally.total, outcome.tally.read, outcome.tally.issues) == (4, 3, 1)


def test_the_same_row_twice_is_counted(tmp_path: Path) -> None:
    outcome = read(READER, TABLES["ip neigh"].encode() * 3, tmp_path)
    assert outcome.one("ip:10.0.0.5", "net.mac").count == 3


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no line links"):
        items(READER, b"Address                  HWtype  HWaddress\n\n", tmp_path)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00\xff" * 50,
        b"ip;mac;merk\n10.0.0.5;44:19:b6:01:02:03;Hikvision\n",
        b"10.0.0.5,44:19:b6:01:02:03,camera\n",
        b"lease 10.0.0.5 {\n  hardware ethernet 44:19:b6:01:02:03;\n}\n",
        b"1700300000 44:19:b6:01:02:03 10.0.0.5 cam *\n",
        b"The camera at (10.0.0.5) is broken.\nPlease repair.\nThanks.\n",
    ],
)
def test_other_files_are_not_taken(head: bytes) -> None:
    assert not READER.recognise(head, "arp.txt")
