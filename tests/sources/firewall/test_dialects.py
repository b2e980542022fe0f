"""What one line of each firewall says: who with whom, let through or stopped, and how much."""

from __future__ import annotations

from typing import Any

import pytest

from custodiet.sources.firewall.dialects import FIREWALLS
from custodiet.sources.log_lines import Asked, Lost, Passage, Skipped, Told
from custodiet.sources.log_times import LogClock

SEVEN = 1795330800.0
KERNEL = "Nov 22 07:00:00 gw kernel: [12.5] "
PACKET = (
    "IN=eth1 OUT=eth0 MAC=02:00:00:00:00:01:02:00:00:00:00:05:08:00 SRC=10.0.0.5 DST=192.0.2.1 LEN=60 TOS=0x00 TTL=63 "
    "ID=1 DF PROTO=TCP SPT=40000 DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0"
)
ASA = "Nov 22 2026 07:00:00 fw : %ASA-6-"
FORTI = (
    'date=2026-11-22 time=08:00:00 devname="fw" devid="FG1" tz="+0100" logid="0000000013" type="traffic" '
    "srcip=10.0.0.5 srcport=40000 dstip=192.0.2.1 dstport=443 sessionid=9 proto=6 "
)
PAN = (
    "Nov 22 07:00:30 fw 1,2026/11/22 07:00:30,0123,TRAFFIC,{kind},2305,2026/11/22 07:00:30,10.0.0.5,192.0.2.1,{nat},"
    "{nat},rule1,,,ssl,vsys1,trust,untrust,eth1,eth2,log,2026/11/22 07:00:30,77,1,40000,443,1024,443,0x0,tcp,{action},"
    "2000,1200,800,18,2026/11/22 07:00:00,30,any,0,1,0x0,NL,US,0,10,8,tcp-fin"
)
FIELDS = "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags info path"


def told(*lines: str) -> Told:
    """What the last line says, read with all dialects behind the lines before."""
    clock = LogClock("", SEVEN)
    dialects = [kind() for kind in FIREWALLS]
    answer: Told = None
    for line in lines:
        answer = next((said for dialect in dialects if (said := dialect.read(line, clock)) is not None), None)
    return answer


def passage(*lines: str) -> Passage:
    found = told(*lines)
    assert isinstance(found, Passage), found
    assert (found.src, found.dst) == ("10.0.0.5", "192.0.2.1")
    return found


def says(found: Passage, **expected: Any) -> None:
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_packet_that_linux_logs() -> None:
    says(
        passage(f"{KERNEL}[UFW BLOCK] {PACKET}"),
        transport="tcp", port=443, when=SEVEN, allowed=False, bytes_out=60, bytes_in=0, packets_out=1, packets_in=0,
        packet=True, mac="02:00:00:00:00:05",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("[UFW ALLOW] ", True),
        ("Shorewall:loc-net:DROP:", False),
        ("reject wan out: ", False),
        ("watch: ", None),
        ("", None),
    ],
)
def test_only_the_words_in_front_say_whether_it_passed(words: str, allowed: bool | None) -> None:
    assert passage(f"{KERNEL}{words}{PACKET}").allowed is allowed


def test_an_error_of_icmp_is_not_taken_for_the_packet_that_caused_it() -> None:
    inner = "[SRC=192.0.2.1 DST=10.0.0.5 LEN=1500 PROTO=TCP SPT=443 DPT=40000 ]"
    line = f"{KERNEL}IN= OUT=eth0 SRC=10.0.0.5 DST=192.0.2.1 LEN=88 PROTO=ICMP TYPE=3 CODE=1 {inner}"
    says(passage(line), transport="ip/1", port=0, bytes_out=88, mac="")


def test_routeros() -> None:
    line = (
        "2026-11-22T07:00:00+00:00 gw firewall,info drop forward: in:ether2 out:ether1, connection-state:new "
        "src-mac 02:00:00:00:00:05, proto TCP (SYN), 10.0.0.5:40000->192.0.2.1:443, len 60"
    )
    says(passage(line.replace("new ", "new,").replace(",src-mac", " src-mac")), allowed=False, bytes_out=60, port=443)
    says(passage(line), mac="02:00:00:00:00:05", when=SEVEN, transport="tcp")


@pytest.mark.parametrize(("action", "allowed"), [("block", False), ("pass", True), ("match", None)])
def test_filterlog(action: str, allowed: bool | None) -> None:
    values = f"4,,,1000,igb1,match,{action},in,4,0x0,,64,1,0,DF,6,tcp,60,10.0.0.5,192.0.2.1,40000,443,0,S,1,,64240,,mss"
    for head in ("Nov 22 07:00:00 fw filterlog[77]: ", "<134>1 2026-11-22T07:00:00+00:00 fw filterlog 77 - - "):
        says(passage(head + values), allowed=allowed, transport="tcp", port=443, bytes_out=60, when=SEVEN)


