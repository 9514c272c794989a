"""Pictures of pages: made small on the server, kept in memory and by the person's own browser, never on disk."""

from __future__ import annotations

import datetime as dt
import io
import threading
from collections import OrderedDict

from fastapi import APIRouter, Request
from fastapi.responses import Response
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import Actor, Role
from pipeline.service.blobs import BlobMissingError
from pipeline.service.office import Office
from pipeline.service.people.current import TheOffice, UserSignedIn
from pipeline.service.tables import PageRow, TrailRow, Upload

__all__ = ["WIDTHS", "router"]

WIDTHS = (160, 320, 1200, 2000, 3200)
"""Pictures are made in these widths only, so that nobody fills the memory by asking for each one."""
_KEEP_BYTES = 96 * 1024 * 1024
_MAX_AGE = 900

router = APIRouter()


class _Kept:
    """Encoded pictures, the oldest dropped first."""

    def __init__(self, most: int) -> None:
        self._most, self._size, self._lock = most, 0, threading.Lock()
        self._items: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def get(self, key: tuple[str, int]) -> bytes | None:
        with self._lock:
            found = self._items.get(key)
            if found is not None:
                self._items.move_to_end(key)
            return found

    def put(self, key: tuple[str, int], data: bytes) -> None:
        with self._lock:
            if key in self._items or len(data) > self._most:
                return
            self._items[key] = data
            self._size += len(data)
            while self._size > self._most:
                self._size -= len(self._items.popitem(last=False)[1])


_KEPT = _Kept(_KEEP_BYTES)
_MAKING = threading.BoundedSemaphore(2)
"""Decoding takes tens of megabytes: two at once."""


@router.get("/{application}/pages/{page_id}.webp")
def picture(
    request: Request, application: str, page_id: str, office: TheOffice, signed: UserSignedIn, w: int = 1200
) -> Response:
    """One page as WebP, at least ``w`` pixels wide where it has them; the access check comes before the cache."""
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    width = next((each for each in WIDTHS if each >= w), WIDTHS[-1])
    with office.database.read() as session:
        case = find(session, signed.actor, application)
        row = session.scalars(
            select(PageRow).join(Upload).where(PageRow.id == page_id, Upload.application_id == case.id)
        ).one_or_none()
        if row is None:
            raise NotFoundError("page")
        seen = _opened(session, office, signed.actor, application)
        digest, owner = row.image, case.id
    if not seen:
        with office.database.write() as session:
            detail = {"page": page_id}
            trail.append(session, signed.actor, "page.view", application=application, detail=detail, at=office.now())
    mark = f'"{digest[:32]}-{width}"'
    headers = {"Cache-Control": f"private, max-age={_MAX_AGE}", "ETag": mark, "Vary": "Cookie"}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(_made(office, owner, digest, width), media_type="image/webp", headers=headers)


def _opened(session: Session, office: Office, actor: Actor, application: str) -> bool:
    """Whether the trail tells already that ``actor`` looks at the case these hours: not each picture is told again."""
    since = office.now() - dt.timedelta(hours=office.settings.service.session_hours)
    query = select(TrailRow.seq).where(
        TrailRow.application_id == application,
        TrailRow.actor_id == actor.id,
        TrailRow.at >= since,
        TrailRow.action.in_(("case.view", "page.view")),
    )
    return session.scalars(query.limit(1)).first() is not None


def _made(office: Office, application: str, digest: str, width: int) -> bytes:
    found = _KEPT.get((digest, width))
    if found is not None:
        return found
    with _MAKING:
        try:
            made = _shrunk(office.blobs.of(application).read(digest), width)
        except (BlobMissingError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            raise NotFoundError("picture") from None
    _KEPT.put((digest, width), made)
    return made


def _shrunk(data: bytes, width: int) -> bytes:
    with Image.open(io.BytesIO(data)) as opened:
        height = max(1, round(opened.height * width / max(opened.width, 1)))
        opened.draft("RGB", (width, height))
        image = opened.convert("RGB")
    if image.width > width:
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=62 if width <= WIDTHS[1] else 80, method=2)
    return out.getvalue()
