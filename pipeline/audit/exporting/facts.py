"""The facts of a report.json as the engine judges them.

A report tells facts for people to read and loses little: trailing zeros of decimals, and the day of a birth date (its
year is not enough, so it is unknown again). What it tells of a fact as a whole (for a person to look at, read by the
page reader alone) is taken for each of its places: a replay may doubt more than the review did, never less. Reports
that do not tell it, made with the page reader before they did, or with generated evidence, are not turned back
(:class:`NotStoredError`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.engine.facts import PAGE_READER, CaseFacts
from rules.engine.stored_facts import VERSION, StoredFactsError, facts_from_data
from rules.engine.stored_fields import KINDS

__all__ = ["NotStoredError", "facts_of_report"]

_RANKS = {"未": 0, "一": 1, "二": 2, "三": 3}
_NUMBERS = frozenset({"value", "reference_low", "reference_high", "canonical_value", "age"})
_DOCUMENT = (
    "id", "type", "hospital", "department", "date", "owner", "signers", "duplicate_of", "model_only",
    "readers_disagree",
)  # fmt: skip


class NotStoredError(Exception):
    """The report cannot be turned back into facts."""


def facts_of_report(report: Mapping[str, Any]) -> CaseFacts:
    """Return the facts that the report was judged by.

    Raises:
        NotStoredError: it does not tell what was doubted, or a fact is not of the form.
    """
    if any(item["reason"] == "generative_only" for review in report["reviews"] for item in review["criteria"]):
        raise NotStoredError("generated evidence")
    places: list[list[Any]] = []
    data: dict[str, Any] = {"version": VERSION, "as_of": report["case"]["as_of"], "evidence": places}
    data["documents"] = [_document(document) for document in report["documents"]]
    for kind in KINDS:
        if kind != "documents":
            data[kind] = [_fact(fact, kind, places) for fact in report["facts"][kind]]
    told = all("model_only" in document for document in report["documents"])
    if not told and (any(PAGE_READER in row[6] for row in places) or "page_reader" in report.get("versions", {})):
        raise NotStoredError("page reader")
    try:
        return facts_from_data(data)
    except StoredFactsError as error:
        raise NotStoredError(str(error)) from None


def _document(document: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: document[name] for name in _DOCUMENT if document.get(name) not in (None, [])}
    label = document["hospital_level"]
    if label is not None:
        level: dict[str, Any] = {"rank": _RANKS[label[0]]}
        if label[-2:-1] in ("甲", "乙", "丙") and label.endswith("等"):
            level["grade"] = label[-2]
        if document.get("hospital_level_source"):
            level["source"] = document["hospital_level_source"]
        told["hospital_level"] = level
    return told | _unknown(document)


def _fact(fact: Mapping[str, Any], kind: str, places: list[list[Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    # Reports have keys of their own, and may get more.
    for name in KINDS[kind][1].keys() & fact.keys() - {"evidence"}:
        value = fact[name]
        if value not in (None, []):
            told[name] = str(value) if name in _NUMBERS and not isinstance(value, str) else value
    rows = [place for place in (fact["evidence"], *fact["more_evidence"]) if place is not None]
    told["evidence"] = [len(places) + number for number in range(len(rows))]
    share, for_human = fact.get("share"), fact.get("for_human", False)
    doubt = [False, share, for_human] if share is not None or for_human else []
    places.extend(
        [r["document"], r["file"], r["page"], r["box"], r["quote"], r["confidence"], r["extractor"], *doubt]
        for r in rows
    )
    return told | _unknown(fact)


def _unknown(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"unknown": why} for name, why in item.get("unknown", {}).items() if name != "birth_date"}
