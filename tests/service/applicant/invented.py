"""A reader that knows a page by its file name and reads what was invented for it, and pictures that all differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.nouns import Alert, Page, PageReader, QualityIssue, ReadPage, Severity
from tests.classifying.paper import sheet
from tests.service.made import DISCHARGE, ECHO, LABS
from tests.service.work.fakes import photo

__all__ = ["BLURRED", "InventedReader", "picture"]

BLURRED = QualityIssue(code="blurred", message="这张照片有些模糊。", score=0.1)
TEXTS: Mapping[str, str] = {"chuyuan": DISCHARGE, "xincai": ECHO, "huayan": LABS}


@dataclass
class InventedReader:
    """``chuyuan.jpg`` is a discharge record, ``xincai.jpg`` an echo, ``huayan.jpg`` a lab sheet; ``mohu*`` is blurred
    and ``huai*`` fails. Anything else holds words that mean nothing."""

    texts: Mapping[str, str] = field(default_factory=lambda: TEXTS)
    version: str = "invented 1"

    def read(self, pages: Sequence[Page]) -> tuple[tuple[ReadPage, ...], tuple[Alert, ...]]:
        made, alerts = [], []
        for page in pages:
            stem = page.file.rsplit("/", 1)[-1].split(".")[0].split(" ")[0].split("-")[0]
            if stem.startswith("huai"):
                made.append(ReadPage(page=page, lines=(), reader=PageReader.NONE, why="test"))
                alerts.append(
                    Alert(code="page_unreadable", severity=Severity.ERROR, message="没有读出来。", file=page.file)
                )
                continue
            drawn = sheet(self.texts.get(stem, "无关的文字"), file=page.file)
            quality = (BLURRED,) if stem.startswith("mohu") else ()
            made.append(replace(drawn, page=page, quality=quality))
        return tuple(made), tuple(alerts)


def picture(name: str) -> tuple[str, bytes]:
    """A photograph for ``name``; the same bytes for the same name."""
    return name, photo(sum(ord(c) * (i + 1) for i, c in enumerate(name)))
