"""Small factories of assessments and entries for the tests of the writers. All devices, bodies and texts are made up,
apart from names of makers and models."""

from __future__ import annotations

import msgspec

from custodiet.model import (
    FIELDS,
    Answered,
    Assessment,
    Asset,
    Body,
    Claim,
    Conclusion,
    Covers,
    Decision,
    Directive,
    EntityTest,
    Entry,
    Finding,
    Flow,
    Identification,
    Identifier,
    Issue,
    Merge,
    Observation,
    Reference,
    Relied,
    Requirement,
    Site,
    Source,
    Tally,
    Totals,
    Zone,
    observe,
)

NOVEMBER = 1_669_012_200.0  # 21 Nov 2022 06:30 UTC
CAPTURE, REGISTER = "src-1111111111111111", "src-2222222222222222"


class FakeNames:
    """Names without a catalog."""

    companies = {
        "hikvision": "Hangzhou Hikvision Digital Technology Co., Ltd.",
        "axis": "Axis Communications AB",
        "example-works": "Example Works GmbH",
    }
    brands = {"hilook": "HiLook", "hikvision": "Hikvision", "axis": "Axis", "example": "Example"}

    def __init__(self, *directives: Directive) -> None:
        self.directives = {d.id: d for d in directives or (instruction(), contract_rule())}

    def company(self, id: str) -> str:
        return self.companies.get(id, id)

    def brand(self, id: str) -> str:
        return self.brands.get(id, id)

    def directive(self, id: str) -> Directive | None:
        return self.directives.get(id)


def requirement(id: str, **over: object) -> Requirement:
    given = {"demands": "stop-installing", "strength": "must", "event": "installing", "text": "Stop it."} | over
    return msgspec.convert({"id": id, **given}, Requirement)


def instruction() -> Directive:
    return Directive(
        id="xx-instruction",
        title="Example instruction on cameras",
        issuer="Ministry of Examples",
        jurisdiction="XX",
        instrument="executive instruction",
        binding="policy-binding-on-addressees",
        addressees=("other",),
        announced="2022-11-24",
        in_force="2022-11-24",
        status="in force",
        equipment=("camera", "recorder"),
        covers=Covers(
            tests=(EntityTest(kind="law-of-seat", countries=("CN",), law="an example law"),),
            text="producers that are subject to it",
        ),
        requirements=(
            requirement("stop", text="Departments should cease to install such cameras.", quotation=True),
            requirement("remove", demands="remove-by", event="keeping", text="All of it goes by April 2025."),
            requirement("list", demands="inventory", event="reporting", text="Keep a list of cameras."),
            requirement("core", strength="should", event="connecting", text="Keep it off core networks."),
        ),
        references=(Reference(where="https://example.org/instruction"),),
        confidence="high",
    )


def contract_rule() -> Directive:
    return msgspec.structs.replace(
        instruction(), id="yy-contract", title="Example contract rule", requirements=(requirement("buy"),)
    )


def seen(attribute: str, value: str, locator: str, source: str = CAPTURE, at: float | None = NOVEMBER) -> Observation:
    return observe(source, "ip:10.0.0.5", attribute, value, locator, first_seen=at)


def claim(field: str, value: str, of: Observation, technique: str = "protocol-reply", **over: object) -> Claim:
    given = {"strength": 0.9, "record": f"{technique}-record", "span": (0, min(9, len(of.value)))} | over
    return msgspec.convert(
        {
            "field": field,
            "value": value,
            "technique": technique,
            "observations": [of.id],
            "attribute": of.attribute,
            "observed": of.value[:400],
            **given,
        },
        Claim,
    )


def identified(asset: str, **conclusions: Conclusion) -> Identification:
    unknown = {field: Conclusion(field=field, value="", confidence=0.0, band="unknown") for field in FIELDS}
    return Identification(
        asset=asset, conclusions=tuple((unknown | conclusions)[field] for field in FIELDS), catalog="cat-1"
    )


