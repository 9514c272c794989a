"""The application form: the official grid, and a page that an office typed itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.clinical import blocks as b
from data_samples.factory.families.clinical import pictures
from data_samples.factory.families.clinical.blocks import Block
from data_samples.factory.families.clinical.hand import by_hand
from data_samples.factory.families.clinical.look import Look, a4, look
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Section, Signature

__all__ = ["FAMILIES"]

_TYPES = frozenset({"application_form"})
_PROMISE = "本人承诺所提交的申请材料真实、有效，如有虚假，愿意承担由此产生的一切法律责任。"
_NOTES = (
    "注：1.本表一式两份，由认定医疗机构和医保经办机构各留存一份。2.申请时须提供二级及以上定点医疗机构的相关资料。",
    "说明：本表由申请人填写，责任医师及医疗机构签署意见后报医保经办机构。",
)
_MATERIALS = ("身份证复印件", "出院小结", "疾病诊断证明书", "检验检查报告", "门诊病历", "病理报告", "其他")
_NAMED = ("physician_name", "physician_title", "physician_signature", "hospital_seal", "applicant_signature")


def _hands(paper: Paper) -> tuple[Signature | None, Signature | None]:
    """Who signed as physician, and who as applicant."""
    doctor = next((one for one in paper.signatures if "医师" in one.role or "医生" in one.role), None)
    person = next((one for one in paper.signatures if one is not doctor), None)
    return doctor, person


def _line(label: str, hand: Signature | None, mark: str | None, one: Look, rng: np.random.Generator) -> list[Any]:
    """A line to sign on, signed or empty."""
    blank = float(rng.uniform(26, 34))
    if hand is None:
        return [label, {"blank": blank, "t": "", "id": mark}]
    if not hand.handwritten:
        return [label, {"blank": blank, "t": hand.name, "id": mark}]
    picture = {"img": inks.signature(hand.name, rng), "w": float(rng.uniform(18, 25)), "dy": -1.2, "dx": 3, "id": mark}
    return [label, picture, "　"]


def _seal(paper: Paper, rng: np.random.Generator, *, dx: float, dy: float, empty: float = 30) -> list[Block]:
    """The hospital's seal over its opinion, or the empty place meant for it."""
    mark = b.form_mark(paper, "hospital_seal")
    if not paper.seals:
        place: Block = b.text([{"blank": empty, "t": "", "line": False, "id": mark}]) if mark else b.text("")
        return [{"k": "here", "items": [{"blocks": [place], "dx": dx, "dy": dy + 10}]}]
    shape = pictures.oval_seal if rng.random() < 0.15 else inks.seal
    found = []
    for number, words in enumerate(paper.seals):
        item = {"img": shape(paper.hospital.name, words, rng), "w": float(rng.uniform(36, 42))}
        found.append(
            {
                **item,
                "dx": dx + 42 * number + float(rng.uniform(-6, 6)),
                "dy": dy + float(rng.uniform(-3, 3)),
                "id": mark if number == 0 else None,
            }
        )
    return [{"k": "here", "items": found}]


def _prose(part: Section, one: Look, rng: np.random.Generator, pen: str | None) -> list[Block]:
    if _opinion(part) == "material" and rng.random() < 0.65:
        return [b.text(_ticks(part))]
    lines = b.paragraphs(part) + b.items(part, one)
    if pen:
        lines = [by_hand(line, rng, pen) for line in lines]
    return [b.text(line, indent=2 if part.text else 0, justify=not pen) for line in lines]


def _ticks(part: Section) -> list[Any]:
    """Every paper that may be handed in with a box before it, ticked where it was."""
    there = {"".join(run.text for run in item): item for item in part.items}
    line: list[Any] = []
    for name in dict.fromkeys((*_MATERIALS, *there)):
        line += ["☑" if name in there else "□", *(b.runs(there[name]) if name in there else [name]), "　"]
    return line


def _opinion(part: Section) -> str:
    """What kind of part: the physician's, the hospital's, what is handed in, or another."""
    key, title = part.key, part.title
    if "hospital" in key or "机构" in title or "医院意见" in title:
        return "hospital"
    if "physician" in key or "opinion" in key or "医师" in title or "医生" in title:
        return "physician"
    return "material" if "material" in key or "材料" in title else ""


