"""Views in the trail. A platform that polls must not write a row a second, so that the same key looking at the same
thing again within ten minutes is one view."""

from __future__ import annotations

import threading
import time
from typing import Any

from pipeline.service import trail
from pipeline.service.actors import Actor
from pipeline.service.office import Office

__all__ = ["note_view"]

_SECONDS = 600.0
_KEPT = 20_000
_seen: dict[tuple[str, str, str, str], float] = {}
_lock = threading.Lock()


def note_view(office: Office, actor: Actor, action: str, application: str, **detail: Any) -> None:
    """Leave the trace of a view, in a transaction of its own, before anything is shown."""
    now, what = time.monotonic(), (actor.id, action, application, repr(sorted(detail.items())))
    with _lock:
        last = _seen.get(what)
        if last is not None and now - last < _SECONDS:
            return
    with office.database.write() as session:
        trail.append(session, actor, action, application=application, detail=detail, at=office.now())
    with _lock:
        _seen.pop(what, None)
        _seen[what] = now
        while len(_seen) > _KEPT:
            _seen.pop(next(iter(_seen)))
