"""custodiet: who guarantees that nobody is watching along through our cameras?"""

__version__ = "0.1.0"
