"""What nmap prints for people (``-oN``, or copied from a terminal), and its one line a host (``-oG``).

The report holds less than the XML: nmap leaves out what does not fit a line. Its clock names no zone except on request;
it is read as UTC, so times may be off by some hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Source
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Facts, Ledger
from custodiet.sources.lines import Lines, head_lines
from custodiet.sources.nmap.fingerprint import MAX_FINGERPRINT, answer_facts
from custodiet.sources.nmap.scripts import MAX_OUTPUT, broadcast_facts, script_facts
from custodiet.wire.address import ip_text, is_device_mac, mac_text

MAX_LINE = 1 << 20
"""The most bytes of one line; the greppable output puts a whole host on one."""

_HOST = re.compile(r"Nmap scan report for (?:(\S{1,255}) \(([0-9A-Fa-f.:%]{2,60})\)|(\S{1,255}))(.{0,60})\Z")
_OLD_HOST = re.compile(r"Interesting ports on (?:(\S{1,255}) \(([0-9A-Fa-f.:]{2,60})\)|(\S{1,255})):\Z")
_PORT = re.compile(r"([0-9]{1,5})/(tcp|udp|sctp)\s{1,20}(\S{1,30})\s{1,30}(\S{1,80})(?:\s{1,30}(\S.{0,1000}))?\Z")
_MAC = re.compile(r"MAC Address: ([0-9A-Fa-f:]{17})(?: \((.{1,200})\))?")
_SCRIPT = re.compile(r"\|[ _]? ?([a-z][a-z0-9-]{1,60}): ?(.{0,4000})\Z")
_REASON = re.compile(r"(?:syn-ack|udp-response|proto-response|user-set|script-set)(?: ttl \d{1,3})?\s{0,20}")
_FINGERPRINT = re.compile(r"SF-Port(\d{1,5})-(TCP|UDP|SCTP):")
_STARTED = re.compile(r"# Nmap \S{1,20} scan initiated \w{3} (\w{3}\s{1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}) as: ")
_DONE = re.compile(r"# Nmap done at \w{3} (\w{3}\s{1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}) ")
_STARTING = re.compile(r"Starting Nmap .{1,80} at (\d{4}-\d\d-\d\d \d\d:\d\d)")
_GREP_HOST = re.compile(r"Host: ([0-9A-Fa-f.:]{2,60}) \((\S{0,255})\)\t")
_GREP_PORT = re.compile(r"[0-9]{1,5}/(?:tcp|udp|sctp|ip)\Z")
_INFO = {"Device": "service.device_type", "OS": "service.os", "Host": "net.hostname", "Hosts": "net.hostname"}


@dataclass(slots=True)
class _Host:
    """The host whose lines are being read, and the script whose output goes on."""

    subject: str
    place: str
    where: str = ""
    port: int = 0
    reasons: bool = False
    script: str = ""
    output: list[str] = field(default_factory=list)
    size: int = 0


def recognise(head: bytes, _name: str) -> bool:
    """Whether the first lines are those of nmap's own report."""
    return any(
        _STARTED.match(line) or _STARTING.match(line) or _HOST.match(line) or _OLD_HOST.match(line) or _grep(line)
        for line in head_lines(head)[:200]
    )


