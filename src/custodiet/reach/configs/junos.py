"""Configurations of Junos routers, switches and firewalls, as ``show configuration`` prints them, or ``| display set``.

Read are interfaces, VLANs, filters, static routes, routing instances, and of firewalls the zones and policies. Groups
are not expanded: a file in which groups are applied is to be exported with ``| display inheritance``.
"""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_interface, ip_network

from custodiet.reach.configs.junos_filters import Filters
from custodiet.reach.configs.junos_policies import Policies
from custodiet.reach.configs.junos_text import Broken, Statement, statements
from custodiet.reach.configs.lines import Text, date_in, opaque, unread, words_of
from custodiet.reach.network import Binding, Device, Reading, Route

_HARMLESS = words_of(
    """version system chassis snmp class-of-service event-options poe virtual-chassis access
    ethernet-switching-options switch-options access-profile accounting-options multi-chassis"""
)
_LEARN_ROUTES = words_of("ospf ospf3 bgp isis rip ripng mpls ldp rsvp evpn l2vpn vpls")
_HARMLESS_SECURITY = words_of(
    """address-book alg application-tracking authentication-key-chains certificates flow
    idp ike ipsec key-protection log pki policies screen ssh-known-hosts traceoptions utm
    firewall-authentication user-identification"""
)
_HARMLESS_UNIT = words_of(
    """description vlan-id bandwidth encapsulation traps no-traps arp-resp proxy-arp statistics accounting-profile
    point-to-point"""
)
_HARMLESS_FAMILY = words_of(
    """mtu no-redirects no-neighbor-learn sampling policer targeted-broadcast accounting primary
    dad-disable tcp-mss"""
)
_HARMLESS_ROUTING_OPTIONS = words_of(
    """router-id autonomous-system forwarding-table nonstop-routing graceful-restart traceoptions warm-standby ppm
    bgp-orf-cisco-mode multicast max-interface-supported maximum-paths maximum-prefixes resolution"""
)
_CHANGED = re.compile(r"^## Last (?:changed|commit): ")


def recognise(text: str) -> bool:
    """Whether it looks like such a configuration."""
    head = text[:500_000]
    if (
        len(
            re.findall(
                r"(?m)^(?:set|deactivate) (?:system|interfaces|vlans|firewall|routing-options|security|version) ", head
            )
        )
        > 1
    ):
        return True
    return (
        len(re.findall(r"(?m)^(?:system|interfaces|vlans|firewall|routing-options|security|policy-options) \{", head))
        > 1
    )


