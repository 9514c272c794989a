"""Answers of printed questions: 高血压史：有□ 无☑; 糖尿病：无; 冠心病 □有 ☑无.

Read as prose such a row denies the next question's disease (无☑ 糖尿病史). So what answers a term is read first, and
its words are no cues any more.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from pipeline.extracting.language.assertion import Assertion
from pipeline.extracting.language.boxes import BOX, find_boxes, ticked
from pipeline.extracting.language.text import GAP
from rules.engine.facts import AssertionStatus

__all__ = ["Answer", "answered", "find_answer", "unticked"]

_WORD = r"(?:没有|有|无|是|否|不详|不清)"
_TAIL = re.compile(r"(?:[病症]?(?:病?史)?)(?:\([^()]{1,6}\))?(?P<colon>:?)")
_BEFORE = re.compile(rf"(?:{BOX}{_WORD}[,、/]?){{1,3}}(?!{BOX})")
_BEHIND = re.compile(rf"(?:{_WORD}{BOX}[,、/]?){{1,3}}")
_OPTIONS = (
    (_BEFORE, re.compile(rf"(?P<box>{BOX})(?P<word>{_WORD})")),
    (_BEHIND, re.compile(rf"(?P<word>{_WORD})(?P<box>{BOX})")),
)
_PLAIN = re.compile(r"(?P<word>没有|否认|未发现|有|无|是|否|不详)(?P<sign>)|\((?P<mark>[-+])\)")
_YES, _NO = frozenset({"有", "是"}), frozenset({"没有", "无", "否", "否认", "未发现"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What ``text[start:end]`` answers: CONFIRMED for yes, DENIED for no, SUSPECTED where it cannot be told."""

    start: int
    end: int
    status: AssertionStatus


def find_answer(text: str, before: bytes | bytearray, end: int, starts: Container[int]) -> Answer | None:
    """Return what answers the term that ends at ``end``; ``starts``: where terms begin."""
    tail = _TAIL.match(text, end)
    if tail is None:
        return None
    place = tail.end()
    for pattern, option in _OPTIONS:
        match = pattern.match(text, place)
        if match is not None:
            words = {m["word"] for m in option.finditer(match[0]) if ticked(m["box"])}
            return Answer(place, match.end(), _status(words, ""))
    match = _PLAIN.match(text, place) if tail["colon"] else None
    if match is None or not _closed(text, before, match.end(), starts):
        return None
    return Answer(place, match.end(), _status({match["word"] or ""}, match["mark"] or ""))


def _status(words: set[str], mark: str) -> AssertionStatus:
    if (words and words <= _NO) or mark == "-":
        return AssertionStatus.DENIED
    if (words and words <= _YES) or mark == "+":
        return AssertionStatus.CONFIRMED
    return AssertionStatus.SUSPECTED


def _closed(text: str, before: bytes | bytearray, index: int, starts: Container[int]) -> bool:
    """True when the answer ends here: 无 and no more, not 无明显并发症."""
    return index >= len(text) or text[index] in ",;。、\n\t)" or bool(before[index] & GAP) or index in starts


def unticked(text: str, start: int) -> bool:
    """True when the term at ``start`` stands behind an empty box, as an offer that nobody chose."""
    row = text.rfind("\n", 0, start) + 1
    boxes = find_boxes(text, row, start)
    return bool(boxes) and boxes[-1].end == start and not boxes[-1].ticked


def answered(stated: Assertion, answer: Answer | None, *, offer: bool) -> Assertion:
    """Join what the words around a term say with what answers it; an offer not chosen says nothing."""
    if answer is None:
        return Assertion(AssertionStatus.SUSPECTED, nobody=True) if offer else stated
    family = stated.status is AssertionStatus.FAMILY
    if answer.status is AssertionStatus.DENIED:
        return Assertion(AssertionStatus.FAMILY, nobody=True) if family else Assertion(AssertionStatus.DENIED)
    if answer.status is AssertionStatus.SUSPECTED and not family:
        return Assertion(AssertionStatus.SUSPECTED)
    return stated
