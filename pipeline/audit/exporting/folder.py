"""All report.json below a folder, as a store."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.audit.deidentify import without_identity
from pipeline.audit.exporting.facts import NotStoredError, facts_of_report
from pipeline.audit.generalising import generalised
from pipeline.audit.identity import age_years, keyed
from pipeline.audit.rows import Round, Rows, document_rows, judgement_rows
from pipeline.audit.schema import table
from pipeline.audit.schema.arrow import SchemaError, arrow_table
from pipeline.audit.store import Manifest, Writer
from rules.engine.stored_facts import facts_to_json

__all__ = ["Exported", "export_reports"]

_SCHEMA = "yushen.report.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    manifest: Manifest
    reports: int
    left_out: int
    """Reports left out because hardly any other shares their disease, month and region."""
    without_facts: int
    """Reports whose facts could not be turned back."""
    unusable: tuple[Path, ...]
    """Files called report.json that are none."""


def export_reports(
    folder: Path,
    out: Path,
    key: bytes,
    *,
    facts: bool = True,
    replace: bool = False,
    smallest: int = 0,
    created: dt.datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write every report.json below ``folder`` into a store at ``out``: each is one application in its first round.

    Decisions, corrections and times are not in a report; those tables stay empty.

    Args:
        key: of :func:`pipeline.audit.identity.load_key`; an application's id is made of its place below ``folder``.
        facts: keep facts for replay.
        smallest: how many applications have to share their traits (:mod:`pipeline.audit.generalising`); 0: any number.
        progress: called with the number of reports done.

    Raises:
        StoreError: ``out`` cannot be written to.
    """
    unusable: list[Path] = []
    versions: set[str] = set()
    done = lost = 0
    gathered: Rows = {}
    with Writer(out, replace=replace) as writer:
        for path in _found(folder):
            report = _read(path)
            if report is None:
                unusable.append(path)
                continue
            try:
                rows = _checked(_rows(report, key, _name(folder, path)))
            except (KeyError, TypeError, ValueError, IndexError, AttributeError, SchemaError):
                # Of the schema by its own word, and yet not.
                unusable.append(path)
                continue
            if facts and smallest <= 1:
                stored = _facts(report)
                lost += stored is None
                rows["facts"] = [] if stored is None else [_facts_row(rows, report, stored)]
            versions |= {review["ruleset"]["version"] for review in report["reviews"]}
            if smallest > 1:
                for name, some in rows.items():
                    gathered.setdefault(name, []).extend(some)
            else:
                writer.add_all(rows)
            done += 1
            if progress:
                progress(done)
        left_out = 0
        if smallest > 1:
            gathered, left_out = generalised(gathered, smallest)
            writer.add_all(gathered)
        manifest = writer.finish(
            source="reports",
            rules_versions=sorted(versions),
            created=created,
            suppressed_below=smallest,
            notes=["由 report.json 汇成：没有决定、更正和办理时间。"],
        )
    return Exported(manifest=manifest, reports=done, left_out=left_out, without_facts=lost, unusable=tuple(unusable))


def _found(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.rglob("report*.json")))


def _read(path: Path) -> Mapping[str, Any] | None:
    try:
        report = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(report, dict) or report.get("schema") != _SCHEMA:
        return None
    return report if isinstance(report.get("reviews"), list) else None


def _name(folder: Path, path: Path) -> str:
    """What tells one report of a folder from the others, and stays the same in the next export."""
    place = path.relative_to(folder)
    return (place.parent if path.name == "report.json" else place.with_suffix("")).as_posix()


def _checked(rows: Rows) -> Rows:
    """Refuse rows that are not of their tables here, where it costs one report and not all of them."""
    for name, some in rows.items():
        arrow_table(table(name), some)
    return rows


def _rows(report: Mapping[str, Any], key: bytes, name: str) -> Rows:
    application = keyed(key, "report", name)
    case, reviews = report["case"], report["reviews"]
    judged = [review["disease"]["id"] for review in reviews]
    applied = _applied(report)
    rows = judgement_rows(
        report,
        Round(
            application_id=application,
            judgement_ids={disease: keyed(key, "judgement", f"{name}\0{disease}") for disease in judged},
            applied=frozenset(applied),
            seconds=sum(report.get("timing", {}).values()) or None,
        ),
    )
    rows |= document_rows(report, application)
    names = {review["disease"]["id"]: review["disease"]["name"] for review in reviews}
    papers = rows["documents"]
    hospitals = Counter((p["hospital"], p["hospital_level"]) for p in papers if p["hospital"] is not None)
    hospital, level = hospitals.most_common(1)[0][0] if hospitals else (None, None)
    as_of = dt.date.fromisoformat(case["as_of"])
    sex = case["applicant"]["sex"]
    rows["applications"] = [
        {
            "application_id": application,
            "region": case["region"],
            "disease": applied[0] if applied else None,
            "disease_name": names[applied[0]] if applied else None,
            "state": "reviewed",
            "submitted_on": as_of,
            "month": f"{as_of:%Y-%m}",
            "rounds": 1,
            "sex": sex if sex in ("男", "女") else None,
            "age_years": age_years(case["applicant"]["age"]),
            "hospital": hospital,
            "hospital_level": level,
            "pages": sum(p["pages"] for p in papers),
            "retake_pages": sum(p["retake_pages"] for p in papers),
        }
    ]
    return rows


def _applied(report: Mapping[str, Any]) -> list[str]:
    """Diseases applied for: all that were judged where the applicant named any (by whatever name), or the only one."""
    judged = [review["disease"]["id"] for review in report["reviews"]]
    return judged if report["case"].get("applied_for") or len(judged) == 1 else []


def _facts(report: Mapping[str, Any]) -> str | None:
    try:
        return facts_to_json(without_identity(facts_of_report(report)))
    except (NotStoredError, KeyError, IndexError, TypeError):
        return None


def _facts_row(rows: Rows, report: Mapping[str, Any], stored: str) -> dict[str, Any]:
    return {
        "application_id": rows["applications"][0]["application_id"],
        "region": report["case"]["region"],
        "diseases": ",".join(review["disease"]["id"] for review in report["reviews"]),
        "as_of": dt.date.fromisoformat(report["case"]["as_of"]),
        "facts": stored,
    }
