"""What a replay found, as a value and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.audit.replay.effects import EFFECTS, Effect
from pipeline.audit.replay.parts import Group, Part, Row
from pipeline.audit.replay.people import AGE_BANDS, DIMENSIONS
from pipeline.audit.replay.plan import DiseasePlan, Plan
from pipeline.audit.replay.words import condition_words, headline, move_words, name_of, why_words
from rules.engine.comparing.model import as_data
from rules.engine.judgement import Conclusion

__all__ = ["SCHEMA", "Replay"]

SCHEMA = "yushen.replay.v1"
MOST_KINDS = 60
"""Kinds of change of one disease that are told with samples; all are in ``changes.parquet``."""
_CONCLUSION_CHANGED = (
    Effect.GAINS,
    Effect.LOSES,
    Effect.EASED,
    Effect.TIGHTENED,
    Effect.REROUTED,
    Effect.GONE,
    Effect.CAME,
)
_CONCLUSIONS = (Conclusion.MEETS, Conclusion.MANUAL, Conclusion.INSUFFICIENT, Conclusion.NOT_MET)
_ORDER = {effect.value: place for place, effect in enumerate(Effect)}


@dataclass(frozen=True)
class Replay:
    """Stored cases judged by two versions of the rules."""

    plan: Plan
    source: str
    """What the cases came from, Chinese."""
    whole: Part

    @property
    def judged(self) -> int:
        """Judgements by both versions (an application may be judged for several diseases)."""
        return self.whole.judged.total()

    @property
    def effects(self) -> Counter[Effect]:
        """Judgements by what the change is for the applicant; SAME among them."""
        found = Counter({Effect(group.effect): 0 for group in self.whole.groups})
        for group, count in self.whole.groups.items():
            found[Effect(group.effect)] += count
        found[Effect.SAME] = self.judged - found.total()
        return found

    @property
    def changed(self) -> int:
        """Judgements whose conclusion differs."""
        return sum(self.effects[effect] for effect in _CONCLUSION_CHANGED)

    @property
    def kinds(self) -> list[tuple[int, Group, int]]:
        """Kinds of change with a number and their count: by disease, then the weightiest and most frequent first."""
        numbers = {plan.id: place for place, plan in enumerate(self.plan.diseases.values())}
        ordered = sorted(
            self.whole.groups.items(), key=lambda g: (numbers[g[0].disease], _ORDER[g[0].effect], -g[1], repr(g[0]))
        )
        return [(number, group, count) for number, (group, count) in enumerate(ordered, start=1)]

    @property
    def rows(self) -> list[Row]:
        """Cases that changed, by id."""
        return sorted(self.whole.rows, key=lambda row: (row.application, row.disease, row.as_of))

    def data(self) -> dict[str, Any]:
        """Everything but the single cases, for ``replay.json``; equal for equal records, however they were judged."""
        whole = self.whole
        diff = as_data(self.plan.diff)
        kinds = self.kinds
        return {
            "schema": SCHEMA,
            "source": self.source,
            "old": diff["old"],
            "new": diff["new"],
            "records": whole.records,
            "judged": self.judged,
            "changed": self.changed,
            "skipped": whole.skipped.total(),
            "broken": dict(sorted(whole.broken.items())),
            "broken_samples": sorted(whole.broken_ids),
            "unknown_diseases": dict(sorted(whole.unknown.items())),
            "elsewhere": dict(sorted(whole.elsewhere.items())),
            "effects": _effects(self.effects),
            "matrix": _matrix(whole.judged),
            "recorded": self._recorded(),
            "words_kept": whole.settled.total(),
            "region_changes": list(self.plan.told_of_region()),
            "people": list(_people(whole.people)),
            "diseases": [self._disease(plan, kinds) for plan in self.plan.diseases.values() if self._met(plan)],
        }

    def _met(self, plan: DiseasePlan) -> bool:
        """True for diseases that the records or the changes are about."""
        return not plan.same or bool(self.whole.skipped[plan.id]) or any(key[0] == plan.id for key in self.whole.judged)

    def _recorded(self) -> dict[str, Any] | None:
        """How far the old version, today, says what was said at the time; None where that is not known."""
        told = self.whole.recorded
        if not told:
            return None
        other = Counter({key: count for key, count in told.items() if key[1] != key[2]})
        return {
            "compared": told.total(),
            "equal": told.total() - other.total(),
            "differ": [
                {"disease": disease, "recorded": then, "now": now, "count": count}
                for (disease, then, now), count in sorted(other.items())
            ],
        }

    def _disease(self, plan: DiseasePlan, kinds: list[tuple[int, Group, int]]) -> dict[str, Any]:
        own = [(number, group, count) for number, group, count in kinds if group.disease == plan.id]
        frequent = sorted(own, key=lambda each: (-each[2], each[0]))[:MOST_KINDS]
        told = sorted(frequent, key=lambda each: each[0])
        judged = Counter({key[1:]: n for key, n in self.whole.judged.items() if key[0] == plan.id})
        effects: Counter[Effect] = Counter()
        for _, group, count in own:
            effects[Effect(group.effect)] += count
        effects[Effect.SAME] = judged.total() - effects.total()
        return {
            "id": plan.id,
            "number": plan.number,
            "name": plan.name,
            "state": "both" if plan.old and plan.new else "added" if plan.new else "removed",
            "proven_same": plan.same,
            "rule_changes": list(plan.told()),
            "judged": judged.total(),
            "skipped": self.whole.skipped[plan.id],
            "changed": sum(effects[effect] for effect in _CONCLUSION_CHANGED),
            "effects": _effects(effects),
            "matrix": _matrix(Counter({("", *key): n for key, n in judged.items()})),
            "criteria": list(_criteria(plan, own)),
            "kinds": [self._kind(plan, *each) for each in told],
            "kinds_left_out": len(own) - len(told),
            "left_out": sum(count for _, _, count in own) - sum(count for _, _, count in told),
        }

    def _kind(self, plan: DiseasePlan, number: int, group: Group, count: int) -> dict[str, Any]:
        titles = _titles(plan)
        return {
            "kind": number,
            "count": count,
            "effect": group.effect,
            "effect_text": EFFECTS[Effect(group.effect)],
            "before": group.before,
            "after": group.after,
            "headline": headline(group),
            "items": [
                {
                    "old_item": move.old_item,
                    "item": move.item,
                    "title": titles.get(move.item or move.old_item or "", ""),
                    "before": move.before,
                    "after": move.after,
                    "reason_before": move.reason_before,
                    "reason_after": move.reason_after,
                    "text": move_words(move),
                    "conditions": list(condition_words(move)),
                }
                for move in group.moves
            ],
            "missing_before": list(group.missing_before),
            "missing_after": list(group.missing_after),
            "because": list(why_words(group)),
            "samples": [
                {
                    "application": sample.application,
                    "as_of": sample.as_of,
                    "said": [
                        {"item": name_of(move), "before": before, "after": after}
                        for move, (before, after) in zip(group.moves, sample.said, strict=True)
                    ],
                }
                for sample in self.whole.samples.get(group, ())
            ],
        }


def _titles(plan: DiseasePlan) -> dict[str, str]:
    rules = [rule for rule in (plan.old, plan.new) if rule is not None]
    return {item.id: item.title for rule in rules for item in rule.items}


def _effects(effects: Mapping[Effect, int]) -> list[dict[str, Any]]:
    return [{"effect": e.value, "text": EFFECTS[e], "count": effects[e]} for e in Effect if effects.get(e)]


def _matrix(judged: Mapping[tuple[str, str, str], int]) -> list[dict[str, Any]]:
    sums: Counter[tuple[str, str]] = Counter()
    for (_, before, after), count in judged.items():
        sums[before, after] += count
    order = {"": len(Conclusion), **{code.value: place for place, code in enumerate(_CONCLUSIONS)}}
    ordered = sorted(sums.items(), key=lambda each: (order[each[0][0]], order[each[0][1]]))
    return [{"before": b or None, "after": a or None, "count": n} for (b, a), n in ordered]


def _criteria(plan: DiseasePlan, kinds: list[tuple[int, Group, int]]) -> Iterator[dict[str, Any]]:
    """By item of the standard: how often it came out differently, and how."""
    titles = _titles(plan)
    moves: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    decided: Counter[tuple[str, str]] = Counter()
    for _, group, count in kinds:
        for move in group.moves:
            key = (move.old_item or "", move.item or "")
            moves.setdefault(key, Counter())[move.before or "", move.after or ""] += count
            decided[key] += count * (group.before != group.after)
    ranked = sorted(moves.items(), key=lambda each: (-each[1].total(), each[0]))
    for (old, new), counted in ranked:
        yield {
            "old_item": old or None,
            "item": new or None,
            "title": titles.get(new or old, ""),
            "changed": counted.total(),
            "with_other_conclusion": decided[old, new],
            "moves": [
                {"before": b or None, "after": a or None, "count": n}
                for (b, a), n in sorted(counted.items(), key=lambda each: (-each[1], each[0]))
            ],
        }


def _people(counted: Mapping[tuple[str, str, str], int]) -> Iterator[dict[str, Any]]:
    """By age band and sex: how many were judged, and what the change is for them."""
    for dimension, title in DIMENSIONS.items():
        values = sorted({value for name, value, _ in counted if name == dimension}, key=_place)
        for value in values:
            effects = {Effect(e): n for (name, v, e), n in counted.items() if (name, v) == (dimension, value)}
            yield {
                "dimension": dimension,
                "dimension_text": title,
                "value": value,
                "judged": sum(effects.values()),
                "effects": _effects(effects),
            }


def _place(value: str) -> tuple[int, str]:
    return (AGE_BANDS.index(value) if value in AGE_BANDS else 0, value)
