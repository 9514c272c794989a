"""Reports of other examinations: pathology, endoscopy, heart traces, lung function, nerves and brain waves."""

from __future__ import annotations

from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.clinical import blocks as b
from data_samples.factory.families.clinical import pictures
from data_samples.factory.families.clinical.blocks import Block
from data_samples.factory.families.clinical.imaging import HEAD, ending, modality
from data_samples.factory.families.clinical.look import Look, Pages, a4, look
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Row

__all__ = ["FAMILIES"]

_SIDES = ("lines", "under", "cells", "box")


def _start(paper: Paper, one: Look, rng: np.random.Generator, pages: Pages, *, columns: int = 0) -> list[Block]:
    """Letterhead and head."""
    width = pages["w"] - 2 * pages["mx"]
    columns = columns or choose(rng, (3, 4))
    frame = choose(rng, _SIDES)
    keys = b.rest(paper, ("height", "weight", *HEAD), skip=("reported",))
    keys = b.rest(paper, [key for key in HEAD if key in keys] + ["height", "weight"], skip=("reported",))
    rows = b.field_rows(paper, keys, one, columns=columns, width=width - (2.2 * columns if frame == "cells" else 0))
    return [
        b.letterhead(paper, rng, one),
        {"k": "space", "h": 2},
        b.fields(rows, columns, frame=frame, gutter=4, pad=3.5),
        {"k": "space", "h": 2},
    ]


def _close(paper: Paper, one: Look, rng: np.random.Generator, pages: Pages, parts: list[Block]) -> list[Block]:
    return [*parts, {"k": "fill"}, *ending(paper, one, rng, width=pages["w"] - 2 * pages["mx"])]


def _parts(paper: Paper, one: Look, rng: np.random.Generator) -> list[Block]:
    found: list[Block] = []
    mode = choose(rng, ("block", "run", "block"))
    for part in paper.sections:
        found += [
            b.section(part, one, mode=mode, lists="block", gap=0.55),
            {"k": "space", "h": float(rng.uniform(3, 6))},
        ]
    return found


def _pathology(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, own_titles=True)
    pages = a4(rng, mx=(15, 22))
    images: list[Block] = []
    if rng.random() < 0.75:
        count = choose(rng, (1, 2, 2))
        shown = [
            {"img": pictures.picture("histology", rng), "w": 60, "caption": choose(rng, ("HE ×100", "HE ×200", ""))}
            for _ in range(count)
        ]
        images = [{"k": "images", "items": shown}, {"k": "space", "h": 3}]
    parts = _parts(paper, one, rng)
    middle = images + parts if rng.random() < 0.5 else parts[:2] + images + parts[2:]
    return b.compose(
        pages, one, _start(paper, one, rng, pages) + _close(paper, one, rng, pages, middle), rng, numbers=0.2
    )


