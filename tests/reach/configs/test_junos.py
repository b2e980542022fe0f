"""Junos: routers with filters and firewalls with zones, in braces and as set lines."""

from __future__ import annotations

import pytest

from custodiet.reach.configs import read_configuration
from custodiet.reach.configs.junos_text import statements
from custodiet.reach.configs.lines import Text
from networks import from_core, to_core, ways

INTERFACES = """\
set system host-name r1
set interfaces irb unit 10 family inet address 10.1.0.1/24
set interfaces irb unit 10 family inet filter input CAMS
set interfaces irb unit 90 family inet address 10.9.0.1/24
set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.2/30
set vlans cams vlan-id 10
set vlans cams l3-interface irb.10
set routing-options static route 0.0.0.0/0 next-hop 203.0.113.1
"""
FIREWALL = """\
## Last changed: 2026-03-03 14:03:22 CET
system { host-name srx; /* a comment
   over two lines */ }
interfaces {
    ge-0/0/0 { unit 0 { family inet { address 10.1.0.1/24; } } }
    ge-0/0/1 { unit 0 { family inet { address 10.9.0.1/24; } } }
    ge-0/0/2 { unit 0 { family inet { address 203.0.113.2/30; } } }
}
routing-options { static { route 0.0.0.0/0 next-hop 203.0.113.1; } }
applications {
    application video { protocol tcp; destination-port 8000-8002; }
    application-set both { application video; application junos-ssh; }
}
security {
    address-book {
        global {
            address rec 10.9.0.20/32;
            address range-of { range-address 10.9.0.30 to 10.9.0.40; }
            address-set recorders { address rec; address range-of; }
            address-set ring { address-set ring; }
        }
    }
    policies {
        from-zone cams to-zone core {
            policy one {
                %s
            }
        }
        %s
    }
    zones {
        security-zone cams { interfaces { ge-0/0/0.0; } }
        security-zone core { interfaces { ge-0/0/1.0; } }
        security-zone wan { interfaces { ge-0/0/2.0; } }
    }
}
"""
POLICY = "match {{ source-address {0}; destination-address {1}; application {2}; }} then {{ {3}; }}"


def router(*terms: str, more: str = "") -> dict[str, str]:
    lines = "".join(f"set firewall family inet filter CAMS term {term}\n" for term in terms)
    return {"r1.conf": f"# made for a test\n{INTERFACES}{lines}{more}"}


def firewall(
    source: str = "any", to: str = "any", application: str = "any", then: str = "permit", more: str = ""
) -> dict[str, str]:
    return {"srx.conf": FIREWALL % (POLICY.format(source, to, application, then), more)}


@pytest.mark.parametrize(
    ("terms", "lets"),
    [
        (["a then accept"], "anything"),
        (
            ["a from protocol tcp", "a from destination-port 443", "a from destination-port rtsp", "a then accept"],
            "tcp 443, 554",
        ),
        (["a from protocol udp", "a from port 123", "a then count x"], "udp"),
        (
            ["a from source-address 10.1.0.0/24", "a from source-address 10.1.0.128/25 except", "a then accept"],
            "anything",
        ),
        (["a from destination-prefix-list rec", "a then accept"], "anything"),
        (["a from tcp-initial", "a then accept"], "tcp"),
        (["a from icmp-type echo-request", "a then accept"], "icmp type 8"),
        (["a from protocol tcp", "a then next term", "b then accept"], "anything"),
        (["a from address 10.9.0.0/24", "a then accept"], "anything"),
    ],
)
def test_a_term_that_accepts_opens_the_way(terms: list[str], lets: str) -> None:
    path = to_core(router(*terms, more="set policy-options prefix-list rec 10.9.0.20/32\n"))
    assert path.status == "open"
    assert lets in path.lets


@pytest.mark.parametrize(
    "terms",
    [
        ["a then discard"],
        ["a from protocol tcp", "a from tcp-established", "a then accept"],
        ["a from source-address 10.1.0.0/24", "a from source-address 10.1.0.0/28 except", "a then accept"],
        ["a from destination-address 10.2.0.0/16", "a then accept"],
        ["a from protocol tcp", "a then count x", "a then next term"],
    ],
)
def test_what_no_term_accepts_is_stopped(terms: list[str]) -> None:
    assert to_core(router(*terms)).status == "proved absent"


@pytest.mark.parametrize(
    "terms",
    [
        ["a from fragment-offset 5", "a then accept", "b then discard"],
        ["a from destination-prefix-list gone", "a then accept"],
        ["a then routing-instance other"],
        ["a from tcp-flags syn", "a then accept"],
        ["a from destination-port wibble", "a then accept"],
        ["a from source-address 10.1.0.0/24 except", "a then accept"],
        ["a filter other"],
    ],
)
def test_a_term_that_is_not_understood_keeps_the_answer_open(terms: list[str]) -> None:
    path = to_core(router(*terms))
    assert path.status == "unknown"
    assert path.not_understood


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("set wibble wobble\n", "unknown"),
        ("set apply-groups secret\n", "unknown"),
        ("set logical-systems other interfaces ge-0/0/5 unit 0\n", "unknown"),
        ("set interfaces irb unit 10 family inet filter input-list A\n", "unknown"),
        ("delete firewall\n", "unknown"),
        ("set snmp community x\n", "proved absent"),
        ("set protocols rstp interface all\n", "proved absent"),
        ("set protocols ospf area 0 interface irb.10\n", "proved absent"),
        ("deactivate interfaces irb unit 10 family inet filter\n", "open"),
    ],
)
def test_a_line_elsewhere_matters_as_far_as_it_can(line: str, status: str) -> None:
    assert to_core(router("a then discard", more=line)).status == status


