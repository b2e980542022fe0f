"""How often are we right, and how often do we accuse wrongly: answers beside the truth of labelled lines.

lines     labelled lines with their truth, and the folds of brands
makers    whether an answer names the maker that the truth names
knowable  whether a payload can tell who made the device, decided without looking at any answer
measure   counts, bands and false accusations
table     the same for people
"""

from __future__ import annotations

from custodiet.evaluate.lines import Fold, Labelled, parse_fold, read_labelled
from custodiet.evaluate.measure import Evaluation, evaluate

__all__ = ["Evaluation", "Fold", "Labelled", "evaluate", "parse_fold", "read_labelled"]
