"""A case: one SQLite file that holds what was read, what was concluded and what people decided."""

from custodiet.casefile.case import BATCH, MOST_OBSERVATIONS, RESULTS, Case, Packed
from custodiet.casefile.schema import APPLICATION_ID, FORMAT_VERSION
from custodiet.casefile.shape import SHAPE, shape

__all__ = [
    "APPLICATION_ID",
    "BATCH",
    "FORMAT_VERSION",
    "MOST_OBSERVATIONS",
    "RESULTS",
    "SHAPE",
    "Case",
    "Packed",
    "shape",
]
