"""The ways of writing of firewalls, in the order in which they are asked.

Those with a mark of their own come first; the kernel's and those with bare names and values come behind them, since a
line of another program may carry a few of the same words.
"""

from __future__ import annotations

from custodiet.sources.firewall.asa import Asa
from custodiet.sources.firewall.filterlog import FilterLog
from custodiet.sources.firewall.key_value import CheckPoint, FortiGate
from custodiet.sources.firewall.netfilter import Netfilter, RouterOs
from custodiet.sources.firewall.pfirewall import PFirewall
from custodiet.sources.firewall.rt_flow import RtFlow
from custodiet.sources.firewall.traffic_csv import TrafficCsv
from custodiet.sources.log_lines import Dialect

FIREWALLS: list[type[Dialect]] = [
    PFirewall,
    FilterLog,
    Asa,
    RtFlow,
    TrafficCsv,
    FortiGate,
    Netfilter,
    RouterOs,
    CheckPoint,
]
