"""nmap XML: what a scan says of devices, what is left unsaid, and hostile or broken files."""

from __future__ import annotations

import codecs
import gzip
import tracemalloc
from pathlib import Path

import pytest
from logged import items, read

from custodiet.errors import SourceError
from custodiet.model import Issue, Tally
from custodiet.sources.base import ReadOptions
from custodiet.sources.nmap.parts import MAX_HOST
from custodiet.sources.nmap.xml import READER

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n'
    '<?xml-stylesheet href="file:///usr/share/nmap/nmap.xsl" type="text/xsl"?>\n'
    "<!-- Nmap 7.93 scan initiated as: nmap -A 10.0.0.0/24 -->\n"
    '<nmaprun scanner="nmap" start="1700000000" version="7.93">\n<scaninfo type="syn" protocol="tcp"/>\n'
)
TAIL = (
    '<runstats><finished time="1700000900" exit="success"/><hosts up="1" down="0" total="1"/></runstats>\n</nmaprun>\n'
)


def host(inner: str = "", ip: str = "10.0.0.5", state: str = "up") -> str:
    return (
        f'<host starttime="1700000100" endtime="1700000200"><status state="{state}" reason="arp-response"/>\n'
        f'<address addr="{ip}" addrtype="ipv4"/>\n{inner}</host>\n'
    )


def port(inner: str = "", number: str = "80", state: str = "open", protocol: str = "tcp") -> str:
    return f'<ports><port protocol="{protocol}" portid="{number}"><state state="{state}"/>{inner}</port></ports>\n'


def script(name: str, output: str) -> str:
    return f'<script id="{name}" output="{output}"/>'


def scan(*hosts: str) -> bytes:
    return (HEAD + "".join(hosts) + TAIL).encode()


def facts_of(tmp_path: Path, *hosts: str) -> dict[tuple[str, str], str]:
    outcome = read(READER, scan(*hosts), tmp_path)
    assert outcome.issues == []
    return {(one.subject, one.attribute): one.value for one in reversed(outcome.observations)}


def test_a_camera(tmp_path: Path) -> None:
    inner = (
        '<address addr="44:19:B6:01:02:03" addrtype="mac" vendor="Hangzhou Hikvision Digital Technology"/>'
        '<hostnames><hostname name="cam-hall.example.net" type="PTR"/></hostnames>'
        + port(
            '<service name="http" product="Hikvision IPCamera httpd" version="1.0" extrainfo="Boa" ostype="Linux"'
            ' devicetype="webcam" method="probed" conf="10"/>'
        )
        + '<os><osmatch name="Linux 2.6.32" accuracy="96"/><osmatch name="Printer" accuracy="90"/></os>'
    )
    outcome = read(READER, scan(host(inner)), tmp_path)
    says = {one.attribute: (one.value, one.locator) for one in outcome.observations}
    here, there = "host 10.0.0.5", "host 10.0.0.5 port tcp/80"
    assert says == {
        "net.ip": ("10.0.0.5", here),
        "net.mac": ("44:19:b6:01:02:03", here),
        "net.oui_text": ("Hangzhou Hikvision Digital Technology", here),
        "net.hostname": ("cam-hall.example.net", here),
        "net.port": ("tcp/80", there),
        "service.product": ("Hikvision IPCamera httpd 1.0 (Boa)", there),
        "service.device_type": ("webcam", there),
        "service.os": ("Linux 2.6.32", here),
    }
    assert outcome.values("ip:10.0.0.5", "service.os") == ["Linux", "Linux 2.6.32"]
    assert outcome.subjects == {"ip:10.0.0.5"}
    assert {(one.first_seen, one.last_seen) for one in outcome.observations} == {(1700000100.0, 1700000200.0)}
    assert (outcome.tally.first_seen, outcome.tally.last_seen) == (1700000000.0, 1700000900.0)