@pytest.mark.parametrize("cut", ["set", "[ set ]", 'set ""'])
def test_a_line_that_was_cut_is_not_lost(cut: str) -> None:
    (device,) = read_configuration("r1.conf", f"{INTERFACES}{cut}\n".encode())[1].devices
    last = f"r1.conf:{INTERFACES.count(chr(10)) + 1}"
    assert {line.place for line in device.unread} == {last}


def test_an_interface_that_is_disabled_routes_nothing() -> None:
    assert to_core(router("a then accept", more="set interfaces irb unit 90 disable\n")).status == "unknown"
    shut = "set interfaces irb unit 90 disable\nset routing-options static route 10.9.0.0/24 discard\n"
    assert to_core(router("a then accept", more=shut)).status == "proved absent"


def test_routes_of_another_instance_do_not_count() -> None:
    apart = "set routing-instances core instance-type virtual-router\nset routing-instances core interface irb.90\n"
    out = "set routing-options static route 10.0.0.0/8 discard\n"
    assert to_core(router("a then accept", more=apart + out)).status == "proved absent"


@pytest.mark.parametrize(
    ("to", "application", "lets"),
    [
        ("rec", "junos-https", "tcp 443"),
        ("recorders", "both", "tcp 22, 8000-8002"),
        ("any", "[ junos-ntp junos-http ]", "udp 123"),
        ("any", "any", "anything"),
    ],
)
def test_a_policy_that_permits_opens_the_way_one_way(to: str, application: str, lets: str) -> None:
    files = firewall(to=to, application=application)
    path = to_core(files, as_of="")
    assert path.status == "open"
    assert lets in path.lets
    assert any("policy one (cams to core)" in cited.text for cited in path.rules)
    back = from_core(files, as_of="")
    assert (back.status, "2026-03-03" in back.because) == ("proved absent", True)


def test_a_default_that_permits_is_read() -> None:
    files = firewall(then="deny", more="default-policy { permit-all; }")
    assert to_core(files).status == "proved absent"
    assert ways(files)["to outside"].status == "open"


def test_a_global_policy_stands_behind_those_of_zones() -> None:
    rule = f"global {{ policy all {{ {POLICY.format('any', 'any', 'any', 'permit')} }} }}"
    assert to_core(firewall(then="deny", more=rule)).status == "proved absent"
    assert from_core(firewall(then="deny", more=rule)).status == "open"


@pytest.mark.parametrize("to", ["gone", "ring"])
def test_an_address_that_is_not_in_the_file_keeps_the_answer_open(to: str) -> None:
    assert to_core(firewall(to=to)).status == "unknown"


def test_an_application_that_is_not_known_keeps_the_answer_open() -> None:
    assert to_core(firewall(application="junos-wibble")).status == "unknown"


def test_translation_of_destinations_keeps_the_way_in_open() -> None:
    nat = (
        "set security nat destination rule-set in from zone wan\n"
        "set security nat destination rule-set in rule a match destination-address 203.0.113.2/32\n"
        "set security nat destination rule-set in rule a then destination-nat pool cam\n"
    )
    base = "".join(
        f"set security zones security-zone {zone} interfaces {name}\n"
        for zone, name in (("cams", "irb.10"), ("core", "irb.90"), ("wan", "ge-0/0/0.0"))
    )
    found = ways(router("a then accept", more=base + nat))
    assert found["from outside"].status == "unknown"
    assert "translation" in found["from outside"].not_understood[0].why
    assert found["to core"].status == "proved absent"


def test_braces_and_set_lines_say_the_same() -> None:
    curly = Text(
        "c", ["firewall { family inet { filter f { term t { from { protocol [ tcp udp ]; } then accept; } } } }"]
    )
    lines = [
        "set firewall family inet filter f term t from protocol tcp",
        "set firewall family inet filter f term t from protocol udp",
        "set firewall family inet filter f term t then accept",
    ]
    assert [one.words for one in statements(curly)] == [one.words for one in statements(Text("s", lines))]


@pytest.mark.parametrize("broken", ["interfaces {", "interfaces { } }", "interfaces " + "{ a " * 100])
def test_braces_that_do_not_fit_make_everything_unknown(broken: str) -> None:
    format, reading = read_configuration("x", f"system {{\n}}\nfirewall {{\n}}\n{broken}".encode())
    assert format == "junos"
    assert [line.scope for line in reading.devices[0].unread] == ["device", "stops"]


def test_vlans_are_joined_to_their_interfaces() -> None:
    _, reading = read_configuration("x", INTERFACES.encode())
    assert reading.devices[0].interfaces["irb.10"].vlan == 10
