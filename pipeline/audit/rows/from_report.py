"""One report.json (``yushen.report.v1``) as rows of judgements, criteria, readings, needs, reasons and documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from pipeline.audit.rows.photo import Pictures, pictures_of
from pipeline.audit.rows.verdicts import Verdict, person_verdict
from pipeline.audit.words import machine_reason
from rules.engine.policies import is_own

__all__ = ["Decided", "Round", "Rows", "document_rows", "judgement_rows"]

Rows = dict[str, list[dict[str, Any]]]
"""Table -> rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The decision on a round, where there is one."""

    outcome: str
    named: frozenset[str] = frozenset()
    """Items in its reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a report does not know of itself."""

    application_id: str
    judgement_ids: Mapping[str, str]
    """Rule id of the disease -> keyed id; one for each review of the report."""
    number: int = 1
    latest: bool = True
    applied: frozenset[str] = frozenset()
    """Diseases applied for."""
    machine_conclusions: Mapping[str, str] = field(default_factory=dict)
    """Rule id -> conclusion without corrections; left out: that of the report."""
    machine_items: Mapping[tuple[str, str], tuple[str | None, str | None]] = field(default_factory=dict)
    """(Rule id, item) -> status and reason without corrections, None where nobody knows; left out: those of the
    report."""
    settled: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(Rule id, item) -> status that a person gave it by hand."""
    decided: Decided | None = None
    accepts: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    """(Rule id, item) -> what the rules accept for it; of items that the report asks for it is known without."""
    seconds: float | None = None


def judgement_rows(report: Mapping[str, Any], at: Round) -> Rows:
    """Return the rows of ``judgements``, ``criteria``, ``readings``, ``needs`` and the machine's ``reasons``."""
    rows: Rows = {name: [] for name in ("judgements", "criteria", "readings", "needs", "reasons")}
    pictures = pictures_of(report)
    documents = {document["id"]: document for document in report["documents"]}
    for review in report["reviews"]:
        _add_review(rows, report, review, at, pictures, documents)
    return rows


def _add_review(
    rows: Rows,
    report: Mapping[str, Any],
    review: Mapping[str, Any],
    at: Round,
    pictures: Pictures,
    documents: Mapping[str, Mapping[str, Any]],
) -> None:
    disease = review["disease"]["id"]
    ids = {
        "judgement_id": at.judgement_ids[disease],
        "application_id": at.application_id,
        "disease": disease,
    }
    ruleset = review["ruleset"]
    rows["judgements"].append(
        {
            **ids,
            "round": at.number,
            "disease_name": review["disease"]["name"],
            "region": report["case"]["region"],
            "rules_version": ruleset["version"],
            "rules_sha256": ruleset["sha256"],
            "rules_verified": ruleset["verified"],
            "as_of": dt.date.fromisoformat(report["case"]["as_of"]),
            "conclusion": review["conclusion"],
            "machine_conclusion": at.machine_conclusions.get(disease, review["conclusion"]),
            "latest": at.latest,
            "applied": disease in at.applied,
            "seconds": at.seconds,
        }
    )
    accepts = _asked_for(review)
    photo: dict[str, bool] = {}
    for item in review["criteria"]:
        key = (disease, item["id"])
        places = [*item["evidence"], *item.get("against", ())]
        photo[item["id"]] = pictures.explain(
            item["status"],
            item["reason"],
            [place["document"] for place in places],
            at.accepts.get(key, accepts.get(item["id"], ())),
        )
        rows["criteria"].append(ids | _criterion(item, key, at, documents, photo[item["id"]]))
        rows["readings"] += [
            ids | {"criterion": item["id"], "reading": text, "own": is_own(text), "status": item["status"]}
            for text in dict.fromkeys(item.get("readings", ()))
        ]
    by_id = {item["id"]: item for item in review["criteria"]}
    for number, need in enumerate(review["missing"], start=1):
        item = by_id.get(need["criterion"])
        rows["needs"].append(
            {
                **ids,
                "place": number,
                "criterion": need["criterion"],
                "material": need["need"],
                "reason": item["reason"] if item else "",
                "alternatives": len(need["alternatives"]),
                "photo_problem": any(
                    photo.get(criterion, False)
                    for criterion in (need["criterion"], *chain.from_iterable(need.get("alternative_criteria", ())))
                ),
            }
        )
    rows["reasons"] += [
        {
            "source_id": ids["judgement_id"],
            "origin": "machine",
            "place": number,
            "application_id": at.application_id,
            "round": at.number,
            "disease": disease,
            "criterion": item["id"],
            "code": item["reason"],
            "label": machine_reason(item["reason"]),
            "outcome": review["conclusion"],
            "photo_problem": photo[item["id"]],
        }
        for number, item in enumerate(_standing_in_the_way(review), start=1)
    ]