def _pathology_grid(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Every part in a cell of one tall grid, headings downward at the left."""
    one = look(rng, paper, own_titles=True, inline=False)
    pages = a4(rng, mx=(17, 22))
    rows: list[list[Any]] = []
    for part in paper.sections:
        body = [b.text(line, justify=True) for line in b.paragraphs(part) + b.items(part, one)]
        tall = 46.0 if "diagnosis" in part.key else 34.0
        rows.append(
            [{"c": [{"t": part.title, "vert": True, "gap": 3}]}, {"blocks": body, "al": "l", "va": "t", "h": tall}]
        )
    table: Block = {"k": "table", "columns": [0.09, 0.91], "rows": rows, "pad": 5, "hair": 0.6}
    start = _start(paper, one, rng, pages, columns=3)
    return b.compose(
        pages,
        one,
        [*start, table, {"k": "space", "h": 3}, *ending(paper, one, rng, width=210 - 2 * pages["mx"])],
        rng,
        numbers=0.1,
    )


def _endoscopy(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, own_titles=True)
    pages = a4(rng, mx=(13, 19))
    count = choose(rng, (2, 4, 4, 6))
    places = ("食管", "贲门", "胃底", "胃体", "胃窦", "十二指肠")
    shown = [
        {"img": pictures.picture("endoscopy", rng), "w": 40 if count > 2 else 55, "caption": places[k]}
        for k in range(count)
    ]
    parts = _parts(paper, one, rng)
    if rng.random() < 0.4:
        images: Block = {"k": "images", "items": shown[:4], "per": 1}
        for item in images["items"]:
            item["w"] = 42
        middle: list[Block] = [
            {"k": "columns", "widths": [1, -46], "parts": [parts, [images]], "between": rng.random() < 0.5}
        ]
    else:
        middle = [{"k": "images", "items": shown, "per": 4 if count == 4 else 3}, {"k": "space", "h": 2}, *parts]
    return b.compose(
        pages, one, _start(paper, one, rng, pages) + _close(paper, one, rng, pages, middle), rng, numbers=0.2
    )


def _ecg(paper: Paper, rng: np.random.Generator) -> Drawn:
    """The strip across a page on its side; findings above, or in a column beside the conclusion."""
    one = look(rng, paper, own_titles=True, size=9.5)
    pages: Pages = {"w": 297, "h": 210, "mx": 12, "mt": 9, "mb": 10}
    width = 273.0
    keys = b.rest(paper, HEAD, skip=("reported",))
    rows = b.field_rows(paper, keys, one, columns=6, width=width)
    parts = [b.section(part, one, mode="block", lists="block", gap=0.4) for part in paper.sections]
    strip: Block = {"k": "images", "items": [{"img": pictures.ecg(rng), "w": 218}]}
    made: list[Block] = [
        b.letterhead(paper, rng, one, size=15.0, title_size=13.0, english=None, logo=None),
        {"k": "space", "h": 1},
        b.fields(rows, 6, frame=choose(rng, ("lines", "under", "none")), gutter=3),
        {"k": "space", "h": 1},
        {"k": "columns", "widths": [1] * len(parts), "parts": [[part] for part in parts]},
        {"k": "fill"},
        strip,
        b.text(
            choose(rng, ("25mm/s  10mm/mV  0.05-100Hz  AC50", "纸速：25mm/s　增益：10mm/mV", "25 mm/s 10 mm/mV")),
            size=0.8,
        ),
        *ending(paper, one, rng, width=width),
    ]
    return b.compose(pages, one, made, rng, numbers=0)


def _ecg_upright(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Upright page: the strip in the middle, conclusions in a frame below."""
    one = look(rng, paper, own_titles=True)
    pages = a4(rng, mx=(13, 18))
    width = 210 - 2 * pages["mx"]
    strip: list[Block] = [
        {"k": "images", "items": [{"img": pictures.ecg(rng), "w": width}]},
        {"k": "space", "h": 2},
    ]
    parts = _parts(paper, one, rng)
    framed: list[Block] = [{"k": "box", "blocks": parts, "inset": 7}] if rng.random() < 0.5 else parts
    middle = strip + framed if rng.random() < 0.6 else framed + strip
    if modality(paper) == "holter":
        hours = pictures.traces(rng, rows=3, labels=("HR", "ST", "RR"), pulse=False)
        middle = [*parts, {"k": "images", "items": [{"img": hours, "w": width}]}]
    return b.compose(
        pages, one, _start(paper, one, rng, pages) + _close(paper, one, rng, pages, middle), rng, numbers=0.3
    )


_LUNG = (
    ("name", ("项目", "参数", "指标", "测定项目")),
    ("unit", ("单位",)),
    ("predicted", ("预计值", "预计", "预计值Pred", "Pred")),
    ("before", ("实测值", "用药前", "前次", "舒张前", "Pre")),
    ("before_percent", ("实测/预计%", "前/预%", "占预计值%", "%Pred")),
    ("after", ("用药后", "舒张后", "Post")),
    ("after_percent", ("后/预%", "后占预计值%", "%Pred ")),
    ("change", ("改善率%", "变化率%", "Chg%")),
)


def _lung_cell(row: Row, key: str) -> list[Any]:
    if key == "name":
        return [{"t": row.name}]
    if key == "unit":
        return [{"t": row.unit}]
    mark = row.more.get(f"mark:{key}")
    return [{"t": row.more.get(key, ""), "id": mark}]


def _lung(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, own_titles=True, size=float(choose(rng, (9.5, 10.0, 10.5))))
    pages = a4(rng, mx=(13, 20))
    width = 210 - 2 * pages["mx"]
    there = [
        (key, choose(rng, words))
        for key, words in _LUNG
        if key in ("name", "unit") or any(row.more.get(key) for row in paper.rows)
    ]
    if rng.random() < 0.3:
        there = [one_column for one_column in there if one_column[0] != "unit"]
    cells: list[list[Any]] = [[{"c": label, "b": True} for _, label in there]]
    for row in paper.rows:
        cells.append([{"c": _lung_cell(row, key), "al": "l" if key == "name" else "c"} for key, _ in there])
    table: Block = {
        "k": "table",
        "columns": [1.6 if key == "name" else 1 for key, _ in there],
        "rows": cells,
        "header": 1,
        "rule": choose(rng, ("full", "three", "rows", "head")),
        "pad": 2.8,
        "size": 0.95,
    }
    ratio = next((float(row.more["before"]) / 100 for row in paper.rows if row.name == "FEV1/FVC"), 0.7)
    curve: Block = {"k": "images", "items": [{"img": pictures.flow_loop(ratio), "w": 56, "caption": "流速-容量曲线"}]}
    parts = _parts(paper, one, rng)
    layout = choose(rng, ("below", "above", "beside"))
    if layout == "beside" and width > 172:
        table["columns"] = [1.5 if key == "name" else 1 for key, _ in there]
        middle: list[Block] = [
            table,
            {"k": "space", "h": 3},
            {"k": "columns", "widths": [-60, 1], "parts": [[curve], parts]},
        ]
    elif layout == "above":
        middle = [curve, {"k": "space", "h": 2}, table, {"k": "space", "h": 3}, *parts]
    else:
        middle = [table, {"k": "space", "h": 3}, curve, {"k": "space", "h": 2}, *parts]
    return b.compose(
        pages, one, _start(paper, one, rng, pages) + _close(paper, one, rng, pages, middle), rng, numbers=0.2
    )


def _waves(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Nerve conduction or brain waves: curves, then what was seen and concluded, in parts or in a grid."""
    one = look(rng, paper, own_titles=True)
    pages = a4(rng, mx=(14, 20))
    width = 210 - 2 * pages["mx"]
    nerves = modality(paper) == "emg"
    labels = ("L1", "L2", "R1", "R2") if nerves else ("Fp1", "Fp2", "C3", "C4", "O1", "O2", "T3", "T4")
    rows = choose(rng, (3, 4)) if nerves else choose(rng, (6, 8))
    curves: Block = {
        "k": "images",
        "items": [{"img": pictures.traces(rng, rows=rows, labels=labels, pulse=nerves), "w": width * 0.94}],
        "frame": bool(rng.random() < 0.5),
    }
    table: list[Block] = []
    if paper.rows:
        keys = list(dict.fromkeys(key for row in paper.rows for key in row.more if not key.startswith("mark:")))
        cells: list[list[Any]] = [[{"c": words, "b": True} for words in ("神经", *keys)]]
        for row in paper.rows:
            cells.append(
                [
                    [{"t": row.name, "id": row.mark}],
                    *[[{"t": row.more.get(key, ""), "id": row.more.get(f"mark:{key}")}] for key in keys],
                ]
            )
        table = [
            {
                "k": "table",
                "columns": [1.8, *[1] * len(keys)],
                "rows": cells,
                "header": 1,
                "rule": choose(rng, ("full", "three")),
                "pad": 2.5,
            }
        ]
    parts = _parts(paper, one, rng)
    middle = [curves, {"k": "space", "h": 3}, *table, *parts] if rng.random() < 0.6 else [*table, *parts, curves]
    return b.compose(
        pages, one, _start(paper, one, rng, pages) + _close(paper, one, rng, pages, middle), rng, numbers=0.2
    )


def _family(name: str, kind: str, title: str, draw: Any, **more: Any) -> Family:
    return Family(id=name, types=frozenset({kind}), split="development", title=title, draw=draw, **more)


FAMILIES = (
    _family("pathology-parts", "pathology_report", "Pathology with micrographs, parts one below another", _pathology),
    _family(
        "pathology-grid", "pathology_report", "Pathology in one tall grid, headings written downward", _pathology_grid
    ),
    _family(
        "endoscopy-pictures", "endoscopy_report", "Endoscopy with round pictures above or beside the text", _endoscopy
    ),
    _family(
        "ecg-strip",
        "ecg_report",
        "Twelve leads across a page on its side",
        _ecg,
        fits=lambda paper: modality(paper) != "holter",
    ),
    _family("ecg-upright", "ecg_report", "Heart trace on an upright page, conclusions in a frame", _ecg_upright),
    _family(
        "lung-function-table", "lung_function_report", "Predicted and measured values in a table with a loop", _lung
    ),
    _family("nerves-waves", "eeg_emg_report", "Nerve conduction or brain waves with curves", _waves),
)
