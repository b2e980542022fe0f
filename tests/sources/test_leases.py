"""Lease files: whose MAC had which address, and when."""

from __future__ import annotations

from pathlib import Path

import pytest
from logged import items, read

from custodiet.errors import SourceError
from custodiet.sources.leases import READER

CAM = "mac:44:19:b6:01:02:03"

ISC = r"""
# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;
server-duid "\000\001";

lease 10.0.0.5 {
  starts 4 2023/11/16 10:00:00;
  ends 4 2023/11/16 22:00:00;
  cltt 4 2023/11/16 10:30:00;
  binding state free;
  hardware ethernet 44:19:b6:01:02:03;
  uid "\001D\031\266\001\002\003";
  client-hostname "camera\040\"hall\"";
  set vendor-class-identifier = "udhcp 1.20";
}
lease 10.0.0.5 {
  starts epoch 1700300000; # Sat Nov 18 09:33:20 2023
  ends never;
  binding state active;
  hardware ethernet 00:40:8c:01:02:03;
}
lease 10.0.0.9 { starts 4 2023/11/16 10:00:00; binding state abandoned; }
"""


def test_isc_keeps_who_had_an_address_and_when(tmp_path: Path) -> None:
    outcome = read(READER, ISC.encode(), tmp_path)
    ip = outcome.one(CAM, "net.ip")
    assert (ip.value, ip.first_seen, ip.last_seen, ip.locator) == ("10.0.0.5", 1700128800.0, 1700130600.0, "line 6")
    assert outcome.one(CAM, "dhcp.hostname").value == 'camera "hall"'
    assert outcome.one(CAM, "dhcp.vendor_class").value == "udhcp 1.20"
    assert outcome.one("mac:00:40:8c:01:02:03", "net.ip").first_seen == 1700300000.0
    assert outcome.subjects == {CAM, "mac:00:40:8c:01:02:03"}, "an abandoned lease is no device"
    assert (outcome.tally.total, outcome.tally.read) == (3, 3)


def test_a_renewed_lease_stretches_its_time(tmp_path: Path) -> None:
    lease = "lease 10.0.0.5 {{\n starts 4 2023/11/{0} 10:00:00;\n hardware ethernet 44:19:b6:01:02:03;\n}}\n"
    ip = read(READER, (lease.format(16) + lease.format(18)).encode(), tmp_path).one(CAM, "net.ip")
    assert (ip.count, ip.first_seen, ip.last_seen) == (2, 1700128800.0, 1700301600.0)


def test_isc_cut_or_broken(tmp_path: Path) -> None:
    text = "lease 10.0.0.5 {\n hardware ethernet 44:19:b6:01:02:03;\n"
    cut = read(READER, text.encode(), tmp_path)
    assert [issue.place for issue in cut.issues] == ["end of the file"]
    unclosed = read(READER, (text + "lease 10.0.0.6 {\n starts 4 2023/99/99 10:00:00;\n}\n").encode(), tmp_path)
    assert [(issue.place, issue.reason) for issue in unclosed.issues] == [("line 3", "the lease of line 1 has no end")]
    wrong = read(READER, b"lease 10.0.0.999 {\n ends never;\n}\n", tmp_path)
    assert wrong.issues[0].reason == "a lease without an address that can be read"


def test_dnsmasq(tmp_path: Path) -> None:
    data = (
        b"1700300000 44:19:b6:01:02:03 10.0.0.5 camera-hall 01:44:19:b6:01:02:03\n"
        b"0 00:40:8c:01:02:03 10.0.0.6 * *\n"
        b"duid 00:01:00:01:2c:aa\n"
        b"1700300000 16777216 fd00::5 camera-hall 00:01:00:01\n"
    )
    outcome = read(READER, data, tmp_path)
    assert outcome.one(CAM, "dhcp.hostname").value == "camera-hall"
    assert outcome.one(CAM, "net.ip").first_seen is None, "the time in front is when the lease will end"
    assert outcome.values("mac:00:40:8c:01:02:03", "dhcp.hostname") == []
    assert outcome.one("ip:fd00::5", "net.ip").value == "fd00::5"
    assert outcome.tally.total == 3


def test_kea(tmp_path: Path) -> None:
    data = (
        b"address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"
        b"10.0.0.5,44:19:b6:01:02:03,01:44,3600,1700303600,1,0,0,cam&#x2c1.example.,0,,0\n"
        b"10.0.0.5,44:19:b6:01:02:03,01:44,3600,1700307200,1,0,0,cam&#x2c1.example.,0,,0\n"
        b"10.0.0.7,44:19\n"
        b"nonsense,,,,,,,,,,,\n"
    )
    outcome = read(READER, data, tmp_path)
    ip = outcome.one(CAM, "net.ip")
    assert (ip.first_seen, ip.last_seen, ip.count) == (1700300000.0, 1700303600.0, 2)
    assert outcome.one(CAM, "dhcp.hostname").value == "cam,1.example"
    assert [(issue.place, issue.reason) for issue in outcome.issues] == [
        ("line 4", "2 columns where the header names 12"),
        ("line 5", "no address"),
    ]


@pytest.mark.parametrize("separator", [",", ";"])
def test_windows_export(tmp_path: Path, separator: str) -> None:
    rows = [
        ["IPAddress", "ScopeId", "ClientId", "HostName", "AddressState", "LeaseExpiryTime"],
        ["10.0.0.5", "10.0.0.0", "44-19-b6-01-02-03", "cam.gemeente.example", "Active", "18-11-2023 10:00:00"],
    ]
    text = "#TYPE Microsoft.Management\r\n" + "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    for data in (text.encode(), text.encode("utf-16")):
        outcome = read(READER, data, tmp_path)
        assert outcome.one(CAM, "net.ip").value == "10.0.0.5"
        assert outcome.one(CAM, "dhcp.hostname").value == "cam.gemeente.example"


def test_netsh(tmp_path: Path) -> None:
    data = (
        b"Changed the current scope context to 10.0.0.0 scope.\r\n"
        b"10.0.0.5      - 255.255.255.0  - 44-19-b6-01-02-03   -1/4/2024 12:00:00 PM    -D -  cam-hall\r\n"
        b"10.0.0.6      damaged\r\n"
        b"No of Clients(version 4): 2 in the Scope : 10.0.0.0.\r\n"
    )
    outcome = read(READER, data, tmp_path)
    assert outcome.one(CAM, "dhcp.hostname").value == "cam-hall"
    assert [issue.place for issue in outcome.issues] == ["line 3"]


def test_a_line_that_is_too_long_costs_only_itself(tmp_path: Path) -> None:
    good = b"1700300000 44:19:b6:01:02:03 10.0.0.5 cam *\n"
    outcome = read(READER, good + b"9" * 100_000 + b"\n" + good, tmp_path)
    assert outcome.one(CAM, "net.ip").count == 2
    assert [issue.place for issue in outcome.issues] == ["line 2"]


@pytest.mark.parametrize(
    "head", [b"", b"\x00\xff\n", b"lease of the office\n", b"ip,mac,name\n10.0.0.5,a,b\n", b"# only a remark\n"]
)
def test_other_files_are_not_taken(head: bytes, tmp_path: Path) -> None:
    assert not READER.recognise(head, "dhcpd.leases")
    with pytest.raises(SourceError):
        items(READER, head, tmp_path)
