"""Tables of lung function: FEV1/FVC and FEV1 in columns 预计值, 前, 前/预计, 后 ... told apart by the header above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extracting.language.context import Reading
from pipeline.extracting.language.rows import Row, page_rows
from pipeline.extracting.language.sections import is_heading
from pipeline.extracting.language.text import fold
from pipeline.nouns import Line, ReadPage
from rules.engine.facts import AssertionStatus, Finding

__all__ = ["lung_table"]

# First match wins: what is divided by the predicted value before what is measured.
_STATE = "(?:用药|吸药|舒张|扩张|吸入|给药)?"
_HEADERS = (
    ("post_pct", r"后\s*/\s*预[计测]?值?%?|后%预[计测]?|Post\s*%\s*Pred|A2\s*/\s*P|%?\(?后/预\)?|Post\s*/\s*Pred|%后"),
    (
        "pre_pct",
        r"(?:前|实测?值?|测值?)\s*/\s*预[计测]?值?%?|占?预[计测]值?%|%预[计测]?值?|%\s*Pred|Pre\s*%\s*Pred|A1\s*/\s*P"
        r"|M/P|百分比|%(?:\(实/预\))|Act1?/Pred|占预[计测]值?百分?比?|Best/Pred|Pre/Pred|(?<![A-Za-z\d])%(?![A-Za-z])",
    ),
    ("change", r"改善率?%?|变化率?%?|增加率?%?|%?\s*Chg|D%|△%?|Δ%?|差值|\(后-前\)"),
    ("pred", r"预[计测]值?|Pred(?:icted)?|正常(?:预计)?值|参考值?|Ref|理论值"),
    ("post", rf"{_STATE}后(?:测值|实测值?|次)?|Post(?:-?BD)?|Act2|A2"),
    (
        "pre",
        rf"{_STATE}前(?:测值|实测值?|次)?|实测值?|测定值?|测量值?|实际值?|测值|Pre|Best|Act1?|A1|Meas|结果",
    ),
)
_HEADER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _HEADERS), re.IGNORECASE)
_RATIO = re.compile(r"(?:FEV1(?:\.0)?%?/?FVC|FEV1/FVC|FEV1%F|FEV1%t|FEV1/VCMAX|一秒率|1秒率)", re.IGNORECASE)
_FEV1 = re.compile(r"^(?:第?[一1]秒用力呼[出气]+[量积容]*)?\(?FEV1(?:\.0)?\)?(?![/%\dA-Za-z])", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{1,3})?")


@dataclass(frozen=True, slots=True)
class _Cell:
    column: str
    x: float


def lung_table(reading: Reading) -> Iterator[Finding]:
    """Yield ``fev1_fvc``, ``fev1_fvc_post`` and ``fev1_percent_predicted`` from the tables of the report.

    A number whose column cannot be told is SUSPECTED: it never decides alone.
    """
    for page in reading.document.pages:
        header: list[_Cell] = []
        for row in page_rows(page, is_heading):
            cells = _header_cells(row)
            if len({c.column for c in cells}) >= 2 and not _NUMBER.search(
                "".join(f.line.text for f in row.fragments)[:4]
            ):
                header = cells
                continue
            yield from _row(reading, page, row, header)


def _header_cells(row: Row) -> list[_Cell]:
    cells = []
    for fragment in row.fragments:
        text = fold(fragment.line.text)
        if _RATIO.search(text) or len(re.findall(r"\d+\.\d", text)) > 1:
            return []
        for match in _HEADER.finditer(text):
            box = fragment.line.part(match.start(), match.end()).upright
            cells.append(_Cell(match.lastgroup or "", (box[0] + box[2]) / 2))
    return cells


def _row(reading: Reading, page: ReadPage, row: Row, header: list[_Cell]) -> Iterator[Finding]:
    joined = " ".join("".join(fold(f.line.text).split()) for f in row.fragments)
    ratio, volume = _RATIO.search(joined[:24]), _FEV1.search(joined)
    if not (ratio or volume):
        return
    values: list[tuple[str, Decimal, Line]] = []
    label_seen = False
    for fragment in row.fragments:
        text = fold(fragment.line.text)
        begin = 0
        if not label_seen:
            label = re.search(
                r"(?:FVC|FEV1(?:\.0)?|一秒率|VCMAX|%t)\)?\s*(?:\(?%\)?|\(L\)|\[[^\]]*\]|L(?![a-z]))?",
                text,
                re.IGNORECASE,
            )
            if label is None:
                continue
            if ratio:
                last = list(re.finditer(r"FVC|一秒率|VCMAX|%t|%F", text, re.IGNORECASE))
                begin = last[-1].end() if last else label.end()
            else:
                begin = label.end()
            label_seen = True
        for match in _NUMBER.finditer(text, begin):
            part = fragment.line.part(match.start(), match.end())
            box = part.upright
            values.append((_column(header, (box[0] + box[2]) / 2, row.height), Decimal(match[0]), part))
    if ratio:
        yield from _ratio_facts(reading, page, values)
    else:
        percents = [(v, p) for column, v, p in values if column == "pre_pct"]
        if len(percents) == 1 and 5 <= percents[0][0] <= 160:
            yield _fact(reading, page, "fev1_percent_predicted", *percents[0], AssertionStatus.CONFIRMED)


def _column(header: list[_Cell], x: float, height: float) -> str:
    if not header:
        return "?"
    near = sorted(header, key=lambda cell: abs(cell.x - x))
    if abs(near[0].x - x) > 5 * height:
        return "?"
    if len(near) > 1 and abs(near[1].x - x) < 1.25 * abs(near[0].x - x):
        return "?"
    return near[0].column


def _ratio_facts(reading: Reading, page: ReadPage, values: list[tuple[str, Decimal, Line]]) -> Iterator[Finding]:
    def percent(value: Decimal) -> Decimal:
        return value * 100 if Decimal("0.1") <= value < 1 else value

    for column, concept in (("pre", "fev1_fvc"), ("post", "fev1_fvc_post")):
        hits = [(percent(v), p) for c, v, p in values if c == column]
        if len(hits) == 1 and 10 <= hits[0][0] <= 100:
            yield _fact(reading, page, concept, *hits[0], AssertionStatus.CONFIRMED)
    if all(c == "?" for c, _, _ in values):
        for _, value, part in values[:1] if len(values) > 1 else []:
            if 10 <= percent(value) <= 100:
                yield _fact(reading, page, "fev1_fvc", percent(value), part, AssertionStatus.SUSPECTED)


def _fact(
    reading: Reading,
    page: ReadPage,
    concept: str,
    value: Decimal,
    part: Line,
    status: AssertionStatus,
) -> Finding:
    name = {"fev1_fvc": "FEV1/FVC", "fev1_fvc_post": "FEV1/FVC（后）"}.get(concept, "FEV1")
    text = f"{name} {part.text.strip()}"
    return Finding(
        document=reading.document.id,
        concept=concept,
        status=status,
        modality="lung_function",
        section="所见",
        text=text,
        value=value,
        unit="%",
        date=reading.dates.at("stated"),
        evidence=(reading.document.evidence(page, (part,), quote=part.text.strip(), extractor="lung-table"),),
    )
