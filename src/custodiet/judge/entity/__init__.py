"""Who or what a directive means, asked as each directive asks it, of one device and on one date.

What people call a "Chinese camera" is at least ten different tests: a named maker, his affiliates, the law of a seat,
the country of manufacture, the nationality of the brand, control from a listed country, a share of ownership, where
data goes, what is inside, a certificate. Each is a function of its own and asks facts of its own; none is worked out
from another, and there is no flag that stands for them all.
"""

from custodiet.judge.entity.asking import EntityTests
from custodiet.judge.entity.facts import FACTS, Entity, entity_of

__all__ = ["FACTS", "Entity", "EntityTests", "entity_of"]
