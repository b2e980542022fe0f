"""The makers' own searches: the datagrams by which their tools look for devices on a network.

Each of these protocols has other messages, too, which set addresses, activate devices or find passwords. They are not
here. Where the bytes of a search are not known for certain there is no question (docs/questions.md names those).
"""

from __future__ import annotations

from custodiet.probes.question import Question

SADP = Question(
    id="sadp-inquiry",
    title="SADP inquiry",
    sends="one datagram of XML that says `inquiry`, to the address or to the group that such devices listen to",
    category="discovery",
    harmless="Recorders and cameras of this family are built to answer it at any time; it names no device and asks for "
    "nothing but the description that the maker's own search tool shows.",
    transport="udp",
    ports=(37020,),
    groups=("239.255.255.250",),
    answer_port=37020,
    answer_groups=("239.255.255.250",),
    requests=(b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>{uuid}</Uuid><Types>inquiry</Types></Probe>',),
)

DHIP = Question(
    id="dhip-search",
    title="DHIP search",
    sends="one datagram of JSON behind its header that says `DHDiscover.search`, with no device named",
    category="discovery",
    harmless="It is the search of the maker's own tool. The device answers with its description; nothing is opened, "
    "logged in to or changed.",
    transport="udp",
    ports=(37810,),
    groups=("239.255.255.251", "broadcast"),
    requests=(
        b"\x20\0\0\0DHIP\0\0\0\0\0\0\0\0\x3a\0\0\0\0\0\0\0\x3a\0\0\0\0\0\0\0"
        b'{"method":"DHDiscover.search","params":{"mac":"","uni":1}}',
    ),
)

OLD_DHIP = Question(
    id="dhip-search-old",
    title="search of older DHIP devices",
    sends="one datagram of 32 bytes that only says: a search",
    category="discovery",
    harmless="It is the search of the tools of that time and carries no field that a device could take over.",
    transport="udp",
    ports=(5050,),
    groups=("broadcast",),
    answer_port=5050,
    requests=(b"\xa3\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",),
    presets=("standard",),
)

XIONGMAI = Question(
    id="xiongmai-search",
    title="search of Xiongmai devices",
    sends="one datagram of 20 bytes: a header with the number of the search and no content",
    category="discovery",
    harmless="Phone apps and desktop tools of the platform send the same bytes each time somebody looks for cameras.",
    transport="udp",
    ports=(34569,),
    groups=("broadcast",),
    answer_port=34569,
    requests=(b"\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\xfa\x05\0\0\0\0",),
)

TVT = Question(
    id="tvt-search",
    title="search of TVT devices",
    sends="one datagram of 140 bytes: four letters, the number of the search, and zeros",
    category="discovery",
    harmless="It is what the maker's tool sends to list devices. Messages that set an address carry another number and "
    "a password, which this one has no place for.",
    transport="udp",
    ports=(23456,),
    groups=("234.55.55.55",),
    answer_port=23456,
    answer_groups=("234.55.55.55", "234.55.55.56"),
    requests=(b"MHED\x08\0\x01\0\x01\0" + bytes(130),),
    presets=("standard",),
)

HANWHA = Question(
    id="hanwha-search",
    title="search of Hanwha devices",
    sends="one datagram of 262 bytes: the number of the search, and zeros",
    category="discovery",
    harmless="It is the search of the maker's installer; with all fields empty it names no device.",
    transport="udp",
    ports=(7701,),
    groups=("broadcast",),
    answer_port=7711,
    requests=(b"\x01" + bytes(261),),
    presets=("standard",),
)

BOSCH = Question(
    id="bosch-search",
    title="search of Bosch devices",
    sends="one datagram of 12 bytes: a fixed number, a number for the answer, and the number of the search",
    category="discovery",
    harmless="It is the search of the maker's tool and has no field besides these three numbers.",
    transport="udp",
    ports=(1757,),
    groups=("broadcast",),
    answer_port=1758,
    requests=(b"\x99\x39\xa4\x27cst1\xff\0\x06\xde",),
    presets=("standard",),
)

SONY = Question(
    id="sony-search",
    title="search of Sony devices",
    sends="one datagram that says `ENQ:allinfo`",
    category="discovery",
    harmless="ENQ is the enquiry of this protocol; what changes a device begins with another word.",
    transport="udp",
    ports=(2380,),
    groups=("broadcast",),
    requests=(b"\x02ENQ:allinfo\xff\x03",),
    presets=("standard",),
)

VIVOTEK = Question(
    id="vivotek-search",
    title="search of Vivotek devices",
    sends="one datagram of 5 bytes: a number for the answer and four fixed ones",
    category="discovery",
    harmless="It is the search of the maker's tool and holds nothing that a device could take over.",
    transport="udp",
    ports=(10000,),
    groups=("broadcast",),
    requests=(b"\x01\x4a\x5d\x8f\x1c",),
    presets=("standard",),
)

FOSCAM = Question(
    id="foscam-search",
    title="search of Foscam devices",
    sends="one datagram of 27 bytes with the operation 0, which is the search",
    category="discovery",
    harmless="The maker's description of this protocol gives operation 0 to the search; the one that sets an address "
    "is another and needs a password.",
    transport="udp",
    ports=(10000,),
    groups=("broadcast",),
    answer_port=10000,
    requests=(b"MO_I\0\0\0\0\0\0\0\0\0\0\0\x04\0\0\0\x04\0\0\0\0\0\0\x01",),
    presets=("standard",),
)

UBIQUITI = Question(
    id="ubiquiti-search",
    title="search of Ubiquiti devices",
    sends="two datagrams of 4 bytes, one for each version of the protocol",
    category="discovery",
    harmless="A version and the number of the search, no content; a well known scanner lists the same two among its "
    "safe ones.",
    transport="udp",
    ports=(10001,),
    groups=("233.89.188.1", "broadcast"),
    requests=(b"\x01\0\0\0", b"\x02\x08\0\0"),
    presets=("standard",),
)

REOLINK = Question(
    id="reolink-search",
    title="search of Reolink devices",
    sends="one datagram of 4 bytes, which the device repeats in its answer",
    category="discovery",
    harmless="It is the call by which the maker's apps list cameras; four bytes hold nothing besides it.",
    transport="udp",
    ports=(2000,),
    groups=("broadcast",),
    answer_port=3000,
    requests=(b"\xaa\xaa\0\0",),
    presets=("standard",),
)

VSTARCAM = Question(
    id="vstarcam-search",
    title="search of VStarcam devices",
    sends="one datagram of 4 bytes that only says: a search",
    category="discovery",
    harmless="It is the search of the maker's app; the messages that change a device are longer and carry a password.",
    transport="udp",
    ports=(8600,),
    groups=("broadcast",),
    answer_port=8601,
    requests=(b"\x44\x48\x01\x01",),
    presets=("standard",),
)

VISION360 = Question(
    id="vision360-search",
    title="search of 360 Vision devices",
    sends="one datagram that says `DISCOVER`",
    category="discovery",
    harmless="One word and a line end; it is the search of the maker's tool.",
    transport="udp",
    ports=(3600,),
    groups=("broadcast",),
    requests=(b"DISCOVER\n",),
    presets=("standard",),
)
