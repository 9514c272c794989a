"""Invented applications: the same from the same seed, judged by the shipped rules, spoken of in the service's words."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from pipeline.audit.invented import PLANTED, invented
from pipeline.audit.invented.person import REASON_LABELS
from pipeline.audit.schema import TABLES
from pipeline.audit.schema.arrow import arrow_table
from pipeline.audit.store import Store, open_store
from pipeline.audit.words import CHANNELS, CORRECTION_KINDS, OUTCOMES
from pipeline.cli.main import main
from pipeline.service.casework.corrections.changes import Kind
from pipeline.service.decisions.quality import Difference
from pipeline.service.decisions.reasons import Reason, checked, reason_codes
from pipeline.service.states import Channel
from pipeline.service.tables import Outcome
from rules.engine import Region, judge
from rules.engine.stored_facts import facts_from_json


def test_invented_rows_depend_on_seed_and_number_alone(jiangxi: Region) -> None:
    first = list(islice(invented(40, 7, region=jiangxi), 25, 40))
    again = list(invented(40, 7, region=jiangxi))[25:]
    other = list(islice(invented(40, 8, region=jiangxi), 25, 40))

    assert first == again
    assert first != other


def test_invented_facts_are_judged_as_the_rows_say(few: Store, jiangxi: Region) -> None:
    """What a replay starts from is what was decided on, but for what people settled by hand."""
    rules = {rule.id: rule for rule in jiangxi.rules}
    rows = few.query(
        """SELECT f.facts, j.disease, j.judgement_id, j.conclusion FROM facts f JOIN judgements j USING (application_id)
        WHERE j.latest AND NOT EXISTS (
            SELECT 1 FROM criteria c WHERE c.judgement_id = j.judgement_id AND c.reason = 'settled_by_person')
        ORDER BY 1 LIMIT 120"""
    )
    assert len(rows) == 120
    for row in rows:
        judgement = judge(facts_from_json(row["facts"]), rules[row["disease"]], jiangxi)
        told = few.query(
            "SELECT criterion, status, reason FROM criteria WHERE judgement_id = $j ORDER BY 1",
            {"j": row["judgement_id"]},
        )
        assert judgement.conclusion == row["conclusion"]
        assert [(c["criterion"], c["status"], c["reason"]) for c in told] == sorted(
            (c.id, c.status.value, c.reason) for c in judgement.criteria
        )


def test_invented_tables_are_whole(few: Store) -> None:
    for table in TABLES:
        found = few.query(f"SELECT * FROM {table.name}")
        assert found, table.name
        assert arrow_table(table, found).num_rows == len(found)
        keys = {tuple(row[name] for name in table.key) for row in found}
        assert len(keys) == len(found), table.name
    for child, parent, key in (
        ("criteria", "judgements", "judgement_id"),
        ("decisions", "judgements", "judgement_id"),
        ("quality", "applications", "application_id"),
    ):
        assert not few.query(f"SELECT 1 FROM {child} ANTI JOIN {parent} USING ({key}) LIMIT 1")


def test_invented_reasons_are_such_as_the_service_takes(few: Store) -> None:
    titles = {str(number): "条目" for number in range(1, 10)}
    rows = few.query("SELECT DISTINCT code, label, criterion, outcome FROM reasons WHERE origin = 'person'")
    for row in rows:
        (kept,) = checked(Outcome(row["outcome"]), [Reason(code=row["code"], criterion=row["criterion"])], titles)
        assert kept["code"] == row["code"]
        assert REASON_LABELS[row["code"]] == row["label"]


def test_words_are_those_of_the_service() -> None:
    assert {channel.value for channel in Channel} == CHANNELS.keys()
    assert {outcome.value for outcome in Outcome} == OUTCOMES.keys()
    assert {kind.value for kind in Kind} == CORRECTION_KINDS.keys()
    labels = {entry.code: entry.label for entry in reason_codes()}
    assert REASON_LABELS.items() <= labels.items()
    assert {d.value for d in Difference} == set(next(t for t in TABLES if t.name == "decisions")["difference"].values)


def test_example_command_writes_a_store_and_says_what_is_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "example", "--out", str(tmp_path / "s"), "--count", "30"]) == 0

    told = capsys.readouterr().out
    assert all(planted.chinese in told for planted in PLANTED)
    with open_store(tmp_path / "s", check=True) as store:
        assert store.value("SELECT count(*) FROM applications") == 30
    assert main(["audit", "example", "--out", str(tmp_path / "s"), "--count", "30"]) == 2
