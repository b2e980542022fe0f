"""A sensor's side: files are sent to a server that shows the estate, which reads them as an import.

Nothing of the web is needed here but this module.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import secrets
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from custodiet.casefile.schema import APPLICATION_ID
from custodiet.errors import CustodietError, SourceError, UsageError

MOST_FILES = 50
"""Files of one import; more become several."""

MOST_BYTES = 900 << 20
"""Of one import; the server takes 1 GiB with what stands between the files."""

_PIECE = 1 << 20
_SECONDS = 60.0
_BETWEEN = 2.0


class Server(NamedTuple):
    """Where files are sent."""

    secure: bool
    host: str
    port: int | None
    body: str
    """Path of the pages of the body."""
    token: str


class State(NamedTuple):
    """How far an import is."""

    page: str
    """Its path on the server."""
    state: str
    """``waiting``, ``running``, ``done``, ``failed`` or ``stopped``."""
    reason: str
    next_step: str
    read: int
    """Files that were read."""
    issues: int
    """What there is to say of them."""
    skipped: tuple[tuple[str, str, str], ...]
    """Files that were not read: name, reason, and what can be done."""
    incomplete: int
    """Places in the others that were not read."""


def server(address: str, token: str) -> Server:
    """A server by the address of the pages of a body there.

    Args:
        address: as the browser shows it, for example ``https://custodiet.example.org/b/waterwijk/``.
        token: a token of that body with the right to edit.

    Raises:
        UsageError: it is no such address, or the token would travel in the clear.
    """
    found = urlsplit(address)
    pieces = found.path.strip("/").split("/")
    try:
        port = found.port
    except ValueError:
        port = -1
    if found.scheme not in ("http", "https") or not found.hostname or len(pieces) < 2 or pieces[0] != "b" or port == -1:
        step = "Copy it from the browser, for example https://custodiet.example.org/b/waterwijk/."
        raise UsageError("this is not the address of a body's pages", place=address[:200], next_step=step)
    if found.scheme == "http" and not _is_here(found.hostname):
        step = "Use the address that begins with https."
        raise UsageError("the token would travel where others can read it", place=address[:200], next_step=step)
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        step = "An administrator of the body makes one under Tokens; the file holds it and nothing else."
        raise UsageError("there is no token in the file", next_step=step)
    return Server(found.scheme == "https", found.hostname, port, f"/b/{pieces[1]}/", token)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def gathered(paths: Iterable[Path]) -> list[Path]:
    """The files to send: of a folder those in it, of a case what was found and heard for it.

    Raises:
        SourceError: there is no such file, or nothing to send in it or beside it.
    """
    found: list[Path] = []
    for path in paths:
        folders = [path.with_name(path.name + ending) for ending in (".finds", ".heard")]
        if any(folder.is_dir() for folder in folders):
            found += [file for folder in folders for file in _in(folder)]
        elif path.is_dir():
            found += _in(path)
        elif path.is_file():
            if _is_case(path):
                step = "Name the captures, scans and registers themselves, or the folder in which they stand."
                raise SourceError(
                    "find wrote nothing beside this case, and a case itself is not sent",
                    place=str(path),
                    next_step=step,
                )
            found.append(path)
        else:
            raise SourceError("there is no such file", place=str(path), next_step="Name a file, a folder or a case.")
    found = [path for path in dict.fromkeys(found) if path.stat().st_size]
    if not found:
        raise SourceError("there is nothing to send", next_step="Name what find wrote, or its case.")
    return found


def _is_case(path: Path) -> bool:
    """Whether it is a case, by the mark that SQLite keeps for programs."""
    with path.open("rb") as file:
        head = file.read(72)
    return head.startswith(b"SQLite format 3\0") and head[68:] == APPLICATION_ID.to_bytes(4, "big")


def _in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def parcels(files: Sequence[Path]) -> Iterator[list[Path]]:
    """The files in groups of which each is one import."""
    group: list[Path] = []
    size = 0
    for file in files:
        own = file.stat().st_size
        if group and (len(group) == MOST_FILES or size + own > MOST_BYTES):
            yield group
            group, size = [], 0
        group.append(file)
        size += own
    yield group


def push(to: Server, files: Sequence[Path], zone: str = "") -> str:
    """Send files to be read at once.

    Args:
        to: where.
        files: those of one import.
        zone: time zone of logs that do not say theirs; empty: UTC.

    Returns:
        The path of the import's page on the server.

    Raises:
        CustodietError: the server does not take them.
    """
    mark = secrets.token_hex(16)
    parts = [_field(mark, "at_once", "1"), *([_field(mark, "zone", zone)] if zone else [])]
    heads = [_head(mark, path.name) for path in files]
    end = f"--{mark}--\r\n".encode()
    sizes = [path.stat().st_size for path in files]
    size = sum(map(len, (*parts, *heads, end))) + sum(sizes) + 2 * len(files)

    def body() -> Iterator[bytes]:
        yield b"".join(parts)
        for head, path, own in zip(heads, files, sizes, strict=True):
            yield head
            yield from _content(path, own)
            yield b"\r\n"
        yield end

    headers = {"Content-Type": f"multipart/form-data; boundary={mark}", "Content-Length": str(size)}
    status, where, said = _ask(to, "POST", f"{to.body}imports/send/", headers, body())
    page = urlsplit(where).path
    if status != http.client.FOUND or not page.startswith(f"{to.body}imports/"):
        raise _refused(to, status, said)
    return page


def _field(mark: str, name: str, value: str) -> bytes:
    return f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def _head(mark: str, name: str) -> bytes:
    shown = "".join(c if c.isprintable() and c not in '"\\' else "_" for c in name)
    return f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\n\r\n'.encode(
        "utf-8", "replace"
    )


def _content(path: Path, left: int) -> Iterator[bytes]:
    """As many bytes as were told: what a sensor adds meanwhile goes with the next push."""
    with path.open("rb") as file:
        while left > 0:
            if not (piece := file.read(min(_PIECE, left))):
                raise SourceError("it became shorter while it was sent", place=str(path), next_step="Send it again.")
            left -= len(piece)
            yield piece


def look(to: Server, page: str) -> State:
    """How far an import is.

    Raises:
        CustodietError: the server does not say.
    """
    status, _, said = _ask(to, "GET", page, {}, None)
    if status != http.client.OK:
        raise _refused(to, status, said)
    told = json.loads(said)
    skipped = (told.get("came") or {}).get("skipped", ())
    return State(
        page=page,
        state=str(told.get("state", "")),
        reason=str(told.get("reason", "")),
        next_step=str(told.get("next_step", "")),
        read=len(told.get("read", ())),
        issues=int(told.get("paging", {}).get("total", 0)),
        skipped=tuple((str(one["source"]), str(one["reason"]), str(one.get("next_step", ""))) for one in skipped),
        incomplete=int(told.get("incomplete", 0)),
    )


def wait(to: Server, page: str, sleep: Callable[[float], None] = time.sleep) -> State:
    """Wait until an import is done, failed or stopped."""
    while (found := look(to, page)).state in ("waiting", "running"):
        sleep(_BETWEEN)
    return found


def _ask(
    to: Server, method: str, path: str, headers: dict[str, str], body: Iterator[bytes] | None
) -> tuple[int, str, bytes]:
    """One request; a redirect is an answer like others."""
    made = (
        http.client.HTTPSConnection(to.host, to.port, timeout=_SECONDS, context=ssl.create_default_context())
        if to.secure
        else http.client.HTTPConnection(to.host, to.port, timeout=_SECONDS)
    )
    own = {"Authorization": f"Bearer {to.token}", "Accept": "application/json", "User-Agent": "custodiet"}
    try:
        made.request(method, path, body=body, headers=own | headers)
        answer = made.getresponse()
        return answer.status, answer.getheader("Location", ""), answer.read(_PIECE)
    except ssl.SSLCertVerificationError as fault:
        step = "Ask whoever runs the server for the certificate of its authority, and let this machine trust it."
        raise CustodietError(
            f"its certificate is not trusted: {fault.verify_message}", place=to.host, next_step=step
        ) from None
    except (OSError, http.client.HTTPException) as fault:
        raise CustodietError(
            f"the server does not answer: {fault}", place=to.host, next_step="Try again later."
        ) from None
    finally:
        made.close()


def _refused(to: Server, status: int, said: bytes) -> CustodietError:
    try:
        told = json.loads(said)
        reason, step = str(told["reason"]), str(told.get("next_step", ""))
    except (ValueError, KeyError, TypeError):
        reason, step = f"the server answers with {status}", ""
    known = {
        401: ("the token is not known", "Make another one under Tokens."),
        404: ("there is no such body for this token", "Look at the address, and at the rights of the token."),
        413: ("this is more than the server takes at once", "Send fewer files, or ask whoever runs it."),
    }
    reason, step = known.get(status, (reason, step))
    return CustodietError(reason, place=to.host, next_step=step)
