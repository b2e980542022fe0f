"""XML of devices: often sloppy, sometimes hostile.

Read tolerantly (a missing end tag or an unbound prefix costs nothing), but a document may not declare anything: no
entities, no attribute defaults, nothing external. The only encodings known are those in which ``<`` is always one
byte, and UTF-16 with its mark; so no declaration can hide in another alphabet.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from custodiet.errors import WireError
from custodiet.wire.text import text

MAX_XML = 1 << 20
"""The most bytes of one document; descriptions and probe matches have a few thousand."""

_DECLARATIONS = ("<!entity", "<!attlist", "<!element", "<!notation")
_ENCODING = re.compile(rb"""\A<\?xml[^>]{0,200}?encoding\s{0,20}=\s{0,20}["']([A-Za-z0-9._-]{1,40})["']""")
# "Pan & tilt": an ampersand that begins no reference stands for itself.
_BARE_AMPERSAND = re.compile(r"&(?!#?[A-Za-z0-9]{1,32};)")
# Codecs of Python in which no other character holds the byte of "<".
_ASCII_LIKE = {"ascii", "iso8859-1", "iso8859-15", "cp1252", "cp1251", "gb2312", "gbk", "gb18030", "big5", "euc_kr"}
_PARSER = etree.XMLParser(
    encoding="utf-8",
    recover=True,
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    attribute_defaults=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


def parse_xml(data: bytes) -> etree._Element:
    """The root element of a document.

    Raises:
        WireError: nothing that can be read as an element, too large, or with a declaration.
    """
    if len(data) > MAX_XML:
        raise WireError(f"XML of more than {MAX_XML} bytes")
    document = _BARE_AMPERSAND.sub("&amp;", _decoded(data))
    if "<!" in document and any(word in document.lower() for word in _DECLARATIONS):
        raise WireError("XML that declares entities or attributes is refused")
    try:
        root = etree.fromstring(document.encode(), _PARSER)
    except (etree.LxmlError, ValueError) as error:
        raise WireError("not XML") from error
    if root is None:  # what recovery answers when there is nothing to recover
        raise WireError("not XML")
    info = root.getroottree().docinfo
    if info.system_url or info.public_id:
        raise WireError("XML that refers to an external definition is refused")
    return root


def _decoded(data: bytes) -> str:
    """The document as text; a byte that is no character is kept as ``\\xNN``."""
    data = data.strip(b"\0 \t\r\n")  # some devices pad the datagram, some send an empty line first
    codec = ""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec = "utf-16"
    elif match := _ENCODING.match(data):
        try:
            name = codecs.lookup(match[1].decode()).name
        except LookupError:
            name = ""
        codec = name if name in _ASCII_LIKE else ""
    if codec:
        data = data.decode(codec, "replace").encode("utf-8", "replace")
    return text(data.removeprefix(codecs.BOM_UTF8), 4 * MAX_XML)


def local(element: etree._Element) -> str:
    """Name of an element without namespace or prefix, bound or not."""
    tag = element.tag
    if not isinstance(tag, str):  # an entity reference that was not resolved
        return ""
    return tag.rpartition("}")[2].rpartition(":")[2]


def element_text(element: etree._Element, limit: int = 400) -> str:
    """All text inside an element, without surrounding blanks."""
    if len(element):
        said = "".join(part for part in element.itertext() if isinstance(part, str))
    else:
        said = element.text or ""
    return text(said.strip().encode(), limit)


def child_text(root: etree._Element, name: str, limit: int = 400) -> str:
    """Text of the first descendant of that local name; empty when there is none."""
    for element in root.iter():
        if element is not root and local(element) == name:
            return element_text(element, limit)
    return ""
