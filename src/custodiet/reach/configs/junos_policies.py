"""Zones, policies, address books and applications of Junos firewalls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from custodiet.reach.configs.junos_filters import ports
from custodiet.reach.configs.junos_text import Statement
from custodiet.reach.configs.lines import DEEPEST, MOST_RANGES, NotUnderstood, Text, add_rule, address_range, shown
from custodiet.reach.network import Action, Binding, Device, Filter, Match, Rule, Translation
from custodiet.reach.sets import Range, Ranges, all_addresses, ranges, without
from custodiet.reach.words import ICMP, ICMP6, TCP, UDP, protocol

_Service = tuple[Ranges | None, Ranges | None, Ranges | None]
"""Protocols, source ports, ports."""

_PREDEFINED: Mapping[str, list[tuple[int, int | None]]] = {
    "junos-ftp": [(TCP, 21)], "junos-ssh": [(TCP, 22)], "junos-telnet": [(TCP, 23)], "junos-smtp": [(TCP, 25)],
    "junos-dns-udp": [(UDP, 53)], "junos-dns-tcp": [(TCP, 53)], "junos-tftp": [(UDP, 69)], "junos-http": [(TCP, 80)],
    "junos-pop3": [(TCP, 110)], "junos-ntp": [(UDP, 123)], "junos-imap": [(TCP, 143)], "junos-https": [(TCP, 443)],
    "junos-ldap": [(TCP, 389)], "junos-smb": [(TCP, 139), (TCP, 445)], "junos-syslog": [(UDP, 514)],
    "junos-rtsp": [(TCP, 554)], "junos-imaps": [(TCP, 993)], "junos-ping": [(ICMP, None)],
    "junos-pingv6": [(ICMP6, None)], "junos-icmp-all": [(ICMP, None)], "junos-icmp-ping": [(ICMP, None)],
    "junos-icmp6-all": [(ICMP6, None)], "junos-tcp-any": [(TCP, None)], "junos-udp-any": [(UDP, None)],
    "junos-dhcp-server": [(UDP, 67)], "junos-dhcp-client": [(UDP, 68)], "junos-radius": [(UDP, 1812)],
    "junos-ms-rdp": [(TCP, 3389)],
}  # fmt: skip
MOST_SERVICES = 500
MOST_STEPS = 3_000_000
"""Members of sets that are followed, in all policies together."""


class Policies:
    """Zones and policies of one device, made when all statements are read."""

    def __init__(self, device: Device, text: Text) -> None:
        self._device = device
        self._text = text
        self._zones: dict[str, list[str]] = {}
        self._books: dict[str, dict[str, list[tuple[str, ...]]]] = {}
        self._sets: dict[str, dict[str, list[str]]] = {}
        self._policies: dict[tuple[str, str, str], list[tuple[tuple[str, ...], int]]] = {}
        self._applications: dict[str, dict[str, list[tuple[str, ...]]]] = {}
        self._application_sets: dict[str, list[str]] = {}
        self._default: Action = "deny"
        self._place = text.name
        self.translated: dict[tuple[str, str], list[tuple[str, str]]] = {}
        """(kind, rule set) -> where its packets come from."""
        self.translations: list[tuple[str, str, str, str]] = []
        """Kind, rule set, place and text of each translation."""

    def statement(self, one: Statement, rest: tuple[str, ...]) -> bool:
        """A statement of ``security zones``, ``policies`` or ``address-book``; false: not understood."""
        if rest[0] == "zones":
            if rest[1:2] not in (("security-zone",), ("functional-zone",)) or len(rest) < 3:
                return False
            self._zones.setdefault(rest[2], [])
            if rest[3:4] == ("interfaces",) and len(rest) > 4:
                if rest[1] == "security-zone" and rest[4] not in self._zones[rest[2]]:
                    self._zones[rest[2]].append(rest[4])
                return True
            if rest[3:4] == ("address-book",):
                return self._address(f"zone {rest[2]}", rest[4:])
            return True
        if rest[0] == "address-book":
            return len(rest) < 3 or rest[2] in ("attach", "description") or self._address("", rest[2:])
        if rest[1:2] == ("default-policy",):
            self._default = "permit" if rest[2:3] == ("permit-all",) else "deny"
            self._place = self._text.place(one.line)
            return True
        if rest[1:2] == ("from-zone",) and len(rest) > 7 and rest[3] == "to-zone" and rest[5] == "policy":
            key, more = (rest[2], rest[4], rest[6]), rest[7:]
        elif rest[1:3] == ("global", "policy") and len(rest) > 4:
            key, more = ("", "", rest[3]), rest[4:]
        else:
            return rest[1:2] in (("policy-rematch",), ("traceoptions",), ("policy-stats",))
        self._policies.setdefault(key, []).append((more, one.line))
        return True

    def application(self, one: Statement) -> bool:
        """A statement of ``applications``."""
        words = one.words[1:]
        if words[:1] == ("application",) and len(words) > 3:
            terms = self._applications.setdefault(words[1], {})
            if words[2] == "term":
                at = list(words[4:])
                terms.setdefault(words[3], []).extend((a, b) for a, b in zip(at[::2], at[1::2], strict=False))
            else:
                terms.setdefault("", []).append(words[2:])
        elif words[:1] == ("application-set",) and len(words) > 3:
            self._application_sets.setdefault(words[1], []).append(words[3])
        return True

    def _address(self, book: str, words: tuple[str, ...]) -> bool:
        if words[:1] == ("address",) and len(words) > 2:
            self._books.setdefault(book, {}).setdefault(words[1], []).append(words[2:])
            return True
        if words[:1] == ("address-set",) and len(words) > 3:
            self._sets.setdefault(book, {}).setdefault(words[1], []).append(words[3])
            return True
        return words[:1] == ("description",)

    def finish(self) -> None:
        """Make the rules and the translations."""
        for zone, names in self._zones.items():
            for name in names:
                self._device.interface(name if "." in name else f"{name}.0").zone = zone
        self._translate()
        if not self._zones:
            return
        filter = self._device.filters["policies"] = Filter("policies", default=self._default, place=self._place)
        filter.default_text = (
            f"the default policy: everything else is {'let through' if self._default == 'permit' else 'denied'}"
        )
        self._device.bindings.append(Binding("policies", "through", place=self._place))
        for (source, destination, name), statements in sorted(
            self._policies.items(), key=lambda item: item[0][0] == ""
        ):
            for rule in self._policy(source, destination, name, statements):
                add_rule(filter, rule)

    def _translate(self) -> None:
        for kind, name, place, text in self.translations:
            inward: list[str] | None = []
            for what, value in self.translated.get((kind, name), [("?", "")]):
                if what == "interface" and inward is not None:
                    inward.append(value)
                elif what == "zone" and inward is not None:
                    inward += self._inside(value)
                else:
                    inward = None
            match = Match(inward=tuple(inward)) if inward is not None else Match()
            of = "source" if kind == "source" else "destination"
            self._device.translations.append(Translation(of, match, place, text))  # type: ignore[arg-type]
            if kind == "static":
                self._device.translations.append(Translation("source", Match(), place, text))

    def _inside(self, zone: str) -> list[str]:
        return [name if "." in name else f"{name}.0" for name in self._zones.get(zone, [])]

    def _policy(
        self, source: str, destination: str, name: str, statements: list[tuple[tuple[str, ...], int]]
    ) -> Iterator[Rule]:
        place = self._text.place(statements[0][1])
        where = f"{source} to {destination}" if source else "global"
        said = "; ".join(" ".join(words) for words, _ in statements)
        text = shown(f"policy {name} ({where}): {said[:150]}")
        wanted: dict[str, list[str]] = {}
        action: Action = "unknown"
        doubt = ""
        logs = False
        for words, _ in statements:
            if words[0] == "match" and len(words) > 2:
                wanted.setdefault(words[1], []).append(words[2])
            elif words[0] == "match" and len(words) == 2:
                wanted.setdefault(words[1], [])
            elif words[:2] in (("then", "permit"), ("then", "deny"), ("then", "reject")):
                action = "permit" if words[1] == "permit" else "deny"
                if len(words) > 2 and words[2] not in ("application-services", "tcp-options"):
                    doubt = f"what {' '.join(words)[:60]!r} means"
            elif words[:2] in (("then", "log"), ("then", "count")):
                logs |= words[1] == "log"
            elif words[0] not in ("description", "then") or words[0] == "then":
                doubt = f"what {' '.join(words)[:60]!r} means"
        known = {"source-address", "destination-address", "application", "from-zone", "to-zone",
                 "source-address-excluded", "destination-address-excluded"}  # fmt: skip
        if more := sorted(set(wanted) - known):
            doubt = f"the condition {more[0][:40]!r}"
        zones = [
            [source] if source else wanted.get("from-zone", ["any"]),
            [destination] if destination else wanted.get("to-zone", ["any"]),
        ]
        through = [
            None if "any" in z or "junos-host" in z else tuple(n for one in z for n in self._inside(one)) for z in zones
        ]
        if "junos-host" in zones[1]:
            return  # to the firewall itself
        try:
            services = [s for one in wanted.get("application", ["any"]) for s in self._service(one, 0)]
            sides = [
                self._side(wanted, "source-address", source),
                self._side(wanted, "destination-address", destination),
            ]
        except NotUnderstood as fault:
            yield Rule(action, Match(inward=through[0], outward=through[1]), place, text, doubt=str(fault), logs=logs)
            return
        for version in (4, 6):
            for protocols, own, far in services:
                match = Match(sides[0][version], sides[1][version], protocols, own, far, None, version, *through)
                yield Rule(action, match, place, text, doubt=doubt, logs=logs)

    def _side(self, wanted: Mapping[str, list[str]], kind: str, zone: str) -> dict[int, Ranges]:
        found: dict[int, list[Range]] = {4: [], 6: []}
        for name in wanted.get(kind, ["any"]):
            self._named(name, f"zone {zone}", found, ())
        meant = {version: ranges(some) for version, some in found.items()}
        if f"{kind}-excluded" in wanted:
            return {v: without([all_addresses(v)], some) for v, some in meant.items()}
        return meant

    def _named(self, name: str, book: str, found: dict[int, list[Range]], within: tuple[str, ...]) -> None:
        if name in ("any", "any-ipv4", "any-ipv6"):
            for version in (4, 6):
                if name in ("any", f"any-ipv{version}"):
                    found[version].append(all_addresses(version))
            return
        if name in within or len(within) >= DEEPEST or len(found[4]) + len(found[6]) > MOST_RANGES:
            raise NotUnderstood(f"the address {name[:40]!r}")
        for one in (book, ""):
            if name in self._books.get(one, {}):
                for words in self._books[one][name]:
                    self._written(words, found)
                return
            if name in self._sets.get(one, {}):
                if len(within) > 3 and len(self._sets[one][name]) > 1000:
                    raise NotUnderstood(f"the address set {name[:40]!r}, which is too large")
                for member in self._sets[one][name]:
                    self._steps += 1
                    if self._steps > MOST_STEPS:
                        raise NotUnderstood("the address sets, which are too large")
                    self._named(member, book, found, (*within, name))
                return
        raise NotUnderstood(f"the address {name[:40]!r}")

    _steps = 0

    def _written(self, words: tuple[str, ...], found: dict[int, list[Range]]) -> None:
        if words[0] == "description":
            return
        if words[0] == "range-address" and len(words) > 3:
            low, high = address_range(words[1]), address_range(words[3])
            found[low[0]].append((low[1][0], max(low[1][0], high[1][1])))
        elif words[0] == "ip-prefix" and len(words) > 1:
            version, span = address_range(words[1])
            found[version].append(span)
        else:
            version, span = address_range(words[0])
            found[version].append(span)

    def _service(self, name: str, depth: int) -> list[_Service]:
        if name == "any":
            return [(None, None, None)]
        self._steps += 1
        if depth > DEEPEST or self._steps > MOST_STEPS:
            raise NotUnderstood(f"the application {name[:40]!r}")
        if name in self._application_sets:
            found = [s for one in self._application_sets[name] for s in self._service(one, depth + 1)]
        elif name in self._applications:
            found = [self._term(name, term) for term in self._applications[name].values()]
        elif name in _PREDEFINED:
            found = [(((p, p),), None, None if n is None else ((n, n),)) for p, n in _PREDEFINED[name]]
        else:
            raise NotUnderstood(f"the application {name[:40]!r}")
        if len(found) > MOST_SERVICES:
            raise NotUnderstood(f"the application {name[:40]!r}, which is too large")
        return found

    def _term(self, name: str, pairs: list[tuple[str, ...]]) -> _Service:
        said: dict[str, Ranges] = {}
        for pair in pairs:
            what, value = pair[0], pair[1] if len(pair) > 1 else ""
            if what == "protocol":
                meant = protocol(value)
                if meant is None:
                    raise NotUnderstood(f"the application {name[:40]!r}")
                said[what] = meant
            elif what in ("source-port", "destination-port"):
                said[what] = (ports(value),)
            elif what not in ("description", "inactivity-timeout", "application-protocol", "alg"):
                raise NotUnderstood(f"the application {name[:40]!r}")
        return said.get("protocol"), said.get("source-port"), said.get("destination-port")
