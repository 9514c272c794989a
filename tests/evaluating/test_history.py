"""Runs in a row: change is told from noise."""

from __future__ import annotations

from pathlib import Path

from pipeline.evaluating.breakdown import Figure, figures
from pipeline.evaluating.history import Entry, compare, entry_for, last_other, load_history, record
from pipeline.evaluating.scoring import score_run
from tests.evaluating.made import sheet


def run(wrong: int, *, sheets: int = 40, every: int = 1) -> dict[str, Figure]:
    return figures(score_run(sheet(f"c{n}", wrong=wrong if n % every == 0 else 0) for n in range(sheets)))


def entry(shown: dict[str, Figure], *, code: str = "k") -> Entry:
    return entry_for(shown, cases="c", code=code, settings="s", case_count=40, page_count=40)


def test_the_id_has_no_date_and_follows_what_the_run_was_made_of() -> None:
    shown = run(0)

    assert entry(shown).id == entry(run(3)).id
    assert entry(shown).id != entry(shown, code="other").id


def test_history_comes_back_and_the_same_run_stands_once(tmp_path: Path) -> None:
    path, shown = tmp_path / "history.jsonl", run(1)
    for code in ("a", "b", "a"):
        record(path, entry(shown, code=code))

    history = load_history(path)

    assert [e.code for e in history] == ["b", "a"]
    assert history[1] == entry(shown, code="a")
    assert last_other(history, entry(shown, code="a")) == history[0]
    assert last_other(history[1:], entry(shown, code="a")) is None


def test_lines_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    record(path, entry(run(0)))
    path.write_text(path.read_text(encoding="utf-8") + '{"id": "x"\n[]\n{"id": 1, "figures": {}}\n', encoding="utf-8")

    assert len(load_history(path)) == 1
    assert load_history(tmp_path / "none.jsonl") == ()


def test_better_and_worse_beyond_noise() -> None:
    changes = {c.metric.id: c for c in compare(entry(run(2)), run(0))}

    assert changes["labs.right"].better is True
    assert changes["text.cer"].better is True  # lower is better
    worse = {c.metric.id: c for c in compare(entry(run(0)), run(2))}
    assert worse["labs.right"].better is False
    assert worse["text.cer"].better is False


def test_a_small_change_is_noise() -> None:
    before = entry(run(1, every=4))

    changes = {c.metric.id: c for c in compare(before, run(1, every=5))}

    assert changes["labs.right"].better is None
    assert changes["labs.right"].now > changes["labs.right"].before


def test_changes_beyond_noise_come_first() -> None:
    found = compare(entry(run(2)), run(0))

    flags = [c.better is None for c in found]
    assert flags == sorted(flags)


def test_metrics_without_counts_are_not_compared() -> None:
    assert "fields.sampled" not in {c.metric.id for c in compare(entry(run(0)), run(0))}
