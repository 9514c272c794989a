"""Head and foot of a sheet: labelled fields flowed into a grid by their estimated widths, signatures, notes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from data_samples.factory.families import inks
from data_samples.factory.families.lab.habits import Habits
from data_samples.factory.families.labels import choose
from data_samples.factory.paper import Field, Paper

__all__ = ["FOOT", "HEAD", "NOTES", "em_width", "field_cells", "flow", "note", "sign_cells"]

HEAD = (
    "name",
    "sex",
    "age",
    "birth_date",
    "id_number",
    "visit_kind",
    "number",
    "inpatient_number",
    "outpatient_number",
    "department",
    "ward",
    "bed",
    "insurance",
    "specimen",
    "sample_number",
    "doctor",
    "phone",
    "diagnosis",
    "panel",
    "applied",
    "remark",
)
FOOT = ("sampled", "received", "tested", "reported", "printed", "device", "previous_date")
_SIGNED = ("tester", "checker")

NOTES = (
    "注：本报告仅对所检测标本负责。",
    "※ 本报告仅对本次送检标本负责，如有疑问请于三日内与检验科联系。",
    "声明：此报告仅对该标本负责，结果仅供临床医师参考！",
    "本检验结果仅对来样负责。带“★”项目为检查检验结果互认项目。",
    "备注：如对检验结果有疑义，请在收到报告后7日内咨询检验科。",
    "温馨提示：报告单请妥善保存，复诊时请携带。",
)


def em_width(text: str) -> float:
    """Return the estimated width of ``text`` in units of its size."""
    return sum(1.0 if ord(character) > 0x2000 else 0.54 for character in text)


def field_cells(paper: Paper, keys: Iterable[str], habits: Habits, *, marked: bool = True) -> list[dict[str, Any]]:
    """Return ``{label, value}`` of those of ``keys`` that the paper has and that have a label."""
    found = []
    for key in keys:
        field: Field | None = paper.fields.get(key)
        label = habits.labels.label(key)
        if field is None or not label or field.value == "":
            continue
        run: dict[str, Any] = {"t": habits.labels.value(field)}
        if marked and field.mark is not None:
            run["id"] = field.mark
        found.append({"label": label, "value": [run], "ems": em_width(label + run["t"])})
    return found


def sign_cells(
    paper: Paper, habits: Habits, rng: np.random.Generator, *, size: float, inked: bool = True
) -> list[dict[str, Any]]:
    """Return who tested and who checked: fields and signatures, by hand where the paper says so.

    Args:
        size: of the print, points; a signature stands a little higher.
    """
    hands = {signature.name: signature for signature in paper.signatures}
    found: list[dict[str, Any]] = []
    named: set[str] = set()
    for key in _SIGNED:
        field = paper.fields.get(key)
        if field is not None and str(field.value):
            named.add(str(field.value))
            by_hand = str(field.value) in hands and hands[str(field.value)].handwritten
            found.append(_signed(habits.labels.label(key), str(field.value), by_hand and inked, rng, size))
    for signature in paper.signatures:
        if signature.name not in named:
            label = signature.role + habits.labels.colon
            found.append(_signed(label, signature.name, signature.handwritten and inked, rng, size))
    return found


def _signed(label: str, name: str, by_hand: bool, rng: np.random.Generator, size: float) -> dict[str, Any]:
    run: dict[str, Any] = {"t": name}
    if by_hand:
        width = size * 25.4 / 72 * float(rng.uniform(1.3, 1.9)) * (len(name) + 1.2)
        run = {"img": inks.signature(name, rng), "w": width, "dy": float(rng.uniform(-0.6, 0.3))}
    return {"label": label, "value": [run], "ems": em_width(label) + 2.2 * len(name) + 2}


def flow(found: Sequence[dict[str, Any]], columns: int, ems: float) -> tuple[list[list[dict[str, Any]]], int]:
    """Flow cells into rows of a grid of equal columns, ``ems`` wide in all; wide cells span several.

    Returns the rows and the number of columns: fewer than asked for where most cells would not fit into one.
    """
    while columns > 2 and sum(_span(cell, ems / columns) > 1 for cell in found) * 2 > len(found):
        columns -= 1
    rows: list[list[dict[str, Any]]] = []
    left = 0
    for cell in found:
        span = min(columns, _span(cell, ems / columns))
        if span > left:
            rows.append([])
            left = columns
        rows[-1].append({"label": cell["label"], "value": cell["value"], "span": span})
        left -= span
    return rows, columns


def _span(cell: dict[str, Any], column: float) -> int:
    ems: float = cell["ems"]
    return max(1, math.ceil((ems + 0.8) / column))


def note(paper: Paper, rng: np.random.Generator) -> str | None:
    """Return the paper's own note, else now and then one that is printed on every sheet."""
    own = paper.fields.get("note")
    if own is not None and str(own.value):
        return str(own.value)
    return choose(rng, NOTES) if rng.random() < 0.6 else None
