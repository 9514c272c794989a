"""Reports of pictures: CT, MRI, X-ray with and without them, ultrasound with its measurements, fundus, angiography."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.clinical import blocks as b
from data_samples.factory.families.clinical import pictures
from data_samples.factory.families.clinical.blocks import Block
from data_samples.factory.families.clinical.look import Look, a4, look
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Run, Section

__all__ = ["FAMILIES", "HEAD", "NOTES", "ending", "modality", "pictured"]

HEAD = (
    "name",
    "sex",
    "age",
    "number",
    "patient_number",
    "department",
    "ward",
    "bed",
    "examination",
    "modality",
    "examined",
    "received",
    "diagnosis",
    "device",
    "doctor",
)
NOTES = (
    "本报告仅供临床医师参考，不作任何证明之用。",
    "注：此报告仅供临床参考，如与临床不符请结合其他检查。",
    "声明：本报告须经医师签字后有效。",
    "＊本报告为影像学检查意见，仅反映检查当时情况。",
)
_IMAGING = frozenset({"imaging_report"})
_SCANS = frozenset({"ct", "mri", "xray"})
_SOUND = frozenset({"ultrasound", "echo"})


def modality(paper: Paper) -> str:
    """Return how the examination was made: ``ct``, ``echo`` ...; from its title where no finding says so."""
    for fact in paper.facts:
        if fact.kind == "findings" and fact.values.get("modality"):
            return str(fact.values["modality"])
    words = {
        "CT": "ct",
        "MRI": "mri",
        "磁共振": "mri",
        "X线": "xray",
        "DR": "xray",
        "动图": "echo",
        "超声": "ultrasound",
    }
    return next((kind for word, kind in words.items() if word in paper.title), "ct")


def pictured(paper: Paper) -> str:
    """Return which kind of picture belongs to the report."""
    kind = modality(paper)
    text = "".join(str(paper.fields[key].value) for key in ("examination",) if key in paper.fields)
    if kind in ("ct", "mri", "xray"):
        if re.search("颅|头|脑", text):
            return "head_mri" if kind == "mri" else "head_ct"
        if re.search("手|腕|足|踝|膝|骨|关节|椎", text):
            return "bone_xray"
        if kind == "xray":
            return "chest_xray"
        return "abdomen_ct" if re.search("腹|肝|肾|盆", text) else "chest_ct"
    return {"ultrasound": "sonogram", "echo": "doppler", "fundus": "fundus", "angiography": "angiography"}.get(
        kind, kind
    )


def _kind(wanted: frozenset[str]) -> Callable[[Paper], bool]:
    return lambda paper: modality(paper) in wanted


def ending(paper: Paper, one: Look, rng: np.random.Generator, *, width: float, day: bool = True) -> list[Block]:
    """Signatures, time of the report, a note."""
    items = b.sign_items(paper, one, rng)
    if day and "reported" in paper.fields:
        items.append({"label": one.labels.label("reported"), "value": [b.field_run(paper, "reported", one)]})
    rows = [[{**item, "span": 1} for item in items[at : at + 3]] for at in range(0, len(items), 3)]
    made: list[Block] = [
        b.seals(paper, rng, at=(width - float(rng.uniform(45, 80)), -26), size=(30, 38)),
        *([{"k": "rule", "w": 0.6}] if rng.random() < 0.7 else []),
        b.fields(rows, min(3, len(items)), gutter=6),
    ]
    if rng.random() < 0.6:
        made.append(b.text(choose(rng, NOTES), size=0.85))
    return made


def _head(paper: Paper, one: Look, rng: np.random.Generator, *, width: float, columns: int, frame: str) -> Block:
    keys = b.rest(paper, HEAD, skip=("reported",))
    inner = width - 2.2 * columns if frame == "cells" else width
    rows = b.field_rows(paper, keys, one, columns=columns, width=inner)
    return b.fields(rows, columns, frame=frame, gutter=4, pad=3.5)


def _framed(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Pictures in a row or beside the text, parts in frames."""
    one = look(rng, paper, own_titles=True, heading=choose(rng, ("{}：", "{}", "【{}】")))
    pages = a4(rng, mx=(13, 20))
    width = 210 - 2 * pages["mx"]
    count = int(rng.integers(1, 4))
    kind = pictured(paper)
    images: Block = {
        "k": "images",
        "items": [
            {"img": pictures.picture(kind, rng), "w": min(56.0, (width - 16) / max(count, 2.4))} for _ in range(count)
        ],
        "frame": True,
        "per": 4,
    }
    body: list[Block] = []
    framed = rng.random() < 0.5
    for part in paper.sections:
        made = b.section(
            part, one, mode="block", lists="block", indent=2 if not part.items else 0, gap=0.6, label_size=1.1
        )
        body += (
            [{"k": "box", "blocks": [made], "inset": 6}, {"k": "space", "h": -0.2}]
            if framed
            else [made, {"k": "space", "h": 5}]
        )
    if rng.random() < 0.3:
        images["per"] = 1
        middle: list[Block] = [{"k": "columns", "widths": [-60, 1], "parts": [[images], body], "between": framed}]
    else:
        middle = [images, {"k": "space", "h": 2}, *body]
    made_blocks = [
        b.letterhead(paper, rng, one),
        {"k": "space", "h": 2},
        _head(
            paper, one, rng, width=width, columns=choose(rng, (3, 4)), frame=choose(rng, ("lines", "cells", "under"))
        ),
        {"k": "space", "h": 2},
        *middle,
        {"k": "fill"},
        *ending(paper, one, rng, width=width),
    ]
    return b.compose(pages, one, made_blocks, rng, numbers=0.2)


