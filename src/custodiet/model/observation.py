"""One fact as one source gave it, and one conversation as one source saw it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import msgspec


class Observation(msgspec.Struct, frozen=True):
    """One fact as one source gave it; never changed, only added."""

    # also by place: a case makes millions of them of its rows

    id: str
    """Hash of source, subject, attribute, value and locator: reading again gives the same id."""
    source: str
    """Id of the source."""
    subject: str
    """The key by which the source knows the device: ``ip:10.0.0.5``, ``mac:aa:bb:cc:dd:ee:ff``, ``row:12``."""
    attribute: str
    """What was observed: a word of ``catalog/vocabulary/attributes.yml``, for example ``rtsp.server``."""
    value: str
    """The value as text; bytes that are not text are kept as ``\\xNN``."""
    locator: str
    """Where in the source it was first seen: ``packet 41``, ``row 12``, ``line 3``, ``host 10.0.0.5``."""
    first_seen: float | None = None
    """Seconds since 1970 UTC; none when the source carries no time."""
    last_seen: float | None = None
    """Seconds since 1970 UTC of the last time the same fact was seen in this source."""
    count: int = 1
    """How often the same fact was seen in this source."""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What one address sent to and got from another: the ground for every statement about egress.

    A source of packets adds up what one address had with one port of another within one hour of the clock (UTC), so
    that volume can be shown over time; a log gives what it wrote down as one conversation.
    """

    id: str
    """Hash of the fields below that name it: reading again gives the same id."""
    source: str
    """Id of the source."""
    subject: str
    """``ip:`` key of the side that began the conversation, as far as the source shows."""
    peer: str
    """``ip:`` key of the other side."""
    transport: str
    """``tcp``, ``udp`` or ``ip/N`` for other protocols."""
    port: int
    """Port of the peer; 0 where there is none."""
    bytes_out: int
    """Bytes on the network layer from subject to peer."""
    bytes_in: int
    """Bytes on the network layer from peer to subject."""
    packets_out: int
    """Packets from subject to peer."""
    packets_in: int
    """Packets from peer to subject."""
    first_seen: float
    """Seconds since 1970 UTC."""
    last_seen: float
    """Seconds since 1970 UTC."""
    locator: str
    """Where it began, for example ``packet 41``."""


def content_id(prefix: str, *parts: str | int | float | None) -> str:
    """A short, stable id made of content.

    Args:
        prefix: two to four letters that tell the kind, for example ``obs``.
        parts: what makes the thing itself; order matters.

    Returns:
        prefix, a hyphen and 20 hexadecimal digits (80 bits: a national estate has room).
    """
    try:
        text = "\x1f".join(parts)  # type: ignore[arg-type]
    except TypeError:
        text = "\x1f".join(["" if part is None else str(part) for part in parts])
    return f"{prefix}-{blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=10).hexdigest()}"


def content_ids(prefix: str, source: str) -> Callable[[str], str]:
    """Make ids as `content_id` does, in half the time, for the many things of one source.

    Args:
        prefix: as for `content_id`.
        source: the first of the parts.

    Returns:
        a function from the other parts, joined by ``\\x1f``, to the id.
    """
    begun = blake2b(f"{source}\x1f".encode("utf-8", "surrogatepass"), digest_size=10)

    def make(rest: str) -> str:
        digest = begun.copy()
        digest.update(rest.encode("utf-8", "surrogatepass"))
        return f"{prefix}-{digest.hexdigest()}"

    return make


def is_itself(observation: Observation) -> bool:
    """Whether it says what its id was made of; what had to be written visibly to be stored at all is taken as it is."""
    told = (observation.source, observation.subject, observation.attribute, observation.value, observation.locator)
    return observation.id == content_id("obs", *told) or any("\\ud" in text for text in told)


def observe(
    source: str,
    subject: str,
    attribute: str,
    value: str,
    locator: str,
    *,
    first_seen: float | None = None,
    last_seen: float | None = None,
    count: int = 1,
) -> Observation:
    """Make an observation with its id; see the fields of `Observation` for the arguments."""
    return Observation(
        id=content_id("obs", source, subject, attribute, value, locator),
        source=source,
        subject=subject,
        attribute=attribute,
        value=value,
        locator=locator,
        first_seen=first_seen,
        last_seen=first_seen if last_seen is None else last_seen,
        count=count,
    )
