"""Names of brands where a device or a person puts the name of the maker: the start of a banner, a maker's field, O=.

It knows the places, and the names that stand in the records of brands and companies. It refuses to find a name in the
middle of a sentence, inside another word, before "compatible", or beside another name; and a name that is also a word
("Ring", "Planet") or that is very short counts only where nothing else stands, or with a model behind it. What it
yields is a label; what a label says of the maker is for `own_design`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from custodiet.catalog.contents import Catalog
from custodiet.identify.names import ATOM, LEGAL, TRADE, Found, Names, careful, is_all, names_of
from custodiet.identify.text.roles import lowered, part_of_a_word, role_of
from custodiet.model import Claim, Observation

Counts: TypeAlias = Literal["field", "start", "token", "greeting", "model", "text", "host", "page"]
"""Where in a value a name counts.

field      as all of it, but for what every company has behind its name
start      at its start
token      at its start, or at that of a product in a list of products
greeting   at its start, or elsewhere with a model behind it
model      at its start with a model behind it
text       anywhere with a model behind it, in words that people wrote
host       at the start of a host name, with a number behind it
page       in a page, as who holds the copyright, or as what a setting calls the manufacturer
"""

LONGEST = 400
"""Characters of a value that are read; a name stands at the start."""

LONGEST_PAGE = 4_000
"""Characters of a page that are read; the notice of copyright stands at its end."""

MOST_TRIED = 80
"""Places of a text at which a name is looked for."""


class Place(NamedTuple):
    """Where names count in the values of one attribute."""

    counts: Counts
    strength: str
    """What the label is worth there, a word of the strengths."""
    technique: str = "self-declared"
    """The kind of evidence."""
    before: re.Pattern[str] | None = None
    """What may stand before the start."""


_REALM = re.compile(r"(?:Basic|Digest)\b[^\"]{0,100}realm=\"", re.IGNORECASE)

_SCOPE = re.compile(r"onvif://www\.onvif\.org/(?:[\w-]{1,20}/)?(?:mfr|manufacturer|vendor|brand)/", re.IGNORECASE)
_NEEDED = (_REALM, _SCOPE)
"""What must stand before the start."""

PLACES: dict[str, Place] = {
    "upnp.manufacturer": Place("field", "strong", before=re.compile(r"(?:\(c\)|©|copyright)[\s:]*", re.IGNORECASE)),
    "onvif.manufacturer": Place("field", "strong"),
    "isapi.manufacturer": Place("field", "strong"),
    "sadp.manufacturer": Place("field", "strong"),
    "dhip.vendor": Place("field", "strong"),
    "dhip.manufacturer": Place("field", "strong"),
    "snmp.sys_descr": Place("greeting", "strong"),
    "lldp.system_description": Place("greeting", "strong"),
    "cdp.platform": Place("greeting", "strong"),
    "dhcp.vendor_class": Place("start", "strong"),
    "banner.ftp": Place(
        "greeting",
        "strong",
        before=re.compile(r"(?:220[ -]+)?(?:(?:[^\s()]{1,40}\s)?FTP server\s?\()?", re.IGNORECASE),
    ),
    "banner.telnet": Place(
        "greeting", "strong", before=re.compile(r"(?:\\x[0-9a-f]{2}|[\s*#=-]){0,60}", re.IGNORECASE)
    ),
    "banner.sip": Place("greeting", "strong"),
    "banner.ssh": Place("start", "strong", before=re.compile(r"SSH-[\d.]{1,5}-")),
    "banner.tcp": Place("greeting", "strong", before=re.compile(r"(?:@PJL INFO ID)?\s{0,4}\"?", re.IGNORECASE)),
    "http.server": Place("token", "platform"),
    "rtsp.server": Place("start", "platform"),
    "ssdp.server": Place("token", "platform"),
    "http.www_authenticate": Place("start", "platform", before=_REALM),
    "rtsp.www_authenticate": Place("start", "platform", before=_REALM),
    "http.title": Place("model", "platform"),
    "http.body": Place("page", "platform"),
    "net.hostname": Place("host", "supporting"),
    "dhcp.hostname": Place("host", "supporting"),
    "mdns.host": Place("host", "supporting"),
    "upnp.model_name": Place("start", "platform"),
    "upnp.model_description": Place("model", "platform"),
    "upnp.friendly_name": Place("model", "platform", before=re.compile(r"\[\w{1,8}\]\s?")),
    "onvif.scope": Place("field", "strong", before=_SCOPE),
    "onvif.name": Place("model", "platform"),
    "mdns.instance": Place("model", "platform"),
    "service.product": Place("model", "platform", "other-tool"),
    "register.model": Place("start", "strong", "label"),
    "register.text": Place("text", "platform", "label"),
}
"""Attribute -> where a name counts in its values."""

_KEYS: dict[str, Place] = {
    **dict.fromkeys(("manufacturer", "vendor", "usb_mfg", "mfg", "mfr", "brand"), Place("field", "strong")),
    **dict.fromkeys(("ty", "product", "usb_mdl", "md", "model"), Place("model", "platform")),
}
_PARTS: dict[str, dict[str, Place]] = {
    "mdns.txt": _KEYS,
    "lldp.inventory": _KEYS,
    "tls.issuer": {"cn": Place("model", "platform")},
    "tls.subject": {"o": Place("field", "strong"), "cn": Place("model", "platform")},
}
"""Attribute of key=value -> key in lower case -> where a name counts in its value."""

ATTRIBUTES = frozenset({*PLACES, *_PARTS})
"""The attributes in whose values names are looked for."""

_NO_LABEL = re.compile(
    r"[\W_]{0,3}(?:compat|kompat|emulat|style\b|like\b|types?\b|clone|ready\b|certified|approved|protocol|for\b|voor\b|"
    r"f[uü]r\b|works\b|or\b|and\b|und\b|en\b|of\b|partner|reseller|dealer|support|user|guest|service|cloud|login|is\b)",
    re.IGNORECASE,
)
"""Behind a name: the name of something else, or a sentence."""

_TOKEN = re.compile(r"[\s,:;/|_()\"'-]*([A-Za-z0-9][A-Za-z0-9.+/-]{0,40})")
_UNIT = re.compile(
    r"(?:19|20)\d\d|[vV]?\d+(?:\.\d+)+|\d+(?:[.,]\d+)?(?:m|mm|cm|km|u|he|w|kw|v|va|kva|a|ah|mah|gb|tb|mb|g|mp|mpx|x|st|"
    r"ch|p|inch|port|ports|poorts|ghz|mhz|hz|mbps|gbps|bit|k|e|th|nd|rd)",
    re.IGNORECASE,
)
_HOST_NUMBER = re.compile(
    r"(?![-_.]?(?:srv|server|vm|proxy|lab|test|user|backup|mgmt|admin|guest|pc|laptop|desktop|vlan|net|wifi)(?![a-z]))"
    r"[-_.]?[A-Za-z0-9._-]{0,24}?\d[A-Za-z0-9]*(?:\.[a-z.-]{1,80})?\Z",
    re.IGNORECASE,
)
"""Behind a name in a host name: what tells this device from others of its kind, and is not the use of a computer."""

_COPYRIGHT = re.compile(
    r"(?:copyright|&copy;|&#169;|\(c\)|©)(?:[\s,.:-]|&copy;|&#169;|&nbsp;|\(c\)|©|by\b|(?:19|20)\d\d){1,24}",
    re.IGNORECASE,
)
_COPYRIGHT_SIGNS = ("copyright", "&copy;", "&#169;", "(c)", "©")
_HOLDER_ENDS = re.compile(rf"[\s,.]{{0,3}}(?:(?:{LEGAL})\b|all rights|<|&|\Z)", re.IGNORECASE)
_SETTING = re.compile(r"(?<![a-z])(?:brand|manufacturer|vendor(?:_?name)?)[\"']?\s?[=:>]\s?[\"']?", re.IGNORECASE)
_SETTING_WORDS = ("brand", "manufacturer", "vendor")
_SETTING_ENDS = re.compile(rf"(?:[\s,.]{{0,2}}(?:{LEGAL}|{TRADE})\b)*[.]?\s*?(?:[\r\n<\"',;&}}]|\Z)", re.IGNORECASE)

MOST_TOKENS = 8
"""Products of a list that are looked at."""

MOST_NOTICES = 4
"""Copyright notices of a page that are read; a page that names many holders is made of parts of others."""

_SHARED = re.compile(r"\s@\s")
"""A printer that a computer shares: the name is the printer's, the device is the computer."""