def read(text: Text) -> Reading:
    """Read one configuration."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.device = Device(text.name, text.name, "junos")
        self.filters = Filters(self.device, text)
        self.policies = Policies(self.device, text)
        self.reading = Reading([self.device])

    def read(self) -> Reading:
        """All statements, and then what needs all of them."""
        for number, line in enumerate(self.text.lines, 1):
            if _CHANGED.match(line) and (day := date_in(line)):
                self.reading.dated, self.reading.dated_by = day, self.text.place(number)
        try:
            found = statements(self.text)
        except Broken as fault:
            place = self.text.place(int(fault.args[0]))
            opaque(self.device, place, "", "the file does not hold together from here on")
            return self.reading
        vlans: dict[str, dict[str, str]] = {}
        for one in found:
            if not self._statement(one, vlans):
                self._pass_over(one, "device")
        for vlan in vlans.values():
            name = vlan.get("l3-interface", "")
            if name in self.device.interfaces and vlan.get("vlan-id", "").isdigit():
                self.device.interfaces[name].vlan = int(vlan["vlan-id"][:5])
        self.filters.finish()
        self.policies.finish()
        return self.reading

    def _pass_over(self, one: Statement, scope: str, why: str = "", interface: str = "") -> bool:
        text = " ".join(one.words)
        unread(self.device, self.text.place(one.line), text, scope, why, interface)  # type: ignore[arg-type]
        return True

    def _statement(self, one: Statement, vlans: dict[str, dict[str, str]]) -> bool:
        words = one.words
        first, rest = words[0], words[1:]
        if "apply-groups" in words:
            why = "groups are not expanded: export with | display inheritance"
            self._pass_over(one, "stops", why)
            return self._pass_over(one, "device", why)
        if first == "system" and rest[:1] == ("host-name",) and len(rest) > 1:
            self.device.name = rest[1][:100]
            return True
        if first == "applications":
            return self.policies.application(one)
        if first in _HARMLESS or first in ("groups", "apply-macro"):
            return True
        if first == "interfaces" and len(rest) > 1:
            return self._interface(one, rest)
        if first in ("vlans", "bridge-domains") and len(rest) > 1:
            if "filter" in rest:
                return self._pass_over(one, "stops")
            if rest[1] in ("vlan-id", "l3-interface", "routing-interface") and len(rest) > 2:
                key = "vlan-id" if rest[1] == "vlan-id" else "l3-interface"
                vlans.setdefault(rest[0], {})[key] = rest[2]
            return True
        if first == "firewall":
            return self.filters.statement(one)
        if first == "policy-options":
            return self.filters.option(rest)
        if first == "routing-options":
            return self._routing(one, rest, "")
        if first == "protocols" and rest:
            return self._protocol(one, rest)
        if first == "routing-instances" and len(rest) > 1:
            return self._instance(one, rest)
        if first == "security" and rest:
            return self._security(one, rest)
        if first == "forwarding-options":
            return "filter" not in rest
        return False

    def _protocol(self, one: Statement, rest: tuple[str, ...]) -> bool:
        if rest[0] in _LEARN_ROUTES:
            return self._pass_over(one, "routes", "the routes it learns are not in the file")
        return rest[0] not in ("?",)

    def _instance(self, one: Statement, rest: tuple[str, ...]) -> bool:
        name, what, more = rest[0], rest[1], rest[2:]
        if what == "interface" and more:
            self.device.interface(more[0]).vrf = name
            return True
        if what == "routing-options":
            return self._routing(one, more, name)
        if what == "protocols" and more:
            return self._protocol(one, more)
        if what == "instance-type" and more and more[0] not in ("virtual-router", "vrf"):
            return False
        if what.startswith("vrf-"):
            return self._pass_over(one, "routes", "routes of other tables may be taken over")
        return what in ("instance-type", "description", "route-distinguisher")

    # --- interfaces

    def _interface(self, one: Statement, rest: tuple[str, ...]) -> bool:
        physical, what = rest[0], rest[1]
        if physical == "interface-range":
            return "inet" not in rest and "inet6" not in rest
        if what == "disable":
            self.device.interface(physical).shut = True
            for name, interface in self.device.interfaces.items():
                interface.shut |= name.startswith(f"{physical}.")
            return True
        if what != "unit" or len(rest) < 4:
            return what != "filter"
        name = f"{physical}.{rest[2]}"
        interface = self.device.interface(name)
        interface.place = interface.place or self.text.place(one.line)
        parent = self.device.interfaces.get(physical)
        interface.shut |= bool(parent and parent.shut)
        what, more = rest[3], rest[4:]
        if what == "disable":
            interface.shut = True
            return True
        if what == "vlan-id" and more and more[0].isdigit():
            interface.vlan = int(more[0][:5])
        if what == "family" and len(more) > 1 and more[0] in ("inet", "inet6"):
            return self._family(one, name, 4 if more[0] == "inet" else 6, more[1:])
        if what == "family" and more:
            return True if "filter" not in more else self._pass_over(one, "stops", interface=name)
        if what not in _HARMLESS_UNIT and what != "family":
            self._pass_over(one, "interface", interface=name)
        return True

    def _family(self, one: Statement, name: str, version: int, more: tuple[str, ...]) -> bool:
        interface = self.device.interface(name)
        what, rest = more[0], more[1:]
        try:
            if what == "address" and rest:
                address = ip_interface(rest[0])
                if address not in interface.addresses:
                    interface.addresses.append(address)
                if "virtual-address" in rest:
                    shared = ip_address(rest[rest.index("virtual-address") + 1])
                    interface.addresses.append(ip_interface(f"{shared}/{address.network.prefixlen}"))
                return True
        except (ValueError, IndexError):
            return self._pass_over(one, "interface", interface=name)
        if what == "filter" and len(rest) == 2 and rest[0] in ("input", "output"):
            stage = "in" if rest[0] == "input" else "out"
            known = f"{'inet' if version == 4 else 'inet6'} {rest[1]}"
            self.device.bindings.append(Binding(known, stage, name, version, self.text.place(one.line)))  # type: ignore[arg-type]
            return True
        if what in ("dhcp", "dhcp-client", "dhcpv6-client", "negotiate-address"):
            return self._pass_over(one, "routes", "its address and routes are given by others")
        if what == "rpf-check":
            return self._pass_over(one, "stops", interface=name)
        if what not in _HARMLESS_FAMILY:
            self._pass_over(one, "interface", interface=name)
        return True

    # --- routes

    def _routing(self, one: Statement, rest: tuple[str, ...], vrf: str) -> bool:
        if rest[:1] == ("rib",) and len(rest) > 2:
            rest = rest[2:]
        if rest[:2] == ("static", "route") and len(rest) > 3:
            try:
                route = self._route(one, rest[2], rest[3:], vrf)
            except (ValueError, IndexError):
                return self._pass_over(one, "routes")
            if route:
                self.device.routes.append(route)
            return True
        if rest[:1] and rest[0] in _HARMLESS_ROUTING_OPTIONS:
            return True
        return self._pass_over(one, "routes")

    def _route(self, one: Statement, to: str, how: tuple[str, ...], vrf: str) -> Route | None:
        network = ip_network(to, strict=False)
        place, text = self.text.place(one.line), " ".join(one.words)[:200]
        if how[0] in ("discard", "reject"):
            return Route(network, discard=True, vrf=vrf, place=place, text=text)
        if how[0] in ("next-hop", "qualified-next-hop"):
            if re.match(r"[a-z]+-?[\d/:]*\.?\d*$", how[1]) and ":" not in how[1][:4]:
                return Route(network, interface=how[1], vrf=vrf, place=place, text=text)
            return Route(network, ip_address(how[1]), vrf=vrf, place=place, text=text)
        if how[0] in ("next-table", "lsp-next-hop", "receive"):
            raise ValueError
        return None  # preference, tag and the like: the statement with the next hop stands beside it

    # --- firewalls

    def _security(self, one: Statement, rest: tuple[str, ...]) -> bool:
        what = rest[0]
        if what in ("zones", "policies", "address-book"):
            return self.policies.statement(one, rest)
        if what == "nat" and len(rest) > 1:
            if rest[1] in ("source", "destination", "static"):
                self._translation(one, rest)
            return True
        if what == "forwarding-options":
            return "packet-based" not in rest
        return what in _HARMLESS_SECURITY

    def _translation(self, one: Statement, rest: tuple[str, ...]) -> None:
        if rest[2:3] != ("rule-set",) or len(rest) < 5:
            return
        place, text = self.text.place(one.line), " ".join(one.words)[:200]
        if rest[4] == "from" and len(rest) > 6:
            self.policies.translated.setdefault((rest[1], rest[3]), []).append((rest[5], rest[6]))
        elif rest[4] == "rule" and "then" in rest and rest[-1] != "off":
            self.policies.translations.append((rest[1], rest[3], place, text))
