"""Laboratory results laid out freely: tables with columns in any order, cards, lists, several lines an item."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data_samples.factory.families.labels import choose
from data_samples.factory.paper import Paper
from models.page_reader.labels import Label
from pipeline.training.board import Board, Part, width_of, wrapped
from pipeline.training.rows import Cells, printing, sheet_rows
from pipeline.training.words import layouts, words

__all__ = ["put_other_table", "put_results"]

_LABELS = {
    "name": Label.ITEM_NAME,
    "abbr": Label.ITEM_CODE,
    "result": Label.RESULT,
    "flag": Label.FLAG,
    "unit": Label.UNIT,
    "range": Label.RANGE,
}


_STYLES = (
    *("plain",) * 4, *("glued-front",) * 2, *("glued-after",) * 2,
    "paren", "wide-paren", "bracket", "front", "after", "dash", "star", "star-paren",
)  # fmt: skip


def put_results(
    board: Board, paper: Paper, y: float, margin: float, size: float, rng: np.random.Generator, phone: bool
) -> float:
    """Put the laboratory rows of ``paper`` and rows from the vocabulary."""
    how = printing(rng)
    rows = sheet_rows(paper.rows, rng, how)
    form = choose(
        rng,
        ("table", "cards", "cards", "list", "ends", "sentence")
        if phone
        else (
            "table",
            "table",
            "table",
            "table",
            "table",
            "blocks",
            "blocks",
            "two-lines",
            "sentence",
            "cards",
            "ends",
        ),
    )
    if form in ("cards", "list", "ends") and not phone:
        rows = rows[:30]
    if form == "blocks" and len(rows) >= 6:
        return _blocks(board, rows, y, margin, size, rng)
    if form in ("table", "blocks", "two-lines"):
        return _table(board, rows, y, margin, board.width - 2 * margin, size, rng, ("r",), two=form == "two-lines")
    return _items(board, rows, y, margin, size, rng, form)


def _blocks(
    board: Board, rows: Sequence[Cells], y: float, margin: float, size: float, rng: np.random.Generator
) -> float:
    count = 3 if len(rows) >= 12 and rng.random() < 0.25 else 2
    gutter = size * float(rng.uniform(0.5, 2))
    room = (board.width - 2 * margin - gutter * (count - 1)) / count
    per = -(-len(rows) // count)
    small = size * float(rng.uniform(0.65, 0.85))
    seed = int(rng.integers(2**31))
    ends = []
    for k in range(count):
        # The same generator for each block: they share columns and habits.
        ends.append(
            _table(
                board,
                rows[k * per : (k + 1) * per],
                y,
                margin + k * (room + gutter),
                room,
                small,
                np.random.default_rng(seed),
                ("b", k),
            )
        )
    return max(ends)


def _name_parts(row: Cells, style: str, name: object, code: object) -> list[Part]:
    full: Part = (row.name, Label.ITEM_NAME, name)
    if not row.abbr or style in ("plain", "column"):
        return [full]
    abbr: Part = (row.abbr, Label.ITEM_CODE, code)
    forms: dict[str, list[Part]] = {
        "paren": [full, ("(", None, None), abbr, (")", None, None)],
        "wide-paren": [full, ("（", None, None), abbr, ("）", None, None)],
        "bracket": [full, ("[", None, None), abbr, ("]", None, None)],
        "front": [abbr, (" ", None, None), full],
        "after": [full, (" ", None, None), abbr],
        # Two narrow columns, or one name: a reader of pictures sees no gap.
        "glued-front": [abbr, full],
        "glued-after": [full, abbr],
        "dash": [abbr, ("-", None, None), full],
        "star": [("*", None, None), full],
        "star-paren": [("*", None, None), full, ("(", None, None), abbr, (")", None, None)],
    }
    return forms[style]


def _table(
    board: Board,
    rows: Sequence[Cells],
    y: float,
    x0: float,
    room: float,
    size: float,
    rng: np.random.Generator,
    where: tuple[object, ...],
    *,
    two: bool = False,
) -> float:
    columns = choose(rng, layouts()["orders"]).split()
    place = choose(rng, ("column", "column", "after", "after", "before", "first", "none", "spaced"))
    style = "column" if "abbr" in columns else choose(rng, _STYLES)
    if place == "column":
        columns.insert(
            columns.index("result") + int(rng.integers(0, 2)) if rng.random() < 0.7 else len(columns), "flag"
        )
    elif place == "first":
        columns.insert(0, "flag")
    glue_unit = rng.random() < 0.12
    if glue_unit and "unit" in columns:
        columns.remove("unit")
    extra = [("no", 0.45, 0), ("method", 0.12, len(columns) + 1), ("previous", 0.08, len(columns) + 1)]
    for key, share, at in extra:
        if rng.random() < share:
            columns.insert(at, key)
    weights = {
        "name": 3.0,
        "abbr": float(choose(rng, (0.45, 0.7, 1.2))),
        "result": 1.3,
        "flag": 0.6,
        "unit": 1.4,
        "range": 1.8,
        "low": float(choose(rng, (0.5, 0.9))),
        "high": 0.8,
        "no": 0.6,
        "method": 1.5,
        "previous": 1.2,
    }
    shares = np.array([weights[key] * float(rng.uniform(0.75, 1.3)) for key in columns])
    edges = x0 + np.concatenate([[0.0], np.cumsum(shares) / shares.sum()]) * room
    align = {key: choose(rng, ("l", "l", "l", "r", "c")) for key in columns}
    align["name"] = "l"
    step = size * float(rng.uniform(1.1, 2.1))
    heads = words()["columns"]
    if rng.random() < 0.9:
        for k, key in enumerate(columns):
            word = choose(rng, heads[key])
            if word and not (key == "flag" and rng.random() < 0.4):
                _cell(board, edges, k, y, [(word, Label.COLUMN_HEAD, (*where, "head", key))], size, align[key])
        y += step
    group = float(rng.random()) < 0.12
    for number, row in enumerate(rows):
        if group and rng.random() < 0.15:
            board.put(
                x0,
                y,
                [
                    (
                        choose(rng, layouts()["groups"]),
                        None,
                        None,
                    )
                ],
                size,
            )
            y += step
        name = (*where, number)
        cells = _cells(board, row, name, style, place, glue_unit, columns, number)
        if two:
            parts = cells.pop("name" if "name" in cells else "abbr")
            board.put(edges[0] + size, y, parts, size)
            y += step
        tallest = 1
        for k, key in enumerate(columns):
            parts = cells.get(key, [])
            wide = edges[k + 1] - edges[k]
            if key in ("name", "range") and parts and width_of("".join(p[0] for p in parts), size) > wide * 1.02:
                lines = wrapped(parts, size, wide)
                if len(lines) <= 3:
                    for n, line in enumerate(lines):
                        _cell(board, edges, k, y + n * size * 1.1, line, size, "l")
                    tallest = max(tallest, len(lines))
                    continue
            if parts:
                _cell(board, edges, k, y, parts, size, align[key], squeeze=True)
        y += step + (tallest - 1) * size * 1.1
    return y


def _cell(
    board: Board,
    edges: np.ndarray,
    k: int,
    y: float,
    parts: list[Part],
    size: float,
    align: str,
    *,
    squeeze: bool = False,
) -> None:
    left, right = float(edges[k]) + 1, float(edges[k + 1]) - 2
    wide = width_of("".join(p[0] for p in parts), size)
    stretch = min(1.0, max(0.55, (right - left) / wide)) if squeeze and wide > 0 else 1.0
    x = {"l": left, "r": right, "c": (left + right) / 2}[align]
    if wide * stretch > right - left:
        x, align = left, "l"
    board.put(x, y, parts, size, align=align, stretch=stretch)


def _cells(
    board: Board, row: Cells, name: object, style: str, place: str, glue_unit: bool, columns: Sequence[str], number: int
) -> dict[str, list[Part]]:
    def thing(part: str) -> object:
        board.link((name, part), (name, "name"))
        return (name, part)

    cells: dict[str, list[Part]] = {"name": _name_parts(row, style, (name, "name"), thing("abbr"))}
    if "name" not in columns:
        cells["abbr"] = [(row.abbr or row.name, Label.ITEM_NAME, (name, "name"))]
    elif row.abbr:
        cells["abbr"] = [(row.abbr, Label.ITEM_CODE, thing("abbr"))]
    result: list[Part] = [(row.result, Label.RESULT, thing("result"))]
    flag: list[Part] = [(row.flag, Label.FLAG, thing("flag"))] if row.flag else []
    if flag and place == "after":
        result += flag
    elif flag and place == "spaced":
        result += [(" ", None, None), *flag]
    elif flag and place == "before":
        result = [*flag, *result]
    if glue_unit and row.unit:
        result += [(" ", None, None), (row.unit, Label.UNIT, thing("unit"))]
    cells["result"] = result
    cells["flag"] = flag
    if row.unit:
        cells["unit"] = [(row.unit, Label.UNIT, thing("unit"))]
    if row.range:
        cells["range"] = [(row.range, Label.RANGE, thing("range"))]
    for key, limit in zip(("low", "high"), row.limits, strict=True):
        if limit:
            cells[key] = [(limit, Label.RANGE, thing(key))]
    cells["no"] = [(str(number + 1), None, None)]
    cells["method"] = [(row.method, None, None)] if row.method else []
    cells["previous"] = [(row.previous, None, None)] if row.previous else []
    return {key: parts for key, parts in cells.items() if key in columns}


def _items(
    board: Board, rows: Sequence[Cells], y: float, margin: float, size: float, rng: np.random.Generator, form: str
) -> float:
    """Items below each other, each on one to four lines in one arrangement for the page."""
    plan = _plan(rng, form)
    style = choose(rng, ("plain", "plain", "paren", "wide-paren", "front", "after", "glued-after"))
    said = {key: choose(rng, wordings) for key, wordings in layouts()["said"].items()}
    flag_at = choose(rng, ("after", "spaced", "before", "own", "own", "name"))
    step = size * float(rng.uniform(1.2, 1.9))
    gap = size * float(rng.uniform(0, 1.6))
    sep = choose(rng, (" ", "  ", "：", "", " ", "   "))
    for number, row in enumerate(rows):
        name = ("item", number)
        for key in ("abbr", "result", "flag", "unit", "range"):
            board.link((name, key), (name, "name"))
        for left, right in plan:
            for keys, x, align in ((left, margin, "l"), (right, board.width - margin, "r")):
                parts = _line(row, keys, name, style, said, flag_at, sep, number)
                wide = board.width - 2 * margin
                if keys and width_of("".join(p[0] for p in parts), size) > wide:
                    for line in wrapped(parts, size, wide):
                        board.put(margin, y, line, size)
                        y += step
                    y -= step
                elif parts:
                    board.put(x, y, parts, size, align=align)
            y += step
        y += gap
    return y


def _plan(rng: np.random.Generator, form: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Lines of an item: what stands at the left and at the right of each."""
    plan: str = choose(rng, layouts()["plans"][form])
    lines = [line.partition("|") for line in plan.split("/")]
    return [(tuple(left.split()), tuple(right.split())) for left, _, right in lines]