_PUBLIC_HOST = re.compile(
    r"CN=[^,]*\.(?!local\b|lan\b|home\b|internal\b|localdomain\b|corp\b)[a-z]{2,24}\s*(?:,|\Z)", re.I
)
"""A certificate for a host of the internet: the organisation runs a server, and did not make it."""


def name_claims(observation: Observation, catalog: Catalog) -> Iterator[Claim]:
    """The brands that a value names at a place where names count.

    Args:
        observation: what was observed; its value may be anything.
        catalog: the catalog.
    """
    attribute = observation.attribute
    if attribute not in ATTRIBUTES:
        return
    longest = LONGEST_PAGE if attribute == "http.body" else LONGEST
    names, value = names_of(catalog), observation.value[:longest]
    told: set[str] = set()
    for place, start, end in _places(attribute, value):
        for found in _FINDERS[place.counts](names, value[:end], start, place):
            if found.brand.id not in told and place.strength in catalog.strengths:
                told.add(found.brand.id)
                yield Claim(
                    field="brand",
                    value=found.brand.id,
                    technique=place.technique,
                    strength=catalog.strengths[place.strength].weight,
                    record=found.brand.id,
                    observations=(observation.id,),
                    attribute=attribute,
                    observed=observation.value[:LONGEST],
                    span=(min(found.start, LONGEST), min(found.end, LONGEST)),
                )


