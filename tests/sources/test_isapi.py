"""Answers of a device's own interface, as JSON and as XML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reading import read

from custodiet.errors import SourceError
from custodiet.sources.isapi import READER

INFO = {
    "@xmlns": "http://example.org/ns",
    "deviceName": "achterdeur",
    "model": "EX-N1",
    "serialNumber": "S1",
    "macAddress": "00:11:22:33:44:55",
    "firmwareVersion": "V1.2",
    "firmwareReleasedDate": "build 240201",
    "manufacturer": "example",
    "deviceType": "NVR",
    "systemContact": "Example.Country",
}


def answers(info: object, channels: object = None) -> bytes:
    found: dict[str, object] = {"System/deviceInfo": {"response": {"DeviceInfo": info}}}
    if channels is not None:
        listed = {"response": {"InputProxyChannelList": {"InputProxyChannel": channels}}}
        found["ContentMgmt/InputProxy/channels"] = listed
    return json.dumps({"data": {"ISAPI": found}}).encode()


def test_device_information(tmp_path: Path) -> None:
    outcome = read(READER, answers(INFO), tmp_path)
    assert outcome.facts("device:1") == {
        "isapi.manufacturer": "example",
        "isapi.model": "EX-N1",
        "isapi.serial": "S1",
        "isapi.device_type": "NVR",
        "isapi.contact": "Example.Country",
        "isapi.namespace": "http://example.org/ns",
        "isapi.firmware": "V1.2 build 240201",
        "isapi.mac": "00:11:22:33:44:55",
    }
    assert "achterdeur" not in str(outcome.observations)


def test_cameras_behind_a_recorder_are_subjects_of_their_own(tmp_path: Path) -> None:
    camera = {"id": "1", "sourceInputPortDescriptor": {"model": "EX-1", "serialNumber": "S9", "userName": "admin"}}
    outcome = read(READER, answers(INFO, [camera, {"id": "2"}, "x"]), tmp_path)
    assert outcome.facts("channel:1") == {"isapi.model": "EX-1", "isapi.serial": "S9"}
    assert outcome.subjects == ["device:1", "channel:1"]
    assert outcome.tally.not_covered == {"channels without a device": 1}
    assert read(READER, answers(INFO, camera), tmp_path).subjects == ["device:1", "channel:1"]


def test_xml_form(tmp_path: Path) -> None:
    xml = b'<?xml version="1.0"?><DeviceInfo version="2.0" xmlns="http://example.org/ns"><model>EX-1</model>'
    xml += b"<serialNumber>S1</serialNumber><macAddress>01:00:5e:00:00:01</macAddress></DeviceInfo>"
    facts = read(READER, xml, tmp_path).facts("device:1")
    assert facts == {"isapi.model": "EX-1", "isapi.serial": "S1", "isapi.namespace": "http://example.org/ns"}


@pytest.mark.parametrize(
    "data",
    [
        answers(None),
        answers([]),
        b'{"System/deviceInfo": 5}',
        b'{"ISAPI": {"System/deviceInfo": ',
        b"{" + b'"ISAPI":{' * 50_000,
        b'<!DOCTYPE a [<!ENTITY b "c">]><DeviceInfo><serialNumber>&b;</serialNumber></DeviceInfo>',
    ],
)
def test_broken_answers_are_refused_with_a_next_step(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="/ISAPI/System/deviceInfo"):
        read(READER, data, tmp_path)


def test_other_documents_are_not_recognised() -> None:
    for head in (b"", b'{"a": 1}', b"<root><serialNumber/></root>", b"model: x"):
        assert not READER.recognise(head, "x.json")


@pytest.mark.samples
def test_real_answers(samples: Path, tmp_path: Path) -> None:
    for file in sorted((samples / "isapi").glob("*.json")):
        facts = read(READER, file.read_bytes(), tmp_path, file.name).facts("device:1")
        assert facts["isapi.model"].startswith(file.stem)
