"""Chinese fonts that every test environment has: they come with a pinned development package, not from the machine.

``pylopdf-fonts-zh-cn`` carries Noto Sans SC and Noto Serif SC (SIL Open Font License 1.1).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

__all__ = ["cjk_font_dir", "cjk_font_path"]

_PACKAGE = "pylopdf_fonts_zh_cn"
_FILES = {"sans": "NotoSansSC-Regular.otf", "serif": "NotoSerifSC-Regular.otf"}

FAMILY = {"sans": "Noto Sans SC", "serif": "Noto Serif SC"}
"""Family names as typst and fontconfig know them."""


def cjk_font_dir() -> Path:
    """Return the folder that holds the fonts (for ``typst.compile(font_paths=[...])``).

    Raises:
        RuntimeError: the development packages are not installed.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{_PACKAGE} is missing: install requirements.lock (setup.sh does it)")
    return Path(spec.origin).parent


def cjk_font_path(style: str = "sans") -> Path:
    """Return the file of the ``sans`` (黑体) or ``serif`` (宋体) Chinese font."""
    return cjk_font_dir() / _FILES[style]
