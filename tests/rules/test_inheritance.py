"""A region inherits another's rules and overrides single values, each with its own source and reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rules.engine import Region, RuleError, check_rules, judge, load_region, run_cases, show_rule
from rules.engine.cases import load_cases
from rules.engine.judgement import Conclusion, Status
from rules.engine.ruleset import Rule
from tests.rules.conftest import RULES, Facts

CITY = """\
id: city
name: 某市
version: "1"
inherits: province
sources:
  C1: {title: 某市认定标准, grade: A}
notices: [某市另有规定。]
"""
LOWER = """\
amends: uremia
changes:
  - at: items.2.when.lab.any_of.1.at_least
    from: 707 μmol/L
    to: 600 μmol/L
    source: C1
    source_item: 第三条
    reason: 某市把血肌酐界限放宽到 600。
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A made-up province with three packs, and a city below it."""
    folder = tmp_path / "rules"
    for name in ("07-uremia", "16-diabetes", "18-copd"):
        shutil.copytree(RULES / "jiangxi" / name, folder / "province" / name)
        rule = folder / "province" / name / "rule.yaml"
        text = "".join(x for x in rule.read_text("utf-8").splitlines(keepends=True) if not x.startswith("overlaps:"))
        rule.write_text(text, "utf-8")
    text = (RULES / "jiangxi/region.yaml").read_text("utf-8")
    text = text.replace("id: jiangxi", "id: province").replace("name: 江西省", "name: 某省")
    (folder / "province/region.yaml").write_text(text, "utf-8")
    write(folder / "city/region.yaml", CITY)
    return folder


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def amend(rules: Path, text: str, region: str = "city") -> Path:
    return write(rules / region / "07-uremia/amend.yaml", text)


def uremia(region: Region) -> Rule:
    return next(rule for rule in region.rules if rule.id == "uremia")


def creatinine(facts: Facts, *values: str) -> object:
    sheets = [
        {"type": "检验报告单", "date": f"2026-0{n}-02", "labs": [f"肌酐 {v} μmol/L"]}
        for n, v in enumerate(values, start=1)
    ]
    return facts(*sheets)


def refused(rules: Path, region: str = "city") -> RuleError:
    with pytest.raises(RuleError) as caught:
        load_region(rules, region)
    return caught.value


def shown(error: RuleError) -> str:
    assert error.file is not None
    assert error.line is not None
    return error.file.read_text("utf-8").splitlines()[error.line - 1]


def test_region_has_what_its_parent_has(rules: Path, facts: Facts) -> None:
    city, province = load_region(rules, "city"), load_region(rules, "province")
    assert [r.id for r in city.rules] == [r.id for r in province.rules]
    assert city.policies == province.policies
    assert city.file.form_title == province.file.form_title
    assert set(city.file.sources) == {*province.file.sources, "C1"}
    assert city.file.notices == (*province.file.notices, "某市另有规定。")
    assert city.name == "某市"
    assert city.sha256 != province.sha256
    case = creatinine(facts, "650", "660")
    ours, theirs = judge(case, uremia(city), city), judge(case, uremia(province), province)  # type: ignore[arg-type]
    assert [c.status for c in ours.criteria] == [c.status for c in theirs.criteria]
    assert "某市另有规定。" in ours.notices
    assert run_cases(city) == []
    assert check_rules(city) == []


def test_amended_value_judges_with_its_own_source(rules: Path, facts: Facts) -> None:
    path = amend(rules, LOWER)
    city, province = load_region(rules, "city"), load_region(rules, "province")
    case = creatinine(facts, "650", "660")
    (before,) = (c for c in judge(case, uremia(province), province).criteria if c.id == "2")  # type: ignore[arg-type]
    (after,) = (c for c in judge(case, uremia(city), city).criteria if c.id == "2")  # type: ignore[arg-type]
    assert (before.status, after.status) == (Status.UNMET, Status.MET)
    assert after.source.startswith("某市认定标准 第三条（修改：江西省")
    assert after.verified is False
    rule = uremia(city)
    assert rule.file.provenance.sources == ("S2", "C1")
    assert "某市把血肌酐界限放宽到 600" in rule.file.provenance.note
    assert "某市认定标准" in rule.info.source
    assert rule.amendments[0].values[0].old == "707 μmol/L"
    assert rule.item_places["1"][0] == rules / "province/07-uremia/rule.yaml"
    assert "707 μmol/L → 600 μmol/L" in show_rule(rule, city)
    path.write_text(LOWER.replace("600 μmol/L", "601 μmol/L"), "utf-8")
    assert uremia(load_region(rules, "city")).info.sha256 != rule.info.sha256


def test_digest_of_an_amended_rule_covers_the_parent(rules: Path) -> None:
    amend(rules, LOWER)
    before = uremia(load_region(rules, "city")).info.sha256
    parent = rules / "province/07-uremia/rule.yaml"
    parent.write_text(parent.read_text("utf-8").replace("at_most: 15 ml/min", "at_most: 14 ml/min"), "utf-8")
    assert uremia(load_region(rules, "city")).info.sha256 != before


def test_parents_cases_run_and_superseded_ones_do_not(rules: Path) -> None:
    path = amend(rules, LOWER)
    city = load_region(rules, "city")
    failures = run_cases(city)
    assert failures
    assert all("province/07-uremia/cases.yaml" in f and "supersedes" in f for f in failures)
    titles = {case.title for case in load_cases(uremia(city), city)}
    failed = sorted(title for title in titles if any(title in f for f in failures))
    path.write_text(LOWER + "supersedes:\n" + "".join(f"  - {title}\n" for title in failed), "utf-8")
    write(
        path.parent / "cases.yaml",
        "as_of: 2026-03-15\ncases:\n  - title: 两次血肌酐600，按某市的界限第2项符合。\n    given:\n"
        "      - {type: 检验报告单, date: 2026-01-02, labs: [肌酐 600 μmol/L]}\n"
        "      - {type: 检验报告单, date: 2026-02-02, labs: [肌酐 600 μmol/L]}\n"
        '    expect: {"2": met}\n',
    )
    city = load_region(rules, "city")
    assert run_cases(city) == []
    assert {case.title for case in load_cases(uremia(city), city)} == (titles - set(failed)) | {
        "两次血肌酐600，按某市的界限第2项符合。"
    }
    path.write_text(LOWER + "supersedes: [没有这样一个案例。]\n", "utf-8")
    assert any(f"{path}:9: supersedes" in f for f in run_cases(load_region(rules, "city")))


def test_check_finds_words_that_still_tell_the_parents_value(rules: Path) -> None:
    amend(rules, LOWER)
    (found,) = [p for p in check_rules(load_region(rules, "city")) if "仍写" in p]
    assert "条目 2" in found
    assert "707 μmol/L" in found


def test_items_and_formula_are_added_and_removed(rules: Path, facts: Facts) -> None:
    amend(
        rules,
        """\
