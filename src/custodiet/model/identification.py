"""Who made it, how sure we are, and what spoke for and against."""

from __future__ import annotations

from typing import Literal

import msgspec

Band = Literal["certain", "likely", "possible", "unknown"]

FIELDS = (
    "device_class",
    "brand",
    "manufacturer",
    "declared_manufacturer",
    "oui_registrant",
    "supplier",
    "model",
    "firmware",
    "serial",
)
"""The fields of an identification in reading order; brand, manufacturer, declared maker, OUI registrant and supplier
are five different things; none is filled from another unless a record of the catalog says what a name means."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One fingerprint that held on one observed value and says one thing."""

    field: str
    """The field it speaks about."""
    value: str
    """What it says: an id of the catalog, or text for model, firmware and serial."""
    technique: str
    """The kind of evidence, a word of the vocabulary."""
    strength: float
    """0 to 1, from the one table of weights."""
    record: str
    """Id of the catalog record that spoke, or ``statement`` for what people wrote."""
    observations: tuple[str, ...]
    """Ids of the observations it cites."""
    attribute: str
    """The attribute that was read."""
    observed: str
    """The value as observed, cut to 400 characters."""
    span: tuple[int, int] = (0, 0)
    """The part of ``observed`` that matched, as start and end."""
    read_as: str = ""
    """The right spelling that was read for the part that matched; empty where it was read as it stands."""


class Conclusion(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one field."""

    field: str
    """The field."""
    value: str
    """The concluded value; empty when unknown."""
    confidence: float
    """0 to 1."""
    band: Band
    """The confidence in words."""
    claims_for: tuple[Claim, ...] = ()
    """What supports the value."""
    claims_against: tuple[Claim, ...] = ()
    """What says otherwise; shown, never dropped."""
    settle: str = ""
    """What would settle an open question; empty when nothing is open."""


SURE = ("certain", "likely")
"""Bands on which a further statement may rest."""


class Identification(msgspec.Struct, frozen=True, kw_only=True):
    """The dossier of one asset."""

    asset: str
    """Id of the asset."""
    conclusions: tuple[Conclusion, ...]
    """One for each field of `FIELDS`, in that order."""
    catalog: str
    """Version of the catalog that spoke."""

    def get(self, field: str) -> Conclusion:
        """The conclusion for one field of `FIELDS`."""
        for conclusion in self.conclusions:  # asked of every device many times: no generator
            if conclusion.field == field:
                return conclusion
        raise KeyError(field)

    def sure(self, field: str) -> str:
        """The concluded value of one field where it is certain or likely; else empty."""
        conclusion = self.get(field)
        return conclusion.value if conclusion.band in SURE else ""
