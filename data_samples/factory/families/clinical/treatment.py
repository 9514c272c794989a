"""Treatment on paper: operation records, dialysis records, prescriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.clinical import blocks as b
from data_samples.factory.families.clinical.blocks import Block
from data_samples.factory.families.clinical.look import Look, Pages, a4, look
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Row

__all__ = ["FAMILIES", "row_cell"]

_OPERATION = (
    "name",
    "sex",
    "age",
    "department",
    "ward",
    "bed",
    "number",
    "operated",
    "anaesthesia",
    "surgeon",
    "assistant",
    "anaesthetist",
)


def row_cell(row: Row, key: str) -> list[Any]:
    """Return one cell of a table; the row's mark lies on its name."""
    if key == "name":
        return [{"t": row.name, "id": row.mark}]
    return [{"t": row.more.get(key, ""), "id": row.more.get(f"mark:{key}")}]


def _operation(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, own_titles=True)
    pages = a4(rng, mx=(16, 23))
    width = 210 - 2 * pages["mx"]
    columns = choose(rng, (3, 4))
    frame = choose(rng, ("lines", "cells", "under"))
    rows = b.field_rows(
        paper, b.rest(paper, _OPERATION), one, columns=columns, width=width - (2.2 * columns if frame == "cells" else 0)
    )
    made: list[Block] = [
        b.letterhead(paper, rng, one),
        {"k": "space", "h": 2},
        b.fields(rows, columns, frame=frame, gutter=4.5, pad=3.5),
        {"k": "space", "h": 2},
    ]
    if rng.random() < 0.4:
        cells: list[list[Any]] = []
        for part in paper.sections:
            body = [b.text(line, justify=True) for line in b.paragraphs(part) + b.items(part, one)]
            tall = 110.0 if part.key == "course" else 8.0
            cells.append([{"c": part.title, "b": one.bold}, {"blocks": body, "al": "l", "va": "t", "h": tall}])
        made.append({"k": "table", "columns": [0.17, 0.83], "rows": cells, "pad": 4.5})
    else:
        for part in paper.sections:
            mode = choose(rng, ("run", "block")) if part.key == "course" else "run"
            made.append(b.section(part, one, mode=mode, lists="beside", gap=0.6, indent=2))
    made += [
        {"k": "space", "h": 6},
        b.seals(paper, rng, at=(width - 75, -16)),
        {"k": "signs", "items": b.sign_items(paper, one, rng, day=paper.date)},
    ]
    return b.compose(pages, one, made, rng)


_DIALYSIS: Mapping[str, tuple[str, ...]] = {
    "times": ("次数", "透析次数", "序号"),
    "name": ("日期", "透析日期", "治疗日期"),
    "mode": ("方式", "治疗模式", "透析方式"),
    "hours": ("时间(h)", "透析时间h", "时长/h"),
    "flow": ("血流量", "血流量ml/min", "BF(ml/min)"),
    "removed": ("超滤量(L)", "超滤量L", "脱水量(L)"),
    "anticoagulant": ("抗凝剂", "抗凝方式", "抗凝"),
    "pressure_before": ("透前血压", "上机血压", "透析前BP"),
    "pressure_after": ("透后血压", "下机血压", "透析后BP"),
    "nurse": ("护士", "护士签名", "责任护士"),
}
_WIDE = {"name": 1.7, "anticoagulant": 2.0, "pressure_before": 1.2, "pressure_after": 1.2}


