"""What people wrote about devices: register rows, invoice lines, tender texts, in Dutch and English.

roles        a name is the thing itself, or what it replaces, serves, resembles or must not be
quantities   how many
numbers      which numbers make no difference
spelling     names and models with a slip of the hand
mentions     where a line names a brand or a model
lines        a line -> the things it names
rows         a row or a text that names several things -> a subject for each
"""

from custodiet.identify.text.lines import LineItem, read_line
from custodiet.identify.text.roles import Role
from custodiet.identify.text.rows import split_rows

__all__ = ["LineItem", "Role", "read_line", "split_rows"]
