"""A browser for tests of the pages: signs in through the form, takes tokens from the page, as a person would."""

from __future__ import annotations

import re
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from pipeline.service.actors import SYSTEM, Role
from pipeline.service.app import create_app
from pipeline.service.office import Office
from pipeline.service.people import passwords, users

__all__ = ["PASSWORD", "Browser", "Nothing", "cheap_passwords", "make_user"]

PASSWORD = "麻雀 河边 木桥 42"
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Nothing:
    """A queue that forgets what it is asked."""

    def take_in(self, upload: str) -> None: ...

    def assess(self, application: str) -> None: ...

    def tell(self, delivery: str) -> None: ...


class Browser(TestClient):
    def __init__(self, office: Office, *, address: str = "203.0.113.7", app: Any = None) -> None:
        super().__init__(app or create_app(office, Nothing()), client=(address, 50000), follow_redirects=False)

    def keep(self, name: str, value: str) -> None:
        """Put a cookie into the browser as the server would."""
        self.cookies.set(name, value, domain="testserver.local", path="/")

    def token(self, path: str) -> str:
        """The token of the (last) form on the page at ``path``."""
        found = _TOKEN.findall(self.get(path).text)
        assert found, path
        return str(found[-1])

    def sign_in(self, login: str, password: str = PASSWORD, **data: str) -> Any:
        return self.post("/login", data={"csrf": self.token("/login"), "login": login, "password": password, **data})


def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm at a thousandth of the cost."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobody.cache_clear()


def make_user(
    office: Office,
    login: str = "shenhe1",
    *,
    roles: tuple[Role, ...] = (Role.REVIEWER,),
    regions: tuple[str, ...] = ("jiangxi",),
    name: str = "审核甲",
    must_change: bool = False,
) -> str:
    with office.database.write() as session:
        return users.create(
            session,
            SYSTEM,
            office,
            login=login,
            name=name,
            password=PASSWORD,
            roles=roles,
            regions=regions,
            must_change=must_change,
        ).id