def _places(attribute: str, value: str) -> Iterator[tuple[Place, int, int]]:
    """The places of a value, each with its start and end."""
    if place := PLACES.get(attribute):
        start = 0
        if place.before and (before := place.before.match(value)):
            start = before.end()
        elif place.before in _NEEDED:
            return
        while start < len(value) and value[start] in " \t\r\n\"'":
            start += 1
        yield place, start, len(value)
    elif attribute.startswith("tls."):
        if _PUBLIC_HOST.search(value):
            return
        for part in re.finditer(r"(?:\A|,)\s*(O|CN)=([^,=]*(?:,[^,=]*(?=,|\Z))*)", value):
            if part[1].lower() in _PARTS[attribute]:
                yield _PARTS[attribute][part[1].lower()], part.start(2), part.end(2)
    else:
        key, sign, _ = value.partition("=")
        found = _PARTS[attribute].get(key.strip().lower()) if sign else None
        if found:
            start = len(key) + 1
            start += 1 if value[start : start + 1] == "(" else 0  # product=(HP LaserJet 400)
            yield found, start, len(value)


def _as_field(names: Names, value: str, start: int, _place: Place) -> Iterator[Found]:
    found = names.at(value, start)
    if found and is_all(found, value):
        yield found


def _as_start(names: Names, value: str, start: int, place: Place) -> Iterator[Found]:
    found = names.at(value, start)
    if found is None or _SHARED.search(value):
        return
    if place.counts != "model" and is_all(found, value):
        yield found
    elif _labels(names, found, value):
        few = 1 if found.word else 3
        # "Dahua scale controller" is no Dahua: where a wrong name weighs heavily, a word behind it is not enough
        needs_model = place.counts == "model" or careful(found, value) or found.brand.own_design != "usual"
        if not needs_model or _model_behind(value, found.end, few):
            yield found


