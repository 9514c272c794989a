"""住院病案首页: the ministry's form on underlined blanks, and a dense grid of cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.clinical import blocks as b
from data_samples.factory.families.clinical.blocks import Block
from data_samples.factory.families.clinical.look import Look, a4, look
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Row

__all__ = ["FAMILIES"]

_TYPES = frozenset({"front_page"})
_STAFF = ("chief", "attending", "resident", "nurse", "coder")
_WHO = (
    "name",
    "sex",
    "birth_date",
    "age",
    "nationality",
    "nation",
    "id_number",
    "occupation",
    "marriage",
    "insurance",
    "phone",
    "address",
)
_STAY = ("route", "admitted", "discharged", "days", "department", "ward", "bed", "times")
_KEY = "入院病情：1.有　2.临床未确定　3.情况不明　4.无"


def _coded(paper: Paper, one: Look, *, least: int, sides: int) -> list[list[Any]]:
    """Rows of the table of diagnoses: kind and name, code, state on admission; further ones to the right."""
    head = ["出院诊断", "疾病编码", "入院病情"]
    rows: list[list[Any]] = [[{"c": words, "b": True} for words in head] * sides]
    entries = [_entry(row, k, paper) for k, row in enumerate(paper.rows)]
    entries += [["", "", ""]] * max(0, least * sides - len(entries))
    per = -(-len(entries) // sides)
    for line in range(per):
        cells: list[Any] = []
        for side in range(sides):
            at = side * per + line
            cells += entries[at] if at < len(entries) else ["", "", ""]
        rows.append(cells)
    return rows


def _entry(row: Row, k: int, paper: Paper) -> list[Any]:
    first = k == 0 or (row.group and paper.rows[k - 1].group != row.group)
    kind = f"{row.group}：" if row.group and first else "　"
    return [
        {"c": [kind, {"t": row.name, "id": row.mark}], "al": "l"},
        row.more.get("icd10", ""),
        row.more.get("condition", ""),
    ]


def _top(paper: Paper, one: Look, rng: np.random.Generator) -> list[Block]:
    left = ["医疗付费方式：", {"t": f"[{int(rng.integers(1, 4))}]"}]
    right = [one.labels.label("number"), b.field_run(paper, "number", one, u=True)]
    times = ["第 ", b.field_run(paper, "times", one, u=True), " 次住院"] if "times" in paper.fields else [""]
    line = {
        "k": "columns",
        "widths": [1, 1, 1],
        "parts": [[b.text(left)], [b.text(times, al="c")], [b.text(right, al="r")]],
    }
    return [b.letterhead(paper, rng, one, logo=None, english=None), {"k": "space", "h": 1.5}, line]


def _staff(paper: Paper, one: Look, rng: np.random.Generator, columns: int, **style: Any) -> list[Block]:
    cells: list[dict[str, Any]] = []
    for item in b.sign_items(paper, one, rng):
        cells.append({**item, "span": 1})
    signed = {signature.role for signature in paper.signatures}
    for key in _STAFF:
        label = one.labels.words.get(key, "")
        if key in paper.fields and label not in signed:
            cells.append({"label": label + one.labels.colon, "value": [b.field_run(paper, key, one)], "span": 1})
    return [b.fields(b.flow(cells, columns), columns, **style)] if cells else []


def _official(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, size=float(choose(rng, (9.0, 9.5, 10.0))), leading=0.4, heading="{}：", bold=False)
    pages = a4(rng, mx=(13, 17), mt=10, mb=9)
    width = 210 - 2 * pages["mx"]
    under = bool(rng.random() < 0.6)
    skip = {"number", "times", *_STAFF, "blood_type", "allergy", "amount"}
    who = b.field_rows(paper, [key for key in _WHO if key in paper.fields], one, columns=4, width=width, under=under)
    others = b.rest(paper, _STAY, skip=skip | set(_WHO))
    stay = b.field_rows(paper, others, one, columns=4, width=width, under=under)
    line: Block = {"k": "rule", "w": 0.6}
    sides = choose(rng, (1, 2))
    table: Block = {
        "k": "table",
        "columns": [4, 1.6, 0.9] * sides,
        "rows": _coded(paper, one, least=8 if sides == 1 else 6, sides=sides),
        "header": 1,
        "pad": 3.6,
        "size": 0.95,
        "al": "c",
    }
    last: list[Any] = ["药物过敏 ", {"t": "[1]"}, " 1.无 2.有，过敏药物：", b.field_run(paper, "allergy", one, u=True)]
    blood = ["血型：", b.field_run(paper, "blood_type", one, u=True), "　　Rh [ 2 ] 1.阴 2.阳 3.不详 4.未查"]
    made: list[Block] = [
        *_top(paper, one, rng),
        line,
        b.fields(who, 4, gutter=4.5),
        line,
        b.fields(stay, 4, gutter=4.5),
        line,
        *[b.section(part, one, mode="run") for part in paper.sections],
        {"k": "space", "h": 0.6},
        table,
        b.text(_KEY, size=0.9),
        line,
        b.text("损伤、中毒的外部原因：—　　　　疾病编码：—"),
        b.text("病理诊断：—　　　疾病编码：—　　　病理号：—"),
        *([b.text(last)] if "allergy" in paper.fields else []),
        *([b.text(blood)] if "blood_type" in paper.fields else []),
        line,
        *_staff(paper, one, rng, 4, gutter=6),
        line,
        *(
            [b.text(["住院费用（元）：总费用 ", b.field_run(paper, "amount", one, u=True)])]
            if "amount" in paper.fields
            else []
        ),
        b.text(
            "病案质量 [1] 1.甲 2.乙 3.丙　　离院方式 [1] 1.医嘱离院 2.医嘱转院 4.非医嘱离院 5.死亡 9.其他", size=0.95
        ),
        b.seals(paper, rng, at=(width - float(rng.uniform(50, 90)), -34)),
    ]
    return b.compose(pages, one, made, rng, numbers=0.2)


def _cells(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, size=float(choose(rng, (8.5, 9.0, 9.5))), leading=0.35, heading="{}", bold=False)
    pages = a4(rng, mx=(10, 14), mt=10, mb=9)
    width = 210 - 2 * pages["mx"]
    columns = choose(rng, (4, 5))
    skip = {"number", "times", *_STAFF}
    keys = b.rest(paper, (*_WHO, *_STAY), skip=skip)
    rows = b.field_rows(paper, keys, one, columns=columns, width=width - 2.4 * columns)
    hair = float(rng.uniform(0.4, 0.7))
    grids: list[Block] = [b.fields(rows, columns, frame="cells", pad=3.4, hair=hair)]
    for part in paper.sections:
        cells: list[list[Any]] = [[{"c": one.title(part), "b": True}, {"c": b.joined(part, one), "al": "l"}]]
        grids.append({"k": "table", "columns": [0.2, 0.8], "rows": cells, "pad": 3.4, "hair": hair})
    sides = 1 if max((len(row.name) for row in paper.rows), default=0) > 14 else choose(rng, (1, 2))
    grids.append(
        {
            "k": "table",
            "columns": [4, 1.7, 1] * sides,
            "rows": _coded(paper, one, least=10 if sides == 1 else 7, sides=sides),
            "header": 1,
            "pad": 3,
            "hair": hair,
        }
    )
    code: list[Block] = []
    number = paper.fields.get("number")
    if number is not None and str(number.value).isascii() and rng.random() < 0.5:
        bars = {"img": inks.barcode(str(number.value)), "w": 34, "at": "top right", "dx": 0, "dy": 0}
        code = [{"k": "corner", "items": [bars]}]
    made: list[Block] = [
        *_top(paper, one, rng),
        *code,
        *[block for grid in grids for block in (grid, {"k": "space", "h": 0.8})],
        b.text(_KEY, size=0.9),
        *_staff(paper, one, rng, columns, frame="cells", pad=5, hair=hair),
        b.seals(paper, rng, at=(width - float(rng.uniform(50, 90)), -30)),
    ]
    return b.compose(pages, one, made, rng, numbers=0.2)


FAMILIES = (
    Family(
        id="front-page-official",
        types=_TYPES,
        split="development",
        title="Front page of the record on underlined blanks with a table of coded diagnoses",
        draw=_official,
    ),
    Family(
        id="front-page-cells",
        types=_TYPES,
        split="development",
        title="Front page of the record as a dense grid of cells",
        draw=_cells,
    ),
)
