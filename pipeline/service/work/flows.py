"""The durable workflows: when each step of :mod:`pipeline.service.work.steps` runs, and what follows it.

Each workflow is one step and the asking for what comes next, so a process killed anywhere repeats at most one file or
one page. A step that fails is asked for again, later and as a further generation, instead of waiting in its place:
nothing else stands behind it meanwhile. No exception leaves a workflow with its message, which could quote a page.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from dbos import DBOS

from pipeline.intake import Decoder
from pipeline.service.logs import event, places_of
from pipeline.service.office import Office
from pipeline.service.work import steps
from pipeline.service.work.ask import Asker
from pipeline.service.work.client import ask_assessment
from pipeline.service.work.names import Kind, Work, priority, work_of
from pipeline.service.work.passing import passes
from pipeline.service.work.seams import PageReading, Seams
from pipeline.service.work.settled import page_turns

__all__ = ["GENERATIONS", "Shop", "open_shop"]

_LOG = logging.getLogger(__name__)

GENERATIONS = 6
"""Tries of one file or page whose step itself breaks, before it is marked as failed."""
_FIRST_DELAY, _LONGEST_DELAY = 3.0, 3600.0
_PASSING_DELAY = 120.0
"""At most so long after the machine is well again, work goes on that met its fault."""
_DEATHS = 20
"""So often a workflow is begun again after the end of its process, before the sweeper has to ask for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What the workflows of this process work with."""

    office: Office
    reader: PageReading
    seams: Seams
    asker: Asker
    readers: int
    decoder: Decoder | None = None
    places: threading.BoundedSemaphore = field(init=False)
    """The queue's own limit is one for all machines; this one holds the memory of this machine."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", threading.BoundedSemaphore(max(self.readers, 1)))


class _Open:
    shop: Shop | None = None


def open_shop(shop: Shop | None) -> None:
    """Say what the workflows work with, before they are launched; None once they have ended."""
    _Open.shop = shop


def delay_of(generation: int) -> float:
    """Return the seconds before a further try after ``generation`` broke."""
    return float(min(_FIRST_DELAY * 3.0 ** (generation - 1), _LONGEST_DELAY))


@DBOS.workflow(name=Kind.UPLOAD.value, max_recovery_attempts=_DEATHS)
def upload_flow(upload: str) -> str:
    return DBOS.run_step({"name": "take_in"}, _guarded, _take_in, Kind.UPLOAD, upload, DBOS.workflow_id)


@DBOS.workflow(name=Kind.PAGE.value, max_recovery_attempts=_DEATHS)
def page_flow(page: str) -> str:
    return DBOS.run_step({"name": "read"}, _guarded, _read, Kind.PAGE, page, DBOS.workflow_id)


@DBOS.workflow(name=Kind.ASSESS.value, max_recovery_attempts=_DEATHS)
def assess_flow(application: str) -> str:
    return DBOS.run_step({"name": "assess"}, _guarded, _assess, Kind.ASSESS, application, DBOS.workflow_id)


@DBOS.workflow(name=Kind.TELL.value, max_recovery_attempts=_DEATHS)
def tell_flow(delivery: str) -> str:
    return DBOS.run_step({"name": "tell"}, _guarded, _tell, Kind.TELL, delivery, DBOS.workflow_id)


def _guarded(do: Callable[[Shop, Work], str], kind: Kind, key: str, id: str | None) -> str:
    """Run one step; where it breaks, ask for a further try or give the file or page up."""
    shop = _Open.shop
    if shop is None:
        raise RuntimeError("no shop is open")
    work = work_of(id or "") or Work(kind, key)
    try:
        return do(shop, work)
    except Exception as error:
        broke, passing = type(error).__name__, passes(error)
        event(_LOG, "work.broke", level=logging.ERROR, work=work.id, error=broke, places=places_of(error))
    try:
        return _broken(shop, work, passing=passing)
    except Exception as error:
        # The sweeper finds it. A new exception, because messages of databases hold the values of a row.
        raise RuntimeError(f"{broke}; then {type(error).__name__}") from None


def _broken(shop: Shop, work: Work, *, passing: bool) -> str:
    if passing or work.generation < GENERATIONS or work.kind in (Kind.ASSESS, Kind.TELL):
        again = Work(work.kind, work.key, work.generation + 1)
        delay = delay_of(work.generation)
        if passing:
            delay = min(delay, _PASSING_DELAY)
        shop.asker.ask(again, priority=priority(work.kind, _now()), delay=delay)
        return "again"
    if work.kind is Kind.UPLOAD:
        taken = steps.give_up_upload(shop.office, work.subject, "gave_up")
        application = taken.application if taken is not None else None
    else:
        outcome = steps.give_up_page(shop.office, work.subject, "gave_up")
        application = outcome.application if outcome is not None else None
    if application is not None:
        ask_assessment(shop.office, shop.asker, application)
    return "failed"


def _take_in(shop: Shop, work: Work) -> str:
    taken = steps.take_in_upload(shop.office, work.subject, decoder=shop.decoder)
    if taken is None:
        return "gone"
    with shop.office.database.read() as session:
        turns = page_turns(session, taken.application)
    for page in taken.pages:
        if page in turns:
            shop.asker.ask(Work(Kind.PAGE, page), priority=priority(Kind.PAGE, *turns[page]))
    if not taken.pages:
        ask_assessment(shop.office, shop.asker, taken.application)
    return "done"


def _read(shop: Shop, work: Work) -> str:
    with shop.places:
        outcome = steps.read_page(shop.office, shop.reader, work.subject)
    if outcome is None:
        return "gone"
    if outcome.again_in is not None:
        again = Work(work.kind, work.key, work.generation + 1)
        shop.asker.ask(again, priority=priority(Kind.PAGE, _now()), delay=outcome.again_in)
        return "again"
    ask_assessment(shop.office, shop.asker, outcome.application)
    _tell_platforms(shop, outcome.application)
    return "done"


def _assess(shop: Shop, work: Work) -> str:
    made = steps.assess_if_settled(shop.office, work.subject, seams=shop.seams)
    _tell_platforms(shop, work.subject)
    return "done" if made else "nothing"


def _tell(shop: Shop, work: Work) -> str:
    due = shop.seams.deliver(shop.office, work.subject)
    if due is None:
        return "done"
    wait = max((due - _now()).total_seconds(), 1.0)
    shop.asker.ask(Work(work.kind, work.key, work.generation + 1), priority=priority(Kind.TELL, _now()), delay=wait)
    return "again"


def _tell_platforms(shop: Shop, application: str) -> None:
    for delivery in shop.seams.untold(shop.office, application):
        shop.asker.ask(Work(Kind.TELL, delivery), priority=priority(Kind.TELL, _now()))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
