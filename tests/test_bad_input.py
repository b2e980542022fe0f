"""Each kind of bad input as a story: one sentence with file, place and next step, and the rest is still read.

Every story is told to the real ``audit`` command, beside one input that is in order.
"""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from workbooks import bare_xlsx, understate, xlsx

from story import (
    REGISTER,
    Told,
    Town,
    camera_capture,
    capture,
    custodiet,
    datagram,
    in_a_process,
    scan,
    town,
)

MEMORY = 300 * 1024 * 1024
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "lollollollol">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.fixture
def home(tmp_path: Path) -> Town:
    made = town(tmp_path)
    made.put("good.xml", scan())
    return made


def sentences(told: Told, name: str) -> list[dict]:
    """What was said of one input, as an input that was skipped or as an issue within it."""
    document = told.json
    ids = {source["id"] for source in document["sources"] if Path(source["name"]).name == name}
    said = [issue for issue in document["skipped"] if Path(issue["source"]).name == name]
    return said + [issue for issue in document["issues"] if issue["source"] in ids]


def labels(told: Told) -> list[str]:
    return [entry["asset"]["label"] for entry in told.json["entries"]]


def tell(home: Town, name: str, data: bytes) -> tuple[Told, list[dict]]:
    """Audit the good input and this one; whatever this one is, the good one must have been read."""
    home.put(name, data)
    told = home.audit("--json")
    assert told.err == ""
    assert "10.0.0.9" in labels(told), "the rest of the input was not read"
    said = sentences(told, name)
    assert all(issue["reason"] and "Traceback" not in issue["reason"] for issue in said)
    return told, said


NANOSECONDS = 0xA1B23C4D


def pcapng(cut: int = 0) -> bytes:
    """The camera's notice in the newer container."""
    frame = camera_capture()[40:]
    section = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    interface = struct.pack("<IIHHII", 1, 20, 1, 0, 262144, 20)
    padded = frame + b"\0" * (-len(frame) % 4)
    size = 32 + len(padded)
    packet = (
        struct.pack("<IIIIIII", 6, size, 0, 0x0005D0CF, 0, len(frame), len(frame)) + padded + struct.pack("<I", size)
    )
    whole = section + interface + packet
    return whole[: len(whole) - cut]


def unclosed_scan() -> bytes:
    """What nmap leaves when it is stopped: whole hosts, then nothing."""
    return scan(end="")[: -len("\n")]


def merged_register() -> bytes:
    """A register whose headings and sites are cells over several others."""

    def fill(book: object) -> None:
        sheet = book.add_worksheet("Objecten")  # type: ignore[attr-defined]
        sheet.merge_range(0, 0, 0, 3, "Register van het stadhuis")
        for column, heading in enumerate(["Omschrijving", "Merk", "IP-adres", "Locatie"]):
            sheet.write_string(1, column, heading)
        sheet.merge_range(2, 3, 3, 3, "Stadhuis")
        for row, address in ((2, "10.0.0.41"), (3, "10.0.0.42")):
            for column, text in enumerate(["Dome camera", "SeeS", address]):
                sheet.write_string(row, column, text)

    return xlsx(fill)  # type: ignore[arg-type]


@cache
def inflating_workbook() -> bytes:
    """About 262 KB that unpack to 256 MiB."""
    stream = io.BytesIO(bare_xlsx(""))
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.endswith("sheet1.xml"):
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(b'<?xml version="1.0"?><worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>')
            for _ in range(256):
                part.write(b"A" * (1 << 20))
            part.write(b"</t></is></c></row></sheetData></worksheet>")
    return made.getvalue()


def bomb_workbook() -> bytes:
    text = BOMB.replace("nmaprun", "worksheet")
    return bare_xlsx(f'{text}<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row>'
                     "</sheetData></worksheet>")  # fmt: skip


