"""Pictures on paper as PNG bytes: seals, signatures, barcodes, logos, histograms of blood cells."""

from __future__ import annotations

import io
import math
import tempfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from data_samples.generator import ink

__all__ = ["barcode", "histogram", "logo", "qr_code", "seal", "signature"]

_VARIANTS = 4
_COLOURS = ((12, 75, 150), (190, 30, 40), (15, 120, 95), (60, 60, 60))


def _bytes(draw: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ink.png"
        draw(path)
        return path.read_bytes()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def seal(name: str, centre: str, rng: np.random.Generator) -> bytes:
    """Return a worn round red seal: ``name`` on the arc, a star, ``centre`` below. About 38 mm wide on paper."""
    return _seal(name, centre, int(rng.integers(_VARIANTS)))


@lru_cache(maxsize=64)
def _seal(name: str, centre: str, variant: int) -> bytes:
    return _bytes(lambda path: ink.seal(path, name, centre, _generator(name, centre, variant), size=300))


def signature(name: str, rng: np.random.Generator) -> bytes:
    """Return ``name`` written by hand, 3 to 4 times as wide as high."""
    return _signature(name, int(rng.integers(_VARIANTS)))


@lru_cache(maxsize=512)
def _signature(name: str, variant: int) -> bytes:
    rng = _generator(name, "", variant)
    colour = (28, 40, 120) if rng.random() < 0.3 else (20, 22, 40)
    picture = Image.open(io.BytesIO(_bytes(lambda path: ink.signature(path, name, rng, colour=colour))))
    picture.thumbnail((260, 120), Image.Resampling.BICUBIC)
    return _png(picture)


def _generator(name: str, more: str, variant: int) -> np.random.Generator:
    """Ink is slow to draw and nobody signs or seals in hundreds of ways: a few variants of each are kept."""
    return np.random.default_rng([zlib.crc32(f"{name}|{more}".encode()), variant])


@lru_cache(maxsize=8)
def _logo(colour: tuple[int, int, int]) -> bytes:
    return _bytes(lambda path: ink.logo(path, colour))


def logo(rng: np.random.Generator) -> bytes:
    """Return a hospital's emblem."""
    return _logo(_COLOURS[int(rng.integers(len(_COLOURS)))])


def barcode(text: str) -> bytes:
    """Return ``text`` as a Code 128 barcode, three pixels a module."""
    code = Code128(text)
    code.validate()
    code.encode()
    code.decompose()
    bars: list[int] = []
    for position, width in enumerate(_widths(str(code.decomposed))):
        bars += [255 if position % 2 else 0] * (width * 3)
    row = np.array([255] * 12 + bars + [255] * 12, dtype=np.uint8)
    return _png(Image.fromarray(np.tile(row, (48, 1))))


def _widths(decomposed: str) -> list[int]:
    """reportlab writes bars as ``aAbB``: upper case letters are bars, lower case spaces, a is one module."""
    return [ord(character.lower()) - ord("a") + 1 for character in decomposed if character.isalpha()]


def qr_code(text: str) -> bytes:
    """Return ``text`` as a QR code."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    cells = np.array(code.modules, dtype=bool)
    picture = np.where(np.pad(cells, 2), 0, 255).astype(np.uint8)
    return _png(Image.fromarray(np.kron(picture, np.ones((4, 4), dtype=np.uint8))))


def histogram(rng: np.random.Generator, *, peaks: int, title: str) -> bytes:
    """Return the distribution curve that a blood counter prints beside its results: 1 or 3 peaks."""
    width, height = 220, 150
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.line((22, 12, 22, 128), fill="black")
    draw.line((22, 128, 212, 128), fill="black")
    centres = np.linspace(50, 160, peaks) if peaks > 1 else np.array([rng.uniform(70, 110)])
    highs = rng.uniform(0.35, 1.0, peaks)
    spans = rng.uniform(9, 22, peaks)
    points = []
    for x in range(22, 210):
        y = sum(
            h * math.exp(-(((x - c) / s) ** 2))
            for h, c, s in zip(highs.tolist(), centres.tolist(), spans.tolist(), strict=True)
        )
        points.append((x, 128 - min(1.0, y) * 104 - abs(float(rng.normal(0, 0.5)))))
    draw.line(points, fill="black", width=1)
    for x in range(60, 212, 50):
        draw.line((x, 128, x, 132), fill="black")
        draw.text((x - 8, 134), str(x - 10), fill="black")
    draw.text((28, 4), title, fill="black")
    return _png(image)