@pytest.mark.parametrize(
    ("name", "output", "attribute", "value"),
    [
        ("http-title", "Web Service", "http.title", "Web Service"),
        ("http-title", "Did not follow redirect to http://10.0.0.5/doc/", "http.location", "http://10.0.0.5/doc/"),
        ("http-title", "Login&#xa;Requested resource was /l.asp", "http.location", "/l.asp"),
        ("http-server-header", "App-webs/", "http.server", "App-webs/"),
        ("http-headers", "&#xa;  Server: Boa&#xa;  &#xa;  (Request type: HEAD)&#xa;", "http.server", "Boa"),
        ("http-headers", "&#xa;  X-Maker: A: b&#xa;", "http.header", "X-Maker: A: b"),
        (
            "http-auth",
            "&#xa;HTTP/1.1 401 Unauthorized&#xa;  Basic realm=IP Camera (C1)",
            "http.www_authenticate",
            'Basic realm="IP Camera (C1)"',
        ),
        (
            "http-auth",
            "&#xa;HTTP/1.1 401&#xa;  Digest qop=auth nonce=abc realm=Login to X",
            "http.www_authenticate",
            'Digest realm="Login to X", qop="auth"',
        ),
        ("http-favicon", "Unknown favicon MD5: 89B932FCC47CF4CA3FAADB0CFDEF89CF", "favicon.md5", "89b932fc"),
        ("rtsp-methods", "OPTIONS, DESCRIBE", "rtsp.public", "OPTIONS, DESCRIBE"),
        ("snmp-sysdescr", "Axis P1367&#xa;  System uptime: 1m (60 timeticks)", "snmp.sys_descr", "Axis P1367"),
        ("ssl-cert", "Subject: commonName=cam/organizationName=A/B Ltd", "tls.subject", "CN=cam,O=A/B Ltd"),
        ("ssl-cert", "Subject: x&#xa;Issuer: commonName=CA, Inc", "tls.issuer", "CN=CA\\, Inc"),
        ("ssl-cert", "Subject Alternative Name: DNS:cam.example, IP Address:10.0.0.5", "tls.san", "cam.example"),
        ("ssl-cert", "Not valid before: 2020-01-02T03:04:05", "tls.not_before", "2020-01-02T03:04:05Z"),
        ("upnp-info", "&#xa;Server: Linux UPnP/1.0&#xa;  Manufacturer: Axis", "upnp.manufacturer", "Axis"),
        ("upnp-info", "System/1.0 UPnP/1.0 IGD/1.0&#xa;Location: http://10.0.0.5/", "ssdp.server", "System/1.0 UPnP"),
        ("banner", "\\xFF\\xFB\\x01Welcome\\x0D\\x0Alogin:", "banner.telnet", "Welcome\nlogin:"),
        ("banner", "SSH-2.0-dropbear_2019.78", "banner.ssh", "SSH-2.0-dropbear_2019.78"),
        ("dns-service-discovery", "&#xa;  80/tcp axis-video&#xa;    macaddress=ACCC", "mdns.txt", "macaddress=ACCC"),
        ("dns-service-discovery", "&#xa;  80/tcp axis-video", "mdns.service", "_axis-video._tcp.local"),
        (
            "wsdd-discover",
            "&#xa;  Devices&#xa;    Address: http://10.0.0.5/onvif",
            "wsd.address",
            "http://10.0.0.5/onvif",
        ),
    ],
)
def test_scripts_that_carry_what_a_device_answered(
    tmp_path: Path, name: str, output: str, attribute: str, value: str
) -> None:
    facts = facts_of(tmp_path, host(port(script(name, output))))
    assert facts["ip:10.0.0.5", attribute].startswith(value)


def test_a_page_without_title_has_none(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, host(port(script("http-title", "Site doesn&apos;t have a title (text/html)."))))
    assert ("ip:10.0.0.5", "http.title") not in facts


def test_scripts_that_are_not_read_are_named(tmp_path: Path) -> None:
    outcome = read(READER, scan(host(port(script("vulners", "CVE-2017-7921") * 2))), tmp_path)
    assert outcome.tally.not_covered == {"script vulners": 2}
    assert all("CVE" not in one.value for one in outcome.observations)


