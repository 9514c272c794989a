"""Small invented pages and a reader that is done at once, so that tests of the work need no OCR."""

from __future__ import annotations

import io
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw
from sqlalchemy import select

from pipeline.nouns import Alert, Line, Page, PageReader, QualityIssue, ReadPage, Severity
from pipeline.service.office import Office
from pipeline.service.tables import Application, Assessment

__all__ = ["FakeReader", "fake_assess", "photo", "scan"]


def photo(seed: int, *, side: int = 700) -> bytes:
    """A small picture that no other seed gives, as JPEG."""
    return _jpeg([_sheet(seed, side)])


def scan(seeds: Sequence[int], *, side: int = 700) -> bytes:
    """A TIFF of several pages."""
    out = io.BytesIO()
    first, *others = [_sheet(seed, side) for seed in seeds]
    first.save(out, "TIFF", save_all=True, append_images=others, compression="tiff_deflate")
    return out.getvalue()


def _jpeg(sheets: Sequence[Image.Image]) -> bytes:
    out = io.BytesIO()
    sheets[0].save(out, "JPEG", quality=80)
    return out.getvalue()


def _sheet(seed: int, side: int) -> Image.Image:
    chance = random.Random(seed)
    image = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = chance.randrange(side - 120), chance.randrange(side - 120)
        draw.rectangle((x, y, x + 20 + chance.randrange(90), y + 8 + chance.randrange(60)), fill="black")
    return image


@dataclass
class FakeReader:
    """Reads a line saying nothing on every page.

    Args:
        fails: called with the page and how often it was read before; a code makes it fail with that code.
    """

    seconds: float = 0.0
    fails: Callable[[Page, int], str | None] = lambda page, before: None
    quality: tuple[QualityIssue, ...] = ()
    version: str = "fake 1"
    read_pages: list[str] = field(default_factory=list)
    """Ids of pages as they were begun."""
    closed: threading.Event = field(default_factory=threading.Event)

    def read(self, pages: Sequence[Page]) -> tuple[tuple[ReadPage, ...], tuple[Alert, ...]]:
        made, alerts = [], []
        for page in pages:
            before = self.read_pages.count(page.id)
            self.read_pages.append(page.id)
            assert page.image.read_bytes()
            if self.seconds:
                self.closed.wait(self.seconds)
            code = "page_cancelled" if self.closed.is_set() else self.fails(page, before)
            made.append(self._read(page, code))
            if code is not None:
                alerts.append(Alert(code=code, severity=Severity.ERROR, message="没有读出来", file=page.file))
        return tuple(made), tuple(alerts)

    def close(self) -> None:
        self.closed.set()

    def _read(self, page: Page, code: str | None) -> ReadPage:
        quad = ((10.0, 10.0), (200.0, 10.0), (200.0, 40.0), (10.0, 40.0))
        line = Line("无关文字", quad, quad, 0.99, PageReader.OCR.value, self.version)
        return ReadPage(
            page=page,
            lines=() if code else (line,),
            reader=PageReader.NONE if code else PageReader.OCR,
            why="test",
            width=page.width,
            height=page.height,
            quality=self.quality,
            seconds=0.01,
        )


def fake_assess(office: Office, application: str) -> Assessment | None:
    """An assessment that judges nothing, made once a revision as the real one is."""
    with office.database.write() as session:
        case = session.get(Application, application, with_for_update=True)
        assert case is not None
        query = select(Assessment).where(Assessment.application_id == application, Assessment.revision == case.revision)
        there = session.scalars(query).one_or_none()
        if there is not None:
            return there
        made = Assessment(
            application_id=application,
            revision=case.revision,
            made_at=office.now(),
            as_of=office.today(),
            versions={},
            conclusion="manual",
            machine_conclusion="manual",
            report={},
            facts="{}",
            feedback={},
            case=b"",
        )
        session.add(made)
    return made
