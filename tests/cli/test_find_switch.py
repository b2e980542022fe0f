"""``find --switch`` as a user runs it, against an agent on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.cli.switch import _address
from custodiet.errors import UsageError
from probes.switch.agent import Agent, running, switch
from story import Told, custodiet

WORDS = ("town-word", "proof-of-the-town", "cipher-of-the-town", "guessed-word")


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Files of the owner's words; state and working folder are those of the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    found = {}
    for name, word in zip(("community", "auth", "priv", "wrong"), WORDS, strict=True):
        file = tmp_path / f"{name}.word"
        file.write_text(f"{word}\n")
        found[name] = str(file)
    return found


def find(agent: Agent, *options: str) -> Told:
    """Run it."""
    with running(agent):
        return custodiet("find", "--switch", f"127.0.0.1:{agent.port}", "--rate", "9999/s", "--yes", *options)


def everything(folder: Path, told: Told) -> bytes:
    """All that was written, to files and to the terminal."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".word"]
    return b"".join(files) + told.out.encode() + told.err.encode()


def test_devices_behind_a_switch_are_named(words: dict[str, str], tmp_path: Path) -> None:
    result = find(Agent(switch()), "--community-file", words["community"], "--case", "town.sqlite")
    assert result.code == 0, result.err
    assert "hardware addresses behind its ports, by VLAN: 9 rows" in result.out
    assert "packets sent, each in the ledger" in result.out and "axis" in result.out.lower()
    written = everything(tmp_path, result)
    assert not any(word.encode() in written for word in WORDS)
    verified = custodiet("ledger", "verify", "town.sqlite")
    assert verified.code == 0 and "switch-vlan-macs" in verified.out
    again = custodiet("find", "--resume", "--case", "town.sqlite")
    assert again.code == 2 and "no sweep that was stopped" in again.err, "a switch is no sweep"


def test_an_account(words: dict[str, str], tmp_path: Path) -> None:
    options = ["--snmp-v3", "reader", "--auth-file", words["auth"], "--priv-file", words["priv"], "--auth", "sha256"]
    result = find(Agent(switch()), *options, "--json")
    assert result.code == 0, result.err
    assert result.json and "10.0.0.5" in result.out
    written = everything(tmp_path, result)
    assert not any(word.encode() in written for word in WORDS)


def test_words_out_of_the_environment(words: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTODIET_SNMP_COMMUNITY", "town-word")
    assert find(Agent(switch())).code == 0


def test_a_wrong_word_is_told_and_not_shown(words: dict[str, str], tmp_path: Path) -> None:
    agent = Agent(switch())
    options = ["--snmp-v3", "reader", "--auth-file", words["wrong"], "--priv-file", words["priv"], "--auth", "sha256"]
    result = find(agent, *options, "--case", "town.sqlite")
    assert result.code == 2 and "pass phrase of the proof" in result.err and len(agent.raw) == 2
    written = everything(tmp_path, result)
    assert not any(word.encode() in written for word in WORDS)
    assert custodiet("ledger", "verify", "town.sqlite").code == 0, "what was sent is kept"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "CUSTODIET_SNMP_COMMUNITY"),
        (["--community-file", "nowhere.word"], "cannot be read"),
        (["--auth-file", "auth.word"], "--snmp-v3"),
        (["--snmp-v3", "reader", "--community-file", "community.word"], "needs no community"),
        (["--snmp-v3", "reader", "--auth-file", "auth.word"], "CUSTODIET_SNMP_PRIV"),
        (["--community-file", "community.word", "--net", "10.0.0.0/24"], "by itself"),
        (["--snmp-v3", "r", "--auth-file", "auth.word", "--priv-file", "priv.word", "--auth", "rot13"], "not known"),
    ],
)
def test_what_cannot_be_asked(options: list[str], says: str, words: dict[str, str]) -> None:
    agent = Agent(switch())
    result = find(agent, *options)
    assert result.code == 2 and says in result.err and agent.raw == []
    assert not any(word in result.out + result.err for word in WORDS)


def test_nobody_agreed(words: dict[str, str]) -> None:
    result = custodiet("find", "--switch", "10.0.0.1", "--community-file", words["community"])
    assert result.code == 2 and "--yes" in result.err


def test_addresses() -> None:
    assert [_address(one) for one in ("10.0.0.1", "10.0.0.1:1161", "fe80::1%eth0", "[fe80::1]:1161", "[::1]")] == [
        ("10.0.0.1", 161),
        ("10.0.0.1", 1161),
        ("fe80::1%eth0", 161),
        ("fe80::1", 1161),
        ("::1", 161),
    ]
    with pytest.raises(UsageError):
        _address("10.0.0.1:70000")
