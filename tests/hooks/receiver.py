"""A system that receives: a real server on this machine with a certificate of its own, that answers as a test tells it."""

import datetime as dt
import http.server
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Got:
    headers: dict[str, str]
    body: bytes
    way: str

    @property
    def message(self) -> dict:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`answers`: the status of each next answer, then `answer` for ever; `during`: called while the sender waits."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    answer: int = 200
    leads_to: str = ""
    slow: float = 0.0
    during: Callable[[Got], None] | None = None
    got: list[Got] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"https://{self.host}/hooks?key=theirs"

    @property
    def events(self) -> list[str]:
        return [got.message["event"] for got in self.got]


def certificate(folder: Path) -> tuple[Path, Path]:
    """(certificate, key) for 127.0.0.1 and localhost, of nobody but themselves."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=3650))
        .not_valid_after(now + dt.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "receiver.pem", folder / "receiver.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@contextmanager
def receiving(folder: Path) -> Iterator[Receiver]:
    """A receiver that listens until the end of the block. Its certificate is `folder`/receiver.pem."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got = Got(dict(self.headers), body, self.path)
            receiver.got.append(got)
            if receiver.during:
                receiver.during(got)
            status = receiver.answers.pop(0) if receiver.answers else receiver.answer
            line = f"HTTP/1.0 {status} Said\r\n".encode()
            # Drop by drop: each part comes in time, and the whole never does.
            for byte in line if receiver.slow else [line]:
                part = bytes([byte]) if receiver.slow else byte
                try:
                    self.wfile.write(part)
                except OSError:
                    return
                time.sleep(receiver.slow)
            more = f"Location: {receiver.leads_to}\r\n" if receiver.leads_to else ""
            self.wfile.write(f"{more}\r\n".encode())

        def log_message(self, *_: object) -> None:
            pass

    chain, key = certificate(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
