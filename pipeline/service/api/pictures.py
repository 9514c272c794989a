"""Page images in the width asked for."""

from __future__ import annotations

import io

from PIL import Image

from pipeline.service.office import Office

__all__ = ["picture"]

_QUALITY = 85


def picture(office: Office, application: str, blob: str, width: int) -> bytes:
    """Return the image of a page as JPEG, at most ``width`` pixels wide; never enlarged.

    Raises:
        BlobMissingError: it is not kept any more.
    """
    with Image.open(io.BytesIO(office.blobs.of(application).read(blob))) as image:
        image.draft("RGB", (width, width))
        small = image.convert("RGB")
        if small.width > width:
            small = small.resize((width, max(1, round(small.height * width / small.width))), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        small.save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()
