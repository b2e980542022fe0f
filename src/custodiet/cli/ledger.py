"""``custodiet ledger``: what was sent, to whom and why; and the proof that nothing in it was changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from custodiet.cli.common import JsonOption, QuietOption, VerboseOption, tell
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from custodiet.probes.ledger import Packet
    from custodiet.probes.log import Line

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

FileArgument = Annotated[Path, typer.Argument(metavar="CASE", help="A case file, or the log of one sweep.")]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """One ledger that holds together."""

    name: str
    pages: int
    packets: int
    addresses: int
    by_reason: dict[str, int]
    """Question or reason -> packets."""
    signed_by: str
    """The public key; empty where the sweep was cut off before its end."""
    gaps: tuple[str, ...]
    """What is known to be missing."""


@app.callback()
def _ledger() -> None:
    """Every packet that find sent: to whom, why, signed."""


@app.command("verify")
def verify(file: FileArgument, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Check that no page was changed, left out or put in, and that the end is signed.

    Exit code 5 where it was.
    """
    checked = [_checked(name, lines) for name, lines in _ledgers(file)]
    if not quiet:
        tell(checked, lambda: _in_words(checked), json=json)


@app.command("show")
def show(
    file: FileArgument,
    address: Annotated[str, typer.Option("--address", metavar="IP", help="Only packets to this address.")] = "",
    json: JsonOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """List the packets; -v lists all of them and not only the first hundred."""
    from custodiet.probes.ledger import verify as walk
    from custodiet.probes.log import End, Ledgered

    most = None if verbose or json else 100
    packets: list[Packet] = []
    more = 0
    for _, lines in _ledgers(file):
        read = list(lines)
        pages = (line.page for line in read if isinstance(line, Ledgered))
        end = next((line.ledger for line in reversed(read) if isinstance(line, End)), None)
        for packet in walk(pages, end):
            if address in ("", packet.to):
                if most is None or len(packets) < most:
                    packets.append(packet)
                else:
                    more += 1
    tell([packet._asdict() for packet in packets], lambda: _listed(packets, more), json=json)


def _ledgers(path: Path) -> Iterator[tuple[str, Iterable[Line]]]:
    """Name and lines of each ledger in a case, or of one log.

    Raises:
        UsageError: there is none.
    """
    from custodiet.probes.log import lines_of, read_log

    if not path.is_file():
        raise UsageError("there is no such file", place=str(path), next_step="Give a case that find made, or its log.")
    with path.open("rb") as file:
        is_case = file.read(15) == b"SQLite format 3"
    if not is_case:
        yield path.name, read_log(path)
        return
    from custodiet.casefile import Case

    with Case(path, must_exist=True) as case:
        kept = case.metas(KEPT_UNDER)
    if not kept:
        raise UsageError(
            "nothing was sent for this case", place=str(path), next_step="Only custodiet find sends anything."
        )
    for key, text in kept.items():
        yield key.removeprefix(KEPT_UNDER), lines_of(text.encode(), key)


KEPT_UNDER = "ledger:"
"""How the ledgers of a case are named in it."""


def keep(case_path: Path, log: Path) -> None:
    """Keep the ledger of a sweep in its case, so that the case alone shows what was sent."""
    from custodiet.casefile import Case
    from custodiet.probes.log import End, Head, Ledgered, encode, read_log

    wanted = [line for line in read_log(log) if isinstance(line, Head | Ledgered | End)]
    with Case(case_path) as case:
        case.set_meta(f"{KEPT_UNDER}{log.stem}", b"\n".join(map(encode, wanted)).decode())


def _checked(name: str, lines: Iterable[Line]) -> Verified:
    from custodiet.probes.ledger import verify as walk
    from custodiet.probes.log import End, Ledgered

    read = list(lines)
    pages = [line.page for line in read if isinstance(line, Ledgered)]
    end = next((line.ledger for line in reversed(read) if isinstance(line, End)), None)
    reasons: Counter[str] = Counter()
    addresses: set[str] = set()
    for packet in walk(pages, end):
        reasons[packet.why] += packet.packets
        addresses.add(packet.to)
    return Verified(
        name=name,
        pages=len(pages),
        packets=reasons.total(),
        addresses=len(addresses),
        by_reason=dict(reasons.most_common()),
        signed_by=end.key if end else "",
        gaps=end.gaps if end else ("the sweep was cut off: what left after the last page is not written down.",),
    )


def _in_words(checked: list[Verified]) -> Iterator[Text]:
    from custodiet.report import words
    from custodiet.report.guard import styled

    for one in checked:
        to = words.count(one.addresses, "address", "addresses")
        yield styled(
            f"{one.name}: {words.count(one.packets, 'packet')} to {to} on {words.count(one.pages, 'page')}; nothing "
            "was changed, left out or put in.",
            "green",
        )
        for why, packets in one.by_reason.items():
            yield styled(f"  {packets:>9,}  {why}")
        yield styled(
            f"  signed by key {one.signed_by}" if one.signed_by else "  not signed: it did not come to its end"
        )
        for gap in one.gaps:
            yield styled(f"  {gap}", "yellow")


def _listed(packets: list[Packet], more: int) -> Iterator[Text]:
    from custodiet.dates import moment_of
    from custodiet.report.guard import styled

    for packet in packets:
        moment = moment_of(packet.at)
        when = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else "?"
        port = f":{packet.port}" if packet.port else ""
        times = f" x {packet.packets}" if packet.packets != 1 else ""
        yield styled(f"{when}  {packet.protocol:<5} {packet.to}{port}{times}  {packet.size} bytes  {packet.why}")
    if more:
        yield styled(f"and {more:,} more; -v lists all of them.")
