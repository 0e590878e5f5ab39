"""A server on this machine that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pvmap.sources.remote.door import Door, Patience

HASTY = Patience(attempts=3, first_wait_s=0.0, connect_s=5.0, answer_s=5.0)


@dataclass
class Ask:
    """What was asked."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """What is answered. `cut` ends the body after so many bytes, `reset` tears the connection down with it."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    cut: int | None = None
    reset: bool = False


Answer = Reply | bytes | Callable[[Ask], Reply | bytes]


class Server:
    """Routes and what was asked of them; a list of answers is given one after the other, the last for ever."""

    def __init__(self, scheme: str = "http"):
        self.routes: dict[str, Answer | list[Answer]] = {}
        self.asked: list[Ask] = []
        self.scheme, self.port = scheme, 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        return f"localhost:{self.port}"

    def paths(self) -> list[str]:
        return [ask.path for ask in self.asked]

    def answer(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        found = self.routes.get(ask.path)
        if found is None:
            pattern = next(
                (key for key in self.routes if "*" in key and re.fullmatch(key.replace("*", ".*"), ask.path)), None
            )
            found = self.routes[pattern] if pattern else Reply(b"<html>not found</html>", 404)
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if callable(found):
            found = found(ask)
        return Reply(found) if isinstance(found, bytes) else found


def handler_of(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def _do(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            ask = Ask(self.command, parts.path, query, dict(self.headers), body)
            self._send(server.answer(ask), ask)

        do_GET = do_POST = do_HEAD = do_CONNECT = _do

        def _send(self, reply: Reply, ask: Ask) -> None:
            content, status = reply.body, reply.status
            etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            headers = {"ETag": etag, **reply.headers}
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", ask.headers.get("Range", ""))
            same = ask.headers.get("If-Range", etag) == headers["ETag"]
            if wanted and reply.ranges and same and status == 200:
                first, last = int(wanted[1]), min(int(wanted[2] or len(content)), len(content) - 1)
                headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
                content, status = content[first : last + 1], 206
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content if reply.cut is None else content[: reply.cut])
            if reply.cut is not None or reply.reset:
                self.wfile.flush()
                if reply.reset:  # RST instead of FIN
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True

    return Handler


@contextmanager
def serving(certificate: tuple[Path, Path] | None = None) -> Iterator[Server]:
    """Serve on a free port of this machine; over TLS where a certificate and its key are given."""
    server = Server("https" if certificate else "http")
    running = ThreadingHTTPServer(("localhost", 0), handler_of(server))
    running.daemon_threads = True
    running.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that hangs up is what tests do
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        running.socket = context.wrap_socket(running.socket, server_side=True)
    server.port = running.server_address[1]
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def door_to(*servers: Server, **how: object) -> Door:
    """Give a door that opens to servers of this machine only, and waits for nothing."""
    given = {"patience": HASTY, "wait": lambda _: None, **how}
    return Door(frozenset(server.netloc for server in servers), plain_loopback=True, **given)  # type: ignore[arg-type]


def certificate(folder: Path, *, days: int = 2) -> tuple[Path, Path]:
    """Write a certificate of localhost, valid for so many days (negative: long expired), and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=9))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return paths
