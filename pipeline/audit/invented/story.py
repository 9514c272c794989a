"""One invented application from its first submission to its end, as rows of the star schema."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.audit.identity import age_years
from pipeline.audit.invented import days, world
from pipeline.audit.invented.handing_in import Applicant, Folder, Handed, hand_in, issues_of, new_applicant, patch
from pipeline.audit.invented.papers import Papers
from pipeline.audit.invented.person import REASON_LABELS, Settling, Verdict, decide
from pipeline.audit.invented.reports import report_of
from pipeline.audit.rows import Decided, Round, Rows, document_rows, judgement_rows
from pipeline.audit.rows.photo import pictures_of
from rules.engine import Region, Rule, judge
from rules.engine.facts import CaseFacts
from rules.engine.judgement import Judgement
from rules.engine.stored_facts import facts_to_json

__all__ = ["Bureau", "tell"]

LIMIT = 20
"""Working days that a submission may take."""
_DIFFERENCES = (("缺件判断错", 0.42), ("证据误读", 0.28), ("过度推断", 0.15), ("与标准不符", 0.11), ("规则有误", 0.04))
_FACT_OF = {"lab_results": ("value", "text"), "findings": ("assertion", "status"), "diagnoses": ("assertion", "status")}


@dataclass(frozen=True, slots=True)
class Bureau:
    """What all applications share."""

    region: Region
    rules: Mapping[str, Rule]
    papers: tuple[Papers, ...]
    accepts: Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(slots=True)
class _Told:
    """What is known at the end of a round."""

    facts: CaseFacts
    report: Mapping[str, Any]
    rounds: dict[str, int]


def tell(bureau: Bureau, seed: int, number: int) -> Rows:
    """Return the rows of application ``number``; they depend on ``seed`` and ``number`` alone."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - invented data
    who = new_applicant(chance, bureau.papers)
    story = _Story(bureau, chance, who, f"a{number:06d}")
    story.run()
    return story.rows


