"""The passive sensor: it listens on an interface and sends nothing.

    child.py    a process of its own: opens the packet socket, gives up every right, hands over what the kernel gathered
    rights.py   how rights are given up
    bpf.py      an assembler for the kernel's packet filter; filter.py the program: what our capture reader can use
    ring.py     the blocks of the kernel's ring, turned into records of a capture file
    spool.py    files that are rotated and never grow beyond their bounds
    start.py    the child is started, or it is said why it cannot capture
    listen.py   the parent: fills the files, hands them over, says what was lost
    reading.py  a handed-over file -> observations, by the reader of captures

Nothing is imported here: the process that holds the right to capture loads as little code as it can.
"""
