"""What was seen of a device before and just now -> news of it, each told once.

seen      what one device was seen with, as far as news rest on it
news      the difference in sentences
isolated  whom signed statements call isolated, and what these may reach
devices   which device of the case a MAC or an address is
losses    what cannot be told: losses, silence, gaps
told      what was told already, kept in the case
files     news of files that were read into a case
live      news of what a sensor hears, batch by batch
stretch   many short files of a sensor joined to one that goes into the case
"""
