"""Flows and observations of one device -> what it talks to, whose that is, and how much of it could be seen.

place      where an address lies
sums       flows by peer, each conversation once
names      what the device calls an address
owners     whose an outside address is and what it serves
inside     what machines inside are
questions  what questions to name servers show by themselves
channels   peers made of what leaves inside questions
shape      what a conversation looks like, and its picture over time
watched    how long and how well it was watched
ways_in    ways by which somebody could look in
firmware   its versions over time
said       the sentences
device     all of it together
"""

from __future__ import annotations

from custodiet.egress.device import ASKED_FOR, MOST_PEERS, Around, egress_of
from custodiet.egress.owners import SERVES, Owners

__all__ = ["ASKED_FOR", "MOST_PEERS", "SERVES", "Around", "Owners", "egress_of"]
