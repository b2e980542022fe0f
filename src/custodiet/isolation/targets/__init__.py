"""The targets: what rules can be written for, in the order in which they are offered."""

from __future__ import annotations

from custodiet.isolation.targets.common import Target
from custodiet.isolation.targets.nftables import NFTABLES

TARGETS: dict[str, Target] = {target.id: target for target in (NFTABLES,)}

__all__ = ["TARGETS", "Target"]
