"""Ports on which servers listen: decides who began a conversation whose beginning was not seen."""

from __future__ import annotations

import numpy as np

SERVER_PORTS = np.zeros(65536, dtype=np.bool_)
"""Port -> whether servers listen there."""
SERVER_PORTS[1:1024] = True
SERVER_PORTS[
    [
        *(1433, 1521, 1883, 1900, 1935, 2049, 3128, 3306, 3389, 3478, 3702, 5000, 5060, 5061, 5353, 5355, 5432, 5900),
        *(6379, 8000, 8008, 8080, 8081, 8443, 8554, 8800, 8883, 9000, 9443, 34567, 34568, 37020, 37777, 37778, 37810),
    ]
] = True
