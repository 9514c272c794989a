"""From drawn documents to the files that a person uploads, with the place of every line and mark in them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pillow_heif
import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from data_samples.factory.capture import CapturedPage, CleanPage, Recipe, Sheet, camera
from data_samples.factory.drawn import Box, Drawn, TextLine
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["Document", "Files", "Page"]

_DPI = 200
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper as one family drew it."""

    id: str
    paper: Paper
    family: Family
    drawn: Drawn

    def clean(self) -> Iterator[CleanPage]:
        """Return its pages as pixels."""
        for page, picture in zip(self.drawn.pages, self.drawn.pictures(_DPI), strict=True):
            dpi = picture.shape[1] * 25.4 / page.width
            yield CleanPage(image=picture, lines=page.lines, marks=page.marks, dpi=dpi)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of one file as displayed."""

    file: str
    page: int
    medium: str
    documents: tuple[Document, ...]
    marks: tuple[Mapping[str, tuple[Box, ...]], ...]
    """For each document: mark and its boxes."""
    lines: tuple[TextLine, ...]
    angle: int = 0
    degradations: tuple[tuple[str, float], ...] = ()
    unusable: tuple[str, ...] = ()
    family: Family | None = None


@dataclass(slots=True)
class Files:
    """The files of one case as they come together. The same generator state gives the same bytes."""

    rng: np.random.Generator
    content: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)

    def add_pdf(self, name: str, documents: Sequence[Document]) -> None:
        """Documents as their systems export them, in one PDF."""
        joined = pypdfium2.PdfDocument.new()
        for document in documents:
            part = pypdfium2.PdfDocument(document.drawn.pdf)
            joined.import_pages(part)
            for page in document.drawn.pages:
                number = sum(1 for one in self.pages if one.file == name) + 1
                self.pages.append(
                    Page(
                        file=name,
                        page=number,
                        medium="pdf",
                        documents=(document,),
                        marks=(_by_mark(page.marks),),
                        lines=page.lines,
                        family=document.family,
                    )
                )
        self._put(name, "pdf", documents[0].drawn.pdf or b"" if len(documents) == 1 else _undated(joined))

    def add_scan(self, name: str, documents: Sequence[Document], container: str) -> None:
        """Documents through one scanner: ``container`` is pdf or tiff."""
        recipe = self._recipe("scan")
        shots: list[CapturedPage] = []
        for document in documents:
            for clean in document.clean():
                shot = self._capture([clean], recipe)
                shots.append(shot)
                self._note(name, len(shots), "scan", (document,), shot)
        self._put(name, "tiff" if container == "tiff" else "scan", _bound(shots, container))

    def add_pictures(self, names: Iterator[str], documents: Sequence[Document], medium: str, kind: str) -> None:
        """Each page a picture of its own; ``kind`` is jpg, png or heic."""
        for document in documents:
            for clean in document.clean():
                name = f"{next(names)}.{kind}"
                shot = self._capture([clean], self._recipe(medium))
                self._note(name, 1, medium, (document,), shot)
                self._put(name, {"heic": "heic", "png": "png"}.get(kind, "photo"), encoded(shot, kind))

    def add_together(self, name: str, documents: Sequence[Document]) -> bool:
        """Several documents of one page each in one photograph; False where no recipe takes that many."""
        fitting = [one for one in self._recipes("photo") if one.sheets >= len(documents)]
        if not fitting:
            return False
        shot = self._capture([next(document.clean()) for document in documents], self._weighted(fitting))
        self._note(name, 1, "photo", tuple(documents), shot)
        self._put(name, "photo", encoded(shot, "jpg"))
        return True

    def add_spoilt(self, name: str, document: Document) -> None:
        """A first try at a page that nobody could read; the page itself comes in another file."""
        spoilt = [one for one in self._recipes("photo", spoilt=True) if _spoils(one)]
        if not spoilt:
            return
        shot = camera()[1]([next(document.clean())], self._weighted(spoilt), self.rng)
        if not shot.unusable:
            return
        self._note(name, 1, "photo", (), shot, family=document.family)
        self._put(name, "photo", encoded(shot, "jpg"))

    def zipped(self, name: str, members: Sequence[str]) -> None:
        """Move files into an archive."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as bundle:
            for member in members:
                bundle.writestr(zipfile.ZipInfo(member), self.content.pop(member))
                del self.kinds[member]
        self.pages = [_moved(page, f"{name}/{page.file}") if page.file in members else page for page in self.pages]
        self._put(name, "zip", out.getvalue())

    def _put(self, name: str, kind: str, content: bytes) -> None:
        self.content[name] = content
        self.kinds[name] = kind

    def _recipes(self, medium: str, *, spoilt: bool = False) -> list[Recipe]:
        found = [one for one in camera()[0].values() if one.medium == medium and (spoilt or not _spoils(one))]
        return sorted(found, key=lambda one: one.id)

    def _recipe(self, medium: str) -> Recipe:
        return self._weighted([one for one in self._recipes(medium) if one.sheets == 1])

    def _weighted(self, recipes: Sequence[Recipe]) -> Recipe:
        weights = np.array([one.weight for one in recipes])
        return recipes[int(self.rng.choice(len(recipes), p=weights / weights.sum()))]

    def _capture(self, pages: Sequence[CleanPage], recipe: Recipe) -> CapturedPage:
        """A picture that can be read: the judgement expected of the case rests on it."""
        take = camera()[1]
        for _ in range(_TRIES):
            shot = take(pages, recipe, self.rng)
            if not shot.unusable and _whole(shot, pages):
                return shot
        mild = min(self._recipes(recipe.medium), key=lambda one: (one.sheets < len(pages), -one.weight))
        for _ in range(_TRIES):
            shot = take(pages, mild, self.rng)
            if not shot.unusable and _whole(shot, pages):
                return shot
        return shot

    def _note(
        self,
        name: str,
        number: int,
        medium: str,
        documents: tuple[Document, ...],
        shot: CapturedPage,
        family: Family | None = None,
    ) -> None:
        sheets: Sequence[Sheet] = shot.sheets
        self.pages.append(
            Page(
                file=name,
                page=number,
                medium=medium,
                documents=documents,
                marks=tuple(_by_mark(sheet.marks) for sheet in sheets) if documents else (),
                lines=tuple(line for sheet in sheets for line in sheet.lines),
                angle=shot.angle,
                degradations=shot.degradations,
                unusable=shot.unusable,
                family=family or documents[0].family,
            )
        )