class _Story:
    def __init__(self, bureau: Bureau, chance: random.Random, who: Applicant, key: str) -> None:
        self.bureau, self.chance, self.who, self.key = bureau, chance, who, key
        self.rule = bureau.rules[who.disease.disease]
        self.rows: Rows = {}
        self.last: _Told | None = None
        self.ids = {"application_id": key, "disease": self.rule.id}

    def add(self, table: str, row: dict[str, Any]) -> None:
        self.rows.setdefault(table, []).append(row)

    def run(self) -> None:
        folder: Folder | None = None
        submitted, number = self.who.day, 1
        state, decided_on, used, outcome = "submitted", None, None, None
        while True:
            folder = hand_in(self.chance, self.who, folder, number, submitted)
            machine, final, settling = self.judged(folder, number)
            review_ends, reader, second = self.times(number, submitted)
            regime = self.rule.regime(self.who.day)
            done = review_ends <= world.SNAPSHOT and regime is not None
            verdict = None
            if done and regime is not None:
                verdict = decide(
                    self.chance, self.who, folder, final, regime.formula, number=number, photo=self.photo()
                )
            self.put_judgement(machine, final, settling, verdict, number)
            self.corrections(folder, settling, number, submitted, reader)
            if verdict is None:
                break
            self.put_decision(verdict, machine, number, review_ends, reader, second)
            if verdict.outcome != "return":
                state, decided_on, outcome = "decided", review_ends, verdict.outcome
                used = days.between(submitted, review_ends)
                break
            state = "returned"
            again = days.add(review_ends, 1 + int(self.chance.expovariate(1 / 7)))
            if again > world.SNAPSHOT or self.chance.random() < 0.08:
                break
            self.step(number, "applicant", review_ends, again, bureau=False)
            submitted, number, state = again, number + 1, "submitted"
        self.latest()
        self.put_application(submitted, number, state, decided_on, used, outcome)

    def judged(self, folder: Folder, number: int) -> tuple[Judgement, Judgement, Settling]:
        """Judge what the machine read, then what people made of it."""
        who, bureau = self.who, self.bureau
        as_read, whose = patch(who, folder, who.day, bureau.region.vocabulary, corrected=False)
        facts = as_read
        if folder.misread:
            facts, whose = patch(who, folder, who.day, bureau.region.vocabulary, corrected=True)
        settling = Settling(random.Random(f"{self.key}/{number}"))  # noqa: S311 - invented data
        final = judge(facts, self.rule, bureau.region, settle=settling)
        alone = folder.misread or settling.settled
        machine = judge(as_read, self.rule, bureau.region) if alone else final
        issues = self.issues(whose)
        report = report_of(final, facts, bureau.region, issues)
        rounds = {document: handed.round for document, handed in whose.items()} | {"d1": 1}
        self.last = _Told(facts, report, rounds)
        return machine, final, settling

    def photo(self) -> dict[str, bool]:
        """Items that fail because of the pictures."""
        assert self.last is not None
        pictures = pictures_of(self.last.report)
        return {
            item["id"]: pictures.explain(
                item["status"],
                item["reason"],
                [place["document"] for place in (*item["evidence"], *item["against"])],
                self.bureau.accepts[self.rule.id, item["id"]],
            )
            for item in self.last.report["reviews"][0]["criteria"]
        }

    def issues(self, whose: Mapping[str, Handed]) -> dict[str, list[Mapping[str, Any]]]:
        """Where a group cannot be read, its first paper alone is a bad picture and the rest could not be told apart."""
        return {document: issues_of(handed) for document, handed in whose.items()}

    def put_judgement(
        self, machine: Judgement, final: Judgement, settling: Settling, verdict: Verdict | None, number: int
    ) -> None:
        assert self.last is not None
        decided = None
        if verdict is not None:
            decided = Decided(
                outcome=verdict.outcome,
                named=frozenset(r.criterion for r in verdict.reasons if r.criterion is not None),
            )
        at = Round(
            application_id=self.key,
            judgement_ids={self.rule.id: f"{self.key}-{number}"},
            number=number,
            latest=False,
            applied=frozenset({self.rule.id}),
            machine_conclusions={self.rule.id: machine.conclusion.value},
            machine_items={(self.rule.id, r.id): (r.status.value, r.reason) for r in machine.criteria},
            settled={(self.rule.id, item): status for item, status in settling.settled.items()} if decided else {},
            decided=decided,
            accepts=self.bureau.accepts,
            seconds=round(4 + self.chance.expovariate(1 / 9), 1),
        )
        for table, rows in judgement_rows(self.last.report, at).items():
            self.rows.setdefault(table, []).extend(rows)

    def times(self, number: int, submitted: dt.date) -> tuple[dt.date, str, bool]:
        """Let the bureau's steps pass; return when the round ends, who reviewed, whether a second reader did."""
        chance = self.chance
        second = self.rule.id in world.SECOND_ALWAYS or chance.random() < 0.05
        wait = int(chance.expovariate(1 / 3.2))
        if world.BACKLOG[0] <= submitted <= world.BACKLOG[1]:
            wait += 4 + int(chance.expovariate(1 / 4))
        taken = days.add(submitted, wait)
        reviewed = days.add(taken, min(9, int(chance.expovariate(1 / 1.6))))
        ends = days.add(reviewed, 3 + int(chance.gammavariate(2.4, 2.6))) if second else reviewed
        self.step(number, "reading", submitted, submitted, hours=round(0.02 + chance.expovariate(1 / 0.3), 2))
        for name, start, end in (("waiting", submitted, taken), ("reviewing", taken, reviewed)):
            self.step(number, name, start, end)
        if second:
            self.step(number, "second_reading", reviewed, ends)
        self.step(number, "round", submitted, ends)
        return ends, chance.choice(world.REVIEWERS), second

    def step(
        self, number: int, name: str, start: dt.date, end: dt.date, *, bureau: bool = True, hours: float | None = None
    ) -> None:
        if end > world.SNAPSHOT:
            return
        elapsed = (end - start).days * 24 + self.chance.uniform(0.3, 7.5) if hours is None else hours
        self.add(
            "timings",
            {
                "application_id": self.key,
                "round": number,
                "step": name,
                "place": 1,
                "bureau": bureau,
                "from_on": start,
                "to_on": end,
                "hours": round(elapsed, 2),
                "working_days": days.between(start, end),
            },
        )

    def corrections(self, folder: Folder, settling: Settling, number: int, day: dt.date, reader: str) -> None:
        made = {"round": number, "made_on": day, "reviewer": reader, "undone": False, **self.ids}
        for place, handed in enumerate((h for h in folder.misread if h.round == number), start=1):
            kind, field = _FACT_OF.get(handed.group.kind, ("date", "date"))
            first = handed.group.shapes[handed.shape][0].facts.documents[0].type.value
            self.add(
                "corrections",
                made
                | {
                    "correction_id": f"{self.key}-{number}-c{place}",
                    "kind": kind,
                    "fact": handed.group.kind,
                    "field": field,
                    "document_type": first,
                    "hospital": self.who.hospital.name,
                },
            )
        for item, status in settling.settled.items():
            self.add(
                "corrections",
                made
                | {
                    "correction_id": f"{self.key}-{number}-i{item}",
                    "kind": "criterion",
                    "field": "status",
                    "criterion": item,
                    "machine_status": "manual",
                    "person_status": status,
                },
            )

    def put_decision(
        self, verdict: Verdict, machine: Judgement, number: int, day: dt.date, reader: str, second: bool
    ) -> None:
        key = f"{self.key}-{number}-d"
        again = self.chance.random() < 0.08 and verdict.outcome != "return"
        same = self.chance.random() < 0.93
        other = "refuse" if verdict.outcome == "approve" else "approve"
        difference = self.chance.choices([d for d, _ in _DIFFERENCES], [w for _, w in _DIFFERENCES])[0]
        self.add(
            "decisions",
            {
                **self.ids,
                "decision_id": key,
                "judgement_id": f"{self.key}-{number}",
                "round": number,
                "outcome": verdict.outcome,
                "final": True,
                "machine_conclusion": machine.conclusion.value,
                "decided_on": day,
                "month": f"{day:%Y-%m}",
                "reviewer": reader,
                "needs_second": second,
                "second_agrees": True if second else None,
                "reexamined": again,
                "reexam_outcome": (verdict.outcome if same else other) if again else None,
                "difference": difference if again and not same else None,
            },
        )
        for place, reason in enumerate(verdict.reasons, start=1):
            self.add(
                "reasons",
                {
                    **self.ids,
                    "source_id": key,
                    "origin": "person",
                    "place": place,
                    "round": number,
                    "criterion": reason.criterion,
                    "code": reason.code,
                    "label": REASON_LABELS[reason.code],
                    "outcome": verdict.outcome,
                    "photo_problem": reason.photo,
                },
            )

    def latest(self) -> None:
        """The last judgement is the one that stands; its documents and facts are those of the case."""
        assert self.last is not None
        self.rows["judgements"][-1]["latest"] = True
        scanned = self.who.channel in world.SCANNED
        media = dict.fromkeys(self.last.rounds, "scan" if scanned else "photo")
        found = document_rows(self.last.report, self.key, rounds=self.last.rounds, media=media)
        for table, rows in found.items():
            self.rows.setdefault(table, []).extend(rows)
        self.add(
            "facts",
            {
                "application_id": self.key,
                "region": self.bureau.region.id,
                "diseases": self.rule.id,
                "as_of": self.who.day,
                "facts": facts_to_json(self.last.facts),
            },
        )

    def put_application(
        self,
        submitted: dt.date,
        number: int,
        state: str,
        decided: dt.date | None,
        used: int | None,
        outcome: str | None,
    ) -> None:
        who, papers = self.who, self.rows["documents"]
        due = days.add(submitted, LIMIT)
        self.add(
            "applications",
            {
                **self.ids,
                "region": self.bureau.region.id,
                "disease_name": self.rule.name,
                "channel": who.channel,
                "state": state,
                "submitted_on": who.day,
                "month": f"{who.day:%Y-%m}",
                "decided_on": decided,
                "due_on": due,
                "outcome": outcome,
                "rounds": number,
                "days_used": used,
                "in_time": None if decided is None else decided <= due,
                "sex": who.sex,
                "age_years": age_years(who.age),
                "hospital": who.hospital.name,
                "hospital_level": who.hospital.rank,
                "pages": sum(p["pages"] for p in papers),
                "retake_pages": sum(p["retake_pages"] for p in papers),
            },
        )
