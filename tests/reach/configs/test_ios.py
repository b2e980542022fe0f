"""Cisco IOS: what its lines mean for a camera that would reach the core."""

from __future__ import annotations

import pytest

from custodiet.reach.configs import read_configuration
from networks import body, camera, from_core, to_core, ways

HEAD = """\
! Last configuration change at 14:03:22 CET Tue Mar 3 2026 by admin
version 17.3
hostname r1
banner motd ^C
interface of words
^C
"""
INTERFACES = """\
interface Vlan10
 description cameras
 ip address 10.1.0.1 255.255.255.0
 ip access-group CAMS in
!
interface Vlan90
 ip address 10.9.0.1 255.255.255.0
 ipv6 address 2001:db8:9::1/64
!
interface GigabitEthernet0/1
 ip address 203.0.113.2 255.255.255.252
!
ip route 0.0.0.0 0.0.0.0 203.0.113.1
"""


def router(*rules: str, more: str = "", interfaces: str = INTERFACES) -> dict[str, str]:
    lines = "".join(f" {rule}\n" for rule in rules)
    return {"r1.cfg": f"{HEAD}{interfaces}{more}ip access-list extended CAMS\n{lines}"}


def test_a_list_that_denies_everything_proves_absence_by_its_line_and_the_date_of_the_file() -> None:
    path = to_core(router("permit udp any host 10.2.0.1 eq ntp", "deny ip any any log"), as_of="")
    assert path.status == "proved absent"
    assert "deny ip any any log" in path.because
    assert "of 2026-03-03 (r1.cfg:1 says so)" in path.because
    assert path.rules[0].place == "r1.cfg:22"


def test_without_a_list_the_path_is_open() -> None:
    path = to_core({"r1.cfg": HEAD + INTERFACES.replace(" ip access-group CAMS in\n", "")})
    assert (path.status, path.lets) == ("open", ("anything",))
    assert "no filter" in path.because


def test_a_list_that_is_not_in_the_file_is_not_known() -> None:
    path = to_core({"r1.cfg": HEAD + INTERFACES})
    assert path.status == "unknown"
    assert path.not_understood


def test_a_list_without_lines_lets_everything_through() -> None:
    assert to_core(router()).status == "open"


@pytest.mark.parametrize(
    ("rule", "lets"),
    [
        ("permit tcp host 10.1.0.5 host 10.9.0.20 eq 443", "tcp 443"),
        ("10 permit tcp 10.1.0.0 0.0.0.255 10.9.0.0 0.0.0.255 range 8000 8002", "tcp 8000-8002"),
        ("permit udp any any eq ntp snmp", "udp 123, 161"),
        ("permit tcp any gt 1023 any lt 3", "tcp 0-2"),
        ("permit tcp 10.1.0.1 0.0.0.254 any eq www log-input", "tcp 80"),
        ("permit icmp any any echo", "icmp type 8"),
        ("permit esp any any", "esp"),
        ("permit ip any 10.9.0.0 0.0.0.255", "anything"),
        ("permit object-group WEB any object-group REC", "tcp 443"),
    ],
)
def test_a_rule_that_means_the_way_opens_it(rule: str, lets: str) -> None:
    groups = (
        "object-group network REC\n host 10.9.0.20\n group-object MORE\n"
        "object-group network MORE\n range 10.9.0.30 10.9.0.40\n 10.9.0.128 255.255.255.128\n"
        "object-group service WEB\n tcp eq 443\n udp range 5000 5001\n"
    )
    path = to_core(router(rule, more=groups))
    assert path.status == "open"
    assert lets in path.lets
    assert rule in {cited.text for cited in path.rules}


@pytest.mark.parametrize(
    "rule",
    [
        "permit tcp any any established",  # answers only
        "permit tcp host 10.1.0.6 any",  # another camera
        "permit tcp any host 10.2.0.20",  # another zone
        "permit tcp 10.1.0.0 0.0.0.254 any eq www",  # the even addresses only
        "permit icmp any any echo-reply",
        "permit ip object-group REC any",
        "remark permit ip any any\n deny ip any any",
        "deny ip any any\n permit ip any any",
    ],
)
def test_a_rule_that_does_not_mean_the_way_leaves_it_shut(rule: str) -> None:
    groups = "object-group network REC\n host 10.9.0.20\n"
    assert to_core(router(rule, more=groups)).status == "proved absent"


