"""Finds what waits with nobody working on it, and asks again.

Work gets lost between the transaction that makes a row and the asking for it, with a machine that does not come back,
with a step that broke while the database was away. The rows say what is still to be done; this compares them with
what is under way.
"""

from __future__ import annotations

import datetime as dt
import logging

from dbos import DBOS
from sqlalchemy import exists, select

from pipeline.service.analysis.keeping import forget_old
from pipeline.service.api.parts import sweep_sessions
from pipeline.service.casework.rows import as_of_day
from pipeline.service.logs import event
from pipeline.service.office import passing_files
from pipeline.service.people.tidying import tidy_people
from pipeline.service.retention import apply_policy
from pipeline.service.states import State
from pipeline.service.tables import Application, Assessment, PageRow, Upload, WebhookDelivery
from pipeline.service.work import steps
from pipeline.service.work.ask import RUNNING
from pipeline.service.work.client import ask_assessment
from pipeline.service.work.executors import Executors
from pipeline.service.work.flows import GENERATIONS, Shop, delay_of
from pipeline.service.work.leftovers import clear_folder, sweep_blobs
from pipeline.service.work.names import QUEUES, Kind, Work, priority
from pipeline.service.work.settled import BUSY, page_turns, settled_cases, upload_turn

__all__ = ["Sweeper"]

_LOG = logging.getLogger(__name__)

_KEEP = dt.timedelta(days=3)
"""Records of finished work are kept this long, to look into; the rows and the trail stay."""
_AT_ONCE = 500
_ROUNDS = 40
_KILLED = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
_KILLING = 3
"""Generations of some twenty ends of the process each, before a file or page counts as what ends it."""
_LONGEST = 120.0
"""Seconds at most until what was lost is begun again."""