def _asked_for(review: Mapping[str, Any]) -> dict[str, list[str]]:
    """Item -> what would do for it, as far as the report says."""
    found: dict[str, list[str]] = {}
    for need in review["missing"]:
        found.setdefault(need["criterion"], []).extend(need["accepts"])
        others = need.get("alternative_criteria", ())
        for text, criteria in zip(need["alternatives"], others, strict=False):
            for criterion in criteria:
                found.setdefault(criterion, []).append(text)
    return found


def _standing_in_the_way(review: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Items because of which the machine does not recommend: not those that an alternative made needless."""
    conclusion = review["conclusion"]
    if conclusion == "meets":
        return []
    if conclusion == "not_met":
        return [item for item in review["criteria"] if item["status"] == "unmet"]
    asked = {need["criterion"] for need in review["missing"]}
    return [item for item in review["criteria"] if item["id"] in asked or item["status"] in ("manual", "conflicting")]


def _criterion(
    item: Mapping[str, Any],
    key: tuple[str, str],
    at: Round,
    documents: Mapping[str, Mapping[str, Any]],
    photo: bool,
) -> dict[str, Any]:
    machine_status, machine_reason_code = at.machine_items.get(key, (item["status"], item["reason"]))
    first = next((documents.get(place["document"]) for place in (*item["evidence"], *item.get("against", ()))), None)
    person = _verdict(item, key, at, machine_status)
    return {
        "criterion": item["id"],
        "title": item["title"],
        "status": item["status"],
        "reason": item["reason"],
        "machine_status": machine_status,
        "machine_reason": machine_reason_code,
        "confidence": min((place["confidence"] for place in item["evidence"]), default=None),
        "evidence": len(item["evidence"]),
        "hospital": first["hospital"] if first else None,
        "document_type": first["type"] if first else None,
        "own_reading": any(is_own(text) for text in item.get("readings", ())),
        "photo_problem": photo,
        "person_verdict": person.verdict,
        "person_basis": person.basis,
    }


def _verdict(item: Mapping[str, Any], key: tuple[str, str], at: Round, machine_status: str) -> Verdict:
    return person_verdict(
        item["id"],
        status=item["status"],
        machine_status=machine_status,
        outcome=at.decided.outcome if at.decided else None,
        named=at.decided.named if at.decided else (),
        settled=at.settled.get(key),
    )


def document_rows(
    report: Mapping[str, Any],
    application_id: str,
    *,
    rounds: Mapping[str, int] | None = None,
    media: Mapping[str, str] | None = None,
) -> Rows:
    """Return the rows of ``documents`` and ``quality``.

    Args:
        rounds: document id -> round in which it first came.
        media: document id -> medium, where the source knows more than the report (photo or scan).
    """
    rows: Rows = {"documents": [], "quality": []}
    for document in report["documents"]:
        pages = document["pages"]
        rows["documents"].append(
            {
                "application_id": application_id,
                "document": document["id"],
                "type": document["type"],
                "type_label": document["type_label"],
                "hospital": document["hospital"],
                "hospital_level": _rank(document["hospital_level"]),
                "department": document.get("department"),
                "dated": _day(document["date"]),
                "medium": (media or {}).get(document["id"]) or _medium(pages),
                "pages": len(pages),
                "retake_pages": sum(any(i.get("retake", True) for i in page["quality"]) for page in pages),
                "owner": document.get("owner", "unknown"),
                "duplicate": document.get("duplicate_of") is not None,
                "confidence": document.get("confidence"),
                "round": (rounds or {}).get(document["id"]),
            }
        )
        seen: dict[tuple[int, str], bool] = {}
        for number, page in enumerate(pages, start=1):
            for issue in page["quality"]:
                place = (number, issue["code"])
                seen[place] = seen.get(place, False) or issue.get("retake", True)
        rows["quality"] += [
            {"application_id": application_id, "document": document["id"], "page": p, "code": c, "retake": retake}
            for (p, c), retake in seen.items()
        ]
    return rows


_RANKS = {"未": 0, "一": 1, "二": 2, "三": 3}


def _rank(label: str | None) -> int | None:
    return None if label is None else _RANKS.get(label[:1])


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _medium(pages: Sequence[Mapping[str, Any]]) -> str | None:
    readers = {page.get("reader", "") for page in pages} - {""}
    if not readers:
        return None
    return "text_layer" if readers == {"text-layer"} else "picture"
