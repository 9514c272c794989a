"""Decodes photographs and scans: JPEG, PNG, TIFF (all pages), BMP, WEBP, HEIC; EXIF orientation applied."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from pipeline.intake.decoded import DecodedPage, store_page
from pipeline.intake.problems import FileProblem
from pipeline.settings import IntakeLimits

__all__ = ["decode_image", "to_rgb"]

pillow_heif.register_heif_opener()

MIN_SIDE = 200
"""Pixels; below this no line of Chinese print can be read."""


def to_rgb(image: Image.Image) -> Image.Image:
    """Return ``image`` as 8-bit RGB: transparency over white, 16-bit depth scaled, palettes expanded."""
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        wide = image.convert("F")
        _, high = wide.getextrema()
        top = 65535.0 if isinstance(high, float) and high > 255 else 255.0
        return wide.point(lambda value: value * (255.0 / top)).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    return image.convert("RGB")


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    # Only TIFF and HEIC hold pages; further frames of WEBP or PNG are animation.
    if image.format in ("TIFF", "HEIF", "MPO") and getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        yield from ImageSequence.Iterator(image)
    else:
        yield image


def decode_image(path: Path, target: Path, limits: IntakeLimits) -> Iterator[tuple[int, DecodedPage | str]]:
    """Yield (page number, page or problem code) for each page of the image file at ``path``.

    Raises:
        FileProblem: the file as a whole cannot be used.
    """
    Image.MAX_IMAGE_PIXELS = None  # our own limit below applies before any pixel is decoded
    warnings.simplefilter("ignore")  # Pillow's warnings about odd metadata are of no use to anyone here
    try:
        image = Image.open(path)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, EOFError) as error:
        raise FileProblem("image_broken") from error
    with image:
        if image.width * image.height > limits.max_pixels:
            raise FileProblem("too_many_pixels")
        number = 0
        try:
            for frame in _frames(image):
                number += 1
                if number > limits.max_pages_per_file:
                    raise FileProblem("too_many_pages")
                if frame.width * frame.height > limits.max_pixels:
                    yield number, "too_many_pixels"
                    continue
                yield number, _page(frame, target, number, limits)
        except FileProblem:
            raise
        except (OSError, ValueError, SyntaxError, struct.error, EOFError, IndexError, TypeError, KeyError) as error:
            text = str(error).lower()
            cut = "truncated" in text or "unexpected end" in text or "not enough" in text or "broken data" in text
            raise FileProblem("image_truncated" if cut else "image_broken") from error


def _page(frame: Image.Image, target: Path, number: int, limits: IntakeLimits) -> DecodedPage | str:
    # JPEG can be decoded at a fraction of its size for free; ask for no less than what we keep.
    if frame.format == "JPEG":
        frame.draft("RGB", (limits.working_side, limits.working_side))
    upright = ImageOps.exif_transpose(frame) or frame
    rgb = to_rgb(upright)
    if min(rgb.size) < MIN_SIDE // 4 or max(rgb.size) < MIN_SIDE:
        return "image_too_small"
    longest = max(rgb.size)
    if longest > limits.working_side:
        scale = limits.working_side / longest
        rgb = rgb.resize((round(rgb.width * scale), round(rgb.height * scale)), Image.Resampling.LANCZOS)
    return store_page(rgb, target, number, photographic=frame.format not in ("PNG", "BMP"))
