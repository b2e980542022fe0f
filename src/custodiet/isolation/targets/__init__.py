"""The targets: what rules can be written for, in the order in which they are offered."""

from __future__ import annotations

from custodiet.isolation.targets.aruba import ARUBA
from custodiet.isolation.targets.cisco_ios import CISCO_IOS
from custodiet.isolation.targets.common import Target
from custodiet.isolation.targets.juniper import JUNIPER
from custodiet.isolation.targets.nftables import NFTABLES
from custodiet.isolation.targets.openwrt import OPENWRT
from custodiet.isolation.targets.opnsense import OPNSENSE
from custodiet.isolation.targets.pf import PF

TARGETS: dict[str, Target] = {
    target.id: target for target in (NFTABLES, PF, CISCO_IOS, JUNIPER, ARUBA, OPENWRT, OPNSENSE)
}

__all__ = ["TARGETS", "Target"]
