"""The command line: read arguments, call, print. Heavy parts are imported by the command that needs them.

Exit codes: 0 nothing found, 1 error, 2 usage, 3 findings not satisfied, 4 result incomplete, 5 integrity failure.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback

import typer

from custodiet.cli import (
    audit,
    audit_log,
    catalog,
    claims,
    count,
    egress,
    evaluate,
    events,
    explain,
    find,
    identify,
    isolate,
    judge,
    law,
    ledger,
    push,
    reach,
    report,
    returns,
    serve,
    settle,
    tend,
    watch,
)
from custodiet.errors import CustodietError, IntegrityError, UsageError

EXIT_ERROR, EXIT_USAGE, EXIT_INTEGRITY = 1, 2, 5

app = typer.Typer(
    name="custodiet",
    help="Find surveillance devices, name who really made them, and judge them by dated directives.\n\n"
    "Exit codes: 0 nothing found, 1 error, 2 usage, 3 findings not satisfied, 4 result incomplete, "
    "5 integrity failure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("audit", short_help="Read files, name makers, judge, report.")(audit.audit)
app.command("find", short_help="Ask a live network, sparingly, and name what answers.")(find.find)
app.command("identify", short_help="Read files and name makers; nothing is judged.")(identify.identify)
app.command("explain")(explain.explain)
app.command("count", short_help="Count the devices in scan exports.")(count.count)
app.command("evaluate")(evaluate.evaluate)
app.command("judge", short_help="Judge a case again: another date, other countries, what if.")(judge.judge)
app.command("claims", short_help="What makers and officials say, and what a case shows.")(claims.claims)
app.command("egress", short_help="What each device talks to, whose that is, and ways in.")(egress.egress)
app.command("watch", short_help="Told at once: new destination, new firmware, back after isolation.")(watch.watch)
app.command("reach", short_help="Could a device reach a core network, by your configurations.")(reach.reach)
app.command("events", short_help="What befell devices and sites, day by day.")(events.events)
app.command("report")(report.report)
app.command("return", short_help="Write the paper that a regime asks for.")(returns.make)
app.command("serve", short_help="Show the estate in the browser.")(serve.serve)
app.command("push", short_help="Send what was found to a server that shows the estate.")(push.push)
app.add_typer(audit_log.app, name="audit-log", short_help="What people did in the browser: check or export it.")
app.command("doctor", short_help="What is wrong with a server, and how to mend it.")(tend.doctor)
app.command("backup", short_help="All that a server keeps, in one file.")(tend.backup)
app.command("restore", short_help="Put back what a backup holds.")(tend.restore)
app.command("apart")(settle.apart)
app.add_typer(catalog.app, name="catalog", short_help="What we know: check, count or show it.")
app.add_typer(ledger.app, name="ledger", short_help="What find sent: to whom, why, signed.")
app.add_typer(isolate.app, name="isolate", short_help="Rules that shut devices in, and the proof that they hold.")
app.add_typer(law.app, name="law", short_help="What directives say, and the proof that we read them right.")


def _version(wanted: bool) -> None:
    if wanted:
        from custodiet import __version__

        typer.echo(f"custodiet {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line; every expected fault becomes one sentence and an exit code."""
    # NumPy's library for matrices starts threads that spin for a tenth of a second; nothing here uses matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except CustodietError as fault:
        _complain(str(fault))
        if isinstance(fault, IntegrityError):
            code = EXIT_INTEGRITY
        else:
            code = EXIT_USAGE if isinstance(fault, UsageError) else EXIT_ERROR
        sys.exit(code)
    except KeyboardInterrupt:
        _complain("Stopped. What was read so far is kept when you gave --case: run the same command again to go on.")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away, which is its right
        sys.exit(EXIT_ERROR)
    except OSError as fault:
        _complain(f"{fault.filename or 'the output'}: {fault.strerror or fault}. {_next_step(fault)}")
        sys.exit(EXIT_ERROR)


def _next_step(fault: OSError) -> str:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "Make room on the disk, or write elsewhere, and run the same command again."
    return "Check the path and its permissions."


def _complain(sentence: str) -> None:
    from custodiet.report.guard import plain

    print(f"custodiet: {plain(sentence, 2000)}", file=sys.stderr)
    if "-vv" in sys.argv:
        traceback.print_exc()
