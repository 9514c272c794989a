"""Server-sent events of one case: state, files and pages as they are read, feedback, decision.

Nothing is kept for this: what happened is read from the rows once a second, so that every API process tells the same.
An event's id says how far a listener has come: the last row of the trail, the revision whose feedback was told, and a
digest of the pages told. After a break, changes of state and feedback go on exactly there; pages are told again as a
whole where any of them changed, which does no harm, because each event carries the state and not a difference.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import anyio
from anyio import to_thread
from anyio.lowlevel import RunVar
from fastapi import Depends, Header, Response
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sse_starlette import EventSourceResponse, ServerSentEvent

from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import Actor
from pipeline.service.api.history import history_of
from pipeline.service.api.keys import Reader
from pipeline.service.api.models import FileOut, StateChange
from pipeline.service.api.problems import too_many
from pipeline.service.api.routing import router
from pipeline.service.api.seeing import note_view
from pipeline.service.api.uploads import ApplicationId
from pipeline.service.api.views import files_out
from pipeline.service.office import Office
from pipeline.service.people.current import TheOffice
from pipeline.service.states import PageState, State
from pipeline.service.tables import ApiKey, Assessment

__all__ = ["Follower", "Look", "look", "stream"]

_EVERY = 1.0
_KEEP_ALIVE = 15
_LONGEST = 1800.0
"""Seconds after which the listener is asked to connect anew, so that no connection outlives a deployment for long."""
_PER_KEY = 50
_RETRY_MS = 3000
_ID = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\.([0-9a-f]{1,16})")
_FINAL = frozenset({State.DECIDED, State.WITHDRAWN})
_SETTLED = frozenset({PageState.DONE, PageState.FAILED})
_LIMITER = RunVar[anyio.CapacityLimiter]("yushen-events")
_THREADS = 8
"""Looks of all listeners together use few threads, so that they never keep requests waiting."""
_open: Counter[str] = Counter()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to tell at one moment."""

    changes: list[StateChange]
    files: list[FileOut]
    feedback: int | None
    """Revision of the newest assessment, where it is of the present material."""
    final: bool


def look(office: Office, actor: Actor, application: str, after: int) -> Look:
    """Read the case once.

    Raises:
        NotFoundError: it is gone, or the key may not see it any more.
    """
    with office.database.read() as session:
        key = session.get(ApiKey, actor.id)
        if key is None or not key.active:
            raise NotFoundError("key")
        case = find(session, actor, application)
        assessed = session.scalar(
            select(Assessment.revision).where(
                Assessment.application_id == case.id, Assessment.revision == case.revision
            )
        )
        return Look(history_of(session, case, after), files_out(session, case), assessed, case.state in _FINAL)


@dataclass(slots=True)
class Follower:
    """How far one listener has come."""

    seq: int = 0
    feedback: int = 0
    pages: int = 0
    """XOR over the digests of all page states told."""
    told: dict[str, int] = field(default_factory=dict)
    resumed: bool = False

    @classmethod
    def after(cls, last: str | None) -> Follower:
        """Return the follower that ``Last-Event-ID`` describes; anything else begins anew."""
        match = _ID.fullmatch(last or "")
        if match is None:
            return cls()
        return cls(int(match[1]), int(match[2]), int(match[3], 16), resumed=True)

    @property
    def id(self) -> str:
        return f"{self.seq}.{self.feedback}.{self.pages:x}"

    def news(self, now: Look) -> Iterator[ServerSentEvent]:
        """Yield what ``now`` holds that was not told yet."""
        states = dict(_page_states(now.files))
        if self.resumed:
            self.resumed = False
            marks = {key: mark for key, (mark, _) in states.items()}
            if _xor(marks) == self.pages:
                self.told = marks
            else:
                self.pages = 0
        for key in self.told.keys() - states.keys():
            self.pages ^= self.told.pop(key)
        for key, (mark, data) in states.items():
            old = self.told.get(key)
            if old == mark:
                continue
            self.pages ^= mark ^ (old or 0)
            self.told[key] = mark
            yield self._event("page" if data["page"] else "file", data)
        if now.feedback is not None and now.feedback > self.feedback:
            self.feedback = now.feedback
            yield self._event("feedback", {"revision": now.feedback})
        for change in now.changes:
            self.seq = change.seq
            yield self._event("state", change.model_dump(mode="json"))
            if change.state is State.DECIDED:
                yield self._event("decided", {"at": change.at.isoformat()})

    def _event(self, name: str, data: dict[str, Any]) -> ServerSentEvent:
        return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name, id=self.id, sep="\n")


