"""Only a trusted proxy may say where a request came from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.requests import Request

from pipeline.service.office import Office
from pipeline.service.people.addresses import client_address, is_trusted


def request(client: str, forwarded: list[str]) -> Request:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return Request({"type": "http", "client": (client, 1), "headers": headers, "method": "GET", "path": "/"})


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("198.51.100.9", [], "198.51.100.9"),
        ("198.51.100.9", ["203.0.113.7"], "198.51.100.9"),  # anyone can write the header
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["1.2.3.4, 203.0.113.7"], "203.0.113.7"),  # the first part is the client's own claim
        ("127.0.0.1", ["1.2.3.4", "203.0.113.7, 10.1.2.3"], "203.0.113.7"),
        ("127.0.0.1", ["10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", [], "203.0.113.7"),
        ("testclient", [], "testclient"),
    ],
)
def test_addresses_of_clients(small: Office, client: str, forwarded: list[str], address: str) -> None:
    service = small.settings.service.model_copy(update={"trusted_proxies": ("127.0.0.1", "10.1.0.0/16")})
    office = replace(small, settings=small.settings.model_copy(update={"service": service}))
    assert client_address(request(client, forwarded), office) == address


def test_addresses_trust_networks_and_nothing_malformed() -> None:
    assert is_trusted("10.1.2.3", ["10.1.0.0/16"])
    assert not is_trusted("10.2.2.3", ["10.1.0.0/16", "nonsense"])
    assert not is_trusted("", ["10.1.0.0/16"])
