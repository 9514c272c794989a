#!/usr/bin/env python3
"""Example client of the Yushen API: create, upload, wait until the pages are read, show the feedback, submit.

    pip install httpx
    export YUSHEN_API_KEY=...
    python client.py https://yushen.example.gov.cn --disease 高血压 --name 测试一 出院小结.jpg 心脏超声.pdf

Every call may be sent again after a lost connection: POST carries an Idempotency-Key, a file's address its SHA-256.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

PART = 8 * 1024 * 1024
"""Larger files go in parts of this size, so that a break costs one part."""
REPLAY_SECONDS = 300


class ApiError(Exception):
    """An answer that is a problem (RFC 9457). ``code`` is for programs, the message (Chinese) for people."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or f"HTTP {status}")
        self.status, self.code, self.problem = status, problem.get("code", ""), problem


class Client:
    """The API with one key. Busy answers (429, 503) and broken connections are tried again."""

    def __init__(self, url: str, key: str, *, tries: int = 5, http: httpx.Client | None = None) -> None:
        self._base = url.rstrip("/") + "/api/v1"
        self._http = http or httpx.Client(timeout=httpx.Timeout(60, connect=10))
        self._headers = {"Authorization": f"Bearer {key}"}
        self._tries = tries

    def diseases(self) -> list[dict[str, Any]]:
        return self._call("GET", "/diseases")["items"]

    def checklist(self, disease: str) -> dict[str, Any]:
        """What to bring, before anything is uploaded."""
        return self._call("GET", f"/diseases/{quote(disease, safe='')}")

    def create(self, disease: str | None, person: dict[str, str]) -> dict[str, Any]:
        """Make a draft. Its ``query_code`` is shown only now: give it to the applicant."""
        return self._call("POST", "/applications", json={"disease": disease, "person": person})

    def upload(self, application: str, path: Path) -> dict[str, Any]:
        data = path.read_bytes()
        if len(data) > PART:
            return self._upload_parts(application, path.name, data)
        digest = hashlib.sha256(data).hexdigest()
        name = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(path.name, safe='')}"}
        return self._call("PUT", f"/applications/{application}/uploads/{digest}", content=data, headers=name)

    def _upload_parts(self, application: str, name: str, data: bytes) -> dict[str, Any]:
        begun = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        session = self._call("POST", f"/applications/{application}/upload-sessions", json=begun)
        where = f"/applications/{application}/upload-sessions/{session['id']}"
        while session["received"] < len(data):  # a session that is there already goes on
            start = session["received"]
            part = data[start : start + min(PART, session["part_limit"])]
            told = {"Content-Range": f"bytes {start}-{start + len(part) - 1}/{len(data)}"}
            session = self._call("PUT", where, content=part, headers=told)
        return self._call("POST", f"{where}/finish")

    def state(self, application: str) -> dict[str, Any]:
        return self._call("GET", f"/applications/{application}")

    def events(self, application: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield events (name, content) until the service says that no more will come."""
        last = ""
        while True:
            headers = {**self._headers, "Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
            url = f"{self._base}/applications/{application}/events"
            try:
                with self._http.stream("GET", url, headers=headers, timeout=httpx.Timeout(60, connect=10)) as answer:
                    if answer.status_code == 204:
                        return
                    if answer.status_code != 200:
                        answer.read()
                        raise ApiError(answer.status_code, _problem(answer))
                    for name, event_id, data in _parsed(answer.iter_lines()):
                        last = event_id or last
                        if name == "end":
                            return
                        yield name, json.loads(data)
            except httpx.TransportError:
                pass
            time.sleep(2)

    def wait(self, application: str) -> None:
        """Return once every page is read and the feedback is of the present material."""
        if self.state(application)["feedback_ready"]:
            return
        for name, _ in self.events(application):
            if name == "feedback" and self.state(application)["feedback_ready"]:
                return

    def feedback(self, application: str) -> dict[str, Any]:
        """What is left to do. Never a verdict."""
        return self._call("GET", f"/applications/{application}/feedback")

    def submit(self, application: str) -> dict[str, Any]:
        return self._call("POST", f"/applications/{application}/submit")

    def decision(self, application: str) -> dict[str, Any]:
        """Needs the scope decisions:read; :class:`ApiError` ``not_decided`` before."""
        return self._call("GET", f"/applications/{application}/decision")

    def _call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **content: Any) -> dict[str, Any]:
        sent = {**self._headers, **(headers or {})}
        if method == "POST":
            sent["Idempotency-Key"] = str(uuid.uuid4())  # the same over all tries of this call
        for left in range(self._tries - 1, -1, -1):
            wait = 2.0
            try:
                answer = self._http.request(method, self._base + path, headers=sent, **content)
            except httpx.TransportError:
                if not left:
                    raise
            else:
                if answer.status_code not in (429, 502, 503, 504) or not left:
                    if answer.is_success:
                        return answer.json()
                    raise ApiError(answer.status_code, _problem(answer))
                wait = float(answer.headers.get("Retry-After", wait))
            time.sleep(wait)
        raise AssertionError("not reached")


def verify_webhook(secret: str, header: str, body: bytes, now: float | None = None) -> bool:
    """Whether ``Yushen-Signature`` signs these bytes and is fresh. Handle each ``Yushen-Delivery`` once."""
    fields = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    moment = fields.get("t", "")
    if not moment.isdecimal() or abs((time.time() if now is None else now) - int(moment)) > REPLAY_SECONDS:
        return False
    good = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(good.encode(), fields.get("v1", "").encode())


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _parsed(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    """Server-sent events as (name, id, data)."""
    name, event_id, data = "message", "", []
    for line in lines:
        if not line:
            if data:
                yield name, event_id, "\n".join(data)
            name, event_id, data = "message", "", []
            continue
        key, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if key == "event":
            name = value
        elif key == "id":
            event_id = value
        elif key == "data":
            data.append(value)


def show(feedback: dict[str, Any]) -> str:
    """The feedback as an applicant may read it, most helpful first."""
    lines = [f"没有打开：{one['file']}，{one['why']}" for one in feedback["lost"]]
    lines += [f"请重拍：{one['at']['file']}，{'；'.join(one['why'])} {one['how']}" for one in feedback["retake"]]
    for one in feedback["needed"]:
        also = f"；没有的话也可以用：{'、'.join(one['alternatives'])}" if one["alternatives"] else ""
        lines.append(f"还需要：{one['need']}（{one['why']}）{also}")
    lines += [
        f"已收到：{one['label']} {one['date']} {one['hospital']} {one['note']}".rstrip() for one in feedback["received"]
    ]
    return "\n".join(lines)


def run(client: Client, disease: str, name: str, files: list[Path], *, submit: bool) -> dict[str, Any]:
    """The whole way; returns the application as it stands at the end."""
    made = client.create(disease, {"name": name})
    print(f"受理编号 {made['serial']}，查询码 {made['query_code']}")
    for path in files:
        client.upload(made["id"], path)
    client.wait(made["id"])
    print(show(client.feedback(made["id"])))
    return client.submit(made["id"]) if submit else client.state(made["id"])


def main() -> int:
    parser = argparse.ArgumentParser(description="预审接口的示例客户端")
    parser.add_argument("url")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--disease", required=True)
    parser.add_argument("--name", required=True, help="参保人姓名")
    parser.add_argument("--submit", action="store_true")
    options = parser.parse_args()
    client = Client(options.url, os.environ["YUSHEN_API_KEY"])
    try:
        end = run(client, options.disease, options.name, options.files, submit=options.submit)
    except ApiError as error:
        print(f"没有办成：{error}（{error.code}）", file=sys.stderr)
        return 1
    print(f"{end['state_label']}，办结期限 {end['due_on'] or '提交后计算'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
