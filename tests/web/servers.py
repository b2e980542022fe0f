"""Small servers on this machine that stand for machines elsewhere: one takes webhooks, the other takes e-mail."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

NAME = "hooks.example.org"


@dataclass(frozen=True)
class Trust:
    """A certificate of our own for a name, and who trusts it."""

    server: ssl.SSLContext
    client: Callable[[], ssl.SSLContext]


def make_trust(folder: Path) -> Trust:
    """A certificate that signs itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    alternatives = [x509.DNSName(NAME), x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "test.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return Trust(server, lambda: ssl.create_default_context(cafile=str(pem)))


class Listener:
    """Takes connections on this machine, counts them, and does with each what it is told."""

    def __init__(self, serve: Callable[[socket.socket], None] | None = None) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.count = 0
        self._serve = serve
        self._threads = [threading.Thread(target=self._run, daemon=True)]
        self._threads[0].start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.count += 1
            with connection:
                connection.settimeout(5)
                try:
                    if self._serve:
                        self._serve(connection)
                except OSError:
                    pass

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: Any) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._threads[0].join(5)


@dataclass
class Hooks:
    """Takes messages by TLS, and answers each with the same bytes."""

    trust: Trust
    answer: bytes = b"HTTP/1.1 204 No Content\r\n\r\n"
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """That clients asked for."""
    after: Callable[[ssl.SSLSocket], None] | None = None
    """What is done in place of the answer."""

    def __call__(self, connection: socket.socket) -> None:
        """One connection."""
        self.trust.server.sni_callback = lambda _socket, name, _context: self.names.append(name or "")
        secured = self.trust.server.wrap_socket(connection, server_side=True)
        with secured as secure, secure.makefile("rb") as file:
            first, headers = file.readline().decode().strip(), {}
            while line := file.readline().strip():
                name, _, value = line.decode().partition(": ")
                assert name not in headers
                headers[name] = value
            self.requests.append((first, headers, file.read(int(headers["Content-Length"]))))
            if self.after:
                self.after(secure)
            else:
                secure.sendall(self.answer)


@dataclass
class Mailbox:
    """Takes e-mail, as RFC 5321 has it."""

    trust: Trust | None = None
    """With it STARTTLS is offered."""
    refuse: str = ""
    """Answer to each addressee."""
    said: list[str] = field(default_factory=list)
    """What the client said, without the messages."""
    messages: list[bytes] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    """Of each message, whether it came by TLS."""

    def __call__(self, connection: socket.socket) -> None:
        """One connection."""
        with ExitStack() as opened:
            self._talk(connection, opened)

    def _talk(self, connection: socket.socket, opened: ExitStack) -> None:
        file: Any = opened.enter_context(connection.makefile("rwb", buffering=0))
        tls = False
        file.write(b"220 test\r\n")
        while line := file.readline().decode().strip():
            self.said.append(line)
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                offered = ["test", *(["STARTTLS"] if self.trust and not tls else []), "AUTH PLAIN"]
                file.write(
                    b"".join(
                        f"250{'-' if n < len(offered) - 1 else ' '}{o}\r\n".encode() for n, o in enumerate(offered)
                    )
                )
            elif verb == "STARTTLS" and self.trust:
                file.write(b"220 go ahead\r\n")
                secure = opened.enter_context(self.trust.server.wrap_socket(connection, server_side=True))
                file, tls = opened.enter_context(secure.makefile("rwb", buffering=0)), True
            elif verb == "DATA":
                file.write(b"354 go ahead\r\n")
                text = b""
                while (piece := file.readline()) != b".\r\n":
                    text += piece
                self.messages.append(text)
                self.secure.append(tls)
                file.write(b"250 taken\r\n")
            elif verb == "RCPT" and self.refuse:
                file.write(self.refuse.encode() + b"\r\n")
            else:
                file.write({"QUIT": b"221 bye\r\n", "AUTH": b"235 welcome\r\n"}.get(verb, b"250 fine\r\n"))
