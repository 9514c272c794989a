"""Runs: which cases, what is kept, what is made again after a stop or a change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.evaluating import runs
from pipeline.evaluating.kept import KeptCase, load
from pipeline.evaluating.runs import Case, RunError, choose_cases, load_run, run_cases
from pipeline.evaluating.versions import case_digest, digest
from pipeline.settings import Settings
from tests.evaluating.made import kept


def write_case(root: Path, name: str, *, split: str | None = None) -> None:
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "a.pdf").write_bytes(name.encode())
    page = {"file": "a.pdf", "page": 1, "documents": [], "medium": "pdf", "split": split}
    raw = {
        "schema": "yushen.truth.v2",
        "case": name,
        "title": "",
        "as_of": "2026-03-15",
        "disease": {"number": 7, "name": "尿毒症"},
        "applicant": {},
        "expected": {"conclusion": [], "criteria": {}, "missing": []},
        "files": [],
        "documents": [],
        "pages": [page],
    }
    (folder / "truth.json").write_text(json.dumps(raw), encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in range(6):
        write_case(tmp_path / "cases", f"c{number}", split="development" if number % 2 else "held-out")
    return tmp_path / "cases"


@pytest.fixture
def reviewed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands for the pipeline: what was reviewed, in order; a case named ``c4`` stops the run."""
    done: list[str] = []

    def fake(case: Case, key: str, *_: object, **__: object) -> KeptCase:
        if case.id == "c4" and len(done) < 5:
            done.append("stop")
            raise KeyboardInterrupt
        done.append(case.id)
        return kept(case=case.id, key=key)

    monkeypatch.setattr(runs, "_review", fake)
    return done


def test_limit_spreads_over_all_cases(root: Path) -> None:
    assert [c.id for c in choose_cases(root, limit=3)] == ["c0", "c2", "c4"]
    assert [c.id for c in choose_cases(root, limit=99)] == [f"c{n}" for n in range(6)]


def test_split_keeps_its_own_cases(root: Path) -> None:
    assert [c.id for c in choose_cases(root, split="held-out")] == ["c0", "c2", "c4"]


def test_no_case_is_an_error(tmp_path: Path, root: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(RunError, match="no case"):
        choose_cases(tmp_path / "empty")


def test_a_folder_that_is_a_case_itself(root: Path) -> None:
    assert [c.id for c in choose_cases(root / "c3")] == ["c3"]


def test_cases_in_folders_do_not_collide(tmp_path: Path) -> None:
    for name in ("x/one", "y/one"):
        write_case(tmp_path, name)

    assert [c.id for c in choose_cases(tmp_path)] == ["x__one", "y__one"]


def test_a_stopped_run_goes_on_where_it_was(root: Path, tmp_path: Path, reviewed: list[str]) -> None:
    cases, out = choose_cases(root), tmp_path / "run"

    with pytest.raises(KeyboardInterrupt):
        run_cases(cases, out, settings=Settings())
    pairs = run_cases(cases, out, settings=Settings())

    assert reviewed == ["c0", "c1", "c2", "c3", "stop", "c4", "c5"]
    assert [p.kept.case for p in pairs] == [c.id for c in cases]
    assert [p.kept.case for p in load_run(out)] == [c.id for c in cases]


def test_a_half_written_result_is_made_again(root: Path, tmp_path: Path, reviewed: list[str]) -> None:
    cases, out = choose_cases(root, limit=2), tmp_path / "run"
    run_cases(cases, out, settings=Settings())
    (out / "cases" / "c0.json").write_text('{"schema": "yush', encoding="utf-8")

    run_cases(cases, out, settings=Settings())

    assert reviewed == ["c0", "c3", "c0"]


def test_changed_uploads_settings_or_fresh_are_reviewed_again(root: Path, tmp_path: Path, reviewed: list[str]) -> None:
    cases, out = choose_cases(root, limit=2), tmp_path / "run"
    run_cases(cases, out, settings=Settings())

    (root / "c0" / "a.pdf").write_bytes(b"other")
    run_cases(cases, out, settings=Settings())
    assert reviewed == ["c0", "c3", "c0"]

    other = Settings()
    run_cases(cases, out, settings=other.model_copy(update={"ocr": other.ocr.model_copy(update={"workers": 1})}))
    assert reviewed[3:] == ["c0", "c3"]

    run_cases(cases, out, settings=Settings(), fresh=True)
    assert reviewed[5:] == ["c0", "c3"]


def test_results_of_cases_that_are_not_asked_for_do_not_stay(root: Path, tmp_path: Path, reviewed: list[str]) -> None:
    out = tmp_path / "run"
    run_cases(choose_cases(root, split="development"), out, settings=Settings())

    run_cases(choose_cases(root / "c1"), out, settings=Settings())

    assert [path.stem for path in (out / "cases").glob("*.json")] == ["c1"]
    assert load(out / "cases" / "c1.json").case == "c1"


def test_a_run_folder_is_private(root: Path, tmp_path: Path, reviewed: list[str]) -> None:
    run_cases(choose_cases(root, limit=1), tmp_path / "run", settings=Settings())

    assert (tmp_path / "run").stat().st_mode & 0o077 == 0


def test_no_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunError):
        load_run(tmp_path)


def test_a_case_that_breaks_the_program_is_kept_as_failed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("张三 肌酐 88")

    monkeypatch.setattr(runs, "read_uploads", broken)

    pairs = run_cases(choose_cases(root, limit=1), tmp_path / "run", settings=Settings())

    assert pairs[0].kept.failed == "RuntimeError"
    assert "张三" not in (tmp_path / "run" / "cases" / "c0.json").read_text(encoding="utf-8")


def test_digests_tell_parts_apart(tmp_path: Path, root: Path) -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])
    before = case_digest(root / "c0")
    (root / "c0" / "a.pdf").rename(root / "c0" / "b.pdf")
    assert case_digest(root / "c0") != before
