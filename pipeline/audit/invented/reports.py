"""The part of report.json that rows are made of, for an invented judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rules.engine.facts import CaseFacts, DocumentInfo, Evidence, Unknown
from rules.engine.judgement import Judgement
from rules.engine.ruleset import Region

__all__ = ["report_of"]


def report_of(
    judgement: Judgement, facts: CaseFacts, region: Region, issues: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:
    """Return what :mod:`pipeline.audit.rows` reads of a report.json.

    Args:
        issues: document id -> what the quality gate says of its page.
    """
    j = judgement
    return {
        "case": {"as_of": facts.as_of.isoformat(), "region": region.id},
        "reviews": [
            {
                "disease": {"id": j.disease.id, "name": j.disease.name},
                "ruleset": {
                    "version": j.ruleset.version,
                    "sha256": j.ruleset.sha256,
                    "verified": j.ruleset.verified,
                },
                "conclusion": j.conclusion.value,
                "criteria": [
                    {
                        "id": c.id,
                        "title": c.title,
                        "status": c.status.value,
                        "reason": c.reason,
                        "evidence": [_place(e) for e in c.evidence],
                        "against": [_place(e) for e in c.against],
                        "readings": c.readings,
                    }
                    for c in j.criteria
                ],
                "missing": [
                    {
                        "criterion": n.criterion,
                        "need": n.need,
                        "accepts": n.accepts,
                        "alternatives": n.alternatives,
                        "alternative_criteria": n.alternative_criteria,
                    }
                    for n in j.missing
                ],
            }
        ],
        "documents": [_document(info, issues.get(info.id, ())) for info in facts.documents],
    }


def _place(evidence: Evidence) -> dict[str, Any]:
    return {"document": evidence.document, "confidence": evidence.confidence}


def _document(info: DocumentInfo, issues: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    level = info.hospital_level
    return {
        "id": info.id,
        "type": info.type.value,
        "type_label": info.type.label,
        "hospital": None if isinstance(info.hospital, Unknown) else info.hospital,
        "hospital_level": None if isinstance(level, Unknown) else level.label,
        "department": None,
        "date": None if isinstance(info.date, Unknown) else info.date.isoformat(),
        "owner": info.owner.value,
        "duplicate_of": info.duplicate_of,
        "confidence": 0.97,
        "pages": [{"quality": list(issues)}],
    }
