"""A paper on the desk of the one who draws it: hands out fields once, so that nothing is printed twice or forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data_samples.factory.families.held_out.stamps import signed
from data_samples.factory.families.held_out.wording import Habit, Rng, chance, reference, rest, some
from data_samples.factory.paper import Paper, Row, Run, Section, Signature

__all__ = ["Cells", "Desk", "Piece", "described", "joined", "lab_cells"]

Piece = dict[str, Any]
"""A run as templates take it: text, mark, style; or a picture."""
Cells = dict[str, list[Run]]
_SIGNERS = ("tester", "checker", "reporter", "reviewer")


class Desk:
    """Fields and signatures of ``paper`` in the words of ``habit``."""

    def __init__(self, paper: Paper, habit: Habit, rng: Rng) -> None:
        self.paper, self.habit, self.rng = paper, habit, rng
        self._used: set[str] = set()
        names = {signature.name for signature in paper.signatures}
        # Who signs at the foot does not stand there twice.
        self._used |= {key for key in _SIGNERS if key in paper.fields and paper.fields[key].value in names}
        # Ink and what the paper is are no print; an applicant is named once.
        self._used |= {"kind", "physician_signature", "hospital_seal"}
        if "applicant_name" in paper.fields and "name" in paper.fields:
            self._used.add("applicant_name")

    def has(self, key: str) -> bool:
        return key in self.paper.fields and key not in self._used

    def take(self, key: str) -> list[Run]:
        """Return the value of ``key`` and count it as printed; nothing where the paper has none."""
        if not self.has(key):
            return []
        self._used.add(key)
        field = self.paper.fields[key]
        applicant = self.paper.fields.get("applicant_name") if key == "name" else None
        if field.mark is None and applicant is not None and applicant.value == field.value:
            field = applicant
        return [self.habit.value(field)]

    def runs(self, key: str) -> list[Run]:
        """Return label and value of ``key`` and count it as printed."""
        value = self.take(key)
        return [Run(self.habit.label(key)), *value] if value else []

    def pairs(self, *keys: str) -> list[list[Piece]]:
        """Return label and value of those ``keys`` that are still to be printed."""
        return [some(self.runs(key)) for key in keys if self.has(key)]

    def remaining(self) -> list[str]:
        """Return the keys still to be printed."""
        return [field.key for field in rest(self.paper, self._used)]

    def leftovers(self) -> list[list[Piece]]:
        """Return label and value of everything still to be printed."""
        return self.pairs(*self.remaining())

    def mark_of(self, signature: Signature) -> str | None:
        """Return the mark of the field that names the same person, if that field is printed nowhere else."""
        fields = self.paper.fields
        if "医师" in signature.role and "physician_signature" in fields:
            return fields["physician_signature"].mark
        return next(
            (fields[key].mark for key in _SIGNERS if key in fields and fields[key].value == signature.name), None
        )

    def sign(self, signature: Signature, *, width: float = 17, colon: str = "：") -> list[Piece]:
        """Return the role and, after it, the name: by hand as a picture, or printed."""
        out: list[Piece] = [{"t": signature.role + colon}]
        mark = self.mark_of(signature)
        marked = {} if mark is None else {"m": mark}
        if signature.handwritten:
            shown = width * (0.75 if len(signature.name) < 3 else 1)
            lift = float(self.rng.uniform(-1.2, 0.4))
            out.append({"img": signed(signature.name, self.rng), "w": shown, "dy": lift} | marked)
        else:
            out.append({"t": signature.name} | marked)
        if signature.title:
            out.append({"t": f" {signature.title}"})
        return out

    def signs(self, *, width: float = 17) -> list[list[Piece]]:
        """Return every signature."""
        return [self.sign(signature, width=width) for signature in self.paper.signatures]

    def sections(self, *keys: str) -> list[Section]:
        """Return the sections with these keys in this order, or all in the paper's order."""
        if not keys:
            return list(self.paper.sections)
        return [section for key in keys for section in self.paper.sections if section.key == key]


def lab_cells(row: Row, flags: Mapping[str, str], *, dash: str = "-", least: str = "≥", most: str = "≤") -> Cells:
    """Return the cells of a laboratory line as marked runs; ``flags`` says how high, low and abnormal are printed."""

    def cell(text: str, part: str) -> list[Run]:
        return [Run(text, None if row.mark is None else f"{row.mark}.{part}")] if text else []

    return {
        "name": cell(row.name, "name"),
        "abbr": cell(row.abbr, "abbr"),
        "result": cell(row.result, "result"),
        "unit": cell(row.unit, "unit"),
        "range": cell(reference(row, dash, least=least, most=most), "range"),
        "low": cell(row.low or "", "range"),
        "high": cell(row.high or ("" if row.low else row.expected), "range"),
        "flag": cell(flags.get(row.flag or "", ""), "flag"),
        "method": [Run(row.method)] if row.method else [],
        "previous": [Run(row.more["previous"])] if "previous" in row.more else [],
        "sensitivity": [Run(row.more["sensitivity"])] if "sensitivity" in row.more else [],
    }


def joined(parts: Iterable[list[Run]], between: str) -> list[Run]:
    """Return ``parts`` one after the other with ``between`` between them."""
    out: list[Run] = []
    for part in parts:
        if part:
            out += [Run(between), *part] if out else part
    return out


def described(desk: Desk, rng: Rng, share: float) -> str | None:
    """Return the hospital's level as the letterhead prints it, in ``share`` of all papers that have one."""
    level = desk.paper.hospital.level
    return level if level is not None and chance(rng, share) else None
