"""One table from its begin to its end, several columns at once; what does not come to an end is ended here."""

from __future__ import annotations

from typing import NamedTuple

from custodiet.probes.switch.session import Nothing, Session
from custodiet.wire.mib import Column, Table
from custodiet.wire.snmp_pdu import NO_VALUE, Oid

_TOO_BIG = 1
_ERRORS = {
    1: "a row does not fit into one answer",
    2: "it knows no such thing",
    5: "it failed inside",
    6: "our account may not see it",
    13: "it has no means for it just now",
    16: "our account may not see it",
}


class Walked(NamedTuple):
    """What became of one table."""

    rows: int
    fault: str = ""
    """Why it is not whole, in words; empty: it came to its end."""


def get(session: Session, table: Table) -> Walked:
    """The one row of a group, by GetRequest.

    Raises:
        Nothing, Denied, Spent: as `Session.ask`.
    """
    answer = session.ask(table.id, "get", tuple((*column.oid, 0) for column in table.columns))
    if answer.error:
        return Walked(0, _fault(answer.error))
    return Walked(int(any(one.tag not in NO_VALUE for one in answer.variables)))


def walk(session: Session, table: Table) -> Walked:
    """All rows of a table, by GetBulkRequest; by GetNextRequest where the agent cannot do that.

    Raises:
        Nothing: no answer to its first question.
        Denied, Spent: as `Session.ask`.
    """
    at: dict[Column, Oid] = {column: column.oid for column in table.columns}
    rows = dict.fromkeys(table.columns, 0)
    most, bulk = table.rows, True
    while at:
        columns = tuple(at)
        try:
            answer = session.ask(table.id, "get-bulk" if bulk else "get-next", tuple(at.values()), most if bulk else 0)
        except Nothing as nothing:
            if not any(rows.values()):
                raise
            return Walked(max(rows.values()), f"in the middle of it {nothing}")
        if answer.error:
            if bulk:  # fewer rows, and at last one by one
                most //= 4 if answer.error == _TOO_BIG else most
                bulk = most > 0
                continue
            if answer.error == 2 and not any(rows.values()):
                return Walked(0)  # how version 1 says that there is no more
            return Walked(max(rows.values()), _fault(answer.error))
        if not answer.variables:
            return Walked(max(rows.values()), "it answered without a row")
        for place, variable in enumerate(answer.variables):
            column = columns[place % len(columns)]
            if column not in at:
                continue
            if variable.tag in NO_VALUE or variable.oid[: len(column.oid)] != column.oid:
                del at[column]
            elif variable.oid <= at[column]:
                return Walked(max(rows.values()), "its rows do not go forward, so it would never end")
            else:
                at[column] = variable.oid
                rows[column] += 1
        if at and max(rows.values()) >= session.bounds.rows:
            return Walked(max(rows.values()), f"it has more than {session.bounds.rows:,} rows")
    return Walked(max(rows.values()))


def _fault(error: int) -> str:
    return _ERRORS.get(error, f"it answered with error {error}")