def _as_text(names: Names, value: str, start: int, _place: Place) -> Iterator[Found]:
    low, covered = lowered(value), start
    for tried, atom in enumerate(ATOM.finditer(value, start)):
        if tried == MOST_TRIED:
            return
        at = atom.start()
        if at < covered or (at and (value[at - 1].isalnum() or value[at - 1] in "-@._/")):
            continue
        found = names.at(value, at) if names.begins(atom[0]) else None
        if found is None:
            continue
        covered = found.end
        itself = not part_of_a_word(value, found.end) and role_of(low, found.start, found.end, None).role == "is"
        if itself and _labels(names, found, value) and _model_behind(value, found.end, 1 if found.word else 2):
            yield found


def _as_greeting(names: Names, value: str, start: int, place: Place) -> Iterator[Found]:
    first = tuple(_as_start(names, value, start, place))
    yield from first or _as_text(names, value, start, place)


def _as_token(names: Names, value: str, start: int, place: Place) -> Iterator[Found]:
    first = tuple(_as_start(names, value, start, place))
    yield from first
    for token in islice(re.finditer(r"(?<=[\s,])[^\s,]{3,60}", value[start:]), 0 if first else MOST_TOKENS):
        found = names.at(value, start + token.start())
        if found and not found.word and value[found.end : found.end + 1] in ("/", "-", ""):
            yield found


def _as_host(names: Names, value: str, start: int, place: Place) -> Iterator[Found]:
    if " " in value:
        yield from _as_start(names, value, start, place)
        return
    found = names.at(value, start)
    if found and not careful(found, value) and _HOST_NUMBER.match(value, found.end):
        yield found


def _as_page(names: Names, value: str, start: int, _place: Place) -> Iterator[Found]:
    low = lowered(value)  # most pages hold none of these words: that is asked first and alone
    notices = _COPYRIGHT.finditer(value, start) if any(sign in low for sign in _COPYRIGHT_SIGNS) else ()
    for notice in islice(notices, MOST_NOTICES):
        found = names.at(value, notice.end())
        if found and (_HOLDER_ENDS.match(value, found.end) or not found.word) and _labels(names, found, value):
            yield found
    settings = _SETTING.finditer(value, start) if any(word in low for word in _SETTING_WORDS) else ()
    for setting in islice(settings, MOST_NOTICES):
        found = names.at(value, setting.end())
        if found and _SETTING_ENDS.match(value, found.end):
            yield found


_FINDERS: dict[Counts, Callable[[Names, str, int, Place], Iterator[Found]]] = {
    "field": _as_field,
    "start": _as_start,
    "token": _as_token,
    "greeting": _as_greeting,
    "model": _as_start,
    "host": _as_host,
    "page": _as_page,
    "text": _as_text,
}


def _labels(names: Names, found: Found, value: str) -> bool:
    """Whether what stands behind a name lets it be a label: no sentence, no "compatible", no second name."""
    if _NO_LABEL.match(value, found.end):
        return False
    following = ATOM.search(value, found.end)
    if following is None or following.start() - found.end > 3:
        return True
    other = names.at(value, following.start())
    return other is None or other.brand.company == found.brand.company


def _model_behind(value: str, end: int, few: int) -> bool:
    """Whether one of the next few words looks like a model: digits with letters, or three digits and more."""
    for _ in range(few):
        token = _TOKEN.match(value, end)
        if token is None:
            return False
        word = token[1].rstrip("./+-")
        digits = sum(sign.isdigit() for sign in word)
        if digits and not _UNIT.fullmatch(word) and (digits >= 3 or (len(word) >= 3 and not word.isdigit())):
            return True
        end = token.end()
    return False