def _dialysis(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, size=float(choose(rng, (9.5, 10.0))), inline=True)
    wide = rng.random() < 0.3
    pages: Pages = {"w": 297, "h": 210, "mx": 14, "mt": 10, "mb": 11} if wide else a4(rng, mx=(11, 15))
    width = pages["w"] - 2 * pages["mx"]
    columns = 5 if wide else 4
    frame = choose(rng, ("cells", "lines", "under"))
    head = ("name", "sex", "age", "number", "department", "dialysed", "device", "dialyser", "dry_weight", "access")
    rows = b.field_rows(
        paper, b.rest(paper, head), one, columns=columns, width=width - (2.2 * columns if frame == "cells" else 0)
    )
    keys = [key for key in _DIALYSIS if key == "name" or any(row.more.get(key) for row in paper.rows)]
    keys += [key for row in paper.rows for key in row.more if key not in _DIALYSIS and not key.startswith("mark:")]
    keys = list(dict.fromkeys(keys))
    cells: list[list[Any]] = [[{"c": choose(rng, _DIALYSIS.get(key, (key,))), "b": True} for key in keys]]
    cells += [[row_cell(row, key) for key in keys] for row in paper.rows]
    table: Block = {
        "k": "table",
        "columns": [_WIDE.get(key, 1) for key in keys],
        "rows": cells,
        "header": 1,
        "rule": choose(rng, ("full", "full", "rows")),
        "pad": float(rng.uniform(3, 5)),
        "pad_x": 1.5,
        "size": 0.95 if wide else 0.86,
        "breakable": True,
    }
    parts = {part.key: b.section(part, one, mode="run", gap=0.5) for part in paper.sections}
    above = [parts.pop("diagnosis")] if "diagnosis" in parts else []
    made: list[Block] = [
        b.letterhead(paper, rng, one),
        {"k": "space", "h": 2},
        b.fields(rows, columns, frame=frame, gutter=4, pad=3.5),
        {"k": "space", "h": 1},
        *above,
        {"k": "space", "h": 1.5},
        table,
        {"k": "space", "h": 2},
        *parts.values(),
        {"k": "space", "h": 5},
        b.seals(paper, rng, at=(width - 80, -16), size=(30, 36)),
        {"k": "signs", "items": b.sign_items(paper, one, rng), "row": rng.random() < 0.7},
    ]
    return b.compose(pages, one, made, rng)


def _usage(row: Row) -> str:
    """How a drug is taken, in one line."""
    more = row.more
    parts = [f"每次{more['dose']}" if more.get("dose") else "", more.get("frequency", ""), more.get("route", "")]
    days = more.get("days", "")
    return "　".join(part for part in parts if part) + (f"　×{days}天" if days else "")


def _drugs(paper: Paper, one: Look, rng: np.random.Generator) -> list[Block]:
    if rng.random() < 0.35:
        names = {
            "name": "药品名称",
            "spec": "规格",
            "quantity": "数量",
            "dose": "单次剂量",
            "route": "用法",
            "frequency": "频次",
            "days": "天数",
        }
        keys = [key for key in names if key == "name" or any(row.more.get(key) for row in paper.rows)]
        cells: list[list[Any]] = [[{"c": names[key], "b": True} for key in keys]]
        cells += [
            [{"c": row_cell(row, key), "al": "l" if key == "name" else "c"} for key in keys] for row in paper.rows
        ]
        widths = [{"name": 3.0, "spec": 1.8, "route": 1.2}.get(key, 1.0) for key in keys]
        return [
            {
                "k": "table",
                "columns": widths,
                "rows": cells,
                "header": 1,
                "rule": choose(rng, ("head", "three", "full")),
                "pad": 3.2,
                "pad_x": 2,
                "size": 0.92,
            }
        ]
    made: list[Block] = []
    trade = rng.random() < 0.3
    for k, row in enumerate(paper.rows, start=1):
        name: list[Any] = [one.number(k, len(paper.rows)), {"t": row.name, "id": row.mark}]
        if trade and row.more.get("trade"):
            name.append(f"（{row.more['trade']}）")
        name += ["　　", row.more.get("spec", ""), "　　", row.more.get("quantity", "")]
        made += [
            b.text(name),
            b.text(["用法：" if k % 2 or trade else "Sig：", _usage(row)], indent=2),
            {"k": "space", "h": 1.5},
        ]
    return made


