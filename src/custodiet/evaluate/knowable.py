"""Whether a payload can tell who made the device, decided from the label and the payload alone.

Nothing here looks at an answer, a fingerprint or a brand of the catalog, so that a miss can never be explained away by
having missed it. A line is left out of "where it can be known" only if

- nobody knows the maker (the label says so), or
- the payload spells neither maker nor brand nor model, and each single value in it is silent: a MAC address of a block
  that somebody else holds, a value that the same file shows for devices of another maker, or words that name nothing
  but software, a protocol or a kind of device.

A value that our readers do not understand is no reason: such a line stays in and counts as missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from custodiet.catalog.ask import lookup_mac
from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import fold
from custodiet.evaluate.lines import Labelled

Reason = Literal["nobody knows", "address of another", "shared with another maker", "names only software or kind", ""]
"""Why a payload cannot tell its maker; empty where it can."""

MEANS: dict[str, str] = {
    "nobody knows": "the label itself says that the maker is not known",
    "address of another": "only a MAC address, of a block that another company holds",
    "shared with another maker": "the same file shows the same values for another maker",
    "names only software or kind": "only names of software, protocols or kinds of device",
}
"""What each reason means, for people."""

SOFTWARE = (
    "linux unix windows android busybox openwrt udhcp udhcpc udhcpcd dhcpcd dhclient dhcp msft lwip vxworks ecos "
    "apache nginx lighttpd httpd thttpd boa goahead webs gsoap upnp miniupnpd miniupnp libupnp portable sdk for "
    "devices openssh dropbear proftpd vsftpd pureftpd live libavformat lavf ffmpeg gstreamer vlc server"
)
"""Software that anybody may use."""
PROTOCOLS = (
    "http https rtsp rtp sip ftp telnet ssh tcp udp ip local onvif mdns www basic digest realm login ready welcome ok "
    "version channel stream main sub ch video audio av h hevc mpeg mp mjpeg jpeg sdp root index html the to from and"
)
"""Protocols, codecs, and the words of their forms."""
KINDS = "camera cam ipcam ipcamera netcam network dvr nvr recorder device localhost localcam router switch printer"
"""Kinds of device, and host names that say no more."""

GENERAL = frozenset(f"{SOFTWARE} {PROTOCOLS} {KINDS}".split())
"""Words that name no maker. The list is short on purpose: a word that is missing here counts against us."""

_WORD = re.compile(r"[a-z]+")
_LEAST = 4
"""Letters of a name that is looked for anywhere in a payload; a shorter one must stand there as a word."""


class Knowable:
    """Which lines can be known, over one file.

    Args:
        catalog: for the holders of address blocks, as the registry has them.
        lines: all lines of the file, since what two makers share tells neither.
    """

    def __init__(self, catalog: Catalog, lines: Iterable[Labelled]) -> None:
        self._catalog = catalog
        self._makers: dict[tuple[str, str], set[str]] = {}
        for line in lines:
            for fact in line.facts:
                self._makers.setdefault(fact, set()).add(fold(line.maker))

    def why_not(self, line: Labelled) -> Reason:
        """Why the payload of this line cannot tell its maker; empty where it can."""
        if not line.maker_known:
            return "nobody knows"
        if spelt(line):
            return ""
        reasons: list[Reason] = [self._silent(attribute, value, line) for attribute, value in line.facts]
        if not reasons or not all(reasons):
            return ""
        return "address of another" if "address of another" in reasons else reasons[0]

    def _silent(self, attribute: str, value: str, line: Labelled) -> Reason:
        if attribute == "net.mac":
            holder = self._holder(value) or line.registered_to
            return "address of another" if holder and not _named_in(holder, line) else ""
        if len(self._makers[attribute, value]) > 1:
            return "shared with another maker"
        return "names only software or kind" if _general(attribute, value) else ""

    def _holder(self, mac: str) -> str:
        found = lookup_mac(self._catalog, mac)
        return found[0].registrant if found else ""


def _general(attribute: str, value: str) -> bool:
    """Whether a value names no maker. Numbers alone may be a hash or an object identifier, which can tell much."""
    if attribute == "dhcp.parameter_list":
        return True  # the habit of the DHCP client, which is software
    words = set(_WORD.findall(value.lower()))
    return words <= GENERAL and (bool(words) or attribute == "rtsp.path")


def spelt(line: Labelled) -> bool:
    """Whether the payload spells the maker, the brand or the model."""
    whole = fold(line.payload)
    words = set(re.findall(r"[a-z0-9]+", line.payload.lower()))
    names = [line.maker.partition("(")[0], line.brand.partition("(")[0], line.model]
    telling = [fold(name) for name in names if not set(_WORD.findall(name.lower())) <= GENERAL]
    return any(name in words or (len(name) >= _LEAST and name in whole) for name in telling if name != "unknown")


def _named_in(holder: str, line: Labelled) -> bool:
    """Whether the holder of a block is the maker or the brand of the line, by a word they share."""
    theirs = set(re.findall(r"[a-z0-9]{2,}", holder.lower().replace("-", "")))
    ours = set(re.findall(r"[a-z0-9]{2,}", f"{line.maker} {line.brand}".lower().replace("-", "")))
    return bool(theirs & ours)
