"""Edits of real packs, drawn with a fixed seed: a replay says what judging anew says and skips nothing that differs."""

from __future__ import annotations

import random

import pytest
import yaml

from pipeline.audit.replay import replay_regions
from pipeline.audit.replay.plan import make_plan
from rules.engine import RuleError, judge
from rules.engine.comparing import explain_change
from rules.engine.stored_facts import facts_from_json
from tests.audit.replay.conftest import RULES, held, records
from tests.rules.test_comparing_properties import PACKS, edited, load

EDITS = 3


@pytest.mark.slow
def test_replay_equals_judging_whatever_was_edited(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert sum(changed_by_edits(pack, tmp_path_factory) for pack in PACKS) >= 5


def changed_by_edits(pack: str, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many edits of the pack change anything, each compared with judging anew."""
    old = load(tmp_path_factory.mktemp("old"), pack)
    (rule,) = old.rules
    rows = records(old, 40, seed=7)
    text = (RULES / "jiangxi" / pack / "rule.yaml").read_text(encoding="utf-8")
    rnd = random.Random(pack)
    tried = changed = 0
    while tried < EDITS:
        data, _ = edited(yaml.safe_load(text), rnd)
        try:
            new = load(tmp_path_factory.mktemp("new"), pack, yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
        except RuleError:
            continue
        tried += 1
        plan = make_plan(old, new).diseases[rule.id]
        found = replay_regions(held(rows), old, new)
        expected = {}
        for record in rows:
            facts = facts_from_json(record.facts)
            before, after = judge(facts, rule, old), judge(facts, new.rules[0], new)
            change = explain_change(before, after, renumbered=plan.renumbered)
            if change is not None:
                expected[record.application] = (change.before, change.after, len(change.items))
        got = {row.application: (row.group.before, row.group.after, len(row.group.moves)) for row in found.rows}
        assert got == expected
        changed += bool(expected)
        # Nothing changes for no reason: each kind of change names what lies behind it.
        assert all(group.why for group in found.whole.groups if group.moves)
    return changed
