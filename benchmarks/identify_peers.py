"""recog's ports run on the same patterns and values, their start left out; a port is measured where it can be had.

Nothing of recog is in this repository: ``--recog-go`` and ``--recog-ruby`` name folders with their sources.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

GO = """
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"recog"
)

func cpu() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

func main() {
	runtime.GOMAXPROCS(1)
	db, err := recog.LoadFingerprintDBFromFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	file, _ := os.Open(os.Args[2])
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	values := []string{}
	for lines.Scan() {
		raw, _ := base64.StdEncoding.DecodeString(lines.Text())
		values = append(values, string(raw))
	}
	winners := make([]string, len(values))
	begin := cpu()
	for i, value := range values {
		if found := db.MatchFirst(value); found.Matched {
			winners[i] = found.Values["record"]
		}
	}
	fmt.Fprintf(os.Stderr, "%f\\n", cpu()-begin)
	out := bufio.NewWriter(os.Stdout)
	for _, winner := range winners {
		fmt.Fprintln(out, winner)
	}
	out.Flush()
}
"""

RUBY = """
require 'recog/db'
require 'base64'
db = Recog::DB.new(ARGV[0])
values = File.readlines(ARGV[1]).map { |line| Base64.decode64(line) }
fingerprints = db.fingerprints
begin_at = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
winners = values.map do |value|
  value = value.to_s.unpack('C*').pack('C*')
  found = nil
  fingerprints.each { |one| break if (found = one.match(value)) }
  found
end
STDERR.puts Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - begin_at
puts(winners.map { |found| found ? found['record'] : '' })
"""


@dataclass(frozen=True)
class Peer:
    """A port of recog that runs here."""

    name: str
    command: Callable[[Path, Path], list[str]]
    """Database and values -> command."""
    environment: dict[str, str]
    reads: Callable[[str], bool]
    """Whether it can read an expression."""


def peers(go: Path | None, ruby: Path | None, folder: Path) -> list[Peer]:
    """The ports that can be had, made ready in a folder."""
    found = []
    if go and shutil.which("go"):
        source = folder / "go" / "src"
        (source / "recog").mkdir(parents=True)
        (source / "driver").mkdir()
        shutil.copy(go / "fingerprints.go", source / "recog")
        (source / "driver" / "main.go").write_text(GO)
        paths = f"{folder / 'go'}:/usr/share/gocode"  # Debian's packages of Go libraries
        environment = {
            **os.environ,
            "GOPATH": paths,
            "GO111MODULE": "off",
            "GOFLAGS": "",
            "GOCACHE": str(folder / "gocache"),
        }
        binary = folder / "recog-go"
        subprocess.run(["go", "build", "-o", str(binary), "driver"], env=environment, check=True)
        # no look-around, no end of text by that name in Go's engine
        reads = lambda regex: not re.search(r"\(\?(?:[=!]|<[=!]|P=|\()|\\Z|[+*?}]\+", regex)  # noqa: E731
        found.append(Peer("recog-go", lambda db, values: [str(binary), str(db), str(values)], {}, reads))
    if ruby and shutil.which("ruby"):
        driver = folder / "driver.rb"
        driver.write_text(RUBY)
        reads = lambda regex: not re.search(r"\(\?[a-zA-Z]*[sau]|\(\?P=", regex)  # noqa: E731
        command = lambda db, values: ["ruby", "-I", str(ruby), str(driver), str(db), str(values)]  # noqa: E731
        found.append(Peer("recog-ruby", command, {}, reads))
    return found


def write_database(path: Path, patterns: list[tuple[str, str]], peer: Peer) -> int:
    """Write patterns as recog writes them; how many this peer cannot read and does without."""
    root = etree.Element("fingerprints", matches=path.stem)
    left = 0
    for id, regex in patterns:
        flags = []
        if head := re.match(r"\(\?([is]+)\)", regex):
            flags = [{"i": "REG_ICASE", "s": "REG_DOT_NEWLINE"}[flag] for flag in head[1]]
        body = regex[head.end() :] if head else regex
        if not peer.reads(body):
            left += 1
            continue
        # groups by number, which all ports read; the parameters take them out as ours do
        compiled = re.compile(regex)
        body = re.sub(r"\(\?P<\w+>", "(", body)
        entry = etree.SubElement(root, "fingerprint", pattern=body)
        if flags:
            entry.set("flags", ",".join(flags))
        etree.SubElement(entry, "description").text = id
        etree.SubElement(entry, "param", pos="0", name="record", value=id)
        for number in range(1, compiled.groups + 1):
            etree.SubElement(entry, "param", pos=str(number), name=f"group.{number}")
    path.write_bytes(etree.tostring(root))
    return left


def run(peer: Peer, database: Path, values: list[str]) -> tuple[float, list[str]]:
    """CPU seconds of matching alone, and the record that won for each value.

    Raises:
        RuntimeError: it failed.
    """
    with tempfile.NamedTemporaryFile("wb", suffix=".lines") as lines:
        lines.write(b"".join(base64.b64encode(value.encode()) + b"\n" for value in values))
        lines.flush()
        done = subprocess.run(peer.command(database, Path(lines.name)), check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{peer.name} on {database.name}: {done.stderr[-2000:]}")
    return float(done.stderr.split()[-1]), done.stdout.split("\n")[: len(values)]


def recog_patterns(folder: Path, names: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """The patterns of recog's own databases, in Python's words.

    Args:
        folder: recog's ``xml``.
        names: attribute -> name of a database.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for attribute, name in names.items():
        root = etree.parse(folder / f"{name}.xml", etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        found[attribute] = []
        for number, entry in enumerate(root.iterfind("fingerprint")):
            flags = entry.get("flags", "")
            letters = ("i" if "ICASE" in flags or "IGNORECASE" in flags else "") + ("s" if "LINE" in flags else "")
            regex = (f"(?{letters})" if letters else "") + entry.get("pattern", "").replace("(?<", "(?P<").replace(
                "(?P<=", "(?<="
            ).replace("(?P<!", "(?<!")
            try:
                re.compile(regex)
            except re.error:
                continue
            found[attribute].append((f"{name}-{number}", regex))
    return found


def examples(folder: Path, names: dict[str, str]) -> dict[str, list[str]]:
    """The examples in recog's databases: what its values look like."""
    return {
        attribute: [
            one.text
            for one in etree.parse(folder / f"{name}.xml", etree.XMLParser(resolve_entities=False)).iterfind(
                ".//example"
            )
            if one.text and not one.get("_encoding")
        ]
        for attribute, name in names.items()
    }
