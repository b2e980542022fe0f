"""Names that configurations use for protocols, ports and types of ICMP messages, and their numbers.

Only names that mean the same in every format stand here; a name that is not here is not guessed, and the line that uses
it is then not understood.
"""

from __future__ import annotations

from custodiet.reach.sets import ALL_PORTS, ALL_PROTOCOLS, Ranges

ICMP, IGMP, TCP, UDP, ICMP6 = 1, 2, 6, 17, 58

PROTOCOLS: dict[str, int] = {
    "icmp": ICMP, "igmp": IGMP, "ipip": 4, "ipinip": 4, "tcp": TCP, "egp": 8, "igrp": 9, "udp": UDP, "rsvp": 46,
    "gre": 47, "esp": 50, "ah": 51, "ahp": 51, "icmpv6": ICMP6, "icmp6": ICMP6, "ipv6-icmp": ICMP6, "eigrp": 88,
    "ospf": 89, "nos": 94, "pim": 103, "pcp": 108, "vrrp": 112, "carp": 112, "l2tp": 115, "sctp": 132, "udplite": 136,
}  # fmt: skip
PROTOCOL_NAMES = {
    ICMP: "icmp",
    IGMP: "igmp",
    TCP: "tcp",
    UDP: "udp",
    ICMP6: "icmpv6",
    47: "gre",
    50: "esp",
    132: "sctp",
}

PORTS: dict[str, int] = {
    "bgp": 179, "biff": 512, "bootpc": 68, "dhcp-client": 68, "bootps": 67, "dhcp-server": 67, "bootp": 67,
    "chargen": 19, "cmd": 514, "daytime": 13, "discard": 9, "dns": 53, "dnsix": 195, "domain": 53, "echo": 7,
    "exec": 512, "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "hostname": 101, "http": 80, "https": 443,
    "ident": 113, "imap": 143, "imaps": 993, "imap2": 143, "irc": 194, "isakmp": 500, "ike": 500, "kerberos": 88,
    "klogin": 543, "kshell": 544, "ldap": 389, "ldaps": 636, "login": 513, "lpd": 515, "microsoft-ds": 445,
    "mobile-ip": 434, "ms-sql-s": 1433, "ms-wbt-server": 3389, "mysql": 3306, "nameserver": 42, "netbios-dgm": 138,
    "netbios-ns": 137, "netbios-ss": 139, "netbios-ssn": 139, "nfs": 2049, "nfsd": 2049, "nntp": 119,
    "non500-isakmp": 4500, "ntp": 123, "pim-auto-rp": 496, "pop2": 109, "pop3": 110, "pop3s": 995, "pptp": 1723,
    "printer": 515, "radius": 1812, "radacct": 1813, "rip": 520, "rtsp": 554, "sip": 5060, "sips": 5061, "smtp": 25,
    "smtps": 465, "submission": 587, "snmp": 161, "snmptrap": 162, "snmp-trap": 162, "socks": 1080, "ssh": 22,
    "sunrpc": 111, "syslog": 514, "tacacs": 49, "talk": 517, "telnet": 23, "tftp": 69, "time": 37, "uucp": 540,
    "who": 513, "whois": 43, "www": 80, "xdmcp": 177, "http-alt": 8080, "webcache": 8080, "mdns": 5353,
}  # fmt: skip

ICMP_TYPES: dict[str, int] = {
    "echo-reply": 0, "echorep": 0, "unreachable": 3, "unreach": 3, "destination-unreachable": 3, "source-quench": 4,
    "redirect": 5, "redir": 5, "echo": 8, "echo-request": 8, "echoreq": 8, "router-advertisement": 9,
    "router-solicitation": 10, "time-exceeded": 11, "timex": 11, "ttl-exceeded": 11, "parameter-problem": 12,
    "timestamp-request": 13, "timestamp-reply": 14,
}  # fmt: skip
ICMP6_TYPES: dict[str, int] = {
    "unreachable": 1, "destination-unreachable": 1, "unreach": 1, "packet-too-big": 2, "toobig": 2, "time-exceeded": 3,
    "timex": 3, "parameter-problem": 4, "echo-request": 128, "echoreq": 128, "echo-reply": 129, "echorep": 129,
    "nd-router-solicit": 133, "router-solicitation": 133, "nd-router-advert": 134, "router-advertisement": 134,
    "nd-neighbor-solicit": 135, "nd-ns": 135, "neighbor-solicitation": 135, "neighbrsol": 135,
    "nd-neighbor-advert": 136, "nd-na": 136, "neighbor-advertisement": 136, "neighbradv": 136, "nd-redirect": 137,
}  # fmt: skip

# Messages that answer or report; those of neighbours on one wire are never forwarded.
REPLIES: dict[int, tuple[int, Ranges]] = {
    4: (ICMP, ((0, 0), (3, 5), (9, 9), (11, 12), (14, 14), (16, 16), (18, 18))),
    6: (ICMP6, ((1, 4), (129, 129), (133, 137))),
}
"""Version -> the number of ICMP there, and the types that open nothing."""


def protocol(word: str) -> Ranges | None:
    """The protocol of a name or number; ``ip`` is all of them, which is given as a range.

    Returns:
        none where the word is not known.
    """
    low = word.lower()
    if low in ("ip", "ipv4", "ipv6", "any"):
        return (ALL_PROTOCOLS,)
    if low in PROTOCOLS:
        return ((PROTOCOLS[low], PROTOCOLS[low]),)
    number = small(low, 255)
    return None if number is None else ((number, number),)


def port(word: str) -> int | None:
    """The port of a name or number; none where it is not known."""
    known = PORTS.get(word.lower())
    return small(word, ALL_PORTS[1]) if known is None else known


def small(word: str, most: int) -> int | None:
    """A whole number from 0 to `most`; none for anything else."""
    if not (word.isascii() and word.isdigit() and len(word) <= 10):
        return None
    number = int(word)
    return number if number <= most else None
