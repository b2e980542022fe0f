"""Every nasty text in every field that a device controls, in a real browser: nothing runs, and nothing is asked for.

The pages are fetched first and then given to the browser by a server of its own on this machine, so that what is asked
of anybody else is seen.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jinja2
import lxml.html
import msgspec
import pytest

from custodiet.model import observe
from report.factory import CAPTURE, NOVEMBER, claim, with_text_everywhere
from report.test_dossier import made as concluded
from report.test_dossier import page as dossier
from web.test_nasty import CHROMIUM, LONG, browser, put, renamed, texts

put = put  # the fixture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

SAID = (
    "dhcp.hostname", "dhcp.vendor_class", "mdns.host", "mdns.instance", "mdns.txt", "ssdp.server",
    "upnp.friendly_name", "upnp.manufacturer", "upnp.model_name", "upnp.model_description", "upnp.serial", "wsd.types",
    "onvif.name", "onvif.hardware", "onvif.model", "onvif.firmware", "sadp.description", "sadp.serial",
    "sadp.firmware", "dhip.machine_name", "isapi.model", "http.server", "http.title", "http.www_authenticate",
    "http.set_cookie", "http.location", "rtsp.server", "rtsp.sdp", "tls.subject", "tls.san", "snmp.sys_descr",
    "snmp.sys_name", "lldp.system_name", "lldp.system_description", "banner.ftp", "banner.telnet",
)  # fmt: skip
"""What a device says of itself, by the attributes of the vocabulary."""
HERE = "\ue00d"
"""Stands for the text until the field is known in which it is to stand."""
NAMED = re.compile(r"//([A-Za-z]+\.[a-z_]+)//")
WATCH = """
window.refused = [];
document.addEventListener('securitypolicyviolation', told => window.refused.push(told.violatedDirective));
"""
"""Run before a page; what the policy refuses would have acted without it."""
READ = """
() => {
  document.querySelectorAll('details').forEach(each => each.open = true);
  return [document.body.innerText, window.refused];
}
"""


def in_field(text: str, name: str) -> str:
    """A text with the name of its field: behind it, so that it begins as it did, but where its end is not shown."""
    return f"{text}//{name}//" if len(text) <= 300 else f"//{name}//{text}"


def filled(value: Any, text: str, name: str = "") -> Any:
    """The same with the text and the name of each field in the place of the mark."""
    if isinstance(value, msgspec.Struct):
        kind = type(value).__name__
        given = {one: filled(getattr(value, one), text, f"{kind}.{one}") for one in value.__struct_fields__}
        return msgspec.structs.replace(value, **given)
    if isinstance(value, tuple):
        return tuple(filled(inner, text, name) for inner in value)
    if isinstance(value, dict):
        return {filled(key, text, name): filled(inner, text, name) for key, inner in value.items()}
    return in_field(text, name) if value == HERE else value


def device_with(text: str, number: int) -> tuple[Any, Any]:
    """The head of an assessment, and a device with one text in all that it says and in all that is made of that."""
    head, found = (filled(each, text) for each in _everywhere())
    entry, told = found[0], []
    for attribute in SAID:
        said = in_field(text, attribute)
        told.append(observe(CAPTURE, "ip:10.0.0.5", attribute, said, f"packet {number}", first_seen=NOVEMBER))
    claims = tuple(claim("manufacturer", "hikvision", one) for one in told)
    answers = tuple(
        msgspec.structs.replace(one, claims_for=(*one.claims_for, *claims)) if one.field == "manufacturer" else one
        for one in entry.identification.conclusions
    )
    named = msgspec.structs.replace(entry.identification, conclusions=answers)
    entry = msgspec.structs.replace(entry, identification=named, evidence=(*entry.evidence, *told))
    ids = {seen.id: f"{seen.id}-{number}" for seen in entry.evidence}
    return head, renamed(entry, {**ids, entry.asset.id: f"nasty-{number}"})


def _everywhere() -> tuple[Any, Any]:
    head, found = with_text_everywhere(HERE)
    return head, tuple(found)


@dataclass
class Seen:
    """What a browser did with pages."""

    ran: list[str] = field(default_factory=list)
    """Scripts of others that called out, and faults of ours that they made."""
    refused: list[str] = field(default_factory=list)
    """What only the policy stopped."""
    outside: list[str] = field(default_factory=list)
    """What was asked of anybody but the server."""
    shown: dict[str, frozenset[str]] = field(default_factory=dict)
    """Address -> fields of which the text was on the page."""


def look(pages: Mapping[str, tuple[Mapping[str, str], bytes]]) -> Seen:
    """Open each page in a browser; what is no page is there for those that are."""
    seen = Seen()
    with served(pages) as here, browser() as running:
        page = running.new_page()
        page.add_init_script(WATCH)
        page.on("dialog", lambda dialog: (seen.ran.append(f"{at}: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda fault: seen.ran.append(f"{at}: {fault}"))
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", lambda told: asked.append(told["request"]["url"]))
        for at in [one for one, (headers, _) in pages.items() if headers["Content-Type"].startswith("text/html")]:
            asked: list[str] = []
            page.goto(here + at)
            text, refused = page.evaluate(READ)
            seen.refused += [f"{at}: {one}" for one in refused]
            seen.outside += [f"{at}: {one[:80]}" for one in asked if not one.startswith((f"{here}/", "data:"))]
            seen.outside += [] if page.url == here + at else [f"{at} became {page.url[:80]}"]
            seen.shown[at] = frozenset(NAMED.findall(text))
    return seen


@contextmanager
def served(pages: Mapping[str, tuple[Mapping[str, str], bytes]]) -> Iterator[str]:
    """Address of a server that gives these."""

    class Give(BaseHTTPRequestHandler):
        timeout = 5
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers, body = pages.get(self.path, ({}, b""))
            self.send_response(200 if headers else 404)
            for name, value in headers.items():
                if name not in ("Content-Length", "Content-Disposition"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Give)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetched(client: Any, addresses: list[str]) -> dict[str, tuple[dict[str, str], bytes]]:
    """These pages, with the files and pictures that they show."""
    pages: dict[str, tuple[dict[str, str], bytes]] = {}
    while addresses:
        here = addresses.pop()
        answer = client.get(here)
        assert answer.status_code == 200, here
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        pages[here] = dict(answer.headers), body
        if answer["Content-Type"].startswith("text/html"):
            found = lxml.html.fromstring(body).xpath("//script/@src | //link/@href | //img/@src")
            addresses += {one for one in found if one.startswith("/") and one not in pages and one not in addresses}
    return pages


def test_every_text_in_every_field_stays_text(put: Callable[..., None], person: Callable[..., Any]) -> None:
    """On the page of each device, in its dossier, on the lists and in the report."""
    given = [*texts(), LONG]
    assert len(set(given)) >= 201
    put(given, device_with)
    client, body = person("administrator", "nasty"), "/b/nasty/"
    devices = [f"{body}devices/nasty-{number}/" for number in range(len(given))]
    lists = [*(f"{body}{name}/?page={page}" for name in ("devices", "reconciliation") for page in range(1, 6))]
    lists += [body, f"{body}sites/", f"{body}not-seen/", f"{body}changes/", f"{body}?as=report"]
    pages = fetched(client, [*devices, *(f"{one}timeline/" for one in devices[::20]), *lists])
    # it is taken away as a file, and opened without the headers of the server
    pages[lists[-1]] = {"Content-Type": "text/html; charset=utf-8"}, pages[lists[-1]][1]
    dossiers = [f"/dossier/{number}" for number in range(len(given))]
    for address, (number, text) in zip(dossiers, enumerate(given), strict=True):
        entry = device_with(text, number)[1]
        pages[address] = {"Content-Type": "text/html; charset=utf-8"}, dossier(entry, concluded(entry)).encode()
    seen = look(pages)
    assert seen == Seen(shown=seen.shown)
    for told in (devices, dossiers):
        everywhere = frozenset.intersection(*(seen.shown[one] for one in told))
        assert len(everywhere & set(SAID)) >= 25, sorted(set(SAID) - everywhere)
    on_pages = frozenset.intersection(*(seen.shown[one] for one in devices))
    assert len(on_pages) >= 50, sorted(on_pages)
    assert all("Asset.label" in seen.shown[one] for one in lists if "devices/" in one)


def test_a_text_that_a_template_does_not_guard_is_caught(
    put: Callable[..., None], person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the policy, which says what it refused; and without one it would have run."""
    from django.template import engines

    loud = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<img src=https://example.org/x>"]
    put(loud, device_with)
    client, env = person("viewer", "nasty"), engines["jinja2"].env
    parts, _, _ = env.loader.get_source(env, "parts.html")
    unguarded = parts.replace('<bdi class="value">{{ text }}</bdi>', '<bdi class="value">{{ text | safe }}</bdi>')
    assert unguarded != parts
    loader = jinja2.ChoiceLoader([jinja2.DictLoader({"parts.html": unguarded}), env.loader])
    monkeypatch.setattr(env, "loader", loader)
    monkeypatch.setattr(env, "cache", jinja2.environment.create_cache(400))
    devices = [f"/b/nasty/devices/nasty-{number}/" for number in range(len(loud))]
    pages = fetched(client, list(devices))
    held = look(pages)
    assert not held.ran
    for at in devices:
        assert any(one.startswith(at) for one in held.refused), (at, held.refused)
    bare = {at: ({"Content-Type": headers["Content-Type"]}, body) for at, (headers, body) in pages.items()}
    free = look(bare)
    assert any(one.startswith(devices[0]) for one in free.ran) and any(one.startswith(devices[1]) for one in free.ran)
    assert any("https://example.org/x" in one for one in free.outside)
