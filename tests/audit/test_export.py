"""Reports become rows: whole, without anybody's identity, and judged again the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.audit.exporting import export_reports
from pipeline.audit.exporting.facts import NotStoredError, facts_of_report
from pipeline.audit.store import open_store
from pipeline.cli.main import main
from pipeline.keys import FACT_KINDS, Keys
from pipeline.nouns import Document, ReadCase, Review
from pipeline.reporting.as_json import report_json
from rules.engine import Region, judge
from rules.engine.cases import load_cases
from rules.engine.stored_facts import facts_from_json
from tests.reporting.conftest import case as case

KEY = bytes(32)
Case = Callable[[str], Review]
PERSON = ("张建国", "张*国", "9999991968", "13800001234", "申请表.jpg")


def _put(folder: Path, name: str, report: dict[str, Any]) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "report.json").write_text(json.dumps(report, ensure_ascii=False), "utf-8")


@pytest.mark.parametrize("pack", ["copd", "uremia", "hypertension"])
def test_facts_of_a_report_are_judged_as_the_report_was(jiangxi: Region, pack: str) -> None:
    rule = next(r for r in jiangxi.rules if r.id == pack)
    for stored in load_cases(rule, jiangxi):
        judgement = judge(stored.facts, rule, jiangxi)
        documents = tuple(Document(id=d.id, type=d.type, pages=(), why=(), info=d) for d in stored.facts.documents)
        read = ReadCase(files=(), documents=documents, facts=stored.facts)
        review = Review(region="jiangxi", read=read, judgements=(judgement,), versions={})
        names = {kind: tuple("k" for _ in getattr(stored.facts, kind)) for kind in FACT_KINDS}
        report = report_json(review, keys=Keys(documents={}, facts=names))

        if any(c.reason == "generative_only" for c in judgement.criteria):
            with pytest.raises(NotStoredError):
                facts_of_report(report)
            continue
        again = judge(facts_of_report(report), rule, jiangxi)

        assert again.conclusion is judgement.conclusion, stored.title
        assert [(c.status, c.reason) for c in again.criteria] == [(c.status, c.reason) for c in judgement.criteria]


def test_facts_that_a_report_does_not_doubt_as_the_review_did_are_not_turned_back(case: Case) -> None:
    report = report_json(replace(case("meets"), versions={"page_reader": "2026.11"}))
    facts_of_report(report)
    for document in report["documents"]:
        del document["model_only"]

    with pytest.raises(NotStoredError, match="page reader"):
        facts_of_report(report)


def test_facts_for_a_person_to_look_at_stay_so_in_all_their_places(case: Case) -> None:
    report = report_json(case("meets"))
    assert not any(e.for_human for fact in facts_of_report(report).lab_results for e in fact.evidence)
    report["facts"]["lab_results"][0] |= {"for_human": True, "share": 0.81}

    first = facts_of_report(report).lab_results[0]

    assert {(e.for_human, e.share) for e in first.evidence} == {(True, 0.81)}


def test_export_tells_all_of_a_report_and_nobodys_identity(case: Case, tmp_path: Path) -> None:
    for name in ("meets", "conflicts", "three_diseases"):
        _put(tmp_path / "in", f"张建国{name}", report_json(case(name)))
    (tmp_path / "in/broken").mkdir()
    (tmp_path / "in/broken/report.json").write_text("{", "utf-8")

    exported = export_reports(tmp_path / "in", tmp_path / "out", KEY)

    assert (exported.reports, exported.without_facts) == (3, 0)
    assert [path.parent.name for path in exported.unusable] == ["broken"]
    report = report_json(case("meets"))
    with open_store(tmp_path / "out", check=True) as store:
        assert store.value("SELECT count(*) FROM applications") == 3
        counted = store.query("SELECT count(DISTINCT application_id) AS a, count(*) AS d FROM documents")
        assert counted[0]["a"] == 3
        told = store.query(
            "SELECT c.criterion, c.status, c.reason FROM criteria c JOIN judgements j USING (judgement_id) "
            "WHERE j.disease = $d ORDER BY 1",
            {"d": report["reviews"][0]["disease"]["id"]},
        )
        assert {(c["id"], c["status"], c["reason"]) for c in report["reviews"][0]["criteria"]} <= {
            tuple(row.values()) for row in told
        }
        dump = "".join(str(store.query(f"SELECT * FROM {name}")) for name in exported.manifest.tables)
        for row in store.query("SELECT facts FROM facts"):
            facts_from_json(row["facts"])
    for word in PERSON:
        assert word not in dump, word


def test_export_goes_on_after_a_report_that_is_none_and_tells_equal_names_apart(case: Case, tmp_path: Path) -> None:
    report = report_json(case("meets"))
    for folder in ("a", "b"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        (tmp_path / "in" / folder / "report-1.json").write_text(json.dumps(report), "utf-8")
    broken = [
        {"case": {"as_of": "昨天"}},
        {"documents": [{"id": "d1"}]},
        {"documents": [report["documents"][0] | {"owner": "张建国"}]},
    ]
    for number, change in enumerate(broken):
        _put(tmp_path / "in", f"broken{number}", report | change)

    exported = export_reports(tmp_path / "in", tmp_path / "out", KEY)

    assert exported.reports == 2
    assert len(exported.unusable) == 3
    with open_store(tmp_path / "out") as store:
        assert store.value("SELECT count(DISTINCT application_id) FROM applications") == 2


def test_export_suppressed_has_no_facts_and_leaves_rare_cases_out(case: Case, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        _put(tmp_path / "in", name, report_json(case("meets")))
    _put(tmp_path / "in", "rare", report_json(case("conflicts")))

    exported = export_reports(tmp_path / "in", tmp_path / "out", KEY, smallest=3)

    assert (exported.reports, exported.left_out) == (4, 1)
    assert exported.manifest.suppressed_below == 3
    with open_store(tmp_path / "out") as store:
        assert store.value("SELECT count(*) FROM applications") == 3
        assert store.value("SELECT count(*) FROM facts") == 0
        assert store.value("SELECT count(*) FROM documents WHERE day(dated) <> 1") == 0


def test_export_ids_are_the_same_under_the_same_key_alone(case: Case, tmp_path: Path) -> None:
    _put(tmp_path / "in", "a", report_json(case("meets")))

    def ids(out: str, key: bytes) -> list[dict[str, Any]]:
        export_reports(tmp_path / "in", tmp_path / out, key)
        with open_store(tmp_path / out) as store:
            return store.query("SELECT application_id FROM applications")

    assert ids("1", KEY) == ids("2", KEY)
    assert ids("1b", KEY) != ids("3", bytes(31) + b"1")


def test_export_command_writes_a_store_and_keeps_the_key_apart(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _put(tmp_path / "in", "a", report_json(case("meets")))
    out, key = tmp_path / "out", tmp_path / "key"

    assert main(["audit", "export", "--reports", str(tmp_path / "in"), "--out", str(out), "--key", str(key)]) == 0
    assert "1 份申请写入" in capsys.readouterr().out
    assert main(["audit", "export", "--reports", str(tmp_path / "in"), "--out", str(out), "--key", str(key)]) == 2
    assert "已有内容" in capsys.readouterr().err
    inside = ["--out", str(out), "--key", str(out / "key"), "--replace"]
    assert main(["audit", "export", "--reports", str(tmp_path / "in"), *inside]) == 2
    assert "密钥不能放在导出的文件夹里" in capsys.readouterr().err
    bare = ["--out", str(out), "--key", str(key), "--replace", "--no-facts"]
    assert main(["audit", "export", "--reports", str(tmp_path / "in"), *bare]) == 0
    with open_store(out) as store:
        assert store.value("SELECT count(*) FROM facts") == 0
    assert main(["audit", "export", "--reports", str(tmp_path / "none"), "--out", str(out), "--key", str(key)]) == 2
