"""Who somebody is: signing in with a password, a second factor or a passkey, and programs with a token.

`throttle` makes guessing slow, `sessions` knows in which browsers somebody is signed in, `sealed` keeps what must be
read again, and `once` what is shown a single time. Whether somebody may see a page is decided elsewhere (`page`).
"""

from custodiet.web.accounts.addresses import ADDRESSES
from custodiet.web.accounts.links import make_link

__all__ = ["ADDRESSES", "make_link"]
