"""The recipes of `deploy/`, as far as they can be tried without a registry and without a service manager that runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UNIT = ROOT / "deploy" / "custodiet.service"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_the_unit_is_understood_and_shut_in(tmp_path: Path) -> None:
    unit = tmp_path / "custodiet.service"
    unit.write_text(UNIT.read_text().replace("/opt/custodiet/bin/custodiet", shutil.which("true") or ""))
    for question in (["verify"], ["security", "--offline=true", "--threshold=20"]):
        told = subprocess.run(["systemd-analyze", *question, str(unit)], capture_output=True, text=True, timeout=60)
        assert told.returncode == 0, told.stdout + told.stderr
        assert not re.search("unknown|ignoring|failed", told.stderr, re.IGNORECASE), told.stderr


def _worker_under(unit: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    folder.mkdir()
    script = ROOT / "tests" / "web" / "under_a_unit.py"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CUSTODIET_")}
    command = [sys.executable, str(script), str(folder), str(unit)]
    return subprocess.run(command, capture_output=True, text=True, timeout=150, env=environ)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_a_worker_works_under_what_the_unit_allows(tmp_path: Path) -> None:
    told = _worker_under(UNIT, tmp_path / "as it is")
    if told.returncode == 77:
        pytest.skip(told.stdout)
    assert told.returncode == 0, told.stderr[-3000:]
    assert told.stderr == "", "what it says of itself"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_what_a_unit_does_not_allow_is_refused(tmp_path: Path) -> None:
    unit = tmp_path / "custodiet.service"
    unit.write_text(UNIT.read_text() + "SystemCallFilter=~pwrite64 write\n")
    told = _worker_under(unit, tmp_path / "shut")
    if told.returncode == 77:
        pytest.skip(told.stdout)
    assert told.returncode != 0


def test_the_image_is_made_of_what_is_here_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "deploy" / "Containerfile").read_text().splitlines()
    copied = [word for line in lines if re.match("COPY (?!--from)", line) for word in line.split()[1:-1]]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    made = next(line for line in lines if line.startswith("RUN useradd"))
    assert "--no-create-home" in made and "--system" not in made, "what is in its home would be in the volume"
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users[-1] not in ("root", "0")


def test_both_start_a_command_that_there_is() -> None:
    from typer.main import get_command

    from custodiet.cli import app

    options = {name for one in get_command(app).commands["serve"].params for name in one.opts}  # type: ignore[attr-defined]
    image = (ROOT / "deploy" / "Containerfile").read_text()
    told = set(re.findall(r"--[a-z]+", re.findall(r"ExecStart=.* serve (.*)", UNIT.read_text())[0]))
    told |= set(re.findall(r'"(--[a-z]+)"', re.findall(r"CMD (\[\"serve.*)", image)[0]))
    assert told == {"--folder", "--host", "--port"}
    assert told <= options


def test_what_is_run_beside_the_server_reads_its_settings_as_it_does_and_keeps_backups_apart() -> None:
    from typer.main import get_command

    from custodiet.cli import app

    readme, tried = (ROOT / "deploy" / "README.md").read_text(), (ROOT / "deploy" / "try.sh").read_text()
    for text in (readme, tried):
        assert "--env-file - </etc/default/custodiet" in text and ". /etc/default" not in text
        outs = re.findall(r"backup .*--out \"?(\S+)", text)
        assert outs and all(out.startswith("/var/backups/custodiet/$(date") for out in outs)
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for one in ("doctor", "backup", "restore", "serve", "audit-log"):
        for command in getattr(commands[one], "commands", {one: commands[one]}).values():
            assert {"--folder", "--env-file"} <= {name for param in command.params for name in param.opts}
    # an address as docs/serve.md writes it, in what the package brings
    told = (ROOT / "deploy" / "debian" / "custodiet.default").read_text()
    from custodiet.web.env_file import parse_env_file

    found, left_out = parse_env_file(re.sub(r"^#(?=\w+=)", "", told, flags=re.M))
    assert found["CUSTODIET_DATABASE_URL"].endswith("?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem")
    assert not left_out


def test_the_package_is_of_this_version_and_its_parts_are_there() -> None:
    debian = ROOT / "deploy" / "debian"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.match(r"custodiet \((.+?)\)", (debian / "changelog").read_text())[1] == version  # type: ignore[index]
    assert 'ENTRYPOINT ["custodiet"]' in (ROOT / "deploy" / "Containerfile").read_text()
    for script in ("custodiet.postinst", "custodiet.prerm", "custodiet.postrm"):
        text = (debian / script).read_text()
        assert "set -e" in text and "#DEBHELPER#" in text
        told = subprocess.run(["sh", "-n", str(debian / script)], capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
    # what the unit needs of the machine is what the package makes
    unit = UNIT.read_text()
    user, settings = re.findall(r"^User=(.+)$", unit, re.M)[0], re.findall(r"^EnvironmentFile=-(.+)$", unit, re.M)[0]
    assert f"-o {user} -g" in (debian / "custodiet.postinst").read_text()
    assert settings == "/etc/default/custodiet" and (debian / "custodiet.default").exists()
    # settings that it names are read by the server
    named = set(re.findall(r"CUSTODIET_\w+", (debian / "custodiet.default").read_text()))
    assert named <= set(re.findall(r"CUSTODIET_\w+", (ROOT / "docs" / "serve.md").read_text()))
