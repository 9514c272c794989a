"""What two versions of a standard differ in, in words. Real packs, edited."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.engine import Region, load_region
from rules.engine.comparing import as_data, compare_regions, in_words
from rules.engine.comparing.demands import WORDS
from rules.engine.comparing.formulas import formula_key, formula_words
from rules.engine.comparing.model import Change, Kind, RegionDiff, State
from rules.engine.comparing.policy_words import TITLES
from rules.engine.comparing.regexes import alternatives
from rules.engine.comparing.telling import change_text
from rules.engine.formula import parse_formula
from rules.engine.policies import CHOICES
from rules.engine.predicates import REGISTRY
from tests.rules.conftest import RULES

Edit = Callable[..., RegionDiff]
EDITS = yaml.safe_load((Path(__file__).parent / "comparing.yaml").read_text(encoding="utf-8"))


def only(folder: Path, *packs: str) -> Region:
    """A region that holds only some of the shipped packs."""
    target = folder / "jiangxi"
    target.mkdir(parents=True)
    shutil.copy(RULES / "jiangxi/region.yaml", target)
    for pack in packs:
        shutil.copytree(RULES / "jiangxi" / pack, target / pack)
    return load_region(folder, "jiangxi")


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Compare a pack with itself after replacing texts in one of its files."""

    def compare(pack: str, *pairs: tuple[str, str], file: str = "rule.yaml", cases: bool = False) -> RegionDiff:
        old = only(tmp_path / "old", pack)
        only(tmp_path / "new", pack)
        path = tmp_path / "new/jiangxi" / pack / file
        text = path.read_text(encoding="utf-8")
        for before, after in pairs:
            assert before in text, before
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
        return compare_regions(old, load_region(tmp_path / "new", "jiangxi"), cases=cases)

    return compare


def told(diff: RegionDiff, kind: Kind | None = None) -> list[str]:
    changes: list[Change] = [*diff.changes, *(c for d in diff.diseases for c in d.all_changes)]
    return [change_text(c) for c in changes if kind in (None, c.kind)]


@pytest.mark.parametrize("case", EDITS, ids=[case["title"] for case in EDITS])
def test_comparing_tells_an_edit_in_words(edit: Edit, case: dict[str, Any]) -> None:
    diff = edit(case["pack"], *((e["replace"], e["by"]) for e in case["edits"]))
    for kind in Kind:
        assert told(diff, kind) == case.get(kind.value, []), kind
    assert diff.same_meaning is ("meaning" not in case)


def test_comparing_a_version_with_itself_says_so(region: Region) -> None:
    diff = compare_regions(region, load_region(RULES, "jiangxi"))
    assert diff.same
    assert diff.same_meaning
    assert in_words(diff).endswith("两版没有不同。")


def test_comparing_layout_and_comments_is_no_difference(edit: Edit) -> None:
    diff = edit("07-uremia", ("formula: ", "# 说明\nformula: "), ("    cost: 2\n", "    cost: 2   # 便宜\n"))
    assert diff.same


def test_comparing_diseases_added_and_removed(tmp_path: Path) -> None:
    diff = compare_regions(only(tmp_path / "a", "07-uremia", "18-copd"), only(tmp_path / "b", "18-copd", "53-gout"))
    assert [(d.state, d.id) for d in diff.diseases] == [(State.REMOVED, "uremia"), (State.ADDED, "gout")]
    text = in_words(diff)
    assert "7. 慢性肾功能衰竭（尿毒症期）：删去病种" in text
    assert "53. 痛风：新增病种" in text
    assert "新增病种 1 个，删去病种 1 个" in text
    assert not diff.same_meaning


def test_comparing_a_renamed_disease_is_the_same_disease(edit: Edit) -> None:
    diff = edit("07-uremia", ("name: 慢性肾功能衰竭（尿毒症期）", "name: 尿毒症透析"), ("number: 7", "number: 68"))
    assert told(diff) == ["病种序号由 7 改为 68", "病种名称由“慢性肾功能衰竭（尿毒症期）”改为“尿毒症透析”"]
    assert "68. 尿毒症透析（原序号 7，原名“慢性肾功能衰竭（尿毒症期）”）" in in_words(diff)


def items_of(path: Path) -> tuple[str, list[str]]:
    """Head of a rule and its items as texts."""
    head, *items = re.split(r"(?m)^(?=  - id: )", path.read_text(encoding="utf-8"))
    return head, items


