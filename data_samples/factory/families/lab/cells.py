"""One result as table cells: every cell a list of runs, its values marked ``<mark>.name``, ``.result`` and so on."""

from __future__ import annotations

import re
from typing import Any

from data_samples.factory.families.lab.habits import Habits
from data_samples.factory.paper import Paper, Row

__all__ = ["Cell", "cells", "flag_text", "has", "limits", "remarks", "sections"]

Cell = list[dict[str, Any]]
"""Runs as ``kit.typ`` takes them."""
_POWER = re.compile(r"^[×xX*]?\s*10\s*[\^*]\s*(\d+)(.*)$")
_COMPARATORS = frozenset("<>≤≥＜＞")
_SUPER = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def sections(rows: tuple[Row, ...]) -> list[tuple[str, list[Row]]]:
    """Return rows in their order under their groups' headings; one heading-less part where there are none."""
    parts: list[tuple[str, list[Row]]] = []
    for row in rows:
        if not parts or parts[-1][0] != row.group:
            parts.append((row.group, []))
        parts[-1][1].append(row)
    return parts


def flag_text(row: Row, habits: Habits) -> str:
    """Return the flag's print, empty where this laboratory prints none."""
    return "" if habits.flag_place == "none" else habits.flags.get(row.flag or "", "")


def limits(row: Row, habits: Habits) -> str:
    """Return the reference text."""
    if row.low is not None and row.high is not None:
        text = f"{row.low}{habits.dash}{row.high}"
    elif row.high is not None:
        return row.high if row.high[:1] in _COMPARATORS else f"{habits.below}{row.high}"
    elif row.low is not None:
        return row.low if row.low[:1] in _COMPARATORS else f"{habits.above}{row.low}"
    else:
        return row.expected
    return f"{habits.bracket[0]}{text}{habits.bracket[1]}" if habits.bracket else text


def cells(row: Row, number: int, habits: Habits, *, recognised: bool = False) -> dict[str, Cell]:
    """Return the cells of ``row`` by column key. ``recognised``: results count in other hospitals (a star)."""
    flag = flag_text(row, habits)
    look: dict[str, Any] = {}
    if flag and habits.flag_red:
        look["fill"] = "#c8102e"
    if flag and habits.flag_bold:
        look |= {"b": True, "face": habits.face}
    result: Cell = [_run(row, "result", row.result, **look)]
    mark: Cell = [_run(row, "flag", flag, **look)] if flag else []
    if mark and habits.flag_place == "after":
        result = [*result, {"t": "\u00a0"}, *mark]
    elif mark and habits.flag_place == "before":
        result = [*mark, {"t": "\u00a0"}, *result]
    joined = habits.flag_place in ("after", "before")
    ends = _ends(row)
    return {
        "no": [{"t": str(number)}],
        "name": _name(row, habits, recognised),
        "abbr": [_run(row, "abbr", row.abbr)] if row.abbr else [],
        "result": result,
        "flag": [] if joined else mark,
        "unit": [_unit(row, habits)] if row.unit else [],
        "range": [_run(row, "range", limits(row, habits))] if limits(row, habits) else [],
        "low": [_run(row, "range", ends[0])] if ends[0] else [],
        "high": [_run(row, "range", ends[1])] if ends[1] else [],
        "method": [{"t": row.method}] if row.method else [],
        "previous": [{"t": row.more["previous"]}] if row.more.get("previous") else [],
        "sensitivity": [{"t": row.more["sensitivity"]}] if row.more.get("sensitivity") else [],
    }


def _ends(row: Row) -> tuple[str, str]:
    if row.low is None and row.high is None:
        return row.expected, ""
    return row.low or "", row.high or ""


def _run(row: Row, part: str, text: str, **look: Any) -> dict[str, Any]:
    return {"t": text, "id": None if row.mark is None else f"{row.mark}.{part}", **look}


def _name(row: Row, habits: Habits, recognised: bool) -> Cell:
    name = _run(row, "name", row.name)
    if habits.name == "star" and recognised:
        return [{"t": habits.star}, name]
    if not row.abbr:
        return [name]
    abbr = _run(row, "abbr", row.abbr)
    if habits.name == "paren":
        return [name, {"t": "("}, abbr, {"t": ")"}]
    if habits.name == "front":
        return [abbr, {"t": "\u00a0\u00a0"}, name]
    return [name]


def _unit(row: Row, habits: Habits) -> dict[str, Any]:
    text = row.unit.replace("μ", habits.micro).replace("µ", habits.micro)
    match = _POWER.match(text)
    if match is None:
        return _run(row, "unit", text)
    power, rest = match[1], match[2]
    times = "×" if habits.power.startswith("times") else ""
    if habits.power.endswith("super"):
        return _run(row, "unit", f"{times}10", sup=power, t2=rest)
    text = {
        "unicode": f"×10{power.translate(_SUPER)}",
        "star": f"10*{power}",
        "e": f"10E{power}",
    }.get(habits.power, f"{times}10^{power}")
    return _run(row, "unit", text + rest)


def has(paper: Paper, part: str) -> bool:
    """Return whether any row of ``paper`` has something in column ``part``."""
    if part == "range":
        return any(row.low or row.high or row.expected for row in paper.rows)
    return any(row.more.get(part) if part in ("previous", "sensitivity") else getattr(row, part) for row in paper.rows)


def remarks(paper: Paper) -> list[Cell]:
    """Return what the paper says in prose: one text a section, its title in front."""
    found: list[Cell] = []
    for section in paper.sections:
        runs: Cell = [{"t": f"{section.title}："}] if section.title else []
        runs += [{"t": run.text, "id": run.mark} for run in section.text]
        for number, item in enumerate(section.items, start=1):
            runs.append({"t": f"{number}."})
            runs += [{"t": run.text, "id": run.mark} for run in item]
        found.append(runs)
    return found
