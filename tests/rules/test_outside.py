"""A folder outside the rule base: what it may add, and files of other regions that are refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.cli import main
from rules.engine import Region, RuleError, load_region, run_cases
from tests.rules.conftest import RULES

ADDS = """\
extends: jiangxi
sources:
  AH: {title: 安徽省2023年文本, grade: C, note: 未核对原文。}
notices: [拟改标准，仅供比较。]
readings_off: [diabetes]
"""
TRIAL = 'id: trial\nname: 江西省（拟改）\nversion: "1"\ninherits: jiangxi\n'
UREMIA = "07-uremia"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """One pack that names a source of its own."""
    folder = tmp_path / "outside"
    shutil.copytree(RULES / "jiangxi" / UREMIA, folder / UREMIA)
    rule = folder / UREMIA / "rule.yaml"
    rule.write_text(rule.read_text("utf-8").replace("sources: [S2]", "sources: [AH]", 1), "utf-8")
    return folder


def region_file(folder: Path, text: str) -> Path:
    path = folder / "region.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, region: str) -> str:
    with pytest.raises(RuleError) as caught:
        load_region(RULES, region, extra=folder)
    return str(caught.value)


def test_outside_region_that_is_not_the_one_asked_for_is_refused(outside: Path) -> None:
    path = region_file(outside, TRIAL)
    told = refused(outside, "shangrao")
    assert told.startswith(f"{path}:1: 这是地区“trial”（江西省（拟改））的文件，而要用的地区是“shangrao”")
    assert "--region trial" in told
    assert "extends: shangrao" in told
    shutil.copy(RULES / "jiangxi/region.yaml", path)
    assert "这是地区“jiangxi”（江西省）的文件，而要用的地区是“shangrao”" in refused(outside, "shangrao")


@pytest.mark.parametrize("asked", ["trial", "jiangxi"])
def test_outside_region_below_the_one_asked_for_is_used_under_its_own_name(outside: Path, asked: str) -> None:
    region_file(outside, TRIAL + "sources:\n  AH: {title: 安徽省2023年文本, grade: C}\n")
    loaded = load_region(RULES, asked, extra=outside)
    assert (loaded.id, loaded.name, len(loaded.rules)) == ("trial", "江西省（拟改）", 67)


def test_outside_folder_adds_sources_to_the_shipped_region(outside: Path, region: Region) -> None:
    assert "没有“AH”" in refused(outside, "jiangxi")
    region_file(outside, ADDS)
    loaded = load_region(RULES, "jiangxi", extra=outside)
    assert (loaded.id, loaded.name, loaded.version) == (region.id, region.name, region.version)
    assert loaded.file.form_title == region.file.form_title
    assert [*loaded.file.sources] == [*region.file.sources, "AH"]
    assert loaded.file.notices == (*region.file.notices, "拟改标准，仅供比较。")
    assert loaded.policies == region.policies
    assert {rule.id for rule in loaded.rules} == {rule.id for rule in region.rules}
    assert next(rule for rule in loaded.rules if rule.id == "diabetes").readings_off
    assert "安徽省" in next(rule for rule in loaded.rules if rule.id == "uremia").info.source
    assert loaded.sha256 != region.sha256


def test_outside_folder_settles_a_policy_from_its_own_source(outside: Path) -> None:
    policy = "policies:\n  unknown_owner: {value: accept, text: 认作申请人本人。, source: AH}\nversion: 拟改一\n"
    region_file(outside, ADDS.replace("readings_off: [diabetes]\n", "") + policy)
    loaded = load_region(RULES, "jiangxi", extra=outside)
    assert loaded.policies.unknown_owner == "accept"
    assert loaded.policies.number_alone == "met"
    assert loaded.version == "拟改一"
    # Cases of the shipped region speak of the shipped policies.
    assert [source.same_settings for source in loaded.rules[0].case_sources] == [False]


def test_outside_folder_amends_a_shipped_rule(tmp_path: Path) -> None:
    region_file(tmp_path, ADDS)
    (tmp_path / UREMIA).mkdir()
    change = "{at: items.2.when.lab.times, from: 2, to: 1, source: AH, reason: 只要一次。}"
    (tmp_path / UREMIA / "amend.yaml").write_text(f"amends: uremia\nchanges:\n  - {change}\n", "utf-8")
    loaded = load_region(RULES, "jiangxi", extra=tmp_path)
    (amendment,) = next(rule for rule in loaded.rules if rule.id == "uremia").amendments
    assert [value.new for value in amendment.values] == ["1"]


def test_outside_copy_of_the_regions_file_adds_as_well(outside: Path, region: Region) -> None:
    text = (RULES / "jiangxi/region.yaml").read_text("utf-8")
    path = region_file(outside, text.replace("sources:\n", "sources:\n  AH: {title: 安徽省文本, grade: C}\n", 1))
    loaded = load_region(RULES, "jiangxi", extra=outside)
    assert len(loaded.rules) == len(region.rules)
    assert set(loaded.file.sources) == {*region.file.sources, "AH"}
    assert all(source.same_settings for rule in loaded.rules for source in rule.case_sources)
    # A key may be described better, but never stand for another document.
    path.write_text(text.replace("title: Ⅰ类病种与复审期限（网络资料）", "title: 另一份文件"), "utf-8")
    assert "出处“S3”在随程序的地区文件里已有" in refused(outside, "jiangxi")


@pytest.mark.parametrize(
    ("text", "asked", "says"),
    [
        (ADDS, "shandong", "这个文件夹写明增补“jiangxi”，而要用的地区是“shandong”。请用 --region jiangxi"),
        (ADDS.replace("jiangxi", "nowhere"), "nowhere", "没有“nowhere”这个地区，没有可增补的"),
        (ADDS + "name: 我的\n", "jiangxi", "不认识的键“name”"),
        (TRIAL.replace("trial", "jiangxi"), "jiangxi", "请给文件夹里的地区起一个自己的 id，如 jiangxi_trial"),
        (
            TRIAL.replace("trial", "shangrao").replace("inherits: jiangxi", "inherits: shandong"),
            "shangrao",
            "自己的 id",
        ),
    ],
)
def test_outside_region_files_are_refused_with_what_to_write(outside: Path, text: str, asked: str, says: str) -> None:
    region_file(outside, text)
    assert says in refused(outside, asked)


@pytest.mark.parametrize("how", ["extends", "copy", "below"])
def test_diff_lays_a_folder_that_adds_over_the_shipped_rules(
    outside: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    text = ADDS.replace("readings_off: [diabetes]\n", "")
    folder = outside
    if how == "copy":
        shipped = (RULES / "jiangxi/region.yaml").read_text("utf-8")
        text = shipped.replace("sources:\n", "sources:\n  AH: {title: 安徽省2023年文本, grade: C}\n", 1)
    if how == "below":
        folder = outside.parent / "all" / "jiangxi"
        shutil.copytree(outside, folder)
    region_file(folder, text)
    given = folder.parent if how == "below" else folder
    assert main(["rules", "diff", "shipped", str(given), "--no-cases"]) == 0
    out = capsys.readouterr().out
    assert "删去病种" not in out
    assert "新增文件《安徽省2023年文本》" in out
    assert "依据" in out


def test_outside_region_runs_the_cases_of_its_packs(outside: Path) -> None:
    region_file(outside, ADDS.replace("readings_off: [diabetes]\n", ""))
    cases = outside / UREMIA / "cases.yaml"
    cases.write_text(cases.read_text("utf-8").replace("conclusion: meets", "conclusion: not_met", 1), "utf-8")
    failures = run_cases(load_region(RULES, "jiangxi", extra=outside))
    assert len(failures) == 1
    assert failures[0].startswith(f"{cases}:")


def test_outside_vocabulary_is_refused_because_it_is_not_read(outside: Path) -> None:
    shipped = RULES / "vocabulary/findings"
    shutil.copytree(shipped, outside / "vocabulary/findings")
    load_region(RULES, "jiangxi", extra=region_file(outside, ADDS).parent)
    path = outside / "vocabulary/findings/mine.yaml"
    path.write_text("- {id: mine, name: 我的征象}\n", "utf-8")
    told = refused(outside, "jiangxi")
    assert told.startswith(f"{path}: 文件夹里的词表不会读")
    assert "rules/vocabulary/<种类>/" in told
