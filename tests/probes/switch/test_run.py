"""A switch asked from the first question to the signed end, over real sockets on loopback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from reading import Outcome, read

from custodiet.errors import UsageError
from custodiet.probes.ledger import verify
from custodiet.probes.log import End, Exchanged, Ledgered, read_log
from custodiet.probes.run import Rights, rights
from custodiet.probes.switch.account import Account, Community
from custodiet.probes.switch.run import PRESET, Asked, Told, plan_of, run_switch
from custodiet.probes.switch.session import Bounds
from custodiet.sources.exchanges import READER
from probes.switch.agent import Agent, Values, learnt, number, octets, oid, running, sequence, switch

QUICK = Bounds(waits=0.3)
WORD = Community(b"town-word")
BLIND = Rights(raw=False, witness=False)


def account(**other: object) -> Account:
    """The account that the agent has."""
    fields: dict[str, object] = {"auth": "sha256", "priv": "aes"} | other
    words = fields.pop("auth_word", b"proof-of-the-town"), fields.pop("priv_word", b"cipher-of-the-town")
    return Account(str(fields.pop("user", "reader")), *words, **fields)  # type: ignore[arg-type]


def ask(
    folder: Path, agent: Agent, who: Community | Account = WORD, *, bounds: Bounds = QUICK, may: Rights = BLIND
) -> tuple[Told, Path]:
    """Ask the agent; the log beside what is told."""
    log = folder / "log.find"
    with running(agent):
        plan = plan_of("127.0.0.1", rate=100_000.0, started=1.0)
        key = Ed25519PrivateKey.generate()
        told = run_switch(plan, "127.0.0.1", who, log, key, may=may, bounds=bounds, port=agent.port)
    return told, log


def taken(log: Path, folder: Path) -> Outcome:
    """What the reader finds in the log."""
    return read(READER, log.read_bytes(), folder)


def rows(told: Told) -> dict[str, int]:
    """Rows of each table that had some."""
    return {one.table.id: one.rows for one in told.tables if one.rows}


def test_a_switch_tells_its_tables(tmp_path: Path) -> None:
    told, log = ask(tmp_path, Agent(switch()))
    assert told.trouble == "" and not any(one.fault for one in told.tables)
    assert rows(told) == {
        "switch-system": 1,
        "switch-interfaces": 3,
        "switch-arp": 3,
        "switch-neighbours": 1,
        "switch-ports": 3,
        "switch-vlans": 1,
        "switch-vlan-macs": 9,
        "switch-lldp-ports": 1,
        "switch-lldp": 1,
        "switch-lldp-addresses": 1,
        "switch-lldp-inventory": 1,
    }
    assert [one.table.id for one in told.tables if one.skipped] == ["switch-macs"]
    came = taken(log, tmp_path)
    assert came.facts("ip:127.0.0.1")["snmp.sys_name"] == "sw-cellar"
    assert came.facts("ip:10.0.0.5")["net.mac"] == "00:40:8c:00:00:01"
    assert "ip:10.0.0.7" not in came.subjects, "the row is marked as invalid"
    gate = [(one.attribute, one.value) for one in came.observations if one.subject == "mac:00:40:8c:00:00:01"]
    assert ("net.switch_port", "127.0.0.1 Gi1/0/1 (camera gate)") in gate and ("net.vlan", "20") in gate
    assert ("lldp.system_description", "ExampleCam 5") in gate and ("lldp.inventory", "model=EX-5") in gate
    assert ("lldp.capabilities", "station-only") in gate and ("net.ip", "10.0.0.5") in gate
    assert came.facts("ip:fe80::5")["net.mac"] == "00:40:8c:00:00:01"
    assert came.facts("mac:00:40:8c:00:00:0a")["net.switch_port"] == "127.0.0.1 Gi1/0/48 (to the tower), a trunk"
    assert "mac:00:40:8c:00:00:03" not in came.subjects, "the switch's own address"
    assert {issue.place for issue in came.issues} == {"127.0.0.1, Gi1/0/48", "127.0.0.1/32"}
    assert came.tally.issues == 0


def test_only_what_reads_is_ever_sent(tmp_path: Path) -> None:
    for number_, who in enumerate((WORD, account())):
        folder = tmp_path / str(number_)
        folder.mkdir()
        agent = Agent(switch())
        ask(folder, agent, who)
        assert set(agent.tags) == {0xA0, 0xA5}


@pytest.mark.parametrize(
    ("auth", "priv"), [("md5", "des"), ("sha", "aes"), ("sha512", "aes256"), ("sha", "aes256-cisco")]
)
def test_accounts(auth: str, priv: str, tmp_path: Path) -> None:
    told, log = ask(tmp_path, Agent(switch(), auth=auth, priv=priv), account(auth=auth, priv=priv))
    assert told.trouble == "" and rows(told)["switch-vlan-macs"] == 9
    assert taken(log, tmp_path).facts("ip:10.0.0.6")["net.mac"] == "00:40:8c:00:00:02"


def test_a_clock_that_is_told_wrongly_is_set_once(tmp_path: Path) -> None:
    told, _ = ask(tmp_path, Agent(switch(), told_time=9), account())
    assert told.trouble == "" and rows(told)["switch-arp"] == 3


# --- the owner's words


def words_in(log: Path, told: Told) -> list[bytes]:
    """Which words of the owner stand in the log or in what is told."""
    written = log.read_bytes() + repr(told).encode()
    for line in read_log(log):
        if isinstance(line, Exchanged):
            written += b"".join(line.exchange.answers)
    words = (b"town-word", b"proof-of-the-town", b"cipher-of-the-town")
    return [word for word in words if word in written]


@pytest.mark.parametrize("who", [WORD, account()], ids=["community", "account"])
def test_words_are_written_nowhere(who: Community | Account, tmp_path: Path) -> None:
    values = switch() | {
        oid("1.3.6.1.2.1.1.6.0"): octets(b"my community is town-word, my keys proof-of-the-town cipher-of-the-town")
    }
    told, log = ask(tmp_path, Agent(values), who)
    assert told.tables[0].rows == 1 and set(who.secrets()) & set(words_in(log, told)) == set()
    assert b"town" not in repr(who).encode() and b"town" not in str(who).encode()


@pytest.mark.parametrize(
    ("who", "says"),
    [
        (account(user="guest"), "does not know this user"),
        (account(auth_word=b"another-word"), "pass phrase of the proof"),
        (account(priv_word=b"another-word"), "pass phrase of the encryption"),
    ],
)
def test_a_wrong_account_is_told_and_shown_once(who: Account, says: str, tmp_path: Path) -> None:
    agent = Agent(switch())
    told, log = ask(tmp_path, agent, who)
    assert told.denied and says in told.trouble and "not again" in told.trouble and not told.tables
    assert len(agent.raw) == 2, "one question who the agent is, one with the account"
    assert b"another-word" not in log.read_bytes() + told.trouble.encode()


def test_a_wrong_community_is_shown_once(tmp_path: Path) -> None:
    agent = Agent(switch())
    told, log = ask(tmp_path, agent, Community(b"guessed-word"))
    assert len(agent.raw) == 1 and "wrong community" in told.trouble and not told.tables
    assert b"guessed-word" not in log.read_bytes() and "guessed-word" not in told.trouble
    [coverage] = next(line for line in read_log(log) if isinstance(line, End)).coverage
    assert (coverage.asked, coverage.answered, coverage.silent) == (1, 0, 1)


# --- trouble


def test_nobody_listens(tmp_path: Path) -> None:
    agent = Agent({})
    with running(agent):
        pass
    plan = plan_of("127.0.0.1", rate=1000.0, started=1.0)
    log = tmp_path / "log.find"
    key = Ed25519PrivateKey.generate()
    told = run_switch(plan, "127.0.0.1", WORD, log, key, may=BLIND, bounds=QUICK, port=agent.port)
    assert told.trouble == "nobody listens there"


@pytest.mark.parametrize(
    "garbage",
    [
        lambda _n, _answer: b"",
        lambda _n, _answer: b"\x30\x84\xff\xff\xff\xff" + b"A" * 60,
        lambda _n, answer: answer[: len(answer) // 2],
        lambda _n, answer: answer[:20] + bytes(255 - octet for octet in answer[20:]),
    ],
)
@pytest.mark.parametrize("who", [WORD, account()], ids=["community", "account"])
def test_garbage(garbage: Callable[[int, bytes], bytes], who: Community | Account, tmp_path: Path) -> None:
    told, log = ask(tmp_path, Agent(switch(), spoil=garbage), who)
    assert "no answer" in told.trouble and told.remarks and told.packets <= 2
    assert taken(log, tmp_path).observations == []


def test_an_agent_that_falls_silent_is_left_alone(tmp_path: Path) -> None:
    agent = Agent(switch(), spoil=lambda count, answer: answer if count < 4 else None)
    told, log = ask(tmp_path, agent)
    assert "stopped answering" in told.trouble and len(agent.raw) <= 3 + 2 * 2
    assert "ip:127.0.0.1" in taken(log, tmp_path).subjects, "what it said before is kept"


def test_one_lost_answer_is_asked_for_again(tmp_path: Path) -> None:
    told, _ = ask(tmp_path, Agent(switch(), spoil=lambda count, answer: None if count == 5 else answer))
    assert told.trouble == "" and rows(told)["switch-arp"] == 3


class Endless(Agent):
    """Gives the same rows again and again."""

    def _pdu(self, data: bytes) -> bytes:
        made = super()._pdu(data)
        return made if self.tags[-1] == 0xA0 else self._same(data, made)

    def _same(self, data: bytes, made: bytes) -> bytes:
        from custodiet.wire.ber import children, integer, read_element
        from custodiet.wire.ber_write import element, identifier

        request = integer(next(children(data, read_element(data))).content(data))
        row = sequence(identifier(oid("1.3.6.1.2.1.4.22.1.2.3.10.0.0.5")), octets(bytes(6)))
        return element(0xA2, number(request) + number(0) + number(0) + sequence(*[row] * 20))


def test_a_table_that_does_not_go_forward_is_ended(tmp_path: Path) -> None:
    told, _ = ask(tmp_path, Endless(switch()))
    assert "do not go forward" in next(one.fault for one in told.tables if one.table.id == "switch-arp")
    assert told.packets < 40


def test_a_table_of_more_rows_than_we_take_is_told(tmp_path: Path) -> None:
    values: Values = switch()
    for last in range(1000):
        values |= learnt(last, 48)
    told, _ = ask(tmp_path, Agent(values), bounds=Bounds(waits=1.0, rows=200))
    assert "more than 200 rows" in next(one.fault for one in told.tables if one.table.id == "switch-vlan-macs")
    told_, _ = ask(_folder(tmp_path), Agent(values), bounds=Bounds(waits=1.0, packets=12))
    assert "spent" in told_.trouble and told_.packets == 12


def _folder(folder: Path) -> Path:
    made = folder / "again"
    made.mkdir()
    return made


def test_ten_thousand_rows(tmp_path: Path) -> None:
    values: Values = switch()
    for last in range(10_000):
        values |= learnt(last + 100, last % 24 + 1)
    told, log = ask(tmp_path, Agent(values), bounds=Bounds(waits=2.0))
    assert rows(told)["switch-vlan-macs"] == 10_009 and told.packets < 600
    assert len([one for one in taken(log, tmp_path).subjects if one.startswith("mac:")]) >= 10_000


# --- the ledger


def ledgered(log: Path) -> list[tuple[str, int, str]]:
    """To whom, port, why: of every packet of the ledger, whose signature is checked."""
    lines = list(read_log(log))
    end = next(line for line in lines if isinstance(line, End))
    pages = [line.page for line in lines if isinstance(line, Ledgered)]
    return [(packet.to, packet.port, packet.why) for packet in verify(pages, end.ledger)]


@pytest.mark.parametrize("witness", [False, True])
@pytest.mark.parametrize("who", [WORD, account()], ids=["community", "account"])
def test_the_ledger_holds_every_packet(witness: bool, who: Community | Account, tmp_path: Path) -> None:
    may = rights() if witness else BLIND
    if witness and not may.witness:
        pytest.skip("no right to look at packets")
    agent = Agent(switch())
    told, log = ask(tmp_path, agent, who, may=may)
    packets = ledgered(log)
    assert len(packets) == len(agent.raw) == told.packets
    assert {packet[:2] for packet in packets} == {("127.0.0.1", agent.port)}
    assert [packets[0][2], packets[-1][2]] == ["switch-system", "switch-lldp-inventory"]
    assert bool(told.gaps) != witness, "what was only counted is told"


def test_a_stop_is_signed_too(tmp_path: Path) -> None:
    def stop(asked: Asked) -> None:
        if asked.table.id == "switch-arp":
            raise KeyboardInterrupt

    with running(Agent(switch())) as agent:
        plan, key = plan_of("127.0.0.1", rate=100_000.0, started=1.0), Ed25519PrivateKey.generate()
        log = tmp_path / "log.find"
        told = run_switch(plan, "127.0.0.1", WORD, log, key, may=BLIND, bounds=QUICK, port=agent.port, look=stop)
        assert told.stopped and len(ledgered(log)) == len(agent.raw) == 3
    assert "ip:10.0.0.5" in taken(log, tmp_path).subjects
    assert not next(line for line in read_log(log) if isinstance(line, End)).complete


# --- whom


@pytest.mark.parametrize("host", ["switch.example", "10.0.0.0/24", "224.0.0.1", "", "8.8.8.8"])
def test_only_one_address_that_is_ours(host: str) -> None:
    with pytest.raises(UsageError):
        plan_of(host, rate=1.0, started=1.0)


def test_only_ports_that_may_be_asked() -> None:
    with pytest.raises(UsageError, match="9100"):
        plan_of("10.0.0.1", rate=1.0, started=1.0, port=9100)


def test_the_plan_is_no_sweep() -> None:
    plan = plan_of("8.8.8.8", rate=1.0, started=1.0, public=True)
    assert (plan.preset, plan.networks, plan.first) == (PRESET, ("8.8.8.8/32",), ())
