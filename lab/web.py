"""Answers of HTTP and RTSP servers, made beforehand.

`Site` answers by path; a path may want a log-in (digest or basic), which the owner's client libraries have and `find`
never tries: every request that carries one is counted.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

USER, PASSWORD = "admin", "proving-ground"
"""The log-in of every device of the estate."""

COUNTED = {"logins": 0, "requests": 0}
"""What all sites of this process were asked."""

_PAIR = re.compile(r'(\w+)="?([^",]*)"?')
_CSEQ = re.compile(rb"\ncseq:\s*(\d{1,10})", re.IGNORECASE)
_AUTHORIZATION = re.compile(rb"\nauthorization:\s*([^\r\n]*)", re.IGNORECASE)


def reply(
    body: bytes | str = b"",
    *,
    status: str = "200 OK",
    kind: str = "text/html",
    server: str = "",
    headers: tuple[str, ...] = (),
    version: str = "HTTP/1.1",
) -> bytes:
    """One whole answer."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"{version} {status}"]
    if server:
        lines.append(f"Server: {server}")
    lines += headers
    if raw or version.startswith("HTTP"):
        lines += [f"Content-Type: {kind}"] if raw else []
        lines.append(f"Content-Length: {len(raw)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


def page(title: str, body: str = "", *, server: str = "", headers: tuple[str, ...] = ()) -> bytes:
    """A page with a title."""
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"
    return reply(html, server=server, headers=headers)


def redirect(target: str, *, server: str = "", status: str = "302 Found") -> bytes:
    """A pointer to another address."""
    return reply(status=status, server=server, headers=(f"Location: {target}",))


def allowed(value: str, method: str) -> bool:
    """Does this `Authorization` prove the log-in of the estate?"""
    kind, _space, rest = value.partition(" ")
    if kind.lower() == "basic":
        try:
            return base64.b64decode(rest) == f"{USER}:{PASSWORD}".encode()
        except ValueError:
            return False
    said = dict(_PAIR.findall(rest))

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    first = md5(f"{said.get('username')}:{said.get('realm')}:{PASSWORD}")
    second = md5(f"{method}:{said.get('uri')}")
    middle = f"{said.get('nonce')}:{said.get('nc')}:{said.get('cnonce')}:{said.get('qop')}"
    if "qop" not in said:
        middle = f"{said.get('nonce')}"
    return said.get("username") == USER and said.get("response") == md5(f"{first}:{middle}:{second}")


class Site:
    """A web server."""

    def __init__(
        self,
        pages: dict[str, bytes],
        *,
        missing: bytes = b"",
        private: dict[str, bytes] | None = None,
        challenge: bytes = b"",
        posts: dict[str, Callable[[bytes], bytes]] | None = None,
        everything_private: bool = False,
    ) -> None:
        """Pages by path, with or without query; `private` ones come after a log-in, `challenge` asks for it."""
        self._pages = {path.encode(): answer for path, answer in pages.items()}
        self._private = {path.encode(): answer for path, answer in (private or {}).items()}
        self._posts = {path.encode(): answer for path, answer in (posts or {}).items()}
        self._missing = missing or reply("<html><head><title>404</title></head></html>", status="404 Not Found")
        self._challenge = challenge
        self._all_private = everything_private

    def __call__(self, request: bytes) -> bytes:
        """The answer to a whole request; HEAD is answered without body."""
        COUNTED["requests"] += 1
        line, _end, _rest = request.partition(b"\r\n")
        words = line.split(b" ")
        if len(words) < 3 or not words[2].startswith(b"HTTP/"):
            return reply(status="400 Bad Request", headers=("Connection: close",))
        method, path = words[0], words[1]
        bare = path.partition(b"?")[0]
        if method == b"POST" and bare in self._posts:
            return self._posts[bare](request)
        answer = self._pages.get(path) or self._pages.get(bare)
        if answer is None:
            private = self._private.get(path) or self._private.get(bare)
            if private is None and not self._all_private:
                answer = self._missing
            elif self._logged_in(request, method.decode("ascii", "replace")):
                answer = private or self._missing
            else:
                answer = self._challenge
        if method == b"HEAD":
            return answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        return answer

    def _logged_in(self, request: bytes, method: str) -> bool:
        found = _AUTHORIZATION.search(request)
        if not found:
            return False
        COUNTED["logins"] += 1
        return allowed(found[1].decode("latin-1"), method)


class Streams:
    """An RTSP server: OPTIONS, DESCRIBE, and a refusal of the rest."""

    def __init__(
        self, *, public: str, server: str = "", challenge: tuple[str, ...] = (), date: bool = False, sdp: str = "",
        extra: tuple[str, ...] = ()
    ) -> None:  # fmt: skip
        """A description is given only where nobody is asked to log in."""
        lines = [f"Server: {server}"] if server else []
        lines += extra
        dated = ["Date:  Sun, Nov 22 2026 03:00:00 GMT"] if date else []
        self._options = self._cut("200 OK", [*lines, f"Public: {public}", *dated])
        asked = [f"WWW-Authenticate: {one}" for one in challenge]
        self._describe = self._cut("401 Unauthorized", lines + asked + dated) if challenge else self._cut(
            "200 OK", [*lines, "Content-Type: application/sdp", f"Content-Length: {len(sdp.encode())}"], sdp
        )  # fmt: skip
        self._other = self._cut("405 Method Not Allowed", lines)

    @staticmethod
    def _cut(status: str, lines: list[str], body: str = "") -> tuple[bytes, bytes]:
        rest = "".join(f"\r\n{line}" for line in lines)
        return f"RTSP/1.0 {status}\r\nCSeq: ".encode(), f"{rest}\r\n\r\n{body}".encode()

    def __call__(self, request: bytes) -> bytes:
        """The answer, with the number of the request."""
        number = _CSEQ.search(request)
        if request.startswith(b"OPTIONS "):
            before, after = self._options
        elif request.startswith(b"DESCRIBE "):
            before, after = self._describe
        else:
            before, after = self._other
        return before + (number[1] if number else b"0") + after
