"""What leaves for elsewhere cannot be pointed inside: no connection is made, however the address is written."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from custodiet.errors import UsageError
from web.servers import NAME, Hooks, Listener, Mailbox, Trust, make_trust

pytest.importorskip("django", reason="the extra `web` is not installed")

from custodiet.web.destinations import Relay, is_outside, parse_networks, parse_place, parse_relay
from custodiet.web.outside import Unsent, Ways, connect, is_own, look_up, post, send_mail

FORMS = """
https://2130706433:{port}/ https://0x7f000001:{port}/ https://0x7f.0.0.1:{port}/ https://0177.0.0.1:{port}/
https://017700000001:{port}/ https://127.1:{port}/ https://127.0.1:{port}/ https://0:{port}/ https://127.0.0.01:{port}/
https://127.0.0.1.:{port}/ https://127.0.0.1%00.example.org:{port}/ https://[::1%25lo]:{port}/ https://[::1%lo]:{port}/
https://[fe80::1%25eth0]:{port}/ https://[::ffff:127.0.0.1%251]:{port}/ https://[v1.127.0.0.1]:{port}/
https://example.org@127.0.0.1:{port}/ https://user:word@127.0.0.1:{port}/ https://127.0.0.1:{port}@example.org/
https://example.org#@127.0.0.1:{port}/ https://127.0.0.1:{port}\\@example.org/ https://example.org\\.127.0.0.1:{port}/
https:127.0.0.1:{port}/ https:/127.0.0.1:{port}/ https:///127.0.0.1:{port}/ https:\\\\127.0.0.1:{port}/
//127.0.0.1:{port}/ http://127.0.0.1:{port}/ ftp://127.0.0.1:{port}/ file:///etc/passwd gopher://127.0.0.1:{port}/
https://localhost:{port}/ https://LOCALHOST:{port}/ https://localhost.:{port}/ https://localhost.localdomain.:{port}/
https://example.org.:{port}/ https://.example.org:{port}/ https://example..org:{port}/ https://-x.example.org:{port}/
https://127。0。0。1:{port}/ https://①②⑦.0.0.1:{port}/ https://１２７.0.0.1:{port}/ https://loc\u017falhost.example:{port}/
https://\u212a.example.org:{port}/
https://ex\u00adample.org:{port}/ https://пример.example:{port}/ https://a_b.example.org:{port}/
https://127.0.0.1:{port}:{port}/ https://127.0.0.1:0{port}/ https://127.0.0.1:+{port}/ https://127.0.0.1:22/
https://example.org:80/ https://example.org:1023/ https://example.org:65536/ https://example.org:/
https://example.org:443/a\x7fb https://example.org/a|b https://example.org/é https://*.example.org/
https://[127.0.0.1]:{port}/ https://[::1:{port}/ https://::1:{port}/ https://256.256.256.256/ https://1.2.3.4.5/
https://example.0x7f/ https://example.127/
""".split()  # noqa: SIM905
"""Ways to write an address that some reader takes for another; none is understood here."""

LITERALS = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 100.100.100.200 169.254.0.1
169.254.169.254 168.63.129.16 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1
192.168.0.1 198.18.0.1
198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
[::] [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::ffff:169.254.169.254]
[::127.0.0.1] [::ffff:0:127.0.0.1]
[64:ff9b::127.0.0.1] [64:ff9b::a00:1] [64:ff9b::169.254.169.254] [64:ff9b:1::8.8.8.8] [2002:7f00:1::] [2002:a00:1::1]
[2001::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:10::1] [2001:db8::1] [3fff::1] [100::1] [fc00::1] [fd00:ec2::254]
[fd12:3456::1] [fe80::1] [fec0::1] [ff02::1] [ff0e::1] [4000::1] [5f00::1]
""".split()  # noqa: SIM905
"""Addresses that lead inside, or nowhere."""

OUTSIDE = ("93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1")


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return make_trust(tmp_path_factory.mktemp("trust"))


