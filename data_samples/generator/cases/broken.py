"""Good files beside bad ones: encrypted, truncated, empty, and a text that calls itself a photo."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import numpy as np
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from data_samples.generator.case import Case
from data_samples.generator.cases import diabetes
from data_samples.generator.people import Person

__all__ = ["CASES"]


def _encrypted() -> bytes:
    out = io.BytesIO()
    lock = StandardEncryption("yushen", ownerPassword="yushen-owner", strength=128)
    # The library salts the file key from clock and process; a fixed salt keeps the bytes the same.
    pdf = canvas.Canvas(out, invariant=1, encrypt=lock)
    pdf.drawString(72, 760, "locked")
    pdf.save()
    return out.getvalue()


def _truncated() -> bytes:
    out = io.BytesIO()
    grain = np.random.default_rng(8).integers(120, 255, (900, 640, 3), dtype=np.uint8)
    Image.fromarray(grain).save(out, "JPEG", quality=60)
    return out.getvalue()[:9000]


def bad_files(seed: int) -> Case:
    person = Person(name="洪满枝", sex="女", birth=dt.date(1962, 4, 9), serial=662)
    good = diabetes.complete(person, seed, dt.date(2025, 10, 20))
    return replace(
        good,
        slug="bad_files",
        title="材料齐全，但夹有加密PDF、截断的照片、空文件和改名的文本",
        broken={
            "旧报告（加密）.pdf": (_encrypted, "encrypted"),
            "IMG_截断.jpg": (_truncated, "truncated"),
            "其实是文本.jpg": (lambda: "这是一段文字，不是照片。\n".encode(), "not_an_image"),
            "空文件.pdf": (lambda: b"", "empty"),
        },
    )


CASES = {"bad_files": bad_files}
