"""Typesetting a paper: one typst compiler in each process, data and pictures given with each call.

A template imports ``kit.typ`` (or reads ``json(bytes(sys.inputs.data))`` itself). Text reaches it as data, never as
markup. Pictures (seals, signatures, barcodes) lie in the data as PNG bytes; the template sees the path of a file.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

from data_samples.factory.drawn import Box, Drawn, DrawnPage, TextLine, from_pdf
from data_samples.generator.fonts import font_dirs

__all__ = ["typeset", "typeset_pdf"]

_FAMILIES = Path(__file__).parent
_PICTURE = 2.2
"""A mark so many times as high as the print inside it is no link around that print."""


def typeset(template: Path, data: Mapping[str, Any]) -> Drawn:
    """Draw ``data`` with ``template`` and read lines and marks back. Same data, same bytes.

    Args:
        template: a ``.typ`` file below this package.
        data: what JSON can hold, and ``bytes`` for PNG pictures.

    Raises:
        typst.TypstError: the template does not compile with this data.
    """
    drawn = from_pdf(typeset_pdf(template, data))
    return replace(drawn, pages=tuple(_tight(page) for page in drawn.pages))


def _tight(page: DrawnPage) -> DrawnPage:
    """Cut every mark to the height of its print: typst adds half the leading above and below to a link.

    A seal or a signature is higher than the print that it lies over, and keeps its whole height.
    """
    return replace(page, marks=tuple((mark, _cut(box, page.lines)) for mark, box in page.marks))


def _cut(box: Box, lines: tuple[TextLine, ...]) -> Box:
    middle = (box[1] + box[3]) / 2
    best: Box | None = None
    for line in lines:
        if min(line.box[2], box[2]) <= max(line.box[0], box[0]) or not box[1] < _middle(line.box) < box[3]:
            continue
        if best is None or abs(_middle(line.box) - middle) < abs(_middle(best) - middle):
            best = line.box
    if best is None or box[3] - box[1] > _PICTURE * (best[3] - best[1]):
        return box
    return (box[0], max(box[1], best[1]), box[2], min(box[3], best[3]))


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def typeset_pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """Return the PDF as typst wrote it, marks still links."""
    compiler, root = _compiler(os.getpid())
    pictures: dict[str, Path] = {}
    text = json.dumps(_without_pictures(data, root, pictures), ensure_ascii=False)
    try:
        pdf = compiler.compile(
            input=str(root / template.relative_to(_FAMILIES)),
            format="pdf",
            sys_inputs={"data": text},
            timestamp=0,
            # With tags on, a mark broken over two lines would come as one rectangle around both.
            pdf_tags=False,
        )
    finally:
        for path in pictures.values():
            path.unlink(missing_ok=True)
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no PDF bytes")
    return pdf


@cache
def _compiler(process: int) -> tuple[typst.Compiler, Path]:
    """Return the compiler of this process and its root: a folder of its own, where pictures can be laid."""
    root = Path(tempfile.mkdtemp(prefix="yushen-typeset-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    for template in _FAMILIES.rglob("*.typ"):
        place = root / template.relative_to(_FAMILIES)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(template, place)
    return typst.Compiler(root=str(root), font_paths=[str(folder) for folder in _font_folders()]), root


def _font_folders() -> list[Path]:
    """Folders named by the caller, and the development package whose Noto SC fonts every machine has."""
    spec = find_spec("pylopdf_fonts_zh_cn")
    packaged = [] if spec is None or spec.origin is None else [Path(spec.origin).parent]
    return [*font_dirs(), *packaged]


def _without_pictures(value: Any, root: Path, pictures: dict[str, Path]) -> Any:
    """Write the pictures inside ``value`` to files and put their paths in their place."""
    if isinstance(value, bytes):
        name = f"{hashlib.blake2b(value, digest_size=12).hexdigest()}.png"
        if name not in pictures:
            pictures[name] = root / name
            pictures[name].write_bytes(value)
        return f"/{name}"
    if isinstance(value, Mapping):
        return {key: _without_pictures(item, root, pictures) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_pictures(item, root, pictures) for item in value]
    return value
