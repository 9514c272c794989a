"""Charts as SVG and PNG, without a browser and without the network; Chinese fonts come with a package."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import vl_convert

from pipeline.audit.charts.drawing import Href, spec
from pipeline.audit.questions.answer import Answer

if TYPE_CHECKING:
    import altair

__all__ = ["draw", "png", "svg"]

_FONTS = "pylopdf_fonts_zh_cn"
_HOST = "https://chart.invalid"


@cache
def _register_fonts() -> None:
    spec = importlib.util.find_spec(_FONTS)
    if spec is not None and spec.origin is not None:
        for folder in {path.parent for path in Path(spec.origin).parent.rglob("*.[ot]tf")}:
            vl_convert.register_font_directory(str(folder))


def svg(answer: Answer, *, href: Href | None = None, caption: bool = False) -> str:
    """Return the chart as an SVG element to stand in a page; its title and source are the page's to show as text too.

    Args:
        href: row of the table -> address beginning with ``/`` that its mark leads to.
        caption: write the source below.

    Raises:
        ValueError: the answer has no chart, or no rows.
    """
    _register_fonts()
    # The converter completes addresses without a host by one of its own.
    led = None if href is None else lambda row: _HOST + address if (address := href(row)) else None
    return str(vl_convert.vegalite_to_svg(spec(answer, href=led, caption=caption))).replace(_HOST, "")


def png(answer: Answer, *, scale: float = 2) -> bytes:
    """Return the chart with its source as a PNG picture.

    Raises:
        ValueError: the answer has no chart, or no rows.
    """
    _register_fonts()
    return bytes(vl_convert.vegalite_to_png(spec(answer), scale=scale))


def draw(answer: Answer) -> altair.TopLevelMixin:
    """Return the chart for a notebook.

    Raises:
        ValueError: the answer has no chart, or no rows.
    """
    import altair

    chart: altair.TopLevelMixin = altair.Chart.from_dict(spec(answer))
    return chart
