"""Where requests come from: a proxy that is known is believed, and nobody else; tried at the real server."""

from __future__ import annotations

from pathlib import Path

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