amends: uremia
removed:
  - {item: "4", source: C1, reason: 某市不收其他材料。}
added:
  - after: "1"
    reason: 某市另要一份申请表。
    item:
      id: "5"
      title: 内镜报告
      source_item: 第五条
      source: C1
      when: {document: {name: 内镜报告, documents: [内镜报告]}}
      accepts: [内镜报告]
      where: 医院内镜室。
      cost: 3
      advice: 内镜报告。
formula: {from: "1 & any(1: 2, 3, 4)", to: "1 & any(1: 2, 3) & 5", source: C1, reason: 随条目改公式。}
""",
    )
    city = load_region(rules, "city")
    rule = uremia(city)
    assert [item.id for item in rule.items] == ["1", "5", "2", "3"]
    assert rule.latest is not None
    assert rule.latest.formula_text == "1 & any(1: 2, 3) & 5"
    assert rule.item_places["5"] == (rules / "city/07-uremia/amend.yaml", 7)
    assert rule.item_places["2"][0] == rules / "province/07-uremia/rule.yaml"
    judgement = judge(facts(), rule, city)
    assert [c.status for c in judgement.criteria] == [Status.MISSING] * 4
    assert judgement.conclusion is Conclusion.INSUFFICIENT


def test_amendment_by_date_and_values_added_and_dropped(rules: Path) -> None:
    amend(
        rules,
        """\