@pytest.mark.parametrize(
    "rule",
    [
        "permit tcp any any wibble",
        "permit tcp any any eq wibble",
        "permit wibble any any",
        "permit tcp any object-group GONE",
        "permit object-group ROUND any any",
        "permit tcp any object-group RING",
        "permit tcp any any time-range NIGHT",
        "permit tcp any any match-all +syn -ack",
        "permit",
        "wibble tcp any any",
    ],
)
def test_a_rule_that_is_not_understood_keeps_the_answer_open_and_is_named(rule: str) -> None:
    groups = (
        "object-group network RING\n group-object RING\n"
        "object-group service ROUND\n group-object BACK\nobject-group service BACK\n group-object ROUND\n"
    )
    path = to_core(router(rule, "deny ip any any", more=groups))
    assert path.status == "unknown"
    assert rule.split("\n")[0] in path.because
    assert path.not_understood[0].place.startswith("r1.cfg:")


def test_a_rule_that_is_not_understood_matters_only_where_it_could_mean_the_way() -> None:
    assert to_core(router("permit tcp host 10.1.0.6 any wibble", "deny ip any any")).status == "proved absent"
    assert to_core(router("deny tcp any any wibble", "deny ip any any")).status == "proved absent"
    assert to_core(router("deny tcp any any wibble", "permit tcp any any")).status == "unknown"
    assert to_core(router("deny tcp any any eq 80 wibble", "permit tcp any any")).status == "open"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("frobnicate everything\n", "unknown"),
        ("ip wccp web-cache\n", "unknown"),
        ("bridge irb\n", "unknown"),
        ("ntp server 10.2.0.1\n", "proved absent"),
        ("no ip http server\n", "proved absent"),
        ("line vty 0 4\n transport input ssh\n access-class 5 in\n", "proved absent"),
        ("router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n", "proved absent"),  # the list stops it before
        ("vlan filter V vlan-list 10\n", "proved absent"),  # can only stop
    ],
)
def test_a_line_of_the_whole_device_matters_as_far_as_it_can(line: str, status: str) -> None:
    assert to_core(router("deny ip any any", more=line)).status == status


def test_a_line_of_an_interface_matters_there() -> None:
    odd = INTERFACES.replace(" description cameras\n", " ip policy route-map ODD\n")
    path = to_core(router("deny ip any any", interfaces=odd))
    assert (path.status, path.not_understood[0].text) == ("unknown", "ip policy route-map ODD")
    elsewhere = INTERFACES.replace(
        "interface GigabitEthernet0/1\n", "interface GigabitEthernet0/1\n ip policy route-map O\n"
    )
    assert to_core(router("deny ip any any", interfaces=elsewhere)).status == "proved absent"


def test_what_can_only_stop_makes_an_open_path_unknown() -> None:
    assert to_core(router("permit ip any any", more="vlan filter V vlan-list 10\n")).status == "unknown"


def test_without_a_route_nothing_goes_there_unless_routes_are_learnt() -> None:
    alone = INTERFACES.replace("interface Vlan90\n ip address 10.9.0.1 255.255.255.0\n", "interface Vlan90\n")
    alone = alone.replace("ip route 0.0.0.0 0.0.0.0 203.0.113.1\n", "")
    shut = to_core(router("permit ip any any", interfaces=alone))
    assert (shut.status, "has no route there" in shut.because) == ("proved absent", True)
    learnt = to_core(router("permit ip any any", interfaces=alone, more="router bgp 65000\n"))
    assert (learnt.status, learnt.not_understood[0].text) == ("unknown", "router bgp 65000")


def test_a_route_to_nowhere_and_an_interface_that_is_shut_stop() -> None:
    away = INTERFACES.replace("interface Vlan90\n", "interface Vlan90\n shutdown\n")
    assert to_core(
        router("permit ip any any", interfaces=away, more="ip route 10.9.0.0 255.255.255.0 Null0\n")
    ).status == ("proved absent")


def test_a_list_where_packets_leave_counts_too() -> None:
    out = INTERFACES.replace("interface Vlan90\n", "interface Vlan90\n ip access-group OUT out\n")
    shut = "ip access-list extended OUT\n permit tcp any any established\n"
    assert to_core(router("permit ip any any", interfaces=out, more=shut)).status == "proved absent"
    half = "ip access-list standard OUT\n permit 10.1.0.0 0.0.0.255\n"
    assert to_core(router("permit tcp any any eq 22", interfaces=out, more=half)).lets == ("tcp 22",)