def test_the_table_of_a_certificate_is_better_than_its_text(tmp_path: Path) -> None:
    table = (
        '<script id="ssl-cert" output="Subject: commonName=cam"><table key="subject"><elem key="commonName">cam</elem>'
        '<elem key="organizationName">Axis</elem></table><table key="issuer"><elem key="commonName">CA</elem></table>'
        '<elem key="pem">-----BEGIN CERTIFICATE-----&#xa;broken&#xa;</elem></script>'
    )
    facts = facts_of(tmp_path, host(port(table)))
    assert facts["ip:10.0.0.5", "tls.subject"] == "CN=cam,O=Axis"
    assert facts["ip:10.0.0.5", "tls.issuer"] == "CN=CA"


def test_raw_answers_in_a_service_fingerprint(tmp_path: Path) -> None:
    fingerprint = (
        "SF-Port80-TCP:V=7.93%I=7%P=x86_64%r(GetRequest,99,&quot;HTTP/1\\.1\\x20401\\x20Unauthorized\\r\\nServer:\\x20"
        "App-webs/\\r\\nWWW-Authenticate:\\x20Digest\\x20realm=\\&quot;DS-2CD\\&quot;\\r\\n\\r\\n&quot;)%r(RTSPRequest,"
        "20,&quot;RTSP/1\\.0\\x20200\\x20OK\\r\\nServer:\\x20Rtsp/1\\r\\n\\r\\n&quot;)%r(Help,4,&quot;what&quot;);"
    )
    facts = facts_of(tmp_path, host(port(f'<service name="http" servicefp="{fingerprint}"/>')))
    assert facts["ip:10.0.0.5", "http.server"] == "App-webs/"
    assert facts["ip:10.0.0.5", "http.www_authenticate"] == 'Digest realm="DS-2CD"'
    assert facts["ip:10.0.0.5", "rtsp.server"] == "Rtsp/1"
    assert not any(attribute.startswith("banner") for _, attribute in facts)


def test_a_fingerprint_folded_as_old_versions_do(tmp_path: Path) -> None:
    folded = "SF-Port22-TCP:V=4.76%r(NULL,&#xa;SF:12,&quot;SSH-2\\.0-drop&#xa;SF:bear\\r\\n&quot;);"
    facts = facts_of(tmp_path, host(port(f'<service name="ssh" servicefp="{folded}"/>', number="22")))
    assert facts["ip:10.0.0.5", "banner.ssh"] == "SSH-2.0-dropbear"


def test_ports_that_are_not_open_say_nothing(tmp_path: Path) -> None:
    service = '<service name="http" product="Boa"/>'
    for state in ("closed", "filtered", "open|filtered"):
        facts = facts_of(tmp_path, host(port(service, state=state)))
        assert facts == {("ip:10.0.0.5", "net.ip"): "10.0.0.5"}


@pytest.mark.parametrize(("number", "protocol"), [("65536", "tcp"), ("٨٠", "tcp"), ("", "tcp"), ("80", "tcp\n/9")])
def test_ports_without_a_number_are_counted(tmp_path: Path, number: str, protocol: str) -> None:
    outcome = read(READER, scan(host(port(number=number, protocol=protocol))), tmp_path)
    assert outcome.tally.not_covered == {"ports without a number": 1}
    assert [one.attribute for one in outcome.observations] == ["net.ip"]


def test_hosts_that_are_down_are_read_and_say_nothing(tmp_path: Path) -> None:
    outcome = read(READER, scan(host(state="down"), host(ip="10.0.0.6")), tmp_path)
    assert outcome.subjects == {"ip:10.0.0.6"}
    assert (outcome.tally.total, outcome.tally.read) == (2, 2)