def _whole(shot: CapturedPage, pages: Sequence[CleanPage]) -> bool:
    """Whether every fact is in the picture."""
    pairs = zip(shot.sheets, pages, strict=True)
    return all({mark for mark, _ in page.marks} == {mark for mark, _ in sheet.marks} for sheet, page in pairs)


def _spoils(recipe: Recipe) -> bool:
    return bool(getattr(recipe, "unusable", ()))


def _moved(page: Page, file: str) -> Page:
    return Page(
        file=file,
        page=page.page,
        medium=page.medium,
        documents=page.documents,
        marks=page.marks,
        lines=page.lines,
        angle=page.angle,
        degradations=page.degradations,
        unusable=page.unusable,
        family=page.family,
    )


def _by_mark(marks: Sequence[tuple[str, Box]]) -> dict[str, tuple[Box, ...]]:
    found: dict[str, tuple[Box, ...]] = {}
    for mark, box in marks:
        found[mark] = (*found.get(mark, ()), box)
    return found


def _undated(document: pypdfium2.PdfDocument) -> bytes:
    """Return the PDF without the moment of writing and the number made from it, which PDFium notes."""
    out = io.BytesIO()
    document.save(out)
    content = re.sub(rb"/CreationDate\(D:\d{14}", b"/CreationDate(D:20000101000000", out.getvalue(), count=1)
    head, sign, trailer = content.rpartition(b"/ID[")
    return head + sign + re.sub(rb"<[0-9A-Fa-f]+>", lambda found: b"<" + b"0" * (len(found[0]) - 2) + b">", trailer)


_TURNS = {3: 2, 6: 3, 8: 1}
"""Anticlockwise quarter turns that display what is stored under an EXIF orientation."""


def encoded(shot: CapturedPage, kind: str) -> bytes:
    """Return ``shot`` as the bytes of a picture file: jpg, or png and heic, which are stored as displayed."""
    out = io.BytesIO()
    if kind == "jpg":
        exif = Image.Exif()
        if shot.exif is not None:
            exif[0x0112] = shot.exif
        image = Image.fromarray(shot.image)
        (image.convert("L") if shot.grey else image).save(out, "JPEG", quality=shot.quality, exif=exif)
        return out.getvalue()
    image = _displayed(shot)
    if kind == "heic":
        pillow_heif.register_heif_opener()
        image.save(out, "HEIF", quality=max(35, shot.quality - 30))
    else:
        (image.convert("L") if shot.grey else image).save(out, "PNG")
    return out.getvalue()


def _displayed(shot: CapturedPage) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(np.rot90(shot.image, _TURNS.get(shot.exif or 1, 0))))


def _bound(shots: Sequence[CapturedPage], container: str) -> bytes:
    """Pages in one PDF of JPEGs, or in one TIFF."""
    out = io.BytesIO()
    if container == "tiff":
        pictures = [_displayed(shot) for shot in shots]
        pictures = [image.convert("L") if shot.grey else image for image, shot in zip(pictures, shots, strict=True)]
        pictures[0].save(
            out, "TIFF", save_all=True, append_images=pictures[1:], compression="jpeg", quality=82, dpi=(_DPI, _DPI)
        )
        return out.getvalue()
    pdf = canvas.Canvas(out, invariant=1, pageCompression=0)
    for shot in shots:
        image = _displayed(shot)
        jpeg = io.BytesIO()
        (image.convert("L") if shot.grey else image).save(jpeg, "JPEG", quality=shot.quality)
        # About the size of the paper: the longer side is 297 mm.
        scale = 842 / max(image.size)
        width, height = image.size[0] * scale, image.size[1] * scale
        pdf.setPageSize((width, height))
        pdf.drawImage(ImageReader(jpeg), 0, 0, width, height)
        pdf.showPage()
    pdf.save()
    return out.getvalue()
