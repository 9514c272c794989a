"""The checks of the rule base can fail: wrong expectations, outcomes never exercised, names that collide."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rules.engine import RuleError, check_rules, load_region, run_cases
from tests.rules.conftest import RULES


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_run_cases_names_file_line_and_difference(packs: Path) -> None:
    cases = packs / "jiangxi/18-copd/cases.yaml"
    edit(cases, "conclusion: meets", "conclusion: not_met")
    failures = run_cases(load_region(packs, "jiangxi"))
    assert len(failures) == 1
    assert failures[0].startswith(f"{cases}:8: ")
    assert "结论应为 not_met，实为 meets" in failures[0]


def test_run_cases_notices_a_changed_threshold(packs: Path) -> None:
    edit(packs / "jiangxi/07-uremia/rule.yaml", "at_least: 707 μmol/L", "at_least: 708 μmol/L")
    failures = run_cases(load_region(packs, "jiangxi"))
    assert any("707" in failure and "条目 2" in failure for failure in failures)


def test_run_cases_notices_a_changed_window(packs: Path) -> None:
    edit(packs / "jiangxi/16-diabetes/rule.yaml", "window: 近1年", "window: 近2年")
    assert any("超出一年一天" in failure for failure in run_cases(load_region(packs, "jiangxi")))


def test_run_cases_wants_cases_for_every_disease(packs: Path) -> None:
    (packs / "jiangxi/18-copd/cases.yaml").unlink()
    assert any("没有案例" in failure for failure in run_cases(load_region(packs, "jiangxi")))


def test_check_rules_finds_an_outcome_that_no_case_exercises(packs: Path) -> None:
    path = packs / "jiangxi/18-copd/cases.yaml"
    head, _, _ = path.read_text(encoding="utf-8").partition("  - title: 没有肺功能，近2年胸片")
    path.write_text(head, encoding="utf-8")
    problems = check_rules(load_region(packs, "jiangxi"))
    assert any("条目 4" in p and "met" in p for p in problems)
    assert any("条目 2" in p and "unmet" in p for p in problems)
    assert any("第 2.2 支" in p for p in problems)
    assert any("insufficient" in p for p in problems)


def test_check_rules_finds_an_alternative_never_met(packs: Path) -> None:
    edit(
        packs / "jiangxi/16-diabetes/rule.yaml",
        "        - finding:\n            name: 眼底检查阳性",
        "        - finding:\n            name: 视力检查阳性\n"
        "            findings: [glaucoma_signs]\n        - finding:\n            name: 眼底检查阳性",
    )
    problems = check_rules(load_region(packs, "jiangxi"))
    assert any("视力检查阳性" in p for p in problems)


def test_check_rules_finds_an_alias_of_two_diseases(packs: Path) -> None:
    edit(packs / "jiangxi/18-copd/rule.yaml", "aliases: [慢阻肺", "aliases: [糖尿病, 慢阻肺")
    assert any("重名" in p for p in check_rules(load_region(packs, "jiangxi")))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('"1": met, "2": met, "3": missing', '"9": met, "2": met, "3": missing', 10, "没有条目“9”"),
        ("conclusion: meets", "conclusion: perhaps", 10, "meets"),
        ("given: [证2, 肺功能]", "given: [证9, 肺功能]", 9, "shared 里没有“证9”"),
        ("given: [证2, 肺功能]", "given: [证, 肺功能]", 9, "是不是想写 证2？现有：证2、"),
        ("findings: [肺气肿]", "findings: [肺气肿呀]", None, "不在词表里。是不是想写 肺气肿？"),
        ("diagnoses: [慢阻肺 J44.900]", "diagnoses: [慢阻肺 什么]", None, "读不懂"),
        ("date: 2026-03-01", "date: 昨天", None, "“date”应写日期，如 2024-01-01，不带时间；或 未印、看不清"),
        ("date: 2026-03-01", "date: 2026-03-01, owner: 家人", None, "“owner”不能写“家人”，可写：本人、他人、未知"),
        ("date: 2026-03-01", "date: 2026-03-01, stay: [2026-01-01]", None, "“stay.1”"),
        ("title: ", "title: 短 # ", None, "“cases.0.title”应写至少 8 个字的文字"),
        ("given: [证2, 肺功能]", "given：[证2, 肺功能]", None, "用了全角冒号“：”"),
    ],
)
def test_cases_refuse_what_they_cannot_read(packs: Path, old: str, new: str, line: int | None, says: str) -> None:
    path = packs / "jiangxi/18-copd/cases.yaml"
    edit(path, old, new)
    failures = run_cases(load_region(packs, "jiangxi"))
    assert any(str(path) in f and says in f for f in failures)
    if line is not None:
        assert any(f"{path}:{line}:" in f for f in failures)


def test_missing_list_that_differs_is_told_without_notation(few_packs: Path) -> None:
    cases = few_packs / "jiangxi/18-copd/cases.yaml"
    edit(cases, "missing: []", 'missing: ["9", "2"]')
    (failure,) = run_cases(load_region(few_packs, "jiangxi"))
    assert failure.endswith("所缺应为 9、2，实为 无")


def test_number_of_two_diseases_blames_the_one_that_was_added(few_packs: Path, tmp_path: Path) -> None:
    added = tmp_path / "outside/18-mine"
    shutil.copytree(few_packs / "jiangxi/18-copd", added)
    edit(added / "rule.yaml", "id: copd", "id: a_mine")
    with pytest.raises(RuleError, match=r"序号 18 已由 copd 使用，请改序号；要替换它请用相同的 id") as caught:
        load_region(few_packs, "jiangxi", extra=added.parent)
    assert caught.value.file == added / "rule.yaml"
    assert caught.value.line == 2


def test_load_region_error_is_a_rule_error() -> None:
    with pytest.raises(RuleError, match=r"没有“nowhere”这个地区；现有：jiangxi.*找过的文件夹：.*nowhere"):
        load_region(RULES, "nowhere")


def test_check_rules_asks_no_impossible_outcome_of_what_only_a_person_settles(packs: Path) -> None:
    """An item that is always for a person is never missing, and a disease that needs it is never met by machine."""
    pack = packs / "jiangxi/18-copd"
    edit(pack / "rule.yaml", 'formula: "1 & any(1: 2, 3, 4)"', 'formula: "1 & 5 & any(1: 2, 3, 4)"')
    with (pack / "rule.yaml").open("a", encoding="utf-8") as file:
        file.write(
            '  - id: "5"\n    title: 须由人工确认\n    source_item: (5)\n    source: S2\n'
            "    when: {needs_person: {text: 非工伤}}\n"
            "    accepts: [说明]\n    where: 单位\n    cost: 1\n    advice: 说明。\n"
        )
    problems = check_rules(load_region(packs, "jiangxi"))
    assert not any("条目 5" in problem or "结论为" in problem for problem in problems)
