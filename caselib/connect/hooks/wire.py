"""The one way out to other systems: https, to hosts on a list, to the address that was checked, never further.

What a receiver could do to us: lead us to an address inside (by a name or a redirect), keep us waiting for ever, send us a
gigabyte. Names are looked up once and that very address is connected to; redirects are an answer like any other; one clock
runs over connecting, handshake and answer; of the answer the status alone is read.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from caselib.core.errors import RuleBroken

LONGEST = 500
_PORT = 443


class Unreachable(Exception):
    """Nobody answered. The text says why, for people."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts. `way`: path with query, as the request line has it."""

    host: str
    port: int
    way: str


def target_of(address: str) -> Target:
    """The parts of an address that messages may go to, by the list as it is now.

    Raises RuleBroken (`address`) for anything but https to a listed host without name and password. No query.
    """
    wrong = _wrong_with(address)
    if wrong:
        raise RuleBroken(wrong, code="address", field="address")
    parts = urlsplit(address)
    way = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(str(parts.hostname), parts.port or _PORT, way)


def _wrong_with(address: str) -> str:
    if not address or len(address) > LONGEST:
        return f"写对方系统的接收地址，以 https:// 开头，最多 {LONGEST} 个字符。"
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        return "地址里有空格、中文或全角符号，改成半角英文再保存。"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:
        return "这个地址读不懂，对照对方系统给的地址再写一遍。"
    if parts.scheme != "https" or not host:
        return "只推送到 https:// 开头的地址，内容在路上才不会被看到。"
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return "地址里不要写账号和口令；推送有签名，对方凭签名认。"
    if parts.fragment:
        return "地址里不要带 # 后面的部分。"
    if not _is_listed(host, port):
        return f"{host}:{port} 不在允许推送的主机里，没有保存。请系统管理员加进 CASELIB_HOOK_HOSTS。"
    return ""


def _is_listed(host: str, port: int) -> bool:
    """Whether the host is on the list: alone for the usual port, or with its port."""
    shown = f"[{host}]" if ":" in host else host
    listed = settings.CASELIB_HOOK_HOSTS
    return f"{shown}:{port}" in listed or (port == _PORT and (shown in listed or host in listed))


def _addresses_of(target: Target) -> Iterator[str]:
    """The addresses of a host that may be connected to: of a name never one that leads back to this machine.

    Private ones are let through: systems of a hall live there, and the host is on the list.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        # The second for a name that no look-up takes: a label of more than 63 characters.
        raise Unreachable("查不到这个主机名。") from error
    for *_, where in found:
        address = str(where[0])
        if address == target.host or not _is_inner(address):
            yield address


def _is_inner(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, and shows the name to it."""

    def __init__(self, target: Target, address: str, context: ssl.SSLContext, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout, context=context)
        self._address, self._context_of_it = address, context

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), self.timeout)
        # The handshake comes after the socket stands where the clock can close it.
        self.sock = self._context_of_it.wrap_socket(raw, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()

    def cut(self) -> None:
        """Ends whatever is being waited for; called from the clock's thread."""
        if self.sock is not None:
            # SSLSocket.shutdown would forget the TLS layer below the thread that reads: the plain one only cuts the line.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def post(address: str, body: bytes, *, headers: Mapping[str, str]) -> int:
    """Sends one message and gives back the status of the answer, whatever it is.

    Raises RuleBroken for an address that is not allowed (any more), Unreachable where nobody answered within
    CASELIB_HOOK_TIMEOUT seconds, all in all.
    """
    target = target_of(address)
    context = _trusting()
    why = Unreachable("这个主机名指向本机或保留地址，不送。")
    for where in _addresses_of(target):
        try:
            return _posted(_Pinned(target, where, context, settings.CASELIB_HOOK_TIMEOUT), target, body, headers)
        except ConnectionRefusedError:
            why = Unreachable("对方没有在这个端口接收（连接被拒绝）。")
        except ssl.SSLCertVerificationError as error:
            raise Unreachable("对方的证书验不过。自建证书的，把根证书写进 CASELIB_HOOK_CA。") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable("限时内没有等到回答，或者连接中断。") from error
    raise why


def _trusting() -> ssl.SSLContext:
    """Raises Unreachable where the roots that the settings name cannot be read: nothing goes out unchecked instead."""
    try:
        return ssl.create_default_context(cafile=settings.CASELIB_HOOK_CA or None)
    except OSError as error:
        raise Unreachable("CASELIB_HOOK_CA 写的根证书文件读不出来，没有送。请系统管理员核对。") from error


def _posted(connection: _Pinned, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    clock = threading.Timer(settings.CASELIB_HOOK_TIMEOUT, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        connection.request("POST", target.way, body=body, headers={**headers, "Connection": "close"})
        return connection.getresponse().status
    finally:
        clock.cancel()
        connection.close()
