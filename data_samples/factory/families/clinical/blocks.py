"""Blocks of ``page.typ`` out of a paper's parts: letterhead, labelled fields, prose, lists, signatures, seals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.clinical import pictures
from data_samples.factory.families.clinical.look import Look
from data_samples.factory.families.clinical.words import PAGE_NUMBERS
from data_samples.factory.families.labels import choose
from data_samples.factory.families.typesetting import typeset
from data_samples.factory.paper import Field, Paper, Run, Section, Signature

__all__ = [
    "Block",
    "compose",
    "em_width",
    "field_rows",
    "field_run",
    "fields",
    "flow",
    "form_mark",
    "items",
    "joined",
    "letterhead",
    "paragraphs",
    "rest",
    "runs",
    "seals",
    "section",
    "sections",
    "sign_items",
    "signed",
    "text",
]

Block = dict[str, Any]
_TEMPLATE = Path(__file__).parent / "page.typ"
_POINTS = 72 / 25.4


def compose(
    pages: Mapping[str, Any],
    look: Look,
    blocks: Sequence[Block],
    rng: np.random.Generator,
    *,
    numbers: float = 0.4,
    again: Sequence[Block] = (),
    **more: Any,
) -> Drawn:
    """Typeset ``blocks``. ``numbers`` is the chance of page numbers, ``again`` heads every page but the first."""
    data: dict[str, Any] = {
        "page": dict(pages),
        "style": {"face": look.face, "size": look.size, "leading": look.leading} | more.pop("style", {}),
        "blocks": list(blocks),
        "again": list(again),
    }
    if rng.random() < numbers:
        data["numbers"] = {"form": choose(rng, PAGE_NUMBERS), "al": choose(rng, ("c", "c", "r"))}
    return typeset(_TEMPLATE, data | more)


def em_width(words: str) -> float:
    """Return the estimated width of ``words`` in units of its size."""
    return sum(1.0 if ord(character) > 0x2000 else 0.54 for character in words)


def text(words: str | list[Any], **look: Any) -> Block:
    """Return a paragraph of fixed or marked words."""
    return {"k": "text", "t": words, **look}


def runs(parts: Iterable[Run], **look: Any) -> list[Any]:
    """Return marked words as the template takes them."""
    return [{"t": run.text, "id": run.mark, **look} for run in parts]


def field_run(paper: Paper, key: str, look: Look, *, marked: bool = True, **more: Any) -> dict[str, Any]:
    """Return the value of field ``key``, empty where the paper has none."""
    field = paper.fields.get(key)
    if field is None:
        return {"t": "", **more}
    return {"t": look.value(field), "id": field.mark if marked else None, **more}


def rest(paper: Paper, first: Iterable[str], skip: Iterable[str] = ()) -> list[str]:
    """Return keys of the paper's fields: ``first`` in their order, then all others but ``skip``."""
    left = set(skip)
    order = [key for key in first if key in paper.fields and key not in left]
    return order + [key for key in paper.fields if key not in order and key not in left]


