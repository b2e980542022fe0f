"""How pages are written: the environment of the reports, in which every text of a device passes the guarded writer."""

from __future__ import annotations

from typing import Any

import jinja2
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext, ngettext

from custodiet.report import egress as talks
from custodiet.report import guard, order, speech, stood, summary, ways, words
from custodiet.report import proof as stated
from custodiet.report.egress_svg import picture
from custodiet.report.html import PEERS, card_of
from custodiet.web import (
    asking,
    burndown,
    charts,
    dates,
    decided,
    filters,
    import_words,
    labels,
    log_words,
    map_picture,
    photos,
)
from custodiet.web.knowledge import known_of
from custodiet.web.menu import menu


def environment(**options: Any) -> jinja2.Environment:
    """The templates of the pages, and behind them those of the reports."""
    made = guard.html_environment()
    assert made.loader is not None
    made.loader = jinja2.ChoiceLoader([options["loader"], made.loader])
    made.add_extension("jinja2.ext.i18n")
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"static": static, "language": translation.get_language, "menu": menu}
    made.globals |= {"summary": summary, "words": words, "order": order, "anchor": guard.anchor}
    made.globals |= {"marked": guard.marked, "around": guard.around, "stood": stood}
    made.globals |= {"talks": talks, "drawn": picture, "stated": stated, "ways": ways}
    made.globals |= {"labels": labels, "import_words": import_words, "burned_down": burndown.picture}
    made.globals["log_words"] = log_words
    made.globals |= {"filters": filters, "known_of": known_of, "card_of": card_of, "most": PEERS}
    made.globals["charts"] = charts
    made.globals["decided"] = decided
    made.globals["today"] = lambda: dates.today().isoformat()
    made.globals["asking"] = asking
    made.globals["maps"] = map_picture
    made.globals["photos"] = photos
    made.globals["as_json"] = _as_json
    made.filters["number"] = speech.number
    return made


def _as_json(request: HttpRequest) -> str:
    """The address of a page, with all that is asked of it, as JSON."""
    asked = request.GET.copy()
    asked["as"] = "json"
    return f"?{asked.urlencode()}"
