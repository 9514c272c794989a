"""A replay says what judging each case anew says, and a change of one item touches what the trace says, no more."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.audit.replay import Effect, Record, replay_regions
from pipeline.audit.replay.effects import effect_of
from pipeline.audit.replay.plan import make_plan
from rules.engine import Region, judge, load_region
from rules.engine.comparing import explain_change
from rules.engine.judgement import Judgement
from rules.engine.stored_facts import facts_from_json
from tests.audit.replay.conftest import DIABETES, RULES, URAEMIA, Version, held, records

EDITS = yaml.safe_load((Path(__file__).parents[2] / "rules/comparing.yaml").read_text(encoding="utf-8"))
PROVEN = {"只改文字"}
IDS = {URAEMIA: "uremia", DIABETES: "diabetes"}


@pytest.fixture(scope="module")
def stored(two_diseases: Region) -> dict[str, tuple[Record, ...]]:
    return {pack: records(two_diseases, 40, seed=5, disease=disease) for pack, disease in IDS.items()}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Region]:
    found = {}
    for pack in IDS:
        folder = tmp_path_factory.mktemp(pack) / "jiangxi"
        folder.mkdir()
        shutil.copy(RULES / "jiangxi/region.yaml", folder)
        shutil.copytree(RULES / "jiangxi" / pack, folder / pack)
        found[pack] = load_region(folder.parent, "jiangxi")
    return found


def both(record: Record, old: Region, new: Region) -> tuple[Judgement, Judgement]:
    facts = facts_from_json(record.facts)
    one, other = (next(r for r in region.rules if r.id == record.diseases[0]) for region in (old, new))
    return judge(facts, one, old), judge(facts, other, new)


@pytest.mark.parametrize("case", EDITS, ids=[case["title"] for case in EDITS])
def test_replay_equals_judging_each_case_anew(
    version: Version, stored: dict[str, tuple[Record, ...]], shipped: dict[str, Region], case: dict[str, Any]
) -> None:
    pack = case["pack"]
    old = shipped[pack]
    new = version("new", pack, edits=[(e["replace"], e["by"]) for e in case["edits"]]).load()
    found = replay_regions(held(stored[pack]), old, new)
    plan = make_plan(old, new).diseases[IDS[pack]]
    # What is only written otherwise is judged all the same; what decides nothing is not.
    assert plan.same is (case["title"] in PROVEN)
    conclusions: Counter[tuple[str, str]] = Counter()
    effects: Counter[Effect] = Counter()
    changed: dict[str, set[tuple[str | None, str | None, str, str]]] = {}
    for record in stored[pack]:
        before, after = both(record, old, new)
        conclusions[before.conclusion.value, after.conclusion.value] += 1
        change = explain_change(before, after, renumbered=plan.renumbered)
        effect = effect_of(before.conclusion, after.conclusion)
        if effect is Effect.SAME and change is not None:
            effect = Effect.ITEMS if change.decisive else Effect.MATERIAL
        effects[effect] += 1
        if change is not None:
            changed[record.application] = {(i.old_item, i.item, i.reason_before, i.reason_after) for i in change.items}
    if plan.same:
        assert not changed
        assert found.judged == 0
        assert found.whole.skipped == {IDS[pack]: len(stored[pack])}
        return
    assert {key[1:]: n for key, n in found.whole.judged.items()} == conclusions
    assert {e: n for e, n in found.effects.items() if n} == effects
    assert {
        row.application: {(m.old_item, m.item, m.reason_before, m.reason_after) for m in row.group.moves}
        for row in found.rows
    } == changed


def test_replay_of_one_item_changes_only_what_the_trace_says(
    version: Version, stored: dict[str, tuple[Record, ...]]
) -> None:
    old = version("old", URAEMIA).load()
    new = version("new", URAEMIA, edits=[("at_least: 707 μmol/L", "at_least: 442 μmol/L")]).load()
    found = replay_regions(held(stored[URAEMIA]), old, new)
    assert found.changed
    for record in stored[URAEMIA]:
        before, after = both(record, old, new)
        for one, other in zip(before.criteria, after.criteria, strict=True):
            if one.id != "2":
                assert one == other
    by_id = {record.application: record for record in stored[URAEMIA]}
    for row in found.rows:
        (move,) = row.group.moves
        assert (move.old_item, move.item) == ("2", "2")
        assert [why.text for why in row.group.why] == ["肌酐界限由 ≥ 707 μmol/L 改为 ≥ 442 μmol/L"]
        before, after = both(by_id[row.application], old, new)
        (one, other) = ({c.id: c for c in j.criteria}["2"].trace[0] for j in (before, after))
        (condition,) = move.conditions
        assert (condition.label_before, condition.label_after) == (one.label, other.label)
        assert (condition.status_before, condition.status_after) == (one.status, other.status)


def test_replay_judges_all_where_a_policy_of_the_region_changes(version: Version, two_diseases: Region) -> None:
    rows = records(two_diseases, 80)
    text = yaml.safe_load((RULES / "jiangxi/region.yaml").read_text(encoding="utf-8"))
    assert text["policies"]["min_confidence"]["value"] == 0.6
    old = version("old", URAEMIA, DIABETES)
    new = version("new", URAEMIA, DIABETES, region=[("value: 0.6", "value: 0.95")])
    found = replay_regions(held(rows), old.load(), new.load())
    assert found.judged == len(rows)
    assert not found.whole.skipped
    assert found.data()["region_changes"] == ["口径“识别把握的最低要求”由“0.6”改为“0.95”"]
    told = {why.text for row in found.rows for why in row.group.why}
    assert told == set(found.data()["region_changes"])


def test_replay_skips_only_diseases_that_did_not_change(version: Version, two_diseases: Region) -> None:
    rows = records(two_diseases, 80)
    old = version("old", URAEMIA, DIABETES).load()
    new = version("new", URAEMIA, DIABETES, edits=[("times: 2", "times: 3")]).load()
    found = replay_regions(held(rows), old, new)
    diabetes = sum("diabetes" in row.diseases for row in rows)
    assert found.whole.skipped == {"diabetes": diabetes}
    assert found.judged == len(rows) - diabetes
    whole = replay_regions(held(rows), old, new, everything=True)
    assert whole.judged == len(rows)
    assert whole.rows == found.rows
    assert all(b == a for (d, b, a) in whole.whole.judged if d == "diabetes")


def test_replay_of_new_and_removed_diseases(version: Version, two_diseases: Region) -> None:
    rows = records(two_diseases, 40)
    found = replay_regions(held(rows), version("old", URAEMIA).load(), version("new", DIABETES).load())
    assert set(found.effects) <= {Effect.GONE, Effect.CAME, Effect.SAME}
    assert found.effects[Effect.GONE] == sum("uremia" in row.diseases for row in rows)
    assert found.effects[Effect.CAME] == sum("diabetes" in row.diseases for row in rows)
    states = {d["id"]: d["state"] for d in found.data()["diseases"]}
    assert states == {"uremia": "removed", "diabetes": "added"}


def test_replay_of_a_renumbered_item_follows_it(version: Version, stored: dict[str, tuple[Record, ...]]) -> None:
    pairs = [('id: "3"', 'id: "9"'), ("any(1: 2, 3, 4)", "any(1: 2, 9, 4)")]
    found = replay_regions(
        held(stored[URAEMIA]), version("old", URAEMIA).load(), version("new", URAEMIA, edits=pairs).load()
    )
    assert found.judged == len(stored[URAEMIA])
    assert found.rows == []


def test_replay_data_is_json_and_adds_up(version: Version, stored: dict[str, tuple[Record, ...]]) -> None:
    new = version("new", URAEMIA, edits=[("at_least: 707 μmol/L", "at_least: 442 μmol/L")]).load()
    data = replay_regions(held(stored[URAEMIA]), version("old", URAEMIA).load(), new).data()
    assert json.loads(json.dumps(data)) == data
    (disease,) = data["diseases"]
    assert sum(m["count"] for m in data["matrix"]) == data["judged"] == 40
    assert sum(e["count"] for e in data["effects"]) == 40
    assert sum(k["count"] for k in disease["kinds"]) == 40 - next(
        e["count"] for e in data["effects"] if e["effect"] == "same"
    )
    assert sum(i["changed"] for i in disease["criteria"]) == sum(k["count"] for k in disease["kinds"] if k["items"])
    assert all(len(k["samples"]) == min(3, k["count"]) for k in disease["kinds"])
    ages = [p for p in data["people"] if p["dimension"] == "age"]
    assert sum(p["judged"] for p in ages) == 40
