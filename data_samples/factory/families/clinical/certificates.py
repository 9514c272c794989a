"""疾病诊断证明书: with a stub to cut off, as a letter, as half a page in a box."""

from __future__ import annotations

from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.clinical import blocks as b
from data_samples.factory.families.clinical.blocks import Block
from data_samples.factory.families.clinical.hand import by_hand
from data_samples.factory.families.clinical.look import Look, a4, look
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]

_HEAD = ("name", "sex", "age", "occupation", "department", "outpatient_number", "inpatient_number", "number", "address")
_TYPES = frozenset({"diagnosis_certificate"})


def _body(paper: Paper, one: Look, rng: np.random.Generator, **style: Any) -> list[Block]:
    return [*b.sections(paper, one, **({"mode": "run", "lists": choose(rng, ("run", "block", "beside"))} | style))]


def _stub(paper: Paper, rng: np.random.Generator) -> Drawn:
    """The stub at the left keeps number, name and diagnosis; the words along the cut run downward."""
    one = look(rng, paper, heading="{}：", size=float(choose(rng, (9.5, 10.0, 10.5))))
    pages = choose(
        rng, ({"w": 210, "h": 148, "mx": 9, "mt": 9, "mb": 8}, {"w": 260, "h": 185, "mx": 10, "mt": 10, "mb": 9})
    )
    side = 48.0 if pages["w"] < 230 else 62.0
    serial = f"{paper.date.year}{int(rng.integers(10**5)):05d}"
    number = next((key for key in ("serial", "number") if key in paper.fields), None)
    shown = one.value(paper.fields[number]) if number else serial
    keys = [key for key in ("name", "sex", "age", "department", "number") if key in paper.fields]
    stub: list[Block] = [
        b.text("存　根", al="c", b=True, size=1.2),
        {"k": "space", "h": 2},
        *[
            b.text([one.labels.label(key), b.field_run(paper, key, one, marked=False, u=True)], hanging=1, leading=0.5)
            for key in keys
        ],
    ]
    for part in paper.sections:
        if part.items and "diagnosis" in part.key:
            words = "；".join("".join(run.text for run in item) for item in part.items)
            stub.append(b.text(f"{one.title(part)}：{words}", size=0.92))
    stub += [{"k": "fill"}, b.text(one.issued(paper.date), al="r", size=0.95)]
    cut: Block = {
        "k": "runs",
        "t": [{"t": f"{paper.hospital.short or '医'}证字第{shown}号", "vert": True}],
        "size": 0.85,
    }
    width = pages["w"] - 2 * pages["mx"] - side - 14
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=3, width=width, under=True)
    main: list[Block] = [
        b.letterhead(paper, rng, one, size=13.0, title_size=14.0, english=None, logo=None),
        {"k": "space", "h": 1.5},
        b.fields(rows, 3, gutter=5, column_gutter=4),
        {"k": "space", "h": 1},
        *_body(paper, one, rng, gap=0.6),
        {"k": "fill"},
        b.seals(paper, rng, at=(width - 55, -22), size=(34, 40)),
        {"k": "signs", "items": [*b.sign_items(paper, one, rng), {"label": "", "value": one.issued(paper.date)}]},
        b.text("（未经医院盖章无效）", size=0.82),
    ]
    tall = pages["h"] - pages["mt"] - pages["mb"]
    boxes = [
        {"k": "box", "stroke": 0, "inset": inset, "h": tall, "blocks": part}
        for inset, part in ((3, stub), (0, [{"k": "fill"}, cut, {"k": "fill"}]), (9, main))
    ]
    whole = {
        "k": "columns",
        "widths": [-side, -9, 1],
        "parts": [[box] for box in boxes],
        "between": True,
        "dash": "dashed",
        "gutter": 0,
    }
    return b.compose(pages, one, [whole], rng, numbers=0)


