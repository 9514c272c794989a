"""The benchmark itself, on few cases: it repeats to the word, and two processes say the same as none."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from rules.engine import Region, judge, load_region
from rules.engine.stored_facts import facts_from_data
from tests.benchmarks.judging.making import Base, bases, stored_lines
from tests.benchmarks.judging.running import RULES, judge_store, told


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(RULES, "jiangxi")


@pytest.fixture(scope="module")
def all_bases(region: Region) -> list[Base]:
    return bases(region)


def test_judging_benchmark_repeats_to_the_word(region: Region, all_bases: list[Base], tmp_path: Path) -> None:
    lines = list(stored_lines(all_bases, 7, 0, 400))
    assert list(stored_lines(all_bases, 7, 200, 20)) == lines[200:220]
    assert list(stored_lines(all_bases, 8, 0, 5)) != lines[:5]
    rows = [json.loads(line) for line in lines]
    rules = {rule.id: rule for rule in region.rules}
    judgements = [judge(facts_from_data(row["facts"]), rules[row["disease"]], region) for row in rows]
    files, whole = [], hashlib.sha256()
    for first in (0, 200):
        files.append(tmp_path / f"{first}.jsonl")
        files[-1].write_text("".join(f"{line}\n" for line in lines[first : first + 200]), encoding="utf-8")
        part = hashlib.sha256("".join(told(j) for j in judgements[first : first + 200]).encode())
        whole.update(part.hexdigest().encode())
    measured = judge_store(files, processes=2)
    assert measured.checksum == whole.hexdigest()
    assert measured.conclusions == Counter(j.conclusion.value for j in judgements)
    assert set(measured.conclusions) == {"meets", "not_met", "manual", "insufficient"}
    assert min(measured.wall, measured.cpu, measured.judging, measured.decoding, measured.peak_mib) > 0


def test_judging_benchmark_varies_every_disease(region: Region, all_bases: list[Base]) -> None:
    assert {base.disease for base in all_bases} == {rule.id for rule in region.rules}
    lines = list(stored_lines(all_bases[:40], 1, 0, 160))
    assert len(set(lines)) > 150