def _grep(line: str) -> re.Match[str] | None:
    match = _GREP_HOST.match(line)
    return match if match and line[match.end() :].startswith(("Status: ", "Ports: ")) else None


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read a report.

    Raises:
        SourceError: no line of it is about a host.
    """
    lines = Lines(path, options.progress, limit=MAX_LINE)
    report = _Report(source)
    for number, line in lines:
        if line is None:
            yield from report.ledger.remark(f"line {number}", f"the line is longer than {MAX_LINE:,} bytes")
            continue
        yield from report.line(line, number)
    yield from report.end()
    if lines.cut:
        yield from report.ledger.cut_short(lines.cut)
    elif report.started and not report.done:
        yield from report.ledger.remark(
            f"after {report.last_place}" if report.last_place else "",
            "the report has no end: the scan was aborted",
            "The hosts that it finished are read. Scan the rest again.",
            severity="incomplete",
        )
    elif not report.last_place and not report.done:
        raise SourceError(
            "no line is about a host", place=source.name, next_step="Give the report as nmap wrote it, or its XML"
        )
    yield from report.ledger.close()


class _Report:
    """Reads a report line by line."""

    def __init__(self, source: Source) -> None:
        self.ledger = Ledger(source, "hosts")
        self.started = self.done = False
        self.last_place = ""
        self._facts = Facts(source.id)
        self._when: float | None = None
        self._host: _Host | None = None
        self._fingerprint: list[str] = []
        self._before = _Host(subject="", place="")  # scripts that ran before any host

    def line(self, line: str, number: int) -> Iterator[Item]:
        if self._fingerprint and not line.startswith("SF:"):
            self._end_fingerprint()
        if match := _STARTED.match(line) or _DONE.match(line) or _STARTING.match(line):
            self._clock(line, match[1])
        elif line.startswith("Nmap done"):
            self.done = True
        elif match := _HOST.match(line) or _OLD_HOST.match(line):
            yield from self._begin(match, number)
        elif match := _grep(line):
            yield from self._grep_line(match, line, number)
        elif line.startswith("|"):
            self._script_line(line)
        elif line.startswith("SF"):
            if sum(map(len, self._fingerprint)) < MAX_FINGERPRINT:
                self._fingerprint.append(line)
        elif self._host is not None:
            self._host_line(self._host, line)

    def end(self) -> Iterator[Item]:
        self._end_fingerprint()
        yield from self._end_host()

    def _clock(self, line: str, written: str) -> None:
        form = "%Y-%m-%d %H:%M" if written[0].isdigit() else "%b %d %H:%M:%S %Y"
        try:
            when = datetime.strptime(" ".join(written.split()), form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            when = None
        if line.startswith("# Nmap done"):
            self.done = True
        else:
            self.started = line.startswith("#")  # a terminal may be copied without its last line
            self._when = when
        self.ledger.saw(when)

    def _begin(self, match: re.Match[str], number: int) -> Iterator[Item]:
        yield from self._end_host()
        name, inside, alone = match[1], match[2], match[3]
        ip = ip_text(inside or alone)
        if ip is None:
            yield from self.ledger.refuse(f"line {number}", "a host without an address that can be read")
            return
        place = self.last_place = f"host {ip}"
        self.ledger.read()
        if match.lastindex == 4 and "[host down" in match[4]:
            return
        self._host = _Host(subject=f"ip:{ip}", place=place, where=place)
        self._say("net.ip", ip)
        self._say("net.hostname", name or "")

    def _say(self, attribute: str, value: str) -> None:
        if self._host is not None:
            self._facts.add(
                self._host.subject, attribute, value.strip(), self._host.where or self._host.place, self._when
            )

    def _host_line(self, host: _Host, line: str) -> None:
        self._end_script(host)
        if match := _PORT.match(line):
            number, protocol, state, _service, rest = match.groups()
            host.port, host.where = int(number), f"{host.place} port {protocol}/{number}"
            if state == "open" and int(number) < 65536:
                self._say("net.port", f"{protocol}/{int(number)}")
                self._say("service.product", _REASON.sub("", rest or "", count=1) if host.reasons else rest or "")
            return
        host.port, host.where = 0, host.place
        name, colon, value = line.partition(": ")
        if line.startswith("PORT") and "STATE" in line:
            host.reasons = "REASON" in line
        elif match := _MAC.match(line):
            mac = mac_text(match[1])
            if mac and is_device_mac(mac):
                self._say("net.mac", mac)
                self._say("net.oui_text", (match[2] or "").replace("Unknown", ""))
        elif name == "Service Info" and colon:
            for part in value.split("; "):
                word, _, what = part.partition(": ")
                if attribute := _INFO.get(word):
                    for one in what.split(", "):
                        self._say(attribute, one)
        elif name == "OS details":
            self._say("service.os", value.partition(", ")[0])
        elif name.startswith("rDNS record for"):
            self._say("net.hostname", value)

    def _script_line(self, line: str) -> None:
        host = self._host or self._before
        if match := _SCRIPT.match(line):
            self._end_script(host)
            host.script, host.output, host.size = match[1], [match[2]], len(match[2])
        elif host.script and host.size < MAX_OUTPUT:
            # Behind "|" or "|_" the output stands as the script printed it.
            host.output.append(line[2:])
            host.size += len(line)
        if line.startswith("|_"):
            self._end_script(host)

    def _end_script(self, host: _Host) -> None:
        script, host.script = host.script, ""
        if not script:
            return
        output = "\n".join(host.output)
        if host is self._before:
            found = broadcast_facts(script, output)
            for address, attribute, value in found or ():
                self._facts.add(f"ip:{address}", attribute, value.strip(), f"script {script}", self._when)
        else:
            facts = script_facts(script, output, host.port)
            found = None if facts is None else iter(())
            for attribute, value in facts or ():
                self._say(attribute, value)
        if found is None:
            self.ledger.not_covered(f"script {script}")

    def _end_fingerprint(self) -> None:
        lines, self._fingerprint = self._fingerprint, []
        match = _FINGERPRINT.match(lines[0]) if lines else None
        if match and self._host is not None:
            self._host.where = f"{self._host.place} port {match[2].lower()}/{match[1]}"
            for attribute, value in answer_facts("\n".join(lines), int(match[1])):
                self._say(attribute, value)
            self._host.where = self._host.place

    def _end_host(self) -> Iterator[Item]:
        for host in (self._before, self._host):
            if host is not None:
                self._end_script(host)
        self._host = None
        yield from self._facts.drain()

    def _grep_line(self, match: re.Match[str], line: str, number: int) -> Iterator[Item]:
        yield from self._end_host()
        ip = ip_text(match[1])
        if ip is None:
            yield from self.ledger.refuse(f"line {number}", "a host without an address that can be read")
            return
        place = f"host {ip}"
        known = place == self.last_place  # a host has one line for its state and one for its ports
        self.last_place = place
        if not known:
            self.ledger.read()
        if "\tStatus: Down" in line:
            return
        self._host = _Host(subject=f"ip:{ip}", place=place, where=place)
        if not known:
            self._say("net.ip", ip)
            self._say("net.hostname", match[2])
        for part in line.split("\t")[1:]:
            name, _, value = part.partition(": ")
            if name == "Ports":
                for port in value.split(", ")[:65536]:
                    self._grep_port(self._host, port)
            elif name == "OS":
                self._host.where = place
                self._say("service.os", value)
        yield from self._end_host()

    def _grep_port(self, host: _Host, port: str) -> None:
        fields = port.strip().split("/")
        if (
            len(fields) < 7
            or fields[1] != "open"
            or not _GREP_PORT.match(f"{fields[0]}/{fields[2]}")
            or int(fields[0]) > 65535
        ):
            return
        name = f"{fields[2]}/{fields[0]}"
        host.where = f"{host.place} port {name}"
        self._say("net.port", name)
        self._say("service.product", fields[6].replace("|", "/"))


READER = Reader(
    id="nmap-text",
    title="nmap text report",
    kind="scan",
    recognise=recognise,
    read=read,
    unpacks=LINES,
)
