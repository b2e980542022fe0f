"""Guessing is slow: after a few tries that failed each next one has to wait, for twice as long each time.

A try is counted before it is looked at, so that a hundred at the same moment are a hundred tries. It does not matter
whether there is such an account: whoever guesses addresses waits alike. Nobody is shut out for longer than `LONGEST`,
since else anybody could shut out anybody; passkeys do not wait for the account at all.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Literal, TypeAlias

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from custodiet.web.store.models import Tried

Kind: TypeAlias = Literal["account", "origin", "code"]
"""The password of an account, everything from an address of origin, the second factor of an account."""

FREE: dict[Kind, int] = {"account": 5, "origin": 30, "code": 5}
"""Tries that do not wait; an address of origin is often that of a whole office."""
LONGEST = 900
"""Seconds; longer nobody waits."""
FORGOTTEN = timedelta(hours=24)
"""After which a failed try does not count any more."""


@dataclass(frozen=True)
class Aim:
    """What is guarded."""

    kind: Kind
    of: str
    """The address somebody typed, the address of origin, or the id of a person."""

    @property
    def key(self) -> str:
        """By which its tries are counted."""
        return hashlib.sha256(f"{self.kind} {self.of}".encode()).hexdigest()


def origin(request: HttpRequest) -> Aim:
    """Where a request comes from; of IPv6 the network of a customer, since each of them has as many addresses."""
    told = request.META.get("REMOTE_ADDR", "")
    try:
        if ip_address(told).version == 6:
            told = str(ip_network(f"{told.partition('%')[0]}/64", strict=False))
    except ValueError:
        pass
    return Aim("origin", told)


def wait_after(kind: Kind, failed: int) -> int:
    """Seconds between a try and the next, after so many that failed."""
    over = failed - FREE[kind]
    return 0 if over < 0 else min(LONGEST, 2 ** min(over + 1, 10))


def begin(now: datetime, *aims: Aim) -> int:
    """Count a try, or tell how long it has to wait.

    Returns:
        0: it may be looked at, and counts as failed until `forgive`; else seconds to wait, and nothing is counted.
    """
    kinds = {aim.key: aim.kind for aim in aims}
    with transaction.atomic():
        Tried.objects.filter(last__lt=now - FORGOTTEN).delete()
        for key in sorted(kinds):
            Tried.objects.get_or_create(key=key, defaults={"last": now})
        rows = list(Tried.objects.select_for_update().filter(key__in=kinds).order_by("key"))
        left = [row.last + timedelta(seconds=wait_after(kinds[row.key], row.failed)) - now for row in rows]
        wait = max(math.ceil(one.total_seconds()) for one in left)
        if wait <= 0:
            Tried.objects.filter(key__in=kinds).update(failed=F("failed") + 1, last=now)
        return max(0, wait)


def forgive(*aims: Aim) -> None:
    """The try was right: what failed before is forgotten, but for an address of origin only this one try is.

    Else somebody with an account of their own could take guesses at others in between.
    """
    for aim in aims:
        rows = Tried.objects.filter(key=aim.key, failed__gt=0)
        if aim.kind == "origin":
            rows.update(failed=F("failed") - 1)
        else:
            rows.delete()
