"""Ports to which we only connect: some services speak first, and an open port tells by itself.

Not one byte is sent on these connections.
"""

from __future__ import annotations

from custodiet.probes.question import Question

_NOTHING = "a connection is opened and closed; not one byte is sent on it"

SDK_8000 = Question(
    id="sdk-8000",
    title="greeting of TCP 8000",
    sends=_NOTHING,
    category="greeting",
    harmless="We listen for the 16 bytes by which one family of recorders and cameras greets, and close.",
    transport="tcp",
    ports=(8000,),
)

SDK_37777 = Question(
    id="sdk-37777",
    title="greeting of TCP 37777 and 35000",
    sends=_NOTHING,
    category="greeting",
    harmless="The port carries log-ins and streams of one platform; we begin neither and only see that it is open.",
    transport="tcp",
    ports=(37777, 35000),
)

SDK_34567 = Question(
    id="sdk-34567",
    title="TCP 34567 is open",
    sends=_NOTHING,
    category="connect",
    harmless="The port carries log-ins of one platform; we begin none and only see that it is open.",
    transport="tcp",
    ports=(34567,),
    waits=0.5,
)

TELNET = Question(
    id="telnet-greeting",
    title="greeting of Telnet",
    sends=_NOTHING,
    category="greeting",
    harmless="We read the words before the log-in, type nothing, and close.",
    transport="tcp",
    ports=(23,),
    presets=("standard",),
)

FTP = Question(
    id="ftp-greeting",
    title="greeting of FTP",
    sends=_NOTHING,
    category="greeting",
    harmless="We read the line by which the server greets, and close.",
    transport="tcp",
    ports=(21,),
    presets=("standard",),
)
