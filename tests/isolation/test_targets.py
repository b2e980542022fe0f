"""Each target writes rules, undo and a page; the rules say what they must, and no name of a device acts in them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from custodiet.isolation.targets import TARGETS
from isolation.factory import SERVICES, device, parties, plan, written
from report.nasty import nasty_strings

ALL = list(TARGETS)
HOSTILE = [
    'x" accept comment "',
    "x\n20 permit ip any any",
    "x\r\nno access-list ip CUSTODIET-FROM-V4",
    "x'; reboot; '",
    "$(reboot)",
    "`reboot`",
    "*/ deactivate firewall /*",
    "x } table inet other {",
    "x\\",
    "x?",
    "! # ; --",
    "x" * 500,
]


def everything(target: str) -> dict[str, str]:
    two = parties(
        device(12, v6=("fd00:8::12",), macs=("02:00:5e:00:00:12",)),
        device(13, services=SERVICES[:1]),
        device(14, device_class="recorder"),
        recorders=("10.20.9.2", "10.20.8.14", "fd00:9::2"),
        operators=("10.20.1.0/24", "10.20.2.7"),
        times=("10.20.9.4",),
    )
    return written(two, target)


@pytest.mark.parametrize("target", ALL)
def test_there_are_rules_an_undo_and_a_page(target: str) -> None:
    files = everything(target)
    assert TARGETS[target].rules_file in files
    assert "README.txt" in files
    assert any(name.startswith("undo") for name in files)
    page = files["README.txt"]
    for part in ("What it does", "How to load", "How to test", "How to undo", "What it does not stop", "one VLAN"):
        assert part in page, part
    assert "custodiet isolate verify" in page


@pytest.mark.parametrize("target", ALL)
def test_the_page_fits_a_terminal(target: str) -> None:
    for line in everything(target)["README.txt"].splitlines():
        assert len(line) <= 78 or line.startswith("    "), line


@pytest.mark.parametrize("target", ALL)
def test_every_file_is_plain_ascii(target: str) -> None:
    for name, text in everything(target).items():
        assert text.isascii(), name
        assert "\r" not in text
        assert text.endswith("\n")


@pytest.mark.parametrize("target", ALL)
def test_every_address_of_a_device_is_in_the_rules(target: str) -> None:
    text = everything(target)[TARGETS[target].rules_file]
    for address in ("10.20.8.12", "10.20.8.13", "fd00:8::12", "10.20.9.2", "fd00:9::2", "10.20.9.4"):
        assert address in text, address
    assert ("02:00:5e:00:00:12" in text) is TARGETS[target].binds_mac


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_a_device_changes_nothing_but_comments(target: str, name: str) -> None:
    """With the comments taken out, a hostile name gives the very rules that a plain name gives."""
    plain = written(parties(device(12, label="x", macs=("02:00:5e:00:00:12",))), target)
    hostile = written(parties(device(12, label=name, macs=("02:00:5e:00:00:12",))), target)
    assert hostile.keys() == plain.keys()
    for file in plain:
        if file != "README.txt":
            assert bare(hostile[file], target) == bare(plain[file], target), file


def bare(text: str, target: str) -> list[str]:
    """The lines without comments, read as the target reads them."""
    lines = text.splitlines()
    if target == "cisco-ios":
        return [line for line in lines if not line.startswith((" remark ", "!"))]
    if target == "aruba":
        return [line for line in lines if not re.match(r" +\d+ comment |!", line)]
    if target == "nftables":
        lines = [re.sub(r' comment "[^"]*"', "", line) for line in lines]
    if target == "opnsense":
        lines = [line for line in lines if '"description"' not in line]
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("target", ALL)
def test_a_corpus_of_nasty_names_stays_in_the_alphabet(target: str) -> None:
    found = parties(*(device(number % 250 + 1, label=name) for number, name in enumerate(nasty_strings())))
    for name, text in written(found, target).items():
        assert text.isascii(), name
        assert not re.search(r"[^\x20-\x7e\n\t]", text), name


def test_the_bare_lines_can_differ() -> None:
    one = bare(written(parties(device(12)))["custodiet-isolation.nft"], "nftables")
    assert one != bare(written(parties(device(13)))["custodiet-isolation.nft"], "nftables")


@pytest.mark.parametrize("target", ["cisco-ios", "aruba"])
def test_stateless_lists_let_only_answers_out(target: str) -> None:
    text = written(parties(operators=("10.20.1.0/24",), direct=True), target)[TARGETS[target].rules_file]
    leaving = text[: text.index("CUSTODIET-TO-V4")]
    permits = [line for line in leaving.splitlines() if "permit tcp" in line]
    assert permits
    assert all("established" in line for line in permits)
    assert re.search(r"deny (ip|any) (host )?10\.20\.8\.12 any", leaving)
    assert leaving.index("permit tcp") < leaving.index("deny")


def test_an_access_list_of_ios_is_numbered_in_order_and_ends_with_the_others() -> None:
    text = everything("cisco-ios")["custodiet-isolation.ios"]
    for piece in re.split(r"^exit$", text, flags=re.MULTILINE)[:4]:
        numbers = [int(n) for n in re.findall(r"^ (?:sequence )?(\d+) ", piece, re.MULTILINE)]
        assert numbers == sorted(numbers)
        assert len(numbers) == len(set(numbers))
        assert re.search(r"permit (ip|ipv6) any any$", piece.rstrip())
    assert all(len(line) <= 100 + len(" remark ") for line in text.splitlines() if " remark " in line)


def test_no_line_of_ios_has_more_than_ten_ports() -> None:
    many = tuple(SERVICES[0].__class__(transport="tcp", port=port, because="x") for port in range(8000, 8015))
    text = written(parties(device(12, services=many)), "cisco-ios")["custodiet-isolation.ios"]
    runs = [found.split() for found in re.findall(r"eq((?: \d+)+)", text)]
    assert max(len(run) for run in runs) == 10
    assert {int(port) for run in runs for port in run} >= set(range(8000, 8015))


def test_aliases_of_opnsense_are_what_its_import_takes() -> None:
    files = everything("opnsense")
    aliases = json.loads(files["aliases.json"])["aliases"]["alias"]
    names = [one["name"] for one in aliases.values()]
    assert len(names) == len(set(names))
    for key, one in aliases.items():
        assert re.fullmatch(r"[0-9a-f-]{36}", key)
        assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]{0,31}", one["name"])
        assert one["type"] in {"host", "network", "port", "mac"}
        assert one["content"]
    used = set(re.findall(r"custodiet_\w+", files["rules.txt"]))
    assert used <= set(names)


def test_rules_of_openwrt_are_put_first_and_undone_by_name() -> None:
    files = everything("openwrt")
    made = re.findall(r"^set firewall\.(custodiet_\d+)=rule$", files["custodiet-isolation.uci"], re.MULTILINE)
    moved = re.findall(r"^reorder firewall\.(custodiet_\d+)=(\d+)$", files["custodiet-isolation.uci"], re.MULTILINE)
    assert moved == [(name, str(place)) for place, name in enumerate(made)]
    assert re.findall(r"^delete firewall\.(custodiet_\d+)$", files["undo.uci"], re.MULTILINE) == made


def test_prefix_lists_of_junos_that_are_used_are_made() -> None:
    text = everything("juniper")["custodiet-isolation.set"]
    used = set(re.findall(r"from (?:source|destination)-prefix-list (\S+)", text))
    assert used
    assert used <= set(re.findall(r"^set policy-options prefix-list (\S+) ", text, re.MULTILINE))


def test_tables_of_pf_that_are_used_are_made() -> None:
    text = everything("pf")["custodiet-isolation.pf"]
    assert set(re.findall(r"<(\w+)>", text)) == set(re.findall(r"^table <(\w+)>", text, re.MULTILINE))


@pytest.mark.parametrize("target", ALL)
def test_cut_off_from_everybody_lets_nothing_pass(target: str) -> None:
    text = written(parties(recorders=(), times=()), target)[TARGETS[target].rules_file]
    assert "554" not in text or target in ("nftables", "opnsense", "pf")  # there only as a set that no rule uses
    assert "recorder asks" not in text
    assert not any(
        rule.id.startswith(("recorder", "operator", "time")) for rule in plan(parties(recorders=(), times=())).rules
    )


def test_files_are_the_same_every_time(tmp_path: Path) -> None:
    for target in ALL:
        assert everything(target) == everything(target)
