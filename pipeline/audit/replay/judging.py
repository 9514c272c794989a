"""Judges one chunk by both versions and notes what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.audit.replay.effects import Effect, effect_of
from pipeline.audit.replay.opening import opened
from pipeline.audit.replay.parts import MOST_BROKEN, Group, Move, Part, Row, Sample, Why
from pipeline.audit.replay.people import people_of
from pipeline.audit.replay.plan import DiseasePlan, Plan
from pipeline.audit.replay.records import Chunk, Record
from pipeline.audit.replay.traces import condition_moves
from rules.engine import Rule, find_disease, judge
from rules.engine.comparing import JudgementChange, explain_change
from rules.engine.comparing.causes import causes_of
from rules.engine.comparing.model import ItemChange
from rules.engine.facts import CaseFacts
from rules.engine.judgement import CriterionResult, Judgement, Status
from rules.engine.stored_facts import StoredFactsError

__all__ = ["ChunkJudge", "settling"]


class ChunkJudge:
    """Both versions, ready to judge chunk after chunk."""

    def __init__(self, plan: Plan, *, everything: bool = False) -> None:
        """``everything``: judge as well what provably comes out the same, to count it."""
        self._plan = plan
        self._everything = everything
        self._called: dict[str, DiseasePlan | None] = dict(plan.diseases)

    def part(self, chunk: Chunk) -> Part:
        """Judge a chunk. Never raises for what a record holds."""
        part = Part(records=len(chunk.records))
        for record in chunk.records:
            try:
                self._record(record, part)
            except StoredFactsError:
                _broken(part, record, "not_stored_facts")
            except Exception as error:
                # The kind alone: a message may quote what stands in the record.
                _broken(part, record, f"failed:{type(error).__name__}")
        return part

    def _record(self, record: Record, part: Part) -> None:
        if record.region not in ("", self._plan.old.id):
            part.elsewhere[record.region] += 1
            return
        stored = opened(record)
        facts: CaseFacts | None = None
        done: list[tuple[DiseasePlan, Judgement | None, Judgement | None]] = []
        skipped: list[str] = []
        unknown: list[str] = []
        for disease in dict.fromkeys(stored.diseases):
            plan = self._of(disease)
            if plan is None:
                unknown.append(disease)
            elif plan.same and not self._everything:
                skipped.append(plan.id)
            else:
                if facts is None:
                    facts = stored.facts()
                done.append((plan, *self._judged(facts, plan, _words_kept(record, plan))))
        # Only now: a record that breaks half-way is counted as broken and nowhere else.
        part.skipped.update(skipped)
        part.unknown.update(unknown)
        for plan, before, after in done:
            assert facts is not None
            self._note(part, stored.application, facts, plan, before, after)
            part.settled[plan.id] += bool(_words_kept(record, plan))
            _compare_recorded(part, record, plan, before)

    def _of(self, disease: str) -> DiseasePlan | None:
        """By rule id; by any other name that the catalogue knows."""
        if disease not in self._called:
            rule: Rule | None = find_disease(self._plan.new, disease) or find_disease(self._plan.old, disease)
            self._called[disease] = None if rule is None else self._plan.diseases[rule.id]
        return self._called[disease]

    def _judged(
        self, facts: CaseFacts, plan: DiseasePlan, words: Mapping[str, Status]
    ) -> tuple[Judgement | None, Judgement | None]:
        before = judge(facts, plan.old, self._plan.old, settle=settling(words)) if plan.old is not None else None
        if plan.same:
            return before, before
        now = {plan.kept_items[item]: status for item, status in words.items()}
        return before, judge(facts, plan.new, self._plan.new, settle=settling(now)) if plan.new is not None else None

    def _note(
        self,
        part: Part,
        application: str,
        facts: CaseFacts,
        plan: DiseasePlan,
        before: Judgement | None,
        after: Judgement | None,
    ) -> None:
        was, now = before.conclusion if before else None, after.conclusion if after else None
        part.judged[plan.id, was.value if was else "", now.value if now else ""] += 1
        change = None
        if before is not None and after is not None and before is not after:
            change = explain_change(before, after, renumbered=plan.renumbered)
        effect = effect_of(was, now)
        if effect is Effect.SAME and change is not None:
            effect = Effect.ITEMS if change.decisive else Effect.MATERIAL
        people = people_of(facts)
        for dimension, value in people.items():
            part.people[dimension, value, effect.value] += 1
        if effect is Effect.SAME:
            return
        group, said = self._kind(plan, effect, change, before, after, facts)
        part.groups[group] = part.groups.get(group, 0) + 1
        as_of = facts.as_of.isoformat()
        part.rows.append(Row(application, plan.id, as_of, group, people["sex"], people["age"]))
        part.add_sample(group, Sample(application, as_of, said))

    def _kind(
        self,
        plan: DiseasePlan,
        effect: Effect,
        change: JudgementChange | None,
        before: Judgement | None,
        after: Judgement | None,
        facts: CaseFacts,
    ) -> tuple[Group, tuple[tuple[str, str], ...]]:
        if change is None or before is None or after is None:
            was, now = (j.conclusion.value if j is not None else None for j in (before, after))
            return Group(plan.id, was, now, effect.value, (), ()), ()
        causes = causes_of(change, plan.changes, self._plan.region_changes, before, after, facts.as_of)
        old, new = ({c.id: c for c in judgement.criteria} for judgement in (before, after))
        moves = tuple(self._move(item, plan, old, new, facts) for item in change.items)
        why = tuple(Why(cause.old_item, cause.item, cause.text) for cause in causes)
        said = tuple((item.message_before, item.message_after) for item in change.items)
        group = Group(
            disease=plan.id,
            before=change.before.value,
            after=change.after.value,
            effect=effect.value,
            moves=moves,
            why=why,
            # Of a case whose items changed the list of needs follows from them.
            missing_before=() if change.decisive else change.missing_before,
            missing_after=() if change.decisive else change.missing_after,
        )
        return group, said

    def _move(
        self,
        item: ItemChange,
        plan: DiseasePlan,
        old: Mapping[str, CriterionResult],
        new: Mapping[str, CriterionResult],
        facts: CaseFacts,
    ) -> Move:
        assert plan.old is not None, "only what both versions have is explained"
        assert plan.new is not None
        regimes = plan.old.regime(facts.as_of), plan.new.regime(facts.as_of)
        sides = []
        for regime, name, results in ((regimes[0], item.old_item, old), (regimes[1], item.item, new)):
            result = results.get(name or "")
            test = regime.tests.get(name or "") if regime is not None and result is not None else None
            sides.append((test, result.trace[0] if result is not None and result.trace else None))
        return Move(
            old_item=item.old_item,
            item=item.item,
            before=item.before.value if item.before else None,
            after=item.after.value if item.after else None,
            reason_before=item.reason_before,
            reason_after=item.reason_after,
            conditions=tuple(condition_moves(*sides[0], *sides[1])),
        )


def _words_kept(record: Record, plan: DiseasePlan) -> dict[str, Status]:
    """What a person said of items of the disease, by old item, as far as both versions ask the same there.

    Where the condition has changed nobody knows what the person would say now, so both versions are the machine's.
    """
    return {
        item: Status(status)
        for disease, item, status in record.settled
        if disease == plan.id and item in plan.kept_items
    }


def settling(words: Mapping[str, Status]) -> Callable[[CriterionResult], CriterionResult] | None:
    """For :func:`rules.engine.judge`: items are what a person took them for."""
    if not words:
        return None

    def settle(result: CriterionResult) -> CriterionResult:
        status = words.get(result.id)
        return result if status in (None, result.status) else replace(result, status=status, reason="person")

    return settle


def _compare_recorded(part: Part, record: Record, plan: DiseasePlan, before: Judgement | None) -> None:
    told = dict(record.recorded).get(plan.id)
    if told is not None and before is not None:
        part.recorded[plan.id, told, before.conclusion.value] += 1


def _broken(part: Part, record: Record, code: str) -> None:
    part.broken[code] += 1
    if len(part.broken_ids) < MOST_BROKEN:
        part.broken_ids.append(record.application)
