"""Nothing that changes an outcome goes untold: edits of real packs, drawn with a fixed seed."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.engine import Region, RuleError, load_region
from rules.engine.comparing import compare_regions, in_words
from rules.engine.comparing.model import Kind
from tests.rules.conftest import RULES

Trail = tuple[str | int, ...]
PACKS = ["01-malignant-tumor", "02-sle", "09-mdr-tuberculosis", "16-diabetes", "18-copd", "21-stroke", "27-psychosis"]
WORDING = {"name", "wanted", "hospital_kind"}
ENGLISH = re.compile(r"[a-z]+_[a-z]+|\b(?:documents|findings|window|normal|times|None|True|False|any|all)\b")


def places(data: Any, trail: Trail = ()) -> Iterator[Trail]:
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield (*trail, key)
        yield from places(value, (*trail, key))


def edited(data: Any, rnd: random.Random) -> tuple[Any, Trail]:
    """Take something out of a condition, raise a number, or join its parts otherwise."""
    trails = [("items", i, "when", *t) for i, item in enumerate(data["items"]) for t in places(item["when"])]
    trail = rnd.choice(trails)
    node = data
    for key in trail[:-1]:
        node = node[key]
    last, value = trail[-1], node[trail[-1]]
    if last in ("all", "any", "any_proof"):
        node[rnd.choice([kind for kind in ("all", "any", "any_proof") if kind != last])] = node.pop(last)
    elif isinstance(value, int) and not isinstance(value, bool):
        node[last] = value + 1
    elif isinstance(value, str) and re.search(r"\d", value) and rnd.random() < 0.5:
        node[last] = re.sub(r"\d+", lambda m: str(int(m[0]) + 1), value, count=1)
    else:
        del node[last]
    return data, trail


def load(folder: Path, pack: str, text: str | None = None) -> Region:
    target = folder / "jiangxi"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy(RULES / "jiangxi/region.yaml", target)
    shutil.copytree(RULES / "jiangxi" / pack, target / pack)
    if text is not None:
        (target / pack / "rule.yaml").write_text(text, encoding="utf-8")
    return load_region(folder, "jiangxi")


@pytest.mark.parametrize("pack", PACKS)
def test_comparing_leaves_no_change_of_outcome_untold(tmp_path: Path, pack: str) -> None:
    rnd = random.Random(pack)
    old = load(tmp_path / "old", pack)
    source = (RULES / "jiangxi" / pack / "rule.yaml").read_text(encoding="utf-8")
    compared = 0
    for _ in range(12):
        data, trail = edited(yaml.safe_load(source), rnd)
        try:
            new = load(tmp_path / "new", pack, yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
        except RuleError:
            continue
        compared += 1
        diff = compare_regions(old, new)
        changes = [c for d in diff.diseases for c in d.all_changes]
        cases = [c for d in diff.diseases for c in d.cases]
        assert changes, trail
        if not any(c.kind is Kind.MEANING for c in changes):
            assert cases == [], trail
        assert all(case.causes for case in cases), trail
        if trail[-1] in WORDING:
            assert diff.same_meaning, trail
        assert not any(ENGLISH.search(c.text) for c in changes), [c.text for c in changes]
        assert in_words(diff)
    assert compared >= 3
