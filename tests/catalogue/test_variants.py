"""Rules that differ from the usual: hostile texts, values by date, no codes, no classes, other regions' readings."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from pipeline.catalogue import render_site
from pipeline.catalogue.words import cost_words
from rules.engine import Region, load_region
from rules.engine.predicates import Group, Test
from rules.engine.ruleset import Rule
from tests.catalogue.conftest import RULES
from tests.reporting.page import PageReader

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></title><svg onload=alert(3)>",
    "{{ 7*7 }}{% raw %}",
    "' onmouseover='alert(5)",
    "\x00\x08\u202e卡\ud800\ufffe",
    "*/} body{display:none} /*]]><!--",
)
KEEP = {"id", "code", "source", "sources_keys", "status", "icd10", "concepts", "when", "formula", "every", "value"}


def _poison(value: Any, attack: str) -> Any:
    if isinstance(value, BaseModel):
        fields = {n: getattr(value, n) for n in type(value).model_fields if n not in KEEP}
        changed = {n: _poison(v, attack) for n, v in fields.items()}
        if "sources" in changed and isinstance(value.sources, tuple):  # type: ignore[attr-defined]
            del changed["sources"]
        changed.pop("category", None)
        return value.model_copy(update=changed)
    if isinstance(value, tuple):
        return tuple(_poison(one, attack) for one in value)
    if isinstance(value, dict):
        return {name: _poison(one, attack) for name, one in value.items()}
    return value + attack if type(value) is str else value


def _poison_test(test: Test, attack: str) -> Test:
    if isinstance(test, Group):
        return dataclasses.replace(test, parts=tuple(_poison_test(part, attack) for part in test.parts))
    return dataclasses.replace(test, label=test.label + attack)


def _poison_rule(rule: Rule, attack: str) -> Rule:
    regimes = tuple(
        (
            day,
            regime and dataclasses.replace(regime, tests={k: _poison_test(t, attack) for k, t in regime.tests.items()}),
        )
        for day, regime in rule.regimes
    )
    return dataclasses.replace(rule, file=_poison(rule.file, attack), regimes=regimes)


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_texts_stay_text(region: Region, attack: str) -> None:
    chosen = tuple(rule for rule in region.rules if rule.number in (1, 4, 9, 12, 26, 29))
    policies = dataclasses.replace(
        region.policies,
        entries={n: dataclasses.replace(e, text=e.text + attack) for n, e in region.policies.entries.items()},
    )
    poisoned = dataclasses.replace(
        region,
        file=_poison(region.file, attack),
        policies=policies,
        rules=tuple(_poison_rule(rule, attack) for rule in chosen),
    )
    for name, html in render_site(poisoned).items():
        read = PageReader(html)
        assert read.tags.count("script") == read.tags.count("style") == 1, name
        assert read.unbalanced == [], name
        assert read.handlers == [], name
        assert "img" not in read.tags
        assert not any(ord(c) < 32 and c not in "\n\t" for c in html)
        assert "\u202e" not in html
        html.encode("utf-8")
        if "7*7" in attack:
            assert "{{ 7*7 }}" in read.text
        if attack.startswith("<script"):
            assert "<script>alert(1)</script>" in read.text


def _changed(tmp_path: Path, number: str, change: Any) -> Region:
    """The region with one rule changed by ``change``, which gets the rule's data."""
    source = next((RULES / "jiangxi").glob(f"{number}-*"))
    data = yaml.safe_load((source / "rule.yaml").read_text("utf-8"))
    change(data)
    pack = tmp_path / source.name
    pack.mkdir()
    (pack / "rule.yaml").write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_region(RULES, "jiangxi", extra=tmp_path)