def sure(value: str, *claims: Claim, against: tuple[Claim, ...] = (), confidence: float = 0.98) -> Conclusion:
    band = "certain" if confidence >= 0.95 else "likely" if confidence >= 0.75 else "possible"
    return Conclusion(
        field=claims[0].field,
        value=value,
        confidence=confidence,
        band=band,
        claims_for=claims,
        claims_against=against,
    )


def finding(asset: str = "asset-camera", **over: object) -> Finding:
    given = {
        "directive": "xx-instruction",
        "requirement": "remove",
        "strength": "must",
        "on": "2022-12-01",
        "status": "not_satisfied",
        "outcome": "must be gone",
        "severity": "high",
        "confidence": 0.93,
        "because": "Its maker is subject to the law, and the town hall is a sensitive site.",
        "deadline": "2025-04",
    } | over
    return msgspec.convert({"asset": asset, **given}, Finding)


def seven(evidence: tuple[str, ...] = ()) -> tuple[Answered, ...]:
    because = {
        "body": "The body is addressed.",
        "equipment": "A camera is in scope.",
        "entity": "Hikvision has its seat in CN.",
        "place": "The site was decided to be sensitive by the security officer on 3 Oct 2022.",
        "network": "The sentence has no network condition.",
        "verb": "The device is kept in use.",
        "exception": "No exception is recorded.",
    }
    return tuple(
        Answered(
            question=question,
            answer="not asked" if question == "network" else "no" if question == "exception" else "yes",
            because=why,
            evidence=evidence if question == "entity" else (),
        )
        for question, why in because.items()
    )


def relabelled_camera() -> Entry:
    """A camera whose maker is certain and whose label says another name."""
    reply = seen("sadp.description", "DS-2CD2143G2-I", "packet 41")
    realm = seen("rtsp.www_authenticate", 'Digest realm="Hikvision", nonce="0f"', "packet 77")
    mac = seen("net.mac", "44:19:b6:00:00:05", "packet 41")
    label = seen("register.brand", "HiLook", "row 12", REGISTER, None)
    own = seen("onvif.scope", "onvif://www.onvif.org/name/HiLook", "packet 90")
    maker = (
        claim("manufacturer", "hikvision", reply, "discovery-reply", strength=0.97),
        claim("manufacturer", "hikvision", realm, span=(14, 23)),
        claim("manufacturer", "hikvision", mac, "address-block", span=(0, 8)),
    )
    return Entry(
        asset=Asset(
            id="asset-camera",
            label="10.0.0.5",
            subjects=(f"{CAPTURE}/ip:10.0.0.5", f"{REGISTER}/row:12"),
            identifiers=(
                Identifier(kind="mac", value="44:19:b6:00:00:05", identity=True),
                Identifier(kind="ip", value="10.0.0.5", identity=False, why="addresses move"),
            ),
            site="town-hall",
            zone="cctv",
            placed_by="its address lies in 10.0.0.0/24",
            merged_by=(
                Merge(
                    left=f"{CAPTURE}/ip:10.0.0.5",
                    right=f"{REGISTER}/row:12",
                    because="both name the MAC address 44:19:b6:00:00:05",
                    weight=0.98,
                    by="rule:same-mac",
                ),
            ),
            first_seen=NOVEMBER - 86400,
            last_seen=NOVEMBER - 2 * 86400 + 3600,
        ),
        identification=identified(
            "asset-camera",
            device_class=sure("camera", claim("device_class", "camera", reply, "model-grammar")),
            manufacturer=sure("hikvision", *maker, against=(claim("manufacturer", "axis", own, "self-declared"),)),
            brand=sure("hilook", claim("brand", "hilook", label, "stated"), confidence=0.8),
            model=sure("DS-2CD2143G2-I", claim("model", "DS-2CD2143G2-I", reply, "model-grammar")),
        ),
        findings=(
            finding(answers=seven((reply.id, "decision:town-hall"))),
            finding(
                requirement="stop", status="undetermined", outcome="cannot judge", missing=("When it was installed.",)
            ),
            finding(
                directive="yy-contract",
                requirement="buy",
                status="not_applicable",
                outcome="not addressed",
                severity="none",
                because="The rule addresses contractors.",
                deadline="",
            ),
        ),
        evidence=(reply, realm, mac, label, own),
        flows=(flow("ip:203.0.113.9", 1_234_567), flow("ip:198.51.100.7", 2_300)),
        flows_total=14,
    )


