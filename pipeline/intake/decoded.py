"""What decoding yields for one page, and how its image is stored and hashed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import imagehash
from PIL import Image

from pipeline.intake.problems import writing
from pipeline.nouns import Line

__all__ = ["DecodedPage", "store_page"]

HASH_SIDE = 16
"""16 x 16 bits: on 8 x 8 bits every sheet of paper looks like every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedPage:
    """One page as displayed, stored at ``image``."""

    number: int
    image: Path
    width: int
    height: int
    perceptual_hash: str
    dpi: float | None = None
    text_layer: tuple[Line, ...] = ()
    text_layer_hidden: bool = False
    text_layer_spots: tuple[Line, ...] = ()
    has_raster: bool = True


def store_page(
    image: Image.Image,
    target: Path,
    number: int,
    *,
    photographic: bool,
    dpi: float | None = None,
    text_layer: tuple[Line, ...] = (),
    text_layer_hidden: bool = False,
    text_layer_spots: tuple[Line, ...] = (),
    has_raster: bool = True,
) -> DecodedPage:
    """Write ``image`` (RGB) below ``target``: JPEG for photographs, PNG where edges are sharp.

    Raises:
        FileProblem: the machine cannot keep it.
    """
    path = target / f"page-{number:04d}.{'jpg' if photographic else 'png'}"
    packed = io.BytesIO()  # Pillow's own writing tells of a full disk as an error of the encoder
    if photographic:
        image.save(packed, "JPEG", quality=93, subsampling=0)
    else:
        image.save(packed, "PNG", compress_level=1)
    with writing():
        target.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed.getbuffer())
    # Hashing a reduced copy gives the same bits and spares a second full-size pass.
    small = image.convert("L").resize((256, 256), Image.Resampling.BOX)
    return DecodedPage(
        number=number,
        image=path,
        width=image.width,
        height=image.height,
        perceptual_hash=str(imagehash.phash(small, hash_size=HASH_SIDE)),
        dpi=dpi,
        text_layer=text_layer,
        text_layer_hidden=text_layer_hidden,
        text_layer_spots=text_layer_spots,
        has_raster=has_raster,
    )