def _letter(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(
        rng,
        paper,
        size=float(choose(rng, (12.0, 13.0, 14.0))),
        inline=bool(rng.random() < 0.5),
        leading=float(rng.uniform(0.8, 1.1)),
    )
    pages = a4(rng, mx=(24, 30), mt=24)
    width = 210 - 2 * pages["mx"]
    known = [key for key in ("name", "sex", "age") if key in paper.fields]
    line: list[Any] = []
    for key in known:
        line += [one.labels.label(key), b.field_run(paper, key, one, u=bool(rng.random() < 0.5)), "　　"]
    others = b.rest(paper, ("department",), skip=known)
    rows = b.field_rows(paper, others, one, columns=2, width=width)
    made: list[Block] = [
        b.letterhead(
            paper, rng, one, size=float(rng.uniform(18, 24)), title_size=float(rng.uniform(18, 22)), english=None
        ),
        {"k": "space", "h": 8},
        b.text(line, indent=0),
        b.fields(rows, 2, gutter=10),
        {"k": "space", "h": 3},
        *_body(paper, one, rng, outdent=0, gap=0.9),
        b.text("特此证明。", indent=2),
        {"k": "space", "h": 14},
        b.seals(paper, rng, at=(width - 62, -16), size=(38, 44)),
        {"k": "signs", "items": b.sign_items(paper, one, rng), "gutter": 5},
        {"k": "space", "h": 3},
        b.text(one.issued(paper.date), al="r"),
    ]
    return b.compose(pages, one, made, rng, numbers=0)


def _half(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Half a page in a box; entries printed or by hand."""
    one = look(rng, paper, heading="{}：", size=float(choose(rng, (10.0, 10.5, 11.0))), bold=bool(rng.random() < 0.3))
    pages = {"w": 210, "h": 148, "mx": 13, "mt": 9, "mb": 9}
    width = pages["w"] - 2 * pages["mx"]
    columns = choose(rng, (3, 4))
    pen = choose(rng, (None, None, "#1c2e80", "#15151f"))
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=columns, width=width - 6, under=pen is not None)
    if pen:
        for row in rows:
            for cell in row:
                cell["value"] = by_hand(cell["value"], rng, pen)
    cells: list[list[Any]] = []
    framed = rng.random() < 0.6
    inner: list[Block] = []
    for part in paper.sections:
        made = b.section(part, one, mode="run", lists=choose(rng, ("run", "block")), gap=0.5)
        if pen:
            made["body"] = [by_hand(paragraph, rng, pen) for paragraph in made["body"]]
        inner.append(made)
        blocks = [b.text(paragraph, justify=True) for paragraph in made["body"]]
        cells.append([{"c": one.title(part), "al": "c"}, {"blocks": blocks, "al": "l", "h": 12.0}])
    head: list[Block] = [
        b.letterhead(paper, rng, one, size=15.0, title_size=15.0, english=None, level=None),
        {"k": "space", "h": 2},
        b.fields(rows, columns, gutter=5, frame="none" if pen else "cells" if framed else "none"),
        {"k": "space", "h": 0.6},
    ]
    end: list[Block] = [
        {"k": "fill"} if rng.random() < 0.6 else {"k": "space", "h": 6},
        b.seals(paper, rng, at=(width - float(rng.uniform(50, 75)), -20), size=(32, 40), oval=0.3),
        {
            "k": "signs",
            "items": [*b.sign_items(paper, one, rng), {"label": "", "value": one.issued(paper.date)}],
            "row": rng.random() < 0.6,
            "al": choose(rng, ("r", "l")),
        },
    ]
    if framed:
        head.append({"k": "table", "columns": [0.16, 0.84], "rows": cells, "pad": 4})
    else:
        head += inner
    note = choose(rng, ("注：本证明未加盖公章无效，涂改无效。", "说明：此证明仅供医疗保险及单位请假使用。", ""))
    made_end = [*end, *([{"k": "space", "h": 1}, b.text(note, size=0.82)] if note else [])]
    return b.compose(pages, one, head + made_end, rng, numbers=0)


FAMILIES = (
    Family(
        id="certificate-stub",
        types=_TYPES,
        split="development",
        title="Certificate with a stub, a cut line and a number written downward",
        draw=_stub,
        media=frozenset({"photo", "scan"}),
    ),
    Family(
        id="certificate-letter",
        types=_TYPES,
        split="development",
        title="Certificate as a letter in large print",
        draw=_letter,
    ),
    Family(
        id="certificate-half",
        types=_TYPES,
        split="development",
        title="Certificate on half a page, in a table or on lines, perhaps filled in by hand",
        draw=_half,
    ),
)
