"""Receipts, cards (marked as specimens) and papers that say nothing of a disease."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.clinical import blocks as b
from data_samples.factory.families.clinical import pictures
from data_samples.factory.families.clinical.blocks import Block
from data_samples.factory.families.clinical.look import Look, Pages, a4, look
from data_samples.factory.families.clinical.treatment import row_cell
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]

_COLUMNS = {
    "name": ("项目名称", "收费项目", "项目/药品名称", "费用名称"),
    "spec": ("规格", "规格型号"),
    "quantity": ("数量", "数量/单位"),
    "price": ("单价", "单价（元）"),
    "amount": ("金额", "金额（元）", "小计"),
}
_MONEY = ("amount", "pooled", "own")
_SUMS = "零壹贰叁肆伍陆柒捌玖"


def _in_words(amount: str) -> str:
    """Return a sum of money below a hundred thousand yuan as receipts write it: 贰佰叁拾元伍角零分."""
    yuan, _, cents = f"{float(amount):.2f}".partition(".")
    units = ("", "拾", "佰", "仟", "万")
    words = ""
    for place, digit in enumerate(yuan):
        power = len(yuan) - 1 - place
        if digit != "0":
            words += _SUMS[int(digit)] + units[power] if power < len(units) else digit
        elif words and not words.endswith("零") and yuan[place:].strip("0"):
            words += "零"
    return f"{words or '零'}元{_SUMS[int(cents[0])]}角{_SUMS[int(cents[1])]}分"


def _receipt(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, size=float(choose(rng, (9.0, 9.5))), head_face="song", labels=look(rng, paper).labels)
    colour = choose(rng, ("#7a1f1f", "#1f3f7a", "#333333", "#7a4a1f"))
    pages: Pages = dict(
        choose(
            rng, ({"w": 210, "h": 127, "mx": 12, "mt": 8, "mb": 7}, {"w": 210, "h": 148, "mx": 13, "mt": 9, "mb": 8})
        )
    )
    if len(paper.rows) > 8:
        pages |= {"h": 297.0}
    width = pages["w"] - 2 * pages["mx"]
    head = ("number", "visited", "name", "sex", "age", "department", "insurance", "printed")
    rows = b.field_rows(paper, b.rest(paper, head, skip=(*_MONEY, "cashier")), one, columns=4, width=width)
    keys = [key for key in _COLUMNS if key == "name" or any(row.more.get(key) for row in paper.rows)]
    cells: list[list[Any]] = [[{"c": [{"t": choose(rng, _COLUMNS[key]), "fill": colour}]} for key in keys]]
    for row in paper.rows:
        cells.append([{"c": row_cell(row, key), "al": "l" if key in ("name", "spec") else "r"} for key in keys])
    table: Block = {
        "k": "table",
        "columns": [{"name": 2.8, "spec": 1.8}.get(key, 1.0) for key in keys],
        "rows": cells,
        "header": 1,
        "rule": choose(rng, ("head", "outer", "full", "three")),
        "pad": 2.6,
    }
    total = one.value(paper.fields["amount"]) if "amount" in paper.fields else "0"
    sums: list[Any] = [
        {"t": "金额合计（大写）", "fill": colour},
        _in_words(total),
        "　　　",
        {"t": "（小写）", "fill": colour},
        b.field_run(paper, "amount", one),
    ]
    money = [
        {"label": one.labels.label(key), "value": [b.field_run(paper, key, one)], "span": 1}
        for key in _MONEY[1:]
        if key in paper.fields
    ]
    cash = (
        [{"label": one.labels.label("cashier"), "value": [b.field_run(paper, "cashier", one)], "span": 1}]
        if "cashier" in paper.fields
        else []
    )
    unit = {"label": [{"t": "收款单位（章）：", "fill": colour}], "value": [paper.hospital.name], "span": 2}
    code: list[Block] = []
    if rng.random() < 0.5:
        code = [
            {
                "k": "corner",
                "items": [
                    {
                        "img": inks.qr_code(f"{paper.date:%Y%m%d}{int(rng.integers(10**8)):08d}"),
                        "w": 12,
                        "at": "top left",
                        "dx": 0,
                        "dy": 0,
                    }
                ],
            }
        ]
    made: list[Block] = [
        *code,
        b.text([{"t": paper.title, "fill": colour}], al="c", b=True, size=1.8, tracking=2),
        b.text(paper.hospital.name, al="c", size=0.95),
        {"k": "space", "h": 4},
        b.fields(rows, 4, gutter=3.5),
        {"k": "space", "h": 1},
        table,
        {"k": "space", "h": 1},
        b.text(sums),
        b.fields([money], max(1, len(money)), gutter=3) if money else {"k": "space", "h": 0},
        {"k": "fill"},
        b.seals(paper, rng, at=(width - 70, -27), size=(27, 32), oval=0.5),
        b.fields([[unit, *cash]], 3),
    ]
    tints = {"paper": "#fdf3f1"} if rng.random() < 0.3 else {}
    return b.compose(pages | tints, one, made, rng, numbers=0)


def _born(value: object) -> str:
    """Days on cards stand without leading noughts."""
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, dt.date) else str(value)


def _card(paper: Paper, one: Look, rng: np.random.Generator) -> list[Block]:
    """One side of a card, 86 by 54 millimetres."""
    fields = [key for key in paper.fields if key != "kind"]
    labels = {
        "name": "姓名",
        "sex": "性别",
        "nation": "民族",
        "birth_date": "出生",
        "address": "住址",
        "id_number": "公民身份号码",
        "issuer": "签发机关",
        "valid": "有效期限",
        "number": "卡号",
    }
    kind = str(paper.fields["kind"].value) if "kind" in paper.fields else ""
    blue = {"fill": "#35608f"}

    def line(*keys: str) -> Block:
        parts: list[Any] = []
        for key in keys:
            run = b.field_run(paper, key, one)
            if key == "birth_date":
                run["t"] = _born(paper.fields[key].value)
            parts += [{"t": labels.get(key, key), **blue}, "　", run, "　　"]
        return b.text(parts[:-1], leading=0.5, hanging=3 if keys == ("address",) else 0)

    if kind == "id_front":
        left = [line("name"), {"k": "space", "h": 2}, line(*[key for key in ("sex", "nation") if key in fields])]
        left += [{"k": "space", "h": 2}, line("birth_date"), {"k": "space", "h": 2}, line("address")]
        picture: Block = {"k": "images", "items": [{"img": pictures.portrait(rng), "w": 20}]}
        inner = [
            {"k": "columns", "widths": [1, -22], "parts": [left, [picture]], "gutter": 2},
            {"k": "fill"},
            line("id_number"),
        ]
    elif kind == "id_back":
        inner = [
            b.text("中华人民共和国", al="c", size=1.3, b=True),
            b.text("居 民 身 份 证", al="c", size=1.7, b=True),
            {"k": "fill"},
        ]
        inner += [part for key in fields for part in (line(key), {"k": "space", "h": 1.5})]
    else:
        inner = [b.text(paper.title, al="c", size=1.3, b=True), {"k": "space", "h": 4}]
        lines = [part for key in fields for part in (line(key), {"k": "space", "h": 2})]
        inner.append(
            {
                "k": "columns",
                "widths": [1, -20],
                "parts": [lines, [{"k": "images", "items": [{"img": pictures.portrait(rng), "w": 18}]}]],
                "gutter": 2,
            }
        )
    sample = {"k": "tilt", "deg": -20, "blocks": [b.text([{"t": "样　本", "fill": "#d9bcbc"}], al="c", size=3.4)]}
    inner.insert(0, {"k": "corner", "items": [{"blocks": [sample], "at": "center", "dx": 0, "dy": 2}]})
    shade = choose(rng, ("#eef3f8", "#f3f0e6", "#eaf4ee", "#ffffff"))
    return [{"k": "box", "h": 54, "radius": 7, "stroke": 0.5, "inset": 10, "fill": shade, "blocks": inner}]


def _identity(paper: Paper, rng: np.random.Generator) -> Drawn:
    """A copy of a card on a page, or the card alone; marked as a specimen all over."""
    one = look(rng, paper, face=choose(rng, ("hei", "micro", "song")), size=8.5)
    water = {"size": 34.0, "t": "样本 样本", "ink": 205}
    words = b.text([{"t": "样本　仅供系统测试　非真实证件", "fill": "#c03030"}], al="c", size=0.95)
    if rng.random() < 0.4:
        pages: Pages = {"w": 96, "h": 70, "mx": 5, "mt": 4, "mb": 3}
        return b.compose(
            pages, one, [*_card(paper, one, rng), {"k": "space", "h": 1}, words], rng, numbers=0, water=water
        )
    pages = a4(rng, mx=(20, 30))
    left = float(rng.uniform(0, 210 - 2 * pages["mx"] - 86))
    made: list[Block] = [
        {"k": "space", "h": float(rng.uniform(15, 70))},
        {
            "k": "columns",
            "widths": [-left, -86, 1],
            "parts": [[], [*_card(paper, one, rng), {"k": "space", "h": 3}, words], []],
            "gutter": 0,
        },
    ]
    if rng.random() < 0.4:
        made += [{"k": "space", "h": 20}, b.text("此复印件仅用于门诊慢特病申请", al="c", size=1.3)]
    return b.compose(pages, one, made, rng, numbers=0, water=water | {"size": 60.0, "ink": 232})


def _other(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(
        rng, paper, size=float(choose(rng, (10.5, 12.0, 13.0))), leading=float(rng.uniform(0.6, 1.0)), own_titles=True
    )
    small = rng.random() < 0.35
    pages: Pages = {"w": 105, "h": 148, "mx": 9, "mt": 9, "mb": 9} if small else a4(rng, mx=(22, 28))
    width = pages["w"] - 2 * pages["mx"]
    rows = b.field_rows(
        paper,
        b.rest(paper, ("name", "sex", "age", "department")),
        one,
        columns=2,
        width=width,
        under=bool(rng.random() < 0.4),
    )
    made: list[Block] = [
        b.letterhead(
            paper, rng, one, **({"size": 12.0, "title_size": 12.0, "english": None, "logo": None} if small else {})
        ),
        {"k": "space", "h": 4},
        b.fields(rows, 2, gutter=7),
        {"k": "space", "h": 3},
    ]
    for part in paper.sections:
        if part.title:
            made.append(b.section(part, one, mode="block", indent=2, gap=0.7))
        else:
            made += [b.text(line, indent=2, justify=True) for line in b.paragraphs(part) + b.items(part, one)]
    made += [{"k": "space", "h": 10}, b.seals(paper, rng, at=(width - 60, -14))]
    made.append(
        {
            "k": "signs",
            "items": [*b.sign_items(paper, one, rng), {"label": "", "value": one.issued(paper.date)}],
            "gutter": 4,
        }
    )
    return b.compose(pages, one, made, rng, numbers=0.2)


FAMILIES = (
    Family(
        id="receipt-form",
        types=frozenset({"receipt"}),
        split="development",
        title="Receipt with coloured print, items in a table, the sum in words",
        draw=_receipt,
    ),
    Family(
        id="identity-copy",
        types=frozenset({"identity_card"}),
        split="development",
        title="Copy of a card, marked as a specimen",
        draw=_identity,
    ),
    Family(
        id="other-notice",
        types=frozenset({"other"}),
        split="development",
        title="Letters, consents and notices",
        draw=_other,
    ),
)
