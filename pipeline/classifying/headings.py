"""Headings and layout: what a page looks like when its title is cut off, misread, or shared by several types."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.fields.fold import fold
from pipeline.fields.geometry import row_order
from pipeline.nouns import Line, ReadPage
from rules.engine.facts import DocumentType
from rules.vocabulary.documents import DocumentRule, load_document_rules

__all__ = ["HeadingScore", "cells", "is_prose", "opens", "score_headings"]

_NUMBERING = re.compile(r"^[\[(【]?(?:[0-9]{1,2}[.、)]|[一二三四五六七八九十]{1,3}[、.)]|[①-⑳])+")
_BRACKETS = re.compile(r"[\[\]【】]")
_SPLIT = re.compile(r"[:;,|/]|(?<=\))")


@dataclass(frozen=True, slots=True)
class HeadingScore:
    """Weight of the headings of one type on a page, and which ones were seen."""

    type: DocumentType
    score: float
    seen: tuple[str, ...]


def cells(lines: Sequence[Line]) -> list[str]:
    """Folded texts at which a heading may begin: starts of lines, and pieces after white space inside a line."""
    found: list[str] = []
    for line in lines:
        text = fold(line.text)
        starts = [0, *sorted(text.gaps)]
        for number, start in enumerate(starts):
            end = starts[number + 1] if number + 1 < len(starts) else len(text.text)
            piece = _NUMBERING.sub("", _BRACKETS.sub("", text.text[start:]))
            if number and end - start < 2:
                continue
            if piece:
                found.append(piece)
    return found


@lru_cache(maxsize=1)
def _rules() -> tuple[DocumentRule, ...]:
    return load_document_rules()


def _present(heading: str, starts: Mapping[str, Sequence[str]], page_text: str) -> bool:
    """A heading stands at the start of a cell, whole or before something that is no letter of a longer word."""
    tail = len(heading)
    latin = heading[-1].isascii() and heading[-1].isalnum()
    for cell in starts.get(heading[0], ()):
        if not cell.startswith(heading):
            continue
        after = cell[tail : tail + 1]
        if latin and after.isascii() and after.isalpha():
            continue
        if tail <= 2 and after and after not in ":;([/|.,、_ " and not after.isascii():
            continue
        return True
    return f"{heading}:" in page_text


def score_headings(lines: Sequence[Line], page: ReadPage | None = None) -> list[HeadingScore]:
    """Score every type by headings, words and table layout; highest first, types without a hit left out."""
    starts: dict[str, list[str]] = {}
    for cell in cells(lines):
        starts.setdefault(cell[0], []).append(cell)
    page_text = "\n".join(fold(line.text).text for line in lines)
    scores: list[HeadingScore] = []
    table = _lab_table(lines, page)
    # Units and analytes inside running text are a record that quotes results, not a sheet of them.
    terse = "\n".join(text for line in lines if len(text := fold(line.text).text) <= 30)
    for rule in _rules():
        seen: list[str] = []
        total = 0.0
        for heading, weight in rule.headings.items():
            if _present(heading, starts, page_text):
                total += weight
                seen.append(heading)
        for word, weight in rule.words.items():
            if word in (terse if rule.type is DocumentType.LAB_REPORT else page_text):
                total += weight
                seen.append(word)
        if rule.type is DocumentType.LAB_REPORT and table:
            total += table
            seen.append("项目表格")
        for heading, weight in rule.against.items():
            if total and _present(heading, starts, page_text):
                total -= weight
        if total > 0:
            scores.append(HeadingScore(rule.type, total, tuple(seen)))
    scores.sort(key=lambda item: -item.score)
    return scores


_COLUMNS = (
    re.compile(r"^(检验|检测|检查|试验|分析|化验)?(项目|项日|指标)(名称|全称)?|^中文名称|^名称"),
    re.compile(r"^(检验|检测|测定|检查|定量|定性)?(结果|测定值|结果值|检测值|测量值)"),
    re.compile(r"^(计量)?单位"),
    re.compile(r"^(生物|正常)?(参考|正常|叁考)(范围|值|区间|值范围|值区间|)"),
    re.compile(r"^(提示|标志|标识|状态|异常|箭头|↑↓|高低)"),
    re.compile(r"^(简称|代码|代号|缩写|英文|项目代码|英文缩写|编码)"),
)
_UNIT = re.compile(
    r"(?:[mμuµnpf]?mol|[mμuµnp]?g|[mk]?U|IU|mIU|uIU|μIU|[mu]?L|cells|10[\^*~]?\d{1,2})/(?:m?L|dL|d[Ll]|ml|h|24h|HP|LP|u[Ll]|μ[Ll])|^(?:fL|fl|pg|sec|秒|s)$|^%$|COI|S/CO"
)
_RANGE = re.compile(r"\d+(?:\.\d+)?(?:--?|~|—|–|-{1,2})\d+(?:\.\d+)?")


def is_prose(lines: Sequence[Line]) -> bool:
    """True when a good part of the page is running text: lines as long as a sentence."""
    lengths = [len(fold(line.text).text) for line in lines if line.text.strip()]
    return sum(length >= 24 for length in lengths) >= max(2, 0.35 * len(lengths))


def _lab_table(lines: Sequence[Line], page: ReadPage | None) -> float:
    """Weight of a table of items: header words in one row, and rows that pair a number with a unit or a range."""
    rows = row_order(page, lines) if page is not None else [[line] for line in lines]
    header = 0.0
    body = 0
    for row in rows:
        texts = [piece for line in row for piece in re.split(r"\s+", line.text.strip()) if piece]
        folds = [fold(text).text for text in texts]
        hits = sum(any(column.match(text) for text in folds) for column in _COLUMNS)
        joined = "".join(folds)
        if hits >= 3 and len(joined) < 80:
            header = max(header, 2.5)
        elif hits == 2 and len(joined) < 40:
            header = max(header, 1.0)
        unit = any(_UNIT.search(text) for text in folds)
        interval = any(_RANGE.search(text) for text in folds)
        if len(joined) < 70 and unit and interval and not re.search(r"[。;]", joined):
            body += 1
    return header + (2.5 if body >= 5 else 1.5 if body >= 3 else 0.5 if body >= 1 else 0.0)


def opens(kind: DocumentType, lines: Sequence[Line]) -> bool:
    """True when the page holds headings that open a document of ``kind``."""
    starts = cells(lines)
    for rule in _rules():
        if rule.type is kind:
            return any(re.match(pattern, cell) for pattern in rule.opening for cell in starts)
    return False
