"""Facts and their marks: collects what one paper states while its text is put together.

``[[words|code]]`` inside a text marks ``words`` as a fact:

    f:concept              a finding; f?: suspected, f-: stated absent
    m:concept:value:unit   a measurement
    d:status:concept       a diagnosis (status denied, history, family, suspected, confirmed)
    t:kind:concept:class   a treatment (drug, operation, dialysis, chemotherapy, radiotherapy ...); t-: not done
    l:analyte:name:number:unit:flag   a laboratory value inside prose

``f.ct`` names the modality where prose quotes an examination; ``@2026-03-01`` after a code is the fact's own date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from data_samples.factory.clinic.labs import LabResult, LabSheet
from data_samples.factory.clinic.model import Drug, Dx
from data_samples.factory.paper import Fact, Row, Run

__all__ = ["Facts", "bare"]

_MARKED = re.compile(r"\[\[(.+?)\|([^\]]+)\]\]")
_STATUS = {"": "confirmed", "?": "suspected", "-": "denied"}


def bare(text: str) -> str:
    """Return ``text`` without marks."""
    return _MARKED.sub(r"\1", text)


class Facts:
    """The facts of one paper in the order in which they are printed."""

    def __init__(self) -> None:
        self._facts: list[Fact] = []
        self._counts: dict[str, int] = {}

    def all(self) -> tuple[Fact, ...]:
        return tuple(self._facts)

    def add(self, kind: str, values: Mapping[str, Any]) -> str:
        """Note a fact and return its mark."""
        prefix = {"lab_results": "lab", "diagnoses": "dx", "findings": "find", "treatments": "treat"}.get(kind, kind)
        number = self._counts[prefix] = self._counts.get(prefix, 0) + 1
        mark = f"{prefix}{number}"
        kept = {key: value for key, value in values.items() if value is not None}
        self._facts.append(Fact(kind=kind, values=kept, mark=mark))
        return mark

    def prose(self, text: str, *, section: str, date: dt.date, modality: str | None = None) -> tuple[Run, ...]:
        """Split ``text`` into runs and note the facts marked in it."""
        runs: list[Run] = []
        end = 0
        for match in _MARKED.finditer(text):
            if match.start() > end:
                runs.append(Run(text[end : match.start()]))
            runs.append(Run(match[1], self._coded(match[1], match[2], section, date, modality)))
            end = match.end()
        if end < len(text):
            runs.append(Run(text[end:]))
        return tuple(runs)

    def _coded(self, words: str, code: str, section: str, date: dt.date, modality: str | None) -> str:
        code, _, own = code.partition("@")
        date = dt.date.fromisoformat(own) if own else date
        head, *rest = code.split(":")
        kind, sign = head[0], head[1:]
        status = _STATUS.get(sign, "confirmed")
        if kind == "f":
            if sign.startswith("."):
                modality, status = sign[1:].rstrip("?-"), _STATUS[sign[-1] if sign[-1] in "?-" else ""]
            return self.add(
                "findings",
                {
                    "concept": rest[0],
                    "status": status,
                    "modality": modality,
                    "section": section,
                    "text": words,
                    "date": date,
                },
            )
        if kind == "m":
            return self.add(
                "findings",
                {
                    "concept": rest[0],
                    "value": float(rest[1]),
                    "unit": rest[2],
                    "status": "confirmed",
                    "modality": sign[1:] or modality,
                    "section": section,
                    "text": words,
                    "date": date,
                },
            )
        if kind == "d":
            return self.add(
                "diagnoses",
                {"name": words, "status": rest[0], "section": section, "concept": rest[1] or None, "date": date},
            )
        if kind == "t":
            return self.add(
                "treatments",
                {
                    "kind": rest[0],
                    "name": words,
                    "concept": rest[1] or None if len(rest) > 1 else None,
                    "drug_class": rest[2] if len(rest) > 2 else None,
                    "status": status,
                    "section": section,
                    "date": date,
                },
            )
        if kind == "l":
            name, number, unit, flag = rest[1:5]
            return self.add(
                "lab_results",
                {
                    "name": name,
                    "analyte": rest[0],
                    "text": number,
                    "value": float(number),
                    "unit": unit,
                    "flag": flag or None,
                    "sampled_at": date,
                    "section": section,
                },
            )
        raise ValueError(f"unknown code {code!r}")

    def diagnosis(self, dx: Dx, *, section: str, date: dt.date, code: bool = False) -> tuple[Run, ...]:
        """One diagnosis as runs; ``code`` says whether the paper prints the ICD-10 code."""
        mark = self.add(
            "diagnoses",
            {
                "name": dx.name,
                "status": dx.status,
                "section": section,
                "icd10": dx.icd10 if code else None,
                "concept": dx.concept,
                "grade": dx.grade,
                "date": date,
            },
        )
        printed = dx.printed or dx.name
        at = printed.find(dx.name)
        if at < 0:
            return (Run(printed, mark),)
        runs = (Run(printed[:at]), Run(dx.name, mark), Run(printed[at + len(dx.name) :]))
        return tuple(run for run in runs if run.text)

    def drug(self, drug: Drug, *, section: str, date: dt.date, name: str | None = None) -> str:
        """Note a drug and return its mark."""
        return self.add(
            "treatments",
            {
                "kind": "drug",
                "name": name or drug.name,
                "drug_class": drug.classes,
                "status": "confirmed",
                "section": section,
                "date": date,
            },
        )

    def row(self, result: LabResult, sheet: LabSheet) -> Row:
        """One laboratory result as a table row."""
        low, high = result.low, result.high
        mark = self.add(
            "lab_results",
            {
                "name": result.name,
                "abbreviation": result.abbr or None,
                "analyte": result.analyte,
                "text": result.text,
                "value": result.value,
                "comparator": result.comparator,
                "unit": result.unit,
                "reference_low": None if low is None else float(low),
                "reference_high": None if high is None else float(high),
                "reference_text": result.expected or None,
                "flag": result.flag,
                "specimen": sheet.specimen,
                "sampled_at": sheet.sampled,
                "reported_at": sheet.reported,
            },
        )
        return Row(
            name=result.name,
            abbr=result.abbr,
            result=result.text,
            unit=result.unit,
            low=low,
            high=high,
            expected=result.expected,
            flag=result.flag,
            method=result.method,
            mark=mark,
        )
