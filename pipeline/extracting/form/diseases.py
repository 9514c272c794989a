"""Disease applied for: written behind its label, or ticked in a list.

A list is read by its marks (☑, √). Where OCR returns every box as 口, the ink inside the boxes is compared instead;
when neither tells, the value is UNREADABLE, never a guess at the first of the list. Instructions name diseases too
(``申请病种按目录填写，如高血压``); what is said about applying is not what is applied for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median

from pipeline.extracting.form.ink import Canvas, tick_ink
from pipeline.extracting.form.options import has_box, options
from pipeline.fields import Candidate, Field, fold
from pipeline.fields.geometry import beneath
from pipeline.nouns import Line, ReadPage
from rules.vocabulary.documents import load_form

__all__ = ["Applied", "ticked_diseases", "written_disease", "written_diseases"]


@dataclass(frozen=True, slots=True)
class Applied:
    """One disease as the form states it."""

    text: str
    lines: tuple[Line, ...]
    confidence: float


def ticked_diseases(page: ReadPage, canvas: Canvas | None) -> tuple[tuple[Applied, ...], bool]:
    """Ticked diseases of a list on the page.

    Returns:
        The ticked ones, and whether there is a list at all (so that "none ticked" is UNREADABLE, not ABSENT).
    """
    form = load_form()
    listed = list(options(page))
    if not listed:
        return (), False
    marked = [option for option in listed if option.marker in form.ticked]
    clear = any(option.marker in form.unticked for option in listed) or len(listed) == 1
    if marked and len(marked) < max(2, len(listed)):
        confidence = 0.9 if clear else 0.75
        return tuple(Applied(option.name, (option.line,), confidence) for option in marked), True
    if canvas is None or len(listed) < 2:
        return (), True
    shares = [tick_ink(canvas, option.box) for option in listed]
    usual = median(shares)
    chosen = [option for option, share in zip(listed, shares, strict=True) if share >= max(0.1, 2.2 * usual + 0.04)]
    if chosen and len(chosen) <= max(1, len(listed) // 2):
        return tuple(Applied(option.name, (option.line,), 0.7) for option in chosen), True
    return (), True


_EMPTY = re.compile(r"^[_\-:.()（）、/\s]*$")
_HINT = re.compile(r"请填写|可多选|单选|打√|勾选|填写|见附|目录|名称$|注:")
_SAID = re.compile(r"。|须|应[当由附提]|例如|示例|如:|等病|提交|提供|规定|符合|患者|诊断明确")
"""Words of instructions and opinions: no entry in the place of a disease says them."""
_OTHER_LABEL = re.compile(r"^[\u4e00-\u9fff()]{2,12}:")
_CODE = re.compile(r"[(（\[]?[A-Z]{1,2}\d{2,6}(?:\.\d{1,3})?[)）\]]?$")
"""The code of the catalogue behind a name: 糖尿病(M01600)."""
_NUMBER = r"(?:[(（]?\d{1,2}[)）.、．]|[①-⑳])"


def written_diseases(field: Field, page: ReadPage) -> tuple[Applied, ...]:
    """Diseases written behind the label of ``field``: several where the entry lists several."""
    whole = written_disease(field, page)
    if whole is None:
        return ()
    return tuple(Applied(piece, whole.lines, whole.confidence) for piece in _pieces(whole.text))


def written_disease(field: Field, page: ReadPage) -> Applied | None:
    """What is written behind the label of ``field``, with a second line of the same cell joined."""
    form = load_form()
    for candidate in field.candidates:
        text = candidate.text.strip("_:;.、-")
        if _EMPTY.match(text) or _HINT.search(text) or not re.search(r"[\u4e00-\u9fff]{2}", text):
            continue
        if has_box(text) or _SAID.search(text) or _OTHER_LABEL.match(text):
            continue
        # 口高血压: a list whose boxes were read as characters.
        if text[0] in form.unsure and (_in_list(candidate, page) or _boxed(text, form.unsure)):
            continue
        lines = _lines(text, candidate, page)
        printed = "".join(part.text.strip() for part in lines).strip(" _:：;；.、-")
        printed = re.sub(rf"^{_NUMBER}", "", printed)
        known = load_disease(text)
        printed = _CODE.sub("", printed).strip() if known else printed
        return Applied(printed, lines, min(line.confidence for line in lines) if known else 0.5)
    return None


def _boxed(text: str, unsure: str) -> bool:
    return len(re.findall(f"[{re.escape(unsure)}]", text)) >= 2


def _in_list(candidate: Candidate, page: ReadPage) -> bool:
    """True when the candidate is one of several options of a list."""
    listed = list(options(page))
    boxes = [line.upright for line in candidate.lines]
    return len(listed) >= 2 and any(
        min(o.line.upright[2], box[2]) > max(o.line.upright[0], box[0])
        and min(o.line.upright[3], box[3]) > max(o.line.upright[1], box[1])
        for o in listed
        for box in boxes
    )


_SHARED = re.compile(r"(?:后遗症|恢复期|术后|治疗|并发症)$")
"""What the last of a list may say for all of them: 脑出血、脑梗死后遗症 is one entry of a catalogue."""


def _pieces(text: str) -> list[str]:
    """The diseases of an entry that lists several (高血压、糖尿病; 1.高血压 2.糖尿病), else the entry as it is.

    Only where every part is the name of a disease by itself; brackets are never opened.
    """
    depth, cuts = 0, [(0, 0)]
    for match in re.finditer(rf"[(（]|[)）]|[、,，;；+＋/\n]|(?<=[\u4e00-\u9fff)）\s]){_NUMBER}", text):
        mark = match.group()
        if mark in "(（":
            depth += 1
        elif mark in ")）":
            depth -= 1
        elif depth == 0:
            cuts.append(match.span())
    ends = [start for start, _ in cuts[1:]] + [len(text)]
    parts = [text[after:end].strip(" 、,，;；") for (_, after), end in zip(cuts, ends, strict=True)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or not all(len(part) >= 2 and load_disease(part) for part in parts):
        return [text]
    if _SHARED.search(parts[-1]) and not any(re.search(r"\d|[①-⑳]", text[a:b]) for a, b in cuts[1:]):
        return [text]
    return parts


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
