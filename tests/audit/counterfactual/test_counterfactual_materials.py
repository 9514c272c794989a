"""For a group: which single material would have settled most, counted as judging each case says."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.audit.charts import spec
from pipeline.audit.counterfactual.answers import materials_answers
from pipeline.audit.counterfactual.materials import materials, materials_of_region
from pipeline.audit.replay import HeldFacts, Record
from pipeline.cli import main
from rules.engine import Region, judge
from rules.engine.judgement import Conclusion, CriterionResult, Status
from rules.engine.rules_at import RulesAt
from rules.engine.stored_facts import facts_from_json
from tests.audit.replay.conftest import (
    DIABETES,
    URAEMIA,
    Version,
    held,
    loaded,
    records,
    two_diseases,
    two_versions,
    version,
)

__all__ = ["loaded", "two_diseases", "two_versions", "version"]


def by_judging(rows: tuple[Record, ...], region: Region) -> Counter[tuple[str, str]]:
    """Cases that meet their standard when one item is settled, by disease and item."""
    found: Counter[tuple[str, str]] = Counter()
    rules = {rule.id: rule for rule in region.rules}
    for record in rows:
        facts, (name,) = facts_from_json(record.facts), record.diseases
        judgement = judge(facts, rules[name], region)
        if judgement.conclusion is Conclusion.MEETS:
            continue
        for c in judgement.criteria:
            if c.status in (Status.MET, Status.NOT_APPLICABLE):
                continue

            def settle(result: CriterionResult, item: str = c.id) -> CriterionResult:
                return replace(result, status=Status.MET) if result.id == item else result

            if judge(facts, rules[name], region, settle=settle).conclusion is Conclusion.MEETS:
                found[name, c.id] += 1
    return found


def test_materials_count_what_judging_says(two_diseases: Region) -> None:
    rows = records(two_diseases, 150, seed=3)
    found = materials_of_region(held((*rows, Record("broken", ("uremia",), "{"))), two_diseases)
    counted: Counter[tuple[str, str]] = Counter()
    for row in found.ranked():
        counted[row["disease"], row["criterion"]] += row["settled"]
        assert sum(r["count"] for r in row["reasons"]) == row["settled"] <= row["lacking"]
        assert row["decides_either_way"] <= row["settled"]
    assert counted == by_judging(rows, two_diseases)
    assert [row["settled"] for row in found.ranked()] == sorted((r["settled"] for r in found.ranked()), reverse=True)
    data = found.data()
    assert (data["records"], data["broken"], data["judged"]) == (151, 1, 150)
    assert json.loads(json.dumps(data)) == data
    assert {row["disease"] for row in found.ranked(disease="uremia")} == {"uremia"}


def test_materials_over_kinds_count_each_case_once(two_diseases: Region) -> None:
    found = materials_of_region(held(records(two_diseases, 150, seed=3)), two_diseases)
    kinds = found.kinds()
    total = sum(found.sums.sets.values())
    assert kinds[-1]["cumulative"] == total == sum(row["adds"] for row in kinds)
    assert all(row["adds"] <= row["settled_alone"] for row in kinds)
    assert kinds[0]["adds"] == max(row["settled_alone"] for row in kinds)
    for answer in materials_answers(found):
        assert spec(answer)
        assert all({column.name for column in answer.columns} <= set(row) for row in answer.rows)


def test_materials_find_what_was_taken_away(two_diseases: Region, version: Version) -> None:
    """Cases that met their standard and lost their certificates lack just these."""
    rows = []
    rule = next(r for r in two_diseases.rules if r.id == "uremia")
    for record in records(two_diseases, 120, seed=2, disease="uremia"):
        data = json.loads(record.facts)
        if judge(facts_from_json(record.facts), rule, two_diseases).conclusion is Conclusion.MEETS:
            data.pop("diagnoses", None)
            rows.append(replace(record, facts=json.dumps(data)))
    assert len(rows) > 10
    first = materials_of_region(held(rows), two_diseases).ranked()[0]
    assert (first["disease"], first["criterion"], first["lack"]) == ("uremia", "1", "material")
    assert first["settled"] >= len(rows) - 2


def test_materials_go_by_what_a_person_said(two_diseases: Region) -> None:
    """An item that a person did not accept is what such a case lacks, whatever the machine says of it."""
    rule = next(r for r in two_diseases.rules if r.id == "uremia")
    rows = [
        replace(record, settled=(("uremia", "1", "missing"),))
        for record in records(two_diseases, 60, seed=2, disease="uremia")
        if judge(facts_from_json(record.facts), rule, two_diseases).conclusion is Conclusion.MEETS
    ]
    (only,) = materials_of_region(held(rows), two_diseases).ranked()
    assert (only["criterion"], only["lack"], only["settled"]) == ("1", "material", len(rows))
    assert only["reasons"] == [{"reason": "person", "count": len(rows)}]


@pytest.mark.slow
def test_materials_in_two_processes_are_the_same(version: Version, two_diseases: Region) -> None:
    at: RulesAt = version("rules", URAEMIA, DIABETES)
    rows = records(two_diseases, 1200)
    source = HeldFacts(lambda: rows)
    assert materials(source, at, processes=2).data() == materials(source, at, processes=1).data()


def test_counterfactual_command_writes_both(
    version: Version, two_diseases: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = records(two_diseases, 30, disease="uremia")
    told = [{"application": r.application, "disease": "uremia", "facts": json.loads(r.facts)} for r in rows]
    (tmp_path / "facts.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in told), "utf-8")
    rules = str(version("rules", URAEMIA, DIABETES).rules_dir)
    out = tmp_path / "out"
    asked = ["audit", "counterfactual", "--facts", str(tmp_path / "facts.jsonl"), "--rules", rules, "--out", str(out)]
    assert main([*asked, "--processes", "1"]) == 0
    assert "单凭一样材料" in capsys.readouterr().out
    assert json.loads((out / "materials.json").read_text("utf-8"))["records"] == 30
    assert (out / "materials.parquet").is_file()
    assert main([*asked, "--application", rows[0].application]) == 0
    assert rows[0].application in capsys.readouterr().out
    assert main([*asked, "--application", "nobody"]) == 2
