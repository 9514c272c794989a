"""Platforms and applicants' browsers as a measurement needs them: they note how long each answer took."""

from __future__ import annotations

import hashlib
import html
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

__all__ = ["Applicant", "Call", "Platform"]

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_IMAGE = re.compile(r'src="(/case/[^"]*/image[^"]*)"')
_PERSON = {"who": "self", "name": "张建国", "id_number": "999999196803120010", "phone": "13900000000"}
Take = Callable[[], tuple[str, bytes]]


@dataclass(frozen=True)
class Call:
    """One request from its first byte to the last of its answer."""

    kind: str
    ms: float
    good: bool
    bytes: int = 0

    @property
    def upload(self) -> bool:
        return self.bytes > 0


class _Client:
    def __init__(self, address: str, *, pause: float, **headers: str) -> None:
        self._http = httpx.Client(base_url=address, headers=headers, timeout=60, follow_redirects=False)
        self._pause = pause
        self._chance = random.Random(id(self))
        self.calls: list[Call] = []

    def cases(self, count: int, take: Take, files: int) -> None:
        for _ in range(count):
            self.case(take, files)

    def case(self, take: Take, files: int) -> None:
        raise NotImplementedError

    def _call(self, kind: str, method: str, url: str, *, size: int = 0, **content: object) -> httpx.Response:
        time.sleep(self._chance.uniform(0, 2 * self._pause))
        began = time.perf_counter()
        answer = self._http.request(method, url, **content)  # type: ignore[arg-type]
        took = (time.perf_counter() - began) * 1000
        self.calls.append(Call(kind, took, answer.status_code < 400, size))
        return answer


class Platform(_Client):
    """A platform with an API key: creates, uploads, looks how far the pages are, submits."""

    def __init__(self, address: str, key: str, *, pause: float) -> None:
        super().__init__(f"{address}/api/v1", pause=pause, Authorization=f"Bearer {key}")

    def case(self, take: Take, files: int) -> None:
        body = {"disease": "hypertension", "person": {"name": "张建国"}}
        where = f"/applications/{self._call('API create', 'POST', '/applications', json=body).json()['id']}"
        for _ in range(files):
            name, data = take()
            digest = hashlib.sha256(data).hexdigest()
            told = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
            self._call("API upload", "PUT", f"{where}/uploads/{digest}", size=len(data), content=data, headers=told)
            self._call("API state", "GET", where)
        pages = [
            page
            for file in self._call("API files", "GET", f"{where}/uploads").json()["items"]
            for page in file["pages"]
        ]
        if pages:
            self._call("API page image", "GET", f"{where}/pages/{pages[0]['id']}/image")
        self._call("API submit", "POST", f"{where}/submit")


class Applicant(_Client):
    """A telephone: chooses the disease, says who applies, sends photographs, asks for the list as the page does."""

    def __init__(self, address: str, *, pause: float) -> None:
        super().__init__(address, pause=pause, Accept="text/html")
        self._page = ""

    def case(self, take: Take, files: int) -> None:
        self._http.cookies.clear()
        self._get("page start", "/")
        self._send("page choose", "/choose", disease="hypertension")
        self._get("page apply", "/apply")
        self._send("page agree", "/apply/agree")
        self._send("page person", "/apply/person", **_PERSON)
        self._get("page files", "/case/files")
        told = {"Accept": "application/json", "X-CSRF-Token": self._token()}
        shown = ""
        for number in range(files):
            name, data = take()
            sent = {"files": (name, data, "application/octet-stream")}
            form = {"batch": f"b{id(self)}", "place": str(number)}
            self._call("page upload", "POST", "/case/files", size=len(data), files=sent, data=form, headers=told)
            shown = self._call("page list", "GET", "/case/files/list").text
        for image in _IMAGE.findall(shown)[:2]:
            self._call("page image", "GET", html.unescape(image))
        self._get("page to do", "/case/todo")

    def _get(self, kind: str, url: str) -> None:
        self._page = self._call(kind, "GET", url).text

    def _send(self, kind: str, url: str, **fields: str) -> None:
        """Send a form and follow to the page after it."""
        answer = self._call(kind, "POST", url, data={"csrf": self._token(), **fields})
        if answer.is_redirect:
            self._get(f"{kind}, then", answer.headers["location"])
        else:
            self._page = answer.text

    def _token(self) -> str:
        found = _CSRF.search(self._page)
        return html.unescape(found[1]) if found else ""
