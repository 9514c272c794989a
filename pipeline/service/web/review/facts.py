"""The facts of a case as tables: what is shown in each cell, where it stands, what a person changed of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.reporting import wording
from pipeline.reporting.text import show_unit
from pipeline.service.web.review.places import Places
from pipeline.service.words import UNKNOWN_WORDS
from rules.engine.facts import PAGE_READER, AssertionStatus, Flag, VisitKind

__all__ = ["Cell", "FactRow", "FactTable", "fact_tables"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; ``tone`` is a class of the style sheet, ``sub`` small print beneath."""

    text: str
    tone: str = ""
    sub: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    key: str
    """By which casework finds the fact again; empty: it cannot be corrected."""
    anchor: str
    cells: tuple[Cell, ...]
    places: tuple[str, ...]
    page: int
    """Number of its page within the case; 0: none."""
    document: str
    confidence: float | None
    changed: tuple[str, ...] = ()
    """What a person changed: ``机器读作 812``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactTable:
    kind: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[FactRow, ...]
    groups: tuple[tuple[str, tuple[FactRow, ...]], ...] = field(default=())
    """Rows under the document they stand in, for laboratory sheets; empty where the table is one."""


_SURE = 0.85
"""Words of a seal read with less are to be looked at, as the expert's report says it."""
_TITLES = {
    "diagnoses": ("诊断", ("诊断", "确定性", "段落", "日期")),
    "lab_results": ("检验结果", ("项目", "结果", "参考区间", "采样")),
    "findings": ("检查所见", ("所见", "确定性", "检查", "日期")),
    "treatments": ("治疗", ("名称", "确定性", "类别", "日期")),
    "visits": ("就诊", ("类别", "起止", "医院", "科室")),
    "form": ("申请表", ("栏目", "内容")),
    "patient": ("身份（材料所载）", ("姓名", "性别", "年龄", "证件号码")),
}


def fact_tables(
    report: Mapping[str, Any],
    places: Places,
    changes: Mapping[str, Sequence[str]],
) -> tuple[FactTable, ...]:
    """Return the tables that have rows.

    Args:
        report: report.json, veiled.
        changes: by key, what a person changed, in words.
    """
    tables = []
    documents = {document["id"]: document for document in report["documents"]}
    for kind, (title, columns) in _TITLES.items():
        facts = report["facts"][kind]
        rows = tuple(_row(kind, index, fact, places, changes) for index, fact in enumerate(facts))
        groups = _by_document(rows, documents) if kind == "lab_results" else ()
        tables.append(FactTable(kind=kind, title=title, columns=columns, rows=rows, groups=groups))
    seals = tuple(_seal(index, *each, places) for index, each in enumerate(_seals(report, places)))
    tables.append(FactTable(kind="seals", title="印章", columns=("印文", "中间", "与抬头"), rows=seals))
    return tuple(table for table in tables if table.rows)


def _row(
    kind: str,
    index: int,
    fact: Mapping[str, Any],
    places: Places,
    changes: Mapping[str, Sequence[str]],
) -> FactRow:
    found = places.all_of(fact)
    page = places.page(found[0]) if found else None
    key = fact.get("key", "")
    return FactRow(
        key=key,
        anchor=f"f-{kind}-{index}",
        cells=tuple(_CELLS[kind](fact)),
        places=tuple(found),
        page=page.number if page else 0,
        document=fact["document"],
        confidence=fact["evidence"]["confidence"] if fact["evidence"] else None,
        changed=tuple(changes.get(key, ())) if key else (),
    )


def _seals(report: Mapping[str, Any], places: Places) -> Iterable[tuple[str, Mapping[str, Any], str]]:
    """Document, seal and place. Two sheets on one photograph are two documents with the same seals: told once."""
    told: set[str] = set()
    for document in report["documents"]:
        for seal in document.get("seals", ()):
            place = places.of(seal["evidence"], "seal")
            if place and place in told:
                continue
            told.add(place)
            yield document["id"], seal, place


def _seal(index: int, document: str, seal: Mapping[str, Any], place: str, places: Places) -> FactRow:
    """A seal is looked at, not corrected: no item rests on its words alone."""
    page = places.page(place)
    sure = seal["evidence"]["confidence"]
    doubt = f"识读把握 {round(sure * 100)}%，请看原件" if seal["text"] and sure < _SURE else ""
    agreement = seal["agreement"]
    return FactRow(
        key="",
        anchor=f"f-seals-{index}",
        cells=(
            Cell(seal["text"] or "认不出", sub=doubt),
            Cell(seal["centre"] or "—"),
            Cell(wording.SEALS[agreement] or "—", "out" if agreement == "other" else ""),
        ),
        places=(place,) if place else (),
        page=page.number if page else 0,
        document=document,
        confidence=sure,
    )