def _line(
    row: Cells, keys: Sequence[str], name: object, style: str, said: dict[str, str], flag_at: str, sep: str, number: int
) -> list[Part]:
    parts: list[Part] = []
    for key in keys:
        if key == "name":
            piece = _name_parts(row, style, (name, "name"), (name, "abbr"))
            if flag_at == "name" and row.flag and "flag" not in keys:
                piece = [*piece, (row.flag, Label.FLAG, (name, "flag"))]
        else:
            text = getattr(row, key)
            if not text or (key == "flag" and flag_at == "name"):
                continue
            word = said.get(key, "")
            piece = [(text, _LABELS[key], (name, key))]
            if word:
                bare = word.rstrip("：: ")
                piece = [(bare, Label.COLUMN_HEAD, (name, "said", key)), (word[len(bare) :], None, None), *piece]
        glue = "" if key == "flag" and flag_at in ("after", "before") else sep if not parts or key != "unit" else " "
        parts += [(glue if parts else "", None, None), *piece]
    return parts


def put_other_table(
    board: Board, paper: Paper, y: float, margin: float, size: float, rng: np.random.Generator
) -> float:
    """Put a table that is no laboratory sheet: drugs, charges, sessions, lung function. Its cells carry no label."""
    rows = [
        [
            (row.name, row.mark),
            *(
                (value, None)
                for key, value in row.more.items()
                if not key.startswith("mark:") and isinstance(value, str)
            ),
        ]
        for row in paper.rows
    ]
    count = max((len(row) for row in rows), default=0)
    if not count:
        return y
    edges = margin + np.linspace(0, 1, count + 1) ** 0.9 * (board.width - 2 * margin)
    step = size * float(rng.uniform(1.2, 1.9))
    if rng.random() < 0.85:
        for k in range(count):
            _cell(
                board,
                edges,
                k,
                y,
                [(choose(rng, words()["columns"]["others"]), Label.COLUMN_HEAD, ("other", k))],
                size,
                "l",
            )
        y += step
    for number, row in enumerate(rows):
        for k, (text, mark) in enumerate(row):
            label = Label.DIAGNOSIS if mark and mark.startswith("dx") else None
            if text:
                _cell(board, edges, k, y, [(text, label, ("cell", number, k))], size, "l", squeeze=True)
        y += step
    return y
