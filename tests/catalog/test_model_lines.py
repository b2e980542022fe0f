"""Models as purchase lists and devices write them: brand, class and maker, and silence where another trade is meant."""

from __future__ import annotations

import pytest

from custodiet.identify import Matcher
from ours import our_matcher


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return our_matcher()


def said(matcher: Matcher, attribute: str, value: str) -> tuple[str, str, str]:
    """Brand, class and maker by the grammars of models; the class that says most."""
    told = [match.says for match in matcher.match(attribute, value) if match.fingerprint.attribute == "device.model"]
    classes = sorted({says.get("device_class", "") for says in told} - {"", "surveillance"})
    assert len(classes) <= 1, told
    brand, maker = (next((says[field] for says in told if field in says), "") for field in ("brand", "manufacturer"))
    return brand, next(iter(classes), ""), maker


KNOWN = [
    ("nbn-73013-ba", "bosch", "camera", "bosch"),
    ("MIC-9502-Z30BVF", "bosch", "thermal_camera", "bosch"),
    ("DIP-7183-4HD", "bosch", "recorder", ""),
    ("LBC 3011/41", "bosch", "not_surveillance", "bosch"),
    ("pno-a9081r", "hanwha", "camera", "hanwha"),
    ("TNO-4030T", "hanwha", "thermal_camera", "hanwha"),
    ("lrn-1610s", "hanwha", "recorder", "hanwha"),
    ("TID-600R", "hanwha", "intercom", "hanwha"),
    ("axis q1942-e", "axis", "thermal_camera", "axis"),
    ("AXIS A8105-E", "axis", "intercom", "axis"),
    ("AXIS P7304", "axis", "encoder", "axis"),
    ("AXIS T8120", "axis", "not_surveillance", "axis"),
    ("mx-q26a-6d016", "mobotix", "camera", ""),
    ("wj-nx400k", "i-pro", "recorder", "i-pro"),
    ("WV-CU950", "i-pro", "not_surveillance", ""),
    ("vb-m46", "canon", "camera", "canon"),
    ("dnr-322l", "dlink", "recorder", "dlink"),
    ("DCS-7050SX-64", "arista", "not_surveillance", "arista"),
    ("tv-ip422w", "trendnet", "camera", ""),
    ("TEW-812DRU", "trendnet", "not_surveillance", ""),
    ("UA-Hub", "ubiquiti", "access_controller", "ubiquiti"),
    ("OET-213H-BTS1", "uniview", "access_controller", ""),
    ("MS-N1004-UC", "milesight", "recorder", ""),
    ("tvip61500", "abus", "camera", ""),
    ("LNL-2220", "lenel", "access_controller", ""),
    ("2N Access Unit", "2n", "access_controller", "2n"),
]


@pytest.mark.parametrize(("model", "brand", "kind", "maker"), KNOWN, ids=[case[0] for case in KNOWN])
@pytest.mark.parametrize("attribute", ["register.model", "upnp.model_name"])
def test_a_model_gives_brand_class_and_maker(
    matcher: Matcher, attribute: str, model: str, brand: str, kind: str, maker: str
) -> None:
    assert said(matcher, attribute, model) == (brand, kind, maker)


@pytest.mark.parametrize(
    ("written", "brand"), [("NBN73013BA", "bosch"), ("XND 8080RV", "hanwha"), ("TV IP310PI", "trendnet")]
)
def test_a_lost_hyphen_is_put_back(matcher: Matcher, written: str, brand: str) -> None:
    assert said(matcher, "register.text", f"3x {written}")[:2] == (brand, "camera")


OTHER_TRADES = [
    "drill GSR 18V-55",
    "hammer GBH 2-26 DRE",
    "washing machine WAN28282NL",
    "saw DCS570N",
    "saw DCS391",
    "transceiver IC-7300",
    "transceiver TS-590SG",
    "copier MX-M2630N",
    "printer iP8100",
    "label printer TD-4550DNWB",
    "modem TD-8840",
    "mainboard MS-7996",
    "graphics card GV-N3060",
    "graphics card RX580",
    "television TC-P50G10",
    "lens SN-30",
    "monitor P2422H",
    "thermostat HCE80R",
    "storage DX4600",
    "cable RS232",
]


@pytest.mark.parametrize("line", OTHER_TRADES)
@pytest.mark.parametrize("attribute", ["register.text", "register.model"])
def test_a_name_of_another_trade_is_no_model(matcher: Matcher, attribute: str, line: str) -> None:
    assert said(matcher, attribute, line) == ("", "", "")
