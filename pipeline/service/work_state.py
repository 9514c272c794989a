"""How the service is doing: cases by state, what waits, who works. Counts only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.service.office import Office
from pipeline.service.states import PageState, State
from pipeline.service.tables import Application, PageRow, Upload, WebhookDelivery, WorkerRow

__all__ = ["WorkState", "WorkerState", "work_state"]

LATELY = dt.timedelta(hours=1)
_SILENT = dt.timedelta(seconds=60)
_BUSY = (PageState.WAITING, PageState.READING)


@dataclass(frozen=True, slots=True)
class WorkerState:
    id: str
    pid: int
    readers: int
    started_at: dt.datetime
    silent: dt.timedelta
    """Since it was last heard of."""

    @property
    def lost(self) -> bool:
        """Whether it has been silent for so long that others take its work over."""
        return self.silent > _SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkState:
    applications: Mapping[State, int]
    overdue: int
    pages: Mapping[PageState, int]
    files: Mapping[PageState, int]
    oldest_wait: dt.timedelta
    """Of the file that waits longest to be taken apart and read; zero when none waits."""
    page_seconds: tuple[float, ...]
    """Of each page read that came in the last hour."""
    webhooks_waiting: int
    workers: tuple[WorkerState, ...]

    @property
    def waiting(self) -> int:
        """Pages and files not read yet."""
        return sum(self.pages[s] + self.files[s] for s in _BUSY)

    @property
    def failed(self) -> int:
        return self.pages[PageState.FAILED] + self.files[PageState.FAILED]


def work_state(session: Session, office: Office) -> WorkState:
    """Count everything now."""
    now = office.now()
    present = Upload.removed_at.is_(None)
    open_states = (State.SUBMITTED, State.UNDER_REVIEW)
    overdue = select(func.count()).select_from(Application)
    overdue = overdue.where(Application.state.in_(open_states), Application.due_on < office.today())
    by_state = select(Application.state, func.count()).group_by(Application.state)
    by_page = select(PageRow.state, func.count()).join(Upload).where(present).group_by(PageRow.state)
    by_file = select(Upload.state, func.count()).where(present).group_by(Upload.state)
    cases = dict(session.execute(by_state).all())
    pages = dict(session.execute(by_page).all())
    files = dict(session.execute(by_file).all())
    oldest_file = session.scalar(select(func.min(Upload.uploaded_at)).where(Upload.state.in_(_BUSY), present))
    oldest_page = session.scalar(
        select(func.min(Upload.uploaded_at)).join(PageRow).where(PageRow.state.in_(_BUSY), present)
    )
    waits = [now - moment for moment in (oldest_file, oldest_page) if moment is not None]
    # By a list of files: joined, the database might go through the readings of all pages there are.
    new_files = select(Upload.id).where(Upload.uploaded_at >= now - LATELY)
    lately = select(PageRow.seconds).where(PageRow.upload_id.in_(new_files), PageRow.seconds.is_not(None))
    hooks = select(func.count()).select_from(WebhookDelivery).where(WebhookDelivery.done_at.is_(None))
    return WorkState(
        applications={state: cases.get(state, 0) for state in State},
        overdue=session.scalar(overdue) or 0,
        pages={state: pages.get(state, 0) for state in PageState},
        files={state: files.get(state, 0) for state in PageState},
        oldest_wait=max(waits, default=dt.timedelta(0)),
        page_seconds=tuple(s for s in session.scalars(lately) if s is not None),
        webhooks_waiting=session.scalar(hooks) or 0,
        workers=tuple(
            WorkerState(row.id, row.pid, row.readers, row.started_at, max(now - row.seen_at, dt.timedelta(0)))
            for row in session.scalars(select(WorkerRow).order_by(WorkerRow.started_at))
        ),
    )