def flow(peer: str, out: int) -> Flow:
    return Flow(
        id=f"flow-{peer}",
        source=CAPTURE,
        subject="ip:10.0.0.5",
        peer=peer,
        transport="tcp",
        port=8800,
        bytes_out=out,
        bytes_in=4_321,
        packets_out=12,
        packets_in=9,
        first_seen=NOVEMBER,
        last_seen=NOVEMBER + 60,
        locator="packet 101",
    )


def unknown_device(number: int = 1) -> Entry:
    """A device that answers and cannot be named; one weak sign speaks for a maker."""
    banner = seen("http.server", "Webs", f"host 10.0.1.{number}")
    id = f"asset-unknown-{number}"
    open_maker = Conclusion(
        field="manufacturer",
        value="",
        confidence=0.2,
        band="unknown",
        claims_for=(claim("manufacturer", "hikvision", banner, strength=0.2),),
        settle="A reply to a maker's own discovery would settle who made it.",
    )
    judged = finding(id, status="undetermined", outcome="cannot judge", missing=("Who made it.",), severity="medium")
    return Entry(
        asset=Asset(id=id, label=f"10.0.1.{number}", subjects=(f"{CAPTURE}/ip:10.0.1.{number}",), last_seen=NOVEMBER),
        identification=identified(id, manufacturer=open_maker),
        findings=(judged,),
        evidence=(banner,),
    )


def silent_device(number: int = 1) -> Entry:
    """A device of which nothing is known but that it is there."""
    entry = unknown_device(number)
    return msgspec.structs.replace(
        entry,
        asset=msgspec.structs.replace(entry.asset, id=f"asset-silent-{number}", label=f"10.0.3.{number}"),
        identification=identified(f"asset-silent-{number}"),
        evidence=(),
    )


def printer(number: int = 1) -> Entry:
    """A thing that is no surveillance device."""
    said = seen("mdns.service", "_ipp._tcp.local", "packet 7")
    id = f"asset-printer-{number}"
    return Entry(
        asset=Asset(id=id, label=f"printer-{number}", subjects=(f"{CAPTURE}/ip:10.0.2.{number}",), last_seen=NOVEMBER),
        identification=identified(
            id, device_class=sure("not_surveillance", claim("device_class", "not_surveillance", said))
        ),
        findings=(),
        evidence=(said,),
    )


def allowed_camera() -> Entry:
    """A camera against which nothing was found; only a register speaks of it."""
    row = seen("register.text", "Axis P3245-V dome camera, 4 pieces", "row 3", REGISTER, None)
    id = "asset-axis"
    return Entry(
        asset=Asset(id=id, label="row 3 of the register", subjects=(f"{REGISTER}/row:3",), quantity=4),
        identification=identified(
            id,
            device_class=sure("camera", claim("device_class", "camera", row, "stated"), confidence=0.7),
            manufacturer=sure("axis", claim("manufacturer", "axis", row, "stated"), confidence=0.7),
            brand=sure("axis", claim("brand", "axis", row, "stated"), confidence=0.7),
            model=sure("P3245-V", claim("model", "P3245-V", row, "model-grammar", span=(5, 12))),
        ),
        findings=(finding(id, status="satisfied", outcome="allowed", severity="none", deadline=""),),
        evidence=(row,),
    )


def entries() -> list[Entry]:
    return [relabelled_camera(), unknown_device(), allowed_camera(), printer()]