def test_numbered_lists_and_old_masks() -> None:
    text = (
        HEAD
        + INTERFACES.replace("CAMS in", "7 in")
        + "access-list 7 deny 10.1.0.0 0.0.0.255\naccess-list 7 permit any\n"
    )
    assert to_core({"r1.cfg": text}).status == "proved absent"
    text = HEAD + INTERFACES.replace("CAMS in", "101 in") + "access-list 101 permit tcp any any eq 80\n"
    assert to_core({"r1.cfg": text}).lets == ("tcp 80",)


def test_the_way_back_is_another_question() -> None:
    files = router("permit tcp any any established")
    assert to_core(files).status == "proved absent"
    assert from_core(files).status == "open"


def test_tables_of_routes_are_apart() -> None:
    other = INTERFACES.replace("interface Vlan90\n", "interface Vlan90\n vrf forwarding CORE\n").replace(
        "ip route 0.0.0.0 0.0.0.0 203.0.113.1\n", ""
    )
    files = router("permit ip any any", interfaces=other, more="vrf definition CORE\n")
    assert to_core(files).status == "proved absent"
    leak = router("permit ip any any", interfaces=other, more="ip route vrf CAMS 0.0.0.0 0.0.0.0 10.9.0.1 global\n")
    assert to_core(leak).status == "unknown"


def test_ipv6_of_the_segment_is_asked_where_the_camera_is_known_by_ipv4_only() -> None:
    six = INTERFACES.replace(" ip access-group CAMS in\n", " ip access-group CAMS in\n ipv6 address 2001:db8:1::1/64\n")
    of = body(core=("10.9.0.0/24", "2001:db8:9::/64"))
    assert to_core(router("deny ip any any", interfaces=six), of=of).status == "open"
    shut = six.replace(" ipv6 address 2001:db8:1", " ipv6 traffic-filter SIX in\n ipv6 address 2001:db8:1")
    rule = "ipv6 access-list SIX\n sequence 10 permit tcp any host 2001:db8:7::1 eq 443\n deny ipv6 any any\n"
    assert to_core(router("deny ip any any", interfaces=shut, more=rule), of=of).status == "proved absent"
    rule = "ipv6 access-list SIX\n permit tcp 2001:db8:1::/64 any eq 443\n"
    assert to_core(router("deny ip any any", interfaces=shut, more=rule), of=of).lets == ("tcp 443",)
    own = camera("10.1.0.5", "2001:db8:1::5")
    assert to_core(router("deny ip any any", interfaces=shut, more=rule), of=of, asset=own).status == "open"


def test_the_outside_and_translation() -> None:
    nat = INTERFACES.replace("interface Vlan10\n", "interface Vlan10\n ip nat inside\n").replace(
        "interface GigabitEthernet0/1\n", "interface GigabitEthernet0/1\n ip nat outside\n"
    )
    hide = "ip nat inside source list 1 interface GigabitEthernet0/1 overload\n"
    found = ways(router("permit ip any any", interfaces=nat, more=hide))
    assert found["to outside"].status == "open"
    assert found["from outside"].status == "unknown"  # a private address, and no filter
    forward = "ip nat inside source static tcp 10.1.0.5 80 interface GigabitEthernet0/1 8080\n"
    found = ways(router("permit ip any any", interfaces=nat, more=forward))
    assert "address translation" in found["from outside"].not_understood[0].why
    shut = ways(router("deny ip any any", interfaces=nat, more=hide))
    assert shut["to outside"].status == "proved absent"


def test_a_zone_that_is_known_by_its_vlan_only() -> None:
    of = body(core=(), vlans=(90,))
    assert to_core(router("permit ip any any"), of=of).status == "open"
    assert to_core(router("deny ip any any"), of=of).status == "proved absent"


def test_a_switch_that_does_not_route_stops() -> None:
    files = {"s1.cfg": HEAD + INTERFACES.replace(" ip access-group CAMS in\n", "") + "no ip routing\n"}
    assert to_core(files).status == "proved absent"


def test_the_name_and_the_lines_that_were_passed_over_are_kept() -> None:
    format, reading = read_configuration("x.cfg", (HEAD + INTERFACES + "odd thing\n").encode())
    (device,) = reading.devices
    assert (format, device.name) == ("ios", "r1")
    assert [(line.place, line.text) for line in device.unread] == [("x.cfg:20", "odd thing")]
