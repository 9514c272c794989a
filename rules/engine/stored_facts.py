"""The facts of one application as a line of JSON: what a service keeps and an audit judges again.

Lossless: ``facts_from_json(facts_to_json(facts)) == facts``. One object with the fields of
:class:`~rules.engine.facts.CaseFacts` under their own names, and two more keys, ``version`` and ``evidence``::

    {"version": 1, "as_of": "2026-03-15",
     "evidence": [["d1", "d1.jpg", 1, [100, 140, 600, 170], "2型糖尿病", 0.95, "clinical-text"]],
     "documents": [{"id": "d1", "type": "discharge_summary", "date": {"unknown": "unreadable"}}],
     "diagnoses": [{"document": "d1", "name": "2型糖尿病", "status": "confirmed", "section": "出院诊断",
                    "evidence": [0]}]}

Evidence stands in one table, each piece once, and facts name their rows. A row is document, file, page, box, quote,
confidence, extractor, and where any of them is told whether a generative model read it, its measured share of right
ones (or null) and whether it is for a human. Everywhere else a value that equals the
default of its field is left out, so a quantity of which nothing was printed takes no room; that the page is unreadable
or that sources disagree is told as ``{"unknown": ...}`` and never becomes a text or a number. Dates are ISO 8601,
decimals are text as they were printed (``7.10`` stays ``7.10``).

What the form does not know is refused, never skipped: another version, an unknown key, a value of another type. The
rules ask for no name and no number of a person: where facts are kept beyond a review, keep them without.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from typing import Any

from rules.engine.facts import CaseFacts, Evidence, HospitalLevel, Unknown
from rules.engine.stored_fields import KINDS, StoredFactsError, as_list, key_shown, read_fact

__all__ = ["VERSION", "StoredFactsError", "facts_from_data", "facts_from_json", "facts_to_json"]

VERSION = 1
"""Changes when a line written before would be read otherwise: a field renamed, another default, another row."""


def facts_to_json(facts: CaseFacts) -> str:
    """Write ``facts`` as one line without line breaks.

    Raises:
        StoredFactsError: a confidence or a coordinate is not a finite number.
    """
    rows: dict[Evidence, int] = {}
    data: dict[str, Any] = {"version": VERSION, "as_of": facts.as_of.isoformat(), "evidence": []}
    for name in KINDS:
        written = [_write_fact(fact, rows) for fact in getattr(facts, name)]
        if written:
            data[name] = written
    data["evidence"] = [_write_row(evidence) for evidence in rows]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def facts_from_json(text: str | bytes) -> CaseFacts:
    """Read what :func:`facts_to_json` wrote.

    Raises:
        StoredFactsError: it is no JSON, another version, or holds what the form does not know.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        # Without the cause: its message quotes the text.
        raise StoredFactsError(f"no JSON ({type(error).__name__})") from None
    return facts_from_data(data)


def facts_from_data(data: Any) -> CaseFacts:
    """Like :func:`facts_from_json`, for JSON that is parsed already (a line that holds more than the facts)."""
    if not isinstance(data, dict):
        raise StoredFactsError("no JSON object")
    if data.get("version") != VERSION or isinstance(data["version"], bool):
        raise StoredFactsError(f"not version {VERSION} of stored facts")
    unknown = data.keys() - KINDS.keys() - {"version", "as_of", "evidence"}
    if unknown:
        raise StoredFactsError(f"unknown key {key_shown(min(unknown, key=str))}")
    at = "as_of"
    try:
        as_of = dt.date.fromisoformat(data["as_of"])
        at = "evidence"
        places = [_read_row(*row) for row in as_list(data["evidence"])]
        facts: dict[str, tuple[Any, ...]] = {}
        for at, (kind, readers) in KINDS.items():
            if at in data:
                facts[at] = tuple([read_fact(kind, readers, places, row) for row in as_list(data[at])])
    except StoredFactsError as error:
        raise StoredFactsError(f"{at}: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, IndexError) as error:
        raise StoredFactsError(f"{at}: not of the form ({type(error).__name__})") from None
    return CaseFacts(as_of=as_of, **facts)


# Writing


def _write_fact(fact: Any, rows: dict[Evidence, int]) -> dict[str, Any]:
    defaults = _DEFAULTS[type(fact)]
    written: dict[str, Any] = {}
    for name, default in defaults.items():
        value = getattr(fact, name)
        if name == "evidence":
            if value:
                written[name] = [rows.setdefault(evidence, len(rows)) for evidence in value]
        elif value is not default and (value != default or type(value) is not type(default)):
            written[name] = _write_value(value)
    return written


def _write_value(value: Any) -> Any:
    if isinstance(value, Unknown):
        return {"unknown": value.value}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, HospitalLevel):
        return _write_fact(value, {})
    return list(value) if isinstance(value, tuple) else value


def _write_row(evidence: Evidence) -> list[Any]:
    e = evidence
    box = [_number(side) for side in e.box]
    row = [e.document, e.file, e.page, box, e.quote, _number(e.confidence), e.extractor]
    if e.share is not None or e.for_human:
        return [*row, e.generative, None if e.share is None else _number(e.share), e.for_human]
    return [*row, True] if e.generative else row


def _number(value: float) -> float:
    """Whole numbers without ``.0``: most boxes are whole pixels."""
    if not math.isfinite(value):
        raise StoredFactsError("evidence: a number that is not finite")
    return int(value) if value == int(value) else value


# Reading


def _read_row(
    document: Any,
    file: Any,
    page: Any,
    box: Any,
    quote: Any,
    confidence: Any,
    extractor: Any,
    generative: Any = False,
    share: Any = None,
    for_human: Any = False,
) -> Evidence:
    x0, y0, x1, y1 = box
    if not type(document) is type(file) is type(quote) is type(extractor) is str:
        raise TypeError
    if type(page) is not int or type(generative) is not bool or not math.isfinite(x0 + y0 + x1 + y1 + confidence):
        raise TypeError
    if type(for_human) is not bool or not (share is None or math.isfinite(share)):
        raise TypeError
    return Evidence(
        document=document,
        file=file,
        page=page,
        box=(float(x0), float(y0), float(x1), float(y1)),
        quote=quote,
        confidence=float(confidence),
        extractor=extractor,
        generative=generative,
        share=None if share is None else float(share),
        for_human=for_human,
    )


_DEFAULTS: dict[type, dict[str, Any]] = {
    kind: {f.name: f.default for f in fields(kind)} for kind in (*(kind for kind, _ in KINDS.values()), HospitalLevel)
}
