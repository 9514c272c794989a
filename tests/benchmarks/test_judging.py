"""The benchmark itself, on few cases: it repeats to the word, and two processes say the same as one."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.judging.making import bases, stored_lines
from tests.benchmarks.judging.running import RULES, judge_store, make_store

from rules.engine import load_region


def test_judging_benchmark_repeats_to_the_word(tmp_path: Path) -> None:
    two, one = tmp_path / "two", tmp_path / "one"
    two.mkdir()
    one.mkdir()
    files = make_store(two, 1200, seed=7, processes=2)
    again = make_store(one, 1200, seed=7, processes=1)
    assert [f.read_bytes() for f in files] == [f.read_bytes() for f in again]
    assert len(files) == 2
    first, second = judge_store(files, processes=2), judge_store(again, processes=1)
    assert first.checksum == second.checksum
    assert first.conclusions == second.conclusions
    assert first.cases == 1200
    assert min(first.wall, first.cpu, first.judging, first.decoding) > 0


def test_judging_benchmark_has_every_disease_and_conclusion(tmp_path: Path) -> None:
    region = load_region(RULES, "jiangxi")
    lines = list(stored_lines(bases(region), 1, 0, 1800))
    diseases = {line.partition('"disease":"')[2].partition('"')[0] for line in lines}
    assert diseases == {rule.id for rule in region.rules}
    other = list(stored_lines(bases(region), 2, 0, 10))
    assert other != lines[:10]
    file = tmp_path / "store.jsonl"
    file.write_text("\n".join(lines[:600]) + "\n", encoding="utf-8")
    measured = judge_store([file], processes=1)
    assert set(measured.conclusions) == {"meets", "not_met", "manual", "insufficient"}
    assert judge_store([file], processes=1).checksum == measured.checksum