def _plain(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper, own_titles=True)
    half = rng.random() < 0.25
    pages = {"w": 210, "h": 148, "mx": 13, "mt": 8, "mb": 9} if half else a4(rng, mx=(16, 24))
    width = pages["w"] - 2 * pages["mx"]
    mode = choose(rng, ("block", "block", "run", "beside"))
    style: Block = {"mode": mode, "gap": 0.5, "lists": choose(rng, ("block", "beside")), "label_w": None}
    if mode == "block":
        style |= {"inset": float(choose(rng, (0, 2))), "underlined": bool(rng.random() < 0.2)}
    parts: list[Block] = []
    for part in paper.sections:
        parts += [b.section(part, one, **style), {"k": "space", "h": 3 if half else float(rng.uniform(4, 9))}]
    made = [
        b.letterhead(paper, rng, one, **({"size": 14.0, "title_size": 12.0, "english": None} if half else {})),
        {"k": "space", "h": 2},
        _head(paper, one, rng, width=width, columns=choose(rng, (3, 4)), frame=choose(rng, ("lines", "under", "none"))),
        {"k": "space", "h": 2},
        *parts,
        {"k": "fill"} if rng.random() < 0.6 or half else {"k": "space", "h": 6},
        *ending(paper, one, rng, width=width),
    ]
    return b.compose(pages, one, made, rng, numbers=0.2)


_MEASURE = re.compile(
    r"^[^0-9]*?([A-Za-z\u4e00-\u9fff]{2,14})[约为：: ]*([0-9.]+(?:[×x][0-9.]+)*) ?"
    r"(mm|cm|ml|%|m/s|cm/s|mmHg)?[^0-9]*$"
)


def _measured(part: Section) -> list[tuple[Run, str, str, str]]:
    """Measurements among the findings' marked words: (run, name, value, unit)."""
    found = []
    for run in part.text:
        match = _MEASURE.match(run.text.strip("，。；、")) if run.mark else None
        if match:
            found.append((run, match[1], match[2], match[3] or ""))
    return found


