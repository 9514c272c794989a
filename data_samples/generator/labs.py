"""Laboratory sheets: panels with values, in the layouts that hospital systems print."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml

from data_samples.generator.hospitals import Hospital
from data_samples.generator.ink import signature
from data_samples.generator.layouts import LAYOUTS, Layout
from data_samples.generator.people import Person
from data_samples.generator.sheets import Ink, Json, Sheet

__all__ = ["LabOrder", "lab_sheet"]


@lru_cache
def _panels() -> Json:
    loaded: Json = yaml.safe_load((Path(__file__).parent / "panels.yaml").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class LabOrder:
    """What was ordered and when it was taken and reported."""

    panel: str
    sampled: dt.datetime
    reported: dt.datetime
    results: dict[str, str]
    """Item name -> result as printed; items not named get a value inside their range."""
    department: str = "内分泌科"
    bed: str = ""
    number: str = "0012387645"
    doctor: str = "何云舟"
    diagnosis: str = ""
    skip: tuple[str, ...] = ()
    ranges: dict[str, tuple[float, float]] | None = None
    """Ranges of this laboratory where they differ from the panel's."""


def _row(item: list[object], order: LabOrder, rng: np.random.Generator) -> Json:
    """One row as truth: what is printed, and what it means."""
    name, abbreviation, unit, low, high, decimals = item
    if order.ranges and str(name) in order.ranges:
        low, high = order.ranges[str(name)]
    digits = int(str(decimals))
    text = order.results.get(str(name))
    if isinstance(low, str):  # qualitative
        text = text or low
        flag = None if text == low else "abnormal"
        return _fact(name, abbreviation, text, None, "", None, None, low, flag)
    bottom = float(str(low))
    top = None if high is None else float(str(high))
    if text is None:
        ceiling = top if top is not None else bottom * 1.25
        text = f"{bottom + (ceiling - bottom) * rng.uniform(0.2, 0.8):.{digits}f}"
    number = float(text.lstrip("<>"))
    flag = "high" if top is not None and number > top else "low" if number < bottom else None
    if top is None:
        reference = f"≥{bottom:g}"
    else:
        places = 0 if bottom == int(bottom) and top == int(top) else digits
        reference = f"{bottom:.{places}f}-{top:.{places}f}"
    return _fact(name, abbreviation, text, number, str(unit), bottom, top, reference, flag)


def _fact(
    name: object,
    abbreviation: object,
    text: str,
    value: float | None,
    unit: str,
    low: float | None,
    high: float | None,
    reference: str,
    flag: str | None,
) -> Json:
    return {
        "name": str(name),
        "abbreviation": str(abbreviation),
        "text": text,
        "value": value,
        "comparator": text[0] if text[0] in "<>" else None,
        "unit": unit,
        "reference_low": low,
        "reference_high": high,
        "reference_text": reference,
        "flag": flag,
    }


def _cells(fact: Json, mark: str, layout: Layout, number: int) -> Json:
    """What the table prints of one row, by column key."""
    arrow = layout.flags.get(fact["flag"] or "", "")
    joined = layout.flag_place in ("after", "before")
    text = {
        "after": f"{fact['text']} {arrow}".strip(),
        "before": f"{arrow} {fact['text']}".strip(),
    }.get(layout.flag_place, fact["text"])
    unit = fact["unit"] if layout.power is None else fact["unit"].replace("10^", layout.power)
    name = {
        "plain": fact["name"],
        "paren": f"{fact['name']}({fact['abbreviation']})",
        "star": ("*" if number % 3 == 0 else "") + fact["name"],
    }[layout.name_style]
    return {
        "no": str(number),
        "name": name,
        "abbr": fact["abbreviation"],
        "result": {"t": text, "id": mark},
        "flag": "" if joined else arrow,
        "unit": unit,
        "range": fact["reference_text"].replace("-", layout.dash, 1)
        if not fact["reference_text"].startswith("-")
        else fact["reference_text"],
        "method": ("速率法", "酶法", "比色法", "电极法")[number % 4],
    }


def lab_sheet(
    person: Person,
    hospital: Hospital,
    order: LabOrder,
    layout_name: str,
    rng: np.random.Generator,
) -> Sheet:
    """Build a laboratory sheet of ``person`` in the named layout."""
    layout = LAYOUTS[layout_name]
    panel = _panels()[order.panel]
    sheet = Sheet(template=layout.engine, data={}, truth={})
    rows = []
    wanted = [item for item in panel["rows"] if item[0] not in order.skip]
    for number, item in enumerate(wanted, start=1):
        fact = _row(item, order, rng)
        if layout.power is not None:
            fact["unit"] = fact["unit"].replace("10^", layout.power)
        if not any(column["key"] == "abbr" for column in layout.columns) and layout.name_style != "paren":
            fact["abbreviation"] = None
        mark = sheet.add("lab_results", {**fact, "specimen": panel["specimen"]})
        rows.append(_cells(fact | {"abbreviation": item[1]}, mark, layout, number))
    sheet.truth |= {
        "type": "lab_report",
        "hospital": hospital.name,
        "hospital_level": hospital.level,
        "patient": {"name": person.name, "sex": person.sex, "age": person.age(order.sampled.date())},
        "date": order.sampled.date(),
        "dates": {"sampled": order.sampled, "reported": order.reported},
    }
    values = {
        "name": {"t": person.name, "id": "name"},
        "sex": person.sex,
        "age": f"{person.age(order.sampled.date())}岁",
        "number": order.number,
        "department": order.department,
        "bed": order.bed,
        "specimen": panel["specimen"],
        "sample_number": f"{int(rng.integers(1, 400)):04d}",
        "doctor": order.doctor,
        "diagnosis": order.diagnosis,
        "panel": order.panel,
        "sampled": f"{order.sampled:{layout.time}}",
        "received": f"{order.sampled + dt.timedelta(minutes=38):{layout.time}}",
        "reported": f"{order.reported:{layout.time}}",
        "printed": f"{order.reported + dt.timedelta(hours=3, minutes=7):{layout.time}}",
        "tester": Ink(lambda path, r: signature(path, "罗静宜", r), 0, 0, 13) if layout.signed else "罗静宜",
        "checker": Ink(lambda path, r: signature(path, "万书衡", r), 0, 0, 13) if layout.signed else "万书衡",
        "remark": "",
    }

    def fill(grid: tuple[tuple[str, ...], ...]) -> list[list[Json]]:
        out = []
        for line in grid:
            cells = []
            for spec in line:
                label, _, key = spec.partition("=")
                key, _, wide = key.partition("*")
                cells.append({"label": label, "value": values[key], "span": int(wide or 1)})
            out.append(cells)
        return out

    sheet.data = {
        "hospital": hospital.letterhead() | layout.letterhead,
        "title": layout.title.replace("PANEL", order.panel),
        "title_size": layout.title_size,
        "paper": layout.paper,
        "font": layout.font or hospital.body,
        "size": layout.size,
        "head": fill(layout.head),
        "head_cols": layout.head_cols,
        "head_widths": layout.head_widths,
        "foot": fill(layout.foot),
        "foot_cols": layout.foot_cols,
        "foot_widths": layout.foot_widths,
        "columns": list(layout.columns),
        "rows": rows,
        "rule": layout.rule,
        "split": layout.split,
        "row_pad": layout.row_pad,
        "head_bold": layout.head_bold,
        "bottom": layout.bottom,
        "note": layout.note,
        "barcode": order.number if layout.barcode else None,
    }
    return sheet
