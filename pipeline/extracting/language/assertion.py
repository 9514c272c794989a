"""How a term is asserted: denied, suspected, of the past, of the family (hazard H11).

The idea is ConText's: cues with category, direction and scope, ended by terminators; all of it is data in
``rules/vocabulary/language/assertion.yaml``. Scopes are spans of characters, since Chinese has no word boundaries.
Where the scope of a denial is unclear the answer is SUSPECTED, never CONFIRMED.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.extracting.language.patterns import alternatives
from rules.engine.facts import AssertionStatus
from rules.vocabulary.language import Cue, load_cues, load_list_words

__all__ = ["Assertion", "CueSpan", "assert_span", "find_cues", "item_status"]


@dataclass(frozen=True, slots=True)
class CueSpan:
    """A cue found at ``text[start:end]``."""

    start: int
    end: int
    cue: Cue


@dataclass(frozen=True, slots=True)
class Assertion:
    """What the cues around a term say."""

    status: AssertionStatus
    planned: bool = False
    """Intended, not done (拟行, 择期): for treatments."""
    nobody: bool = False
    """Denied of the family: says nothing of the patient."""


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[re.Pattern[str], Cue], ...]:
    return tuple((alternatives(cue.words), cue) for cue in load_cues())


def find_cues(text: str) -> tuple[CueSpan, ...]:
    """Return the cues of ``text``; a longer one hides the shorter ones that it overlaps."""
    spans = [
        CueSpan(match.start(), match.end(), cue)
        for pattern, cue in _compiled()
        for match in pattern.finditer(text)
        if match.end() > match.start()
    ]
    spans.sort(key=lambda span: (span.start - span.end, span.cue.category != "none", span.start))
    kept: list[CueSpan] = []
    for span in spans:
        rivals = [k for k in kept if k.start < span.end and span.start < k.end]
        if all((k.start, k.end) == (span.start, span.end) and k.cue.category != "none" for k in rivals):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: (span.start, span.end)))


_SENTENCE_END = re.compile(r"[。;\n\t!]")
_DURATION = re.compile(r"\d+余?多?个?[年月天周]|[一二三四五六七八九十]+余?多?个?[年月天周]|多年|年余|数年")


def assert_span(
    text: str,
    start: int,
    end: int,
    cues: Sequence[CueSpan],
    default: AssertionStatus = AssertionStatus.CONFIRMED,
) -> Assertion:
    """Return how the term ``text[start:end]`` is asserted, ``default`` where no cue reaches it."""
    left = max((m.end() for m in _SENTENCE_END.finditer(text, max(0, start - 160), start)), default=max(0, start - 160))
    ahead = _SENTENCE_END.search(text, end)
    right = ahead.start() if ahead else len(text)
    near = [span for span in cues if span.end > left and span.start < right]
    reached: set[str] = set()
    sure: set[int] = set()
    unclear: set[int] = set()
    for span in near:
        if span.cue.category in ("none", "stop"):
            continue
        if span.start >= start and span.end <= end:  # within the term's own name
            continue
        if text[span.start] == "或" and _denied_before(text, span, near):
            continue  # 无上皮内病变或恶性病变: both are denied
        verdict = _reaches(text, start, end, span, near)
        if verdict == "yes":
            reached.add(span.cue.category)
            sure.add(span.start)
        elif verdict:
            unclear.add(span.start)
    if unclear - sure:  # one word with two scopes reaches as far as the wider one is sure to
        reached.add("suspected")
    return _decide(reached, default)


def _denied_before(text: str, alternative: CueSpan, cues: Sequence[CueSpan]) -> bool:
    """True when a denial runs up to the word 或 in its clause."""
    return any(
        c.cue.category == "denied"
        and c.cue.direction == "forward"
        and c.end <= alternative.start
        and "," not in text[c.end : alternative.start]
        for c in cues
    )


def _reaches(text: str, start: int, end: int, span: CueSpan, cues: Sequence[CueSpan]) -> str:
    """``yes``, ``unclear`` or an empty string."""
    if span.cue.direction in ("forward", "both") and span.end <= start + 1 and span.start < start:
        return _forward(text, start, end, span, cues)
    if span.cue.direction in ("backward", "both") and span.start > start and span.end > end:
        return _backward(text, end, span, cues)
    return ""


def _forward(text: str, start: int, end: int, span: CueSpan, cues: Sequence[CueSpan]) -> str:
    between = text[span.end : start]
    if span.cue.scope == "sentence":
        return "yes"
    if any(c.cue.category == "stop" and span.end <= c.start and c.end <= start for c in cues):
        return ""
    if "," not in between:
        return "yes" if span.cue.scope != "near" or len(between) <= 12 else ""
    clause = _clause(text, start, end)
    if span.cue.scope == "list":
        own = [c for c in cues if c is not span and c.cue.category in ("denied", "suspected", "history", "family")]
        others = any(c.cue.direction == "forward" and c.start > span.end and c.end <= start for c in own)
        return "" if others or _DURATION.search(clause) else "yes"
    if span.cue.category != "denied" or between.count(",") > 1:
        return ""
    # "未见出血,梗死灶": a comma where a 、 may have been meant. Bare words right after it are unclear.
    before_comma, _, lead = between.rpartition(",")
    if _GENERAL.search(before_comma):
        return ""  # 未见异常,主动脉硬化: the denial is complete
    restarted = any(c.start > span.end and c.end <= start for c in cues)
    bare = not lead and len(clause) <= (end - start) + 2
    return "unclear" if bare and not restarted and len(before_comma) <= 14 else ""


_GENERAL = re.compile(r"(?:异常|病变|改变|征象|障碍|占位|密度影|信号影|病灶|器质性病变|特殊)$")


def _clause(text: str, start: int, end: int) -> str:
    low = max(text.rfind(sign, 0, start) for sign in ",。;\n\t") + 1
    high = min((i for i in (text.find(sign, end) for sign in ",。;\n\t") if i >= 0), default=len(text))
    return text[low:high]


def _backward(text: str, end: int, span: CueSpan, cues: Sequence[CueSpan]) -> str:
    between = text[end : span.start]
    limit = 12 if span.cue.scope == "near" else 40
    if "," in between or len(between) > limit:
        return ""
    if span.cue.scope == "near" and "、" in between:
        return ""
    if any(c.cue.category == "stop" and end <= c.start and c.end <= span.start for c in cues):
        return ""
    return "yes"


def _decide(reached: set[str], default: AssertionStatus) -> Assertion:
    planned = "planned" in reached
    family = "family" in reached or default is AssertionStatus.FAMILY
    if family:
        return Assertion(AssertionStatus.FAMILY, planned, nobody="denied" in reached)
    if "suspected" in reached:
        return Assertion(AssertionStatus.SUSPECTED, planned)
    if "denied" in reached:
        return Assertion(AssertionStatus.DENIED, planned)
    if "history" in reached and default is not AssertionStatus.SUSPECTED:
        return Assertion(AssertionStatus.HISTORY, planned)
    return Assertion(default, planned)


@lru_cache(maxsize=1)
def _item_rules() -> tuple[tuple[re.Pattern[str], AssertionStatus], ...]:
    words = load_list_words()
    return (
        (alternatives(words.suspected), AssertionStatus.SUSPECTED),
        (alternatives(words.denied), AssertionStatus.DENIED),
        (alternatives(words.history), AssertionStatus.HISTORY),
    )


def item_status(name: str, default: AssertionStatus = AssertionStatus.CONFIRMED) -> AssertionStatus:
    """Return how one diagnosis of a list is asserted; ``name`` is its folded text."""
    for pattern, status in _item_rules():
        if pattern.search(name):
            return status
    return default
