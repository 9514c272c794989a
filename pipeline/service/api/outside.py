"""Calls from the service to addresses that others chose: guarded, without redirects, to the address that was checked.

A webhook's address comes from outside. Without a guard it could make the service call what only it can reach
(databases, cloud metadata, other services of the network). The name is looked up once, every address it has must be
allowed, and the connection goes to one of these very addresses, so that a second look-up cannot change it.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult, urlsplit

__all__ = ["AddressRefusedError", "check_url", "post"]

_PORTS = {"http": 80, "https": 443}


class AddressRefusedError(Exception):
    """The address is not one that the service calls. ``code`` says why; it names no host."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_url(url: str, *, private: bool) -> SplitResult:
    """Check what can be told of ``url`` without looking its name up.

    Args:
        private: addresses inside the network are allowed.

    Raises:
        AddressRefusedError: ``url_malformed``, ``url_scheme``, ``url_credentials`` or ``url_private``.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise AddressRefusedError("url_malformed") from None
    if parts.scheme not in _PORTS:
        raise AddressRefusedError("url_scheme")
    if parts.username is not None or parts.password is not None:
        raise AddressRefusedError("url_credentials")
    if not host or port == 0 or not url.isascii() or any(c.isspace() or not c.isprintable() for c in url):
        raise AddressRefusedError("url_malformed")
    if not private:
        name = host.rstrip(".").lower()
        literal = _literal(name)
        if name == "localhost" or name.endswith(".localhost") or (literal is not None and not _public(literal)):
            raise AddressRefusedError("url_private")
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool, seconds: float) -> int:
    """Send ``body`` and return the status of the answer, whose content is not read. Redirects are not followed.

    Raises:
        AddressRefusedError: see :func:`check_url`; also when the name leads to an address that is not allowed.
        OSError, http.client.HTTPException: it could not be reached or spoke no HTTP.
    """
    parts = check_url(url, private=private)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    reached = _connect(host, port, private=private, seconds=seconds)
    try:
        with _cut_off(reached, 2 * seconds):
            if parts.scheme == "https":
                reached = ssl.create_default_context().wrap_socket(reached, server_hostname=host)
            connection.sock = reached
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body=body, headers=dict(headers))
            return connection.getresponse().status
    finally:
        connection.close()
        reached.close()


@contextmanager
def _cut_off(reached: socket.socket, seconds: float) -> Iterator[None]:
    """End the connection after ``seconds`` in all: the time limit of a socket counts anew with every byte."""
    handle = reached.dup()

    def end() -> None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        handle.close()


def _connect(host: str, port: int, *, private: bool, seconds: float) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise AddressRefusedError("url_malformed") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not private and not all((literal := _literal(a)) is not None and _public(literal) for a in addresses):
        raise AddressRefusedError("url_private")
    failed: OSError = OSError("no address")
    for address in addresses[:3]:
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError as error:
            failed = error
    raise failed


def _literal(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        pass
    try:  # 127.1, 0x7f000001, 2130706433: what the C library takes for an address
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


def _public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return _public(inner)
        if address in _NAT64:  # translated to whatever IPv4 address it holds
            return _public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast and not address.is_reserved


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
