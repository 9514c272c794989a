"""Labels that stand before a value inside a result (phone screens, slips): 结果：5.2, 参考值 3.9-6.1, 上次：4.8."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.extracting.lab.cells import Cell

__all__ = ["label_of", "rest_of"]

_WORDS = {
    "previous": "(?:上上?|前)(?:一)?次(?:检[验测查])?(?:结果|值)?|历史(?:结果|值)|既往结果|最近一次",
    "name": "(?:检[验测查])?(?:项目|指标)(?:名称)?",
    "result": "(?:本次)?(?:检[验测查]|测定|化验)?结果值?|检测值|测定值|数值|本次",
    "unit": "(?:计量|结果)?单\\s*位",
    "range": "(?:生物|正常)?参考(?:范围|区间|值)?|正常(?:范围|值)",
    "flag": "(?:结果|异常)?(?:提示|标志|状态|判断)",
}
_LABELS = [(role, re.compile(rf"^\s*[(（]?(?:{words})\s*(?:[:：]\s*|$)")) for role, words in _WORDS.items()]
_BEFORE_VALUE = re.compile(
    rf"^\s*[(（\[]?(?:(?P<range>{_WORDS['range']})|(?P<previous>{_WORDS['previous']}))\s*(?=[\d<>≤≥]|[阴阳]性|未检出)"
)
"""Behind these two no colon is needed where a number, 阴性 or 阳性 follows."""


def label_of(text: str) -> tuple[str, int] | None:
    """Role and length of the label with which ``text`` begins; a label is the whole text or ends with a colon."""
    for role, pattern in _LABELS:
        match = pattern.match(text)
        if match:
            return role, match.end()
    match = _BEFORE_VALUE.match(text)
    return ("range" if match["range"] else "previous", match.end()) if match else None


def rest_of(cell: Cell, end: int) -> Cell | None:
    """What stands behind the label in its own cell, with its place."""
    text = cell.text[end:].strip()
    if not text:
        return None
    share = end / len(cell.text)
    at = cell.line.text.find(text)
    line = cell.line.part(at, at + len(text)) if at >= 0 else cell.line
    return replace(cell, text=text, line=line, u0=cell.u0 + share * (cell.u1 - cell.u0), piece=True)
