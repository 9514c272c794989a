"""Papers laid out freely: every block of a page in many arrangements, far beyond what the families draw."""

from __future__ import annotations

import datetime as dt

import numpy as np

from data_samples.factory.families.labels import LabelStyle, choose, label_style
from data_samples.factory.paper import Field, Paper
from models.page_reader.labels import Label
from pipeline.training.board import Board, Part, width_of
from pipeline.training.free_prose import put_sections
from pipeline.training.free_tables import put_other_table, put_results
from pipeline.training.truth import TruePage
from pipeline.training.words import layouts, words

__all__ = ["free_page"]

_NARROW = ("note", "kind", "physician_signature", "hospital_seal")


def free_page(paper: Paper, rng: np.random.Generator) -> TruePage:
    """Lay ``paper`` out on one page."""
    phone = rng.random() < (0.35 if paper.type == "lab_report" else 0.15)
    size = float(rng.uniform(8, 12))
    width = 375.0 if phone else float(choose(rng, (595, 595, 595, 842, 420, 300, 500)))
    if phone:
        size = float(rng.uniform(11, 17))
    board = Board(width, width * float(rng.uniform(0.6, 1.5)))
    margin = float(rng.uniform(0.02, 0.1)) * width
    y = float(rng.uniform(5, 40))
    if phone:
        y = _chrome(board, y, size, rng)
    heads, feet = _fields(paper, rng)
    blocks = ["letter", "head", "body"]
    if rng.random() < 0.06:
        blocks = ["head", "body"]
    elif rng.random() < 0.05:
        blocks = ["head", "letter", "body"]
    for block in blocks:
        if block == "letter":
            y = _letterhead(board, paper, y, margin, size, rng, phone)
        elif block == "head":
            y = _put_fields(board, heads, y, margin, size, rng, phone, "h")
        else:
            y = _body(board, paper, y, margin, size, rng, phone)
        y += float(rng.uniform(0, 1.5)) * size
    y = _put_fields(board, feet, y, margin, size, rng, phone, "f")
    y = _signatures(board, paper, y, margin, size, rng)
    _notes(board, y, margin, size, rng, phone)
    return board.page(paper.type, "free")


def _body(
    board: Board, paper: Paper, y: float, margin: float, size: float, rng: np.random.Generator, phone: bool
) -> float:
    if paper.type == "lab_report":
        y = put_results(board, paper, y, margin, size, rng, phone)
        return put_sections(board, paper, y, margin, size, rng) if paper.sections else y
    first = rng.random() < 0.5
    if paper.rows and first:
        y = put_other_table(board, paper, y, margin, size, rng)
    y = put_sections(board, paper, y, margin, size, rng)
    if paper.rows and not first:
        y = put_other_table(board, paper, y, margin, size, rng)
    return y


def _chrome(board: Board, y: float, size: float, rng: np.random.Generator) -> float:
    """Status bar and title bar of a phone."""
    apps = words()["apps"]
    if rng.random() < 0.8:
        board.put(8, y, [(f"{int(rng.integers(0, 24))}:{int(rng.integers(60)):02d}", None, None)], size * 0.9)
        board.put(
            board.width - 8,
            y,
            [(choose(rng, ("5G 68%", "4G", "HD 5G 31", "WiFi 87%", "92", "中国移动")), None, None)],
            size * 0.8,
            align="r",
        )
        y += size * 1.6
    if rng.random() < 0.85:
        if rng.random() < 0.6:
            board.put(10, y, [(choose(rng, ("<", "‹", "×", "返回", "＜")), None, None)], size)
        board.put(board.width / 2, y, [(choose(rng, apps["titles"]), None, None)], size * 1.1, align="c")
        if rng.random() < 0.4:
            board.put(
                board.width - 10,
                y,
                [(choose(rng, ("···", "分享", "更多", "··· | ◎", "下载")), None, None)],
                size,
                align="r",
            )
        y += size * 2.2
    if rng.random() < 0.25:
        tabs = [choose(rng, apps["chrome"]) for _ in range(int(rng.integers(2, 5)))]
        for k, tab in enumerate(tabs):
            board.put(board.width * (k + 0.5) / len(tabs), y, [(tab, None, None)], size, align="c")
        y += size * 2
    return y