def field_rows(
    paper: Paper,
    keys: Iterable[str],
    look: Look,
    *,
    columns: int,
    width: float,
    marked: bool = True,
    under: bool = False,
    size: float | None = None,
) -> list[list[dict[str, Any]]]:
    """Return rows of labelled values, each as many columns wide as its print needs.

    Args:
        width: of the grid, millimetres.
        under: values stand on a line.
    """
    ems = width * _POINTS / (size or look.size) * 0.97 / columns
    rows: list[list[dict[str, Any]]] = []
    left = 0
    for key in keys:
        field: Field | None = paper.fields.get(key)
        if field is None or field.value == "":
            continue
        label = look.labels.label(key, default=field.key)
        value = field_run(paper, key, look, marked=marked)
        span = min(columns, max(1, -int(-(em_width(label + value["t"]) + 0.8) // ems)))
        if span > left:
            rows.append([])
            left = columns
        rows[-1].append({"label": label, "value": [value], "span": span, "under": under})
        left -= span
    return rows


def flow(cells: Sequence[dict[str, Any]], columns: int) -> list[list[dict[str, Any]]]:
    """Return ``cells`` in rows of ``columns``."""
    return [list(cells[at : at + columns]) for at in range(0, len(cells), columns)]


def fields(rows: Sequence[Sequence[dict[str, Any]]], columns: int, **look: Any) -> Block:
    return {"k": "fields", "rows": [list(row) for row in rows], "columns": columns, **look}


def letterhead(paper: Paper, rng: np.random.Generator, look: Look, **fixed: Any) -> Block:
    """Return the hospital's name with its level, emblem and the paper's title."""
    hospital = paper.hospital
    head: dict[str, Any] = {
        "name": hospital.name,
        "face": look.head_face,
        "size": float(rng.uniform(14, 20)),
        "tracking": choose(rng, (0, 0, 1, 2)),
        "gap": choose(rng, (4, 5, 6, 8)),
    }
    head |= {
        "title": paper.title,
        "title_size": float(rng.uniform(13, 18)),
        "title_tracking": choose(rng, (0, 0, 2, 4, 8)),
        "title_face": choose(rng, (look.head_face, look.head_face, "song", "hei")),
    }
    if hospital.level:
        head["level"] = (
            hospital.level
            if hospital.level[0] in "(（"
            else choose(rng, ("{}", "（{}）", "({})")).format(hospital.level)
        )
        head["level_beside"] = bool(rng.random() < 0.2)
    if hospital.english and rng.random() < 0.5:
        head["english"] = hospital.english
    if rng.random() < 0.35:
        head |= {"logo": inks.logo(rng), "logo_w": 12}
    return {"k": "letterhead", "head": head | fixed}


def paragraphs(section: Section) -> list[list[Any]]:
    """Return the prose of ``section`` as paragraphs; line ends within its text part them."""
    found: list[list[Any]] = [[]]
    for run in section.text:
        for number, piece in enumerate(run.text.split("\n")):
            if number:
                found.append([])
            if piece:
                found[-1].append({"t": piece, "id": run.mark})
    return [paragraph for paragraph in found if paragraph]


def items(section: Section, look: Look, *, number: bool = True) -> list[list[Any]]:
    """Return the entries of ``section`` one by one, numbered as this paper does."""
    count = len(section.items)
    return [
        [*([look.number(k, count)] if number else []), *runs(item)] for k, item in enumerate(section.items, start=1)
    ]


def joined(section: Section, look: Look) -> list[Any]:
    """Return the entries of ``section`` in one paragraph."""
    out: list[Any] = []
    for number, item in enumerate(items(section, look)):
        if number:
            last = section.items[number - 1][-1].text.rstrip()[-1:]
            # A number directly behind a figure or a unit would be read as its continuation.
            bare = last.isascii() and not look.joiner
            out.append(" " if bare or (last in "；;。，," and look.joiner.strip()) else look.joiner)
        out += item
    return out


def section(part: Section, look: Look, *, mode: str = "run", lists: str | None = None, **style: Any) -> Block:
    """Return a headed part: its prose, then its entries, in one paragraph where the paper writes them so.

    Args:
        mode: ``run`` (heading and text in one paragraph), ``block`` (heading on its own line), ``beside``.
        lists: mode where the part consists of entries; ``mode`` where None.
    """
    body = paragraphs(part)
    if part.items:
        in_line = look.inline and (mode != "run" or sum(len(run.text) for item in part.items for run in item) < 90)
        body += [joined(part, look)] if in_line else items(part, look)
        if not part.text:
            mode = lists or ("run" if in_line or len(part.items) == 1 else mode)
    label = look.headed(look.title(part))
    if mode == "run" and label and label[-1] not in "：:】 ":
        label += "："
    defaults: Block = {"bold": look.bold, "mode": mode}
    return {"k": "section", "label": label, "body": body, **defaults, **style}


def sections(paper: Paper, look: Look, *, skip: Iterable[str] = (), **style: Any) -> Iterator[Block]:
    """Yield every part of the paper but those named, in the paper's order."""
    left = set(skip)
    for part in paper.sections:
        if part.key not in left:
            yield section(part, look, **style)


def signed(signature: Signature, look: Look, rng: np.random.Generator, *, mark: str | None = None) -> list[Any]:
    """Return the name by hand or in print."""
    if not signature.handwritten:
        return [{"t": signature.name, "id": mark}]
    width = look.size / _POINTS * float(rng.uniform(1.3, 1.9)) * (len(signature.name) + 1.2)
    hand = inks.signature(signature.name, rng)
    return [{"img": hand, "w": width, "dy": float(rng.uniform(-0.8, 0.3)), "id": mark}]


def sign_items(
    paper: Paper, look: Look, rng: np.random.Generator, *, day: dt.date | None = None, marks: bool = True
) -> list[dict[str, Any]]:
    """Return who signed as ``{label, value}``, and the day at the end where one is given."""
    found = []
    for signature in paper.signatures:
        mark = form_mark(paper, "physician_signature") if marks and "医师" in signature.role else None
        value = signed(signature, look, rng, mark=mark)
        if signature.title:
            value += ["　", signature.title]
        found.append({"label": signature.role + look.labels.colon, "value": value})
    if day is not None:
        found.append({"label": "", "value": look.day(day) if not look.numerals else look.issued(day)})
    return found


def form_mark(paper: Paper, name: str) -> str | None:
    """Return the mark of the form's entry ``name`` where the paper states one."""
    for fact in paper.facts:
        if fact.kind == "form" and fact.values.get("field") == name:
            return fact.mark
    return None


def seals(
    paper: Paper,
    rng: np.random.Generator,
    *,
    at: tuple[float, float],
    size: tuple[float, float] = (34, 42),
    oval: float = 0.12,
) -> Block:
    """Return the seals pressed where this block stands, ``at`` millimetres right and down of it."""
    found = []
    for number, words in enumerate(paper.seals):
        width = float(rng.uniform(*size))
        shape = pictures.oval_seal if rng.random() < oval else inks.seal
        image = shape(paper.hospital.name, words, rng)
        found.append(
            {
                "img": image,
                "dx": (at[0] + number * width * 0.9 + float(rng.uniform(-4, 4))) * _POINTS,
                "dy": (at[1] + float(rng.uniform(-4, 4))) * _POINTS,
                "w": width * _POINTS,
            }
        )
    return {"k": "ink", "items": found}
