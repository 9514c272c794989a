"""Typesetting in this process: a Typst template and JSON become a PDF. No service, no network, nothing on disk."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

__all__ = ["TypesettingError", "typeset"]

_TEMPLATES = Path(__file__).parent / "templates"
_TRIES: tuple[tuple[bool, Literal["a-2b", "1.7"]], ...] = ((False, "a-2b"), (True, "a-2b"), (True, "1.7"))
"""Whether with the machine's fonts, and the standard of the file."""
_FONTS = "pylopdf_fonts_zh_cn"
"""Noto Sans SC and Noto Serif SC (OFL 1.1). Only the glyphs used are embedded."""


class TypesettingError(Exception):
    """The template cannot be set with this data: a defect. What it said is not kept, it would quote the case."""


def typeset(template: str, data: Mapping[str, Any], moment: dt.datetime) -> bytes:
    """Return ``template`` filled with ``data`` as PDF/A, which opens the same in twenty years.

    Args:
        moment: creation time in the file.

    Raises:
        TypesettingError: it cannot be set.
    """
    import typst  # large, and few requests set a paper

    told = json.dumps(_printable(data), ensure_ascii=False)
    source = (_TEMPLATES / template).read_bytes()
    # A rare character of a name may be in no packaged font: then those of the machine help, and where they do not
    # know it either the paper is made without the archive's guarantee rather than not at all.
    for system, standard in _TRIES:
        compiler = typst.Compiler(source, root=str(_TEMPLATES), font_paths=_fonts(system), sys_inputs={"data": told})
        try:
            made = compiler.compile(format="pdf", pdf_standards=standard, timestamp=int(moment.timestamp()))
        except typst.TypstError:
            continue
        if isinstance(made, bytes):
            return made
    raise TypesettingError


def _printable(value: Any) -> Any:
    """Take control characters and halves of characters out of every text in ``value``: no font draws them."""
    if isinstance(value, str):
        return "".join(c for c in value if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list | tuple) else value


@cache
def _fonts(system: bool) -> Any:
    """The packaged fonts and, unless ``system``, no others, so that a sheet looks the same on every machine."""
    import typst

    spec = find_spec(_FONTS)
    folders = [str(place) for place in spec.submodule_search_locations or ()] if spec else []
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=folders)
