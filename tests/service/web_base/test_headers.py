"""Security headers stand on every answer, whoever made it and however it ended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.responses import Response

from pipeline.service.app import create_app
from pipeline.service.applications import FullError, LimitError
from pipeline.service.office import Office
from pipeline.service.web.headers import CONTENT_SECURITY_POLICY
from pipeline.service.web.rendering import TEMPLATES
from tests.service.signed import Browser, Nothing, make_user

ANSWERS = [
    ("GET", "/login", 200),
    ("POST", "/login", 403),
    ("GET", "/account", 303),
    ("GET", "/admin", 303),
    ("GET", "/no/such/page", 404),
    ("DELETE", "/login", 405),
    ("GET", "/static/base.css", 200),
    ("GET", "/static/none.css", 404),
    ("GET", "/static/../app.py", 404),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/metrics", 403),
    ("GET", "/made/defect", 500),
    ("GET", "/made/limit", 413),
    ("GET", "/made/full", 503),
    ("GET", "/api/v1/nothing", 404),
    ("GET", "/api/v1/made/defect", 500),
]


def made_app(office: Office) -> object:
    """The application with rooms that end badly."""
    app = create_app(office, Nothing())
    rooms = APIRouter()

    @rooms.get("/made/defect")
    @rooms.get("/api/v1/made/defect")
    def defect() -> None:
        raise ValueError("张建国 999999196803120010")

    @rooms.get("/made/limit")
    def limit() -> None:
        raise LimitError("file_too_large", "文件太大")

    @rooms.get("/made/full")
    def full() -> None:
        raise FullError

    @rooms.get("/made/own")
    def own() -> Response:
        return Response("<p>", headers={"Content-Security-Policy": "sandbox", "Cache-Control": "private, max-age=60"})

    app.include_router(rooms)
    return app


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_headers_on_every_answer(small: Office, method: str, path: str, status: int, accept: str) -> None:
    answer = Browser(small, app=made_app(small)).request(method, path, headers={"accept": accept})
    if not (accept == "application/json" and status == 303):
        assert answer.status_code == status
    headers = answer.headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["permissions-policy"].startswith("camera=(self)")
    assert headers["x-frame-options"] == "DENY"
    assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])
    assert "strict-transport-security" not in headers
    assert path.startswith("/static/") or headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_headers_that_a_response_sets_itself_stay(small: Office) -> None:
    answer = Browser(small, app=made_app(small)).get("/made/own")
    assert answer.headers.get_list("content-security-policy") == ["sandbox"]
    assert answer.headers["cache-control"] == "private, max-age=60"


def test_headers_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    parts = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY_POLICY.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["frame-ancestors"] == "'none'"
    assert parts["base-uri"] == "'none'"
    assert parts["form-action"] == "'self'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.j2")), ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_templates_hold_nothing_that_the_policy_would_block(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>", text)
    assert not re.search(r"<style\b|\sstyle\s*=\s*[\"']", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"(?:src|href)\s*=\s*[\"']https?:", text)
    # Unescaped is only what the program draws itself.
    assert set(re.findall(r"(\w+)\s*\|\s*safe", text)) <= {"qr"}


def test_own_origin_refuses_forms_of_other_sites(small: Office) -> None:
    make_user(small)
    browser = Browser(small)
    token = browser.token("/login")
    form = {"csrf": token, "login": "shenhe1", "password": "x"}
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    ):
        assert browser.post("/login", data=form, headers=headers).status_code == 403, headers
    for headers in ({"origin": "http://testserver"}, {"sec-fetch-site": "same-origin"}, {}):
        assert browser.post("/login", data=form, headers=headers).status_code == 401, headers
    assert browser.get("/login", headers={"sec-fetch-site": "cross-site"}).status_code == 200
