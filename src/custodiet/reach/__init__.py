"""Could a device reach a core network or the outside, by the configurations that the owner gave?

`configs` reads files into one small model (`network`), `paths` follows sets of packets through it, and `answer` says in
words what follows. Nothing is asked of a network, and nothing that was not understood counts as closed.
"""

from custodiet.reach.answer import Analyst, Configurations, core_zones

__all__ = ["Analyst", "Configurations", "core_zones"]
