"""From the service's tables to a store: counts as plain SQL has them, nobody's identity, the same ids each time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import func, select

from pipeline.audit.questions import leading_reasons
from pipeline.audit.store import open_store
from pipeline.service.access import find
from pipeline.service.actors import Actor
from pipeline.service.analysis.exporting import export_service
from pipeline.service.casework import Kind, assess, correct
from pipeline.service.decisions import Reason
from pipeline.service.office import Office
from pipeline.service.tables import Application, Decision, Outcome
from tests.service.analysis.conftest import NOTE, decided
from tests.service.decisions.conftest import claim
from tests.service.made import HYPERTENSION, add_read_file, made_application, submit

SENTINELS = (
    "张建国",
    "建国",
    "999999196803120010",
    "13900000000",
    NOTE,
    "出院.jpg",
    "心超",
    "李明",
    "王芳",
    "shenhe1",
    "审核甲",
)


@pytest.fixture
def filled(quiet_office: Office, reviewer: Actor) -> Office:
    """An approval, a return with a second round that is refused, one that waits, a draft."""
    office = quiet_office
    made_application(office, submitted=False)
    made_application(office)
    good = made_application(office)
    decided(office, reviewer, good, Outcome.APPROVE)
    poor = made_application(office, {"出院.jpg": HYPERTENSION["出院.jpg"]})
    decided(
        office, reviewer, poor, Outcome.RETURN, Reason(code="missing", criterion="1"), Reason(code="unclear", text=NOTE)
    )
    add_read_file(office, poor, "张建国化验.jpg", HYPERTENSION["化验.jpg"])
    submit(office, poor)
    decided(office, reviewer, poor, Outcome.REFUSE, Reason(code="missing", criterion="1"))
    for case in ids(office):
        assess(office, case)
    return office


def ids(office: Office) -> list[str]:
    with office.database.read() as session:
        return list(session.scalars(select(Application.id)))


def test_export_counts_what_plain_sql_counts(filled: Office, tmp_path: Path) -> None:
    exported = export_service(filled, tmp_path / "store")
    with filled.database.read() as session:
        handed_in = session.scalar(select(func.count()).where(Application.first_submitted_at.is_not(None)))
        outcomes = Counter(session.scalars(select(Decision.outcome)))
        reasons = [reason["code"] for row in session.scalars(select(Decision)) for reason in row.reasons]
    assert exported.applications == handed_in == 3
    with open_store(tmp_path / "store", check=True) as store:
        assert store.value("SELECT count(*) FROM applications") == 3
        told = {
            row["outcome"]: row["n"] for row in store.query("SELECT outcome, count(*) AS n FROM decisions GROUP BY 1")
        }
        assert told == {outcome.value: n for outcome, n in outcomes.items()}
        codes = store.query("SELECT code FROM reasons WHERE origin = 'person' ORDER BY code")
        assert [row["code"] for row in codes] == sorted(reasons)
        # One judgement a round, and every decision stands on the one it was made on.
        assert store.value("SELECT count(*) FROM judgements") == 4
        assert store.value("SELECT count(*) FROM decisions d JOIN judgements j USING (judgement_id, round)") == 3
        assert store.value("SELECT count(*) FROM judgements WHERE latest") == 3
        assert store.value("SELECT max(rounds) FROM applications") == 2
        assert store.value("SELECT count(*) FROM documents WHERE round = 2") == 1
        assert store.value("SELECT count(*) FROM facts") == 3
        assert store.value("SELECT min(age_years) = max(age_years) FROM applications") is True
        steps = {r["step"] for r in store.query("SELECT DISTINCT step FROM timings")}
        assert steps == {"reading", "waiting", "reviewing", "round", "applicant"}
        answer = leading_reasons(store)
        assert {row["code"]: row["decisions"] for row in answer.rows} == {"missing": 2, "unclear": 1}


def test_export_names_nobody(filled: Office, tmp_path: Path) -> None:
    export_service(filled, tmp_path / "store")
    files = sorted((tmp_path / "store").rglob("*.parquet"))
    assert len(files) == 12
    with duckdb.connect(":memory:") as connection:
        for file in files:
            rows = connection.execute("SELECT * FROM read_parquet($file)", {"file": str(file)}).fetchall()
            text = repr(rows)
            found = [word for word in (*SENTINELS, *ids(filled), "YS2026") if word in text]
            assert not found, (file.name, found)


def test_export_gives_the_same_ids_each_time_and_others_to_others(filled: Office, tmp_path: Path) -> None:
    def told(name: str, key: bytes | None) -> list[str]:
        export_service(filled, tmp_path / name, key)
        with open_store(tmp_path / name) as store:
            return [row["application_id"] for row in store.query("SELECT application_id FROM applications ORDER BY 1")]

    own = told("a", None)
    assert told("b", None) == own
    assert not set(told("c", b"another key of thirty-two bytes.")) & set(own)


def test_export_tells_the_machine_beside_what_was_corrected(office: Office, reviewer: Actor, tmp_path: Path) -> None:
    case = made_application(office)
    first = assess(office, case)
    claim(office, reviewer, case)
    assert first is not None
    said = [fact for fact in first.report["facts"]["diagnoses"] if fact["concept"] == "hypertension"]
    target = next(fact["key"] for fact in said if fact["section"] == "出院诊断")
    with office.database.write() as session:
        row = find(session, reviewer, case, lock=True)
        correct(session, reviewer, office, row, Kind.VALUE, target, "name", {"value": "高血压病1级"}, NOTE)
    second = assess(office, case)
    assert second is not None
    assert second.revision > first.revision
    export_service(office, tmp_path / "store")
    with open_store(tmp_path / "store") as store:
        machine = {i["id"]: i["status"] for i in first.report["reviews"][0]["criteria"]}
        person = {i["id"]: i["status"] for i in second.report["reviews"][0]["criteria"]}
        assert machine != person
        rows = store.query("SELECT criterion, status, machine_status FROM criteria")
        assert {r["criterion"]: r["machine_status"] for r in rows} == machine
        assert {r["criterion"]: r["status"] for r in rows} == person
        (made,) = store.query("SELECT * FROM corrections")
        assert (made["kind"], made["fact"], made["field"], made["document_type"]) == (
            "value",
            "diagnoses",
            "name",
            "discharge_summary",
        )
