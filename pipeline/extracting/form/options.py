"""Lists to tick: names of diseases with a box, bracket or tick before or behind each.

Offices print ``□高血压``, ``高血压□``, ``（ ）高血压`` and ``高血压（√）``; OCR gives a box as 口 or not at all. Which
side the boxes of a list stand on is decided once for the page: a tick between two names belongs to one of them only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.fields import Folded, fold
from pipeline.fields.geometry import height
from pipeline.nouns import Line, ReadPage
from rules.engine.facts import Box
from rules.vocabulary.documents import load_form

__all__ = ["Option", "has_box", "options"]


@dataclass(frozen=True, slots=True)
class Option:
    """One name of a list and the box that belongs to it."""

    name: str
    line: Line
    """The piece of the line with box and name."""
    marker: str
    """The box as read; empty for a name without one in a list where others have one."""
    box: Box
    """Where the box is expected, upright frame."""


_PAPERS = re.compile(
    r"(?:证明|证明书|小结|病历|病历本|首页|报告|报告单|复印件|处方|清单|身份证|病理|材料|记录|其他|发票|票据|原件)$"
)
"""The list of papers handed in has boxes too."""
_ASKING = re.compile(r"病种|请在|选择|相应")
_NUMBERED = re.compile(r"^(?:\(?\d{1,2}[).、,]?|[①-⑳])")


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Boxes that are boxes wherever they stand, and characters that are boxes only where a box belongs."""
    form = load_form()
    ticked, boxes = re.escape(form.ticked), re.escape(form.ticked + form.unticked)
    # □√ is one ticked box; (√) and ( ) are boxes of their own, with any tick between the brackets.
    sure = re.compile(
        rf"[\[(]?[{re.escape(form.unticked)}]?[\])]?(?P<tick>[{ticked}])[\])]?|[\[(]?[{boxes}][\])]?|[\[(][\])]"
    )
    loose = re.compile(rf"(?:^|(?<=[\u4e00-\u9fff)])|(?<=[,，、;；]))[{re.escape(form.unsure)}](?=[\u4e00-\u9fff])")
    return sure, loose


def has_box(text: str) -> bool:
    """True when a folded text has a box, a tick or an empty pair of brackets."""
    return _patterns()[0].search(text) is not None


def _boxes(text: Folded) -> list[tuple[int, int, str]]:
    """Boxes of a line: start, end, and the character that tells (``□`` for an empty pair of brackets)."""
    sure, loose = _patterns()
    found: list[tuple[int, int, str]] = []
    for match in sure.finditer(text.text):
        if re.search(r"[打划画][\"“'‘]?$", text.text[: match.start()]):
            continue  # 请在相应病种后打√
        inner = match.group("tick") or match.group().strip("[]()") or "□"
        found.append((match.start(), match.end(), inner))
    for match in loose.finditer(text.text):
        # 口 is a box at the start of a line, after white space, or where the line has other boxes.
        if match.start() == 0 or match.start() in text.gaps or found:
            found.append((match.start(), match.end(), match.group()))
    return sorted(found)


def _behind(lines: list[tuple[Line, Folded, list[tuple[int, int, str]]]]) -> bool:
    """True when the boxes of the page's lists stand behind their names."""
    votes = 0
    disease = re.compile(load_form().disease_words)
    for _, text, boxes in lines:
        head = re.sub(r"^.*[:：]", "", _NUMBERED.sub("", text.text[: boxes[0][0]]))
        tail = text.text[boxes[-1][1] :]
        if not disease.search(text.text) or bool(head) == bool(re.search(r"[\u4e00-\u9fff]", tail)):
            continue
        votes += 1 if head else -1
    return votes > 0


def options(page: ReadPage) -> Iterator[Option]:
    """Names of diseases that stand beside a box, ticked or not, in reading order."""
    lines = [(line, text, boxes) for line in page.lines if (boxes := _boxes(text := fold(line.text)))]
    disease = re.compile(load_form().disease_words)
    behind = _behind(lines)
    for line, text, boxes in lines:
        for number, (begin, after, marker) in enumerate(boxes):
            if behind:
                start, end = (boxes[number - 1][1] if number else 0), begin
                start = max(start, text.text.rfind(":", start, end) + 1)
            else:
                start, end = after, (boxes[number + 1][0] if number + 1 < len(boxes) else len(text.text))
            span = _name(text.text, start, end)
            if span is None:
                continue
            name = text.text[span[0] : span[1]]
            if not 2 <= len(name) <= 36 or not disease.search(name) or _PAPERS.search(name) or _ASKING.search(name):
                continue
            place = line.part(*text.original(begin, after)).upright
            centre, middle = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
            side = 0.55 * height(line)
            c, d = text.original(min(begin, span[0]), max(after, span[1]))
            e, f = text.original(*span)
            yield Option(
                line.text[e:f].strip(),
                line.part(c, d),
                marker,
                (centre - side, middle - side, centre + side, middle + side),
            )


def _name(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the name of an option stands between two boxes, its number and what follows a stop left out."""
    number = _NUMBERED.match(text[start:end])
    start += number.end() if number else 0
    stop = re.search(r"[,，;；。:]|_{2,}", text[start:end])
    end = start + stop.start() if stop else end
    # The number of the next option, printed before its box: 1.□恶性肿瘤 2.□白血病
    end -= len(text[start:end]) - len(re.sub(r"(?:\(?\d{1,2}[).、]|[①-⑳])$", "", text[start:end]))
    while start < end and text[start] in " _.、":
        start += 1
    while start < end and text[end - 1] in " _.、":
        end -= 1
    return (start, end) if start < end else None
