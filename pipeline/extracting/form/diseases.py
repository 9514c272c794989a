"""Disease applied for: written behind its label, or ticked in a list.

A list is read by its marks (☑, √). Where OCR returns every box as 口, the ink inside the boxes is compared instead;
when neither tells, the value is UNREADABLE, never a guess at the first of the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from pipeline.extracting.form.ink import Canvas, tick_ink
from pipeline.fields import Candidate, Field, fold
from pipeline.fields.geometry import beneath, height
from pipeline.nouns import Line, ReadPage
from rules.engine.facts import Box
from rules.vocabulary.documents import load_form

__all__ = ["Applied", "ticked_diseases", "written_disease"]


@dataclass(frozen=True, slots=True)
class Applied:
    """One disease as the form states it."""

    text: str
    lines: tuple[Line, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Option:
    name: str
    line: Line
    marker: str
    box: Box
    """Where the tick box is expected, upright frame."""


_PAPERS = re.compile(
    r"(?:证明|证明书|小结|病历|病历本|首页|报告|报告单|复印件|处方|清单|身份证|病理|材料|记录|其他|发票|票据|原件)$"
)
"""The list of papers handed in has boxes too."""


def _marks() -> tuple[str, str, str]:
    form = load_form()
    return form.ticked, form.unticked, form.unsure


def _options(page: ReadPage) -> Iterator[_Option]:
    """Names of diseases that stand behind a box, ticked or not."""
    ticked, unticked, unsure = _marks()
    boxes = re.escape(ticked + unticked)
    disease = re.compile(load_form().disease_words)
    for line in page.lines:
        text = fold(line.text)
        plain = re.compile(rf"[\[(]?([{boxes}])[\])]?(?=[\u4e00-\u9fff0-9Ⅰ-Ⅻ])")
        starts = [(match.start(), match.end(), match.group(1)) for match in plain.finditer(text.text)]
        loose = re.compile(rf"(?:^|(?<=[\u4e00-\u9fff)])|(?<=[,，、;；]))([{re.escape(unsure)}])(?=[\u4e00-\u9fff])")
        for match in loose.finditer(text.text):
            # 口 is a box at the start of a line, after white space, or where the line has other boxes.
            if match.start() == 0 or match.start() in text.gaps or starts:
                starts.append((match.start(), match.end(), match.group(1)))
        starts.sort()
        for number, (begin, after, marker) in enumerate(starts):
            end = starts[number + 1][0] if number + 1 < len(starts) else len(text.text)
            name = re.split(r"[,，;；。:]|_{2,}", text.text[after:end], maxsplit=1)[0].strip(" _.、")
            name = re.sub(r"^\d{1,2}[.、]", "", name)
            if not 2 <= len(name) <= 36 or not disease.search(name) or _PAPERS.search(name):
                continue
            a, b = text.original(begin, after)
            place = line.part(a, b).upright
            tall = height(line)
            centre = (place[0] + place[2]) / 2
            middle = (place[1] + place[3]) / 2
            side = 0.55 * tall
            box: Box = (centre - side, middle - side, centre + side, middle + side)
            at = text.text.find(name, after)
            c, d = text.original(begin, at + len(name))
            e, f = text.original(at, at + len(name))
            yield _Option(
                line.text[e:f].strip(),
                line.part(c, d),
                marker,
                box,
            )


def ticked_diseases(page: ReadPage, canvas: Canvas | None) -> tuple[tuple[Applied, ...], bool]:
    """Ticked diseases of a list on the page.

    Returns:
        The ticked ones, and whether there is a list at all (so that "none ticked" is UNREADABLE, not ABSENT).
    """
    ticked, unticked, _ = _marks()
    options = list(_options(page))
    if not options:
        return (), False
    marked = [option for option in options if option.marker in ticked]
    clear = any(option.marker in unticked for option in options) or len(options) == 1
    if marked and len(marked) < max(2, len(options)):
        confidence = 0.9 if clear else 0.75
        return tuple(Applied(option.name, (option.line,), confidence) for option in marked), True
    if canvas is None or len(options) < 2:
        return (), True
    shares = [tick_ink(canvas, option.box) for option in options]
    usual = median(shares)
    chosen = [option for option, share in zip(options, shares, strict=True) if share >= max(0.1, 2.2 * usual + 0.04)]
    if chosen and len(chosen) <= max(1, len(options) // 2):
        return tuple(Applied(option.name, (option.line,), 0.7) for option in chosen), True
    return (), True


_EMPTY = re.compile(r"^[_\-:.()（）、/\s]*$")
_HINT = re.compile(r"请填写|可多选|单选|打√|勾选|填写|见附|目录|名称$|注:")


def written_disease(field: Field, page: ReadPage) -> Applied | None:
    """Disease written behind the label of ``field``, with a second line of the same cell joined."""
    ticked, unticked, unsure = _marks()
    for candidate in field.candidates:
        text = candidate.text.strip("_:;.、-")
        if _EMPTY.match(text) or _HINT.search(text) or not re.search(r"[\u4e00-\u9fff]{2}", text):
            continue
        if any(mark in text for mark in ticked + unticked):
            continue
        if text[0] in unsure and len(re.findall(f"[{re.escape(unsure)}]", text)) >= 2:
            continue
        text = re.sub(r"^(?:\(?\d{1,2}[).、]|[①-⑳])", "", text)
        lines = _lines(text, candidate, page)
        printed = "".join(part.text.strip() for part in lines).strip(" _:：;；.、-")
        printed = re.sub(r"^(?:[(（]?\d{1,2}[)）.、]|[①-⑳])", "", printed)
        confidence = min(line.confidence for line in lines) if load_disease(text) else 0.5
        return Applied(printed, lines, confidence)
    return None


def load_disease(text: str) -> bool:
    """True when ``text`` contains a word that names of diseases contain."""
    return re.search(load_form().disease_words, text) is not None


def _lines(text: str, candidate: Candidate, page: ReadPage) -> tuple[Line, ...]:
    """Lines of the value; a bracket left open goes on in the line below, in the same cell."""
    lines = candidate.lines
    if text.count("(") <= text.count(")"):
        return lines
    for other in beneath(lines[-1], page, reach=2.2)[:1]:
        more = fold(other.text).text
        if len(more) <= 14 and ")" in more:
            return (*lines, other)
    return lines
