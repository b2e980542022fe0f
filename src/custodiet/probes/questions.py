"""All questions, in the order in which they are asked of a device.

What is cheap and tells most comes first: searches that devices were built to answer, then the pages and streams, then
what only sees that a port is open. SNMP needs the owner's word and is made by `asked.owners`.
"""

from __future__ import annotations

from custodiet.probes.asked import greetings, searches, standards, streams, tables, web
from custodiet.probes.question import Preset, Question

QUESTIONS: tuple[Question, ...] = (
    searches.SADP,
    searches.DHIP,
    standards.WS_DISCOVERY,
    standards.MDNS,
    standards.SSDP,
    searches.XIONGMAI,
    searches.TVT,
    searches.OLD_DHIP,
    searches.HANWHA,
    searches.BOSCH,
    searches.SONY,
    searches.VIVOTEK,
    searches.FOSCAM,
    searches.UBIQUITI,
    searches.REOLINK,
    searches.VSTARCAM,
    searches.VISION360,
    web.FRONT,
    streams.RTSP,
    web.TLS,
    greetings.SDK_8000,
    greetings.SDK_37777,
    greetings.SDK_34567,
    web.SEALED_FRONT,
    web.PLATFORM,
    web.CGI,
    web.ONVIF,
    web.UPNP,
    greetings.TELNET,
    greetings.FTP,
    tables.REVERSE_DNS,
)

STAGES: tuple[tuple[int, ...], ...] = (
    (80, 443, 554),
    (8000, 37777, 34567, 8080, 8443, 8554, 81, 88, 35000, 10554, 8899, 49152, 23, 21),
)
"""TCP ports in the order in which they are tried: first the three of which nearly every device has one, and of which a
filter lets through at least one; the rest only where something lives."""


def questions_of(preset: Preset) -> tuple[Question, ...]:
    """The questions of a preset, in their order."""
    return tuple(question for question in QUESTIONS if preset in question.presets)


def stages_of(preset: Preset) -> tuple[tuple[int, ...], ...]:
    """The stages of `STAGES` with the ports that the questions of a preset ask."""
    asked = {port for question in questions_of(preset) if question.transport == "tcp" for port in question.ports}
    return tuple(tuple(port for port in stage if port in asked) for stage in STAGES)


def question(name: str) -> Question | None:
    """The question of that id."""
    return next((question for question in QUESTIONS if question.id == name), None)
