"""Questions to tables that others keep: the names of addresses."""

from __future__ import annotations

from custodiet.probes.question import Question

REVERSE_DNS = Question(
    id="reverse-dns",
    title="name of the address",
    sends="one DNS query for the name of an address, to the name server; the device itself hears nothing of it",
    category="table",
    harmless="Name servers answer such queries all day, and the device is not touched at all.",
    transport="udp",
    ports=(53,),
    requests=(b"cs\x01\0\0\x01\0\0\0\0\0\0{reverse}\0\0\x0c\0\x01",),
    most=4096,
    asks="resolver",
)
