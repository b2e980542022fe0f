"""nmap's report for people and its greppable lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from logged import items, read

from custodiet.errors import SourceError
from custodiet.sources.nmap.text import READER

REPORT = """\
# Nmap 7.93 scan initiated Sat Nov 18 10:00:00 2023 as: nmap -A 10.0.0.0/24
Nmap scan report for cam.example.net (10.0.0.5)
Host is up, received arp-response (0.0010s latency).
Not shown: 995 closed tcp ports (reset)
PORT     STATE    SERVICE REASON         VERSION
23/tcp   filtered telnet  no-response
80/tcp   open     http    syn-ack ttl 64 Hikvision IPCamera httpd (DVR)
| http-headers:
|   Server: App-webs/
|   X-Kind: camera
|
|_  (Request type: HEAD)
|_http-title: index
| ssl-cert: Subject: commonName=cam/organizationName=Example
|_Not valid after:  2030-01-01T00:00:00
| vulners:
|_  CVE-2017-7921
554/tcp  open     rtsp    syn-ack ttl 64
|_rtsp-methods: OPTIONS, DESCRIBE
1 service unrecognized despite returning data. If you know the service/version, please submit:
SF-Port554-TCP:V=7.93%I=7%r(RTSPRequest,20,"RTSP/1\\.0\\x20200\\x20OK\\r\\nSer
SF:ver:\\x20Rtsp/1\\r\\n\\r\\n");
MAC Address: 44:19:B6:01:02:03 (Hangzhou Hikvision Digital Technology)
Service Info: Host: cam; OS: Linux; Device: webcam
OS details: Linux 2.6.32, Linux 3.10

Nmap scan report for 10.0.0.6 [host down]
Nmap scan report for 10.0.0.7
Host is up.
All 1000 scanned ports on 10.0.0.7 are in ignored states.
# Nmap done at Sat Nov 18 10:10:00 2023 -- 256 IP addresses (2 hosts up) scanned in 600.00 seconds
"""


def test_a_report(tmp_path: Path) -> None:
    outcome = read(READER, REPORT.encode(), tmp_path)
    assert {
        one.attribute: (one.value, one.locator) for one in outcome.observations if one.subject == "ip:10.0.0.5"
    } == {
        "net.ip": ("10.0.0.5", "host 10.0.0.5"),
        "net.hostname": ("cam", "host 10.0.0.5"),
        "net.port": ("tcp/554", "host 10.0.0.5 port tcp/554"),
        "service.product": ("Hikvision IPCamera httpd (DVR)", "host 10.0.0.5 port tcp/80"),
        "http.server": ("App-webs/", "host 10.0.0.5 port tcp/80"),
        "http.header": ("X-Kind: camera", "host 10.0.0.5 port tcp/80"),
        "http.title": ("index", "host 10.0.0.5 port tcp/80"),
        "tls.subject": ("CN=cam,O=Example", "host 10.0.0.5 port tcp/80"),
        "rtsp.public": ("OPTIONS, DESCRIBE", "host 10.0.0.5 port tcp/554"),
        "rtsp.server": ("Rtsp/1", "host 10.0.0.5 port tcp/554"),
        "net.mac": ("44:19:b6:01:02:03", "host 10.0.0.5"),
        "net.oui_text": ("Hangzhou Hikvision Digital Technology", "host 10.0.0.5"),
        "service.device_type": ("webcam", "host 10.0.0.5"),
        "service.os": ("Linux 2.6.32", "host 10.0.0.5"),
    }
    assert outcome.values("ip:10.0.0.5", "net.port") == ["tcp/80", "tcp/554"]
    assert outcome.values("ip:10.0.0.5", "net.hostname") == ["cam.example.net", "cam"]
    assert outcome.subjects == {"ip:10.0.0.5", "ip:10.0.0.7"}, "a host that is down says nothing"
    assert outcome.issues == []
    assert (outcome.tally.total, outcome.tally.not_covered) == (3, {"script vulners": 1})
    assert (outcome.tally.first_seen, outcome.tally.last_seen) == (1700301600.0, 1700302200.0)


def test_the_greppable_form(tmp_path: Path) -> None:
    text = (
        "# Nmap 7.93 scan initiated Sat Nov 18 10:00:00 2023 as: nmap -oG - 10.0.0.5\n"
        "Host: 10.0.0.5 (cam.example.net)\tStatus: Up\n"
        "Host: 10.0.0.5 (cam.example.net)\tPorts: 80/open/tcp//http//Boa HTTPd|1/, 23/closed/tcp//telnet///, "
        "99999/open/tcp//x///\tIgnored State: closed (997)\tOS: Linux 2.6\n"
        "Host: 10.0.0.6 ()\tStatus: Down\n"
        "# Nmap done at Sat Nov 18 10:00:09 2023 -- 2 IP addresses (1 host up) scanned in 9 seconds\n"
    )
    outcome = read(READER, text.encode(), tmp_path)
    assert {one.attribute: one.value for one in outcome.observations} == {
        "net.ip": "10.0.0.5",
        "net.hostname": "cam.example.net",
        "net.port": "tcp/80",
        "service.product": "Boa HTTPd/1",
        "service.os": "Linux 2.6",
    }
    assert outcome.tally.total == 2


def test_an_aborted_scan_says_so(tmp_path: Path) -> None:
    outcome = read(READER, REPORT.rpartition("# Nmap done")[0].encode(), tmp_path)
    [issue] = outcome.issues
    assert issue.place == "after host 10.0.0.7" and issue.severity == "incomplete"


def test_a_piece_copied_from_a_terminal_is_no_aborted_scan(tmp_path: Path) -> None:
    outcome = read(READER, b"Nmap scan report for 10.0.0.5\nPORT   STATE SERVICE\n80/tcp open  http\n", tmp_path)
    assert outcome.issues == []
    assert outcome.values("ip:10.0.0.5", "net.port") == ["tcp/80"]
    assert outcome.tally.first_seen is None


def test_a_host_without_address_is_an_issue(tmp_path: Path) -> None:
    text = "Nmap scan report for camera\n80/tcp open http\nNmap scan report for 10.0.0.5\nHost is up.\n"
    outcome = read(READER, text.encode(), tmp_path)
    assert outcome.subjects == {"ip:10.0.0.5"}
    assert [issue.place for issue in outcome.issues] == ["line 1"]


def test_encodings(tmp_path: Path) -> None:
    text = "Nmap scan report for 10.0.0.5\n80/tcp open http\n|_http-title: Café\n"
    for data in (text.encode(), text.encode("cp1252"), text.encode("utf-16"), text.replace("\n", "\r\n").encode()):
        assert read(READER, data, tmp_path).values("ip:10.0.0.5", "http.title") == ["Café"]


def test_a_report_without_hosts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no line is about a host"):
        items(
            READER, b"Starting Nmap 7.93 ( https://nmap.org ) at 2023-11-18 10:00 CET\nsegmentation fault\n", tmp_path
        )


@pytest.mark.parametrize("head", [b"", b"\x00\xff", b"Nmap is a scanner\n", b"<nmaprun>", b"Host: example.net\r\n\r\n"])
def test_other_files_are_not_taken(head: bytes) -> None:
    assert not READER.recognise(head, "scan.txt")


@pytest.mark.samples
def test_a_real_report(samples: Path, tmp_path: Path) -> None:
    data = (samples / "scans" / "jovision-nmap-1.txt").read_bytes()
    outcome = read(READER, data, tmp_path)
    assert outcome.one("ip:192.168.1.33", "net.oui_text").value == "Jinan Jovision Science & Technology"
    assert "tcp/554" in outcome.values("ip:192.168.1.33", "net.port")
