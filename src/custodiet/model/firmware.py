"""How the firmware versions of a maker are written, and what the parts mean."""

from __future__ import annotations

import msgspec

from custodiet.model.company import Reference
from custodiet.model.fingerprint import Example


class FirmwareCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer code inside a version."""

    code: str
    """The characters of the group ``code``."""
    brand: str = ""
    """Id of the brand it was built for; empty: no label set."""
    shelf: bool = False
    """True where one record or a community report is all there is: a hint, no answer."""
    note: str = ""
    """What a careful reader should know."""


class FirmwarePlatform(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hardware platform that a version or a package name mentions."""

    code: str
    """The characters of the group ``platform``."""
    device_class: str = ""
    """A word of the vocabulary; empty: several or not known."""
    versions: tuple[str, ...] = ()
    """Lowest and highest version seen."""
    first: str = ""
    """ISO 8601 date of the oldest release seen."""
    last: str = ""
    """ISO 8601 date of the newest release seen; newer ones exist."""
    shelf: bool = False
    """True where the source itself is unsure which hardware it is."""
    note: str = ""
    """What a careful reader should know."""


class FirmwareFormat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way in which one maker writes firmware versions or package names, which carries its own tests."""

    id: str
    """File name; never renamed."""
    company: str
    """Id of the maker of the firmware, whatever the label says."""
    regex: str
    """A Python regular expression with the groups ``version``, ``build``, ``date``, ``platform`` and ``code``."""
    date: str = ""
    """How the group ``date`` is written: ``yymmdd``, ``yyyymmdd`` or ``yyyy-mm-dd``; empty: there is no such group."""
    codes: tuple[FirmwareCode, ...] = ()
    """What the group ``code`` can be."""
    platforms: tuple[FirmwarePlatform, ...] = ()
    """What the group ``platform`` can be."""
    examples: tuple[Example, ...]
    """Values that must be read, and their ``version``, ``build``, ``built_on``, ``platform`` and ``brand``."""
    counter_examples: tuple[str, ...]
    """Values that must stay unread."""
    references: tuple[Reference, ...]
    """Where it was read."""
    added: str
    """ISO 8601 date of this record."""
    note: str = ""
    """What a careful reader should know."""


class FirmwareReading(msgspec.Struct, frozen=True, kw_only=True):
    """What one version string says."""

    record: str
    """Id of the format that read it."""
    company: str
    """Id of the maker whose format it is; a format is no proof of the maker."""
    version: str = ""
    """The version, as written; empty where the text is a build or a platform alone."""
    build: str = ""
    """The build, as written."""
    built_on: str = ""
    """ISO 8601 date of the build; empty: the text holds none."""
    platform: str = ""
    """Code of the hardware platform."""
    device_class: str = ""
    """Device class of the platform; empty: not known, or known from an unsure source only."""
    brand: str = ""
    """Id of the brand whose customer code it carries; empty: none, or known from an unsure source only."""