@pytest.fixture
def trap() -> Iterator[Listener]:
    """What stands inside, and nobody may come to."""
    with Listener() as listener:
        yield listener


class Recorded:
    """Connections as they are asked for; each is made to a port of this machine in place of the network."""

    def __init__(self, port: int) -> None:
        self.port, self.asked = port, []  # type: ignore[var-annotated]

    def __call__(self, address: str, port: int, seconds: float) -> socket.socket:
        self.asked.append((address, port))
        return connect("127.0.0.1", self.port, seconds)


def named(*answers: list[str]) -> Callable[[str, int], list[str]]:
    """A resolver that gives one answer after the other, and the last from then on."""
    left = list(answers)

    def look_up(host: str, port: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return look_up


def attempt(address: str, ways: Ways, inside: Any = ()) -> int:
    return post(parse_place(address), b"{}", (), inside, ways)


def test_there_are_enough_forms() -> None:
    assert len(set(FORMS)) >= 60 and len(set(LITERALS)) >= 50


@pytest.mark.parametrize("form", FORMS)
def test_an_address_in_another_form_is_not_understood(form: str, trap: Listener) -> None:
    recorded = Recorded(trap.port)
    with pytest.raises((UsageError, Unsent)) as caught:
        attempt(form.format(port=trap.port), Ways(look_up=look_up, connect=recorded))
    assert isinstance(caught.value, UsageError)
    assert recorded.asked == [] and trap.count == 0


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("how", ["itself", "by a name", "beside one that is outside"])
def test_no_connection_is_made_to_what_leads_inside(literal: str, how: str, trap: Listener) -> None:
    recorded = Recorded(trap.port)
    plain = literal.strip("[]")
    if how == "itself":
        ways, host = Ways(connect=recorded), literal
    else:
        told = [plain] if how == "by a name" else ["93.184.216.34", plain]
        ways, host = Ways(look_up=named(told), connect=recorded), NAME
    with pytest.raises(Unsent) as caught:
        attempt(f"https://{host}:{trap.port}/", ways)
    assert (caught.value.came, caught.value.final) == ("inside", True)
    assert recorded.asked == [] and trap.count == 0


def test_the_trap_can_catch(trap: Listener) -> None:
    """Without the check a connection is made: the tests above see what they are to see."""
    with pytest.raises(Unsent, match=r"connection|slow"):
        attempt(f"https://127.0.0.1:{trap.port}/", Ways(seconds=0.5), parse_networks("127.0.0.0/8"))
    assert trap.count == 1


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is(address: str) -> None:
    assert is_outside(ip_address(address))


@pytest.mark.parametrize(
    "never", ["169.254.169.254", "fd00:ec2::254", "224.0.0.1", "0.0.0.0", "::ffff:169.254.169.254"]
)
def test_an_operator_cannot_allow_what_tells_secrets(never: str) -> None:
    assert not is_outside(ip_address(never), [ip_network("0.0.0.0/0"), ip_network("::/0")])
    assert is_outside(ip_address("10.1.2.3"), [ip_network("10.1.2.0/24")])
    assert not is_outside(ip_address("10.1.3.3"), [ip_network("10.1.2.0/24")])


def test_the_server_does_not_send_to_itself(trap: Listener) -> None:
    recorded = Recorded(trap.port)
    ways = Ways(look_up=named(["93.184.216.34"]), connect=recorded, is_own=lambda one: str(one) == "93.184.216.34")
    with pytest.raises(Unsent, match="inside"):
        attempt(f"https://{NAME}/", ways)
    assert recorded.asked == []
    assert is_own(ip_address("127.0.0.1")) and not is_own(ip_address("93.184.216.34"))


def test_a_name_that_says_otherwise_later_changes_nothing(trust: Trust, trap: Listener) -> None:
    hooks = Hooks(trust)
    with Listener(hooks) as there:
        recorded, asked = Recorded(there.port), []
        answers = named(["93.184.216.34"], ["127.0.0.1"])

        def resolver(host: str, port: int) -> list[str]:
            asked.append(host)
            return answers(host, port)

        ways = Ways(look_up=resolver, connect=recorded, trust=trust.client)
        assert attempt(f"https://{NAME}:{trap.port}/a?b=1", ways) == 204
    assert recorded.asked == [("93.184.216.34", trap.port)] and asked == [NAME] and trap.count == 0
    [(first, headers, body)] = hooks.requests
    assert (first, body) == ("POST /a?b=1 HTTP/1.1", b"{}")
    assert headers["Host"] == f"{NAME}:{trap.port}" and hooks.names == [NAME]


def test_the_next_address_is_tried_where_one_is_silent(trust: Trust) -> None:
    with Listener(Hooks(trust)) as there:
        recorded = Recorded(there.port)

        def some(address: str, port: int, seconds: float) -> socket.socket:
            if address == "93.184.216.34":
                raise ConnectionRefusedError
            return recorded(address, port, seconds)

        ways = Ways(look_up=named(["93.184.216.34", "93.184.216.35"]), connect=some, trust=trust.client)
        assert attempt(f"https://{NAME}/", ways) == 204
    assert recorded.asked == [("93.184.216.35", 443)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(trust: Trust, trap: Listener, status: int) -> None:
    answer = f"HTTP/1.1 {status} Moved\r\nLocation: https://127.0.0.1:{trap.port}/\r\n\r\n".encode()
    with Listener(Hooks(trust, answer)) as there, pytest.raises(Unsent, match=f"status {status}"):
        attempt(f"https://{NAME}/", Ways(look_up=named([OUTSIDE[0]]), connect=Recorded(there.port), trust=trust.client))
    assert trap.count == 0


def drip(secure: Any) -> None:
    for _ in range(50):
        secure.sendall(b"H")
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("after", "came"),
    [
        (lambda secure: time.sleep(0.5), "slow"),
        (drip, "slow"),
        (lambda secure: secure.sendall(b"x" * 1_000_000), "answer"),
        (lambda secure: secure.sendall(b"SSH-2.0-here\r\n"), "answer"),
        (lambda secure: None, "answer"),
        (lambda secure: secure.sendall(b"HTTP/1.1 410 Gone\r\n\r\n"), "status 410"),
        (lambda secure: secure.sendall(b"HTTP/1.1 500 No\r\n\r\n"), "status 500"),
    ],
)
def test_an_answer_is_bounded(trust: Trust, after: Any, came: str) -> None:
    with Listener(Hooks(trust, after=after)) as there:
        begun = time.monotonic()
        ways = Ways(look_up=named([OUTSIDE[0]]), connect=Recorded(there.port), trust=trust.client, seconds=0.3)
        with pytest.raises(Unsent) as caught:
            attempt(f"https://{NAME}/", ways)
        assert time.monotonic() - begun < 2
    assert caught.value.came == came and caught.value.final == (came == "status 410")


def test_a_certificate_for_another_name_gets_no_byte(trust: Trust) -> None:
    hooks = Hooks(trust)
    with Listener(hooks) as there, pytest.raises(Unsent, match="certificate"):
        ways = Ways(look_up=named([OUTSIDE[0]]), connect=Recorded(there.port), trust=trust.client)
        attempt("https://other.example.org/", ways)
    with Listener(hooks) as there, pytest.raises(Unsent, match="certificate"):
        attempt(f"https://{NAME}/", Ways(look_up=named([OUTSIDE[0]]), connect=Recorded(there.port)))
    assert hooks.requests == []


def test_a_name_that_nobody_knows_or_that_hangs() -> None:
    with pytest.raises(Unsent, match="name"):
        attempt(f"https://{NAME}/", Ways(look_up=named([])))

    def hangs(host: str, port: int) -> list[str]:
        time.sleep(0.5)
        return []

    with pytest.raises(Unsent, match="name"):
        attempt(f"https://{NAME}/", Ways(look_up=hangs, seconds=0.05))


def letter() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "custodiet <c@example.org>", "you@example.org", "Camera’s"
    mail.set_content("Één camera.\n.\n")
    return mail


def test_a_message_is_handed_to_a_mail_server_by_tls(trust: Trust) -> None:
    box = Mailbox(trust)
    with Listener(box) as there:
        relay = parse_relay(f"smtp://me:pass%40word@localhost:{there.port}")
        assert relay == Relay(host="localhost", port=there.port, tls=False, user="me", password="pass@word")
        send_mail(relay, letter(), trust.client)
    assert box.secure == [True] and len(box.messages) == 1
    place = [line.split(" ")[0] for line in box.said].index("STARTTLS")
    assert any(line.startswith("AUTH") for line in box.said[place:])
    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in box.said[:place])
    assert "rcpt TO:<you@example.org>" in box.said


