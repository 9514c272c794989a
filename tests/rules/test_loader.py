"""The loader refuses what must not be judged by, with file, line and what to write instead."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from rules.engine import Region, RuleError, load_region
from rules.engine.predicates.base import MODALITIES
from tests.rules.conftest import RULES


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if text in line)


BROKEN = yaml.safe_load((Path(__file__).parent / "broken.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("broken", BROKEN, ids=[f"{b['file']}: {b['says']}" for b in BROKEN])
def test_loader_refuses_and_names_file_and_line(few_packs: Path, broken: dict[str, str]) -> None:
    path = few_packs / "jiangxi" / broken["file"]
    text = path.read_text(encoding="utf-8")
    assert broken["replace"] in text
    path.write_text(text.replace(broken["replace"], broken["by"], 1), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_region(few_packs, "jiangxi")
    assert broken["says"] in str(caught.value)
    assert caught.value.file == path
    assert caught.value.line is not None
    if at := broken["at"]:
        found = path.read_text(encoding="utf-8").splitlines()[caught.value.line - 1]
        assert at in found or caught.value.line == line_of(path, at)


def test_loader_refuses_an_empty_group(packs: Path) -> None:
    path = packs / "jiangxi/18-copd/rule.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("    when:\n      finding:\n        name: 胸片阳性")
    end = text.index("    readings: [window_bounds]\n    accepts: [近2年的胸部 X 线报告]")
    path.write_text(text[:start] + "    when: {any: []}\n" + text[end:], encoding="utf-8")
    with pytest.raises(RuleError, match="空的组不能判定"):
        load_region(packs, "jiangxi")


def test_loader_refuses_a_bad_encoding_and_a_missing_policy(packs: Path) -> None:
    region = packs / "jiangxi/region.yaml"
    text = region.read_text(encoding="utf-8")
    region.write_bytes(text.encode("gb18030"))
    with pytest.raises(RuleError, match="UTF-8"):
        load_region(packs, "jiangxi")
    start = text.index("  unclear_list:")
    end = text.index("  distinct_results:")
    region.write_text(text[:start] + text[end:], encoding="utf-8")
    with pytest.raises(RuleError, match="缺少口径“unclear_list”"):
        load_region(packs, "jiangxi")


def test_extra_packs_replace_by_id_and_add(packs: Path, tmp_path: Path, region: Region) -> None:
    extra = tmp_path / "extra"
    shutil.copytree(packs / "jiangxi/18-copd", extra / "18-copd")
    rule = extra / "18-copd/rule.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("below: 70 %", "below: 65 %", 1), encoding="utf-8")
    shutil.copytree(packs / "jiangxi/16-diabetes", extra / "99-other")
    other = extra / "99-other/rule.yaml"
    text = other.read_text(encoding="utf-8").replace("id: diabetes\nnumber: 16", "id: other\nnumber: 99")
    other.write_text(
        text.replace("aliases: [糖尿病, ", "aliases: [").replace("name: 糖尿病伴有并发症", "name: 另一病种"),
        encoding="utf-8",
    )
    loaded = load_region(RULES, "jiangxi", extra=extra)
    assert [r.number for r in loaded.rules] == [*(r.number for r in region.rules), 99]
    changed = next(r for r in loaded.rules if r.id == "copd")
    assert changed.folder == extra / "18-copd"
    assert changed.info.sha256 != next(r for r in region.rules if r.id == "copd").info.sha256
    assert loaded.sha256 != region.sha256


def test_extra_without_packs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="没有规则包"):
        load_region(RULES, "jiangxi", extra=tmp_path)
    with pytest.raises(RuleError, match="没有这个文件夹"):
        load_region(RULES, "jiangxi", extra=tmp_path / "none")


def test_one_number_for_two_diseases_is_refused(packs: Path) -> None:
    path = packs / "jiangxi/18-copd/rule.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("number: 18", "number: 16"), encoding="utf-8")
    with pytest.raises(RuleError, match="序号 16 已由"):
        load_region(packs, "jiangxi")


def test_digest_depends_on_content_not_on_layout(packs: Path, region: Region) -> None:
    path = packs / "jiangxi/18-copd/rule.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text("# 注释\n" + text.replace("overlaps: [17]", "overlaps:\n  - 17"), encoding="utf-8")
    assert load_region(packs, "jiangxi").sha256 == region.sha256
    path.write_text(text.replace("overlaps: [17]", "overlaps: [19]"), encoding="utf-8")
    assert load_region(packs, "jiangxi").sha256 != region.sha256


def test_shipped_rules_are_marked_unverified(region: Region) -> None:
    for rule in region.rules:
        assert rule.info.verified is False
        assert "未核对原文" in rule.info.source
        assert all(code.status == "candidate" for code in rule.file.codes)


def test_modalities_are_those_that_extracting_tells_apart() -> None:
    kinds = yaml.safe_load((RULES / "vocabulary/language/exams.yaml").read_text(encoding="utf-8"))
    entries = kinds["kinds"] if isinstance(kinds, dict) else kinds
    assert {entry["id"] for entry in entries} == MODALITIES