def test_a_host_known_only_by_its_mac(tmp_path: Path) -> None:
    only = '<host><status state="up"/><address addr="00:40:8C:01:02:03" addrtype="mac"/></host>'
    assert facts_of(tmp_path, only) == {("mac:00:40:8c:01:02:03", "net.mac"): "00:40:8c:01:02:03"}


def test_masscan_writes_the_same_format(tmp_path: Path) -> None:
    data = (
        b'<?xml version="1.0"?>\n<!-- masscan v1.0 scan -->\n<nmaprun scanner="masscan" start="1700000000">\n'
        b'<host endtime="1700000005"><address addr="10.0.0.9" addrtype="ipv4"/><ports><port protocol="tcp" portid="554"'
        b'><state state="open" reason="syn-ack"/></port></ports></host>\n'
        b'<runstats><finished time="1700000009"/></runstats>\n</nmaprun>\n'
    )
    outcome = read(READER, data, tmp_path)
    assert outcome.one("ip:10.0.0.9", "net.port").value == "tcp/554"
    assert outcome.one("ip:10.0.0.9", "net.port").first_seen == 1700000005.0


def test_a_script_that_asked_the_whole_network(tmp_path: Path) -> None:
    output = (
        "&#xa;  10.0.0.7&#xa;      Server: Linux UPnP/1.0&#xa;      Manufacturer: Axis&#xa;  10.0.0.8&#xa;"
        "      Model Name: SNC-1&#xa;"
    )
    asked = f"<prescript>{script('broadcast-upnp-info', output)}{script('broadcast-ping', 'x')}</prescript>"
    outcome = read(READER, scan(asked, host()), tmp_path)
    assert outcome.one("ip:10.0.0.7", "upnp.manufacturer").locator == "script broadcast-upnp-info"
    assert outcome.one("ip:10.0.0.8", "upnp.model_name").value == "SNC-1"
    assert outcome.tally.not_covered == {"script broadcast-ping": 1}
    assert outcome.tally.total == 1


# --- broken and hostile files


def test_an_aborted_scan_gives_the_hosts_it_finished(tmp_path: Path) -> None:
    whole = HEAD + host() + host(ip="10.0.0.6")
    for data, total in ((whole, 2), (whole + host(ip="10.0.0.7")[:-12], 3), (whole + "<hos", 2)):
        outcome = read(READER, data.encode(), tmp_path)
        assert outcome.subjects == {"ip:10.0.0.5", "ip:10.0.0.6"}
        [issue] = outcome.issues
        assert issue.place == "after host 10.0.0.6"
        assert issue.severity == "incomplete" and issue.next_step
        assert outcome.tally.total == total


def test_every_cut_is_survived(tmp_path: Path) -> None:
    data = scan(host(port(script("http-title", "A"))), host(ip="10.0.0.6"))
    start = data.index(b"<nmaprun") + len(b"<nmaprun>")
    for end in range(start, len(data) - len(b"</nmaprun>") - 1, 7):
        found = items(READER, data[:end], tmp_path)
        assert sum(isinstance(item, Issue) for item in found) == 1
        assert isinstance(found[-1], Tally)


def test_one_damaged_host_costs_only_itself(tmp_path: Path) -> None:
    broken = host("<ports><port></ports>", ip="10.0.0.6")
    outcome = read(READER, scan(host(), broken, host(ip="10.0.0.7")), tmp_path)
    assert outcome.subjects == {"ip:10.0.0.5", "ip:10.0.0.7"}
    assert [issue.place for issue in outcome.issues] == ["host 10.0.0.6"]
    assert (outcome.tally.total, outcome.tally.issues) == (3, 1)


def test_bytes_that_are_no_text_are_kept(tmp_path: Path) -> None:
    data = scan(host(port(script("http-title", "caf@ &#x1b;[2J #")))).replace(b"@", b"\xe9").replace(b'#"', b'\x00"')
    outcome = read(READER, data, tmp_path)
    assert outcome.issues == []
    assert outcome.one("ip:10.0.0.5", "http.title").value == "caf\\xe9 \\x1b[2J \\x00"


