"""Draws invented layouts of laboratory results as lines with boxes, as a reader of the page would give them."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.classifying import classify
from pipeline.extracting.lab import extract_lab_results
from pipeline.normalising import normalise
from pipeline.nouns import Alert, Line, Quad
from rules.engine.facts import CaseFacts, LabResult
from rules.vocabulary import load_vocabulary
from tests.extracting.lab.sheets import line, page_of


@dataclass(frozen=True)
class Item:
    """One result as printed: what a person reads."""

    id: str
    name: str
    code: str
    result: str
    unit: str
    span: str
    flag: str = ""


BLOOD = (
    Item("wbc", "白细胞", "WBC", "12.30", "10^9/L", "3.50-9.50", "↑"),
    Item("rbc", "红细胞", "RBC", "4.55", "10^12/L", "3.80-5.10"),
    Item("hemoglobin", "血红蛋白", "HGB", "101", "g/L", "115-150", "↓"),
    Item("platelet", "血小板", "PLT", "210", "10^9/L", "125-350"),
    Item("neutrophil_pct", "中性粒细胞百分比", "NEUT%", "70.2", "%", "40.0-75.0"),
    Item("crp", "C反应蛋白", "CRP", "3.20", "mg/L", "0.00-10.00"),
)
KIDNEY = (
    Item("urea", "尿素", "UREA", "18.62", "mmol/L", "3.10-8.00", "↑"),
    Item("creatinine", "肌酐", "CREA", "268.4", "μmol/L", "57.0-97.0", "↑"),
    Item("uric_acid", "尿酸", "UA", "395", "μmol/L", "208-428"),
    Item("potassium", "钾", "K", "5.12", "mmol/L", "3.50-5.30"),
    Item("glucose_fasting", "空腹血糖", "FPG", "7.94", "mmol/L", "3.90-6.10", "↑"),
    Item("total_protein", "总蛋白", "TP", "61.3", "g/L", "65.0-85.0", "↓"),
)


def width_of(text: str, height: float) -> float:
    return sum(height if ord(c) > 0x2E80 else height * 0.55 for c in text)


@dataclass
class Board:
    """A page to draw on: ``put`` writes one piece of print and returns its right end."""

    width: int = 1240
    lines: list[Line] = field(default_factory=list)
    angle: float = 0.0

    def put(self, x: float, y: float, text: str, height: float = 30, *, confidence: float = 0.99) -> float:
        if text:
            w = width_of(text, height)
            box = ((x, y), (x + w, y), (x + w, y + height), (x, y + height))
            turned = tuple(self._turned(point) for point in box)
            quad: Quad = (turned[0], turned[1], turned[2], turned[3])
            self.lines.append(line(text, quad, confidence))
            return x + w
        return x

    def row(self, y: float, *cells: tuple[float, str], height: float = 30) -> None:
        for x, text in cells:
            self.put(x, y, text, height)

    def _turned(self, point: tuple[float, float]) -> tuple[float, float]:
        if not self.angle:
            return point
        a = math.radians(self.angle)
        return (point[0] * math.cos(a) - point[1] * math.sin(a), point[0] * math.sin(a) + point[1] * math.cos(a))

    def head(self, panel: str = "血常规", y: float = 40) -> None:
        """Title and patient of a sheet."""
        self.put(420, y, "鄱湾县人民医院检验报告单", 40)
        self.row(y + 70, (60, "姓名：王小明"), (400, "性别：女"), (640, "年龄：56岁"), (900, "标本：血液"))
        self.row(y + 120, (60, f"检验目的：{panel}"), (640, "采样时间：2026-01-10 07:12"))

    def foot(self, y: float) -> None:
        self.row(y, (60, "检验者：孙晓"), (400, "审核者：李一"), (760, "报告时间：2026-01-10 09:12"))
        self.put(60, y + 50, "本报告仅对该标本负责", 24)


def read_pages(*boards: Board) -> tuple[tuple[LabResult, ...], tuple[Alert, ...]]:
    """Read the drawn pages as the program does, up to normalised rows."""
    pages = [page_of(tuple(board.lines), number, width=board.width) for number, board in enumerate(boards, start=1)]
    results: list[LabResult] = []
    alerts: list[Alert] = []
    for document in classify(pages):
        found, told = extract_lab_results(document)
        results.extend(found)
        alerts.extend(told)
    facts = CaseFacts(as_of=dt.date(2026, 2, 1), lab_results=tuple(results))
    done, more = normalise(facts, vocabulary=load_vocabulary())
    return done.lab_results, (*alerts, *more)


def wrong_rows(items: tuple[Item, ...], results: tuple[LabResult, ...]) -> list[str]:
    """Return what is not right: rows missing, rows that differ, rows that nobody printed. Doubted ones too."""
    wrong = []
    left = list(results)
    for item in items:
        mine = [r for r in left if r.analyte == item.id]
        best = next((r for r in mine if _same(item, r)), mine[0] if mine else None)
        if best is None:
            wrong.append(f"missing {item}")
            continue
        left.remove(best)
        if not _same(item, best):
            wrong.append(
                f"{item.name}: {item.result} {item.unit} read as {best.name} {best.text} {best.unit} {best.doubts}"
            )
    wrong += [f"nobody printed {r.name} {r.text} {r.unit} {r.doubts}" for r in left]
    return wrong


def silent_rows(items: tuple[Item, ...], results: tuple[LabResult, ...]) -> list[str]:
    """Rows whose number is not the printed one of their analyte, without any doubt."""
    printed = {(item.id, _number(item.result)) for item in items}
    return [
        f"{r.name} {r.text} {r.unit}"
        for r in results
        if r.value is not None and not r.doubts and (r.analyte, r.value) not in printed
    ]


def _same(item: Item, result: LabResult) -> bool:
    number = _number(item.result)
    value = result.value == number if number is not None else _plain(result.text) == _plain(item.result)
    return value and _plain(result.unit or "") == _plain(item.unit)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.lstrip("<>"))
    except ArithmeticError:
        return None


def _plain(text: str) -> str:
    out = text.replace("μ", "u").replace("µ", "u").lower()
    return "".join(c for c in out if c not in " ×x*^()（）↑↓")