def test_filterlog_of_ipv6() -> None:
    found = told(
        "Nov 22 07:00:00 fw filterlog[77]: 5,,,1,igb1,match,pass,in,6,0x00,0x1,64,udp,17,48,fd00::5,2001:db8::1,4,53,40"
    )
    assert isinstance(found, Passage)
    says(found, src="fd00::5", dst="2001:db8::1", transport="udp", port=53, bytes_out=88)


def test_asa_says_who_began_where_a_connection_is_built() -> None:
    outbound = "Built outbound TCP connection 17 for outside:192.0.2.1/443 ({}/443) to inside:10.0.0.5/40000 ({}/1024)"
    found = passage(f"{ASA}302013: {outbound.format('192.0.2.1', '198.51.100.2')}")
    says(found, port=443, allowed=True, session="17", final=False, translated=True, packets_in=0)
    assert not passage(f"{ASA}302013: {outbound.format('192.0.2.1', '10.0.0.5')}").translated
    inbound = (
        "Built inbound UDP connection 18 for inside:10.0.0.5/40000 (10.0.0.5/40000)(LOCAL\\x) to dmz:192.0.2.1/53 "
    )
    says(passage(f"{ASA}302015: {inbound}(192.0.2.1/53)"), transport="udp", port=53)


def test_asa_tells_at_the_end_one_sum_for_both_directions() -> None:
    line = (
        f"{ASA}302014: Teardown TCP connection 17 for outside:192.0.2.1/443 to inside:10.0.0.5/40000 "
        "duration 1:00:30 bytes 1234 {}"
    )
    ended = passage(line.format("TCP FINs"))
    says(ended, when=SEVEN - 3630, until=SEVEN, bytes_out=1234, packets_out=1, packets_in=1, port=443, final=True)
    assert passage(line.format("SYN Timeout")).packets_in == 0


@pytest.mark.parametrize(
    ("text", "transport", "port", "packets", "allowed"),
    [
        ('106023: Deny tcp src inside:10.0.0.5/4 dst outside:192.0.2.1/443 by access-group "x"', "tcp", 443, 1, False),
        ('106023: Deny icmp src inside:10.0.0.5 dst outside:192.0.2.1 (type 8, code 0) by x', "ip/1", 0, 1, False),
        ('106023: Deny protocol 47 src inside:10.0.0.5 dst outside:192.0.2.1 by x', "ip/47", 0, 1, False),
        ("106001: Inbound TCP connection denied from 10.0.0.5/4 to 192.0.2.1/23 flags SYN on x", "tcp", 23, 1, False),
        ("106015: Deny TCP (no connection) from 10.0.0.5/4 to 192.0.2.1/443 flags ACK on x", "tcp", 443, 1, False),
        ("106100: access-list a denied udp in/10.0.0.5(4) -> out/192.0.2.1(53) hit-cnt 3 x", "udp", 53, 3, False),
        ("106100: access-list a permitted tcp in/10.0.0.5(4) -> out/192.0.2.1(80) hit-cnt 1 x", "tcp", 80, 1, True),
    ],
)  # fmt: skip
def test_what_asa_denies(text: str, transport: str, port: int, packets: int, allowed: bool) -> None:
    says(passage(ASA + text), transport=transport, port=port, packets_out=packets, allowed=allowed, bytes_in=0)


def test_asa_messages_of_something_else_and_names_for_addresses() -> None:
    assert isinstance(told(f"{ASA}111008: User 'x' executed the 'show' command."), Skipped)
    assert isinstance(told(f"{ASA}106023: Deny tcp src in:camera-5/4 dst out:192.0.2.1/443 by x"), str)
    assert told("Nov 22 07:00:00 sw %LINK-3-UPDOWN: Interface x, changed state to up") is None


def test_fortigate() -> None:
    sums = "duration=30 sentbyte=1200 rcvdbyte=800 sentpkt=10 rcvdpkt=8"
    found = passage(f'{FORTI}action="close" srcmac="02:00:00:00:00:05" srcname="cam-5" trandisp="snat" {sums}')
    says(
        found, when=SEVEN - 30, until=SEVEN, port=443, transport="tcp", allowed=True, bytes_out=1200, bytes_in=800,
        packets_out=10, packets_in=8, mac="02:00:00:00:00:05", hostname="cam-5", translated=True, final=True,
    )  # fmt: skip
    says(passage(f'{FORTI}action="deny" sentbyte=60 rcvdbyte=60 rcvdpkt=1'), allowed=False, bytes_in=0, packets_in=0)
    assert passage(f'{FORTI}action="accept" {sums}'.replace("0013", "0020")).final is False
    assert passage(f'{FORTI}action="accept" {sums}').final is True
    assert passage(f'{FORTI}eventtime=1795330801000000000 action="close"').until == SEVEN + 1


def test_fortigate_names_and_other_lines() -> None:
    line = f'{FORTI}qname="cam.example" qtype="A" ipaddr="192.0.2.7, 192.0.2.8"'.replace('"traffic"', '"utm"')
    found = told(line)
    assert isinstance(found, Asked)
    assert (found.asker, found.name) == ("10.0.0.5", "cam.example")
    assert found.answers == ("cam.example=192.0.2.7", "cam.example=192.0.2.8")
    assert isinstance(told(FORTI.replace('"traffic"', '"event"')), Skipped)
    assert isinstance(told(FORTI.replace("10.0.0.5", "x")), str)


