"""Which sample cases come out differently between two versions, and why; the difference of two judgements."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cli import main
from rules.engine import Region, Rule, judge, load_region
from rules.engine.comparing import change_in_words, compare_regions, explain_change, in_words
from rules.engine.comparing.model import CaseChange, DiseaseDiff
from rules.engine.judgement import Conclusion, Status
from tests.rules.conftest import RULES, Facts

Packs = Callable[..., Path]
URAEMIA = "07-uremia"


@pytest.fixture
def packs_of(tmp_path: Path) -> Packs:
    """A rules folder with some packs, one of them edited."""

    def make(name: str, pack: str, *pairs: tuple[str, str], file: str = "rule.yaml") -> Path:
        folder = tmp_path / name
        target = folder / "jiangxi"
        target.mkdir(parents=True)
        shutil.copy(RULES / "jiangxi/region.yaml", target)
        shutil.copytree(RULES / "jiangxi" / pack, target / pack)
        path = target / pack / file
        text = path.read_text(encoding="utf-8")
        for before, after in pairs:
            assert before in text, before
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
        return folder

    return make


def compared(old: Path, new: Path) -> DiseaseDiff:
    (disease,) = compare_regions(load_region(old, "jiangxi"), load_region(new, "jiangxi")).diseases
    return disease


def titled(disease: DiseaseDiff, words: str) -> CaseChange:
    return next(case for case in disease.cases if words in case.title)


def test_comparing_cases_tells_item_messages_and_cause(packs_of: Packs) -> None:
    new = packs_of("new", URAEMIA, ("at_least: 707 μmol/L", "at_least: 442 μmol/L"))
    disease = compared(packs_of("old", URAEMIA), new)
    case = titled(disease, "两次肌酐都是706")
    (item,) = case.change.items
    assert (item.item, item.before, item.after) == ("2", Status.UNMET, Status.MET)
    assert "不满足 ≥ 707 μmol/L" in item.message_before
    assert "肌酐 706 μmol/L ≥ 442 μmol/L" in item.message_after
    assert [c.text for c in case.causes] == ["肌酐界限由 ≥ 707 μmol/L 改为 ≥ 442 μmol/L"]
    assert case.listed == "both"
    # Cases that the change does not touch are not told.
    assert not [c for c in disease.cases if "滤过率" in c.title]
    assert disease.cases_judged > len(disease.cases)


def test_comparing_cases_blames_the_condition_that_came_out_differently(packs_of: Packs) -> None:
    edits = [("at_least: 30 mg/g", "at_least: 25 mg/g"), ("modalities: [emg]", "modalities: [emg, eeg]")]
    disease = compared(packs_of("old", "16-diabetes"), packs_of("new", "16-diabetes", *edits))
    case = titled(disease, "尿白蛋白肌酐比29.9")
    assert [c.text for c in case.causes] == ["肾功能：尿微量白蛋白/肌酐比值界限由 ≥ 30 mg/g 改为 ≥ 25 mg/g"]


def test_comparing_cases_of_another_formula_name_the_formula(packs_of: Packs) -> None:
    new = packs_of("new", URAEMIA, ("any(1: 2, 3, 4)", "any(2: 2, 3, 4)"))
    disease = compared(packs_of("old", URAEMIA), new)
    case = titled(disease, "出院小结确诊并有血液透析记录单")
    assert (case.change.before, case.change.after) == (Conclusion.MEETS, Conclusion.INSUFFICIENT)
    assert case.change.items == ()
    assert [c.text[:3] for c in case.causes] == ["公式由"]


def test_comparing_cases_of_a_date_that_none_reaches_says_so(packs_of: Packs) -> None:
    by_date = (
        "{by_date: [{from: 2024-01-01, to: 2029-12-31, value: 707 μmol/L}, {from: 2030-01-01, value: 600 μmol/L}]}"
    )
    old, new = packs_of("old", URAEMIA), packs_of("new", URAEMIA, ("at_least: 707 μmol/L", f"at_least: {by_date}"))
    text = in_words(compare_regions(load_region(old, "jiangxi"), load_region(new, "jiangxi")))
    assert "肌酐界限由 ≥ 707 μmol/L 改为 ≥ 600 μmol/L（自 2030-01-01 起）" in text
    assert "申请日期都早于 2030-01-01，没有用到改后的标准" in text


def test_comparing_cases_that_fail_on_the_other_version(packs_of: Packs) -> None:
    old = packs_of("old", URAEMIA)
    new = packs_of("new", URAEMIA, ("times: 2", "times: 3"))
    cases = new / "jiangxi" / URAEMIA / "cases.yaml"
    text = cases.read_text(encoding="utf-8").replace('"2": missing too_few', '"2": missing')
    cases.write_text(
        text + "  - title: 三次肌酐都在707以上，第2项符合，应建议符合。\n"
        "    given: [证2, 肌酐甲, 肌酐乙, {like: 肌酐乙, date: 2025-12-01}]\n"
        '    expect: {conclusion: meets, "2": met}\n'
        "  - title: 只有两次肌酐在707以上，不够三次，第2项未见。\n"
        "    given: [证2, {like: 肌酐甲, date: 2026-03-01}, 肌酐乙]\n"
        '    expect: {"2": missing too_few}\n',
        encoding="utf-8",
    )
    disease = compared(old, new)
    (failure,) = [f for f in disease.fails_on_old if "不够三次" in f.title]
    assert failure.problems[0].startswith("第2项应为“未见材料”，判为“符合”")
    assert not [f for f in disease.fails_on_old if "三次肌酐都在" in f.title]
    assert any("两次不同日期的肌酐" in f.title for f in disease.fails_on_new)
    assert titled(disease, "不够三次").listed == "new"


def test_comparing_cases_shows_an_added_item_where_it_decides(packs_of: Packs) -> None:
    item = """  - id: "9"
    title: 有血液透析
    source_item: (9)
    source: S2
    when: {treatment: {name: 血液透析, concepts: [hemodialysis]}}
    accepts: [透析记录]
    where: 透析室。
    cost: 1
    advice: 透析记录。