class Sweeper:
    """Safe to run in several processes at once: they ask for the same ids."""

    def __init__(self, shop: Shop, executors: Executors) -> None:
        self._shop, self._executors = shop, executors
        self.office = shop.office

    def sweep(self, *, thorough: bool = False) -> int:
        """Run once and return how much was asked for.

        Args:
            thorough: also look for what is seldom lost; now and then is enough.
        """
        asked = self.take_over()
        asked += self._uploads() + self._pages() + self._cases(thorough=thorough) + self._deliveries()
        if asked:
            event(_LOG, "sweep.asked", count=asked)
        return asked

    def take_over(self) -> int:
        """Put the work of dead processes back into the queue, and set the queue for those that live."""
        # Who lives is asked last: a process is in the register before it holds anything.
        running = self._shop.asker.client.list_workflows(status=list(RUNNING), load_input=False, load_output=False)
        held = {each.executor_id for each in running if each.executor_id}
        registered = self._executors.registered()
        living = self._executors.living()
        dead = held - set(living)
        if dead:
            taken = len(DBOS._recover_pending_workflows(sorted(dead)))
            event(_LOG, "sweep.took_over", level=logging.WARNING, count=taken, workers=len(dead))
        gone = registered - set(living)
        if gone:
            self._executors.forget(gone)
        most = max([self._shop.readers, *living.values()])
        pages = DBOS.retrieve_queue(QUEUES[Kind.PAGE])
        if pages is not None and pages.worker_concurrency != most:
            pages.set_worker_concurrency(most)
        return len(dead)

    def tidy(self, *, thorough: bool = False) -> None:
        """Delete records of work long finished, files that killed processes left, sessions that have run out.

        Args:
            thorough: also bytes that no row names; that walks through everything kept.
        """
        tidy_people(self._shop.office)
        sweep_sessions(self._shop.office)
        if thorough:
            self._thoroughly()
        client = self._shop.asker.client
        before = (dt.datetime.now(dt.UTC) - _KEEP).isoformat()
        for _ in range(_ROUNDS):
            old = client.list_workflows(completed_before=before, limit=_AT_ONCE, load_input=False, load_output=False)
            client.delete_workflows([each.workflow_id for each in old])
            if len(old) < _AT_ONCE:
                break
        data = self._shop.office.settings.service.data_dir
        passing = passing_files(self._shop.office.settings).folders
        for folder in (*passing, data / "blob-cache", data / "blobs" / "part"):
            clear_folder(folder)

    def _thoroughly(self) -> None:
        office = self._shop.office
        done = apply_policy(office)
        if done.cases or done.removed:
            event(_LOG, "sweep.erased", count=len(done.cases), files=done.removed)
            forget_old(office)
        if unnamed := sweep_blobs(office):
            event(_LOG, "sweep.unnamed", count=unnamed)

    def _uploads(self) -> int:
        with self._shop.office.database.read() as session:
            query = select(Upload.id).where(Upload.state.in_(BUSY), Upload.removed_at.is_(None))
            waiting = list(session.scalars(query))
            under_way = self._shop.asker.under_way(Kind.UPLOAD) if waiting else set()
            lost = [(id, upload_turn(session, id)) for id in waiting if id not in under_way][:_AT_ONCE]
        return sum(self._again(Kind.UPLOAD, id, turn) for id, turn in lost if turn is not None)

    def _pages(self) -> int:
        with self._shop.office.database.read() as session:
            query = select(PageRow.id, Upload.application_id).join(PageRow.upload).where(PageRow.state.in_(BUSY))
            waiting = list(session.execute(query))
            under_way = self._shop.asker.under_way(Kind.PAGE) if waiting else set()
            lost = [(page, case) for page, case in waiting if page not in under_way][:_AT_ONCE]
            turns = {case: page_turns(session, case) for case in {case for _, case in lost}}
        return sum(self._again(Kind.PAGE, page, turns[case][page]) for page, case in lost if page in turns[case])

    def _again(self, kind: Kind, id: str, turn: tuple[dt.datetime, int]) -> int:
        asker = self._shop.asker
        work = Work(kind, id)
        last = asker.last(work)
        if last is not None and last[0] == _KILLED and last[1] >= _KILLING:
            # Steps give up by themselves; this is for what ends the process each time.
            if kind is Kind.UPLOAD:
                steps.give_up_upload(self._shop.office, id, "gave_up")
            else:
                steps.give_up_page(self._shop.office, id, "gave_up")
            return 1
        # What was lost often (a disk full for hours) need not be asked for with every sweep.
        delay = 0.0 if last is None or last[1] < GENERATIONS else min(delay_of(last[1] - GENERATIONS + 1), _LONGEST)
        return int(asker.ask_again(work, priority=priority(kind, *turn), delay=delay) is not None)

    def _cases(self, *, thorough: bool) -> int:
        """Cases of which nothing waits and whose present revision is not assessed.

        Args:
            thorough: also those that were assessed on another day than they were submitted on.
        """
        office = self._shop.office
        open_cases = settled_cases().where(Application.state.not_in((State.WITHDRAWN, State.DECIDED)))
        present = (Assessment.application_id == Application.id, Assessment.revision == Application.revision)
        with office.database.read() as session:
            lost = set(session.scalars(open_cases.where(~exists().where(*present)).limit(_AT_ONCE)))
            if thorough:
                since = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
                late = (
                    select(Application, Assessment.as_of)
                    .join(Assessment, present[0])
                    .where(present[1], Application.submitted_at > since, Application.id.in_(open_cases))
                )
                lost |= {case.id for case, as_of in session.execute(late) if as_of != as_of_day(office, case)}
        if lost:
            lost -= self._shop.asker.under_way(Kind.ASSESS)
        for id in sorted(lost):
            ask_assessment(office, self._shop.asker, id, delay=self._patience(id))
        return len(lost)

    def _patience(self, application: str) -> float:
        """Seconds to wait with a case whose assessment was tried often already: a defect is no reason to spin."""
        found = self._shop.asker.client.list_workflows(
            workflow_id_prefix=f"{Kind.ASSESS}-{application}-",
            start_time=(dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).isoformat(),
            load_input=False,
            load_output=False,
        )
        return 0.0 if len(found) < GENERATIONS else delay_of(len(found) - GENERATIONS + 1)

    def _deliveries(self) -> int:
        now = dt.datetime.now(dt.UTC)
        with self._shop.office.database.read() as session:
            query = select(WebhookDelivery.id).where(WebhookDelivery.done_at.is_(None), WebhookDelivery.next_at <= now)
            due = list(session.scalars(query.limit(_AT_ONCE)))
        under_way = self._shop.asker.under_way(Kind.TELL) if due else set()
        lost = [id for id in due if id not in under_way]
        for id in lost:
            self._shop.asker.ask_again(Work(Kind.TELL, id), priority=priority(Kind.TELL, now))
        return len(lost)