def _by_document(
    rows: Sequence[FactRow], documents: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[str, tuple[FactRow, ...]], ...]:
    grouped: dict[str, list[FactRow]] = {}
    for row in rows:
        grouped.setdefault(row.document, []).append(row)
    made = []
    for document, members in grouped.items():
        known = documents.get(document, {})
        parts = (known.get("type_label"), known.get("date"), known.get("hospital"))
        title = " · ".join(part for part in parts if part) or "材料"
        if known.get("owner") == "other":
            title += " · 疑为他人材料"
        made.append((title, tuple(members)))
    return tuple(made)


def _value(fact: Mapping[str, Any], name: str, otherwise: str = "未见") -> str:
    value = fact[name]
    if value is not None:
        return str(value)
    unknown = fact["unknown"].get(name)
    return UNKNOWN_WORDS.get(unknown, unknown) if unknown else otherwise


def _assertion(fact: Mapping[str, Any]) -> Cell:
    status = fact["status"]
    return Cell(wording.ASSERTIONS[AssertionStatus(status)], f"as-{status}")


def _diagnosis(fact: Mapping[str, Any]) -> Iterable[Cell]:
    alone = "只有版面模型读到" if fact["evidence"] and fact["evidence"]["extractor"] == PAGE_READER else ""
    sub = " ".join(part for part in (fact["icd10"], f"分级 {fact['grade']}" if fact["grade"] else "", alone) if part)
    return Cell(fact["name"], sub=sub), _assertion(fact), Cell(fact["section"]), Cell(_value(fact, "date"), "num")


def _lab(fact: Mapping[str, Any]) -> Iterable[Cell]:
    result = f"{fact['text']} {show_unit(fact['unit'])}".strip()
    if fact["flag"]:
        result += f" {wording.FLAGS[Flag(fact['flag'])]}"
    doubts = "、".join(wording.doubt_word(code) for code in fact["doubts"])
    when = fact["sampled_at"] or fact["reported_at"]
    return (
        Cell(fact["name"], sub=fact["abbreviation"] or ""),
        Cell(result, "num " + ("out" if fact["flag"] else ""), doubts),
        Cell(fact["reference_text"] or _range(fact), "num"),
        Cell(
            when[:10] if when else _value(fact, "sampled_at"), "num", "" if fact["sampled_at"] or not when else "报告"
        ),
    )


def _range(fact: Mapping[str, Any]) -> str:
    low, high = fact["reference_low"], fact["reference_high"]
    if low is None and high is None:
        return "—"
    return f"{low}–{high}" if None not in (low, high) else f"≥{low}" if high is None else f"≤{high}"


def _finding(fact: Mapping[str, Any]) -> Iterable[Cell]:
    number = "" if fact["value"] is None else f"{fact['comparator'] or ''}{fact['value']} {show_unit(fact['unit'])}"
    modality = wording.MODALITIES.get(fact["modality"], fact["modality"])
    return (
        Cell(fact["text"] or fact["concept"], sub=number),
        _assertion(fact),
        Cell(modality, sub=fact["section"]),
        Cell(_value(fact, "date"), "num"),
    )


def _treatment(fact: Mapping[str, Any]) -> Iterable[Cell]:
    return (
        Cell(fact["name"], sub="、".join(fact["classes"])),
        _assertion(fact),
        Cell(wording.KINDS.get(fact["kind"], fact["kind"]), sub=fact["section"]),
        Cell(_value(fact, "date"), "num"),
    )


def _visit(fact: Mapping[str, Any]) -> Iterable[Cell]:
    start, end = _value(fact, "start"), _value(fact, "end")
    span = start if start == end else f"{start} 至 {end}"
    yield Cell(wording.VISITS[VisitKind(fact["kind"])])
    yield Cell(span, "num")
    yield Cell(_value(fact, "hospital"))
    yield Cell(_value(fact, "department"))


def _form(fact: Mapping[str, Any]) -> Iterable[Cell]:
    value = _value(fact, "value")
    return Cell(wording.FORM_FIELDS.get(fact["field"], fact["field"])), Cell(wording.INK.get(value, value))


def _patient(fact: Mapping[str, Any]) -> Iterable[Cell]:
    for name in ("name", "sex", "age", "id_number"):
        yield Cell(_value(fact, name), "num" if name in ("age", "id_number") else "")


_CELLS = {
    "diagnoses": _diagnosis,
    "lab_results": _lab,
    "findings": _finding,
    "treatments": _treatment,
    "visits": _visit,
    "form": _form,
    "patient": _patient,
}
