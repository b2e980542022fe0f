"""``custodiet isolate verify`` and ``check``: the proof that it stopped, and the proof of that proof."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.cli.common import (
    CaseOption,
    CatalogOption,
    JsonOption,
    QuietOption,
    VerboseOption,
    ZoneOption,
    checked_zone,
    load,
    tell,
    write_whole,
)
from custodiet.errors import IntegrityError, UsageError

if TYPE_CHECKING:
    from custodiet.isolation.judged import DeviceProof
    from custodiet.proving import TriedFrom

EXIT_LEAKS, EXIT_INCOMPLETE = 3, 4


def verify(
    case: CaseOption,
    before: Annotated[
        list[str], typer.Option("--before", metavar="FILE", help="Captures or logs of the time before; repeatable.")
    ],
    after: Annotated[
        list[str], typer.Option("--after", metavar="FILE", help="Captures or logs of the time after; repeatable.")
    ],
    allowed: Annotated[
        list[str] | None,
        typer.Option(
            "--allowed",
            metavar="WHAT",
            help="An address, network or domain that may be reached; repeatable. [default: all inside]",
        ),
    ] = None,
    rules: Annotated[
        list[Path] | None, typer.Option("--rules", metavar="FILE", help="Rules in force; their hash is stated.")
    ] = None,
    device: Annotated[
        list[str] | None,
        typer.Option("--device", metavar="WHAT", help="Only this device: its id, address, MAC or serial; repeatable."),
    ] = None,
    tried: Annotated[
        list[str] | None,
        typer.Option(
            "--tried",
            metavar="[FROM=]LOG",
            help="A log of custodiet find; FROM is inside or outside, where it ran; repeatable.",
        ),
    ] = None,
    point: Annotated[
        str, typer.Option("--point", metavar="TEXT", help="Where the captures after were taken, in your words.")
    ] = "",
    near_side: Annotated[
        bool,
        typer.Option(
            "--near-side",
            help="They were taken between the devices and the rules: what got no answer counts as blocked.",
        ),
    ] = False,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="The private key to sign with. [default: own]")
    ] = None,
    sign: Annotated[bool, typer.Option("--sign/--no-sign", help="Whether to sign the statement.")] = True,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the statement to this file too.")
    ] = None,
    zone: ZoneOption = "",
    catalog: CatalogOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Say of each device whether it is isolated: what it reached before and after, and for how long it was watched.

    Nothing is sent. What is read stays out of the case, which keeps the statement. Exit code 3 when a device leaks, 4
    when of one it cannot be said, 0 when all are isolated as far as seen.
    """
    import msgspec

    from custodiet import audit as steps
    from custodiet import proving
    from custodiet.casefile import Case
    from custodiet.cli.audit import shown_progress
    from custodiet.cli.explain import find_asset, remembered_folders
    from custodiet.cli.sending import state_folder
    from custodiet.egress.place import own_networks
    from custodiet.isolation.side import Terms, parse_allowed
    from custodiet.isolation.statement import LARGEST, seal, statement_of
    from custodiet.report.proved import shown
    from custodiet.signing import private_key, signing_key
    from custodiet.sources import READERS
    from custodiet.statements import keep

    networks, domains = parse_allowed(allowed or [])
    checked_zone(zone)
    for path in rules or []:
        if not path.is_file():
            raise UsageError("there is no such file", place=str(path), next_step="Check --rules.")
    logs = [_from_where(text) for text in tried or []]
    secret = (private_key(key) if key else signing_key(state_folder() / "ledger.key")) if sign else None
    with tempfile.TemporaryDirectory(prefix="custodiet-") as folder, Case(case, must_exist=True) as opened:
        context = steps.recalled(opened)
        knowledge = load(catalog) if catalog else load(remembered_folders(opened))
        scratch = Path(folder)
        wanted = [find_asset(opened, one).id for one in device or []]
        meant = proving.devices_of(opened, knowledge, wanted)
        if not meant:
            raise UsageError("the case knows no device to judge", place=str(case), next_step="Name one: --device.")
        terms = Terms(
            own=own_networks(context.body),
            allowed=networks,
            domains=domains,
            near_side=near_side,
            whose=lambda name: proving.whose(knowledge, name),
        )
        with (
            shown_progress(quiet or json, verbose) as progress,
            proving.reading(
                before, READERS, scratch, "before", context, knowledge, progress=progress, zone=zone
            ) as was,
            proving.reading(after, READERS, scratch, "after", context, knowledge, progress=progress, zone=zone) as now,
        ):
            if both := was.traffic & now.traffic:
                raise UsageError(
                    "the same capture was given as before and as after", place=was.side.name(min(both)),
                    next_step="Give each once.",
                )  # fmt: skip
            tries = proving.tries(logs, meant, now)
            devices = proving.prove(meant, was, now, terms, tries)
            subjects = proving.subjects_of(was, now, rules or [], [path for _, path in logs])
            predicate = proving.stated(
                context, was, now, terms, devices,
                point=point, allowed=allowed or [], case_devices=context.counts.totals.assets, with_rules=bool(rules),
            )  # fmt: skip
        id, envelope = seal(subjects, predicate, secret)
        written = msgspec.json.encode(envelope)
        if len(written) > LARGEST:
            raise UsageError(
                f"the statement on {len(devices):,} devices would be larger than can be checked", place=str(case),
                next_step="Name some of them: --device.",
            )  # fmt: skip
        keep(opened, id, written, out.name if out else "")
    if out:
        write_whole(out, lambda path: _write(path, written + b"\n"))
    statement = statement_of(envelope)
    if not quiet:
        tell({"id": id, "statement": statement}, lambda: shown(statement, id, verbose), json=json)
    raise typer.Exit(_exit_code(devices))


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _exit_code(devices: tuple[DeviceProof, ...]) -> int:
    verdicts = {one.verdict for one in devices}
    if "leaks" in verdicts:
        return EXIT_LEAKS
    return EXIT_INCOMPLETE if verdicts - {"isolated as far as seen"} else 0


