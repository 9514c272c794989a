"""Shape of the vocabulary files: one pydantic model per kind of term. Unknown keys are refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Analyte",
    "DiagnosisTerm",
    "DrugTerm",
    "FindingTerm",
    "MeasurementTerm",
    "ProcedureTerm",
    "Term",
]


class Term(BaseModel):
    """One entry of the vocabulary: a stable id, its standard Chinese name, other ways to print it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    aliases: tuple[str, ...] = ()
    source: str | None = None
    """Where the reading comes from: standard, guideline, or ``经验口径`` for a reading of ours."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


class Analyte(Term):
    """A laboratory analyte. Canonical unit, other units and the molar mass that converts between mass and substance."""

    abbreviations: tuple[str, ...] = ()
    loinc: str | None = None
    """Only where one is sure."""
    kind: Literal["quantitative", "qualitative", "either"] = "quantitative"
    unit: str | None = None
    """Canonical unit in UCUM-like ASCII: ``umol/L``, ``10*9/L``, ``g/L``, ``%``."""
    units: tuple[str, ...] = ()
    """Other units met in print."""
    molar_mass: Decimal | None = None
    """g/mol, where mass and substance concentrations are both in use."""
    factor: dict[str, Decimal] = {}
    """Unit -> factor to the canonical unit where neither pint nor the molar mass converts (IU)."""
    plausible: tuple[Decimal, Decimal] | None = None
    """Range in the canonical unit outside which a reading is doubted."""
    typical: tuple[Decimal, Decimal] | None = None
    """Adults' reference range as usually printed, in the canonical unit. It tells which unit or which of two homonyms a
    printed range belongs to; nothing is judged by it."""
    specimens: tuple[str, ...] = ()
    panel: str | None = None
    """Panel it is usually ordered in: 血常规, 肾功能, 肝功能 ..."""


class DiagnosisTerm(Term):
    """A diagnosis: names, ICD-10 prefixes (国家医保版 2.0, compared without ``x`` extensions), broader terms."""

    icd10: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    """Ids of broader terms: type 2 diabetes -> diabetes."""
    patterns: tuple[str, ...] = ()
    """Regular expressions for names that cannot be listed (肺上叶浸润性腺癌), tried where no literal name fits."""


class DrugTerm(Term):
    """A drug by generic name; ``aliases`` holds trade names and short forms; ``classes`` the Chinese class names."""

    classes: tuple[str, ...]


class ProcedureTerm(Term):
    """An operation or a course of treatment."""

    kind: Literal[
        "operation", "dialysis", "chemotherapy", "radiotherapy", "transplant", "palliative", "rehabilitation", "other"
    ]
    classes: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


class FindingTerm(Term):
    """Something an examination may show. ``patterns`` are regular expressions beside the literal names."""

    modalities: tuple[str, ...] = ()
    """Examinations that can show it; empty: any."""
    patterns: tuple[str, ...] = ()
    normal: tuple[str, ...] = ()
    """Phrases that state its absence without negating its name (双肺未见异常 style)."""


class MeasurementTerm(Term):
    """A number that an examination report states in prose or in a small table."""

    unit: str | None = None
    units: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    plausible: tuple[Decimal, Decimal] | None = None
    modalities: tuple[str, ...] = ()
