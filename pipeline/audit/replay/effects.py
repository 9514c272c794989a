"""What a change of the conclusion is for the applicant."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from rules.engine.judgement import Conclusion

__all__ = ["BETTER", "EFFECTS", "WORSE", "Effect", "effect_of"]


class Effect(StrEnum):
    """From the applicant's side; in the order in which they are told."""

    GAINS = "gains"
    LOSES = "loses"
    EASED = "eased"
    TIGHTENED = "tightened"
    REROUTED = "rerouted"
    ITEMS = "items"
    MATERIAL = "material"
    GONE = "gone"
    CAME = "came"
    SAME = "same"


EFFECTS: Mapping[Effect, str] = {
    Effect.GAINS: "新增支持",
    Effect.LOSES: "不再支持",
    Effect.EASED: "由不支持转为待定",
    Effect.TIGHTENED: "由待定转为不支持",
    Effect.REROUTED: "待补材料与需人工互换",
    Effect.ITEMS: "结论不变，条目有变",
    Effect.MATERIAL: "只是待补清单有变",
    Effect.GONE: "新版没有该病种",
    Effect.CAME: "新版才有该病种",
    Effect.SAME: "没有变化",
}


BETTER = frozenset({Effect.GAINS, Effect.EASED})
WORSE = frozenset({Effect.LOSES, Effect.TIGHTENED})
"""Those that help, and those that hurt, the applicant."""


def effect_of(before: Conclusion | None, after: Conclusion | None) -> Effect:
    """The effect of a changed conclusion; None: that version has no rule of the disease. SAME where it is equal."""
    if before is after:
        return Effect.SAME
    if after is None:
        return Effect.GONE
    if before is None:
        return Effect.CAME
    if after is Conclusion.MEETS:
        return Effect.GAINS
    if before is Conclusion.MEETS:
        return Effect.LOSES
    if before is Conclusion.NOT_MET:
        return Effect.EASED
    return Effect.TIGHTENED if after is Conclusion.NOT_MET else Effect.REROUTED
