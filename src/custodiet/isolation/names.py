"""Names that a device asked for: which leave the house, and which look like a tunnel.

A question to a resolver inside is passed on by it unless somebody forbids it, and then the question itself carries what
it was made of to whoever answers for the domain. Whether a resolver passed one on cannot be seen at the device.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from ipaddress import ip_address

from custodiet.egress.place import is_private
from custodiet.egress.questions import MANY
from custodiet.egress.words import how_many
from custodiet.model import Observation

INSIDE_ENDS = (
    "local", "localdomain", "localhost", "lan", "home", "home.arpa", "internal", "intranet", "intra", "corp", "private",
)  # fmt: skip
"""Ends of names that no resolver outside answers for."""
LONGEST_HOST = 24
"""Characters of a name without a dot that is taken for a host inside; a longer one may carry something."""
LONG = 32
"""Characters of one label, from which on it may carry something."""


def is_inside_name(name: str, domains: Collection[str] = ()) -> bool:
    """Whether a question for a name stays inside: its end is one for inside, or it turns an inside address around.

    Args:
        name: as asked.
        domains: ends of names that the user calls inside.
    """
    text = name.strip().rstrip(".").lower()
    if any(text == end or text.endswith(f".{end}") for end in (*INSIDE_ENDS, *domains)):
        return not _is_long(text)
    if text.endswith((".in-addr.arpa", ".ip6.arpa")):
        return _turned_is_private(text)
    return "." not in text and len(text) <= LONGEST_HOST


def _turned_is_private(text: str) -> bool:
    labels = text.split(".")
    try:
        if text.endswith(".in-addr.arpa"):
            return is_private(f"ip:{ip_address('.'.join(reversed(labels[:-2])))}")
        digits = "".join(reversed(labels[:-2]))
        return is_private(f"ip:{ip_address(int(digits, 16))}") if len(digits) == 32 else False
    except ValueError:
        return False


def tells_of_names(domain: str, found: Sequence[Observation], whose: Callable[[str], str]) -> str:
    """What was asked below one domain, in a sentence or two."""
    names = list(dict.fromkeys(one.value.strip().rstrip(".").lower() for one in found))
    times = sum(one.count for one in found)
    if len(names) == 1:
        said = f"It asked for {names[0][:120]}, {how_many(times, 'packet')} with the answers."
    else:
        said = f"It asked for {len(names):,} names below {domain}, such as {names[0][:80]}."
    if owner := next((owner for name in (names[0], domain) if (owner := whose(name))), ""):
        said += f" That is {owner}."
    if len(names) >= MANY or any(_is_long(name) for name in names):
        said += " So many or so long names can carry data out: a tunnel through the resolver looks like this."
    return said


def _is_long(name: str) -> bool:
    return any(len(label) > LONG for label in name.split("."))
