"""Papers of a hospital stay in prose: discharge records in five hands, admission records in two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.clinical import blocks as b
from data_samples.factory.families.clinical.blocks import Block
from data_samples.factory.families.clinical.look import Look, Pages, a4, look
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]

_HEAD = (
    "name",
    "sex",
    "age",
    "nation",
    "marriage",
    "occupation",
    "department",
    "ward",
    "bed",
    "number",
    "inpatient_number",
    "admitted",
    "discharged",
    "days",
)
_Draw = Callable[[Paper, np.random.Generator], Drawn]
_RECORD = ("discharge_summary",)
_DIAGNOSES = ("admission_diagnosis", "discharge_diagnosis")


def _sheet(rng: np.random.Generator, one: Look, **margins: Any) -> tuple[Pages, Look]:
    """A4, or (in a third of hospitals) large print or a smaller sheet, on which a record runs over several pages."""
    way = rng.random()
    if way < 0.16:
        return a4(rng, **margins), replace(one, size=12.0, leading=float(rng.uniform(0.75, 1.1)))
    if way < 0.34:
        return a4(rng, **margins, w=184, h=260), replace(one, size=max(one.size, 10.5), leading=max(one.leading, 0.55))
    return a4(rng, **margins), one


def _again(paper: Paper, one: Look) -> list[Block]:
    """What stands above every further page."""
    parts = [
        one.labels.label(key) + one.value(paper.fields[key])
        for key in ("name", "department", "bed", "number", "inpatient_number")
        if key in paper.fields
    ]
    return [b.text("　".join(parts), size=0.9), {"k": "rule", "w": 0.5}]


def _end(paper: Paper, one: Look, rng: np.random.Generator, *, width: float, al: str = "r") -> list[Block]:
    in_row = al == "l" or rng.random() < 0.3
    return [
        {"k": "space", "h": 4},
        b.seals(paper, rng, at=(width - float(rng.uniform(50, 85)), -10)),
        {"k": "signs", "items": b.sign_items(paper, one, rng, day=paper.date), "al": al, "row": in_row},
    ]


def _plain(paper: Paper, rng: np.random.Generator) -> Drawn:
    pages, one = _sheet(rng, look(rng, paper))
    width = pages["w"] - 2 * pages["mx"]
    columns = choose(rng, (3, 4, 4))
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=columns, width=width)
    mode = choose(rng, ("run", "run", "block"))
    style: Block = {"lists": choose(rng, ("block", "beside", "run")), "mode": mode, "gap": float(rng.uniform(0.3, 0.6))}
    style |= {"indent": 2} if mode == "block" or rng.random() < 0.4 else {}
    made = [
        b.letterhead(paper, rng, one),
        {"k": "space", "h": 2},
        b.fields(rows, columns, frame=choose(rng, ("lines", "under", "none")), gutter=4),
        {"k": "space", "h": 1.5},
        *b.sections(paper, one, **style),
        *_end(paper, one, rng, width=width),
    ]
    again = _again(paper, one) if rng.random() < 0.6 else []
    return b.compose(pages | {"mt": pages["mt"] + (5 if again else 0)}, one, made, rng, again=again)


def _boxed(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, heading=choose(rng, ("{}", "{}：")))
    pages = a4(rng, mx=(13, 18))
    width = pages["w"] - 2 * pages["mx"]
    columns = choose(rng, (3, 4))
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=columns, width=width - 2 * columns)
    rule = float(rng.uniform(0.4, 0.8))
    made: list[Block] = [
        b.letterhead(paper, rng, one),
        {"k": "space", "h": 2},
        b.fields(rows, columns, frame="cells", hair=rule, pad=float(rng.uniform(3, 4.5))),
    ]
    if rng.random() < 0.5:
        cells = []
        for part in paper.sections:
            whole = b.section(part, replace(one, heading="{}"))
            body = [b.text(paragraph, justify=True) for paragraph in whole["body"]]
            label = {"c": whole["label"], "b": one.bold, "al": "c"}
            cells.append([label, {"blocks": body, "al": "l"}])
        made.append({"k": "table", "columns": [0.15, 0.85], "rows": cells, "hair": rule, "pad": 4, "breakable": True})
        made += _end(paper, one, rng, width=width)
    else:
        inner = [*b.sections(paper, one, mode=choose(rng, ("run", "block")), lists=choose(rng, ("beside", "block")))]
        made.append({"k": "box", "stroke": rule, "blocks": inner + _end(paper, one, rng, width=width - 4)})
    return b.compose(pages, one, made, rng)


def _narrow(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, size=float(choose(rng, (9.0, 9.5, 10.0))), leading=float(rng.uniform(0.3, 0.5)))
    pages = a4(rng, mx=(8, 11), mt=17, mb=13)
    if rng.random() < 0.5:
        # Half a page: the record goes on overleaf under a line that says whose it is.
        pages |= {"h": 148.0}
    width = pages["w"] - 2 * pages["mx"]
    keys = [*b.rest(paper, _HEAD)]
    rows = b.field_rows(paper, keys, one, columns=2, width=width, under=bool(rng.random() < 0.4))
    both = {part.key: b.section(part, one, mode="block", lists="block") for part in paper.sections}
    made: list[Block] = [
        b.letterhead(paper, rng, one),
        {"k": "space", "h": 1},
        b.fields(rows, 2, frame=choose(rng, ("lines", "under", "box")), gutter=3.5, column_gutter=30),
        {"k": "space", "h": 1},
    ]
    beside = all(key in both for key in _DIAGNOSES)
    if beside:
        made += [
            {
                "k": "columns",
                "widths": [1, 1],
                "parts": [[both[key]] for key in _DIAGNOSES],
                "between": rng.random() < 0.4,
            },
            {"k": "rule", "w": 0.5},
        ]
    skip = _DIAGNOSES if beside else ()
    made += [*b.sections(paper, one, skip=skip, mode="run", lists=choose(rng, ("block", "run")), gap=0.3)]
    made += _end(paper, one, rng, width=width)
    return b.compose(pages, one, made, rng, again=_again(paper, one), numbers=0.9)


def _western(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(
        rng,
        paper,
        face=choose(rng, ("hei", "arial+hei", "micro", "times+song")),
        head_face="hei",
        heading=choose(rng, ("{}", "{}", "■ {}", "▎{}")),
        bold=True,
        inline=False,
    )
    pages, one = _sheet(rng, one, mx=(18, 25))
    width = pages["w"] - 2 * pages["mx"]
    columns = choose(rng, (2, 3))
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=columns, width=width)
    bar = choose(rng, (None, "#e6e6e6", "#dfe9f3", None))
    order = sorted(paper.sections, key=lambda part: part.key not in _DIAGNOSES)
    arranged = replace(paper, sections=tuple(order))
    style: Block = {"mode": "block", "label_size": 1.12, "gap": 0.55, "inset": float(choose(rng, (0, 1, 2)))}
    style |= {"bar": bar} if bar else {"underlined": bool(rng.random() < 0.4)}
    made = [
        b.letterhead(paper, rng, one, align=choose(rng, ("left", "center"))),
        {"k": "rule", "w": 1.2},
        b.fields(rows, columns, frame=choose(rng, ("none", "under")), gutter=5),
        {"k": "space", "h": 2},
        *b.sections(arranged, one, **style),
        *_end(paper, one, rng, width=width, al=choose(rng, ("l", "r"))),
    ]
    return b.compose(pages, one, made, rng, numbers=0.7)


def _short(paper: Paper, rng: np.random.Generator) -> Drawn:
    """A stay of a day has a form of its own name; longer ones come on the same form under theirs."""
    one = look(rng, paper, heading=choose(rng, ("{}：", "{}:")))
    admitted, discharged = (paper.dates.get(key) for key in ("admitted", "discharged"))
    if admitted and discharged and (discharged - admitted).days <= 1:
        paper = replace(paper, title=choose(rng, ("24小时内入出院记录", "24小时出入院记录", "24小时内出入院记录")))
    pages, one = _sheet(rng, one, mx=(20, 26))
    width = pages["w"] - 2 * pages["mx"]
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=2, width=width)
    made = [
        b.letterhead(paper, rng, one, logo=None),
        {"k": "space", "h": 3},
        b.fields(rows, 2, gutter=5),
        {"k": "space", "h": 2},
        *b.sections(paper, one, mode="run", lists="block", outdent=2, indent=2, inset=0, gap=0.6),
        *_end(paper, one, rng, width=width),
    ]
    return b.compose(pages, one, made, rng)


def _admission(paper: Paper, rng: np.random.Generator) -> Drawn:
    pages, one = _sheet(rng, look(rng, paper))
    width = pages["w"] - 2 * pages["mx"]
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=2, width=width)
    last = [part for part in paper.sections if part.items and "diagnosis" in part.key]
    made: list[Block] = [
        b.letterhead(paper, rng, one),
        {"k": "space", "h": 2},
        b.fields(rows, 2, frame=choose(rng, ("none", "under", "lines")), gutter=5),
        {"k": "space", "h": 1},
        *b.sections(paper, one, skip=[part.key for part in last], outdent=2, indent=2, gap=0.5),
    ]
    for part in last:
        right = [b.section(part, one, mode="block"), {"k": "space", "h": 2}, *_end(paper, one, rng, width=width / 2)]
        made.append({"k": "columns", "widths": [1, 1], "parts": [[], right]})
    if not last:
        made += _end(paper, one, rng, width=width)
    return b.compose(pages, one, made, rng, again=_again(paper, one) if rng.random() < 0.5 else [])


def _admission_form(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, heading="{}：", bold=True)
    pages = a4(rng, mx=(16, 20))
    width = pages["w"] - 2 * pages["mx"]
    columns = choose(rng, (3, 4))
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=columns, width=width, under=True)
    centred = ("physical_exam", "auxiliary_exams")
    made: list[Block] = [
        b.letterhead(paper, rng, one),
        {"k": "space", "h": 2},
        b.fields(rows, columns, gutter=6),
        {"k": "rule", "w": 1},
    ]
    for part in paper.sections:
        if part.key in centred:
            made += [b.text(part.title, al="c", b=True, tracking=8), {"k": "space", "h": 1}]
            made += [b.text(paragraph, indent=2, justify=True) for paragraph in b.paragraphs(part)]
            made += [b.text(item) for item in b.items(part, one)]
        else:
            made.append(b.section(part, one, mode="run", lists="beside", gap=0.5))
    made += _end(paper, one, rng, width=width)
    return b.compose(pages, one, made, rng, numbers=0.8)


def _family(name: str, types: tuple[str, ...], title: str, draw: _Draw) -> Family:
    return Family(id=name, types=frozenset(types), split="development", title=title, draw=draw)


FAMILIES = (
    _family("discharge-plain", _RECORD, "Discharge record in plain paragraphs under a line of fields", _plain),
    _family("discharge-boxed", _RECORD, "Discharge record with a grid of fields, parts in cells or one frame", _boxed),
    _family("discharge-narrow", _RECORD, "Small print to the margins, diagnoses side by side, continued page", _narrow),
    _family("discharge-headings", _RECORD, "Sans-serif with large headings, diagnoses first", _western),
    _family("discharge-day", _RECORD, "Two columns of fields, indented parts; the form of a stay of one day", _short),
    _family("admission-prose", ("admission_record",), "Admission record, first diagnosis at the right", _admission),
    _family("admission-form", ("admission_record",), "Admission record on underlined blanks", _admission_form),
)
