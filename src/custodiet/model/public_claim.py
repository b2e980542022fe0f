"""What makers, officials and experts say in public, and what a case shows of it.

A public claim is somebody's statement, kept in our words with its date and source; a `Claim` is another thing, one step
of an identification. What a case shows is told with what was looked at and what was not. That something was not seen
never becomes a statement that it does not happen.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from custodiet.model.company import Reference

Outcome = Literal["seen", "not seen", "blocked", "contradicted", "no evidence was collected", "not testable"]
"""What a case shows of a claim.

seen          the thing that the test looks for was seen, with numbers
not seen      it was looked for and not seen, in so much capture on so many devices
blocked       attempts were seen, and no answer to any
contradicted  what was seen speaks against the claim
no evidence was collected   nothing in the case shows it either way
not testable  nobody could see it in what devices do or in what records say
"""


class Article(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A press report in which claims were read."""

    id: str
    """Short key."""
    means: str
    """What it is."""
    file: str
    """Name of the file that was read."""
    language: str
    """ISO 639 code."""
    published: str
    """ISO 8601 date, cut to the precision known."""
    complete: bool
    """False where the copy that was read is cut off or mixed with other texts."""
    same_report_as: str = ""
    """Key of the article that is the same report: the two are one witness."""
    note: str = ""
    """What a careful reader should know of the copy."""


class PublicClaim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One statement of somebody about devices, their makers, or the risk of them."""

    id: str
    """File name; never renamed."""
    said_by: str
    """Id of the company or person; a short name where the source names nobody."""
    speaker: str
    """Who that is, for people."""
    about: tuple[str, ...] = ()
    """Ids of the companies it is about; empty: it speaks of no company."""
    said: str
    """What was said, in our words."""
    said_on: str
    """ISO 8601 date, cut to the precision known."""
    articles: tuple[str, ...] = ()
    """Keys of the articles in which it was read; two copies of one report are one witness."""
    testable: Literal["yes", "partly", "no"]
    """Whether evidence of a case, or records of the catalog, can speak for or against it."""
    test: str
    """The kind of test: a word of the vocabulary of claim tests."""
    seeing: Literal["for", "against", "neither"] = "neither"
    """What it would mean for the claim if the test saw what it looks for."""
    holders: tuple[str, ...] = ()
    """For ownership: ids of the holders that the words of the claim mean, such as those of a state."""
    contradicts: tuple[str, ...] = ()
    """Ids of claims that say otherwise; each is shown beside the other."""
    references: tuple[Reference, ...]
    """Where it was read."""
    added: str
    """ISO 8601 date of this record."""
    note: str = ""
    """What a careful reader should know."""


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """One address outside the body's own that devices exchanged traffic with, or tried to."""

    address: str
    """Its IP address."""
    names: tuple[str, ...]
    """Names for which the resolver gave the devices this address."""
    transport: str
    """``tcp``, ``udp`` or ``ip/N``."""
    port: int
    """Port of the side that was called."""
    begun_by: Literal["device", "other side"]
    """Who began the conversations."""
    serves: str
    """vendor cloud, relay, update, time, DNS, web site, or not known."""
    owner: str
    """Name of the company that runs it, by the endpoint records; empty: not known."""
    owner_seat: str
    """Country of that company's seat, ISO 3166; where the machine stands is another matter. Empty: not known."""
    meant_for: str
    """The region that the endpoint record gives; empty: none."""
    endpoint: str
    """Id of the endpoint record; empty: none knows it."""
    answered: bool
    """False where nothing came back."""
    one_way: bool = False
    """True where nothing came back and no source that shows it could have seen an answer."""
    devices: tuple[str, ...]
    """Labels of the devices."""
    conversations: int
    """How many."""
    bytes_out: int
    """Bytes from the devices."""
    bytes_in: int
    """Bytes to the devices."""
    first_seen: float
    """Seconds since 1970 UTC."""
    last_seen: float
    """Seconds since 1970 UTC."""


class ClaimResult(msgspec.Struct, frozen=True, kw_only=True):
    """One claim beside what the case and the catalog show."""

    claim: PublicClaim
    """The claim."""
    witnesses: int
    """Independent reports in which it was read."""
    outcome: Outcome
    """What was found, in one word of the closed list."""
    said: str
    """What was found, in a sentence with its numbers."""
    found: tuple[str, ...] = ()
    """What it rests on, line by line."""
    destinations: tuple[Destination, ...] = ()
    """Addresses outside, where the test is about traffic."""
    not_looked_at: tuple[str, ...] = ()
    """What was not looked at."""
    contradicted_by: tuple[str, ...] = ()
    """Ids of claims that say otherwise."""


class MakerScope(msgspec.Struct, frozen=True, kw_only=True):
    """What there is in the case of one maker."""

    company: str
    """Id of the company."""
    name: str
    """Its name."""
    devices: int
    """Devices whose concluded maker it is, certain or likely."""
    possible: int
    """Devices of which it is a mere possibility; they are not counted anywhere else."""
    watched: int
    """Devices of which captures or logs show at least one conversation."""
    shortest: float
    """Seconds of capture on the watched device that was watched shortest."""
    longest: float
    """Seconds of capture on the one that was watched longest."""


class ClaimsTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is told; the JSON of ``custodiet claims``."""

    on: str
    """ISO 8601 date asked for, for whoever owned whom."""
    about: str
    """The company asked about; empty: all."""
    scope: tuple[MakerScope, ...]
    """What there is in the case, maker by maker."""
    results: tuple[ClaimResult, ...]
    """The claims."""
    articles: tuple[Article, ...]
    """The articles that they cite."""
