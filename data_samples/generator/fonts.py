"""Which font files draw what Pillow draws (seals, signatures, screenshots): the first one found on this machine.

Rendering is only needed to regenerate the samples; tests read the committed files. Folders of further fonts can be
named on the command line, so that regeneration also works where no Chinese font is installed.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

__all__ = ["FontMissingError", "add_font_dirs", "font_dirs", "font_file"]

_WANTED = {
    "song": ("NotoSerifCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc", "NotoSerifSC-Bold.otf", "NotoSerifSC-Regular.otf"),
    "hei": ("NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf"),
    "script": ("LXGWWenKai-Light.ttf", "LXGWWenKai-Regular.ttf", "ukai.ttc", "NotoSerifSC-Regular.otf"),
    "ttf": ("wqy-microhei.ttc", "LXGWWenKai-Regular.ttf"),
}
_SYSTEM = (Path("/usr/share/fonts"), Path.home() / ".fonts", Path("/Library/Fonts"), Path("C:/Windows/Fonts"))
_PACKAGE = "pylopdf_fonts_zh_cn"
"""Of the development requirements: Noto Sans SC and Noto Serif SC, for machines without any Chinese font."""
_extra: list[Path] = []


class FontMissingError(RuntimeError):
    """No Chinese font of the wanted kind is on this machine."""


def add_font_dirs(dirs: list[Path]) -> None:
    """Look into ``dirs`` before the system's font folders."""
    _extra.extend(dirs)
    font_file.cache_clear()


def font_dirs() -> list[Path]:
    """Folders named by :func:`add_font_dirs`."""
    return list(_extra)


@lru_cache
def font_file(kind: str) -> Path:
    """Return a font file of ``kind``: ``song``, ``hei``, ``script`` (signatures) or ``ttf`` (TrueType outlines).

    Raises:
        FontMissingError: none is installed.
    """
    spec = find_spec(_PACKAGE)
    packaged = [Path(place) for place in spec.submodule_search_locations or ()] if spec else []
    for folder in (*_extra, *_SYSTEM, *packaged):
        if folder.is_dir():
            files = {path.name: path for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".ttc", ".otf")}
            for name in _WANTED[kind]:
                if name in files:
                    return files[name]
    raise FontMissingError(f"no font for {kind!r}: install one of {', '.join(_WANTED[kind])} or use --fonts DIR")