def _letterhead(
    board: Board, paper: Paper, y: float, margin: float, size: float, rng: np.random.Generator, phone: bool
) -> float:
    hospital, middle = paper.hospital, board.width / 2
    title = paper.title if rng.random() < 0.6 else choose(rng, layouts()["titles"].get(paper.type, (paper.title,)))
    spread = rng.random() < 0.12 and not phone
    shown = " ".join("".join(title.split())) if spread else title
    big = size * float(rng.uniform(1.0, 2.2))
    align = choose(rng, ("c", "c", "c", "l"))
    at = middle if align == "c" else margin
    name: Part = (hospital.name, Label.HOSPITAL, "hospital")
    heading: Part = (shown, Label.TITLE, "title")
    level = hospital.level or choose(rng, words()["levels"])
    draw = rng.random()
    if draw < 0.12:
        glue = choose(rng, ("", " ", "  "))
        board.put(at, y, [name, (glue, None, None), heading], big, align=align)
        return y + big * 1.5
    if draw < 0.2:
        # Only one of them, or neither: a page that goes on, a cut photo.
        board.put(at, y, [heading if rng.random() < 0.6 else name], big, align=align)
        return y + big * 1.5
    order = ["name", "title"] if rng.random() < 0.88 else ["title", "name"]
    for one in order:
        if one == "name":
            parts: list[Part] = [name]
            if rng.random() < 0.1:
                parts = [
                    (choose(rng, ("医院：", "医疗机构：", "检验机构：", "就诊医院:")), Label.KEY, "hospital-key"),
                    name,
                ]
            if rng.random() < 0.15:
                parts.append((choose(rng, (" {}", "（{}）", "({})")).format(level), None, None))
            board.put(at, y, parts, big if rng.random() < 0.8 else size, align=align)
            y += big * float(rng.uniform(1.2, 1.6))
            if rng.random() < 0.2:
                board.put(at, y, [(choose(rng, ("{}", "（{}）")).format(level), None, None)], size, align=align)
                y += size * 1.4
            if hospital.english and rng.random() < 0.25:
                board.put(at, y, [(hospital.english, None, None)], size * 0.8, align=align)
                y += size * 1.2
        else:
            board.put(at, y, [heading], big * float(rng.uniform(0.7, 1.1)), align=align)
            y += big * float(rng.uniform(1.2, 1.7))
    if rng.random() < 0.2:
        number = str(int(rng.integers(10**9, 10**12)))
        board.put(board.width - margin, float(rng.uniform(5, 40)), [(number, None, None)], size * 0.8, align="r")
    return y


_Pair = tuple[str, str, str]
"""Key's name, its words, the value."""


def _fields(paper: Paper, rng: np.random.Generator) -> tuple[list[_Pair], list[_Pair]]:
    style = label_style(rng)
    listed = words()["keys"]
    pairs: list[_Pair] = []
    for key, one in paper.fields.items():
        if key in _NARROW or rng.random() < 0.08:
            continue
        wordings = listed.get(key) or ()
        word = choose(rng, wordings) if wordings and rng.random() < 0.8 else style.words.get(key, "")
        word = word or _clinical(key, rng)
        if word:
            pairs.append((key, str(word), _value(one, style, rng)))
    if rng.random() < 0.3:
        pairs += _further(rng, {key for key, _, _ in pairs})
    if rng.random() < 0.25:
        pairs = [pairs[int(k)] for k in rng.permutation(len(pairs))]
    late = {"reported", "printed", "tester", "checker", "received", "tested", "device"}
    feet = [p for p in pairs if p[0] in late and rng.random() < 0.6]
    heads = [p for p in pairs if p not in feet]
    if rng.random() < 0.15:
        heads = heads[: int(rng.integers(1, 5))]
    return heads, feet


def _value(one: Field, style: LabelStyle, rng: np.random.Generator) -> str:
    text = style.value(one)
    if isinstance(one.value, dt.date | dt.datetime) and rng.random() < 0.1:
        text = one.value.strftime(
            choose(rng, ("%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%dT%H:%M:%S"))
        )
    return str(text)


def _clinical(key: str, rng: np.random.Generator) -> str:
    from data_samples.factory.families.clinical.words import FIELD_WORDS

    return choose(rng, FIELD_WORDS[key]) if key in FIELD_WORDS else ""


def _further(rng: np.random.Generator, there: set[str]) -> list[_Pair]:
    """Fields that papers of the factory seldom have."""
    pool = layouts()["further"]
    keys = [key for key in pool if key not in there]
    chosen = [keys[int(k)] for k in rng.permutation(len(keys))[: int(rng.integers(1, 5))]]
    return [(key, choose(rng, words()["keys"][key]), _digits(choose(rng, pool[key]), rng)) for key in chosen]


def _digits(form: str, rng: np.random.Generator) -> str:
    return "".join(str(int(rng.integers(10))) if c == "#" else c for c in form)


