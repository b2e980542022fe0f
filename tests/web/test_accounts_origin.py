"""Where requests come from: a proxy that is known is believed, and nobody else; tried at the real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("waitress", reason="the extra `web` is not installed")


def seen(proxy: str) -> str:
    """What an application behind the server is told of a request that names another origin."""
    from waitress.server import create_server

    from custodiet.web.serve import behind

    def app(environ: dict[str, str], begin: object) -> list[bytes]:
        told = environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_HOST", "")
        return [" ".join(told).strip().encode()]

    server = create_server(app, host="127.0.0.1", port=0, threads=1, **behind(proxy))
    asked = {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "HTTP_X_FORWARDED_FOR": "198.51.100.6, 192.0.2.7"}
    asked |= {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "evil.example"}
    try:
        return b"".join(server.application(asked, lambda *told: None)).decode()
    finally:
        server.task_dispatcher.shutdown()
        server.close()


@pytest.mark.parametrize(
    ("proxy", "told"),
    [("127.0.0.1", "192.0.2.7 https"), ("", "127.0.0.1 http"), ("192.0.2.1", "127.0.0.1 http")],
)
def test_only_the_proxy_says_where_a_request_comes_from(proxy: str, told: str) -> None:
    assert seen(proxy) == told


def test_what_stands_in_the_environment(tmp_path: Path) -> None:
    from custodiet.errors import UsageError
    from custodiet.web.config import read_config

    assert read_config(tmp_path, {}).proxy == ""
    assert read_config(tmp_path, {"CUSTODIET_HTTPS": "1"}).proxy == "127.0.0.1"
    assert read_config(tmp_path, {"CUSTODIET_HTTPS": "1", "CUSTODIET_PROXY": "192.0.2.1"}).proxy == "192.0.2.1"
    assert not read_config(tmp_path, {}).second_factor
    assert read_config(tmp_path, {"CUSTODIET_SECOND_FACTOR": "1"}).second_factor
    with pytest.raises(UsageError, match="does not know who asks"):
        read_config(tmp_path, {"CUSTODIET_OIDC_ISSUER": "https://issuer.example"})
    told = {"CUSTODIET_OIDC_ISSUER": "https://issuer.example", "CUSTODIET_OIDC_CLIENT_ID": "us"}
    assert read_config(tmp_path, told).oidc_client == "us"


def heard(sent: bytes) -> tuple[list[str], bytes]:
    """Requests that an application behind the real server is handed of what was sent, and the answers."""
    import socket
    from threading import Thread

    from waitress.server import create_server

    from custodiet.web.serve import behind

    seen: list[str] = []

    def app(environ: dict[str, Any], begin: Callable[..., object]) -> list[bytes]:
        seen.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(environ['wsgi.input'].read())}")
        begin("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    server = create_server(app, host="127.0.0.1", port=0, threads=1, **behind(""))
    thread = Thread(target=server.run)
    thread.start()
    try:
        with socket.create_connection(("127.0.0.1", server.effective_port), 5) as wire:
            wire.sendall(sent)
            wire.shutdown(socket.SHUT_WR)
            told = b"".join(iter(lambda: wire.recv(4096), b""))
    finally:
        server.trigger.pull_trigger(server.close)  # in the thread that it runs in
        thread.join(5)
        server.task_dispatcher.shutdown()
    return seen, told


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 40\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Content-Length: +4\r\n",
    ],
)
def test_a_request_in_two_readings_is_refused(lengths: bytes) -> None:
    """A proxy might take the end of one request for the beginning of another that nobody looked at."""
    hidden = b"0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
    seen, _ = heard(b"POST /seen HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n" + hidden)
    # where both stand, RFC 9112 lets the chunks count, and what follows them is another request for everybody
    chunks = b"chunked\r\n" in lengths and b"Encoding :" not in lengths
    assert seen in ([], ["POST /seen 0"]) or (chunks and seen == ["POST /seen 0", "GET /hidden 0"])
    whole, answer = heard(b"POST /seen HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd")
    assert whole == ["POST /seen 4"] and answer.startswith(b"HTTP/1.1 200")