def _sound(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Pictures first, measurements once more in a small table without marks of their own."""
    one = look(rng, paper, own_titles=True)
    pages = a4(rng, mx=(14, 20))
    width = 210 - 2 * pages["mx"]
    kinds = [pictured(paper), choose(rng, ("sonogram", "doppler"))]
    count = choose(rng, (2, 2, 4))
    images: Block = {
        "k": "images",
        "items": [{"img": pictures.picture(kinds[k % 2], rng), "w": 62 if count == 2 else 40} for k in range(count)],
        "per": count,
        "gutter": 4,
    }
    table: list[Block] = []
    measured = [entry for part in paper.sections if part.key == "findings" for entry in _measured(part)]
    if measured and rng.random() < 0.8:
        cells: list[list[Any]] = [[{"c": words, "b": True} for words in ("测量项目", "测值", "单位")] * 2]
        for at in range(0, len(measured), 2):
            row: list[Any] = []
            for entry in measured[at : at + 2]:
                row += list(entry[1:])
            cells.append(row + [""] * (6 - len(row)))
        table = [
            {
                "k": "table",
                "columns": [2, 1.4, 1] * 2,
                "rows": cells,
                "header": 1,
                "rule": choose(rng, ("full", "three", "rows")),
                "pad": 2.5,
                "size": 0.92,
            },
            {"k": "space", "h": 2},
        ]
    parts: list[Block] = []
    for part in paper.sections:
        parts += [
            b.section(part, one, mode=choose(rng, ("block", "run")), lists="block", gap=0.5),
            {"k": "space", "h": 4},
        ]
    made = [
        b.letterhead(paper, rng, one, **({"logo": inks.logo(rng), "logo_w": 14} if rng.random() < 0.4 else {})),
        {"k": "space", "h": 2},
        _head(paper, one, rng, width=width, columns=choose(rng, (3, 4)), frame=choose(rng, ("lines", "box", "under"))),
        {"k": "space", "h": 2},
        images,
        {"k": "space", "h": 2},
        *table,
        *parts,
        {"k": "fill"},
        *ending(paper, one, rng, width=width),
    ]
    return b.compose(pages, one, made, rng, numbers=0.15)


def _tint(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Colour print of a small department: coloured headings, text left, pictures right."""
    one = look(
        rng, paper, own_titles=True, face=choose(rng, ("hei", "micro", "arial+hei", "song")), heading="{}", bold=True
    )
    pages = a4(rng, mx=(14, 18))
    width = 210 - 2 * pages["mx"]
    colour = choose(rng, ("#dbe8f5", "#e3efe3", "#efe6d8", "#e6e6e6"))
    kind = pictured(paper)
    images: Block = {
        "k": "images",
        "items": [{"img": pictures.picture(kind, rng), "w": 52, "caption": f"图{k + 1}"} for k in range(2)],
        "per": 1,
    }
    parts: list[Block] = []
    for part in paper.sections:
        parts += [b.section(part, one, mode="block", lists="block", bar=colour, gap=0.7), {"k": "space", "h": 5}]
    made = [
        b.letterhead(
            paper, rng, one, fill=choose(rng, ("#123a6b", "#000000", "#0b5d3b")), align=choose(rng, ("left", "center"))
        ),
        {"k": "rule", "w": 1.4},
        _head(paper, one, rng, width=width, columns=3, frame="none"),
        {"k": "space", "h": 3},
        {"k": "columns", "widths": [1, -56], "parts": [parts, [images]]},
        {"k": "fill"},
        *ending(paper, one, rng, width=width),
    ]
    return b.compose(pages, one, made, rng, numbers=0.3)


FAMILIES = (
    Family(
        id="imaging-framed",
        types=_IMAGING,
        split="development",
        title="CT, MRI and X-ray report with picture boxes",
        draw=_framed,
        fits=_kind(_SCANS | {"fundus", "angiography"}),
    ),
    Family(
        id="imaging-plain",
        types=_IMAGING,
        split="development",
        title="Report of any imaging in plain parts, A4 or half a page",
        draw=_plain,
    ),
    Family(
        id="ultrasound-pictures",
        types=_IMAGING,
        split="development",
        title="Ultrasound with pictures above and a table of measurements",
        draw=_sound,
        fits=_kind(_SOUND),
    ),
    Family(
        id="imaging-colour",
        types=_IMAGING,
        split="development",
        title="Report with coloured headings, text left and pictures right",
        draw=_tint,
        fits=_kind(_SOUND | {"fundus", "angiography", "ct"}),
    ),
)
