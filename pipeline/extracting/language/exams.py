"""Which examination a report or a sentence speaks of."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.extracting.language.context import Reading
from pipeline.extracting.language.text import fold
from rules.engine.facts import DocumentType
from rules.vocabulary.language import ExamKind, load_exams

__all__ = ["exam_kind", "modality_before", "modality_of"]


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[re.Pattern[str], ExamKind], ...]:
    return tuple((re.compile("|".join(kind.names), re.IGNORECASE), kind) for kind in load_exams().kinds)


def exam_kind(modality: str) -> ExamKind | None:
    """Return the examination of the given id."""
    return next((kind for kind in load_exams().kinds if kind.id == modality), None)


_ALLOWED: dict[DocumentType, tuple[str, ...]] = {
    DocumentType.ECG_REPORT: ("holter", "exercise_test", "ecg"),
    DocumentType.LUNG_FUNCTION_REPORT: ("lung_function",),
    DocumentType.PATHOLOGY_REPORT: ("cytology", "pathology"),
    DocumentType.ENDOSCOPY_REPORT: ("endoscopy",),
    DocumentType.EEG_EMG_REPORT: ("emg", "eeg", "nerve_exam"),
}
_FALLBACK = {
    DocumentType.ECG_REPORT: "ecg",
    DocumentType.LUNG_FUNCTION_REPORT: "lung_function",
    DocumentType.PATHOLOGY_REPORT: "pathology",
    DocumentType.ENDOSCOPY_REPORT: "endoscopy",
}
_HEART = re.compile(r"室间隔|左心?室|左心?房|二尖瓣|LVEF|射血分数|LVDd|IVS", re.IGNORECASE)
_NOT_PATHOLOGY = {"pathology", "cytology"}


def modality_of(reading: Reading) -> str:
    """Return the examination that a whole report is of, ``unknown`` where it does not say."""
    title = "".join(fold(reading.document.title or "").split())
    first = min((s.start for s in reading.sections if s.kind in ("findings", "conclusion")), default=len(reading.text))
    head = reading.text[: max(first, 160)][:600]
    allowed = _ALLOWED.get(reading.document.type)
    for place in (title, head, reading.text if allowed else ""):
        modality = _first(place, allowed)
        if modality is not None:
            break
    else:
        modality = _FALLBACK.get(reading.document.type, "unknown")
    if modality == "ultrasound":
        detail = _first(head, ("echo",))
        if detail or len(set(_HEART.findall(reading.text))) >= 3:
            return "echo"
    if modality == "unknown" and len(set(_HEART.findall(reading.text))) >= 4 and "超声" in reading.text:
        return "echo"
    return modality


def _first(text: str, allowed: tuple[str, ...] | None) -> str | None:
    """The examination named first; of those at one place the more special one, which the list puts first."""
    best: tuple[int, int, str] | None = None
    for rank, (pattern, kind) in enumerate(_names()):
        if allowed is None and kind.id in _NOT_PATHOLOGY:
            continue  # 病理 in the head of a CT request is no pathology report
        if allowed is not None and kind.id not in allowed:
            continue
        match = pattern.search(text)
        if match and (best is None or (match.start(), rank) < best[:2]):
            best = (match.start(), rank, kind.id)
    return best[2] if best else None


def modality_before(text: str, index: int) -> str:
    """Return the examination that a sentence of a clinical record names before ``index``."""
    low = max(text.rfind(sign, 0, index) for sign in "。\n") + 1
    best: tuple[int, int, str] | None = None
    for rank, (pattern, kind) in enumerate(_names()):
        for match in pattern.finditer(text, low, index):
            if best is None or (match.end(), -rank) > best[:2]:
                best = (match.end(), -rank, kind.id)
    return best[2] if best else "unknown"
