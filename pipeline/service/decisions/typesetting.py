"""Typesetting in this process: a Typst template and JSON become a PDF. No service, no network, nothing on disk."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

__all__ = ["typeset"]

_TEMPLATES = Path(__file__).parent / "templates"
_FONTS = "pylopdf_fonts_zh_cn"
"""Noto Sans SC and Noto Serif SC (OFL 1.1). Only the glyphs used are embedded."""


def typeset(template: str, data: Mapping[str, Any], moment: dt.datetime) -> bytes:
    """Return ``template`` filled with ``data`` as PDF/A, which opens the same in twenty years.

    Args:
        moment: creation time in the file.
    """
    compiler = typst.Compiler((_TEMPLATES / template).read_bytes(), root=str(_TEMPLATES), font_paths=_fonts())
    made = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="a-2b",
        timestamp=int(moment.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no PDF bytes")
    return made


@cache
def _fonts() -> Any:
    """The packaged fonts and no others, so that a sheet looks the same on every machine."""
    spec = find_spec(_FONTS)
    folders = [str(place) for place in spec.submodule_search_locations or ()] if spec else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