def _prescription(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Half a page, perhaps on tinted paper; R. and its drugs, space below struck out."""
    one = look(rng, paper, size=float(choose(rng, (9.5, 10.0, 10.5))), inline=True)
    pages: Pages = dict(
        choose(
            rng,
            (
                {"w": 148, "h": 210, "mx": 11, "mt": 9, "mb": 9},
                {"w": 130, "h": 190, "mx": 9, "mt": 9, "mb": 8},
                {"w": 210, "h": 148, "mx": 14, "mt": 8, "mb": 8},
            ),
        )
    )
    width = pages["w"] - 2 * pages["mx"]
    style: dict[str, Any] = {}
    tint = choose(rng, (None, None, "#fdf6df", "#eef6ea", "#fbeef0"))
    if tint:
        style["paper"] = tint
    columns = 3
    skip = ("amount",)
    head = ("name", "sex", "age", "number", "department", "insurance", "visited", "address")
    rows = b.field_rows(
        paper, b.rest(paper, head, skip=skip), one, columns=columns, width=width, under=bool(rng.random() < 0.5)
    )
    line: Block = {"k": "rule", "w": 0.7}
    label = choose(rng, ("普通", "门诊", "慢病", ""))
    corner: list[Block] = []
    if label:
        box: Block = {"k": "box", "blocks": [b.text(label, al="c")], "inset": 3}
        corner = [
            {
                "k": "corner",
                "items": [
                    {
                        "blocks": [{"k": "columns", "widths": [-14], "parts": [[box]]}],
                        "at": "top right",
                        "dx": 0,
                        "dy": 0,
                    }
                ],
            }
        ]
    signs = b.sign_items(paper, one, rng)
    if "amount" in paper.fields:
        signs.append(
            {
                "label": choose(rng, ("金额", "药费", "药品金额")) + one.labels.colon,
                "value": [b.field_run(paper, "amount", one)],
            }
        )
    made: list[Block] = [
        *corner,
        b.letterhead(paper, rng, one, size=14.0, title_size=14.0, level=None, english=None, logo=None),
        {"k": "space", "h": 1.5},
        b.fields(rows, columns, gutter=4.5),
        *[b.section(part, one, mode="run", gap=0.5) for part in paper.sections],
        line,
        b.text(choose(rng, ("R.", "Rp", "Rp.", "R：")), b=True, size=1.5),
        {"k": "space", "h": 1},
        *_drugs(paper, one, rng),
        *([b.text(choose(rng, ("（以下空白）", "———以下空白———")), al="c", size=0.9)] if rng.random() < 0.6 else []),
        {"k": "fill"},
        b.seals(paper, rng, at=(width - 50, -24), size=(28, 32)),
        line,
        b.fields(b.flow([{**item, "span": 1} for item in signs], 2), 2, gutter=6),
        b.text(
            choose(rng, ("注：处方当日有效，药品一经发出不得退换。", "本处方三日内有效。", "请遵医嘱服药。")), size=0.8
        ),
    ]
    if rng.random() < 0.3:
        number = paper.fields.get("number")
        if number is not None and str(number.value).isascii():
            made.insert(
                0,
                {
                    "k": "corner",
                    "items": [{"img": inks.barcode(str(number.value)), "w": 26, "at": "top left", "dx": 0, "dy": -4}],
                },
            )
    return b.compose(pages | style, one, made, rng, numbers=0)


FAMILIES = (
    Family(
        id="operation-record",
        types=frozenset({"operation_record"}),
        split="development",
        title="Operation record, parts one below another or in a grid",
        draw=_operation,
    ),
    Family(
        id="dialysis-sessions",
        types=frozenset({"dialysis_record"}),
        split="development",
        title="Dialysis record with a row for each session, upright or on its side",
        draw=_dialysis,
    ),
    Family(
        id="prescription-half",
        types=frozenset({"prescription"}),
        split="development",
        title="Prescription on half a page, drugs in lines or a table, perhaps tinted",
        draw=_prescription,
    ),
)