@pytest.mark.parametrize(
    ("refuse", "came", "final"), [("550 no such", "mail 550", True), ("451 later", "mail 451", False)]
)
def test_a_mail_server_that_refuses(refuse: str, came: str, final: bool) -> None:
    box = Mailbox(refuse=refuse)
    with Listener(box) as there, pytest.raises(Unsent) as caught:
        send_mail(Relay(host="127.0.0.1", port=there.port, tls=False), letter())
    assert (caught.value.came, caught.value.final) == (came, final) and box.messages == []


def test_nothing_goes_unprotected_to_another_machine_unless_an_operator_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from custodiet.web import outside

    box = Mailbox()
    with Listener(box) as there:
        where = f"127.0.0.1:{there.port}"
        send_mail(parse_relay(f"smtp://me:word@{where}"), letter())
        monkeypatch.setattr(outside, "_here", lambda _: False)  # as if it were another machine
        send_mail(parse_relay(f"smtp+plain://{where}"), letter())
        for relay in (f"smtp://{where}", f"smtp+plain://me:word@{where}"):
            with pytest.raises(Unsent, match="mail unprotected"):
                send_mail(parse_relay(relay), letter())
    assert len(box.messages) == 2 and sum(line.startswith("AUTH") for line in box.said) == 1


@pytest.mark.parametrize("wrong", ["http://x", "smtp://", "smtp://x:notaport", "smtp://x/path", "x"])
def test_settings_for_mail_that_cannot_be(wrong: str) -> None:
    with pytest.raises(UsageError):
        parse_relay(wrong)


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        ({}, True),
        (
            {"SMTP_URL": "smtps://m.example.org", "MAIL_FROM": "c@example.org", "ADDRESS": "https://c.example.org/"},
            True,
        ),
        ({"SMTP_URL": "smtps://m.example.org", "MAIL_FROM": "c@example.org"}, False),
        ({"SMTP_URL": "smtps://m.example.org", "ADDRESS": "https://c.example.org"}, False),
        ({"SMTP_URL": "smtp://m", "MAIL_FROM": "c@x.org\r\nBcc: y@x.org", "ADDRESS": "https://c.example.org"}, False),
        ({"ADDRESS": "https://c.example.org/path"}, False),
        ({"WEBHOOKS_INSIDE": "10.1.2.0/24, fd00::/8"}, True),
        ({"WEBHOOKS_INSIDE": "10.1.2.3/24"}, False),
    ],
)
def test_the_settings_of_the_server(tmp_path: Path, told: dict[str, str], fits: bool) -> None:
    from custodiet.web.config import read_config

    environ = {f"CUSTODIET_{name}": value for name, value in told.items()}
    if not fits:
        with pytest.raises(UsageError):
            read_config(tmp_path, environ)
        return
    config = read_config(tmp_path, environ)
    assert (config.relay is not None) == ("SMTP_URL" in told)
    assert not config.address.endswith("/") and len(config.webhooks_inside) == 2 * ("WEBHOOKS_INSIDE" in told)
