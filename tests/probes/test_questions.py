"""The proof that what we ask is harmless: verbs, ports, and that no bytes leave but those of the questions."""

from __future__ import annotations

import ast
import inspect
import re
import ssl
from pathlib import Path

import pytest

from custodiet.errors import UsageError, WireError
from custodiet.probes import question as question_module
from custodiet.probes.asked import owners, searches, web
from custodiet.probes.question import Question
from custodiet.probes.questions import QUESTIONS, STAGES, question, questions_of, stages_of
from custodiet.probes.restraint import FORBIDDEN_PORTS
from custodiet.sources.exchanges import DATAGRAMS, RESOLVER
from custodiet.sources.pcap.messages import read_datagram, read_stream
from custodiet.wire.dhip import parse_dhip
from custodiet.wire.dns import parse_dns
from custodiet.wire.makers import parse_maker_discovery
from custodiet.wire.snmp import parse_snmp
from custodiet.wire.tls import parse_client_hello
from lab import certificate

PROBES = Path(question_module.__file__).parent
ALL = (*QUESTIONS, owners.snmp_get("public"))

VERBS = (
    "set|reset|activate|activation|password|passwd|pwd|login|logon|logout|authorization|authenticate|modify|reboot|"
    "restart|shutdown|restore|upgrade|update|format|delete|remove|put|patch|play|record|setup|teardown|announce|"
    "bind|unbind|export|guid|cloud|config|install|write|create|user(?!-agent:)|account|cookie|exec|command|factory|default"
)
FORBIDDEN = re.compile(
    rf"(?i:(?<![a-z])(?:{VERBS})(?![a-z]))"  # as a word
    rf"|(?:Set|Reset|Modify|Delete|Create|Remove|Restore|Upgrade|Add|Start|Stop|Put)[A-Z]"  # as the begin of a name
    r"|setConfig|DevInit|PasswdFind|global\.login|RPC2|sessionLogin|[?&]auth="
)
READS_ONLY = {b"/SDK/activateStatus": "reads whether a password was ever set; activating is another path and method"}
METHODS = {b"GET", b"OPTIONS", b"DESCRIBE", b"M-SEARCH", b"POST"}


def forbidden(request: bytes) -> str:
    """The first verb in a request that must not be there; empty when there is none."""
    for path in READS_ONLY:
        request = request.replace(path, b"")
    found = FORBIDDEN.search(request.decode("latin-1"))
    return found[0] if found else ""


def requests() -> list[tuple[str, bytes]]:
    """Every request with the id of its question."""
    return [(one.id, request) for one in ALL for request in one.requests]


@pytest.mark.parametrize(("name", "request_"), requests(), ids=[name for name, _ in requests()])
def test_no_request_holds_a_forbidden_verb(name: str, request_: bytes) -> None:
    assert forbidden(request_) == ""
    asked = question(name) or ALL[-1]
    assert forbidden(asked.filled(request_, "192.168.1.64")) == ""


@pytest.mark.parametrize(
    "request_",
    [
        b"<Probe><Uuid>1</Uuid><Types>activate</Types></Probe>",
        b"<Probe><Types>update</Types><Password>x</Password></Probe>",
        b'{"method":"DHDiscover.setConfig"}',
        b'{"method":"DevInit.account"}',
        b'{"method":"PasswdFind.getDescript"}',
        b'{"method":"global.login"}',
        b"GET / HTTP/1.1\r\nAuthorization: Basic YWRtaW46\r\n\r\n",
        b"PUT /ISAPI/System/reboot HTTP/1.1\r\n\r\n",
        b"GET /ISAPI/System/deviceInfo?auth=YWRtaW46MTEK HTTP/1.1\r\n\r\n",
        b"<SetSystemFactoryDefault xmlns=''/>",
        b"<CreateUsers/>",
        b"SETUP rtsp://10.0.0.5/ RTSP/1.0\r\n\r\n",
        b"\x02SETMAC:02:00:00:00:00:01\xffPassword:x\xff\x03",
        b"POST /PSIA/System/updateFirmware HTTP/1.1\r\nCookie: a=b\r\n\r\n",
    ],
)
def test_the_proof_can_fail(request_: bytes) -> None:
    assert forbidden(request_)


def test_what_reads_only_is_asked_by_get_alone() -> None:
    for path in READS_ONLY:
        holding = [request for _, request in requests() if path in request]
        assert holding and all(request.startswith(b"GET " + path + b" HTTP/1.1") for request in holding)


def test_requests_in_text_only_read() -> None:
    for name, request in requests():
        if re.match(rb"[A-Z-]{3,12} \S+ (?:HTTP|RTSP)/1\.[01]\r\n", request):
            method = request.split(b" ", 1)[0]
            assert method in METHODS, name
            assert request.endswith(b"\r\n\r\n") or method == b"POST", name
            assert method != b"POST" or b"<GetSystemDateAndTime " in request, name


def test_no_forbidden_port_is_asked() -> None:
    for one in ALL:
        assert not set(one.ports) & set(FORBIDDEN_PORTS), one.id
        assert one.answer_port not in FORBIDDEN_PORTS, one.id
    assert not {port for stage in STAGES for port in stage} & set(FORBIDDEN_PORTS)


