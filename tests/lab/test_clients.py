"""Client libraries that owners of such devices use talk to the emulated ones: the emulation is honest.

Installed with the dependency group `lab`, or in an interpreter of its own that CUSTODIET_LAB_PYTHON names.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache

import pytest
from lab.ground import Ground

PYTHON = os.environ.get("CUSTODIET_LAB_PYTHON", sys.executable)
LOG_IN = "user, password = 'admin', 'proving-ground'\nimport sys\n"


@lru_cache
def has(module: str) -> bool:
    """Is a library there?"""
    done = subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True)
    return done.returncode == 0


def client(ground: Ground, module: str, code: str, *words: str) -> list[str]:
    """The lines that a client prints in the scanning namespace."""
    if not has(module):
        pytest.skip(f"{module} is not installed; it is in the dependency group lab")
    return ground.run(PYTHON, "-c", LOG_IN + code, *words, seconds=90).splitlines()


def first(ground: Ground, family: str, protocol: str = "http") -> dict[str, str]:
    """One device of a family."""
    return next(
        device
        for device in ground.devices
        if device["family"] == family and device["seen"] and protocol in device["protocols"]
    )


def test_isapi_of_hikvision(ground: Ground) -> None:
    device = first(ground, "hikvision camera")
    code = (
        "from hikvisionapi import Client\n"
        "info = Client('http://' + sys.argv[1], user, password).System.deviceInfo(method='get')['DeviceInfo']\n"
        "print(info['model']); print(info['serialNumber']); print(info['macAddress'])"
    )
    said = client(ground, "hikvisionapi", code, device["address"])
    assert said == [device["model"], device["serial"], device["mac"]]


def test_isapi_refuses_a_wrong_log_in(ground: Ground) -> None:
    code = (
        "from hikvisionapi import Client\nimport requests\n"
        "try: Client('http://' + sys.argv[1], user, 'wrong')\n"
        "except requests.HTTPError as error: print(error.response.status_code)"
    )
    assert client(ground, "hikvisionapi", code, first(ground, "hikvision camera")["address"]) == ["401"]


def test_cgi_of_dahua(ground: Ground) -> None:
    device = first(ground, "dahua camera")
    code = (
        "from amcrest import AmcrestCamera\n"
        "camera = AmcrestCamera(sys.argv[1], 80, user, password).camera\n"
        "print(camera.device_type); print(camera.serial_number); print(camera.software_information[0])"
    )
    said = client(ground, "amcrest", code, device["address"])
    assert said == [device["model"], device["serial"], device["firmware"]]


@pytest.mark.parametrize(
    "family", ["hikvision camera", "hikvision relabelled", "dahua camera", "uniview", "axis", "hanwha"]
)
def test_onvif(ground: Ground, family: str) -> None:
    device = first(ground, family, "onvif")
    code = (
        "from onvif import ONVIFCamera\n"
        "service = ONVIFCamera(sys.argv[1], 80, user, password).devicemgmt\n"
        "print(service.GetSystemDateAndTime().UTCDateTime.Date.Year)\n"
        "info = service.GetDeviceInformation()\nprint(info.Manufacturer); print(info.Model)"
    )
    assert client(ground, "onvif", code, device["address"]) == ["2026", device["brand"], device["model"]]


def test_ws_discovery_finds_exactly_those_on_the_link(ground: Ground) -> None:
    code = (
        "from wsdiscovery import WSDiscovery\n"
        "search = WSDiscovery(); search.start()\n"
        "for found in search.searchServices(timeout=2): print(found.getXAddrs()[0].split('/')[2].split(':')[0])\n"
        "search.stop()"
    )
    there = {
        str(device["address"])
        for device in ground.devices
        if device["network"] in ("hall", "office") and 3702 in device["udp"] and device["family"] != "garbage"
    }
    assert there
    assert set(client(ground, "wsdiscovery", code)) == there
