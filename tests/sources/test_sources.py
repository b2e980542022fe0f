"""The list of readers: complete, in order, and imported one after another."""

import subprocess
import sys

from custodiet.sources import READERS
from custodiet.sources.base import Reader

ALONE = """
import sys
from custodiet.sources import READERS
head = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
first = next(reader for reader in READERS if reader.recognise(head, "town.pcap"))
print(first.id, sum(module.startswith("custodiet.sources.tables") for module in sys.modules), "yaml" in sys.modules)
"""


def test_every_reader_can_be_imported() -> None:
    readers = list(READERS)
    assert all(isinstance(reader, Reader) for reader in readers)
    assert len({id(reader) for reader in readers}) == len(readers) == len(READERS)
    assert READERS[0] is readers[0]
    assert READERS[-2:] == readers[-2:]


def test_what_any_table_would_satisfy_is_asked_last() -> None:
    assert READERS[0].id == "pcap"
    assert READERS[-1].id == list(READERS)[-1].id
    assert READERS[-1].id == "prose"
    assert READERS[-2].recognise(b"place,serial\nhall,1\n", "list.csv")


def test_a_capture_does_not_wait_for_the_other_readers() -> None:
    output = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, check=True, text=True).stdout
    assert output.split() == ["pcap", "0", "False"]