def test_every_question_says_what_it_sends_and_why_it_is_harmless() -> None:
    assert len({one.id for one in ALL}) == len(ALL)
    for one in ALL:
        assert re.fullmatch(r"[a-z0-9-]{3,40}", one.id), one.id
        assert one.title and len(one.sends) > 20, one.id
        assert one.harmless.endswith(".") and 40 < len(one.harmless) < 260, one.id
        assert one.presets and one.ports and 0 < one.waits <= 5 and 0 < one.most <= 65536, one.id


def test_what_only_connects_sends_nothing() -> None:
    for one in ALL:
        silent = one.category in ("connect", "greeting")
        assert bool(one.requests) != silent, one.id
        assert not silent or (one.transport == "tcp" and not one.tls and "not one byte" in one.sends), one.id


def test_transports_have_what_they_need() -> None:
    for one in ALL:
        if one.transport == "tcp":
            assert not (one.groups or one.answer_port or one.answer_groups), one.id
        else:
            assert one.requests and not one.tls and all(len(request) <= 1200 for request in one.requests), one.id
        followed = question(one.after) if one.after else one
        assert followed is not None and followed.transport == one.transport, one.id
        assert set(one.ports) <= set(followed.ports) and set(one.presets) <= set(followed.presets), one.id


def test_the_reader_knows_every_question() -> None:
    udp = {one.id: one.ports[0] for one in ALL if one.transport == "udp" and one.asks == "device"}
    assert udp == DATAGRAMS
    assert [one.id for one in ALL if one.asks == "resolver"] == [RESOLVER]


def test_stages_hold_every_port_once_and_three_first() -> None:
    ports = [port for stage in STAGES for port in stage]
    assert len(ports) == len(set(ports)) and len(STAGES[0]) == 3
    assert set(ports) == {port for one in QUESTIONS if one.transport == "tcp" for port in one.ports}
    assert {port for stage in stages_of("gentle") for port in stage} < set(ports)
    assert set(questions_of("gentle")) < set(questions_of("standard")) == set(QUESTIONS)


# --- only the questions' bytes


def test_only_requests_of_the_question_can_be_filled() -> None:
    front = web.FRONT
    with pytest.raises(UsageError, match="no such request"):
        front.filled(b"PUT /ISAPI/System/reboot HTTP/1.1\r\n\r\n", "10.0.0.5")
    with pytest.raises(UsageError, match="no such request"):
        front.filled(searches.SADP.requests[0], "10.0.0.5")


