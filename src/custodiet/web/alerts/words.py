"""An alert as a message for people: what it means first, then what to do, then where; in the language of whoever reads.

Text of devices and people goes in as one line that can be read and cannot act (`report.guard.plain`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from custodiet.report import words
from custodiet.report.cited import rendered
from custodiet.report.guard import plain
from custodiet.web.alerts.topics import SOON, UNSEEN, Named, Part
from custodiet.web.labels import ACTIONS

if TYPE_CHECKING:
    from datetime import datetime

    from custodiet.web.knowledge import Known

TOPICS = {
    "not-satisfied": gettext_lazy("Devices that newly do not satisfy a directive"),
    "unregistered": gettext_lazy("New surveillance devices that are in no register"),
    "gone": gettext_lazy("Devices that no source knows any more"),
    "unseen": gettext_lazy("Devices not seen for 30 days"),
    "own-work": gettext_lazy("Work that I answer for, due within a week or late"),
    "work": gettext_lazy("All work of this body that is due within a week or late"),
    "deadline": gettext_lazy("The last day that a directive sets: 30 and 7 days before, and when it has passed"),
    "failed": gettext_lazy("An import or a judgement that went wrong"),
    "chain": gettext_lazy("A log that is not whole any more"),
}
"""Topic -> what somebody who chooses it hears of."""

_CAME = {
    "inside": gettext_lazy("the name leads inside, so nothing was sent"),
    "name": gettext_lazy("the name is not known"),
    "connection": gettext_lazy("no connection"),
    "certificate": gettext_lazy("the certificate is not right"),
    "slow": gettext_lazy("no answer in time"),
    "answer": gettext_lazy("the answer cannot be read"),
    "secret": gettext_lazy("its secret cannot be opened any more: remove it, and set it up again"),
    "no relay": gettext_lazy("no mail server is set any more"),
    "mail address": gettext_lazy("this cannot be an e-mail address"),
    "unforeseen": gettext_lazy("something went wrong here"),
    "mail unprotected": gettext_lazy("the mail server does not offer TLS, so nothing was sent"),
    "no longer": gettext_lazy("they may not hear it any more, or do not want to"),
}
_OF_ONE = ("not-satisfied", "unregistered", "unseen")
"""Topics of devices that have a page: one alone is led to, and not to a list."""
_WIDE = 120
"""Characters of a text of a device in a message."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message in plain text."""

    subject: str
    text: str


def came(code: str) -> str:
    """What a try came to."""
    kind, _blank, number = code.partition(" ")
    if kind == "status":
        return _("the answer was %(number)s") % {"number": number}
    if kind == "mail" and number.isdecimal():
        return _("the mail server refused it (%(number)s)") % {"number": number}
    return str(_CAME.get(code, code))


def title(part: Part) -> str:
    """What one part means, in a sentence without a full stop; no text of a device is in it."""
    many = part.count
    day = words.day(part.day)
    told = {"count": many, "late": part.late, "days": UNSEEN, "soon": SOON, "row": part.row, "day": day}
    match part.topic:
        case "not-satisfied":
            said = ngettext(
                "%(count)s device newly does not satisfy a directive",
                "%(count)s devices newly do not satisfy a directive",
                many,
            )
        case "unregistered":
            said = ngettext(
                "%(count)s new surveillance device is in no register",
                "%(count)s new surveillance devices are in no register",
                many,
            )
        case "gone":
            said = ngettext("%(count)s device is gone", "%(count)s devices are gone", many)
        case "unseen":
            said = ngettext(
                "%(count)s device was not seen for %(days)s days",
                "%(count)s devices were not seen for %(days)s days",
                many,
            )
        case "own-work":
            said = ngettext(
                "%(count)s action that you answer for is due by now or within %(soon)s days, %(late)s of these late",
                "%(count)s actions that you answer for are due by now or within %(soon)s days, %(late)s of these late",
                many,
            )
        case "work" if part.others:
            said = ngettext(
                "%(count)s action of others is due by now or within %(soon)s days, %(late)s of these late",
                "%(count)s actions of others are due by now or within %(soon)s days, %(late)s of these late",
                many,
            )
        case "work":
            said = ngettext(
                "%(count)s action of this body is due by now or within %(soon)s days, %(late)s of these late",
                "%(count)s actions of this body are due by now or within %(soon)s days, %(late)s of these late",
                many,
            )
        case "deadline" if part.left < 0:
            said = ngettext(
                "the last day that a directive sets, %(day)s, has passed, and %(count)s device does not satisfy it",
                "the last day that a directive sets, %(day)s, has passed, and %(count)s devices do not satisfy it",
                many,
            )
        case "deadline":
            said = ngettext(
                "the last day that a directive sets is %(day)s, and %(count)s device does not satisfy it",
                "the last day that a directive sets is %(day)s, and %(count)s devices do not satisfy it",
                many,
            )
        case "failed":
            said = _("an import went wrong") if part.kind == "import" else _("judging the devices anew went wrong")
        case "chain":
            said = _("the log is not whole: row %(row)s is not what was written")
        case _:
            said = part.topic
    return said % told


