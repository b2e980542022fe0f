"""How many records a second come out of scan exports, on one core.

    python benchmarks/exports.py [ROWS]

Makes exports (seeded, the same bytes each time, documentation addresses) in a temporary folder and walks over each with
`sources.exports.reader.records`, as `count` does: decoding, facts of every answer, and the records thrown away. Prints
the best of three in processor time. ``bare rows`` is a row with an answer that many devices give; ``own dates`` the
same with the date that real ones have; ``own pages`` adds a page that no other device has, which nothing can remember.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from custodiet.sources.exports.reader import records

RUNS = 3
LIMIT = 60_000  # bare rows a second


def shodan(number: int, dice: random.Random, *, dates: bool = False, page: bool = False) -> dict[str, Any]:
    date = (
        f"Date: Wed, 28 Jan 2026 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} GMT\r\n"
        if dates
        else ""
    )
    row: dict[str, Any] = {
        "hash": dice.randrange(1 << 31), "asn": "AS64500", "isp": "Example Telecom", "org": "Example Telecom",
        "ip_str": f"198.51.{dice.randrange(256)}.{dice.randrange(256)}", "port": 80, "transport": "tcp",
        "timestamp": "2026-01-28T07:21:33.444507", "hostnames": [], "domains": [], "opts": {}, "os": None,
        "data": f"HTTP/1.1 200 OK\r\n{date}Server: ExampleCam/2.1\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n",
        "location": {"city": None, "longitude": 4.9, "latitude": 52.3, "country_code": "NL"}, "product": "Example",
        "_shodan": {"id": "7383056c", "options": {}, "ptr": True, "module": "http", "crawler": "9d8"},
    }  # fmt: skip
    if page:
        html = f"<html><head><title>camera {number}</title></head><body>{'x' * 1500}</body></html>"
        row["http"] = {"html": html, "title": f"camera {number}", "favicon": {"hash": 999, "data": "A" * 800}}
    return row


def masscan(_number: int, dice: random.Random) -> dict[str, Any]:
    port = {"port": 554, "proto": "tcp", "status": "open", "reason": "syn-ack", "ttl": 52}
    return {"ip": f"192.0.{dice.randrange(256)}.{dice.randrange(256)}", "timestamp": "1767225600", "ports": [port]}


def censys(number: int, dice: random.Random) -> dict[str, Any]:
    seen = f"2026-01-27T16:39:{number % 60:02}.239145327Z"
    web = {"port": 80, "service_name": "HTTP", "transport_protocol": "TCP", "observed_at": seen,
           "banner": "HTTP/1.1 200 OK\r\nServer: ExampleCam/2.1\r\nDate:  <REDACTED>\r\n",
           "http": {"response": {"headers": {"Server": ["ExampleCam/2.1"]}, "body": "<title>camera</title>"}}}  # fmt: skip
    rtsp = {"port": 554, "service_name": "RTSP", "transport_protocol": "TCP", "observed_at": seen,
            "banner": "RTSP/1.0 200 OK\r\nServer: ExampleRtsp\r\n"}  # fmt: skip
    return {"ip": f"203.0.113.{dice.randrange(256)}", "services": [web, rtsp], "location": {"country_code": "NL"},
            "autonomous_system": {"asn": 64500, "name": "EX"}}  # fmt: skip


def zgrab2(number: int, dice: random.Random) -> dict[str, Any]:
    response = {"status_line": "200 OK", "status_code": 200, "body": f"<title>camera {number}</title>",
                "headers": {"server": ["ExampleCam/2.1"], "content_type": ["text/html"]}}  # fmt: skip
    grab = {
        "status": "success",
        "protocol": "http",
        "timestamp": "2026-04-06T19:38:11Z",
        "result": {"response": response},
    }
    return {"ip": f"203.0.113.{dice.randrange(256)}", "data": {"http": grab}}


CASES = [
    ("masscan, open ports", "masscan", masscan),
    ("Shodan, bare rows", "shodan", shodan),
    ("Shodan, own dates", "shodan", lambda number, dice: shodan(number, dice, dates=True)),
    ("Shodan, own pages", "shodan", lambda number, dice: shodan(number, dice, dates=True, page=True)),
    ("Censys, two services", "censys", censys),
    ("zgrab2, own pages", "zgrab2", zgrab2),
]


def parquet(path: Path, rows: int) -> Path:
    """The bare rows of Shodan as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    dice = random.Random(7)
    made = [shodan(number, dice) for number in range(rows)]
    names = ("ip_str", "port", "transport", "timestamp", "data", "asn", "org")
    columns = {name: [row[name] for row in made] for name in names}
    pq.write_table(pa.table(columns | {"country_code": ["NL"] * rows}), path, compression="zstd")
    return path


def measure(path: Path, form: str) -> tuple[int, float]:
    """Records, and the best time in seconds."""
    times = []
    count = 0
    for _ in range(RUNS):
        began = time.process_time()
        count = sum(1 for _ in records(path, form))
        times.append(time.process_time() - began)
    return count, min(times)


def files(folder: Path, rows: int) -> Iterator[tuple[str, str, Path]]:
    for name, form, make in CASES:
        dice = random.Random(7)
        path = folder / "export.jsonl"
        with path.open("w") as stream:
            stream.writelines(json.dumps(make(number, dice)) + "\n" for number in range(rows))
        yield name, form, path
    yield "Parquet, bare rows", "parquet", parquet(folder / "export.parquet", rows)


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    slow = []
    with tempfile.TemporaryDirectory() as folder:
        for name, form, path in files(Path(folder), rows):
            count, seconds = measure(path, form)
            megabytes = path.stat().st_size / seconds / 1e6
            print(f"{name:22} {count / seconds:10,.0f} records/s {megabytes:6.0f} MB/s", flush=True)
            if name.endswith("bare rows") and form == "shodan" and count / seconds < LIMIT:
                slow.append(name)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB, making the files included")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