@pytest.mark.parametrize("host", ["", "camera.town", "10.0.0.5\r\nAuthorization: x", "10.0.0.5/../", "10.0.0.256"])
def test_only_addresses_are_filled_in(host: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        web.FRONT.filled(web.FRONT.requests[0], host)


@pytest.mark.parametrize("uuid", ["</Uuid><Types>activate", "x" * 9, "{host}"])
def test_only_identifiers_are_filled_in(uuid: str) -> None:
    with pytest.raises(UsageError, match="no identifier"):
        searches.SADP.filled(searches.SADP.requests[0], "10.0.0.5", uuid)


def test_marks_are_filled() -> None:
    assert b"Host: 10.0.0.5\r\n" in web.FRONT.filled(web.FRONT.requests[0], "10.0.0.5")
    assert b"Host: [fe80::1]\r\n" in web.FRONT.filled(web.FRONT.requests[0], "fe80::1%eth0")
    asked = searches.SADP.requests[0]
    assert b"<Uuid>12-AB</Uuid>" in searches.SADP.filled(asked, "10.0.0.5", "12-AB")
    same = searches.SADP.filled(asked, "10.0.0.5")
    assert same == searches.SADP.filled(asked, "10.0.0.5") != searches.SADP.filled(asked, "10.0.0.6")
    for one in ALL:
        for request in one.requests:
            assert b"{" not in one.filled(request, "10.0.0.5").replace(b'{"', b"").replace(b":{", b""), one.id


SENDERS = {"send", "sendto", "sendall", "sendmsg", "sock_sendall", "sock_sendto", "write"}


def takes_bytes_to_send(source: str) -> list[str]:
    """Public functions of public classes and modules that take bytes and pass one of those to something that sends."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        arguments = [*node.args.args, *node.args.posonlyargs, *node.args.kwonlyargs]
        raw = {a.arg for a in arguments if a.annotation and re.search(r"\bbytes\b", ast.unparse(a.annotation))}
        for call in ast.walk(node):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in SENDERS):
                continue
            named = {part.id for given in call.args for part in ast.walk(given) if isinstance(part, ast.Name)}
            if named & raw:
                found.append(node.name)
    return found


@pytest.mark.parametrize("path", sorted(PROBES.rglob("*.py")), ids=lambda path: str(path.relative_to(PROBES)))
def test_nothing_public_sends_bytes_it_is_given(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = "\n".join(ast.unparse(node) for node in tree.body if not getattr(node, "name", "_").startswith("_"))
    assert takes_bytes_to_send(public) == []


def test_the_senders_test_can_fail() -> None:
    bad = "def ask(address: str, payload: bytes | None) -> None:\n    channel.sendto(payload, address)\n"
    assert takes_bytes_to_send(bad) == ["ask"]


def test_what_is_sent_comes_out_of_a_question() -> None:
    """Every place in the package that hands bytes to a socket takes them from `filled`, or is one that we name."""
    named = {
        ("talk.py", "_Plain.send"): "hands on what converse filled",
        ("talk.py", "_Sealed.send"): "likewise, inside TLS",
        ("talk.py", "_Sealed._flush"): "the records of TLS itself",
        ("talk.py", "_Sealed._do"): "the handshake of TLS itself",
        ("knock.py", "*"): "opening segments, which carry no payload",
    }
    strange = []
    for path in sorted(PROBES.rglob("*.py")):
        for owner, call in sends(path.read_text(encoding="utf-8")):
            filled = any(".filled(" in ast.unparse(given) for given in call.args)
            if not (filled or (path.name, owner) in named or (path.name, "*") in named):
                strange.append(f"{path.name}: {owner}: {ast.unparse(call)}")
    assert strange == []


def sends(source: str) -> list[tuple[str, ast.Call]]:
    """Calls that hand bytes to a socket or channel, with the function they stand in."""
    found = []

    def walk(node: ast.AST, owner: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = owner
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{owner}.{child.name}".strip(".")
            if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
                name, whose = child.func.attr, ast.unparse(child.func)
                if name in SENDERS - {"write", "send"} or (name == "send" and "channel" in whose):
                    found.append((inner, child))
            walk(child, inner)

    walk(ast.parse(source), "")
    return found


# --- the bytes are what they should be


def test_searches_are_recognised_as_searches_and_say_nothing() -> None:
    for one in ALL:
        if one.transport != "udp" or one.category != "discovery":
            continue
        for request in one.requests:
            said = read_datagram(one.filled(request, "10.0.0.5"), one.ports[0])
            assert {attribute for attribute, _ in said.own} <= {"mdns.query", "ssdp.search"}, one.id


def test_lengths_in_headers_are_right() -> None:
    dhip = searches.DHIP.requests[0]
    assert len(dhip) == 32 + 58 and parse_dhip(dhip).request and parse_dhip(dhip).method == "DHDiscover.search"
    assert [len(one.requests[0]) for one in (searches.TVT, searches.HANWHA, searches.FOSCAM)] == [140, 262, 27]
    head, body = web.ONVIF.requests[0].split(b"\r\n\r\n")
    assert b"Content-Length: %d\r\n" % len(body) in head
    for one in (searches.HANWHA, searches.BOSCH, searches.TVT, searches.FOSCAM, searches.VIVOTEK, searches.UBIQUITI):
        with pytest.raises(WireError):
            parse_maker_discovery(one.requests[0], one.answer_port or one.ports[0])


def test_the_hello_is_one_and_names_no_server() -> None:
    hello = parse_client_hello(web.TLS.requests[0])
    assert (hello.version, hello.server_name, hello.alpn) == ("TLS 1.2", (), ())
    assert b"\x00\x2b" not in web.TLS.requests[0][80:], "no newer version, or the certificate would be sealed"


def test_a_real_server_answers_the_hello_with_its_certificate() -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = certificate.context(certificate.Identity((("CN", "camera.example"),)))
    server = context.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(web.TLS.requests[0])
    with pytest.raises(ssl.SSLWantReadError):
        server.do_handshake()
    said = read_stream(outgoing.read(), 443, greets=True, ended=True)
    assert said is not None and ("tls.subject", "CN=camera.example") in said.own


def test_the_reverse_name_is_asked() -> None:
    reverse = question("reverse-dns")
    assert reverse is not None
    for address, name in (("10.1.2.3", "3.2.1.10.in-addr.arpa"), ("fe80::1", "1.0.0")):
        asked = parse_dns(reverse.filled(reverse.requests[0], address)).questions
        assert asked[0].name.startswith(name) and asked[0].type == "PTR"


# --- SNMP, by the owner's word alone


def test_snmp_only_gets() -> None:
    sent = owners.snmp_get("town-7").requests[0]
    read = parse_snmp(sent)
    assert read.pdu_type == "get" and b"town-7" in sent
    assert all(one.id != "snmp-get" for one in QUESTIONS)
    assert "public" not in inspect.getsource(owners), "no community is guessed"


@pytest.mark.parametrize("length", [1, 20, 64])
def test_snmp_lengths(length: int) -> None:
    assert parse_snmp(owners.snmp_get("c" * length).requests[0]).pdu_type == "get"


@pytest.mark.parametrize("community", ["", "c" * 65, "gemein\xe4", "a\nb", "{host}"])
def test_snmp_refuses_other_words(community: str) -> None:
    with pytest.raises(UsageError):
        owners.snmp_get(community)


def test_a_question_is_data() -> None:
    made_here = {name for name, value in vars(Question).items() if inspect.isfunction(value) and name[0] != "_"}
    assert made_here == {"filled"}