def test_comparing_an_item_removed_renumbers_the_rest(tmp_path: Path) -> None:
    old = only(tmp_path / "old", "07-uremia")
    only(tmp_path / "new", "07-uremia")
    path = tmp_path / "new/jiangxi/07-uremia/rule.yaml"
    head, items = items_of(path)
    del items[1]
    moved = [items[0], items[1].replace('id: "3"', 'id: "2"'), items[2].replace('id: "4"', 'id: "3"')]
    path.write_text(head.replace("any(1: 2, 3, 4)", "any(1: 2, 3)") + "".join(moved), encoding="utf-8")
    new = load_region(tmp_path / "new", "jiangxi")
    (disease,) = compare_regions(old, new, cases=False).diseases
    assert [(i.old, i.new) for i in disease.items] == [("3", "2"), ("4", "3"), ("2", None)]
    texts = [change_text(c) for c in disease.all_changes]
    assert "第2项（原第3项） 由原第3项改编为第2项" in texts
    assert "原第2项 删去条目：2次及以上肾功能检查：肾小球滤过率≤15 ml/min 或血肌酐≥707 μmol/L" in texts
    assert "公式由“第1项，并且第2、3、4项中至少1项”改为“第1项，并且第2、3项中至少1项”" in texts
    # And the other way round it is an item added.
    (back,) = compare_regions(new, old, cases=False).diseases
    added = [change_text(c) for c in back.all_changes if "新增条目" in c.text]
    assert added == ["第2项 新增条目：2次及以上肾功能检查：肾小球滤过率≤15 ml/min 或血肌酐≥707 μmol/L"]


def test_comparing_swapped_numbers_alone_change_no_meaning(tmp_path: Path) -> None:
    old = only(tmp_path / "old", "07-uremia")
    only(tmp_path / "new", "07-uremia")
    path = tmp_path / "new/jiangxi/07-uremia/rule.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('id: "2"', 'id: "x"').replace('id: "3"', 'id: "2"').replace('id: "x"', 'id: "3"')
    path.write_text(text, encoding="utf-8")
    diff = compare_regions(old, load_region(tmp_path / "new", "jiangxi"), cases=False)
    assert diff.same_meaning
    assert sorted(told(diff)) == ["第2项（原第3项） 由原第3项改编为第2项", "第3项（原第2项） 由原第2项改编为第3项"]


def test_comparing_policies_names_the_reading_that_changed(tmp_path: Path) -> None:
    old = only(tmp_path / "old", "02-sle")
    only(tmp_path / "new", "02-sle")
    path = tmp_path / "new/jiangxi/region.yaml"
    text = path.read_text(encoding="utf-8").replace("value: all_examined", "value: any_negative")
    text = text.replace("首尾两日都算在内", "首尾两日均计")
    path.write_text(text, encoding="utf-8")
    diff = compare_regions(old, load_region(tmp_path / "new", "jiangxi"))
    assert told(diff, Kind.MEANING) == ["口径“几种检查可选时怎样判不符合”由“每一种都查了且都阴性”改为“有一种阴性”"]
    assert len(told(diff, Kind.WORDING)) == 1
    (disease,) = diff.diseases
    assert disease.cases
    for case in disease.cases:
        assert {c.text for c in case.causes} == set(told(diff, Kind.MEANING))
    assert "标准未改而因口径结果不同的病种 1 个" in in_words(diff)


def test_comparing_structure_as_data_is_plain(edit: Edit) -> None:
    data = as_data(edit("07-uremia", ("at_least: 707 μmol/L", "at_least: 442 μmol/L"), cases=True))
    (disease,) = data["diseases"]
    assert disease["state"] == "changed"
    (item,) = disease["items"]
    (change,) = item["changes"]
    assert change["kind"] == "meaning"
    assert (change["before"], change["after"]) == ("≥ 707 μmol/L", "≥ 442 μmol/L")
    assert "labels" not in change
    assert disease["cases"][0]["change"]["items"][0]["after"] in {"met", "unmet", "missing", "manual", "conflicting"}


def test_comparing_has_a_word_for_every_parameter_and_policy() -> None:
    unnamed = [
        f"{kind}.{field}"
        for kind, entry in REGISTRY.items()
        for field in entry.params.model_fields
        if field not in {"reading", "parts"} and f"{kind}.{field}" not in WORDS and field not in WORDS
    ]
    assert unnamed == []
    assert set(CHOICES) <= set(TITLES)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1 & any(1: 2, 3)", "(3 | 2) & 1", True),
        ("1 & 2 | 1 & 3", "1 & (2 | 3)", True),
        ("any(2: 1, 2, 3)", "1 & 2 | 2 & 3 | 1 & 3", True),
        ("1 & any(1: 2, 3)", "1 & any(2: 2, 3)", False),
        ("1 | 2", "1 & 2", False),
    ],
)
def test_comparing_formulas_by_what_they_say(one: str, other: str, same: bool) -> None:
    assert (formula_key(parse_formula(one), {}) == formula_key(parse_formula(other), {})) is same


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("1", "第1项"),
        ("1 & 2", "第1、2项都具备"),
        ("1 & 2 & 3", "第1、2、3项全部具备"),
        ("1 & any(1: 2, 3, 4)", "第1项，并且第2、3、4项中至少1项"),
        ("1 & 2 & (3 | 4 & 5)", "第1、2项，并且（第3项，或者第4、5项全部）"),
        ("1 | 2", "第1、2项中至少1项"),
    ],
)
def test_comparing_formula_in_words(formula: str, words: str) -> None:
    assert formula_words(parse_formula(formula)) == words


def test_comparing_expressions_by_their_alternatives() -> None:
    assert alternatives("中重度|重度") == ("中重度", "重度")
    assert alternatives(r"(轻|中)度|[|]x|a\|b") == ("(轻|中)度", "[|]x", r"a\|b")
    assert alternatives("") == ()
