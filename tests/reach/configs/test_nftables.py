"""nftables: chains where packets are forwarded, sets, maps and jumps."""

from __future__ import annotations

import pytest

from custodiet.reach.configs import read_configuration
from networks import from_core, to_core, ways

ZONES = """\
zone,subnet,interface
cams,10.1.0.0/24,cam0
core,10.9.0.0/24,lan0
internet,0.0.0.0/0,wan0
"""
TABLE = """\
# exported 2026-10-01
table inet filter {
    set cams {
        type ipv4_addr
        flags interval
        elements = { 10.1.0.0/28, 10.1.0.64-10.1.0.99,
                 10.7.0.0/16 }
    }
    set blocked {
        type ipv4_addr
        flags dynamic,timeout
    }
    chain forward {
        type filter hook forward priority filter; policy %s;
        ct state vmap { established : accept, related : accept, invalid : drop }
        %s
    }
    chain other {
        oifname "lan0" tcp dport 554 accept comment "video; { all"
        return
    }
    chain input {
        type filter hook input priority filter; policy accept;
        accept
    }
    %s
}
"""


def firewall(*rules: str, policy: str = "drop", more: str = "", zones: str = ZONES) -> dict[str, str]:
    return {"fw.nft": TABLE % (policy, "\n\t\t".join(rules), more), "zones.csv": zones}


@pytest.mark.parametrize(
    ("rule", "lets"),
    [
        ("accept", "anything"),
        (
            'iifname "cam0" oifname "lan0" tcp dport { 80, 443, 8000-8010 } counter packets 5 bytes 300 accept',
            "tcp 80, 443, 8000-8010",
        ),
        ('ip saddr @cams ip daddr 10.9.0.20 udp dport ntp log prefix "x y" accept', "udp 123"),
        ("jump other", "tcp 554"),
        ("iifname cam* goto other", "tcp 554"),
        ("ip daddr != 10.2.0.0/16 meta l4proto tcp ct state new accept", "tcp"),
        ("tcp dport vmap { 22 : accept, 23 : drop }", "tcp 22"),
        ("iifname vmap { cam0 : jump other, wan0 : drop }", "tcp 554"),
        ("ip protocol icmp icmp type echo-request accept", "icmp type 8"),
        ("ct state established,related,new tcp dport 1 accept", "tcp 1"),
        ("meta nfproto ipv4 tcp sport 1024-65535 tcp dport != 25 accept", "tcp 0-24, 26-65535"),
    ],
)
def test_a_rule_that_accepts_opens_the_way(rule: str, lets: str) -> None:
    path = to_core(firewall(rule))
    assert path.status == "open"
    assert lets in path.lets


@pytest.mark.parametrize(
    "rule",
    [
        "ct state established,related accept",
        "ct state != new accept",
        'iifname "wan0" accept',
        "ip saddr 10.1.0.6 accept",
        "ip6 saddr ::/0 accept",
        "tcp dport 443 counter",
        'oifname { "wan0", "dmz0" } accept',
        "ip saddr @cams drop\n accept",
        "icmp type echo-reply accept",
        "ct state invalid accept",
    ],
)
def test_a_rule_that_does_not_mean_the_way_leaves_it_to_the_policy(rule: str) -> None:
    path = to_core(firewall(rule), as_of="")
    assert path.configured in ("proved absent", "unknown")
    assert to_core(firewall(rule)).status == "proved absent"
    assert to_core(firewall(rule.replace("drop\n accept", "drop"), policy="accept")).status == (
        "proved absent" if "drop" in rule else "open"
    )


@pytest.mark.parametrize(
    "rule",
    [
        "ip saddr @blocked accept",
        "ip saddr @gone accept",
        "meta mark 0x5 accept",
        "limit rate 5/second accept",
        "wibble",
        "jump gone",
        "queue num 1",
        "ip saddr . tcp dport { 10.1.0.5 . 80 } accept",
        "tcp flags & (fin|syn) == syn accept",
        'iifname != "wan0" accept',
        "tcp dport vmap @gone",
        "tcp dport { accept",
    ],
)
def test_a_rule_that_is_not_understood_keeps_the_answer_open(rule: str) -> None:
    if rule.endswith("{ accept"):
        files = {
            "fw.nft": "table inet f {\nchain forward {\ntype filter hook forward priority 0; policy drop;\n" + rule,
            "zones.csv": ZONES,
        }
    else:
        files = firewall(rule)
    path = to_core(files)
    assert path.status == "unknown"
    assert path.not_understood


def test_every_chain_at_the_hook_has_to_accept() -> None:
    second = "chain late { type filter hook forward priority filter + 10; policy drop; tcp dport 22 accept\n }"
    path = to_core(firewall("tcp dport { 22, 80 } accept", more=second))
    assert path.lets == ("tcp 22",)


def test_the_way_back_and_the_outside() -> None:
    files = firewall('iifname "lan0" oifname "cam0" accept', 'iifname "cam0" oifname "wan0" udp dport 53 accept')
    assert to_core(files).status == "proved absent"
    assert from_core(files).status == "open"
    assert ways(files)["to outside"].lets == ("udp 53",)


def test_translation_where_packets_come_in() -> None:
    nat = 'chain pre { type nat hook prerouting priority dstnat; iifname "wan0" tcp dport 8080 dnat to 10.1.0.5:80\n }'
    found = ways(firewall(more=nat))
    assert found["from outside"].status == "unknown"
    assert found["to core"].status == "proved absent"


def test_without_a_table_of_zones_nothing_is_known() -> None:
    path = to_core({"fw.nft": TABLE % ("drop", "", "")})
    assert (path.status, "no configuration given has an interface" in path.because) == ("unknown", True)
    vague = to_core(firewall('iifname "cam0" accept', zones="zone,subnet\ncams,10.1.0.0/24\ncore,10.9.0.0/24\n"))
    assert vague.status == "unknown"


def test_variables_are_written_out() -> None:
    text = "define srv = { 10.9.0.20, 10.9.0.21 }\n" + TABLE % ("drop", "ip daddr $srv tcp dport 1 accept", "")
    assert to_core({"fw.nft": text, "zones.csv": ZONES}).lets == ("tcp 1",)


@pytest.mark.parametrize("rule", ["accept", "drop"])
def test_another_file_may_hold_anything(rule: str) -> None:
    path = to_core({"fw.nft": 'include "more.nft"\n' + TABLE % ("drop", rule, ""), "zones.csv": ZONES})
    assert (path.status, path.not_understood[0].text) == ("unknown", 'include "more.nft"')


def test_a_bridge_is_not_followed() -> None:
    files = firewall()
    files["fw.nft"] += "table bridge b {\n chain c { type filter hook forward priority 0; policy drop; }\n}\n"
    assert to_core(files).status == "unknown"


def test_the_date_in_a_comment_is_that_of_the_file() -> None:
    _, reading = read_configuration("fw.nft", (TABLE % ("drop", "", "")).encode())
    assert (reading.dated, reading.dated_by) == ("2026-10-01", "fw.nft:1")