@pytest.mark.parametrize(
    "line",
    [
        'Nov 22 06:00:00 fw CheckPoint 7 - [action:"Drop"; time:"1795330800"; dst:"192.0.2.1"; proto:"6"; s_port:"4"; '
        'service:"443"; src:"10.0.0.5"]',
        "time=1795330800|product=Firewall|action=Drop|src=10.0.0.5|dst=192.0.2.1|proto=6|service=443",
    ],
)
def test_check_point(line: str) -> None:
    says(passage(line), allowed=False, when=SEVEN, port=443, transport="tcp", packets_in=0)
    assert passage(line.replace("Drop", "Accept")).allowed is True
    assert told(line.replace("Drop", "Log In")) is None


def test_traffic_csv() -> None:
    ended = passage(PAN.format(kind="end", action="allow", nat="0.0.0.0"))
    says(
        ended, when=SEVEN, until=SEVEN + 30, port=443, transport="tcp", bytes_out=1200, bytes_in=800, packets_out=10,
        packets_in=8, allowed=True, final=True, translated=False,
    )  # fmt: skip
    assert passage(PAN.format(kind="end", action="allow", nat="198.51.100.2")).translated
    assert passage(PAN.format(kind="start", action="allow", nat="")).final is False
    says(passage(PAN.format(kind="deny", action="deny", nat="")), allowed=False, bytes_in=0, packets_in=0, session="")


NAMED = (
    '<14>1 2026-11-22T07:00:00.000Z srx RT_FLOW - RT_FLOW_SESSION_{} [junos@2636.1.1.1.2.129 source-address="10.0.0.5" '
    'source-port="40000" destination-address="192.0.2.1" destination-port="443" nat-source-address="{}" '
    'protocol-id="6" session-id-32="78" packets-from-client="10" bytes-from-client="1200" packets-from-server="8" '
    'bytes-from-server="800" elapsed-time="30"]'
)
UNNAMED = (
    "Nov 22 07:00:00 srx RT_FLOW: RT_FLOW_SESSION_{}: session x: 10.0.0.5/40000->192.0.2.1/443 {}junos-https "
    "198.51.100.2/1025->192.0.2.1/443 {}N/A N/A N/A N/A 6 policy trust untrust 78 {}"
)


@pytest.mark.parametrize(
    "line",
    [
        NAMED.format("CLOSE", "198.51.100.2"),
        UNNAMED.format("CLOSE", "0x0 ", "0x0 ", "10(1200) 8(800) 30 UNKNOWN UNKNOWN"),
        UNNAMED.format("CLOSE", "", "", "10(1200) 8(800) 30 UNKNOWN"),
    ],
)
def test_rt_flow(line: str) -> None:
    says(
        passage(line), when=SEVEN - 30, until=SEVEN, port=443, transport="tcp", bytes_out=1200, bytes_in=800,
        packets_out=10, packets_in=8, session="78", final=True, translated=True, allowed=True,
    )  # fmt: skip


def test_rt_flow_at_the_beginning_and_when_denied() -> None:
    says(passage(UNNAMED.format("CREATE", "0x0 ", "0x0 ", "N/A(N/A) x")), session="78", final=False, transport="tcp")
    line = (
        "Nov 22 07:00:00 srx RT_FLOW: RT_FLOW_SESSION_DENY: session denied 10.0.0.5/4->192.0.2.1/53 junos-dns 17(0) x"
    )
    says(passage(line), allowed=False, transport="udp", port=53, packets_in=0)
    assert isinstance(told("Nov 22 07:00:00 srx RT_FLOW: RT_FLOW_SESSION_CLOSE: cut"), str)


def test_the_windows_firewall() -> None:
    line = "2026-11-22 07:00:00 {} TCP 10.0.0.5 192.0.2.1 40000 443 52 S - SEND"
    says(passage(FIELDS, line.format("DROP")), allowed=False, when=SEVEN, port=443, bytes_out=52)
    assert passage(FIELDS, line.format("ALLOW")).allowed is True
    assert isinstance(told(FIELDS, line.format("CLOSE")), Skipped)
    assert isinstance(told(FIELDS, "2026-11-22 07:00:00 INFO-EVENTS-LOST - - - - - - - 12 -"), Lost)
    assert isinstance(told(FIELDS, line.format("SING")), str)
    assert told(line.format("DROP")) is None, "without its heading nobody knows the columns"


@pytest.mark.parametrize(
    "line",
    [
        "Nov 22 07:00:00 gw sshd[1]: Accepted publickey for root from 10.0.0.5 port 40000 ssh2",
        "IN=eth0 OUT= SRC=10.0.0.5",
        "filterlog: nothing",
        "src=10.0.0.5 dst=192.0.2.1",
        "a,b,TRAFFIC,c",
        "#Fields: a b c",
    ],
)
def test_lines_of_other_programs(line: str) -> None:
    assert told(line) is None
