"""What a case shows of public claims: seen, not seen in so much on so many, blocked, contradicted; never more."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from claims.made_case import CAMERA, CLOUD, DAY, RECORDER, START, device, flow, made, names_cloud, seen
from custodiet.casefile import Case
from custodiet.catalog import Catalog, load_catalog
from custodiet.catalog.load import default_folder
from custodiet.claims import TESTS, Claims, load_claims, weigh_claims
from custodiet.egress.watched import joined
from custodiet.egress.words import duration
from custodiet.model import Body, Site, Watched, Zone
from custodiet.model.public_claim import ClaimResult
from story import custodiet

TO_THIRD_PARTIES, IMAGES, AFAR = (
    "c02-hikvision-no-data-to-third-parties", "c08-hikvision-no-access-to-images", "c32-watched-from-afar",
)  # fmt: skip
PRIVATE, STATE = "c11-dahua-private", "c12-both-partly-state-owned"


@cache
def catalog() -> Catalog:
    return load_catalog()


@cache
def claims() -> Claims:
    return load_claims([default_folder()])


def told(case: Path, *, on: str = "2022-12-01", about: str = "", body: Body | None = None) -> dict[str, ClaimResult]:
    with Case(case, must_exist=True) as opened:
        results = weigh_claims(opened, catalog(), claims(), body, on, about).results
    return {one.claim.id: one for one in results}


# --- traffic --------------------------------------------------------------------------------------------------------


def test_a_conversation_with_the_makers_own_cloud_is_seen_and_no_more_is_said_of_it(tmp_path: Path) -> None:
    results = told(made(tmp_path, [names_cloud(), flow(CLOUD)]))
    denial = results[TO_THIRD_PARTIES]
    assert denial.outcome == "seen"
    assert "if the maker's own cloud counts; what was sent is not shown" in denial.said
    assert "1 device and 1 destination outside, 5.0 kB sent and 700 bytes received" in denial.said
    assert "10 seconds of capture on 1 device" in denial.said
    (one,) = denial.destinations
    assert (one.serves, one.owner_seat, one.endpoint) == ("vendor cloud", "CN", "hik-connect-registration")
    assert (one.bytes_out, one.bytes_in, one.first_seen, one.last_seen) == (5_000, 700, START + 1, START + 9)
    assert results[IMAGES].outcome == "seen"
    assert results[AFAR].outcome == "seen"
    assert TO_THIRD_PARTIES in results[AFAR].contradicted_by
    assert AFAR in denial.contradicted_by


def test_a_conversation_with_the_cloud_of_another_contradicts_the_denial(tmp_path: Path) -> None:
    other = seen("dns.answer", f"m2.tuyaeu.com={CLOUD}")
    denial = told(made(tmp_path, [other, flow(CLOUD)]))[TO_THIRD_PARTIES]
    assert denial.outcome == "contradicted"
    assert denial.destinations[0].owner.startswith("Tuya")


def test_conversations_inside_only_are_not_seen_in_so_much_on_so_many(tmp_path: Path) -> None:
    denial = told(made(tmp_path, [flow(RECORDER)]))[TO_THIRD_PARTIES]
    assert denial.outcome == "not seen"
    assert denial.said == "Not seen in 10 seconds of capture on 1 device. Captured on 2023-11-14."
    assert denial.destinations == ()


def test_three_days_are_days_and_devices_watched_unequally_say_so(tmp_path: Path) -> None:
    captures = [("src-cap", START, 3 * DAY), ("src-late", START + DAY, 10.0), ("src-alone", START, 40.0)]
    items = [flow(RECORDER), flow(RECORDER, source="src-late"), flow(RECORDER, subject="10.0.0.6", source="src-alone")]
    case = made(tmp_path, items, devices=[device(), device("10.0.0.6")], captures=captures)
    said = told(case)[TO_THIRD_PARTIES].said
    assert said.startswith("Not seen in 40 seconds to 3 days of capture on 2 devices.")
    assert said.endswith("Captured between 2023-11-14 and 2023-11-17.")


def test_no_conversation_at_all_is_no_evidence(tmp_path: Path) -> None:
    multicast = flow("239.255.255.250", port=1900, transport="udp")
    denial = told(made(tmp_path, [seen("ssdp.server", "x"), multicast]))[TO_THIRD_PARTIES]
    assert denial.outcome == "no evidence was collected"
    assert "Devices of Hikvision of which no conversation was captured: 1." in denial.not_looked_at


def test_no_device_of_the_maker_is_no_evidence_and_a_possible_one_is_told(tmp_path: Path) -> None:
    case = made(tmp_path, [names_cloud(), flow(CLOUD)], devices=[device(band="possible")])
    denial = told(case)[TO_THIRD_PARTIES]
    assert denial.outcome == "no evidence was collected"
    assert "a mere possibility of 1 device" in denial.said


def test_attempts_without_an_answer_are_blocked(tmp_path: Path) -> None:
    denial = told(made(tmp_path, [names_cloud(), flow(CLOUD, answered=False), flow(RECORDER)]))[TO_THIRD_PARTIES]
    assert denial.outcome == "blocked"
    assert "1 attempt to 1 destination, without an answer, by 1 device in 10 seconds" in denial.said


def test_what_one_direction_cannot_show_is_not_called_blocked(tmp_path: Path) -> None:
    one_way = Watched(doubts={"one_direction": "only the packets that open conversations were logged"})
    denial = told(made(tmp_path, [names_cloud(), flow(CLOUD, answered=False)], watched=one_way))[TO_THIRD_PARTIES]
    assert denial.outcome == "no evidence was collected"
    assert "traffic with 1 destination was seen" in denial.said
    assert "whether anything came back is not known" in denial.said
    assert [one.one_way for one in denial.destinations] == [True]


def test_a_stream_that_nobody_answers_is_no_blocked_attempt(tmp_path: Path) -> None:
    stream = flow(CLOUD, answered=False, transport="udp", bytes_out=4_000_000, packets_out=3_000)
    assert told(made(tmp_path, [names_cloud(), stream]))[TO_THIRD_PARTIES].outcome == "seen"


def test_time_and_names_are_seen_and_speak_for_nobody(tmp_path: Path) -> None:
    items = [flow("203.0.113.9", port=123, transport="udp"), flow("203.0.113.8", port=53, transport="udp")]
    denial = told(made(tmp_path, items))[TO_THIRD_PARTIES]
    assert denial.outcome == "seen"
    assert "neither for the claim nor against it" in denial.said
    assert {one.serves for one in denial.destinations} == {"time", "DNS"}


def test_a_blocked_cloud_is_told_though_the_clock_is_set_from_outside(tmp_path: Path) -> None:
    items = [names_cloud(), flow(CLOUD, answered=False), flow("203.0.113.9", port=123, transport="udp")]
    denial = told(made(tmp_path, items))[TO_THIRD_PARTIES]
    assert denial.outcome == "blocked"
    assert "1 other destination did answer" in denial.said


def test_a_call_from_outside_that_is_answered_is_a_way_to_the_images(tmp_path: Path) -> None:
    inbound = flow(CAMERA, subject="198.51.100.7", port=554, bytes_out=300, bytes_in=90_000)
    results = told(made(tmp_path, [inbound]))
    assert results[AFAR].outcome == "seen"
    (one,) = results[AFAR].destinations
    assert (one.begun_by, one.bytes_out, one.bytes_in) == ("other side", 90_000, 300)
    assert results["c06-hikvision-no-oversight-of-use"].outcome == "seen"
    assert results[TO_THIRD_PARTIES].outcome == "seen"
    assert "this stays open" in results[TO_THIRD_PARTIES].said


def test_an_address_of_nobody_we_know_leaves_the_question_open(tmp_path: Path) -> None:
    denial = told(made(tmp_path, [flow("198.51.100.9", bytes_out=5_000_000_000)]))[TO_THIRD_PARTIES]
    assert denial.outcome == "seen"
    assert "5.0 GB sent" in denial.said
    assert "The owner of 1 destination is not known" in denial.said


def test_a_lead_that_nobody_confirmed_accuses_nobody(tmp_path: Path) -> None:
    items = [seen("dns.answer", f"a.dolynksecurity.com={CLOUD}"), flow(CLOUD)]
    (one,) = told(made(tmp_path, items, devices=[device(maker="dahua")]))[AFAR].destinations
    assert (one.owner, one.serves, one.endpoint) == ("", "not known", "")


def test_the_bodys_own_public_network_is_not_outside(tmp_path: Path) -> None:
    zone = Zone(id="z", subnets=("203.0.113.0/24",))
    body = Body(id="b", name="B", kind="nl-municipality", country="NL", sites=(Site(id="s", name="S", zones=(zone,)),))
    case = made(tmp_path, [names_cloud(), flow(CLOUD)])
    assert told(case, body=body)[TO_THIRD_PARTIES].outcome == "not seen"
    assert told(case)[TO_THIRD_PARTIES].outcome == "seen"


def test_a_reading_that_another_replaced_is_not_counted(tmp_path: Path) -> None:
    case = made(tmp_path, [names_cloud(), flow(CLOUD, source="src-replaced"), flow(RECORDER)])
    assert told(case)[TO_THIRD_PARTIES].outcome == "not seen"


def test_devices_of_others_do_not_speak_about_this_maker(tmp_path: Path) -> None:
    devices = [device(), device("10.0.0.7", "axis")]
    case = made(tmp_path, [flow(RECORDER), names_cloud("10.0.0.7"), flow(CLOUD, subject="10.0.0.7")], devices=devices)
    assert told(case)[TO_THIRD_PARTIES].outcome == "not seen"


# --- what devices say -----------------------------------------------------------------------------------------------


def test_a_cloud_account_shows_and_a_claim_in_part_testable_is_not_contradicted(tmp_path: Path) -> None:
    result = told(made(tmp_path, [flow(RECORDER), seen("sadp.cloud", "true")]))["c03-hikvision-no-user-databases"]
    assert result.outcome == "seen"
    assert "against the claim, as far as that is to be tested" in result.said
    assert result.found == ("10.0.0.5 says that its cloud platform is switched on (packet 1)",)


def test_known_vulnerabilities_need_the_exact_model_and_build(tmp_path: Path) -> None:
    weak = "c21-unintended-weak-spots"
    known = device(model="DS-2CD2143G2-I", firmware="V5.5.82build 200408")
    result = told(made(tmp_path, [], devices=[known, device("10.0.0.6", model="DS-2CD2143G2-I")]))[weak]
    assert result.outcome == "seen"
    assert "1 of 1 device compared" in result.said
    assert any("CVE-2021-36260" in line for line in result.found)
    assert "Devices whose model or build is not known well enough to compare: 1." in result.not_looked_at


def test_an_unknown_build_is_no_good_news(tmp_path: Path) -> None:
    result = told(made(tmp_path, [], devices=[device(model="DS-2CD2143G2-I")]))["c21-unintended-weak-spots"]
    assert result.outcome == "no evidence was collected"


def test_a_change_of_firmware_is_seen_and_says_nothing_of_its_content(tmp_path: Path) -> None:
    builds = [seen("sadp.firmware", "V5.1build 1"), seen("sadp.firmware", "V5.2build 2", at=START + 40 * DAY)]
    result = told(made(tmp_path, builds))["c23-update-may-change"]
    assert result.outcome == "seen"
    assert "neither for the claim nor against it" in result.said
    assert result.found == ("10.0.0.5: V5.1build 1 (2023-11-14)", "10.0.0.5: V5.2build 2 (2023-12-24)")


def test_what_a_device_is_able_to_do_never_speaks_of_a_hidden_entrance(tmp_path: Path) -> None:
    items = [seen("rtsp.sdp", "v=0\r\nm=audio 0 RTP/AVP 8"), seen("sadp.cloud", "true")]
    results = told(made(tmp_path, items))
    assert "sound on 1 device" in results["c16-uk-review-controls"].said
    assert "neither for the claim nor against it" in results["c20-backdoor-possible"].said
    assert results["c19-privacy-experts-backdoor"].outcome == "not testable"


# --- ownership ------------------------------------------------------------------------------------------------------


def test_private_or_partly_state_owned_depends_on_the_date(tmp_path: Path) -> None:
    case = made(tmp_path, [])
    before, after = told(case, on="2021-01-15"), told(case, on="2022-01-15")
    assert before[PRIVATE].outcome == "not seen"
    assert "Not seen for Dahua on that date" in before[STATE].said
    assert after[PRIVATE].outcome == "contradicted"
    assert after[STATE].outcome == "seen"
    assert "10.42 per cent of Dahua" in after[PRIVATE].said
    assert "both are true at once" in after[PRIVATE].said
    assert after[PRIVATE].contradicted_by == (STATE,)


@pytest.mark.parametrize(("day", "outcome"), [("2021-03-25", "not seen"), ("2021-03-26", "contradicted")])
def test_the_stake_begins_on_its_day(tmp_path: Path, day: str, outcome: str) -> None:
    assert told(made(tmp_path, []), on=day)[PRIVATE].outcome == outcome


def test_listed_and_held_by_a_state_group_are_both_told(tmp_path: Path) -> None:
    result = told(made(tmp_path, []))["c09-hikvision-traded"]
    assert result.outcome == "seen"
    assert "38.88 per cent" in result.said
    assert "both are true at once" in result.said


# --- the words ------------------------------------------------------------------------------------------------------


def test_two_copies_of_one_report_are_one_witness(tmp_path: Path) -> None:
    results = told(made(tmp_path, []))
    assert results["c06-hikvision-no-oversight-of-use"].claim.articles == ("A0",)
    assert results["c17-sunak-systemic-challenge"].claim.articles == ("A0", "A1")
    assert results["c17-sunak-systemic-challenge"].witnesses == 1
    assert results[TO_THIRD_PARTIES].witnesses == 2


def test_only_claims_about_the_company_asked_for(tmp_path: Path) -> None:
    case = made(tmp_path, [names_cloud(), flow(CLOUD)])
    results = told(case, about="dahua")
    assert PRIVATE in results
    assert TO_THIRD_PARTIES not in results
    assert results[AFAR].said == "No evidence was collected: no device in this case is concluded to be of Dahua."


def test_every_kind_of_test_has_its_function() -> None:
    assert set(TESTS) | {"none"} == set(claims().tests)


CASES: dict[str, list[Any]] = {
    "cloud": [names_cloud(), flow(CLOUD), seen("sadp.cloud", "true")],
    "inside": [flow(RECORDER)],
    "nothing": [],
    "blocked": [names_cloud(), flow(CLOUD, answered=False)],
}


@pytest.mark.parametrize("name", CASES)
def test_nothing_prints_cannot(tmp_path: Path, name: str) -> None:
    devices = [device(model="DS-2CD2143G2-I", firmware="V5.5.82build 200408"), device("10.0.0.6", "dahua")]
    case = made(tmp_path, CASES[name], devices=devices)
    for more in ("-v", "--json"):
        said = custodiet("claims", "--case", case, more)
        assert said.code == 0, said.err
        assert not re.search(r"can(?:not|'t|not_)", said.out, re.IGNORECASE)


def test_the_command_tells_scope_first_and_limits_last(tmp_path: Path) -> None:
    said = custodiet("claims", "--case", made(tmp_path, [flow(RECORDER)]), "--about", "hikvision")
    text = " ".join(said.out.split())
    assert text.index("Hikvision: 1 device in the case") < text.index("Not seen in 10 seconds of capture on 1 device.")
    assert "What was not looked at" in text
    assert text.endswith("a claim is held against this evidence and no more.")


def test_json_holds_what_the_terminal_says(tmp_path: Path) -> None:
    said = custodiet("claims", "--case", made(tmp_path, [names_cloud(), flow(CLOUD)]), "--json").json
    assert said["on"] == "2022-12-01"
    assert {one["claim"]["id"]: one["outcome"] for one in said["results"]}[TO_THIRD_PARTIES] == "seen"
    assert next(one for one in said["scope"] if one["company"] == "hikvision")["watched"] == 1


def test_text_from_the_network_does_not_act(tmp_path: Path) -> None:
    hostile = seen("dns.answer", f"\x1b[2Jdev.hik-connect.com\u202e={CLOUD}")
    said = custodiet("claims", "--case", made(tmp_path, [hostile, flow(CLOUD)]), "-v")
    assert "\x1b[2J" not in said.out
    assert "\u202e" not in said.out
    assert CLOUD in said.out


def test_times_that_no_calendar_holds_are_no_time(tmp_path: Path) -> None:
    wild = [flow(RECORDER, first_seen=1e300, last_seen=1e301), flow(CLOUD, first_seen=-1e300, last_seen=1e300)]
    case = made(tmp_path, wild, captures=[("src-cap", 1e300, 1e301)])
    assert custodiet("claims", "--case", case).code == 0
    assert custodiet("claims", "--case", case, "--json").code == 0


@pytest.mark.parametrize("options", [("--about", "hikvison"), ("--on", "soon")])
def test_a_slip_of_the_pen_is_told(tmp_path: Path, options: tuple[str, str]) -> None:
    said = custodiet("claims", "--case", made(tmp_path, []), *options)
    assert said.code == 2
    assert len(said.complaints) == 1


def test_a_case_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert custodiet("claims", "--case", tmp_path / "none.sqlite").code == 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a second"), (1, "1 second"), (10, "10 seconds"), (3599, "59 minutes"), (86_399, "23 hours"),
     (DAY, "24 hours"), (3 * DAY - 1, "2 days"), (3 * DAY, "3 days")],
)  # fmt: skip
def test_less_than_a_day_is_never_a_day(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_time_covered_twice_counts_once() -> None:
    assert joined([(START, START + 10), (START + 5, START + 20), (START + 30, START + 31)]) == (
        (START, START + 20),
        (START + 30, START + 31),
    )
    assert joined([(START + 5, START), (float("nan"), START), (START, float("inf"))]) == ()


def test_a_capture_that_lost_packets_is_no_evidence_of_silence(tmp_path: Path) -> None:
    path = made(tmp_path, [flow(RECORDER)])
    with Case(path) as case:
        (tally,) = case.tallies()
        watched = Watched(spans=((START, START + 10),), doubts={"lost": "7 packets were lost"})
        case.add([msgspec.structs.replace(tally, watched=watched)])
    denial = told(path)[TO_THIRD_PARTIES]
    assert denial.outcome == "no evidence was collected"
    assert denial.said.endswith("but packets were lost on the way. Captured on 2023-11-14.")
    assert "src-cap.pcap: 7 packets were lost." in denial.not_looked_at
