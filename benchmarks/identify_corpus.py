"""A country's scan data, made: a million records of realistic shares, and two thousand patterns to hold against them.

Patterns are our own fingerprints of ten attributes, widened with invented products to the sizes that recog's databases
have, in the shapes that its expressions have: most begin at the start, one in seven ignores case, one in six may stand
anywhere. Shares are a judgement: 60 % HTTP answers, of which a quarter come from cameras and recorders, 10 % RTSP,
12 % TLS certificates, 6 % SNMP, 5 % SSH, 4 % FTP, 3 % Telnet. Seven in ten values repeat; about as many are known.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from custodiet.catalog import Catalog

SHAPES: dict[str, tuple[str, int, list[tuple[str, list[str]]]]] = {
    "http.server": (
        "http_servers",
        520,
        [
            (r"^{N}/([\d.]+)$", ["{N}/{V}"]),
            (r"^{N}(?:/([\d.]+))?(?: \(.*\))?$", ["{N}", "{N}/{V}", "{N}/{V} (Unix)", "{N}/{V} (Debian) mod_x/{V}"]),
            (r"(?i)^{n}[-_ ]?httpd?/?([\d.]+)?", ["{N}-HTTPD/{V}", "{n} httpd", "{N}-httpd {V}"]),
            (r"^{N}$", ["{N}"]),
            (r"{N}-(?:HTTP|WEB)-?Server/(\S+)", ["{N}-HTTP-Server/{V}", "Embedded {N}-WEBServer/{V}"]),
            (r"^(?:.*[ ,])?{N}/([\d.]+)(?:[ ,].*)?$", ["Linux/{V} UPnP/1.0 {N}/{V}", "{N}/{V}, build {S}"]),
        ],
    ),
    "http.title": (
        "html_title",
        560,
        [
            (r"^{N} (?:Login|Log In|Web Interface|Configuration)$", ["{N} Login", "{N} Web Interface"]),
            (
                r"^{N} ([A-Z]{2,3}-?\d{3,4}[A-Z]*)(?: - .*)?$",
                ["{N} {M}", "{N} {M} - {H}", "{N} {M} - Ansicht · Übersicht"],
            ),
            (r"(?i)^(?:welcome to )?{n}\b", ["Welcome to {N}", "{N}", "welcome to {n} on {H}"]),
            (r"^(\S+) - {N} Management$", ["{H} - {N} Management"]),
            (r"^{N}&reg; (.+)$", ["{N}&reg; {M}"]),
            (r"^{N}$", ["{N}"]),
        ],
    ),
    "http.www_authenticate": (
        "http_wwwauth",
        120,
        [
            (r'^(?:Basic|Digest) realm="{N}(?: ([\w-]+))?"', ['Basic realm="{N}"', 'Basic realm="{N} {M}"']),
            (r'realm="{N}_([0-9A-F]+)"', ['Digest qop="auth", realm="{N}_{S}", nonce="{S}"']),
        ],
    ),
    "http.set_cookie": (
        "http_cookies",
        150,
        [
            (r"^{N}SESSID=", ["{N}SESSID={S}; path=/"]),
            (r"(?:^|; ?){n}_session(?:id)?=", ["{n}_session={S}", "lang=en; {n}_sessionid={S}"]),
        ],
    ),
    "rtsp.server": (
        "rtsp_servers",
        40,
        [(r"^{N}[ -]?RTSP(?: Server)?/([\d.]+)", ["{N} RTSP Server/{V}", "{N}-RTSP/{V}"])],
    ),
    "tls.subject": (
        "x509_subjects",
        150,
        [
            (r"^CN={N}[ -]?(\w*),", ["CN={N},O=x,C=NL", "CN={N}-{S},O={N},C=DE"]),
            (r"(?:^|,)O={N}(?: Inc\.?| GmbH| Ltd\.?)?(?:,|$)", ["CN={H},O={N} GmbH,C=DE", "CN={S},O={N} Inc."]),
            (r"CN=([^,]+),OU={N},", ["CN={S},OU={N},O=x"]),
        ],
    ),
    "snmp.sys_descr": (
        "snmp_sysdescr",
        300,
        [
            (r"^{N} (\S+) (?:Switch|Router|Printer),? (?:Version|SW) ([\d.]+)", ["{N} {M} Switch, Version {V}"]),
            (r"^{N}.*\bfirmware:? v?([\d.]+)", ["{N} {M}, firmware: v{V}", "{N} device\r\nModel {M} firmware {V}"]),
            (r"(?i)^{n}\s+([\w-]+)$", ["{N} {M}"]),
        ],
    ),
    "banner.ssh": (
        "ssh_banners",
        150,
        [
            (
                r"^SSH-[\d.]+-{N}[_-]([\d.]+\w*)(?: .*)?$",
                ["SSH-2.0-{N}_{V}", "SSH-2.0-{N}_{V}p1 {H}", "SSH-1.99-{N}-{V}"],
            ),
            (r"^SSH-2\.0-{N}$", ["SSH-2.0-{N}"]),
        ],
    ),
    "banner.ftp": (
        "ftp_banners",
        190,
        [
            (r"^220[ -](?:.*)?{N} FTP [Ss]erver(?: \(Version ([\d.]+)\))?", ["220 {N} FTP server (Version {V})"]),
            (r"^220 {N} .*ready", ["220 {N} {M} ready", "220 {N} file transfer service ready. {H}"]),
        ],
    ),
    "banner.telnet": (
        "telnet_banners",
        130,
        [
            (r"(?s)^\s*{N} .*[Ll]ogin:", ["\r\n{N} {M}\r\n\r\nlogin: ", "{N} {V}\r\n{H} Login: "]),
            (r"{N} Telnet [Ss]erver ([\d.]+)", ["Welcome to {N} Telnet Server {V}"]),
        ],
    ),
}
"""Attribute -> name of recog's database, patterns in it, and the shapes of its expressions, each with values it is for.