def _put_fields(
    board: Board,
    pairs: list[_Pair],
    y: float,
    margin: float,
    size: float,
    rng: np.random.Generator,
    phone: bool,
    where: str,
) -> float:
    if not pairs:
        return y
    room = board.width - 2 * margin
    form = choose(
        rng,
        ("inline", "ends", "ends", "apart", "glued", "below", "inline")
        if phone
        else ("inline", "inline", "inline", "glued", "apart", "apart", "below", "ends"),
    )
    colon = choose(rng, ("：", "：", "：", ":", ":", ": ", "", "： ", " :"))
    if form in ("apart", "below", "ends") and rng.random() < 0.6:
        colon = ""
    if form in ("inline", "glued") and not colon and rng.random() < 0.7:
        colon = "："
    columns = (
        1
        if form == "ends" and rng.random() < 0.9
        else int(choose(rng, (1, 1, 2, 2, 3)) if phone else choose(rng, (1, 2, 3, 3, 4, 4, 5, 6)))
    )
    step = size * float(rng.uniform(1.15, 2.2))
    cell = room / columns
    spread = rng.random() < 0.2
    column, x = 0, margin
    glue: list[Part] = []
    start = y
    for number, (_, word, value) in enumerate(pairs):
        name = (where, number)
        if spread and len(word) in (2, 3) and form != "glued":
            word = (" " * int(rng.integers(1, 4))).join(word)
        board.link(("v", name), ("k", name))
        key_part: Part = (word, Label.KEY, ("k", name))
        value_part: Part = (value, Label.VALUE, ("v", name))
        if form == "glued":
            gap = choose(rng, (" ", "  ", "   ", "", "/"))
            piece: list[Part] = [key_part, (colon, None, None), value_part]
            if glue and width_of("".join(p[0] for p in [*glue, *piece]), size) > room:
                board.put(margin, y, glue, size)
                glue, y = [], y + step
            glue += [(gap if colon else "  ", None, None), *piece] if glue else piece
            continue
        wide = width_of(word + colon + value, size)
        spans = min(columns, int(wide // cell) + 1)
        if column + spans > columns:
            column, y = 0, y + step * (2 if form == "below" else 1)
        x = margin + column * cell
        if form == "inline":
            parts: list[Part] = [key_part, (colon or " ", None, None), value_part]
            if rng.random() < 0.04:
                parts = [key_part, (colon or " ", None, None)]
            if wide > room:
                _long(board, parts, x, y, size, room)
                y += step
            else:
                board.put(x, y, parts, size)
        elif form == "apart":
            at = board.put(x, y, [key_part, (colon, None, None)], size)
            reach = (
                max(at + size * 0.3, x + cell * spans * float(rng.uniform(0.25, 0.5)))
                if rng.random() < 0.8
                else at + size * 0.6
            )
            board.put(reach, y, [value_part], size)
        elif form == "below":
            board.put(x, y, [key_part, (colon, None, None)], size)
            board.put(x + float(rng.uniform(-2, 4)), y + step * 0.95, [value_part], size)
        else:
            board.put(x, y, [key_part, (colon, None, None)], size)
            board.put(x + cell - size * 0.3, y, [value_part], size, align="r")
        column += spans
        if column >= columns:
            column, y = 0, y + step * (2 if form == "below" else 1)
    if glue:
        board.put(margin, y, glue, size)
    return max(y, board.bottom if board.bottom > start else y) + step


def _long(board: Board, parts: list[Part], x: float, y: float, size: float, room: float) -> None:
    from pipeline.training.board import wrapped

    for number, line in enumerate(wrapped(parts, size, room)):
        board.put(x, y + number * size * 1.3, line, size)


def _signatures(board: Board, paper: Paper, y: float, margin: float, size: float, rng: np.random.Generator) -> float:
    x = margin + float(rng.uniform(0, 0.5)) * board.width
    for number, one in enumerate(paper.signatures):
        if rng.random() < 0.2:
            continue
        name = ("sign", number)
        board.link(("v", name), ("k", name))
        parts: list[Part] = [(one.role, Label.KEY, ("k", name)), (choose(rng, ("：", ":", ": ")), None, None)]
        if rng.random() < 0.6:
            parts.append((one.name, Label.VALUE, ("v", name)))
        end = board.put(x, y, parts, size)
        if rng.random() < 0.5 and end < board.width * 0.7:
            x = end + size * 2
        else:
            x, y = margin + float(rng.uniform(0, 0.5)) * board.width, y + size * 1.6
    return max(y, board.bottom)


def _notes(board: Board, y: float, margin: float, size: float, rng: np.random.Generator, phone: bool) -> None:
    y = max(y, board.bottom) + size
    pool = words()["noise"]["notes"] + (words()["apps"]["notes"] * 2 if phone else [])
    for _ in range(int(choose(rng, (0, 1, 1, 2)))):
        board.put(
            margin if rng.random() < 0.6 else board.width / 3,
            y,
            [(choose(rng, pool), None, None)],
            size * float(rng.uniform(0.7, 1)),
        )
        y += size * 1.5
    if phone and rng.random() < 0.5:
        tabs = [choose(rng, words()["apps"]["chrome"]) for _ in range(int(rng.integers(1, 5)))]
        for k, tab in enumerate(tabs):
            board.put(board.width * (k + 0.5) / len(tabs), y + size, [(tab, None, None)], size, align="c")
