"""What people do and what changed, in words of whoever reads: one word or half a sentence for each code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from custodiet.report import words
from custodiet.report.cited import rendered
from custodiet.web.changes import GONE, ITSELF, STATUS, THERE

if TYPE_CHECKING:
    from custodiet.report.summary import Names
    from custodiet.web.knowledge import Known

DEEDS = {
    "case put in": _("Results were put in"),
    "body added": _("Body added"),
    "body described": _("Said which body it is"),
    "import asked for": _("Import asked for"),
    "import stop asked for": _("Import to be stopped"),
    "import done": _("Import done"),
    "import failed": _("Import went wrong"),
    "import stopped": _("Import stopped"),
    "import discarded": _("Import discarded"),
    "again asked for": _("Judging anew asked for"),
    "again stop asked for": _("Judging anew to be stopped"),
    "again done": _("Judged anew"),
    "again failed": _("Judging anew went wrong"),
    "again stopped": _("Judging anew stopped"),
    "view kept": _("View of the list saved"),
    "view taken away": _("View of the list taken away"),
    "site added": _("Site added"),
    "site changed": _("Site changed"),
    "site taken away": _("Site taken away"),
    "place of others added": _("Place of others added"),
    "place of others changed": _("Place of others changed"),
    "place of others taken away": _("Place of others taken away"),
    "zone added": _("Zone added"),
    "zone changed": _("Zone changed"),
    "zone taken away": _("Zone taken away"),
    "sites file brought in": _("Sites file brought in"),
    "sites file taken over": _("Sites file taken over"),
    "sites file thrown away": _("Sites file thrown away"),
    "note kept": _("Note"),
    "decision recorded": _("Decision"),
    "decision withdrawn": _("Decision withdrawn"),
    "row settled": _("Register and network settled"),
    "row opened again": _("Register and network opened again"),
    "row opened by itself": _("What was settled of register and network is open again, since the device changed"),
    "site decided": _("Decision on a site"),
    "view stated": _("What a device looks at"),
    "view withdrawn": _("What a device looks at, withdrawn"),
    "plan added": _("Floor plan brought in"),
    "plan removed": _("Floor plan removed"),
    "pin put": _("Device put on a floor plan"),
    "pin removed": _("Device taken off a floor plan"),
    "site placed": _("Place of a site"),
    "action set": _("Action set"),
    "action changed": _("Action changed"),
    "label photo added": _("Photo of the label added"),
    "label confirmed": _("Label confirmed"),
    "label photo removed": _("Photo of the label taken away"),
    "signed in": _("Signed in"),
    "signed out": _("Signed out"),
    "account of the organisation joined": _("Account of the organisation joined"),
    "account of the organisation parted": _("Account of the organisation parted"),
    "sign-in refused": _("Sign-in refused"),
    "password chosen": _("Password chosen"),
    "password refused": _("Password refused"),
    "sessions ended": _("Signed out elsewhere"),
    "account changed": _("Account changed"),
    "second factor added": _("Second factor added"),
    "second factor taken away": _("Second factor taken away"),
    "second factors taken away": _("Second factors taken away"),
    "recovery codes made": _("Recovery codes made"),
    "signed out everywhere": _("Signed out everywhere"),
    "taken as a file": _("Taken as a file"),
    "log exported": _("The log was taken as a file"),
    "backup made": _("Backup made"),
    "log read": _("The log was read"),
    "looked at": _("Looked at what is restricted"),
    "person made": _("Person invited"),
    "person blocked": _("Person blocked"),
    "person let in again": _("Person let in again"),
    "link made": _("Link for a password made"),
    "address changed": _("E-mail address changed"),
    "made administrator of the installation": _("Made administrator of the installation"),
    "no longer administrator of the installation": _("No longer administrator of the installation"),
    "role given": _("Role given"),
    "role taken": _("Role taken"),
    "token made": _("Token made"),
    "token revoked": _("Token revoked"),
    "alerts chosen": _("Alerts chosen"),
    "webhook added": _("Webhook set up"),
    "webhook removed": _("Webhook removed"),
    "webhook tried": _("Webhook tried"),
}
"""Word of the log -> for people; one that is not here is shown as it stands."""

ROLES = {
    "viewer": (_("Viewer"), _("reads what is known of the devices")),
    "editor": (_("Editor"), _("also brings in files, keeps notes, actions, photos and floor plans")),
    "decider": (_("Decider"), _("also describes sites, and decides what only the owner can decide")),
    "auditor": (
        _("Auditor"),
        _("reads what is known of the devices, the log, imports, members and tokens, and changes nothing"),
    ),
    "administrator": (_("Administrator"), _("may do everything, and gives roles and tokens")),
}
"""Role in a body -> its name, and what it may do."""

RIGHTS = {
    "see": _("read"),
    "edit": _("bring in and edit"),
    "decide": _("decide"),
    "audit": _("read the log"),
    "administer": _("administer"),
}
"""Right in a body -> for people."""

FIELDS = {
    ITSELF: _("The device itself"),
    "device_class": _("Kind"),
    "maker": _("Maker"),
    "band": _("How sure the maker is"),
    "brand": _("Brand"),
    "model": _("Model"),
    "firmware": _("Firmware"),
    "outcome": _("Outcome"),
    "site": _("Site"),
    "zone": _("Zone"),
}
"""Field that is compared -> for people."""

STATUSES = {
    "not_satisfied": _("not satisfied"),
    "undetermined": _("undecided"),
    "satisfied": _("satisfied"),
    "not_applicable": _("does not apply"),
    "rest": _("nothing found against it"),
    "not_judged": _("not judged"),
}

BANDS = {
    "certain": _("certain"),
    "likely": _("likely"),
    "possible": _("possible"),
    "unknown": _("unknown"),
}

STANDINGS = {
    "match": (_("Match"), _("in the register and on the network, and neither says otherwise than the other")),
    "mislabelled": (_("Mislabelled"), _("the network names another brand or model than the register")),
    "ghost": (_("Ghost"), _("in the register, and never seen on the network")),
    "stray": (_("Stray"), _("on the network, and not in the register")),
    "bought": (_("Bought, not seen"), _("only a purchase record knows it")),
}
"""How a device stands -> its name, and what that means."""

DECISIONS = {
    "note": (_("Note"), ""),
    "not-ours": (_("Not ours"), _("the device is not one of this body")),
    "accepted": (
        _("Accepted"),
        _(
            "it is known and stays as it is, for the reason and until the day that you give; to have somebody find out "
            "first whether it may, set the action “Have it accepted”"
        ),
    ),
    "made-by": (_("Made by"), _("you know the maker, by evidence that the program did not see")),
    "apart": (_("Two devices are not one"), _("what was put together here belongs to two devices")),
}
"""Kind of note or decision -> its name, and what it means."""

ACTIONS = {
    "isolate": _("Isolate"),
    "disconnect": _("Disconnect"),
    "replace": _("Replace"),
    "remove": _("Remove"),
    "accept": _("Have it accepted"),
}

STATES = {"open": _("Open"), "done": _("Done"), "dropped": _("Dropped")}

TOLD = {
    "id": _("the short name (id)"),
    "name": _("the name"),
    "names": _("other spellings"),
    "kind": _("the kind of body"),
    "country": _("the country"),
    "also": _("further kinds of body"),
    "facts": _("answers of people"),
    "zones": _("zones"),
    "position": _("the place on the map"),
    "devices": _("what is said of single devices beyond what they look at"),
}
"""Key of a sites file -> what it says, for people."""

ANSWERS = {"yes": _("yes"), "no": _("no"), "unknown": _("not decided")}

SITE_STANDS = {
    "not_satisfied": _("has devices that do not satisfy a directive"),
    "undetermined": _("has devices that are undecided"),
    "rest": _("has neither"),
    "not_judged": _("has only devices that were not judged"),
    "none": _("has no devices"),
    "theirs": _("is a place of others, which devices look at"),
}
"""How a site stands on the map."""

SEEN = {"first": _("First seen"), "last": _("Last seen"), "known": _("First concluded that there is such a device")}

KINDS = {
    "surveillance": _("Surveillance"),
    "unknown": _("Unknown kind"),
    "silent": _("Unknown, gives no sign"),
    "other": _("Other devices"),
}


def deed(word: str) -> str:
    """A word of the log."""
    return str(DEEDS.get(word, word))


def field(name: str, directive: str, names: Names) -> str:
    """A field that is compared."""
    if name == STATUS:
        record = names.directive(directive)
        return rendered(record.title) if record else directive
    return str(FIELDS.get(name, name))


def value(name: str, text: str, known: Known) -> str:
    """What stood in a field; empty where it is not known, or the device was not there yet."""
    if name == ITSELF:
        return {THERE: now("there"), GONE: now("gone")}.get(text, "")
    if name in ("outcome", STATUS):
        return str(STATUSES.get(text, text))
    if name == "band":
        return str(BANDS.get(text, text))
    if name == "device_class":
        return words.CLASSES.get(text, text) if text else ""
    if name == "maker" and text:
        return known.names.company(text)
    if name == "site" and text:
        return known.site(text)
    return known.names.brand(text) if name == "brand" and text else text


def fields() -> dict[str, str]:
    """The fields to choose from, those of directives as one."""
    return {name: str(label) for name, label in FIELDS.items()} | {STATUS: now("What directives come to")}