"""
    old = packs_of("old", URAEMIA)
    new = packs_of("new", URAEMIA, ('formula: "1 & any(1: 2, 3, 4)"', 'formula: "1 & any(1: 2, 3, 4) & 9"'))
    path = new / "jiangxi" / URAEMIA / "rule.yaml"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + item, encoding="utf-8")
    disease = compared(old, new)
    assert [(i.old, i.new) for i in disease.items] == [(None, "9")]
    case = titled(disease, "两次不同日期的肌酐都在707以上")
    assert (case.change.before, case.change.after) == (Conclusion.MEETS, Conclusion.INSUFFICIENT)
    assert {c.text[:4] for c in case.causes} == {"新增条目", "公式由“"}


def test_comparing_readings_not_followed_are_told_for_their_item_alone(packs_of: Packs) -> None:
    old = packs_of("old", "16-diabetes")
    new = packs_of("new", "16-diabetes")
    path = new / "jiangxi/region.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "readings_off: [diabetes.3]\n", encoding="utf-8")
    disease = compared(old, new)
    assert [(i.new, [c.text for c in i.changes]) for i in disease.items] == [
        ("3", ["改为不采用本系统读法（经验口径）"])
    ]
    case = titled(disease, "只有尿白蛋白肌酐比正好30")
    assert [(i.item, i.before, i.after) for i in case.change.items] == [("3", Status.MET, Status.MANUAL)]
    assert [(c.item, c.text) for c in case.causes] == [("3", "改为不采用本系统读法（经验口径）")]


def test_explain_change_of_equal_judgements_is_none(region: Region, rule: Callable[[int], Rule], facts: Facts) -> None:
    judged = judge(facts(), rule(7), region)
    assert explain_change(judged, judge(facts(), rule(7), region)) is None


def test_explain_change_tells_status_conclusion_and_missing(
    region: Region, rule: Callable[[int], Rule], facts: Facts
) -> None:
    certificate = {"type": "疾病诊断证明书", "date": dt.date(2026, 3, 1), "diagnoses": ["慢性肾脏病 G5期"]}
    dialysis = {"type": "透析记录", "date": dt.date(2026, 3, 1), "treatments": ["血液透析"]}
    before, after = (judge(facts(*d), rule(7), region) for d in ([certificate], [certificate, dialysis]))
    change = explain_change(before, after)
    assert change is not None
    assert change.decisive
    assert change_in_words(change) == (
        "结论由“待补材料”变为“材料支持”",
        "第3项 未见材料 → 符合",
        "须补材料由第2项变为“无”",
    )
    back = explain_change(after, before)
    assert back is not None
    assert [(i.before, i.after) for i in back.items] == [(Status.MET, Status.MISSING)]


def test_explain_change_follows_new_numbers(region: Region, rule: Callable[[int], Rule], facts: Facts) -> None:
    before = judge(facts(), rule(7), region)
    moved = tuple(replace(c, id={"2": "3", "3": "2"}.get(c.id, c.id)) for c in before.criteria)
    needs = tuple(replace(n, criterion={"2": "3", "3": "2"}.get(n.criterion, n.criterion)) for n in before.missing)
    after = replace(before, criteria=moved, missing=needs)
    assert explain_change(before, after, renumbered={"2": "3", "3": "2"}) is None
    dropped = replace(before, criteria=before.criteria[:-1])
    change = explain_change(before, dropped, renumbered={"4": ""})
    assert change is not None
    assert [(i.old_item, i.item, i.after) for i in change.items] == [("4", None, None)]
    assert "原第4项 新版没有，原为未见材料" in change_in_words(change)


def test_rules_diff_prints_words_and_data(packs_of: Packs, capsys: pytest.CaptureFixture[str]) -> None:
    old = packs_of("old", URAEMIA)
    new = packs_of("new", URAEMIA, ("times: 2", "times: 3"))
    assert main(["rules", "diff", str(old), str(new)]) == 0
    assert "第2项 次数由 2 次改为 3 次" in capsys.readouterr().out
    assert main(["rules", "diff", str(old / "jiangxi"), str(new), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["same"] is False
    assert data["same_meaning"] is False
    assert data["diseases"][0]["items"][0]["changes"][0]["text"] == "次数由 2 次改为 3 次"


def test_rules_diff_lays_a_folder_of_packs_over_the_shipped_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(RULES / "jiangxi" / URAEMIA, tmp_path / "packs" / URAEMIA)
    assert main(["rules", "diff", "shipped", str(tmp_path / "packs")]) == 0
    assert "两版没有不同。" in capsys.readouterr().out


def test_rules_diff_refuses_bad_input_with_file_and_line(
    packs_of: Packs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = packs_of("old", URAEMIA)
    bad = packs_of("bad", URAEMIA, ("times: 2", "tims: 2"))
    assert main(["rules", "diff", str(old), str(bad)]) == 2
    assert "07-uremia/rule.yaml:" in capsys.readouterr().err
    assert main(["rules", "diff", str(old), str(tmp_path / "nowhere")]) == 2
    assert "没有这个文件夹" in capsys.readouterr().err
    assert main(["rules", "diff", str(old / "jiangxi" / URAEMIA), str(old)]) == 2
    assert "请给它上一层的文件夹" in capsys.readouterr().err
    cases = packs_of("cases", URAEMIA, ("expect: {conclusion: meets", "expect: {conclusion: maybe"), file="cases.yaml")
    path = cases / "jiangxi" / URAEMIA / "rule.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("times: 2", "times: 3"), encoding="utf-8")
    assert main(["rules", "diff", str(old), str(cases)]) == 2
    assert "cases.yaml:" in capsys.readouterr().err


def test_rules_diff_of_a_region_that_inherits(packs_of: Packs, capsys: pytest.CaptureFixture[str]) -> None:
    rules = packs_of("rules", URAEMIA)
    amended = rules / "shangrao" / URAEMIA
    amended.mkdir(parents=True)
    (rules / "shangrao/region.yaml").write_text(
        'id: shangrao\nname: 上饶市\nversion: "1"\ninherits: jiangxi\nsources:\n  SR: {title: 示例文件, grade: A}\n',
        encoding="utf-8",
    )
    path = "items.2.when.lab.any_of.1.at_least"
    (amended / "amend.yaml").write_text(
        "amends: uremia\nchanges:\n"
        f"  - {{at: {path}, from: 707 μmol/L, to: 600 μmol/L, source: SR, reason: 市里放宽了界限。}}\n",
        encoding="utf-8",
    )
    assert main(["rules", "diff", str(rules / "jiangxi"), str(rules / "shangrao")]) == 0
    out = capsys.readouterr().out
    assert "地区由“江西省”改为“上饶市”" in out
    assert "第2项 肌酐界限由 ≥ 707 μmol/L 改为 ≥ 600 μmol/L" in out
    # Without its parent beside it, it is laid over the shipped rules.
    alone = rules.parent / "alone"
    shutil.copytree(rules / "shangrao", alone / "shangrao")
    assert main(["rules", "diff", "shipped", str(alone / "shangrao"), "--no-cases"]) == 0
    assert "第2项 肌酐界限由 ≥ 707 μmol/L 改为 ≥ 600 μmol/L" in capsys.readouterr().out


def test_comparing_a_rewritten_disease_tells_five_groups_and_counts_the_rest(packs_of: Packs) -> None:
    edits = [("at_least: 707 μmol/L", "at_least: 100 μmol/L"), ("any(1: 2, 3, 4)", "2 & 3 & 4"), ("二级", "三级甲等")]
    new = packs_of("new", URAEMIA, *edits)
    diff = compare_regions(load_region(packs_of("old", URAEMIA), "jiangxi"), load_region(new, "jiangxi"))
    text = in_words(diff)
    told = [line for line in text.splitlines() if line.startswith("    ▸ 结论")]
    (rest,) = [line for line in text.splitlines() if line.startswith("    ▸ 另有")]
    assert len(told) == 5
    number = int(rest.split("共 ")[1].split(" 例")[0])
    assert number + text.count("      例：") == len(diff.diseases[0].cases)
    assert "均已列在上面" not in text


def test_comparing_a_share_reads_the_same_as_ratio_and_as_percent(packs_of: Packs) -> None:
    old, new = packs_of("old", "18-copd"), packs_of("new", "18-copd", ("below: 70 %", "below: 0.65"))
    text = in_words(compare_regions(load_region(old, "jiangxi"), load_region(new, "jiangxi"), cases=False))
    assert "界限由 < 70% 改为 < 65%" in text
    same = packs_of("same", "18-copd", ("below: 70 %", "below: 0.7"))
    diff = compare_regions(load_region(old, "jiangxi"), load_region(same, "jiangxi"), cases=False)
    assert diff.same_meaning
    assert "0.7" not in in_words(diff)
