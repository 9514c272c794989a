"""Entries of a diagnosis list are judged before they count: sentences are none, and denials reach their whole run.

A form may hide its next heading, so that its history lands under 出院诊断. Then 否认高血压、糖尿病 must not become a
confirmed 糖尿病 (hazards H10, H11): whatever reads like a sentence gives mentions only, and nothing below is confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extracting.language.assertion import assert_span, item_status
from pipeline.extracting.language.context import Reading
from pipeline.extracting.language.lists import Item
from rules.engine.facts import AssertionStatus

__all__ = ["Entry", "judge_entries", "reads_like_prose"]


@dataclass(frozen=True, slots=True)
class Entry:
    """``item`` and how it is asserted; ``listed`` is false for what only a sentence mentions."""

    item: Item
    status: AssertionStatus
    listed: bool = True


_PROSE = re.compile(
    r"患者(?!$)|病人(?!$)|患儿|入院|住院(?!$)|来院|我[院科]|就诊|予以?|自诉|主诉|平素|体健|否认|既往(?!史?$)(?!^)"
    r"|病史(?=[^)\d多余])|未见|未及|未触|未闻|未诉|未发现|未查"
    r"|(?<![待检筛复体普])查(?!体$|因|$)|(?:CT|MRI?|超声|彩超|B超|检查|X线|胸片|心电图|胃镜|肠镜|化验|病理)(?:提示|示|见)"
    r"|(?:自|口|曾|现|间断|规律|长期)服|服[用药]|(?:年|月|周|天|日|小时)余?(?:前|来)|^因|^有(?!机)|神志|神清|查体|排除禁忌"
)
_ADVICE = re.compile(r"^(?:建议|嘱|注意|定期|请|需|继续|门诊)|随访|随诊(?!检查)")
_LOOSE = re.compile(r"出现|好转|平稳|不适|缓解(?!期)|改善|控制|明显|最高|[^\d]后,|遂|仍|稍|无|因|行|诉|治疗")
_BRACKETS = re.compile(r"\([^()]*\)")
_LONG = 24


def reads_like_prose(folded: str) -> bool:
    """True when ``folded`` tells something instead of naming a disease; what stands in brackets does not count."""
    bare = _BRACKETS.sub("", folded).removeprefix("否认")
    return bool(_PROSE.search(bare)) or (len(bare) >= _LONG and "," in bare and bool(_LOOSE.search(bare)))


_JOINED = re.compile(r"[、,和及或与/ ]*")


def judge_entries(reading: Reading, items: Sequence[Item], default: AssertionStatus) -> Iterator[Entry]:
    """Yield the entries of one list with their status; sentences give the names they mention, never confirmed.

    Below a sentence nothing is confirmed any more: the list has ended though no heading says so.
    """
    told = False
    for run in _runs(reading.text, items):
        for item in run:
            folded = reading.text[item.start : item.end]
            if _mixed(reading, item) or reads_like_prose(folded):
                told = told or not _ADVICE.search(folded)
                yield from _mentions(reading, item)
                continue
            if _ADVICE.search(_BRACKETS.sub("", folded)):
                continue
            status = item_status(folded, default)
            if status is AssertionStatus.CONFIRMED:
                status = _within(reading, run, item)
            if item.doubted and status is AssertionStatus.CONFIRMED:
                status = AssertionStatus.SUSPECTED
            if told and status is AssertionStatus.CONFIRMED:
                status = AssertionStatus.HISTORY
            yield Entry(item, status, listed=not told)


def _runs(text: str, items: Sequence[Item]) -> list[list[Item]]:
    """Entries between which only commas stand: one breath, so a denial at its head reaches all of them."""
    runs: list[list[Item]] = []
    for item in items:
        if runs and _JOINED.fullmatch(text[runs[-1][-1].end : item.start]):
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


def _within(reading: Reading, run: Sequence[Item], item: Item) -> AssertionStatus:
    """How the other entries of the run assert this one: 否认高血压、糖尿病; 高血压、糖尿病病史."""
    if len(run) == 1:
        return AssertionStatus.CONFIRMED
    cues = []
    for other in run:
        text = reading.text[other.start : other.end]
        told = reads_like_prose(text) or _mixed(reading, other)
        for c in reading.cues:
            if not other.start <= c.start or c.end > other.end or reading.text[c.end : c.end + 1] == "性":
                continue  # 家族性高胆固醇血症 says nothing of a family
            # Within a name a cue speaks of that name alone: 2型糖尿病不伴有并发症, 胃癌术后, 发热原因待查.
            heads = c.cue.direction != "backward" and (told or c.start <= other.start + 1)
            if heads or (c.cue.direction == "backward" and c.cue.scope == "list"):
                cues.append(c)
    return assert_span(reading.text, item.start, item.end, cues).status


def _mixed(reading: Reading, item: Item) -> bool:
    """True when a denial within the entry reaches a disease that the entry names after it: 肺部感染无糖尿病."""
    denials = [
        c.end
        for c in reading.cues
        if c.cue.category == "denied" and c.cue.direction == "forward" and item.start < c.start and c.end <= item.end
    ]
    return any(
        end <= span.start and span.end <= item.end for end in denials for span in reading.terms("diagnosis")
    )  # fmt: skip


def _mentions(reading: Reading, item: Item) -> Iterator[Entry]:
    spans = [s for s in reading.terms("diagnosis") if item.start <= s.start and s.end <= item.end]
    for span in spans:
        if any(o.start <= span.start and span.end <= o.end and len(o) > len(span) for o in spans):
            continue
        assertion = span._.assertion
        if assertion.nobody:
            continue
        status = assertion.status
        if status is AssertionStatus.CONFIRMED:
            status = AssertionStatus.HISTORY
        yield Entry(Item(span.start, span.end), status, listed=False)
