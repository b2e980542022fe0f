"""pf: the last rule that holds decides, unless one says quick."""

from __future__ import annotations

import pytest

from networks import from_core, to_core, ways

ZONES = """\
zone,subnet,interface
cams,10.1.0.0/24,em0
core,10.9.0.0/24,em1
internet,0.0.0.0/0,em2
"""


def firewall(*rules: str, first: str = "block all") -> dict[str, str]:
    text = "\n".join(
        ["# exported 2026-10-01", 'cams = "10.1.0.0/24"', "set skip on lo0", "scrub in all", first, *rules]
    )
    return {"pf.conf": text + "\n", "zones.csv": ZONES}


OUT = "pass out on em1 from any to any"


@pytest.mark.parametrize(
    ("rules", "lets"),
    [
        (["pass"], "anything"),
        (["pass in on em0 from $cams to any", OUT], "anything"),
        (
            ["pass in on em0 proto tcp from any to 10.9.0.20 port { 443, 554 } flags S/SA keep state", OUT],
            "tcp 443, 554",
        ),
        (["pass in quick on em0 inet proto udp to port 123", "block in on em0", OUT], "udp 123"),
        (["block in on em0 proto udp", "pass in on em0 proto udp to port 53:54 keep state (max 5)", OUT], "udp 53-54"),
        (
            ["table <rec> { 10.9.0.0/24, !10.9.0.9 }", 'pass in on em0 proto tcp to <rec> port ssh label "x y"', OUT],
            "tcp 22",
        ),
        (["pass in on em0 inet proto icmp all icmp-type echoreq", OUT], "icmp type 8"),
        (["pass in on em0 proto tcp to port > 65000", OUT], "tcp 65001-65535"),
        (["pass in on em0 proto tcp to any port != 25 \\", "  modulate state", OUT], "tcp 0-24, 26-65535"),
        (["pass in on em0 from { 10.1.0.1 - 10.1.0.9, \\", " 10.3.0.0/16 } to !10.2.0.0/16", OUT], "anything"),
    ],
)
def test_rules_that_pass_open_the_way(rules: list[str], lets: str) -> None:
    path = to_core(firewall(*rules))
    assert path.status == "open"
    assert lets in path.lets


@pytest.mark.parametrize(
    "rules",
    [
        [],
        ["pass in on em0"],  # and nothing lets it out
        ["pass in on em2", OUT],
        ["pass in on em0 from 10.1.0.6", OUT],
        ["pass in on em0", OUT, "block in on em0 from $cams to 10.9.0.0/24"],  # the last one decides
        ["block in quick on em0", "pass in quick on em0", OUT],
        ["table <rec> { 10.9.0.0/24 }", "pass in on em0 to !<rec>", OUT],
        ["pass in on em0 inet6", OUT],
        ["pass in on em0 proto tcp to 10.9.0.0/24 port 80:79", OUT, "block all"],
    ],
)
def test_what_is_blocked_last_is_shut(rules: list[str]) -> None:
    assert to_core(firewall(*rules)).status == "proved absent"


def test_the_date_in_a_comment_is_told() -> None:
    path = to_core(firewall(), as_of="")
    assert path.status == "unknown"  # the table of zones has none
    assert "pf.conf of 2026-10-01" in path.because or "zones.csv" in path.missing


@pytest.mark.parametrize(
    "rule",
    [
        'anchor "ftp/*"',
        "anchor inner {\n pass in\n}",
        "pass in on em0 from <gone> to any",
        "pass in on em0 from any to host.example.org",
        "pass in on em0 from (em0:network) to any",
        "pass in on egress",
        "pass in on em0 tagged X",
        "pass in on em0 route-to (em1 10.9.0.1)",
        "pass in on em0 user root",
        "pass in on em0 proto wibble",
        'table <t> persist file "/etc/t"\npass in on em0 from any to <t>',
        "pass in on em0 probability 5%",
        'include "/etc/pf.more"',
        "wibble all",
        "pass in on em0 from {",
    ],
)
def test_a_rule_that_is_not_understood_keeps_the_answer_open(rule: str) -> None:
    path = to_core(firewall(OUT, rule))
    assert path.status == "unknown"
    assert path.not_understood


def test_without_any_rule_that_holds_pf_lets_through() -> None:
    assert to_core(firewall(first="block in on em2")).status == "open"


def test_an_interface_that_is_skipped_is_not_filtered() -> None:
    assert to_core(firewall("set skip on { em0 em1 }")).status == "open"


def test_spoofing_is_only_stopped() -> None:
    assert to_core(firewall("antispoof quick for em0")).status == "proved absent"
    assert to_core(firewall("antispoof quick for em0", "pass")).status == "unknown"


def test_the_way_back_the_outside_and_translation() -> None:
    files = firewall(
        "pass in on em1", "pass out on em0", "pass in on em0 to !10.0.0.0/8", "pass out on em2 nat-to (em2)"
    )
    assert from_core(files).status == "open"
    assert ways(files)["to outside"].status == "unknown"  # what leaves is filtered with an address that is not followed
    rdr = ways(firewall("rdr on em2 proto tcp to port 80 -> 10.1.0.5"))
    assert rdr["from outside"].status == "unknown"
    assert rdr["to core"].status == "proved absent"
