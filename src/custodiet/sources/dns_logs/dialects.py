"""The ways of writing of name servers, in the order in which they are asked; each has a mark of its own."""

from __future__ import annotations

from custodiet.sources.dns_logs.adguard import AdGuard
from custodiet.sources.dns_logs.dnsmasq import Dnsmasq
from custodiet.sources.dns_logs.servers import Bind, PowerDns, Unbound
from custodiet.sources.dns_logs.windows import WindowsDns
from custodiet.sources.log_lines import Dialect

DNS: list[type[Dialect]] = [Dnsmasq, Bind, Unbound, PowerDns, WindowsDns, AdGuard]