def _page_states(files: list[FileOut]) -> Iterator[tuple[str, tuple[int, dict[str, Any]]]]:
    for file in files:
        if file.state in _SETTLED:
            yield _told(file.id, {"page": None, "upload": file.id, "file": file.name, "number": None}, file)
        for page in file.pages:
            if page.state in _SETTLED:
                where = {"page": page.id, "upload": file.id, "file": page.file, "number": page.number}
                yield _told(page.id, {**where, "retake": page.retake}, page)


def _told(key: str, where: dict[str, Any], what: Any) -> tuple[str, tuple[int, dict[str, Any]]]:
    data = {**where, "state": what.state.value, "code": what.code, "why": what.why}
    mark = hashlib.sha256(f"{key}{what.state.value}{what.code}{data.get('retake')}".encode()).digest()[:8]
    return key, (int.from_bytes(mark, "big"), data)


def _xor(marks: dict[str, int]) -> int:
    total = 0
    for mark in marks.values():
        total ^= mark
    return total


@dataclass(frozen=True, slots=True)
class _Listening:
    actor: Actor
    application: str
    follower: Follower
    first: Look


def _begin(
    office: TheOffice,
    actor: Reader,
    application: ApplicationId,
    last: Annotated[
        str | None,
        Header(alias="Last-Event-ID", max_length=64, description="断线重连时最后收到的事件 id · where to go on"),
    ] = None,
) -> _Listening:
    follower = Follower.after(last)
    first = look(office, actor, application, follower.seq)
    note_view(office, actor, "application.follow", application)
    return _Listening(actor, application, follower, first)


@router.get(
    "/applications/{application}/events",
    tags=["进展 Progress"],
    summary="实时事件（SSE）· Server-sent events",
    description=(
        "事件：state 状态变化；file、page 文件和页读完或失败；feedback 反馈已更新；"
        "decided 已办结（不含结论）；end 不会再有。"
        "断线后带 Last-Event-ID 重连；全部说完后重连得到 204。Resume with Last-Event-ID; 204 when all has been told."
    ),
    response_class=EventSourceResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        204: {"description": "不会再有事件 · nothing more will come"},
    },
)
async def stream(office: TheOffice, begun: Annotated[_Listening, Depends(_begin)]) -> Response:
    if begun.first.final and begun.follower.resumed and not any(_copy(begun.follower).news(begun.first)):
        return Response(status_code=204)
    if _open[begun.actor.id] >= _PER_KEY:
        raise too_many(60)
    ending = anyio.Event()
    return EventSourceResponse(
        _events(office, begun, ending),
        ping=_KEEP_ALIVE,
        sep="\n",
        send_timeout=30,
        shutdown_event=ending,
        shutdown_grace_period=2 * _EVERY,
        headers={"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"},
    )


async def _events(office: Office, begun: _Listening, ending: anyio.Event) -> AsyncIterator[ServerSentEvent]:
    """Yield until nothing more can come, the key is closed, or the server ends; then the stream ends whole."""
    try:
        limiter = _LIMITER.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(_THREADS)
        _LIMITER.set(limiter)
    with _lock:
        _open[begun.actor.id] += 1
    try:
        until, now = time.monotonic() + _LONGEST, begun.first
        yield ServerSentEvent(comment="yushen", retry=_RETRY_MS, sep="\n")
        while True:
            for event in begun.follower.news(now):
                yield event
            if now.final:
                yield ServerSentEvent("{}", event="end", id=begun.follower.id, sep="\n")
                return
            if time.monotonic() > until:
                return
            with anyio.move_on_after(_EVERY):
                await ending.wait()
            if ending.is_set():
                return
            try:
                now = await to_thread.run_sync(
                    look, office, begun.actor, begun.application, begun.follower.seq, limiter=limiter
                )
            except NotFoundError:
                return
            except OperationalError:
                continue  # the database is away for a moment
    finally:
        with _lock:
            _open[begun.actor.id] -= 1


def _copy(follower: Follower) -> Follower:
    return Follower(follower.seq, follower.feedback, follower.pages, dict(follower.told), follower.resumed)
