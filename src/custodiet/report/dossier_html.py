"""The dossier of one device as a page that opens from disk: no script, no address outside, readable on paper.

This file arranges; what a sentence says is known to `dossier` and `summary`, what makes text safe to `guard`.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import IO

import jinja2
from markupsafe import Markup

from custodiet.identify.dossier import Dossier
from custodiet.model import Assessment, Entry
from custodiet.report import dossier as told
from custodiet.report import egress as talks
from custodiet.report import guard, order, speech, stood, summary, telling, ways, words
from custodiet.report import proof as stated
from custodiet.report.cited import citing
from custodiet.report.egress_svg import picture
from custodiet.report.html import PEERS, Evidence
from custodiet.report.summary import Names

_PREFIXES = 40
"""Address blocks of one holder that are listed; the JSON has all."""


def write_dossier(file: IO[str], dossier: Dossier, entry: Entry, assessment: Assessment, names: Names) -> None:
    """Write the page.

    Args:
        file: text stream in UTF-8.
        dossier: of the device.
        entry: the same device as judged, with the answers of the dossier.
        assessment: the head, for the names of sources and the date.
        names: names for the ids of the catalog.
    """
    style = _style()
    strengths = {word.id: word for word in dossier.weights.strengths}
    caps = {word.id: word for word in dossier.weights.techniques}
    with citing(lambda: summary.records(assessment, names)):
        file.write(
            _environment()
            .get_template("dossier.html")
            .render(
                dossier=dossier,
                entry=entry,
                assessment=assessment,
                names=names,
                answers=told.answers(dossier, names),
                seen=Evidence("", {o.id: o for o in (*entry.evidence, *dossier.observations)}),
                sources={source.id: source for source in (*assessment.sources, *dossier.sources)},
                known=told.vulnerabilities(dossier),
                findings=sorted((f for f in entry.findings if f.status != "not_applicable"), key=order.badness),
                strengths=strengths,
                caps=caps,
                prefixes=_PREFIXES,
                style=style,
                style_hash=base64.b64encode(hashlib.sha256(f"\n{style}".encode()).digest()).decode(),
                requirement=lambda finding: summary.requirement_of(finding, names),
            )
        )


@cache
def _style() -> Markup:
    return Markup((Path(__file__).parent / "static" / "report.css").read_text(encoding="utf-8"))  # noqa: S704


@cache
def _environment() -> jinja2.Environment:
    """The templates, compiled once."""
    environment = guard.html_environment()
    environment.globals |= {
        "summary": summary,
        "words": words,
        "told": told,
        "anchor": guard.anchor,
        "marked": guard.marked,
        "around": guard.around,
        "telling": telling,
        "stood": stood,
        "talks": talks,
        "drawn": picture,
        "most": PEERS,
        "stated": stated,
        "ways": ways,
    }
    environment.filters["number"] = speech.number
    return environment
