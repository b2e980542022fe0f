"""``custodiet isolate verify`` and ``check`` from captures to exit codes; bad captures never make a device isolated."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pytest
from lab.leaks import (
    DAY,
    KINDS,
    START,
    Camera,
    Frame,
    behind_nat,
    estate,
    frames,
    one_direction,
    register,
    twice,
    with_a_clock_jump,
    with_gaps,
    write,
)

from story import Told, custodiet

CAMERAS = estate(2, len(KINDS))
QUIET = [camera for camera in CAMERAS if not camera.kind]


@dataclass(frozen=True)
class Home:
    """A case that knows the cameras, and the captures."""

    folder: Path

    @property
    def case(self) -> Path:
        return self.folder / "case.sqlite"

    def verify(self, after: str = "after.pcap", *more: object, key: bool = True) -> Told:
        keys = ["--key", self.folder / "key"] if key else []
        return custodiet(
            "isolate", "verify", "--case", self.case, "--before", self.folder / "before.pcap",
            "--after", self.folder / after, *keys, *more,
        )  # fmt: skip

    def verdicts(self, told: Told) -> dict[str, str]:
        return {one["label"]: one["verdict"] for one in told.json["statement"]["predicate"]["devices"]}

    def make(self, name: str, some: Iterator[Frame]) -> str:
        write(self.folder / name, some)
        return name


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("proof"))
    (made.folder / "key").write_bytes(bytes(range(32)))
    (made.folder / "rules.nft").write_text("table inet shut { }\n")
    (made.folder / "list.csv").write_text(register(CAMERAS))
    write(made.folder / "before.pcap", frames(CAMERAS, 26, before=True, start=START - 30 * DAY))
    write(made.folder / "after.pcap", frames(CAMERAS, 26))
    assert custodiet("identify", made.folder / "list.csv", "--case", made.case, "-q").code == 0
    return made


def test_leaking_and_isolated_cameras_are_told_apart(home: Home) -> None:
    told = home.verify("after.pcap", "--json")
    assert told.code == 3
    found = home.verdicts(told)
    for camera in CAMERAS:
        assert found[camera.host.ip] == ("leaks" if camera.kind else "isolated as far as seen"), camera.kind


def test_an_hour_is_too_short_for_every_quiet_one(home: Home) -> None:
    name = home.make("short.pcap", frames(QUIET, 3))
    told = home.verify(name, "--json", *quiet_devices())
    assert told.code == 4
    assert set(home.verdicts(told).values()) == {"too short"}


def quiet_devices() -> list[str]:
    return [word for camera in QUIET for word in ("--device", camera.host.ip)]


@pytest.mark.parametrize("spoil", [with_gaps, with_a_clock_jump, one_direction, behind_nat])
def test_bad_captures_make_nobody_isolated(home: Home, spoil: Callable[[Iterator[Frame]], Iterator[Frame]]) -> None:
    name = home.make(f"{spoil.__name__}.pcap", spoil(frames(QUIET, 30)))
    told = home.verify(name, "--json", *quiet_devices())
    assert told.code == 4
    assert set(home.verdicts(told).values()) <= {"doubtful", "not seen", "too short"}


def test_two_taps_hide_no_leak(home: Home) -> None:
    once = next(camera for camera in CAMERAS if camera.kind == "once-a-day")
    name = home.make("twice.pcap", twice(frames([*QUIET, once], 26)))
    told = home.verify(name, "--json", *quiet_devices(), "--device", once.host.ip)
    found = home.verdicts(told)
    assert found.pop(once.host.ip) == "leaks"
    assert set(found.values()) == {"isolated as far as seen"}


def test_a_camera_is_found_by_its_mac_where_its_address_changed(home: Home) -> None:
    camera = QUIET[0]
    old, new = camera.host.packed, bytes((10, 20, 200, 200))

    def moved() -> Iterator[Frame]:
        for at, frame in frames([camera], 30):
            yield at, frame.replace(old, new)

    told = home.verify(home.make("moved.pcap", moved()), "--json", "--device", camera.host.ip)
    (device,) = told.json["statement"]["predicate"]["devices"]
    assert device["verdict"] == "isolated as far as seen"
    assert "10.20.200.200" in device["addresses"]
    assert device["recognised_by"] == "MAC"


def test_its_old_address_in_other_hands_proves_nothing(home: Home) -> None:
    one, other = QUIET
    stranger = Camera(999, "")

    def swapped() -> Iterator[Frame]:
        for at, frame in frames([stranger], 30):
            yield at, frame.replace(stranger.host.packed, one.host.packed)

    told = home.verify(home.make("swapped.pcap", swapped()), "--json", *quiet_devices())
    assert set(home.verdicts(told).values()) == {"not seen"}
    assert other.host.ip in home.verdicts(told)


def test_with_a_list_the_time_server_must_stand_on_it(home: Home) -> None:
    only = ["--allowed", "10.20.0.10", "--allowed", "10.20.0.53", "--allowed", "10.20.0.1"]
    assert set(home.verdicts(home.verify("after.pcap", "--json", *quiet_devices(), *only)).values()) == {"leaks"}
    told = home.verify("after.pcap", "--json", *quiet_devices(), *only, "--allowed", "10.20.0.123")
    assert told.code == 0
    assert set(home.verdicts(told).values()) == {"isolated as far as seen"}


# --- the statement


def test_the_statement_verifies_offline_and_every_mismatch_is_code_5(home: Home) -> None:
    out = home.folder / "statement.json"
    told = home.verify("after.pcap", "--out", out, "--rules", home.folder / "rules.nft", *quiet_devices())
    assert told.code == 0
    captures = ["--captures", home.folder / "before.pcap", "--captures", home.folder / "after.pcap"]
    good = custodiet("isolate", "check", out, *captures, "--rules", home.folder / "rules.nft")
    assert good.code == 0
    assert "proves nothing about who signed" in good.out.replace("\n", " ")
    public = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert "key that you gave" in custodiet("isolate", "check", out, "--public-key", public).out.replace("\n", " ")
    assert custodiet("isolate", "check", out, "--public-key", "00" * 31 + "01").code == 5
    assert custodiet("isolate", "check", out, "--captures", home.folder / "list.csv").code == 5
    assert custodiet("isolate", "check", out, "--rules", home.folder / "after.pcap").code == 5, "it is no rule"
    changed = home.folder / "changed.json"
    envelope = json.loads(out.read_text())
    envelope["payload"] = envelope["payload"][:-8] + "AAAA" + envelope["payload"][-4:]
    changed.write_text(json.dumps(envelope))
    assert custodiet("isolate", "check", changed).code == 5
    changed.write_text("[]")
    assert custodiet("isolate", "check", changed).code == 5
    assert custodiet("isolate", "check", home.folder / "nothing.json").code == 2


def test_the_case_keeps_the_statement_and_nothing_of_the_traffic(home: Home) -> None:
    from custodiet.casefile import Case

    told = home.verify("after.pcap", "--json", *quiet_devices())
    with Case(home.case, must_exist=True) as case:
        assert case.meta(f"isolation:{told.json['id']}")
        assert not case.has_flows()
        assert [source.format for source in case.sources()] == ["csv"]
    good = custodiet("isolate", "check", told.json["id"], "--case", home.case)
    assert good.code == 0
    assert told.json["id"] in good.out
    assert custodiet("isolate", "check", "stm-nothing", "--case", home.case).code == 2


def test_the_report_shows_the_statement_and_a_broken_one_as_broken(home: Home) -> None:
    from custodiet.casefile import Case

    told = home.verify("after.pcap", "--json", "--out", home.folder / "stated.json", *quiet_devices())
    ip = QUIET[0].host.ip
    shown = custodiet("explain", ip, "--case", home.case).out
    assert "Isolated, as far as seen" in shown
    assert "custodiet isolate check stated.json" in " ".join(shown.split())
    with Case(home.case, must_exist=True) as case:
        key = f"isolation:{told.json['id']}"
        sound = case.meta(key) or ""
        for other in case.metas("isolation:"):
            case.set_meta(other, sound.replace('"sig":"', '"sig":"AAAA'))
    out = home.folder / "report.json"
    assert custodiet("report", "--case", home.case, "--format", "json", "--out", out).code == 0
    proofs = [one for entry in json.loads(out.read_text())["entries"] for one in entry["proofs"]]
    assert proofs
    assert {(one["standing"], one["verdict"]) for one in proofs} == {("broken", None)}
    assert "Broken statement, proves nothing" in custodiet("explain", ip, "--case", home.case).out


def test_the_public_half_is_printed_and_checks_the_statement(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.verify("after.pcap", "--out", home.folder / "by-key.json")
    told = custodiet("isolate", "key", "--key", home.folder / "key", "--json").json
    assert told["key_id"] in custodiet("isolate", "check", home.folder / "by-key.json").out.replace("\n", "")
    shown = custodiet("isolate", "key", "--key", home.folder / "key").out
    assert told["pem"].strip() in shown and told["public_key"] in shown
    for given in (told["public_key"], home.folder / "public.pem"):
        (home.folder / "public.pem").write_text(told["pem"])
        assert custodiet("isolate", "check", home.folder / "by-key.json", "--public-key", given).code == 0
    monkeypatch.setenv("XDG_STATE_HOME", str(home.folder / "nothing"))
    missing = custodiet("isolate", "key")
    assert (missing.code, list((home.folder / "nothing").rglob("*.key"))) == (2, [])


def test_what_is_not_signed_does_not_pass(home: Home) -> None:
    out = home.folder / "unsigned.json"
    assert home.verify("after.pcap", "--no-sign", "--out", out, *quiet_devices(), key=False).code == 0
    assert custodiet("isolate", "check", out).code == 5


def test_the_lines_of_the_page_verify_it_without_us(home: Home) -> None:
    from custodiet.signing import pem, private_key

    page = Path(__file__).resolve().parents[2] / "docs" / "isolation-statement.md"
    lines = [line[4:] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("    ")]
    begin = next(number for number, line in enumerate(lines) if line.startswith("python3 - <<"))
    script = "\n".join(lines[begin : begin + 6])
    assert "openssl" in script
    if not which("openssl"):
        pytest.skip("openssl is not installed")
    home.verify("after.pcap", "--out", home.folder / "statement.json", *quiet_devices())
    (home.folder / "key.pem").write_text(pem(private_key(home.folder / "key").public_key()))
    done = subprocess.run(["bash", "-ec", script], cwd=home.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-2] in (home.folder / "statement").read_text()


def test_what_the_owner_tried_stands_in_the_statement(home: Home) -> None:
    log = made_log(home.folder / "out.find", QUIET[0].host.ip)
    told = home.verify("after.pcap", "--json", "--tried", f"outside={log}", *quiet_devices())
    assert told.code == 3
    assert home.verdicts(told)[QUIET[0].host.ip] == "leaks"
    predicate = told.json["statement"]["predicate"]
    tried = {one["label"]: one["tried"] for one in predicate["devices"]}
    assert tried[QUIET[0].host.ip][0]["open"] == [554]
    assert tried[QUIET[1].host.ip][0]["open"] == []
    assert "tried/out.find" in [one["name"] for one in told.json["statement"]["subject"]]
    within = home.verify("after.pcap", "--json", "--tried", f"inside={log}", *quiet_devices())
    assert within.code == 0


def test_a_log_that_was_changed_is_code_5(home: Home) -> None:
    log = made_log(home.folder / "changed.find", QUIET[0].host.ip)
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]))
    assert home.verify("after.pcap", "--tried", str(log)).code == 5, "it is not signed"
    log.write_bytes(b"".join(lines).replace(b'"packets":1', b'"packets":2'))
    assert home.verify("after.pcap", "--tried", str(log)).code == 5


def made_log(path: Path, address: str) -> Path:
    """The log of a small sweep that found one port open."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from custodiet.probes.knock import Answer
    from custodiet.probes.ledger import Packet
    from custodiet.probes.log import FORMAT, End, Head, SweepLog
    from custodiet.probes.plan import Plan

    path.unlink(missing_ok=True)
    plan = Plan(
        networks=("10.20.0.0/16",), questions=(), first=(80, 554), rest=(), preset="gentle", rate=1.0, seed=1,
        started=START,
    )  # fmt: skip
    log = SweepLog(path)
    log.write(Head(format=FORMAT, plan=plan, tool="custodiet", witnessed=True))
    log.packet(Packet(START, address, "tcp", 554, 40000, 44, 1, "knock"))
    log.heard(Answer(address, 554, "open"))
    sealed = log.seal(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    log.write(End(at=START + 1, complete=True, coverage=(), worst_lag=0.0, other_packets=0, ledger=sealed))
    log.close()
    return path


@pytest.mark.parametrize(
    "wrong",
    [
        ["--allowed", "10.20.0.0/99"],
        ["--rules", "nothing.nft"],
        ["--tried", "outside=nothing.find"],
        ["--device", "10.99.99.99"],
        ["--key", "rules.nft"],
    ],
    ids=lambda wrong: wrong[0],
)
def test_wrong_use_is_told(home: Home, wrong: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.folder)
    told = home.verify("after.pcap", *wrong, key=wrong[0] != "--key")
    assert told.code == 2
    assert told.err


def test_the_same_capture_is_not_both(home: Home) -> None:
    assert home.verify("before.pcap").code == 2


def test_leases_may_stand_on_both_sides_and_the_order_of_times_is_told(home: Home) -> None:
    leases = home.folder / "leases"
    leases.write_text(f"{int(START + DAY)} {QUIET[0].host.mac.hex(':')} {QUIET[0].host.ip} cam *\n")
    told = home.verify("after.pcap", "--json", "--before", leases, "--after", leases, *quiet_devices())
    assert told.code == 0
    swapped = custodiet(
        "isolate", "verify", "--case", home.case, "--before", home.folder / "after.pcap", "--after",
        home.folder / "before.pcap", "--no-sign", "--json", *quiet_devices(),
    )  # fmt: skip
    assert any("begins before" in doubt for doubt in swapped.json["statement"]["predicate"]["doubts"])


def test_what_tells_of_no_traffic_is_refused(home: Home) -> None:
    assert home.verify("list.csv").code == 2
    assert home.verify("nothing.pcap").code == 2
