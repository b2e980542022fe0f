"""Configurations of Cisco IOS and IOS-XE, as ``show running-config`` prints them.

Read are interfaces, their addresses and VLANs, VRFs, static routes, access lists with their groups, and where the lists
stand. Translation is noted. What is known to neither route nor filter is left out; every other line is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_interface, ip_network

from custodiet.reach.configs.ios_lists import Lists
from custodiet.reach.configs.lines import NotUnderstood, Text, address_range, date_in, shown, unread, words_of
from custodiet.reach.network import Binding, Device, Interface, Match, Reading, Route, Translation

_HARMLESS = words_of(
    """aaa alias archive arp authentication banner boot building call-home cdp class-map clock config-register
    configuration control-plane current device-sensor device-tracking diagnostic dot1x enable end
    epm errdisable exception exit file flow hostname identity ipc key lacp ldap license line lldp load-interval logging
    login mac
    memory mls monitor multilink netconf netconf-yang network-clock nmsp ntp parameter-map parser password
    platform port-channel power prompt privilege process qos queue-monitor radius radius-server redundancy restconf rmon
    route-map scheduler sdm security service service-template shell snmp snmp-server spanning-tree stack stack-mac
    stackwise-virtual standby subscriber switch system table-map tacacs tacacs-server terminal time-range
    track transceiver transport tftp-server udld upgrade username version virtual-service vtp warm-reboot
    wireless wsma policy-map using last telemetry hw-module environment facility-alarm"""
)
_HARMLESS_IP = words_of(
    """admission arp as-path bgp-community bootp cef classless community-list default-gateway device dhcp
    domain domain-list domain-lookup domain-name explicit-path extcommunity-list finger flow flow-cache flow-export
    flow-top-talkers forward-protocol ftp gratuitous-arps host hosts http icmp identd igmp mroute msdp multicast
    multicast-routing name-server options pim prefix-list radius rcmd rsvp scp sla source-route spd ssh subnet-zero
    tacacs tcp telnet tftp vrf ddns nbar nd unicast-routing cef neighbor sticky-arp"""
)
_HARMLESS_IN_INTERFACE = words_of(
    """access-session arp authentication auto bandwidth bfd carrier-delay cdp channel-group channel-protocol clock
    delay description device-tracking dot1x duplex flowcontrol hold-queue isis keepalive lacp
    lldp load-interval logging loopback mab macro mdix media-type mls mtu negotiation nmsp ntp onep peer
    platform pnp port-channel power priority-queue queue-set routing rmon sampler service-policy shape
    snmp spanning-tree speed srr-queue storm-control switchport transceiver trust tunnel tx-ring-limit tx-queue-limit
    udld wrr-queue random-detect cts pagp vtp ospfv3 mac-address dialer-group plim hsrp"""
)
_HARMLESS_IP_IN_INTERFACE = words_of(
    """accounting arp bandwidth-percent bgp cef dampening-change dhcp directed-broadcast eigrp flow hello-interval
    hold-time helper-address icmp igmp information-reply irdp load-sharing local-proxy-arp mask-reply mtu multicast nbar
    ospf pim proxy-arp redirects rip route-cache rsvp rtp split-horizon summary-address tcp unreachables
    virtual-reassembly enable nd mld router dhcp-relay flowset"""
)
_CHANGED = re.compile(r"(?i)^! (?:Last configuration change|NVRAM config last updated) at ")


def recognise(text: str) -> bool:
    """Whether it looks like such a configuration."""
    head = text[:2_000_000]
    marks = (
        r"(?m)^hostname \S", r"(?m)^interface [A-Z][A-Za-z-]+ ?\d", r"(?m)^ ip(?:v6)? address ",
        r"(?m)^access-list \d",
        r"(?m)^ip(?:v6)? access-list ", r"(?m)^ip route ", r"(?m)^version \d\d?\.\d", r"(?m)^! (?:Last conf|NVRAM)",
    )  # fmt: skip
    return sum(bool(re.search(mark, head)) for mark in marks) >= 2


def read(text: Text) -> Reading:
    """Read one configuration."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.device = Device(text.name, text.name, "ios")
        self.lists = Lists(self.device, text)
        self.reading = Reading([self.device])
        self.v6 = False
        self.nat_in: list[str] = []
        self.nat_out: list[str] = []
        self.nat: list[tuple[int, list[str], str]] = []

    def read(self) -> Reading:
        """All sections, and then what needs all of them."""
        for number, header, inner in self._sections():
            self._section(number, header, inner)
        self.lists.finish()
        for number, words, line in self.nat:
            self._translation(number, words, line)
        return self.reading

    def _sections(self) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
        """Each line that begins at the margin, with those indented below it."""
        header: tuple[int, str] | None = None
        inner: list[tuple[int, str]] = []
        until = ""
        for number, line in enumerate(self.text.lines, 1):
            if until:
                if until in line:
                    until = ""
                continue
            if _CHANGED.match(line) and (day := date_in(line)):
                self.reading.dated, self.reading.dated_by = day, self.text.place(number)
            if not line.strip() or line.startswith("!"):
                continue
            if line[0] in " \t":
                if header is None:
                    header = (number, line.strip())
                else:
                    inner.append((number, line.strip()))
                continue
            if header:
                yield *header, inner
            header, inner = (number, line.strip()), []
            if line.lower().startswith("banner "):
                mark = line.split(None, 2)[2:] or [""]
                end = mark[0][:2] if mark[0].startswith("^") else mark[0][:1]
                if end and end not in mark[0][len(end) :]:
                    until = end
        if header:
            yield *header, inner

    def _section(self, number: int, line: str, inner: list[tuple[int, str]]) -> None:
        words = line.split()
        first = words[0].lower()
        low = [word.lower() for word in words[:3]]
        if first == "hostname" and len(words) > 1:
            self.device.name = words[1][:100]
        elif first == "interface" and len(words) > 1:
            self._interface(number, "".join(words[1:])[:100], inner)
        elif first == "access-list":
            self.lists.numbered(number, words[1:], line)
        elif low[:2] in (["ip", "access-list"], ["ipv6", "access-list"]) and len(words) > 2:
            self.lists.named(number, words, inner)
        elif first == "object-group" and len(words) > 2:
            self.lists.group(words[1].lower(), words[2], inner)
        elif low[:2] in (["ip", "route"], ["ipv6", "route"]):
            self._route(number, words, line)
        elif low == ["no", "ip", "routing"]:
            self.device.forwards = False
        elif low[:2] == ["ip", "routing"]:
            self.device.forwards = True
        elif low[:2] == ["ip", "nat"]:
            self.nat.append((number, words[2:], line))
        elif first == "router":
            why = "the routes it learns are not in the file"
            unread(self.device, self.text.place(number), line, "routes", why)
        elif low[:2] == ["vlan", "filter"]:
            unread(self.device, self.text.place(number), line, "stops")
        elif first == "vlan" or low[:2] in (["vrf", "definition"], ["crypto", "pki"], ["crypto", "key"]):
            pass
        elif first in ("zone", "zone-pair") or (first == "crypto" and low[1:2] and low[1] in _TUNNELS):
            pass  # they act only where an interface names them, and that line is then named
        elif not self._harmless(low):
            unread(self.device, self.text.place(number), line, "device")

    def _harmless(self, low: list[str]) -> bool:
        if low[0] == "no":
            low = low[1:] or [""]
        if low[0] in ("ip", "ipv6"):
            return len(low) > 1 and low[1].partition(":")[0] in _HARMLESS_IP
        return low[0].rstrip(":") in _HARMLESS

    # --- interfaces

    def _interface(self, number: int, name: str, inner: list[tuple[int, str]]) -> None:
        interface = self.device.interface(name)
        interface.place = self.text.place(number)
        for at, line in inner:
            try:
                known = self._in_interface(interface, line.split(), self.text.place(at))
            except (NotUnderstood, ValueError, IndexError):
                known = False
            if not known:
                scope = "stops" if re.match(r"(?i)ip(v6)? verify ", line) else "interface"
                unread(self.device, self.text.place(at), line, scope, interface=name)  # type: ignore[arg-type]
        if not interface.vlan and (found := re.fullmatch(r"(?i)vlan(\d{1,4})", name)):
            interface.vlan = int(found[1])

    def _in_interface(self, interface: Interface, words: list[str], place: str) -> bool:
        low = [word.lower() for word in words]
        if low == ["shutdown"]:
            interface.shut = True
            return True
        if low[0] == "no":
            return True  # what is switched off does nothing
        if low[0] == "encapsulation":
            if low[1] in ("dot1q", "isl"):
                interface.vlan = int(words[2])
            return True
        if low[0] in ("standby", "vrrp", "glbp"):
            self._shared(interface, low)
            return True
        if low[:2] == ["vrf", "forwarding"] or low[:3] == ["ip", "vrf", "forwarding"]:
            interface.vrf = words[-1]
            return True
        if low[0] in ("ip", "ipv6") and len(low) > 1:
            return self._ip(interface, words, low, place)
        return low[0] in _HARMLESS_IN_INTERFACE

    def _ip(self, interface: Interface, words: list[str], low: list[str], place: str) -> bool:
        if low[1] == "address":
            if low[0] == "ip" and len(words) >= 4:
                interface.addresses.append(ip_interface(f"{words[2]}/{words[3]}"))
                return True
            if low[0] == "ipv6" and "/" in words[2]:
                interface.addresses.append(ip_interface(words[2]))
                return True
            return low[0] == "ipv6" and low[-1] == "link-local"
        if low[1] == "access-group" and len(words) == 4 and low[3] in ("in", "out"):
            self.device.bindings.append(Binding(words[2], low[3], interface.name, 4, place))  # type: ignore[arg-type]
            return True
        if low[1] == "traffic-filter" and len(words) == 4 and low[3] in ("in", "out"):
            self.device.bindings.append(Binding("6:" + words[2], low[3], interface.name, 6, place))  # type: ignore[arg-type]
            return True
        if low[1] == "nat" and low[2:] in (["inside"], ["outside"]):
            (self.nat_in if low[2] == "inside" else self.nat_out).append(interface.name)
            return True
        return low[1] in _HARMLESS_IP_IN_INTERFACE

    def _shared(self, interface: Interface, low: list[str]) -> None:
        """An address that several routers answer for: whoever routes to it may come to this one."""
        for at, word in enumerate(low[:-1]):
            if word == "ip" and interface.addresses:
                try:
                    own = interface.addresses[0]
                    if ip_address(low[at + 1]) in own.network:
                        interface.addresses.append(ip_interface(f"{low[at + 1]}/{own.network.prefixlen}"))
                except ValueError:
                    return

    # --- routes and translation

    def _route(self, number: int, words: list[str], line: str) -> None:
        place = self.text.place(number)
        try:
            self.device.routes.append(self._parsed_route(words, place, line))
        except (NotUnderstood, ValueError, IndexError):
            unread(self.device, place, line, "routes")

    def _parsed_route(self, words: list[str], place: str, line: str) -> Route:
        rest = words[2:]
        vrf = ""
        if rest[0].lower() == "vrf":
            vrf, rest = rest[1], rest[2:]
        if words[0].lower() == "ipv6":
            network, rest = ip_network(rest[0], strict=False), rest[1:]
        else:
            network, rest = ip_network(f"{rest[0]}/{rest[1]}", strict=False), rest[2:]
        if "global" in [word.lower() for word in rest]:
            raise NotUnderstood("a route into another table")
        interface, hop = "", None
        if rest[0].lower().startswith("null"):
            return Route(network, discard=True, vrf=vrf, place=place, text=shown(line))
        if not _is_address(rest[0]):
            interface, rest = rest[0], rest[1:]
            if rest and rest[0].isdigit() and "/" not in interface and not re.search(r"\d", interface):
                interface, rest = interface + rest[0], rest[1:]
        if rest and _is_address(rest[0]):
            hop = ip_address(rest[0])
        return Route(network, hop, interface, vrf=vrf, place=place, text=shown(line))

    def _translation(self, number: int, words: list[str], line: str) -> None:
        low = [word.lower() for word in words]
        place, text = self.text.place(number), shown(line)
        inside, outside = tuple(self.nat_in), tuple(self.nat_out)
        to_outside = Match(inward=inside, outward=outside)
        if low[:1] and low[0] in ("pool", "translation", "log", "service", "settings", "portmap"):
            return
        if low[:2] == ["inside", "source"]:
            self.device.translations.append(Translation("source", to_outside, place, text))
            if low[2:3] != ["static"]:
                return
            match = Match(inward=outside)
        elif low[:2] == ["outside", "source"]:
            match = Match(inward=(*inside, *outside))
        else:
            match = Match()
        self.device.translations.append(Translation("destination", match, place, text))


_TUNNELS = ("isakmp", "ikev2", "ipsec", "map", "dynamic-map", "keyring", "gdoi", "engine", "ca", "logging")


def _is_address(text: str) -> bool:
    try:
        address_range(text)
    except NotUnderstood:
        return False
    return "/" not in text