def _grid(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(
        rng,
        paper,
        face=choose(rng, ("song", "song", "times+song", "fangsong", "ming")),
        size=10.5,
        own_titles=True,
        leading=float(rng.uniform(0.45, 0.65)),
    )
    pages = a4(rng, mx=(16, 20), mt=15, mb=11)
    pen = choose(rng, (None, None, "#1c2e80", "#15151f"))

    def value(key: str, **more: Any) -> dict[str, Any]:
        run = [b.field_run(paper, key, one)]
        return {"c": by_hand(run, rng, pen) if pen and run[0]["t"] else run, **more}

    def label(key: str, default: str, **more: Any) -> dict[str, Any]:
        return {"c": one.labels.words.get(key, default), **more}

    name = "applicant_name" if "applicant_name" in paper.fields else "name"
    rows: list[list[Any]] = [
        [
            {"c": "姓　名"},
            value(name),
            {"c": "性别"},
            value("sex"),
            {"c": "年龄"},
            value("age"),
            {"c": choose(rng, ("险　种", "参保类型", "人员类别"))},
            value("insurance"),
        ]
    ]
    rows.append([{"c": "身份证号码"}, value("id_number", span=4), {"c": "联系电话"}, value("phone", span=2)])
    done = {name, "name", "sex", "age", "insurance", "id_number", "phone", "disease_applied", "applied_on", *_NAMED}
    rows.append(
        [
            label("disease_applied", "申请病种"),
            value("disease_applied", span=4),
            label("applied_on", "申请日期"),
            value("applied_on", span=2),
        ]
    )
    others = [
        key
        for key in b.rest(paper, ("address", "agent", "first_diagnosed", "hospital"), skip=done)
        if paper.fields[key].value != ""
    ]
    for at in range(0, len(others), 2):
        pair = others[at : at + 2]
        cells = [label(pair[0], pair[0]), value(pair[0], span=4 if len(pair) == 2 else 7)]
        rows.append(cells + ([label(pair[1], pair[1]), value(pair[1], span=2)] if len(pair) == 2 else []))
    doctor, person = _hands(paper)
    kinds = {_opinion(part) for part in paper.sections}
    for part in paper.sections:
        rows.append(
            [
                {"c": part.title},
                {
                    "blocks": _prose(part, one, rng, pen) + _after(paper, part, doctor, one, rng),
                    "span": 7,
                    "al": "l",
                    "va": "t",
                    "h": 16.0 if _opinion(part) else 24.0,
                },
            ]
        )
    if "physician" not in kinds:
        rows.append(
            [
                {"c": "责任医师意见"},
                {
                    "blocks": [{"k": "space", "h": 10}, *_signing(paper, doctor, one, rng)],
                    "span": 7,
                    "al": "l",
                    "va": "t",
                },
            ]
        )
    if "hospital" not in kinds:
        rows.append(
            [
                {"c": choose(rng, ("认定医疗机构意见", "定点医疗机构意见"))},
                {"blocks": _sealing(paper, one, rng), "span": 7, "al": "l", "va": "t"},
            ]
        )
    promise = [
        b.text(_PROMISE, indent=2),
        {"k": "space", "h": 4},
        b.text(
            [
                *_line("申请人（代办人）签名：", person, b.form_mark(paper, "applicant_signature"), one, rng),
                "　",
                one.issued(paper.date),
            ],
            al="r",
        ),
    ]
    rows.append([{"c": "申请人承诺"}, {"blocks": promise, "span": 7, "al": "l", "va": "t"}])
    table: Block = {
        "k": "table",
        "columns": [11, 13, 7, 7, 8, 12, 10, 13],
        "rows": rows,
        "pad": 5.5,
        "hair": float(rng.uniform(0.4, 0.8)),
        "breakable": False,
    }
    made = [
        b.text(paper.title, al="c", b=True, size=1.6, face=choose(rng, ("hei", "song")), tracking=choose(rng, (0, 1))),
        {"k": "space", "h": 3},
        table,
        {"k": "space", "h": 1},
        b.text(choose(rng, _NOTES), size=0.82),
    ]
    return b.compose(pages, one, made, rng, numbers=0.1)


def _after(paper: Paper, part: Section, doctor: Signature | None, one: Look, rng: np.random.Generator) -> list[Block]:
    """What is signed or sealed below a part."""
    kind = _opinion(part)
    if kind == "physician":
        return [{"k": "space", "h": 8}, *_signing(paper, doctor, one, rng)]
    return _sealing(paper, one, rng) if kind == "hospital" else []


def _signing(paper: Paper, doctor: Signature | None, one: Look, rng: np.random.Generator) -> list[Block]:
    mark = b.form_mark(paper, "physician_signature")
    line: list[Any] = []
    if "physician_name" in paper.fields:
        line += [one.labels.label("physician_name"), b.field_run(paper, "physician_name", one), "　　"]
    line += _line("医师签名：", doctor, mark, one, rng)
    title = paper.fields.get("physician_title")
    line += (
        ["　职称：", b.field_run(paper, "physician_title", one)]
        if title
        else (["　职称：", doctor.title] if doctor and doctor.title else [])
    )
    return [b.text(line, al="r")]


def _sealing(paper: Paper, one: Look, rng: np.random.Generator) -> list[Block]:
    day = one.issued(paper.date) if paper.seals else "　　　年　　月　　日"
    return [
        {"k": "space", "h": 8},
        *_seal(paper, rng, dx=62, dy=-10),
        {"k": "space", "h": 8},
        b.text([choose(rng, ("（医保办盖章）", "（医疗机构盖章）", "（公章）")), "　　　", day], al="r"),
        {"k": "space", "h": 4},
    ]


def _typed(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Labels and underlined entries, parts one below another, no grid."""
    one = look(
        rng,
        paper,
        size=float(choose(rng, (11.0, 12.0))),
        leading=float(rng.uniform(0.7, 0.9)),
        own_titles=True,
        heading=choose(rng, ("{}：", "{}", "【{}】")),
    )
    pages = a4(rng, mx=(20, 26))
    width = 210 - 2 * pages["mx"]
    doctor, person = _hands(paper)
    order = (
        "applicant_name",
        "name",
        "sex",
        "age",
        "id_number",
        "phone",
        "insurance",
        "address",
        "disease_applied",
        "first_diagnosed",
        "hospital",
        "agent",
        "applied_on",
    )
    skip = set(_NAMED) | ({"name"} if "applicant_name" in paper.fields else set())
    rows = b.field_rows(paper, b.rest(paper, order, skip=skip), one, columns=2, width=width, under=True)
    made: list[Block] = [
        b.text(paper.title, al="c", b=True, size=1.5, face=choose(rng, ("hei", "song", "kai"))),
        {"k": "space", "h": 5},
        b.fields(rows, 2, gutter=9, column_gutter=12),
        {"k": "space", "h": 3},
    ]
    signed = sealed = False
    for mark, part in zip("一二三四五六七八九十", paper.sections, strict=False):
        heading = f"{mark}、{one.title(part)}"
        made += [b.text(heading, b=True), *_prose(part, one, rng, None)]
        kind = _opinion(part)
        signed, sealed = signed or kind == "physician", sealed or kind == "hospital"
        made += _after(paper, part, doctor, one, rng)
    if not signed:
        made += [{"k": "space", "h": 5}, *_signing(paper, doctor, one, rng)]
    made += [b.text(_PROMISE, indent=2), {"k": "space", "h": 3}]
    made.append(
        b.text(
            [
                *_line("申请人签名：", person, b.form_mark(paper, "applicant_signature"), one, rng),
                "　",
                one.issued(paper.date),
            ],
            al="r",
        )
    )
    if not sealed:
        made += [{"k": "space", "h": 4}, *_sealing(paper, one, rng)]
    return b.compose(pages, one, made, rng, numbers=0.3)


FAMILIES = (
    Family(
        id="form-grid",
        types=_TYPES,
        split="development",
        title="The official application form, a grid filled in by machine or by hand",
        draw=_grid,
    ),
    Family(
        id="form-typed",
        types=_TYPES,
        split="development",
        title="An application typed by an office, entries on underlined blanks",
        draw=_typed,
    ),
)
