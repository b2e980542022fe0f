"""Tables of zones and rules as people keep them."""

from __future__ import annotations

import pytest

from custodiet.reach.configs import read_configuration
from networks import from_core, to_core, ways

LAST = "any,any,any,any,deny"


def rules(*rows: str, head: str = "from,to,protocol,port,action") -> dict[str, str]:
    return {"rules.csv": "\n".join(["# as of 2026-10-01", head, *rows]) + "\n"}


def test_zones_are_those_of_the_sites_file_where_no_table_names_them() -> None:
    files = rules("cams,core,tcp,443 554,allow", "office,any,,,allow", LAST)
    path = to_core(files, as_of="")
    assert (path.status, path.lets) == ("open", ("tcp 443, 554",))
    assert path.rules[-1].place == "rules.csv:3"
    back = from_core(files, as_of="")
    assert (back.status, "of 2026-10-01" in back.because) == ("proved absent", True)


def test_what_no_rule_means_is_unknown() -> None:
    assert to_core(rules("office,core,any,any,allow")).status == "unknown"
    assert to_core(rules("office,core,any,any,allow", LAST)).status == "proved absent"


def test_networks_addresses_and_another_separator() -> None:
    files = rules(
        "10.1.0.0/28;10.9.0.20;udp+tcp;53;permit", LAST.replace(",", ";"), head="From zone;To zone;Proto;Port;Action"
    )
    assert to_core(files).lets == ("tcp 53", "udp 53")


@pytest.mark.parametrize(
    "row",
    [
        "cams,core,tcp,443,perhaps",
        "cams,core,wibble,,allow",
        "cams,core,tcp,x-y,allow",
        "camz,core,tcp,443,allow",
        "cams,,,,",
    ],
)
def test_a_row_that_is_not_understood_keeps_the_answer_open(row: str) -> None:
    path = to_core(rules(row, LAST))
    assert path.status == "unknown"
    assert path.not_understood[0].place == "rules.csv:3"


def test_a_column_that_is_not_known_may_narrow_every_rule_down() -> None:
    path = to_core(
        rules("cams,core,tcp,443,night,allow", "any,any,any,any,,deny", head="from,to,protocol,port,when,action")
    )
    assert path.status == "unknown"


def test_the_outside_is_a_zone_by_name() -> None:
    found = ways(rules("cams,internet,tcp,443,allow", LAST))
    assert found["to outside"].lets == ("tcp 443",)
    assert found["from outside"].status == "proved absent"


def test_a_table_of_zones_beside_one_of_rules() -> None:
    zones = "zone;subnet\nVideo;10.1.0.0/24\nServers;10.9.0.0/24\n"
    files = rules("video,servers,tcp,80,allow", LAST) | {"zones.csv": zones}
    assert to_core(files).lets == ("tcp 80",)


def test_a_row_without_a_network_is_named() -> None:
    _, reading = read_configuration("zones.csv", b"zone,subnet\ncams,somewhere\ncore,10.9.0.0/24\n")
    assert [line.place for line in reading.devices[0].unread] == ["zones.csv:2"]
    assert [str(segment.network) for segment in reading.segments] == ["10.9.0.0/24"]
