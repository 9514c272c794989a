"""Health, figures and logs: right numbers, closed to strangers, and nobody's name in them."""

from __future__ import annotations

import io
import json
import logging
import re
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.service import logs
from pipeline.service.office import Office
from pipeline.service.tables import WorkerRow
from tests.service.made import HYPERTENSION, add_file, made_application
from tests.service.signed import Browser, make_user

NAME, NUMBER = "欧阳娜娜七", "999999196803120010"


def figures(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_count_cases_pages_and_workers(small: Office) -> None:
    made_application(small, HYPERTENSION, name=NAME)
    add_file(small, made_application(small, {}, submitted=False), "a.jpg", b"a")
    with small.database.write() as session:
        now = small.now()
        session.add(WorkerRow(id="w1", host="h", pid=1, born=1.0, readers=2, started_at=now, seen_at=now))
    browser = Browser(small, address="127.0.0.1")
    browser.get("/login")
    found = figures(browser.get("/metrics").text)
    assert found["yushen_applications", (("state", "submitted"),)] == 1
    assert found["yushen_applications", (("state", "draft"),)] == 1
    assert found["yushen_applications", (("state", "decided"),)] == 0
    assert found["yushen_files", (("state", "waiting"),)] == 1
    assert found["yushen_pages", (("state", "done"),)] >= 2
    assert found["yushen_worker_silent_seconds", (("worker", "w1"),)] == 0
    assert found["yushen_readers", ()] == 2
    assert found["yushen_request_seconds_count", (("method", "GET"), ("route", "/login"))] == 1
    assert found["yushen_requests_total", (("method", "GET"), ("route", "/login"), ("status", "200"))] == 1


def test_figures_name_no_path_and_nobody(small: Office) -> None:
    made_application(small, {"张建国.jpg": HYPERTENSION[next(iter(HYPERTENSION))]}, name=NAME)
    browser = Browser(small, address="127.0.0.1")
    browser.sign_in(NAME, NUMBER)
    browser.get(f"/no/{NAME}/{NUMBER}")
    browser.get(f"/desk/{NUMBER}?name={NAME}")
    browser.get(f"/static/{NUMBER}.css")
    browser.request(NUMBER, "/login")
    text = browser.get("/metrics").text
    for word in (NAME, NUMBER, "张建国", "shenhe1"):
        assert word not in text
    routes = set(re.findall(r'route="([^"]*)"', text))
    assert {"none", "/static", "/login"} <= routes
    assert 'method="other"' in text


@pytest.mark.parametrize(
    ("client", "forwarded", "status"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("203.0.113.7", None, 403),
        ("203.0.113.7", "127.0.0.1", 403),
        ("127.0.0.1", "203.0.113.7", 403),
        ("10.1.2.3", None, 200),
        ("testclient", None, 403),
    ],
)
def test_figures_are_closed_to_strangers(small: Office, client: str, forwarded: str | None, status: int) -> None:
    service = small.settings.service.model_copy(update={"trusted_proxies": ("127.0.0.1", "10.1.0.0/16")})
    office = replace(small, settings=small.settings.model_copy(update={"service": service}))
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert Browser(office, address=client).get("/metrics", headers=headers).status_code == status


def test_health_lives_without_database_and_is_not_ready(small: Office) -> None:
    browser = Browser(small)
    assert browser.get("/readyz").json() == {
        "ready": True,
        "checks": {"database": "ok", "schema": "ok", "keys": "ok", "blobs": "ok"},
    }
    from pipeline.service.database import Database

    away = Database("postgresql+psycopg://me:hidden@127.0.0.1:1/none")
    browser = Browser(replace(small, database=away))
    assert browser.get("/healthz").text == "ok\n"
    answer = browser.get("/readyz")
    assert answer.status_code == 503
    away_too = dict.fromkeys(("database", "schema", "keys"), "OperationalError")
    assert answer.json()["checks"] == {**away_too, "blobs": "ok"}
    assert "hidden" not in answer.text
    assert browser.get("/account", headers={"cookie": "yushen_user=x"}).status_code == 503


def test_health_tells_an_old_schema_and_blobs_that_cannot_be_written(small: Office) -> None:
    from sqlalchemy import text

    class Full:
        def probe(self) -> bool:
            raise OSError(28, "No space left on device")

    with small.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = Browser(replace(small, blobs=Full())).get("/readyz")  # type: ignore[arg-type]
    assert answer.json()["checks"] == {
        "database": "ok",
        "schema": "other_revision",
        "keys": "ok",
        "blobs": "OSError",
    }


def lines_of(*records: logging.LogRecord) -> list[dict[str, object]]:
    return [json.loads(logs.JsonLines().format(record)) for record in records]


def record(
    name: str, level: int, message: str, *arguments: object, error: Exception | None = None
) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, level, "/lib/some.py", 7, message, arguments, info)


def test_logs_of_others_lose_their_words() -> None:
    try:
        raise ValueError(NAME)
    except ValueError as error:
        lines = lines_of(
            record("dbos", logging.ERROR, f"step failed for {NAME}"),
            record("sqlalchemy.engine", logging.WARNING, "parameters %s", NAME, error=error),
            record("uvicorn.error", logging.ERROR, "Exception in ASGI application", error=error),
            record("uvicorn.error", logging.INFO, "Started server process [%d]", 12),
            record("yushen.work", logging.ERROR, "page.failed", error=error),
        )
    assert NAME not in json.dumps(lines, ensure_ascii=False)
    assert [line["event"] for line in lines] == [
        "foreign",
        "foreign",
        "foreign",
        "Started server process [12]",
        "page.failed",
    ]
    assert lines[1]["error"] == "ValueError"
    assert "test_figures.py" in str(lines[4]["places"])


def test_logs_are_one_json_object_a_line_and_quiet_about_probes(small: Office) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        logs.configure(stream=stream)
        make_user(small)
        browser = Browser(small)
        browser.get("/healthz")
        browser.sign_in("shenhe1")
        logging.getLogger("uvicorn.access").info("GET /desk?name=%s", NAME)
        logging.getLogger("other").info(NAME)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.getLogger("uvicorn.access").disabled = False
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/login", 200),
        ("POST", "/login", 303),
    ]
    assert all(
        set(line) == {"at", "level", "logger", "event", "method", "route", "status", "ms", "request"} for line in lines
    )