def bomb_reply() -> bytes:
    text = BOMB.replace("nmaprun", "ProbeMatch")
    fields = "<DeviceDescription>&i;</DeviceDescription><MAC>00-00-5e-00-53-01</MAC>"
    return f"{text}<ProbeMatch>{fields}</ProbeMatch>".encode()


WRONG: list[tuple[str, str, Callable[[], bytes], str]] = [
    # story, name, bytes, a part of the one sentence; each leaves the result incomplete
    ("an empty capture", "empty.pcap", lambda: b"", "empty"),
    ("an empty table", "empty.csv", lambda: b"", "empty"),
    ("an empty workbook", "empty.xlsx", lambda: b"", "empty"),
    ("a capture cut within a packet", "cut.pcap", lambda: camera_capture()[:-20], "ends inside a packet"),
    ("a capture cut within its head", "head.pcap", lambda: camera_capture()[:17], "ends inside its header"),
    ("a pcapng cut within a block", "cut.pcapng", lambda: pcapng(9), "ends inside a block"),
    ("packets kept only in part", "snap.pcap", lambda: camera_capture(cut_at=60), "go on behind what was captured"),
    ("a scan that was stopped", "stopped.xml", unclosed_scan, "the scan was aborted"),
    ("a workbook cut in half", "cut.xlsx", lambda: merged_register()[:900], ""),
    ("a workbook that unpacks to 256 MiB", "huge.xlsx", inflating_workbook, "unpack"),
    ("an entity bomb in a scan", "bomb.xml", lambda: f"{BOMB}<nmaprun scanner='nmap'>&i;</nmaprun>".encode(), "entit"),
    ("an entity bomb in a workbook", "bomb.xlsx", bomb_workbook, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "part"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_cannot_be_read_is_said_in_one_sentence(
    home: Town, name: str, data: Callable[[], bytes], part: str
) -> None:
    told, said = tell(home, name, data())
    (issue,) = said
    assert part in issue["reason"]
    assert issue["next_step"], issue
    assert issue["severity"] == "incomplete"
    assert told.code == 4
    text = "".join(home.audit().out.split())  # long names are broken at the edge of the terminal
    for part in (name, issue["reason"], issue["next_step"]):
        assert "".join(part.split()) in text, "the terminal says it too"


def test_a_cut_capture_names_the_packet_and_keeps_those_before_it(home: Town) -> None:
    two = capture(camera_capture()[40:], camera_capture()[40:])
    told, (issue,) = tell(home, "cut.pcap", two[:-20])
    assert issue["place"] == "packet 2"
    assert "10.0.0.5" in labels(told)


@pytest.mark.parametrize(
    ("story", "data"),
    [
        ("nanoseconds", camera_capture(magic=NANOSECONDS)),
        ("big-endian", camera_capture(order=">")),
        ("big-endian nanoseconds", camera_capture(order=">", magic=NANOSECONDS)),
        ("pcapng", pcapng()),
    ],
)
def test_every_form_of_capture_is_read_like_the_usual_one(home: Town, story: str, data: bytes) -> None:
    told, said = tell(home, "form.pcap", data)
    assert said == []
    (entry,) = [entry for entry in told.json["entries"] if entry["asset"]["label"] == "10.0.0.5"]
    assert entry["identification"]["conclusions"][2]["value"] == "acme", story
    if story != "pcapng":
        assert entry["asset"]["first_seen"].startswith("2025-11-16T")


@pytest.mark.parametrize(
    ("name", "data", "device"),
    [
        ("a-capture.csv", camera_capture(), "10.0.0.5"),
        ("a-scan.pcap", scan().replace(b"10.0.0.9", b"10.0.0.77").replace(b"00:1B:54", b"00:1B:55"), "10.0.0.77"),
        ("a-workbook.pcap", merged_register(), "10.0.0.41"),
        ("a-table.xml", REGISTER.encode("cp1252"), "10.0.0.7"),
        ("no ending", REGISTER.encode("cp1252"), "10.0.0.7"),
    ],
)
def test_a_wrong_ending_does_not_matter(home: Town, name: str, data: bytes, device: str) -> None:
    told, said = tell(home, name, data)
    assert device in labels(told)
    assert all(issue["severity"] == "note" for issue in said)


def test_a_stopped_scan_keeps_its_whole_hosts(home: Town) -> None:
    whole = (
        scan().split(b"<host ")[1].split(b"</host>")[0].replace(b"10.0.0.9", b"10.0.0.66").replace(b"54:00", b"54:66")
    )
    half = b'<host starttime="1"><status state="up"/><address addr="10.0.0.67" addrtype="ipv4"/><ports><port prot'
    told, (issue,) = tell(home, "stopped.xml", scan(f"<host {whole.decode()}</host>{half.decode()}", end=""))
    assert "10.0.0.66" in labels(told)
    assert issue["place"]


def test_a_dutch_export_with_semicolons_and_its_old_letters_is_read(home: Town) -> None:
    told, said = tell(home, "export.csv", REGISTER.encode("cp1252"))
    assert "read as Windows-1252" in said[0]["reason"]
    assert all(issue["severity"] == "note" for issue in said)
    texts = [o["value"] for entry in told.json["entries"] for o in entry["evidence"]]
    assert any("café" in text for text in texts)


def test_merged_cells_speak_for_the_cells_they_cover(home: Town) -> None:
    told, (issue,) = tell(home, "merged.xlsx", merged_register())
    assert issue["place"] == "sheet Objecten"
    assert issue["severity"] == "note"
    sites = {e["asset"]["label"]: e["asset"]["site"] for e in told.json["entries"]}
    assert sites["10.0.0.41"] == sites["10.0.0.42"] == "hall"


def test_a_date_that_no_calendar_has_is_said_with_its_row_and_the_row_is_read(home: Town) -> None:
    table = (
        "Omschrijving;IP-adres;Geplaatst op\r\nDome camera;10.0.0.51;31-02-2021\r\nDome camera;10.0.0.52;01-02-2021\r\n"
    )
    told, (issue,) = tell(home, "dates.csv", table.encode())
    assert "2" in issue["place"]
    assert "31-02-2021" in issue["reason"]
    assert issue["next_step"]
    assert {"10.0.0.51", "10.0.0.52"} <= set(labels(told))


def test_a_wrong_date_to_judge_for_is_refused_before_anything_is_read(home: Town) -> None:
    told = home.audit("--on", "2022-13-01")
    assert told.code == 2
    (line,) = told.complaints
    assert "--on" in line
    assert "2022-13-01" in line
    assert "Write it as" in line


def test_an_entity_bomb_in_a_reply_is_a_packet_that_says_nothing(home: Town) -> None:
    data = capture(datagram(bomb_reply()), camera_capture()[40:])
    told, _ = tell(home, "reply.pcap", data)
    assert "10.0.0.5" in labels(told)
    assert "lollol" not in told.out


@pytest.mark.parametrize("mac", ["zz:zz:zz:zz:zz:zz", "01:00:5e:00:00:01", "", "\u0661\u0661:00", "x" * 17])
def test_a_reply_with_nonsense_for_a_mac_does_no_harm(home: Town, mac: str) -> None:
    body = ('{"mac":"' + mac + '","method":"client.notifyDevInfo","params":{"deviceInfo":{"DeviceType":"X"}}}').encode()
    head = struct.pack("<I4sIIIIII", 0x20, b"DHIP", 0, 0, len(body), 0, len(body), 0)
    told, said = tell(home, "reply.pcap", capture(datagram(head + body, port=37810)))
    assert said == []
    assert "10.0.0.5" in labels(told)


def test_all_of_it_at_once_stays_within_time_and_memory(home: Town) -> None:
    for _, name, data, _ in WRONG:
        home.put(f"many/{name}", data())
    home.put("many/liar.xlsx", understate(inflating_workbook(), "xl/worksheets/sheet1.xml", 1000))
    home.put("many/reply.pcap", capture(datagram(bomb_reply())))
    told = in_a_process("audit", *home.options, home.inputs, "--json", folder=home.folder)
    assert told.code == 4
    assert told.err == ""
    assert labels(told)[0] == "10.0.0.9" or "10.0.0.9" in labels(told)
    assert told.memory < MEMORY, f"{told.memory / 2**20:.0f} MiB"
    for _, name, _, _ in WRONG:
        assert len(sentences(told, name)) >= 1 or name.startswith("empty"), name


AS_NOBODY = """
import contextlib, io, os, sys
from custodiet.cli import main
# once with all rights, so that every module is loaded that this user may not reach
with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), contextlib.suppress(SystemExit):
    main()
if os.geteuid() == 0:
    os.setgroups([])
    os.setegid(65534)
    os.seteuid(65534)
"""


def test_a_folder_that_may_not_be_read_is_said_and_the_rest_is_read(home: Town) -> None:
    closed = home.inputs / "closed"
    home.put("closed/camera.pcap", camera_capture())
    for folder in (home.folder, home.catalog.parent, *home.folder.parents):
        if folder != Path("/") and folder.stat().st_uid == os.getuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    cache = home.folder / "cache"
    cache.mkdir(mode=0o777)
    closed.chmod(0)
    try:
        told = in_a_process(
            "audit", *home.options, home.inputs, closed / "camera.pcap", "--json",
            before=AS_NOBODY, folder=home.folder, env={"XDG_CACHE_HOME": str(cache), "TMPDIR": "/tmp"},
        )  # fmt: skip
    finally:
        closed.chmod(0o700)
    assert told.code == 4, told.err
    assert labels(told) == ["10.0.0.9"]
    assert [(i["source"], i["place"]) for i in told.json["skipped"]] == [
        (str(home.inputs), str(closed)),
        (f"{closed}/camera.pcap", ""),
    ]
    assert all("may not be read" in i["reason"] and i["next_step"] for i in told.json["skipped"])


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))
"""


def test_a_full_disk_is_said_and_what_was_stored_stays(home: Town) -> None:
    """A limit on the size of files is what a full disk looks like to one process."""
    hosts = "".join(
        f'<host><status state="up"/><address addr="10.{n >> 16}.{n >> 8 & 255}.{n & 255}" addrtype="ipv4"/></host>'
        for n in range(1, 4_000)
    )
    home.put("many.xml", scan(hosts))
    case = home.folder / "c.sqlite"
    arguments = ("audit", *home.options, home.inputs, "-q", "--case", case)
    told = in_a_process(*arguments, before=FULL.format(400_000), folder=home.folder)
    assert told.code == 1
    (line,) = told.complaints
    assert str(case) in line
    assert "disk" in line
    assert "run the same command again" in line
    again = custodiet(*arguments)
    assert (again.code, again.err) == (0, "")
    assert custodiet("explain", "10.0.0.9", "--case", case).code == 0


def test_a_full_disk_leaves_no_half_report(home: Town) -> None:
    home.put("camera.pcap", camera_capture())
    case, out = home.folder / "c.sqlite", home.folder / "out"
    assert home.audit("-q", "--case", case).code == 3
    told = in_a_process(
        "report", "--case", case, "--out", out / "report.html", before=FULL.format(3000), folder=home.folder
    )
    assert told.code == 1
    (line,) = told.complaints
    assert line.startswith(f"custodiet: {out / 'report.html'}: ")
    assert line.endswith("run the same command again.")
    assert list(out.iterdir()) == []


def test_a_terminal_that_is_full_is_said(home: Town) -> None:
    with Path("/dev/full").open("wb") as full:
        told = subprocess.run(
            [sys.executable, "-m", "custodiet", "audit", *home.options, str(home.inputs)],
            stdout=full, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert "No space left" in told.stderr
