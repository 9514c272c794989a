"""Answers for the dashboard: the questions asked of the kept store, what filters there are, what lies behind a row."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from pipeline.audit.identity import keyed
from pipeline.audit.questions import QUESTIONS, Answer, Filters, Question, ask, cases
from pipeline.audit.store import Store
from pipeline.audit.words import CHANNELS, OUTCOMES
from pipeline.service.actors import Actor, Role
from pipeline.service.analysis.exporting import export_key
from pipeline.service.decisions.quality import waiting
from pipeline.service.office import Office
from pipeline.service.people.regions import known_regions
from pipeline.service.tables import Application

__all__ = [
    "GROUPS",
    "Behind",
    "Case",
    "Choices",
    "answered",
    "behind",
    "blind_cases",
    "choices",
    "filters_of",
    "row_of",
    "wanted",
]

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(question.group for question in QUESTIONS))
"""Headings in their order."""
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a store can be filtered by: value and words."""

    disease: Pairs
    criterion: Pairs
    """Of the disease chosen; none without one."""
    hospital: Pairs
    channel: Pairs
    region: Pairs
    month: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An application behind a row, as the store has it."""

    id: str
    serial: str
    disease: str
    submitted: str
    channel: str
    hospital: str
    rounds: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The applications behind a row."""

    shown: Sequence[Case]
    """Newest first."""
    hidden: int
    """Left out: the person is to examine them again without knowing their decision."""
    gone: int
    """In the store and not in the service any more."""


def choices(store: Store, office: Office, disease: str | None) -> Choices:
    """Return what the applications of ``store`` can be filtered by."""
    names = {region.id: region.name for region in known_regions(office.settings.rules_dir)}
    items = store.query(
        "SELECT criterion, any_value(title) AS title FROM criteria WHERE disease = $disease GROUP BY 1",
        {"disease": disease},
    )
    return Choices(
        disease=_pairs(
            store,
            "SELECT disease AS id, any_value(disease_name) AS name FROM applications GROUP BY 1 ORDER BY 2",
        ),
        criterion=tuple(
            (row["criterion"], f"{row['criterion']} {row['title']}")
            for row in sorted(items, key=lambda row: (len(row["criterion"]), row["criterion"]))
        )
        if disease
        else (),
        hospital=_pairs(store, "SELECT DISTINCT hospital AS id, hospital AS name FROM applications ORDER BY 2"),
        channel=tuple(
            (id, CHANNELS.get(id, id))
            for id, _ in _pairs(store, "SELECT DISTINCT channel AS id, channel AS name FROM applications ORDER BY 1")
        ),
        region=tuple(
            (id, names.get(id, id))
            for id, _ in _pairs(store, "SELECT DISTINCT region AS id, region AS name FROM applications ORDER BY 1")
        ),
        month=tuple(
            id for id, _ in _pairs(store, "SELECT DISTINCT month AS id, month AS name FROM applications ORDER BY 1")
        ),
    )


def _pairs(store: Store, sql: str) -> Pairs:
    return tuple((row["id"], row["name"] or row["id"]) for row in store.query(sql) if row["id"] is not None)


def filters_of(told: Mapping[str, str], offered: Choices) -> Filters:
    """Return the filters that ``told`` names; what is not offered is none."""
    kept: dict[str, str] = {}
    for name in ("disease", "criterion", "hospital", "channel", "region"):
        if told.get(name) in dict(getattr(offered, name)):
            kept[name] = told[name]
    for name in ("month_from", "month_to"):
        if told.get(name) in offered.month:
            kept[name] = told[name]
    if kept.get("month_from", "") > kept.get("month_to", "9999-99"):
        kept["month_from"], kept["month_to"] = kept["month_to"], kept["month_from"]
    return Filters(**kept)


def wanted(filters: Filters) -> dict[str, str]:
    """Return the filters that narrow anything."""
    return {name: value for name, value in asdict(filters).items() if value is not None}


def answered(store: Store, question: Question, filters: Filters) -> Answer:
    """Return the answer, worked out once for each store and filters.

    The id of the answer is that of the question as it is offered: one function answers several.
    """
    return _KEPT.get(store, question, filters)


def row_of(answer: Answer, told: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return the row whose keys are ``told``; None where there is none."""
    for row in answer.rows:
        if all(_plain(row[key]) == told.get(key, "") for key in answer.keys):
            return row
    return None


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def behind(office: Office, actor: Actor, store: Store, answer: Answer, row: Mapping[str, Any] | None) -> Behind:
    """Return the applications behind a row that ``actor`` may know of: those of the own regions."""
    from sqlalchemy import select

    found = set(cases(store, answer, row))
    key = export_key(office)
    with office.database.read() as session:
        query = select(Application.id, Application.serial).where(
            Application.region.in_(sorted(actor.regions)), Application.first_submitted_at.is_not(None)
        )
        names = [(keyed(key, "application", id), id, serial) for id, serial in session.execute(query)]
    known = [each for each in names if each[0] in found]
    blind = blind_cases(office, actor)
    told = _told(store, [each[0] for each in known if each[1] not in blind])
    shown = [Case(id=id, serial=serial, **told[name]) for name, id, serial in known if name in told]
    shown.sort(key=lambda case: case.serial, reverse=True)
    return Behind(shown=shown, hidden=len(known) - len(shown), gone=len(found) - len(known))


def _told(store: Store, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the store has of applications, in words."""
    rows = store.query(
        """SELECT application_id, coalesce(disease_name, disease, '—') AS disease, submitted_on::VARCHAR AS submitted,
               channel, coalesce(hospital, '—') AS hospital, rounds, outcome
        FROM applications WHERE list_contains($names, application_id)""",
        {"names": list(names)},
    )
    return {
        row.pop("application_id"): row
        | {"channel": CHANNELS.get(row["channel"], "—"), "outcome": OUTCOMES.get(row["outcome"], "在办")}
        for row in rows
    }


def blind_cases(office: Office, actor: Actor) -> set[str]:
    """Return the cases that ``actor`` may be asked to examine again without knowing their decision."""
    if not actor.roles & {Role.REVIEWER, Role.SECOND_READER}:
        return set()
    with office.database.read() as session:
        return {sample.application_id for sample in waiting(session, actor)}


class _Kept:
    """The latest answers; a store never changes."""

    _MOST = 400

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[int, Path | None, str, Filters], tuple[Store, Answer]] = OrderedDict()
        self._lock = Lock()

    def get(self, store: Store, question: Question, filters: Filters) -> Answer:
        place = (id(store.connection), store.folder, question.id, filters)
        with self._lock:
            if place in self._answers:
                self._answers.move_to_end(place)
                return self._answers[place][1]
        answer = ask(store, question.id, filters)
        with self._lock:
            # The store stays with its answers: another one must not get its address meanwhile.
            self._answers[place] = (store, answer)
            while len(self._answers) > self._MOST:
                self._answers.popitem(last=False)
        return answer


_KEPT = _Kept()