def test_a_declared_encoding_is_honoured(tmp_path: Path) -> None:
    text = HEAD.replace("UTF-8", "iso-8859-1") + host(port(script("http-title", "café"))) + TAIL
    outcome = read(READER, text.encode("latin-1"), tmp_path)
    assert outcome.one("ip:10.0.0.5", "http.title").value == "café"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_scan_that_was_piped_through_powershell(tmp_path: Path, codec: str) -> None:
    mark = codecs.BOM_UTF16_LE if codec == "utf-16-le" else codecs.BOM_UTF16_BE
    data = mark + scan(host(port(script("http-title", "café")))).decode().encode(codec)
    assert read(READER, data, tmp_path).one("ip:10.0.0.5", "http.title").value == "café"


def test_a_compressed_scan(tmp_path: Path) -> None:
    data = gzip.compress(scan(host(), host(ip="10.0.0.6")), mtime=0)
    assert read(READER, data, tmp_path).subjects == {"ip:10.0.0.5", "ip:10.0.0.6"}
    cut = read(READER, data[:-30], tmp_path)
    assert [issue.reason for issue in cut.issues] == ["the compressed data is damaged or ends in the middle"]


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE nmaprun [<!ENTITY a "b">]>',
        '<!DOCTYPE nmaprun [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]>',
        '<!DOCTYPE nmaprun [<!-- hidden --><!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_file_that_declares_an_entity_is_refused(tmp_path: Path, declaration: str) -> None:
    data = scan(host(port(script("http-title", "&a;")))).decode().replace("<!DOCTYPE nmaprun>", declaration).encode()
    assert READER.recognise(data, "scan.xml")
    with pytest.raises(SourceError, match="entity"):
        items(READER, data, tmp_path)


def test_a_declaration_inside_a_comment_is_none(tmp_path: Path) -> None:
    data = scan("<!-- <!ENTITY a> <host> -->", host())
    assert read(READER, data, tmp_path).subjects == {"ip:10.0.0.5"}


def test_an_entity_inside_a_host_is_not_expanded(tmp_path: Path) -> None:
    outcome = read(READER, scan(host(port(script("http-title", "&a;"))), host(ip="10.0.0.6")), tmp_path)
    assert outcome.subjects == {"ip:10.0.0.6"}
    assert len(outcome.issues) == 1


def test_a_host_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    many = "<x/>" * 1_600_000
    outcome = read(READER, scan(host(many), host(ip="10.0.0.6")), tmp_path)
    assert outcome.subjects == {"ip:10.0.0.6"}
    assert "too large" in outcome.issues[0].reason


def test_a_host_without_end_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(HEAD.encode() + b"<host>" + b" " * (MAX_HOST + (8 << 20)))
    data = path.read_bytes()
    outcome = read(READER, data, tmp_path)
    assert outcome.tally.issues == 1


def test_many_hosts_in_little_memory_and_with_progress(tmp_path: Path) -> None:
    data = scan(*(host(port(script("http-title", "A")), ip=f"10.1.{n // 250}.{n % 250 + 1}") for n in range(3000)))
    path = tmp_path / "many.xml"
    path.write_bytes(data)
    done: list[int] = []
    tracemalloc.start()
    found = sum(1 for _ in _stream(path, data, done))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == 3000 * 3 + 1
    assert peak < 4 << 20
    assert done[-1] == len(data) and done == sorted(done)


def _stream(path: Path, data: bytes, done: list[int]) -> object:
    from custodiet.model import Source

    source = Source(id="src-1", kind="scan", format=READER.id, name="many", sha256="", size=len(data))
    return READER.read(path, source, ReadOptions(progress=done.append))


@pytest.mark.parametrize("head", [b"", b"\x00", b"<html>", b"<?xml version='1.0'?><a/>", b"nmaprun", b"\x1f\x8bxx"])
def test_other_files_are_not_taken(head: bytes) -> None:
    assert not READER.recognise(head, "scan.xml")
