"""Configurations of routers and firewalls: whatever the bytes, an answer or a refusal, and in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import SourceError
from custodiet.reach import Analyst
from custodiet.reach.configs import MOST_LINES, read_configurations
from networks import body, camera

STATUSES = {"open", "proved absent", "unknown"}


def target(data: bytes) -> None:
    """Read a configuration, with a table of zones beside it, and ask about the camera."""
    zones = b"zone,subnet,interface\ncams,10.1.0.0/24,em0\ncore,10.9.0.0/24,em1\n"
    try:
        given = read_configurations({"config": data, "zones.csv": zones}, "2026-11-01")
    except SourceError:
        return
    reach = Analyst(given, body()).reach(camera())
    assert {path.status for path in reach.paths} <= STATUSES


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("configs")))
def test_any_bytes(data: bytes) -> None:
    target(data)


IOS = "hostname r\nversion 17.3\ninterface Vlan10\n ip address 10.1.0.1 255.255.255.0\n ip access-group A in\n"
CORE = "interface Vlan90\n ip address 10.9.0.1 255.255.255.0\n"
TABLE = "table inet f {\nchain forward {\ntype filter hook forward priority 0; policy drop;\n"

HOSTILE = {
    "a line of a megabyte": IOS + CORE + "ip access-list extended A\n permit tcp " + "10.0.0.1 " * 125_000 + "\n",
    "very many lines": IOS + CORE + "ip access-list extended A\n" + " permit tcp host 10.1.0.6 any eq 80\n" * 100_000,
    "masks with loose bits": IOS + CORE + "ip access-list extended A\n"
    + " permit ip 10.1.0.0 255.0.255.0 any\n" * 9_000,
    "every second port": IOS + CORE + "ip access-list extended A\n"
    + "".join(f" deny tcp any any eq {number}\n" for number in range(0, 60_000, 2)) + " permit ip any any\n",
    "groups in groups": IOS + CORE + "".join(
        f"object-group network G{n}\n" + f" group-object G{n + 1}\n" * 300 for n in range(15)
    ) + "object-group network G15\n host 10.9.0.1\nip access-list extended A\n permit ip any object-group G0\n",
    "services in services": IOS + CORE + "".join(
        f"object-group service S{n}\n" + f" group-object S{n + 1}\n" * 300 for n in range(15)
    ) + "object-group service S15\n tcp eq 1\nip access-list extended A\n permit object-group S0 any any\n",
    "a huge group": IOS + CORE + "object-group network G\n" + " host 10.9.0.1\n" * 120_000
    + "ip access-list extended A\n" + " permit ip any object-group G\n" * 1000,
    "jumps that double": TABLE + "jump c0\n}\n" + "".join(
        f"chain c{n} {{\njump c{n + 1}\njump c{n + 1}\n}}\n" for n in range(30)
    ) + "}\n",
    "a set without end": TABLE + "tcp dport { " + "1, " * 300_000 + "\n",
    "braces": "table inet f {" * 50_000,
    "brackets": "system { }\nfirewall { }\n" + "a [ " * 50_000 + ";",
    "sets in sets": "set system host-name x\nset security zones security-zone a interfaces em0.0\n" + "".join(
        f"set security address-book global address-set s{n} address-set s{n + 1}\n" * 200 for n in range(15)
    ) + "set security policies from-zone a to-zone a policy p match source-address s0\n",
    "macros in macros": "".join(
        f'm{n} = "{" ".join([f"$m{n - 1}"] * 20)}"\n' if n else 'm0 = "10.1.0.0/24"\n' for n in range(12)
    ) + "block all\npass in from { $m11 }\n",
    "routes": IOS + CORE + "ip access-list extended A\n permit ip any any\n"
    + "".join(f"ip route 10.9.{n >> 8}.{n & 255} 255.255.255.255 10.1.0.{n % 250}\n" for n in range(20_000)),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_end(kind: str) -> None:
    begun = time.process_time()
    target(HOSTILE[kind].encode())
    assert time.process_time() - begun < 20


def test_a_file_of_too_many_lines_is_refused() -> None:
    with pytest.raises(SourceError, match="lines"):
        read_configurations({"x": b"\n" * (MOST_LINES + 1)})


def test_a_file_of_no_known_format_is_refused() -> None:
    with pytest.raises(SourceError, match="no configuration"):
        read_configurations({"x": b"Dear reader"})
