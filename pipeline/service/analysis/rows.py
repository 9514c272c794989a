"""One application of the service as rows of the star schema."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.audit.identity import age_years, keyed
from pipeline.audit.rows import Decided, Round, Rows, document_rows, judgement_rows
from pipeline.audit.schema.judging import STATUSES
from pipeline.reporting.text import clean
from pipeline.service.analysis.course import Course, course_of, timing_row
from pipeline.service.analysis.material import Material, Seen
from pipeline.service.casework.corrections.changes import FIELDS, Kind, kind_of_key
from pipeline.service.casework.corrections.criteria import SETTLED_REASON
from pipeline.service.decisions.reasons import reason_label
from pipeline.service.office import LOCAL
from pipeline.service.states import State
from pipeline.service.tables import Correction, Decision
from pipeline.service.workdays import Calendar
from rules.engine.stored_fields import KINDS

__all__ = ["Lookup", "Report", "rows_of"]

MachineItems = Mapping[tuple[str, str], tuple[str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Report:
    """What an assessment says."""

    data: Mapping[str, Any]
    facts: str
    """Without identity; empty where it is not to be exported."""
    machine_items: MachineItems
    """Status and reason without corrections; empty: those of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What all applications share."""

    key: bytes
    calendar: Calendar
    names: Mapping[str, str]
    """Rule id -> name of the disease."""
    accepts: Mapping[tuple[str, str], Sequence[str]]
    report: Callable[[Material, Seen], Report | None]


def rows_of(material: Material, lookup: Lookup) -> Rows:
    """Return the rows of one application."""
    return _Application(material, lookup).rows()


class _Application:
    def __init__(self, material: Material, lookup: Lookup) -> None:
        self.of, self.lookup, self.case = material, lookup, material.case
        self.course: Course = course_of(material.events)
        self.id = keyed(lookup.key, "application", self.case.id)
        self.rounds = _rounds(material, self.course)
        self.made: Rows = {}
        self.judgements: dict[str, str] = {}
        """Assessment -> id of its judgement of the disease applied for."""
        self.photo: dict[str, dict[str, bool]] = {}
        """Assessment -> item -> it fails because of the pictures."""
        self.disease = self.case.disease
        self.last: Report | None = None
        self.standing: str | None = None
        """The last assessment told."""
        self.places: dict[str, tuple[str, str | None]] = {}
        """Key of a fact or document -> type and hospital of the document."""

    def rows(self) -> Rows:
        self.judge()
        papers = self.documents()
        self.decisions()
        self.corrections()
        self.add("timings", [timing_row(span, self.id, self.lookup.calendar) for span in self.course.spans])
        self.application(papers)
        self.facts()
        return self.made

    def add(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        self.made.setdefault(table, []).extend(rows)

    def judge(self) -> None:
        """The last judgement of each round: the one decided on where the round was decided."""
        found = [(number, seen) for number in range(1, self.rounds + 1) if (seen := self.assessed(number)) is not None]
        reports = [(n, seen, report) for n, seen in found if (report := self.lookup.report(self.of, seen)) is not None]
        for place, (number, seen, report) in enumerate(reports, start=1):
            self.told(number, seen, report, latest=place == len(reports))

    def assessed(self, number: int) -> Seen | None:
        final = self.final(number)
        if final is not None:
            return next((seen for seen in self.of.assessments if seen.id == final.assessment_id), None)
        in_round = [seen for seen in self.of.assessments if self.course.round_at(seen.made_at) == number]
        return in_round[-1] if in_round else None

    def final(self, number: int) -> Decision | None:
        return next((d for d in reversed(self.of.decisions) if d.round == number and d.final), None)

    def told(self, number: int, seen: Seen, report: Report, *, latest: bool) -> None:
        reviews = report.data["reviews"]
        judged = [review["disease"]["id"] for review in reviews]
        applied = judged[0] if len(judged) == 1 and self.case.disease else None
        if applied is not None:
            self.disease = applied
        ids = {disease: keyed(self.lookup.key, "judgement", f"{seen.id}\0{disease}") for disease in judged}
        final = self.final(number)
        decided = None
        if final is not None:
            named = frozenset(r["criterion"] for r in final.reasons if r.get("criterion") is not None)
            decided = Decided(outcome=final.outcome.value, named=named)
        settled = {
            (review["disease"]["id"], item["id"]): item["status"]
            for review in reviews
            for item in review["criteria"]
            if item["reason"] == SETTLED_REASON
        }
        rows = judgement_rows(
            report.data,
            Round(
                application_id=self.id,
                judgement_ids=ids,
                number=number,
                latest=latest,
                applied=frozenset({applied} if applied else ()),
                machine_conclusions={applied: seen.machine_conclusion} if applied else {},
                machine_items=report.machine_items,
                settled=settled,
                decided=decided,
                accepts=self.lookup.accepts,
                seconds=seen.seconds or None,
            ),
        )
        for table, some in rows.items():
            self.add(table, some)
        if applied is not None:
            self.judgements[seen.id] = ids[applied]
        self.photo[seen.id] = {row["criterion"]: row["photo_problem"] for row in rows["criteria"]}
        self.places |= _places(report.data)
        self.last, self.standing = report, seen.id

    def documents(self) -> list[dict[str, Any]]:
        if self.last is None:
            return []
        files = {clean(name): number for name, number in self.of.files.items()}
        rounds = {}
        for document in self.last.data["documents"]:
            numbers = [files[page["file"]] for page in document["pages"] if page["file"] in files]
            if numbers:
                rounds[document["id"]] = min(numbers)
        rows = document_rows(self.last.data, self.id, rounds=rounds)
        for table, some in rows.items():
            self.add(table, some)
        return rows["documents"]

    def decisions(self) -> None:
        conclusions = {seen.id: seen.machine_conclusion for seen in self.of.assessments}
        for decision in self.of.decisions:
            sample = self.of.samples.get(decision.id)
            examined = sample is not None and sample.examined_at is not None
            again = sample.outcome.value if sample is not None and sample.outcome is not None and examined else None
            day = _day(decision.made_at)
            key = keyed(self.lookup.key, "decision", decision.id)
            row = {
                "decision_id": key,
                "application_id": self.id,
                "judgement_id": self.judgements.get(decision.assessment_id),
                "round": decision.round,
                "disease": self.disease,
                "outcome": decision.outcome.value,
                "final": decision.final,
                "machine_conclusion": conclusions.get(decision.assessment_id),
                "decided_on": day,
                "month": f"{day:%Y-%m}",
                "reviewer": self.person(decision.made_by),
                "needs_second": decision.needs_second,
                "second_agrees": decision.second_agrees,
                "reexamined": examined,
                "reexam_outcome": again,
                "difference": sample.difference if sample is not None else None,
            }
            self.add("decisions", [row])
            photo = self.photo.get(decision.assessment_id, {})
            self.add("reasons", [self.reason(decision, key, n, r, photo) for n, r in enumerate(decision.reasons, 1)])

    def reason(
        self, decision: Decision, key: str, place: int, reason: Mapping[str, Any], photo: Mapping[str, bool]
    ) -> dict[str, Any]:
        """A person's reason: its code and the catalogue's words, never what the person wrote."""
        code, item = str(reason["code"]), reason.get("criterion")
        return {
            "source_id": key,
            "origin": "person",
            "place": place,
            "application_id": self.id,
            "round": decision.round,
            "disease": self.disease,
            "criterion": item,
            "code": code,
            "label": reason_label(code),
            "outcome": decision.outcome.value,
            "photo_problem": code == "unclear" or (item is not None and photo.get(item, False)),
        }

    def corrections(self) -> None:
        for row in self.of.corrections:
            kind, fact, field, item = _what(row)
            place = self.places.get(row.target)
            made = {
                "correction_id": keyed(self.lookup.key, "correction", row.id),
                "application_id": self.id,
                "round": min(self.course.round_at(row.made_at), self.rounds),
                "disease": self.disease,
                "made_on": _day(row.made_at),
                "kind": kind,
                "fact": fact,
                "field": field,
                "criterion": item,
                "machine_status": _status(row.machine) if kind == Kind.CRITERION else None,
                "person_status": _status(row.human) if kind == Kind.CRITERION else None,
                "document_type": place[0] if place else None,
                "hospital": place[1] if place else None,
                "reviewer": self.person(row.made_by),
                "undone": row.undone_at is not None,
            }
            self.add("corrections", [made])

    def application(self, papers: Sequence[Mapping[str, Any]]) -> None:
        case = self.case
        assert case.first_submitted_at is not None
        first = _day(case.first_submitted_at)
        decided = None if case.decided_at is None else _day(case.decided_at)
        begun = None if case.submitted_at is None else _day(case.submitted_at)
        final = [d.outcome.value for d in self.of.decisions if d.final and d.outcome.value != "return"]
        hospitals = Counter((p["hospital"], p["hospital_level"]) for p in papers if p["hospital"] is not None)
        hospital, level = hospitals.most_common(1)[0][0] if hospitals else (None, None)
        who = self.last.data["case"]["applicant"] if self.last is not None else {"sex": None, "age": None}
        row = {
            "application_id": self.id,
            "region": case.region,
            "disease": self.disease,
            "disease_name": self.lookup.names.get(self.disease or "") or self.disease,
            "channel": case.channel.value,
            "state": case.state.value,
            "submitted_on": first,
            "month": f"{first:%Y-%m}",
            "decided_on": decided,
            "due_on": case.due_on,
            "outcome": final[-1] if decided is not None and final else None,
            "rounds": self.rounds,
            "days_used": None if decided is None or begun is None else self.lookup.calendar.left(begun, decided),
            "in_time": None if decided is None or case.due_on is None else decided <= case.due_on,
            "sex": who["sex"] if who["sex"] in ("男", "女") else None,
            "age_years": age_years(who["age"]),
            "hospital": hospital,
            "hospital_level": level,
            "pages": sum(p["pages"] for p in papers),
            "retake_pages": sum(p["retake_pages"] for p in papers),
        }
        self.add("applications", [row])

    def facts(self) -> None:
        if self.last is None or not self.last.facts:
            return
        row = {
            "application_id": self.id,
            "region": self.case.region,
            "diseases": ",".join(review["disease"]["id"] for review in self.last.data["reviews"]),
            "as_of": dt.date.fromisoformat(self.last.data["case"]["as_of"]),
            "facts": self.last.facts,
        }
        self.add("facts", [row])

    def person(self, user: str) -> str:
        return keyed(self.lookup.key, "user", user)


def _rounds(material: Material, course: Course) -> int:
    """How often it was handed in. A case sent back counts its next round already, though nothing of it came."""
    return len(course.submitted) or material.case.round - (material.case.state is State.RETURNED) or 1


def _what(row: Correction) -> tuple[str, str | None, str, str | None]:
    """Kind, kind of fact, field and item of a correction; words outside the closed lists are not told."""
    kind = row.kind if row.kind in set(Kind) else Kind.UNKNOWN.value
    target = kind_of_key(row.target)
    if kind == Kind.CRITERION:
        return kind, None, "status", row.target.removeprefix("criterion-")
    if kind == Kind.ADD:
        return kind, row.field if row.field in KINDS else None, "", None
    fact = target if target in KINDS or target in FIELDS else None
    if kind == Kind.EVIDENCE:
        return kind, fact, "", row.field or None
    return kind, fact, row.field if row.field in FIELDS.get(target, {}) else "", None


def _status(told: Mapping[str, Any]) -> str | None:
    found = told.get("value", told.get("status"))
    return found if found in STATUSES else None


def _places(report: Mapping[str, Any]) -> dict[str, tuple[str, str | None]]:
    of = {d["id"]: (str(d["type"]), d["hospital"]) for d in report["documents"]}
    found = {d["key"]: of[d["id"]] for d in report["documents"] if d.get("key")}
    for facts in report.get("facts", {}).values():
        found |= {fact["key"]: of[fact["document"]] for fact in facts if fact.get("key") and fact["document"] in of}
    return found


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(LOCAL).date()