def test_values_by_date_are_shown_with_their_days(tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        first, second = dt.date(2024, 1, 1), dt.date(2027, 1, 1)
        until = dt.date(2026, 12, 31)
        lab = data["items"][1]["when"]["lab"]
        lab["any_of"][1]["at_least"] = {
            "by_date": [
                {"from": first, "to": until, "value": "707 μmol/L"},
                {"from": second, "value": "600 μmol/L"},
            ]
        }
        lab["window"] = {
            "by_date": [{"from": first, "to": until, "value": "近2年"}, {"from": second, "value": "近1年"}]
        }
        data["formula"] = {
            "by_date": [
                {"from": first, "to": until, "value": "1 & any(1: 2, 3, 4)"},
                {"from": second, "value": "1 & 2 & any(1: 3, 4)"},
            ]
        }

    html = render_site(_changed(tmp_path, "07", change))["07-uremia.html"]
    text = PageReader(html).text
    assert "2024-01-01 至 2026-12-31 第1项必须有，第2至4项任意一项。" in text
    assert "2027-01-01 起 第1、2项都要，第3、4项任意一项。" in text
    assert "2024-01-01 至 2026-12-31 近2年 2027-01-01 起 近1年" in text
    assert re.search(r"2024-01-01 至 2026-12-31 .{0,80}≥ 707 μmol/L.{0,60}2027-01-01 起 .{0,80}≥ 600 μmol/L", text)
    assert 'data-from="2027-01-01"' in html
    # Two formulas cannot both shape the checklist.
    assert "项都要</legend>" not in html


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({"from": dt.date(2027, 1, 1)}, "这个标准还没有施行，自 2027-01-01 起才用。"),
        ({"from": dt.date(2020, 1, 1), "to": dt.date(2025, 12, 31)}, "这个标准只用到 2025-12-31，现在已经不用。"),
        ({"from": dt.date(2026, 3, 15), "to": dt.date(2026, 3, 15)}, ""),
    ],
)
def test_standard_that_is_not_in_force_says_so_at_the_top(tmp_path: Path, days: dict[str, dt.date], says: str) -> None:
    region = _changed(tmp_path, "07", lambda data: data.update(effective=days))
    text = PageReader(render_site(region, dt.date(2026, 3, 15))["07-uremia.html"]).text
    head = text[: text.index("标准要看到什么")]
    assert ("这个标准" in head) is bool(says)
    assert says in head


def test_cost_names_a_rank_and_no_paper() -> None:
    words = [cost_words(cost) for cost in range(1, 10)]
    assert all(words)
    assert not any(paper in text for text in words for paper in ("病历", "证明", "复印", "报告", "检查", "手术"))


def test_time_without_a_value_is_for_a_person(tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["formula"] = {"by_date": [{"from": dt.date(2025, 1, 1), "value": data["formula"]}]}

    text = PageReader(render_site(_changed(tmp_path, "07", change))["07-uremia.html"]).text
    assert "2024-01-01 至 2024-12-31 这段时间没有给出标准，由人工判断" in text


def test_region_without_form_codes_classes_reviews_history(region: Region) -> None:
    def bare(rule: Rule) -> Rule:
        update = {
            "codes": (),
            "category": None,
            "review": None,
            "ages": None,
            "changes": (),
            "aliases": (),
            "icd10": (),
        }
        return dataclasses.replace(rule, file=rule.file.model_copy(update=update))

    changed = dataclasses.replace(
        region,
        file=region.file.model_copy(update={"form_title": "", "notices": ()}),
        rules=tuple(bare(rule) for rule in region.rules[:4]),
    )
    site = render_site(changed)
    index = PageReader(site["index.html"])
    assert "全部病种" in index.text
    assert "None" not in index.text
    assert "未分类" not in index.text
    page = PageReader(site["02-sle.html"])
    assert "None" not in page.text
    assert "申请表" not in page.text
    assert "国家病种代码" not in page.text
    assert index.unbalanced == page.unbalanced == []
    # What it points to may lie outside.
    assert "第 57 号病种（本目录没有收）" in PageReader(site["01-malignant_tumor.html"]).text


def test_reading_that_the_region_does_not_follow_is_marked(region: Region) -> None:
    rule = next(rule for rule in region.rules if rule.id == "diabetes")
    off = dataclasses.replace(rule, readings_off=frozenset({"2"}))
    changed = dataclasses.replace(region, rules=(off,))
    text = PageReader(render_site(changed)["16-diabetes.html"]).text
    assert text.count("不采用这一读法") == 1
    assert "以出院日期计。 （江西省不采用这一读法，靠它的交人工判断）" in text


def test_changes_of_an_inheriting_region_are_shown(tmp_path: Path) -> None:
    city = tmp_path / "city"
    city.mkdir()
    (city / "region.yaml").write_text(
        "id: city\nname: 某市\nversion: '1'\ninherits: jiangxi\nsources:\n  C1: {title: 某市的文件, grade: A}\n",
        "utf-8",
    )
    (city / "07-uremia").mkdir()
    (city / "07-uremia" / "amend.yaml").write_text(
        "amends: uremia\nchanges:\n"
        "  - {at: items.2.when.lab.times, from: 2, to: 1, source: C1, reason: 某市只要一次化验。}\n"
        "  - {at: aliases.0, from: 尿毒症, source: C1, reason: 某市不用这个名称。}\n",
        "utf-8",
    )
    text = PageReader(render_site(load_region(RULES, "city", extra=tmp_path))["07-uremia.html"]).text
    assert "某市改动 某市只要一次化验。 原为：2；现为：1。" in text
    assert "本地改动" in text
    assert "某市不用这个名称。" in text
    assert "出处：某市的文件" in text
