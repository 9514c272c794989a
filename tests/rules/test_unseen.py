"""Cases that someone wrote from the standard alone, without sight of the packs: ``unseen/<nn>.yaml``.

They speak the language of ``cases.yaml``. ``disease: <id>`` names the rule; left out, the number of the file does.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from rules.engine import Region, Rule, RuleError, judge, load_region
from rules.engine.cases import Case, load_cases, run_case
from rules.engine.facts import CaseFacts
from tests.rules.conftest import RULES

REGION = load_region(RULES, "jiangxi")
FILES = sorted((Path(__file__).parent / "unseen").glob("*.yaml"))
_DISEASE = re.compile(r"^disease: *(\S+)", re.M)


def _rule(path: Path, text: str) -> Rule:
    named = _DISEASE.search(text)
    return next(r for r in REGION.rules if (r.id == named[1] if named else r.number == int(path.stem)))


def _load(path: Path) -> tuple[Rule, tuple[Case, ...]]:
    """The cases of one file. The line ``disease:`` is blanked, so that line numbers stay those of the file."""
    text = path.read_text(encoding="utf-8")
    rule = _rule(path, text)
    with TemporaryDirectory() as folder:
        Path(folder, "cases.yaml").write_text(_DISEASE.sub("#", text), encoding="utf-8")
        cases = load_cases(replace(rule, folder=Path(folder), case_sources=()), REGION)
        assert all(case.file.parent == Path(folder) for case in cases)
        return rule, cases


def _cases() -> Iterator[tuple[str, Rule, Case]]:
    for path in FILES:
        try:
            rule, cases = _load(path)
        except RuleError:
            continue  # test_unseen_file_loads tells what is wrong with it
        for case in cases:
            yield f"{path.stem}-{case.line}-{case.title}", rule, case


CASES = list(_cases())


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_unseen_file_loads(path: Path) -> None:
    rule, cases = _load(path)
    assert rule.number == int(path.stem)
    assert len(cases) >= 5
    titles = [case.title for case in cases]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(("rule", "case"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_unseen_cases_come_out_as_the_standard_demands(rule: Rule, case: Case) -> None:
    assert run_case(case, rule, REGION) == []


def test_unseen_region_is_the_shipped_one(region: Region) -> None:
    assert {rule.id for _, rule, _ in CASES} <= {rule.id for rule in region.rules}


@pytest.mark.parametrize(
    ("number", "other", "words"),
    [(9, 26, "不能同时享受"), (26, 9, "不能同时享受")]
    + [pair for a, b in ((7, 25), (10, 27), (17, 18), (28, 39), (1, 57)) for pair in ((a, b, "重叠"), (b, a, "重叠"))],
)
def test_unseen_exclusion_and_overlap_are_told(number: int, other: int, words: str) -> None:
    rule, named = (next(r for r in REGION.rules if r.number == n) for n in (number, other))
    told = judge(CaseFacts(as_of=dt.date(2026, 3, 15)), rule, REGION).notices
    assert any(words in notice and named.name in notice for notice in told)
