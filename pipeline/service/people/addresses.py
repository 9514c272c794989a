"""Where a request came from. A header says so only when a proxy that the settings trust wrote it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from fastapi import Request

from pipeline.service.office import Office

__all__ = ["client_address", "exact_address", "is_trusted"]

_IPV6_PREFIX = 64
"""One subscriber has at least so many addresses of IPv6."""


def client_address(request: Request, office: Office) -> str:
    """Return what to count tries by: the client's address, of IPv6 its network."""
    return _network(exact_address(request, office))


def exact_address(request: Request, office: Office) -> str:
    """Return the client's address: the last one that no trusted proxy has."""
    trusted = office.settings.service.trusted_proxies
    address = request.client.host if request.client else ""
    told = request.headers.getlist("x-forwarded-for")
    hops = [hop.strip() for line in told for hop in line.split(",")]
    while hops and is_trusted(address, trusted):
        address = hops.pop()
    return address


def is_trusted(address: str, trusted: Iterable[str]) -> bool:
    """Whether ``address`` is one of ``trusted``, addresses or networks (``10.1.0.0/16``)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address in trusted
    for each in trusted:
        try:
            if parsed in ipaddress.ip_network(each, strict=False):
                return True
        except ValueError:
            continue
    return False


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network(f"{parsed}/{_IPV6_PREFIX}", strict=False))
    return str(parsed)
