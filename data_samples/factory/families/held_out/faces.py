"""Font files of the families that are not typeset by typst, with what is at hand where a face is missing."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from data_samples.generator.fonts import font_dirs

__all__ = ["face_file", "has_glyph", "pixel_font", "truetype"]

_FILES: dict[str, tuple[tuple[str, int], ...]] = {
    "song": (("uming.ttc", 0), ("simsun.ttc", 0)),
    "kai": (("ukai.ttc", 0), ("LXGWWenKai-Regular.ttf", 0)),
    "zen": (("wqy-zenhei.ttc", 0), ("wqy-microhei.ttc", 0)),
    "micro": (("wqy-microhei.ttc", 0), ("wqy-zenhei.ttc", 0)),
    "wenkai": (("LXGWWenKai-Regular.ttf", 0), ("ukai.ttc", 0)),
    "mono": (("wqy-zenhei.ttc", 1), ("wqy-microhei.ttc", 1)),
    "noto": (("NotoSansCJK-Regular.ttc", 2), ("NotoSansSC-Regular.otf", 0)),
    "notobold": (("NotoSansCJK-Bold.ttc", 2), ("NotoSansSC-Regular.otf", 0)),
    "notosong": (("NotoSerifCJK-Regular.ttc", 2), ("NotoSerifSC-Regular.otf", 0)),
    "times": (("LiberationSerif-Regular.ttf", 0), ("times.ttf", 0)),
    "arial": (("LiberationSans-Regular.ttf", 0), ("arial.ttf", 0)),
    "narrow": (("LiberationSansNarrow-Regular.ttf", 0), ("LiberationSans-Regular.ttf", 0)),
    "courier": (("LiberationMono-Regular.ttf", 0), ("cour.ttf", 0)),
    "dejavu": (("DejaVuSans.ttf", 0), ("LiberationSans-Regular.ttf", 0)),
}
_SYSTEM = (Path("/usr/share/fonts"), Path.home() / ".fonts", Path("/Library/Fonts"), Path("C:/Windows/Fonts"))


@lru_cache(maxsize=1)
def _installed(extra: tuple[Path, ...]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in (*reversed(_SYSTEM), *reversed(extra)):
        if folder.is_dir():
            found |= {p.name: p for p in folder.rglob("*") if p.suffix.lower() in (".ttf", ".ttc", ".otf")}
    return found


def _find(face: str) -> tuple[Path, int] | None:
    installed = _installed(tuple(font_dirs()))
    for name, index in _FILES[face]:
        if name in installed:
            return installed[name], index
    return None


def truetype(face: str) -> tuple[Path, int] | None:
    """Return file and index of ``face`` if it has the TrueType outlines that reportlab needs, else None."""
    found = _find(face)
    return None if found is None or found[0].suffix == ".otf" or "Noto" in found[0].name else found


def face_file(face: str) -> tuple[Path, int]:
    """Return file and index of ``face``, or of the Noto face of the development package.

    Raises:
        RuntimeError: no Chinese font at all.
    """
    found = _find(face)
    if found is not None:
        return found
    spec = find_spec("pylopdf_fonts_zh_cn")
    if spec is None or spec.origin is None:
        raise RuntimeError("no Chinese font: install one, or the development packages")
    serif = face in ("song", "kai", "wenkai", "times", "notosong")
    return Path(spec.origin).parent / ("NotoSerifSC-Regular.otf" if serif else "NotoSansSC-Regular.otf"), 0


@lru_cache(maxsize=256)
def pixel_font(face: str, pixels: int) -> ImageFont.FreeTypeFont:
    """Return ``face`` at ``pixels`` per em."""
    path, index = face_file(face)
    return ImageFont.truetype(str(path), pixels, index=index)


@lru_cache(maxsize=65536)
def has_glyph(face: str, character: str) -> bool:
    """Tell whether ``face`` draws ``character`` (rather than the box of a missing glyph)."""
    if character in " \u3000":
        return True
    font = pixel_font(face, 32)
    shape, missing = font.getmask(character), font.getmask("\U000effff")
    return shape.getbbox() is not None and (shape.size != missing.size or bytes(shape) != bytes(missing))