N is a product and n the same in small letters, V a version, M a model, H a host, S a serial number.
"""

UNKNOWN = {
    "http.server": ["{H}", "nginx/{V}", "Apache/{V} (Ubuntu)", "Microsoft-IIS/10.0"],
    "http.title": ["{H}", "Index of /{S}", "Home | {H}", "404 Not Found", "Zugriff verweigert", "Fête · {H}"],
    "http.www_authenticate": ['Basic realm="{H}"', 'Basic realm="Restricted"', 'Digest realm="{S}", nonce="{S}"'],
    "http.set_cookie": ["sid={S}; path=/", "JSESSIONID={S}", "csrftoken={S}; secure"],
    "rtsp.server": ["RTSP", "Server {V}"],
    "tls.subject": ["CN={H}", "CN={H},O=Gemeente,C=NL", "CN=*.{H}", "CN={S}"],
    "snmp.sys_descr": ["Linux {H} {V} #1 SMP x86_64", "Hardware: {S} Software: {V}"],
    "banner.ssh": ["SSH-2.0-OpenSSH_{V}p1 Debian", "SSH-2.0-OpenSSH_{V}", "SSH-2.0-{S}"],
    "banner.ftp": ["220 {H} ready", "220 Welcome.", "220 (vsFTPd {V})"],
    "banner.telnet": ["\r\nlogin: ", "{H} login: ", "\r\n\r\nUser Access Verification\r\n\r\nPassword: "],
}
"""Values that nothing invented is for."""

KINDS = [("http", 60), ("rtsp", 10), ("tls", 12), ("snmp", 6), ("ssh", 5), ("ftp", 4), ("telnet", 3)]
ALONE = {
    "rtsp": "rtsp.server", "tls": "tls.subject", "snmp": "snmp.sys_descr", "ssh": "banner.ssh", "ftp": "banner.ftp",
    "telnet": "banner.telnet",
}  # fmt: skip
_PLACE = re.compile(r"\{([VMHS])\}")
_SYLLABLES = [
    "ba",
    "co",
    "da",
    "el",
    "fo",
    "ga",
    "hi",
    "in",
    "jo",
    "ka",
    "lu",
    "mi",
    "no",
    "or",
    "pi",
    "qua",
    "ri",
    "sol",
    "ta",
    "ul",
    "ven",
    "wi",
    "xa",
    "yo",
    "zen",
    "tro",
    "gre",
    "bly",
    "sta",
    "cra",
]
_ENDS = ["tec", "nix", "com", "net", "sys", "ware", "link", "gate", "view", "port", "max", "core"]


@dataclass
class Corpus:
    """What was made."""

    patterns: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Attribute -> id and expression, in record order."""
    records: list[list[tuple[str, str]]] = field(default_factory=list)
    """The facts of each record."""

    def values(self) -> dict[str, list[str]]:
        """Attribute -> the values of it in all records, as they come."""
        found: dict[str, list[str]] = {attribute: [] for attribute in self.patterns}
        for record in self.records:
            for attribute, value in record:
                found[attribute].append(value)
        return found