amends: uremia
changes:
  - at: items.2.when.lab.times
    from: 2
    to: {by_date: [{from: 2024-01-01, to: 2026-12-31, value: 2}, {from: 2027-01-01, value: 1}]}
    source: C1
    reason: 某市自2027年起只要一次。
  - {at: items.2.when.lab.window, to: 近1年, source: C1, reason: 某市只看近1年。}
  - {at: items.1.when.diagnosis.or_graded, from: [{concepts: [chronic_kidney_disease], grade_at_least: G5}],
     source: C1, reason: 某市不认分期。}
  - {at: items.2.when.lab.any_of.0, from: {analyte: egfr, at_most: 15 ml/min}, source: C1, reason: 某市不看滤过率。}
  - {at: aliases.0, from: 尿毒症, source: C1, reason: 某市不用这个名称。}
""",
    )
    rule = uremia(load_region(rules, "city"))
    assert len([r for _, r in rule.regimes if r]) == 2
    assert rule.items[1].when["lab"]["window"] == "近1年"
    assert [c["analyte"] for c in rule.items[1].when["lab"]["any_of"]] == ["creatinine"]
    assert "or_graded" not in rule.items[0].when["diagnosis"]
    assert rule.file.aliases[0] == "慢性肾功能衰竭"


def test_inheritance_over_several_levels(rules: Path, facts: Facts) -> None:
    amend(rules, LOWER)
    write(
        rules / "county/region.yaml",
        'id: county\nname: 某县\nversion: "1"\ninherits: city\nsources:\n  K1: {title: 某县标准, grade: A}\n',
    )
    again = LOWER.replace("707", "600").replace("to: 600", "to: 500").replace("C1", "K1").replace("某市", "某县")
    amend(rules, again, "county")
    county = load_region(rules, "county")
    assert [a.region for a in uremia(county).amendments] == ["某市", "某县"]
    (two,) = (c for c in judge(creatinine(facts, "550", "560"), uremia(county), county).criteria if c.id == "2")  # type: ignore[arg-type]
    assert two.status is Status.MET
    assert two.source.startswith("某县标准")
    amend(rules, LOWER, "county")
    assert "上级地区写的是 600 μmol/L" in str(refused(rules, "county"))


def test_whole_pack_replaces_or_adds(rules: Path) -> None:
    shutil.copytree(rules / "province/18-copd", rules / "city/18-copd")
    shutil.copytree(RULES / "jiangxi/19-asthma", rules / "city/19-asthma")
    city = load_region(rules, "city")
    assert {r.id: r.folder.parent.name for r in city.rules} == {
        "uremia": "province",
        "diabetes": "province",
        "copd": "city",
        "asthma": "city",
    }


def test_policy_is_overridden_with_its_own_source(rules: Path) -> None:
    policy = "policies:\n  number_alone: {value: manual, text: 某市只认报告结论。, source: C1}\n"
    write(rules / "city/region.yaml", CITY + policy)
    city = load_region(rules, "city")
    assert city.policies.number_alone == "manual"
    assert city.policies.unknown_owner == "manual"
    # Cases of the province speak of the province's policies.
    assert [s.same_settings for s in uremia(city).case_sources] == [False]
    assert run_cases(city) == []


def test_external_region_inherits_a_shipped_one(rules: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside / "town/region.yaml", CITY.replace("id: city", "id: town"))
    write(outside / "town/07/amend.yaml", LOWER)
    town = load_region(rules, "town", extra=outside)
    assert uremia(town).amendments
    assert len(town.rules) == 3


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("any_of.1.at_least", "any_of.7.at_least", "at:", "“7”应写 0 到 1"),
        ("any_of.1.at_least", "any_off.1.at_least", "at:", "没有“any_off”"),
        ("items.2.", "items.9.", "at:", "没有条目 9；现有条目：1、2、3、4"),
        ("any_of.1.at_least", "any_of.1.at_lest", "at:", "是不是想写 at_least"),
        ("items.2.when.lab.any_of.1.at_least", "formula", "at:", "用 formula 键"),
        ("items.2.when.lab.any_of.1.at_least", "items.2.id", "at:", "不能这样改"),
        ("items.2.when.lab.any_of.1.at_least", "items.2.source", "at:", "出处随修改走"),
        ("from: 707", "from: 700", "from:", "上级地区写的是 707 μmol/L，与 from 的 700 μmol/L 不符"),
        ("    from: 707 μmol/L\n", "", "at:", "上级地区已有值 707 μmol/L"),
        ("source: C1", "source: C9", "source: C9", "没有“C9”"),
        ("    source: C1\n", "", "at:", "缺少“changes.0.source”"),
        ("    reason: 某市把血肌酐界限放宽到 600。\n", "", "at:", "缺少“changes.0.reason”"),
        ("to: 600 μmol/L", "to: 707 μmol/L", "at:", "没有修改"),
        ("to: 600 μmol/L", "to: 600 kg", "to: 600 kg", "换算不了"),
        ("amends: uremia", "amends: uraemia", "amends", "是不是想写 uremia"),
        ("amends: uremia", "amend: uremia", "amend", "是不是想写 amends"),
    ],
)
def test_amendment_is_refused_with_its_line(rules: Path, old: str, new: str, line: str, says: str) -> None:
    assert old in LOWER
    path = amend(rules, LOWER.replace(old, new, 1))
    error = refused(rules)
    assert says in str(error)
    assert error.file == path
    assert line in shown(error)


def test_two_changes_of_one_place_are_refused(rules: Path) -> None:
    twice = "  - {at: items.2.when.lab.times, from: 2, to: 1, source: C1, reason: 某市只要一次。}\n"
    amend(rules, LOWER + twice + twice.replace("to: 1", "to: 3"))
    error = refused(rules)
    assert "第 9 行改的是同一处" in str(error)
    assert error.line == 10
    amend(rules, LOWER + "  - {at: items.2.when, from: x, to: y, source: C1, reason: 整个换掉。}\n")
    assert "同一处" in str(refused(rules))
    amend(rules, LOWER + 'removed:\n  - {item: "2", source: C1, reason: 某市没有这一项。}\n')
    assert "同一处" in str(refused(rules))
    amend(rules, LOWER)
    write(rules / "city/other/amend.yaml", LOWER)
    assert "同一地区的 07-uremia/amend.yaml 已写有" in str(refused(rules))


def test_rings_and_unknown_parents_are_refused(rules: Path) -> None:
    province = rules / "province/region.yaml"
    province.write_text(province.read_text("utf-8").replace("version:", "inherits: city\nversion:", 1), "utf-8")
    error = refused(rules)
    assert "city → province → city" in str(error)
    assert shown(error) == "inherits: city"
    write(rules / "city/region.yaml", CITY.replace("inherits: province", "inherits: nowhere"))
    error = refused(rules)
    assert "没有“nowhere”这个地区" in str(error)
    assert shown(error) == "inherits: nowhere"


def test_source_key_of_the_parent_is_not_given_another_meaning(rules: Path) -> None:
    write(rules / "city/region.yaml", CITY.replace("C1:", "S2:"))
    error = refused(rules)
    assert "出处“S2”在上级地区已有" in str(error)
    assert "S2" in shown(error)


def test_amendment_without_a_parent_and_beside_a_rule_is_refused(rules: Path) -> None:
    path = write(rules / "province/99-x/amend.yaml", LOWER)
    assert "已写有这个病种，请直接改那里" in str(refused(rules, "province"))
    path.unlink()
    amend(rules, LOWER)
    shutil.copy(rules / "province/07-uremia/rule.yaml", rules / "city/07-uremia/rule.yaml")
    assert "不能在同一个文件夹" in str(refused(rules))


def test_shangrao_judges_as_jiangxi_and_says_so(region: Region) -> None:
    shangrao = load_region(RULES, "shangrao")
    assert [r.id for r in shangrao.rules] == [r.id for r in region.rules]
    assert all(not rule.amendments for rule in shangrao.rules)
    assert shangrao.policies == region.policies
    assert any("没有检得可信的专属规定" in notice for notice in shangrao.file.notices)
    for mine, theirs in zip(shangrao.rules[:12], region.rules[:12], strict=True):
        for case in load_cases(theirs, region)[:6]:
            ours, other = judge(case.facts, mine, shangrao), judge(case.facts, theirs, region)
            assert ours.conclusion is other.conclusion
            assert ours.criteria == other.criteria
            assert ours.missing == other.missing