def _to_do(part: Part) -> str:
    """What to do about it."""
    match part.topic:
        case "not-satisfied":
            return ngettext(
                "Look at it, and set what is to be done, by whom and by when.",
                "Look at each of them, and set what is to be done, by whom and by when.",
                part.count,
            )
        case "unregistered":
            return ngettext(
                "Find out whose it is. Then enter it in the register, or have it taken away.",
                "Find out whose each of them is. Then enter it in the register, or have it taken away.",
                part.count,
            )
        case "gone":
            return ngettext(
                "If somebody took it away, bring the register up to date. If nobody did, find out where it is.",
                "If somebody took them away, bring the register up to date. If nobody did, find out where they are.",
                part.count,
            )
        case "unseen":
            return ngettext(
                "See whether it is switched off, moved or taken away, and bring the register up to date.",
                "See whether they are switched off, moved or taken away, and bring the register up to date.",
                part.count,
            )
        case "own-work" | "work":
            return _("Do it, set another day with the reason, or say that it is done with what shows it.")
        case "deadline":
            return _("See which sites still have such devices, and who answers for them.")
        case "failed":
            return _("What people see is what it was before. Open the work, mend what it says, and begin it again.")
        case "chain":
            return _(
                "Somebody or something changed the database by other means. Leave it as it is, keep a copy, and let"
                " whoever looks after the server run: custodiet audit-log verify"
            )
    return ""


def path(part: Part, at: datetime) -> str:
    """Where it is seen, below the pages of the body."""
    day = at.date().isoformat()
    if part.topic in _OF_ONE and part.count == 1 and len(part.first) == 1:
        return f"devices/{part.first[0].id}/"
    return {
        "not-satisfied": "devices/?outcome=not_satisfied",
        "unregistered": "reconciliation/?standing=stray",
        "gone": f"changes/?since={day}&field=device",
        "unseen": f"not-seen/?days={UNSEEN}",
        "own-work": "work/",
        "work": "work/",
        "deadline": "work/",
        "failed": f"imports/{part.job}/" if part.kind == "import" else "sites/",
        "chain": "history/",
    }.get(part.topic, "alerts/")


def _line(one: Named, known: Known) -> str:
    said = [plain(one.label or one.id, _WIDE)]
    if what := " ".join(filter(None, (known.maker(one.maker) if one.maker else "", one.model))):
        said.append(plain(what, _WIDE))
    if one.kind:
        said.append(str(ACTIONS.get(one.kind, plain(one.kind, _WIDE))))
    if one.due:
        said.append(words.day(one.due))
    if one.site:
        said.append(plain(known.site(one.site), _WIDE))
    return "  - " + ", ".join(said)


def _lines(part: Part, at: datetime, known: Known, begin: str) -> Iterator[str]:
    said = title(part)
    yield said[:1].upper() + said[1:] + "."
    if part.reason:
        yield _("Reason: %(reason)s") % {"reason": plain(part.reason, 500)}
    for directive in part.directives:
        yield _("Directive: %(title)s") % {"title": plain(rendered(known.directive(directive)), 300)}
    yield _to_do(part)
    yield from (_line(one, known) for one in part.first)
    if (more := part.count - len(part.first)) > 0 and part.first:
        yield "  " + ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}
    yield begin + path(part, at)


def subject(body: str, parts: Sequence[Part]) -> str:
    """The head of a message: the body, and what the first part means."""
    name = plain(body, 80)
    if not parts:
        return _("%(body)s: a test") % {"body": name}
    said = title(parts[0])
    if more := len(parts) - 1:
        said += ngettext(", and %(count)s more", ", and %(count)s more", more) % {"count": more}
    return f"{name}: {said}"


def message(body: str, parts: Sequence[Part], at: datetime, known: Known, begin: str) -> Message:
    """An e-mail.

    Args:
        body: its name.
        parts: what is told, at least one.
        at: when it was written.
        known: names for sites.
        begin: where the pages of the body are.
    """
    told = "\n\n".join("\n".join(_lines(part, at, known, begin)) for part in parts)
    foot = _("You get this because you chose it for %(body)s. Change that here: %(link)s") % {
        "body": plain(body, 80),
        "link": begin + "alerts/",
    }
    return Message(subject=subject(body, parts), text=f"{told}\n\n-- \n{foot}\n")