def assessment(**over: object) -> Assessment:
    """The head that fits `entries`."""
    head = Assessment(
        body=Body(
            id="example-town",
            name="Example Town",
            kind="nl-municipality",
            country="NL",
            sites=(
                Site(
                    id="town-hall",
                    name="Town hall",
                    facts={"secret": Decision(answer="yes", decided_by="security officer", decided_on="2022-10-03")},
                    zones=(Zone(id="cctv", name="Camera network"),),
                ),
            ),
        ),
        on="2022-12-01",
        tool="custodiet 0.1.0",
        catalog="cat-1",
        directives=("xx-instruction", "yy-contract"),
        relied=(
            Relied(kind="configuration", name="router.cfg", sha256="33" * 32, since="2022-11-14", until="2022-11-14"),
            Relied(
                kind="isolation proof", name="uplink.pcap", sha256="44" * 32, since="2022-11-12", until="2022-11-13"
            ),
        ),
        sources=(
            Source(
                id=CAPTURE,
                kind="capture",
                format="pcap",
                name="hall.pcap",
                sha256="11" * 32,
                size=64_000_000,
                method="test",
                collected_at=NOVEMBER,
                collected_by="network team",
            ),
            Source(id=REGISTER, kind="register", format="xlsx", name="assets.xlsx", sha256="22" * 32, size=18_234),
        ),
        tallies=(
            Tally(
                source=CAPTURE,
                unit="packets",
                total=120_345,
                read=120_343,
                issues=2,
                first_seen=NOVEMBER - 90000,
                last_seen=NOVEMBER,
                not_covered={"QUIC packets": 1204},
            ),
            Tally(
                source=REGISTER,
                unit="rows",
                total=37,
                read=37,
                issues=0,
                columns={"Merk": "brand", "Objectnr": "tag", "Kleur": ""},
            ),
        ),
        issues=(
            Issue(
                source=CAPTURE,
                place="packet 512",
                reason="the packet is cut short",
                next_step="Capture with a larger snap length.",
                severity="incomplete",
            ),
        ),
        skipped=(
            Issue(
                source="photo.jpg",
                place="",
                reason="no reader knows this format",
                next_step="See the list of formats with custodiet audit --help.",
            ),
        ),
        totals=Totals(assets=4, surveillance=2, unknown=1, not_satisfied=1, undetermined=1, other=1, not_judged=1),
        body_findings=(
            finding(
                "",
                requirement="list",
                status="undetermined",
                outcome="decision required",
                severity="low",
                because="Whether a list of cameras is kept is not known.",
                missing=("Where the list is kept.",),
                answers=seven(("decision:list",)),
            ),
        ),
        unseen=(
            "No source covers the site Library.",
            "Devices that were switched off between 20 and 21 Nov 2022 left no traffic.",
        ),
    )
    return msgspec.structs.replace(head, **over)


def with_text_everywhere(text: str) -> tuple[Assessment, list[Entry]]:
    """The head and entries with one text in every field that a device, a file or a person fills freely.

    Words of closed lists, ids that we make, dates and hashes stay as they are.
    """
    free = {
        *("label", "value", "locator", "observed", "name", "subject", "peer", "place", "reason", "next_step"),
        *("because", "placed_by", "settle", "missing", "unit", "collected_by", "unseen", "why", "left", "right", "by"),
        *("subjects", "transport"),
    }

    def put(value: object, field: str) -> object:
        if isinstance(value, msgspec.Struct):
            given = {name: put(getattr(value, name), name) for name in value.__struct_fields__}
            if isinstance(value, Conclusion | Claim) and value.field == "device_class":
                given["value"] = value.value
            return msgspec.structs.replace(value, **given)
        if isinstance(value, tuple):
            return tuple(put(inner, field) for inner in value)
        if field == "columns" and value:
            return {text: text}
        if field == "not_covered" and value:
            return {text: 7}
        return text if field in free and isinstance(value, str) and value else value

    head = put(assessment(), "")
    assert isinstance(head, Assessment)
    return head, [filled for entry in entries() if isinstance(filled := put(entry, ""), Entry)]
