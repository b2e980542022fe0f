"""Public claims beside evidence: what somebody says of devices, and what a case and the catalog show.

records        the claims of the catalog, and whether they stand on a source
ground         the devices of a maker in a case, and how long they were watched
destinations   addresses outside the body's own
traffic        the tests that look at traffic
devices        the tests that look at what devices say of themselves
ownership      the test that asks who held a company on a date
weigh          each claim with its test

Nothing is sent, tried or guessed. What was not seen is told with the time and the devices in which it was not seen, and
never as something that does not happen.
"""

from __future__ import annotations

from custodiet.claims.records import Claims, check_claims, load_claims
from custodiet.claims.weigh import TESTS, weigh_claims

__all__ = ["TESTS", "Claims", "check_claims", "load_claims", "weigh_claims"]
