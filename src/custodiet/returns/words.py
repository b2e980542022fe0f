"""The words that every return has in common, in the three languages of returns; and dates and limits in them.

What devices and files say is never translated, and neither is what people wrote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from custodiet.dates import parse_date
from custodiet.returns.paper import Language

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "missing": "Facts that are missing",
        "nothing missing": "Nothing that this return asks for is missing.",
        "answer in": "answer in the sites file: {}",
        "asked of": "Asked of: {}",
        "more missing": "Further facts are missing; the return that is not public lists them.",
        "due": "What is owed, and when",
        "what": "What",
        "by": "By",
        "because": "Because",
        "passed": "that day has passed",
        "as of": "As of",
        "body": "Body",
        "signed": "Signed by",
        "unsigned": "nobody yet",
        "publication": "Publication",
        "public": "Public: only what may be published is left in it.",
        "restricted": "Restricted: parts of it may not be published; each heading says which.",
        "open": "Public: nothing in it is withheld by a rule that we know.",
        "this part": "This part may be published.",
        "part without": "This part may be published without what stands under: {}.",
        "not this part": "This part is restricted.",
        "changed": "What changed since the last return",
        "no previous": "No earlier return was given to compare with.",
        "compared": "Compared with the return of {}.",
        "no change": "Nothing changed.",
        "table": "Table",
        "row": "Entry",
        "column": "What",
        "was": "Was",
        "now": "Is now",
        "new": "new",
        "gone": "no longer listed",
        "method": "How it was found out",
        "coverage": "What was not looked at",
        "not known": "not known",
        "yes": "yes",
        "no": "no",
        "none": "None.",
        "few": "fewer than {}",
        "withheld": "withheld",
        "made with": "Made with {}, catalog {}. Texts applied: {}.",
        "read": "Read: {}.",
        "nothing read": "Nothing was read.",
        "judged": "The devices were named by what they and the records say, and judged for {} by the texts named "
        "below. No device was contacted for this return.",
        "and more": "and {} more",
    },
    "nl": {
        "missing": "Gegevens die ontbreken",
        "nothing missing": "Er ontbreekt niets van wat hier gevraagd wordt.",
        "answer in": "antwoord in het locatiebestand: {}",
        "asked of": "Gevraagd over: {}",
        "more missing": "Er ontbreken nog gegevens; de versie die niet openbaar is, noemt ze.",
        "due": "Wat nog moet, en wanneer",
        "what": "Wat",
        "by": "Uiterlijk",
        "because": "Omdat",
        "passed": "die dag is voorbij",
        "as of": "Stand op",
        "body": "Organisatie",
        "signed": "Ondertekend door",
        "unsigned": "nog niemand",
        "publication": "Openbaarheid",
        "public": "Openbaar: alleen wat openbaar mag zijn, staat erin.",
        "restricted": "Niet openbaar: delen ervan mogen niet openbaar worden; bij elk kopje staat welke.",
        "open": "Openbaar: wij kennen geen regel waardoor hier iets achterwege moet blijven.",
        "this part": "Dit deel mag openbaar zijn.",
        "part without": "Dit deel mag openbaar zijn zonder wat staat onder: {}.",
        "not this part": "Dit deel is niet openbaar.",
        "changed": "Wat er veranderd is sinds de vorige keer",
        "no previous": "Er is geen eerdere opgave meegegeven om mee te vergelijken.",
        "compared": "Vergeleken met de opgave van {}.",
        "no change": "Er is niets veranderd.",
        "table": "Tabel",
        "row": "Regel",
        "column": "Wat",
        "was": "Was",
        "now": "Is nu",
        "new": "nieuw",
        "gone": "staat er niet meer in",
        "method": "Hoe dit is uitgezocht",
        "coverage": "Waar niet naar gekeken is",
        "not known": "niet bekend",
        "yes": "ja",
        "no": "nee",
        "none": "Geen.",
        "few": "minder dan {}",
        "withheld": "weggelaten",
        "made with": "Gemaakt met {}, catalogus {}. Toegepaste teksten: {}.",
        "read": "Gelezen: {}.",
        "nothing read": "Er is niets gelezen.",
        "judged": "De apparaten zijn benoemd naar wat zij zelf en de administratie zeggen, naar de stand van {}. "
        "Voor deze opgave is geen apparaat benaderd.",
        "and more": "en {} meer",
    },
    "cs": {
        "missing": "Údaje, které chybějí",
        "nothing missing": "Nechybí nic z toho, na co se tento spis ptá.",
        "answer in": "odpověď v souboru míst: {}",
        "asked of": "Týká se: {}",
        "more missing": "Chybějí další údaje; uvádí je verze, která není veřejná.",
        "due": "Co je třeba dodat a kdy",
        "what": "Co",
        "by": "Nejpozději",
        "because": "Protože",
        "passed": "tento den již uplynul",
        "as of": "Stav ke dni",
        "body": "Organizace",
        "signed": "Podepsal(a)",
        "unsigned": "zatím nikdo",
        "publication": "Zveřejnění",
        "public": "Veřejné: obsahuje jen to, co smí být zveřejněno.",
        "restricted": "Neveřejné: některé části nesmějí být zveřejněny; u každého nadpisu je uvedeno které.",
        "open": "Veřejné: neznáme pravidlo, které by zde něco zakazovalo zveřejnit.",
        "this part": "Tuto část lze zveřejnit.",
        "part without": "Tuto část lze zveřejnit bez údajů ve sloupcích: {}.",
        "not this part": "Tato část není veřejná.",
        "changed": "Co se změnilo od minule",
        "no previous": "Dřívější spis k porovnání nebyl dodán.",
        "compared": "Porovnáno se spisem ke dni {}.",
        "no change": "Nic se nezměnilo.",
        "table": "Tabulka",
        "row": "Položka",
        "column": "Údaj",
        "was": "Dříve",
        "now": "Nyní",
        "new": "nové",
        "gone": "již není uvedeno",
        "method": "Jak to bylo zjištěno",
        "coverage": "Na co se nehledělo",
        "not known": "není známo",
        "yes": "ano",
        "no": "ne",
        "none": "Žádné.",
        "few": "méně než {}",
        "withheld": "neuvedeno",
        "made with": "Vytvořeno programem {}, katalog {}. Použité texty: {}.",
        "read": "Čteno: {}.",
        "nothing read": "Nic nebylo čteno.",
        "judged": "Zařízení jsou určena podle toho, co říkají sama a co je v záznamech, a posouzena ke dni {}. "
        "Kvůli tomuto spisu nebylo žádné zařízení kontaktováno.",
        "and more": "a další: {}",
    },
}
"""Language -> word -> text; each language has the same words."""

MONTHS: dict[Language, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "nl": ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
           "november", "december"),
    "cs": ("ledna", "února", "března", "dubna", "května", "června", "července", "srpna", "září", "října", "listopadu",
           "prosince"),
}  # fmt: skip
"""The months as they stand in a date."""

KINDS: dict[Language, dict[str, str]] = {
    "en": {
        "": "device of unknown kind",
        "camera": "camera",
        "thermal_camera": "thermal camera",
        "recorder": "recorder",
        "encoder": "video encoder",
        "access_controller": "access controller",
        "intercom": "intercom",
        "surveillance": "surveillance device",
        "not_surveillance": "other device",
    },
    "nl": {
        "": "apparaat van onbekende soort",
        "camera": "camera",
        "thermal_camera": "warmtebeeldcamera",
        "recorder": "recorder",
        "encoder": "video-encoder",
        "access_controller": "toegangscontrole",
        "intercom": "intercom",
        "surveillance": "bewakingsapparaat",
        "not_surveillance": "ander apparaat",
    },
    "cs": {
        "": "zařízení neznámého druhu",
        "camera": "kamera",
        "thermal_camera": "termokamera",
        "recorder": "záznamové zařízení",
        "encoder": "videokodér",
        "access_controller": "řízení přístupu",
        "intercom": "interkom",
        "surveillance": "dohledové zařízení",
        "not_surveillance": "jiné zařízení",
    },
}
"""Device class -> name for people."""

SOURCES: dict[Language, dict[str, str]] = {
    "en": {
        "capture": "captures of network traffic",
        "scan": "network scans",
        "log": "logs",
        "register": "registers",
        "purchase_record": "purchase records",
        "label": "photos of labels",
        "survey_answer": "survey answers",
        "labelled": "labelled observations",
        "live": "live conversations",
    },
    "nl": {
        "capture": "opnamen van netwerkverkeer",
        "scan": "netwerkscans",
        "log": "logbestanden",
        "register": "registers",
        "purchase_record": "inkoopgegevens",
        "label": "foto's van typeplaatjes",
        "survey_answer": "antwoorden op vragenlijsten",
        "labelled": "gelabelde waarnemingen",
        "live": "directe gesprekken met apparaten",
    },
    "cs": {
        "capture": "záznamy síťového provozu",
        "scan": "síťové skeny",
        "log": "protokoly",
        "register": "evidence",
        "purchase_record": "záznamy o nákupu",
        "label": "fotografie štítků",
        "survey_answer": "odpovědi v dotaznících",
        "labelled": "označená pozorování",
        "live": "přímá komunikace",
    },
}
"""Kind of source -> how several are named."""


def day(text: str, language: Language) -> str:
    """An ISO 8601 date, cut to the precision known, written out: "24 November 2022"; other text stays."""
    try:
        first, last = parse_date(text)
    except ValueError:
        return text
    if first.year != last.year or first.month != last.month:
        return f"{first.year:04}"
    month = MONTHS[language][first.month - 1]
    if first != last:
        return f"{first.month}/{first.year:04}" if language == "cs" else f"{month} {first.year:04}"
    return f"{first.day}{'.' if language == 'cs' else ''} {month} {first.year:04}"


def number(value: int, language: Language) -> str:
    """A whole number with the mark between thousands that the language uses."""
    return f"{value:,}".replace(",", {"en": ",", "nl": ".", "cs": "\u00a0"}[language])


def several(parts: Sequence[str], language: Language, most: int = 12) -> str:
    """Names in a row; beyond ``most`` the rest is counted."""
    if len(parts) <= most:
        return ", ".join(parts)
    more = WORDS[language]["and more"].format(number(len(parts) - most, language))
    return f"{', '.join(parts[:most])} {more}"


_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")

UNITS = (
    ("seconds", "seconden", "s"),
    ("minutes", "minuten", "min"),
    ("hours", "uur", "h"),
    ("days", "dagen", "dnů"),
)
"""A unit of time -> Dutch and Czech."""

LIMITS: dict[str, tuple[str, str]] = {
    "Inputs that could not be read at all: #. Devices that only they show are missing here.": (
        "Bestanden die helemaal niet gelezen konden worden: #. Apparaten die alleen daarin staan, ontbreken hier.",
        "Soubory, které vůbec nešlo přečíst: #. Zařízení uvedená jen v nich zde chybějí.",
    ),
    "Sources not read to the end: #. Run the same command again to finish them.": (
        "Bronnen die niet tot het einde gelezen zijn: #.",
        "Zdroje nepřečtené do konce: #.",
    ),
    "Inputs of a kind that is not read: #.": (
        "Bestanden van een soort die niet gelezen wordt: #.",
        "Soubory druhu, který se nečte: #.",
    ),
    "Sources that could not be read, or not to the end: #.": (
        "Bronnen die niet, of niet tot het einde, gelezen konden worden: #.",
        "Zdroje, které nešlo přečíst vůbec nebo do konce: #.",
    ),
    "Rows or packets that could not be read: #.": (
        "Regels of netwerkpakketten die niet gelezen konden worden: #.",
        "Řádky nebo pakety, které nešlo přečíst: #.",
    ),
    "Nothing of the network was read, only what people wrote down: labels and registers can be wrong, and devices that "
    "nobody registered do not appear.": (
        "Van het netwerk is niets gelezen, alleen wat mensen hebben opgeschreven: etiketten en registers kunnen fout "
        "zijn, en apparaten die niemand heeft geregistreerd ontbreken.",
        "Ze sítě nebylo nic čteno, jen to, co zapsali lidé: štítky a evidence mohou být chybné a zařízení, která nikdo "
        "nezapsal, chybějí.",
    ),
    "No register or purchase record was read, so devices that were off or elsewhere do not appear.": (
        "Er is geen register en geen inkoopoverzicht gelezen, dus apparaten die uit stonden of elders waren ontbreken.",
        "Nebyla čtena žádná evidence ani záznam o nákupu, takže zařízení vypnutá nebo umístěná jinde chybějí.",
    ),
    "Recorders found: #. Cameras on a recorder's own sockets are hidden behind it and are not counted.": (
        "Gevonden recorders: #. Camera's die rechtstreeks op een recorder zitten, zijn daarachter verborgen en niet "
        "geteld.",
        "Nalezená záznamová zařízení: #. Kamery připojené přímo k nim jsou za nimi skryté a nejsou započteny.",
    ),
    "Devices that gave no sign of what they are, and were not judged: #. A camera that kept silent would be among "
    "them.": (
        "Apparaten die niets van zichzelf lieten blijken en niet beoordeeld zijn: #. Een camera die zweeg zit erbij.",
        "Zařízení, která o sobě nic neprozradila a nebyla posouzena: #. Kamera, která mlčela, je mezi nimi.",
    ),
    "Purchase lines that could not be tied to a device: #. What they bought may be counted here beside the same device "
    "seen elsewhere, or stand where nobody looked.": (
        "Inkoopregels die bij geen apparaat gebracht konden worden: #. Wat daarmee gekocht is, kan hier dubbel geteld "
        "zijn, of hangen waar niemand gekeken heeft.",
        "Řádky nákupů, které nešlo přiřadit k zařízení: #. Koupené věci zde mohou být započteny dvakrát, nebo jsou "
        "tam, kde nikdo nehleděl.",
    ),
    "Devices of which so much was observed that only a part was weighed: #. All of it is kept in the case.": (
        "Apparaten waarover zoveel is waargenomen dat maar een deel is meegewogen: #.",
        "Zařízení, o nichž bylo pozorováno tolik, že byla zvážena jen část: #.",
    ),
    "Addresses outside the network, seen as the other side of traffic and not as devices: #.": (
        "Adressen buiten het netwerk, gezien als de andere kant van verkeer en niet als apparaat: #.",
        "Adresy mimo síť, viděné jako druhá strana provozu a ne jako zařízení: #.",
    ),
    "No sites file was given, so no device could be tied to a body, a site or a core network.": (
        "Er is geen locatiebestand meegegeven, dus geen apparaat is met een locatie of kernnetwerk verbonden.",
        "Soubor míst nebyl dodán, takže žádné zařízení nelze přiřadit k organizaci, místu ani páteřní síti.",
    ),
    "A device that changes its address, or is off, can be missed or counted twice.": (
        "Een apparaat dat van adres wisselt of uit staat, kan gemist of dubbel geteld zijn.",
        "Zařízení, které mění adresu nebo je vypnuté, může chybět nebo být započteno dvakrát.",
    ),
    "No capture was read, so what the devices talk to is not known.": (
        "Er is geen netwerkverkeer gelezen, dus waarmee de apparaten praten is niet bekend.",
        "Nebyl čten žádný záznam provozu, takže není známo, s čím zařízení komunikují.",
    ),
    **{
        f"Between the first and the last of these captures nobody watched for # {unit} in all.": (
            f"Tussen de eerste en de laatste van deze opnamen keek samen # {nl} niemand mee.",
            f"Mezi prvním a posledním z těchto záznamů nikdo nesledoval provoz celkem # {cs}.",
        )
        for unit, nl, cs in UNITS
    },
    **{
        f"Captures read: #, # {unit} in all. Traffic at other times, and traffic that did not pass the place of "
        "capture, was not seen.": (
            f"Gelezen opnamen van netwerkverkeer: #, samen # {nl}. Verkeer op andere tijden, en verkeer dat niet langs "
            "de plaats van opname kwam, is niet gezien.",
            f"Přečtené záznamy provozu: #, celkem # {cs}. Provoz v jiné době a provoz, který místem záznamu neprošel, "
            "nebyl vidět.",
        )
        for unit, nl, cs in UNITS
    },
}
"""A sentence of `custodiet.unseen`, its numbers as #, -> Dutch and Czech."""


def limit(sentence: str, language: Language) -> str:
    """A sentence on what was not seen, in the language; one that has no translation stays English."""
    if language == "en":
        return sentence
    told = LIMITS.get(_NUMBER.sub("#", sentence))
    if told is None:
        start = "Present, but not read by this version:"
        own = {"nl": "Aanwezig, maar niet gelezen door deze versie:", "cs": "Přítomno, ale touto verzí nečteno:"}
        return sentence.replace(start, own[language], 1) if sentence.startswith(start) else sentence
    numbers = iter(_NUMBER.findall(sentence))
    text = told[0] if language == "nl" else told[1]
    if language == "nl":
        return re.sub("#", lambda _: next(numbers).translate(str.maketrans(",.", ".,")), text)
    return re.sub("#", lambda _: next(numbers).replace(",", "\u00a0").replace(".", ","), text)