def make(catalog: Catalog, count: int, seed: int = 20261121) -> Corpus:
    """Make patterns and records.

    Args:
        catalog: our fingerprints stand first in each set of patterns.
        count: records.
        seed: the same seed makes the same corpus from the same catalog.
    """
    chance = random.Random(seed)
    corpus = Corpus()
    made: dict[str, list[list[str]]] = {}
    cameras: dict[str, list[str]] = {}
    for attribute, (_, size, shapes) in SHAPES.items():
        ours = catalog.by_attribute(attribute)
        patterns = [(f.id, f.when.regex or f"^(?:{'|'.join(map(re.escape, f.when.equals))})$") for f in ours]
        cameras[attribute] = [example.value for f in ours for example in f.examples]
        made[attribute] = []
        for number in range(max(size - len(patterns), size // 2)):
            name = _name(chance)
            shape, values = shapes[number % len(shapes)]
            patterns.append((f"made-{attribute}-{number}", _named(shape, name)))
            made[attribute].append([_named(value, name) for value in values])
        corpus.patterns[attribute] = patterns
        chance.shuffle(made[attribute])
    values = _Values(chance, made, cameras)
    kinds = chance.choices([kind for kind, _ in KINDS], [share for _, share in KINDS], k=count)
    corpus.records = [list(_record(kind, chance, values)) for kind in kinds]
    return corpus


def _record(kind: str, chance: random.Random, values: _Values) -> Iterator[tuple[str, str]]:
    if kind != "http":
        attribute = ALONE[kind]
        camera = chance.random() < (0.6 if kind == "rtsp" else 0.1)
        yield attribute, values.one(attribute, camera)
        return
    camera = chance.random() < 0.25
    yield "http.server", values.one("http.server", camera)
    draw = chance.random()
    if draw < 0.50:
        yield "http.title", values.one("http.title", camera)
    if draw > 0.86:
        yield "http.www_authenticate", values.one("http.www_authenticate", camera)
    if 0.45 < draw < 0.60:
        yield "http.set_cookie", values.one("http.set_cookie", camera)


class _Values:
    """Draws values: few products are common and most are rare, and so are their versions."""

    def __init__(self, chance: random.Random, made: dict[str, list[list[str]]], cameras: dict[str, list[str]]) -> None:
        self._chance, self._made, self._cameras = chance, made, cameras

    def one(self, attribute: str, camera: bool) -> str:
        chance = self._chance
        if camera and self._cameras[attribute]:
            found = self._cameras[attribute]
            return found[int(len(found) * chance.random() ** 2)]
        draw = chance.random()
        if draw < 0.30:
            template = chance.choice(UNKNOWN[attribute])
        else:
            products = self._made[attribute]
            template = chance.choice(products[int(len(products) * chance.random() ** 3)])
        return _PLACE.sub(self._filled, template)

    def _filled(self, place: re.Match[str]) -> str:
        chance = self._chance
        match place[1]:
            case "V":
                return f"{int(5 * chance.random() ** 2) + 1}.{int(10 * chance.random() ** 2)}.{int(4 * chance.random() ** 3)}"
            case "M":
                return f"{chance.choice(('AB', 'XR', 'PTZ'))}-{100 + int(60 * chance.random() ** 2)}"
            case "H":
                return f"host-{int(40_000 * chance.random() ** 2)}.example.net"
            case _:
                return f"{chance.getrandbits(48):012X}"


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(1, 2))).capitalize() + chance.choice(_ENDS)


def _named(template: str, name: str) -> str:
    return template.replace("{N}", name).replace("{n}", name.lower())


def use_values(corpus: Corpus, examples: dict[str, list[str]], seed: int = 1) -> None:
    """Put examples, with other numbers in them, in the place of values that were made for invented products."""
    chance = random.Random(seed)
    known = {attribute: [text for text in found if text] for attribute, found in examples.items()}

    def other(value: str) -> str:
        return re.sub(r"(?<=[./ _-])\d", lambda _: str(int(10 * chance.random() ** 3)), value)

    for record in corpus.records:
        for place, (attribute, _) in enumerate(record):
            if known.get(attribute) and chance.random() < 0.66:
                found = known[attribute]
                record[place] = (attribute, other(found[int(len(found) * chance.random() ** 3)]))
