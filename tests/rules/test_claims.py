"""What a rule claims in vain: checked against no official text, a source not listed, a name that nobody can read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from rules.engine import RuleError, check_rules, judge, load_region, run_cases
from rules.engine.cases import load_cases
from rules.engine.claims import claims
from rules.engine.reasons import REASONS
from tests.rules.conftest import RULES
from tests.rules.test_checking import edit


def problems(packs: Path) -> list[str]:
    region = load_region(packs, "jiangxi")
    return [problem for rule in region.rules for problem in claims(rule, region)]


def test_shipped_rules_claim_nothing_in_vain(few_packs: Path) -> None:
    assert problems(few_packs) == []


def test_verified_without_an_official_text_is_found(few_packs: Path) -> None:
    path = few_packs / "jiangxi/18-copd/rule.yaml"
    edit(path, "verified: false", "verified: true")
    (found,) = problems(few_packs)
    assert found.startswith(f"{path}: 出处 S2 的可信度是 B-、provenance.grade 是 B-，verified: true")
    edit(path, "verified: true", "verified: false")
    edit(path, "source: S2\n    when", "source: S2\n    verified: true\n    when")
    (found,) = problems(few_packs)
    assert found.startswith(f"{path}:")
    assert "条目 1 的出处 S2 可信度是 B-，verified: true 只在" in found
    edit(few_packs / "jiangxi/region.yaml", "grade: B-", "grade: A")
    assert problems(few_packs) == []


def test_source_of_an_item_that_provenance_does_not_list_is_found(few_packs: Path) -> None:
    path = few_packs / "jiangxi/18-copd/rule.yaml"
    edit(path, "source: S2\n    when", "source: S1\n    when")
    (found,) = problems(few_packs)
    assert found.startswith(f"{path}:")
    assert "条目 1 的出处 S1 不在 provenance.sources（S2）里" in found


def test_disease_that_no_name_of_the_vocabulary_means_is_found(few_packs: Path) -> None:
    path = few_packs / "jiangxi/18-copd/rule.yaml"
    text = path.read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("concepts:")]
    text = "\n".join(lines) + "\n"
    path.write_text(text, "utf-8")
    # The vocabulary knows 慢性阻塞性肺疾病 and its code lies inside icd10.
    assert not any("诊断词表里没有名称" in problem for problem in problems(few_packs))
    name = next(line for line in lines if line.startswith("name:"))
    aliases = next(line for line in lines if line.startswith("aliases:"))
    path.write_text(text.replace(name, "name: 某某怪病").replace(aliases, "aliases: [某怪病]"), "utf-8")
    region = load_region(few_packs, "jiangxi")
    (found,) = [problem for problem in check_rules(region) if "诊断词表里没有名称" in problem]
    assert "只写“某某怪病”而没有印编码的诊断认不出" in found
    assert "rules/vocabulary/diagnoses/" in found


@pytest.mark.parametrize(("file", "old"), [("region.yaml", "grade: B-"), ("18-copd/rule.yaml", "grade: B-")])
def test_grade_of_a_source_is_one_of_those_there_are(few_packs: Path, file: str, old: str) -> None:
    edit(few_packs / "jiangxi" / file, old, "grade: 甲")
    with pytest.raises(RuleError, match=r"grade”不能写“甲”，可写：A、A-、B、B-、C、G、M") as caught:
        load_region(few_packs, "jiangxi")
    assert caught.value.line is not None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            '"3": missing',
            '"3": missing no_evidense',
            "没有“no_evidense”这个理由。是不是想写 no_evidence？可写：above_threshold",
        ),
        ("conclusion: meets", "conclusion: meets no_evidence", "结论后面不写理由"),
    ],
)
def test_misspelt_reason_of_a_case_is_refused(few_packs: Path, old: str, new: str, says: str) -> None:
    path = few_packs / "jiangxi/18-copd/cases.yaml"
    edit(path, old, new)
    (failure,) = [f for f in run_cases(load_region(few_packs, "jiangxi")) if str(path) in f]
    assert failure.startswith(f"{path}:10: ")
    assert says in failure


def test_reasons_are_those_that_judging_gives() -> None:
    region = load_region(RULES, "jiangxi")
    given = {
        result.reason
        for rule in region.rules
        for case in load_cases(rule, region)
        for result in judge(case.facts, rule, region).criteria
    }
    assert given <= REASONS
    texts = {
        node.value
        for path in (RULES / "engine").rglob("*.py")
        if path.name != "reasons.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert texts >= REASONS
