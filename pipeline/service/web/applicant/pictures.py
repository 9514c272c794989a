"""Pictures of the applicant's own pages, small and upright."""

from __future__ import annotations

import io
import json
import threading
from collections import OrderedDict
from typing import Annotated

from fastapi import APIRouter, Query, Response
from PIL import Image
from sqlalchemy import select

from pipeline.service.access import NotFoundError
from pipeline.service.blobs import BlobMissingError
from pipeline.service.office import Office
from pipeline.service.people.current import CaseOpened, TheOffice
from pipeline.service.tables import PageRow, Upload
from pipeline.service.web.applicant.seen import reading

__all__ = ["router"]

router = APIRouter(prefix="/case/pages")

_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
_WIDTHS = (160, 320, 1280)
"""Few sizes, so that what a browser keeps is used again."""
_KEPT_WIDTH, _MOST_KEPT = 320, 400
"""About 10 KB each; in memory only, so that nothing of a case lies where it is not looked after."""
_KEPT: OrderedDict[tuple[str, str, int, int], bytes] = OrderedDict()
_LOCK = threading.Lock()


@router.get("/{page_id}/image")
def picture(
    office: TheOffice, case: CaseOpened, page_id: str, width: Annotated[int, Query(ge=1, le=4000)] = 320
) -> Response:
    """The page as WebP, at the next of a few widths. Only pages of the open case; the browser keeps it for itself."""
    with reading(office, case) as (session, application):
        query = select(PageRow).join(PageRow.upload).where(PageRow.id == page_id)
        row = session.scalars(query.where(Upload.application_id == application.id)).one_or_none()
        if row is None:
            raise NotFoundError("page")
        digest, angle, owner = row.image, _angle(row.reading), application.id
    data = _picture(office, owner, digest, angle, next((w for w in _WIDTHS if w >= width), _WIDTHS[-1]))
    return Response(data, media_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})


def _angle(reading: bytes | None) -> int:
    try:
        return int(json.loads(reading or b"{}").get("angle", 0))
    except (ValueError, TypeError, AttributeError):
        return 0


def _picture(office: Office, application: str, digest: str, angle: int, width: int) -> bytes:
    """Small ones are kept for a while: a list asks for dozens, and each costs the decoding of a whole page."""
    if width > _KEPT_WIDTH:
        return _scaled(office, application, digest, angle, width)
    key = (str(office.settings.service.data_dir), digest, angle, width)
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]
    data = _scaled(office, application, digest, angle, width)
    with _LOCK:
        _KEPT[key] = data
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return data


def _scaled(office: Office, application: str, digest: str, angle: int, width: int) -> bytes:
    try:
        with Image.open(io.BytesIO(office.blobs.of(application).read(digest))) as opened:
            turned = angle % 180 == 90
            # A photograph of 3200 px is decoded at a fraction of its size where the format can.
            opened.draft("RGB", (width * 2, width * 4) if not turned else (width * 4, width * 2))
            image: Image.Image = opened.convert("RGB")
    except (BlobMissingError, OSError):
        raise NotFoundError("page") from None
    if angle % 360 in _TURNS:
        image = image.transpose(_TURNS[angle % 360])
    image.thumbnail((width, width * 3), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=70, method=2)
    return out.getvalue()
