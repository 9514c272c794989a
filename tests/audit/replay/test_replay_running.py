"""Where cases come from, who judges them, what breaks, and what goes on after a stop: the same result every time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.audit.charts import spec
from pipeline.audit.replay import HeldFacts, Record, SourceError, open_facts, replay, replay_regions
from pipeline.audit.replay.answers import replay_answers
from pipeline.audit.replay.judging import ChunkJudge
from pipeline.audit.replay.keeping import Kept
from pipeline.audit.replay.page import render_page
from pipeline.audit.replay.parts import Part, merge, part_from_json
from pipeline.audit.replay.plan import make_plan
from pipeline.audit.replay.records import Chunk, chunks_of
from pipeline.audit.replay.runners import Here
from pipeline.audit.replay.writing import write_replay
from pipeline.cli import main
from rules.engine import Region
from rules.engine.rules_at import RulesAt
from tests.audit.replay.conftest import held, records


def lines(folder: Path, rows: Iterable[Record], name: str = "facts.jsonl") -> Path:
    folder.mkdir(exist_ok=True)
    told = (
        json.dumps({"application": r.application, "disease": r.diseases[0], "facts": json.loads(r.facts)}) for r in rows
    )
    (folder / name).write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
    return folder


def store(folder: Path, rows: Iterable[Record]) -> Path:
    """The tables of an audit store that replay reads."""
    folder.mkdir(exist_ok=True)
    kept = list(rows)
    facts = {
        "application_id": [r.application for r in kept],
        "region": ["jiangxi"] * len(kept),
        "diseases": [",".join(r.diseases) for r in kept],
        "facts": [r.facts for r in kept],
    }
    (folder / "sensitive").mkdir(exist_ok=True)
    pq.write_table(pa.table(facts), folder / "sensitive/facts.parquet", row_group_size=7)
    return folder


def test_replay_sources_give_the_same_result(
    loaded: tuple[Region, Region], two_diseases: Region, tmp_path: Path
) -> None:
    rows = records(two_diseases, 40)
    old, new = loaded
    told = [
        {**replay_regions(source, old, new).data(), "source": ""}
        for source in (held(rows), open_facts(lines(tmp_path / "l", rows)), open_facts(store(tmp_path / "s", rows)))
    ]
    assert told[0] == told[1] == told[2]
    assert told[0]["judged"]


def test_replay_compares_with_what_was_said_at_the_time(
    loaded: tuple[Region, Region], two_diseases: Region, tmp_path: Path
) -> None:
    rows = records(two_diseases, 30, disease="uremia")
    folder = store(tmp_path / "s", rows)
    old, new = loaded
    first = replay_regions(open_facts(folder), old, new)
    assert first.data()["recorded"] is None
    said = {"application_id": [r.application for r in rows], "disease": ["uremia"] * 30, "latest": [True] * 30}
    pq.write_table(pa.table({**said, "conclusion": ["meets"] * 30}), folder / "judgements.parquet")
    told = replay_regions(open_facts(folder), old, new).data()["recorded"]
    meets = sum(n for (_, before, _), n in first.whole.judged.items() if before == "meets")
    assert (told["compared"], told["equal"]) == (30, meets)
    assert sum(row["count"] for row in told["differ"]) == 30 - meets


def test_replay_keeps_what_a_person_said_of_items_that_did_not_change(
    loaded: tuple[Region, Region], two_diseases: Region, tmp_path: Path
) -> None:
    """Item 1 stays as it is and item 2 changes: a word on the first holds, one on the second is asked again."""
    rows = records(two_diseases, 30, disease="uremia")
    folder = store(tmp_path / "s", rows)
    old, new = loaded
    machine = replay_regions(open_facts(folder), old, new)
    ids = [r.application for r in rows]
    judgements = {"judgement_id": ids, "application_id": ids, "disease": ["uremia"] * 30, "latest": [True] * 30}
    pq.write_table(pa.table({**judgements, "conclusion": ["not_met"] * 30}), folder / "judgements.parquet")
    said = {"judgement_id": ids * 2, "application_id": ids * 2, "disease": ["uremia"] * 60, "status": ["unmet"] * 60}
    items = {"criterion": ["1"] * 30 + ["2"] * 30, "machine_status": ["met"] * 60}
    pq.write_table(pa.table({**said, **items}), folder / "criteria.parquet")
    found = replay_regions(open_facts(folder), old, new)
    assert machine.changed
    assert found.changed == 0
    assert found.whole.judged == {("uremia", "not_met", "not_met"): 30}
    assert found.data()["words_kept"] == found.data()["recorded"]["equal"] == 30
    # The machine's word on the item that changed is told all the same.
    assert {row.application for row in found.rows} == {row.application for row in machine.rows if row.group.moves}


BROKEN: list[str | bytes] = ["", "{", "[]", "null", '{"version": 2}', b"\xff\xfe", "[" * 5000]
BROKEN.append('{"version": 1, "as_of": "never", "evidence": []}')


def test_replay_counts_broken_records_and_judges_the_others(
    loaded: tuple[Region, Region], two_diseases: Region
) -> None:
    rows = records(two_diseases, 20, disease="uremia")
    bad = [Record(f"b{n}", diseases, facts) for n, facts in enumerate(BROKEN) for diseases in (("uremia",), ())]
    old, new = loaded
    found = replay_regions(held((*bad[:5], *rows[:9], *bad[5:], *rows[9:])), old, new)
    whole = replay_regions(held(rows), old, new)
    assert found.whole.broken == {"not_stored_facts": len(bad)}
    assert {"b0", "b1"} <= set(found.data()["broken_samples"])
    assert found.rows == whole.rows
    assert found.whole.judged == whole.whole.judged


def test_replay_counts_unknown_diseases_and_other_regions(loaded: tuple[Region, Region], two_diseases: Region) -> None:
    (row,) = records(two_diseases, 1, disease="uremia")
    rows = (
        Record("a", ("lost", "uremia"), row.facts),
        Record("b", ("uremia",), row.facts, region="elsewhere"),
        Record("c", ("尿毒症",), row.facts, region="jiangxi"),
    )
    found = replay_regions(held(rows), *loaded)
    assert found.whole.unknown == {"lost": 1}
    assert found.whole.elsewhere == {"elsewhere": 1}
    assert found.judged == 2


def test_replay_part_survives_its_json(loaded: tuple[Region, Region], two_diseases: Region) -> None:
    old, new = loaded
    whole = replay_regions(held(records(two_diseases, 30)), old, new).whole
    assert whole.rows
    again = part_from_json(whole.to_json())
    assert again == whole
    assert isinstance(again, Part)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_replay_does_not_depend_on_how_records_are_cut(
    loaded: tuple[Region, Region], two_diseases: Region, size: int
) -> None:
    rows = records(two_diseases, 30)
    old, new = loaded
    parts = [part for _, part in Here(ChunkJudge(make_plan(old, new)).part).run(chunks_of(rows, size))]
    expected = replay_regions(held(rows), old, new)
    found = type(expected)(expected.plan, expected.source, merge(parts))
    assert (found.data(), found.rows) == (expected.data(), expected.rows)


class _StopError(Exception):
    pass


def test_replay_goes_on_where_it_was_stopped(
    two_versions: tuple[RulesAt, RulesAt], two_diseases: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, kept_in = records(two_diseases, 30), tmp_path / "kept"
    source = HeldFacts(lambda: rows, fingerprint="1")
    monkeypatch.setattr("pipeline.audit.replay.running.chunks_of", lambda found: chunks_of(found, 10))
    steps: list[int] = []

    def stop(done: int, total: int | None) -> None:
        steps.append(done)
        if done == 20:
            raise _StopError

    def judged_anew(runner: Here[Part], chunks: Iterable[Chunk]) -> Iterator[tuple[int, Part]]:
        for number, part in run(runner, chunks):
            anew.append(number)
            yield number, part

    run, anew = Here.run, list[int]()
    monkeypatch.setattr(Here, "run", judged_anew)
    with pytest.raises(_StopError):
        replay(source, *two_versions, processes=1, keep=kept_in, progress=stop)
    assert (steps, anew) == ([0, 10, 20], [0, 1])
    found = replay(source, *two_versions, processes=1, keep=kept_in, progress=lambda done, total: steps.append(done))
    assert (steps[3:], anew[2:]) == ([20, 30], [2])
    assert not list(kept_in.iterdir())
    expected = replay(source, *two_versions, processes=1)
    assert (found.data(), found.rows) == (expected.data(), expected.rows)
    # What another run left, and what is broken, is not taken for this one's.
    kept = Kept(kept_in, "x")
    kept.add(0, Part(records=99))
    assert not list(Kept(kept_in, "y").parts())
    kept.add(1, Part(records=1))
    (kept_in / "unfinished/part-000002.json").write_text('{"records"', "utf-8")
    assert [number for number, _ in Kept(kept_in, "y").parts()] == [1]


@pytest.mark.parametrize("made", [None, "empty", "file.txt"])
def test_replay_says_where_there_are_no_cases(tmp_path: Path, made: str | None) -> None:
    path = tmp_path / (made or "nowhere")
    if made == "empty":
        path.mkdir()
    elif made:
        path.write_text("x", "utf-8")
    with pytest.raises(SourceError, match=path.name):
        open_facts(path)


def test_replay_writes_tables_and_a_page(loaded: tuple[Region, Region], two_diseases: Region, tmp_path: Path) -> None:
    (odd,) = records(two_diseases, 1, disease="uremia")
    rows = (*records(two_diseases, 40), Record("<b>x</b>", ("uremia",), "{"), odd)
    found = replay_regions(held(rows), *loaded)
    page, told, cases, criteria = write_replay(found, tmp_path / "out", seconds=1.25)
    assert json.loads(told.read_text("utf-8")) == {**found.data(), "seconds": 1.2}
    table = pq.read_table(cases).to_pylist()
    assert [row["application_id"] for row in table] == [row.application for row in found.rows]
    assert {row["because"] for row in table} == {"第2项 肌酐界限由 ≥ 707 μmol/L 改为 ≥ 442 μmol/L"}
    assert {row["criterion"] for row in pq.read_table(criteria).to_pylist()} == {"2"}
    html = page.read_text("utf-8")
    assert f"{found.changed} 次判断结论改变" in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "<b>x</b>" not in html
    assert "http" not in html.replace("http-equiv", "").replace("http://www.w3.org", "")


def test_replay_answers_can_be_drawn(loaded: tuple[Region, Region], two_diseases: Region) -> None:
    rows = records(two_diseases, 60)
    found = replay_regions(held(rows), *loaded)
    flows, diseases, reasons = replay_answers(found)
    assert sum(row["judgements"] for row in flows.rows) == found.judged
    assert sum(row["judgements"] for row in flows.rows if row["same"] == "改变") == found.changed
    (disease,) = diseases.rows
    assert (disease["disease"], disease["judged"]) == ("uremia", found.judged)
    assert sum(row["judgements"] for row in reasons.rows) == len(found.rows)
    assert {row["because"] for row in reasons.rows} == {"第2项 肌酐界限由 ≥ 707 μmol/L 改为 ≥ 442 μmol/L"}
    for answer in (flows, diseases):
        assert spec(answer)
        for row in answer.rows:
            assert {column.name for column in answer.columns} <= set(row)


def test_replay_command_tells_what_changed(
    two_versions: tuple[RulesAt, RulesAt], two_diseases: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = lines(tmp_path / "facts", records(two_diseases, 30))
    old, new = (str(at.rules_dir) for at in two_versions)
    out = tmp_path / "out"
    asked = ["audit", "replay", "--facts", str(facts), "--rules", new, "--against", old, "--out", str(out)]
    assert main([*asked, "--processes", "1"]) == 0
    shown = capsys.readouterr()
    assert "重判 " in shown.out
    assert "重判案件 30/30" in shown.err
    assert sorted(p.name for p in out.iterdir()) == [
        "changed_criteria.parquet",
        "changes.parquet",
        "replay.html",
        "replay.json",
    ]
    assert main(["audit", "replay", "--facts", str(tmp_path / "none"), "--rules", new]) == 2
    assert "没有这个文件或文件夹" in capsys.readouterr().err


def test_replay_tells_the_most_frequent_kinds_and_counts_the_rest(
    loaded: tuple[Region, Region], two_diseases: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = replay_regions(held(records(two_diseases, 60, disease="uremia")), *loaded)
    (whole,) = found.data()["diseases"]
    assert (whole["kinds_left_out"], whole["left_out"]) == (0, 0)
    monkeypatch.setattr("pipeline.audit.replay.result.MOST_KINDS", 2)
    data = found.data()
    (disease,) = data["diseases"]
    assert [k["count"] for k in disease["kinds"]] == [
        k["count"] for k in whole["kinds"] if k["kind"] in {each["kind"] for each in disease["kinds"]}
    ]
    assert min(k["count"] for k in disease["kinds"]) >= max(
        k["count"] for k in whole["kinds"] if k["kind"] not in {each["kind"] for each in disease["kinds"]}
    )
    assert disease["left_out"] == len(found.rows) - sum(k["count"] for k in disease["kinds"])
    assert f"另有 {disease['kinds_left_out']} 种变动" in render_page(data)
    assert data["effects"] == found.data()["effects"]