def _from_where(text: str) -> tuple[TriedFrom, Path]:
    where, found, name = text.partition("=")
    path = Path(name if found and where in ("inside", "outside") else text)
    if not path.is_file():
        raise UsageError("there is no such log", place=str(path), next_step="Write --tried outside=LOG.find.")
    if found and where == "inside":
        return "inside", path
    return ("outside" if found and where == "outside" else "not said"), path


def check(
    statement: Annotated[
        Path, typer.Argument(metavar="STATEMENT", help="The file that verify wrote; with --case the id of a statement.")
    ],
    case: Annotated[
        Path | None, typer.Option("--case", metavar="FILE", help="The case file that keeps the statement.")
    ] = None,
    public_key: Annotated[
        str,
        typer.Option(
            "--public-key", metavar="KEY", help="The key of who should have signed: 64 hexadecimal digits, or a file."
        ),
    ] = "",
    captures: Annotated[
        list[Path] | None,
        typer.Option("--captures", metavar="FILE", help="A capture or log that it was made of; repeatable."),
    ] = None,
    rules: Annotated[
        list[Path] | None, typer.Option("--rules", metavar="FILE", help="Rules that it names; repeatable.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Check a statement offline: its signature, its form, and that the files given are those it was made of.

    Exit code 5 where anything does not match.
    """
    from custodiet.isolation.statement import LARGEST, sha256_of
    from custodiet.isolation.statement import check as held
    from custodiet.report.proved import checked
    from custodiet.signing import public_key as parsed

    given = None
    if public_key:
        there = Path(public_key)
        given = parsed(there.read_bytes() if _is_file(there) else public_key.encode("utf-8", "replace"))
    if case:
        data = _kept(case, str(statement))
    else:
        if not _is_file(statement):
            raise UsageError("there is no such file", place=str(statement), next_step="Check the path.")
        with statement.open("rb") as file:
            data = file.read(LARGEST + 1)
    try:
        found = held(data, given)
    except IntegrityError as fault:
        raise IntegrityError(fault.reason, place=fault.place or str(statement), next_step=fault.next_step) from fault
    for roles, paths in ((("before/", "after/"), captures or []), (("rules/",), rules or [])):
        known = {one.digest["sha256"] for one in found.statement.subject if one.name.startswith(roles)}
        for path in paths:
            if sha256_of(path) not in known:
                raise IntegrityError(
                    "the statement was not made of this file", place=str(path),
                    next_step="It was changed since, or is another.",
                )  # fmt: skip
    if not quiet:
        number = len(captures or []) + len(rules or [])
        tell(found, lambda: checked(found, number, verbose), json=json)


def key(
    file: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The private key. [default: own]")] = None,
    json: JsonOption = False,
) -> None:
    """Print the public half of the key that signs statements and ledgers: hand it to whoever is to check them.

    Where there is no key of your own yet, none is made.
    """
    from custodiet.cli.sending import state_folder
    from custodiet.signing import key_id, pem, private_key

    path = file or state_folder() / "ledger.key"
    if not _is_file(path):
        step = "Check --key." if file else "One is made when a statement or a ledger is first signed; or give --key."
        raise UsageError("there is no key", place=str(path), next_step=step)
    public = private_key(path).public_key()
    told = {"public_key": public.public_bytes_raw().hex(), "key_id": key_id(public), "pem": pem(public)}
    if json:
        tell(told, tuple, json=True)
        return
    typer.echo(f"Public key  {told['public_key']}\nKey id      {told['key_id']}\n\n{told['pem'].rstrip()}")


def _kept(path: Path, id: str) -> bytes:
    """The envelope of a statement that a case keeps."""
    from custodiet.casefile import Case
    from custodiet.statements import FILE_UNDER, KEPT_UNDER

    with Case(path, must_exist=True) as opened:
        text = opened.meta(f"{KEPT_UNDER}{id}")
        if text is None:
            there = [key.removeprefix(FILE_UNDER) for key in opened.metas(FILE_UNDER)]
            raise UsageError(
                f"the case keeps no statement {id[:80]!r}", place=str(path),
                next_step=f"It keeps: {', '.join(there[:8])}" if there else "Make one: custodiet isolate verify.",
            )  # fmt: skip
    return text.encode("utf-8", "surrogatepass")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
