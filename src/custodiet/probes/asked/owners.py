"""The question that needs a word of the owner: SNMP with the community he gives.

It stands apart from the list: without the owner's word it does not exist, and no word is ever guessed. The message can
only be a GetRequest, since the byte that says so is fixed here.
"""

from __future__ import annotations

from custodiet.errors import UsageError
from custodiet.probes.question import HOST, REVERSE, UUID, Question

_NAMES = (
    bytes.fromhex("2b06010201010100"),  # 1.3.6.1.2.1.1.1.0, description
    bytes.fromhex("2b06010201010200"),  # 1.3.6.1.2.1.1.2.0, whose kind of thing
    bytes.fromhex("2b06010201010500"),  # 1.3.6.1.2.1.1.5.0, name
    bytes.fromhex("2b0601040182b17d010100"),  # 1.3.6.1.4.1.39165.1.1.0, model; such cameras leave the second empty
)
_GET, _VERSION_2C, _COMMUNITY_MOST = 0xA0, b"\x02\x01\x01", 64


def snmp_get(community: str) -> Question:
    """The SNMP question with the owner's community, version 2c.

    Args:
        community: 1 to 64 printable ASCII characters.

    Raises:
        UsageError: it is not of that form.
    """
    word = community.encode("ascii", "replace")
    if not (0 < len(word) <= _COMMUNITY_MOST and community.isascii() and community.isprintable()):
        raise UsageError(
            "the SNMP community is not 1 to 64 printable characters", next_step="Ask whoever runs the devices."
        )
    if any(mark in word for mark in (HOST, UUID, REVERSE)):
        raise UsageError("the SNMP community holds a mark that we fill in", next_step="Use another community.")
    wanted = b"".join(_part(0x30, _part(6, name) + b"\x05\0") for name in _NAMES)
    get = _part(_GET, b"\x02\x04cst1" + b"\x02\x01\0" + b"\x02\x01\0" + _part(0x30, wanted))
    return Question(
        id="snmp-get",
        title="SNMP: description, kind, name, model",
        sends="one SNMP GetRequest for four values, with the community that the owner gave",
        category="read",
        harmless="A GetRequest can only read, and the owner of the device gave the word for it.",
        transport="udp",
        ports=(161,),
        requests=(_part(0x30, _VERSION_2C + _part(4, word) + get),),
        most=4096,
    )


def _part(tag: int, content: bytes) -> bytes:
    """Content behind its tag and length; at most 255 bytes."""
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content
