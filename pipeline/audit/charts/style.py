"""How charts look: one quiet theme, colours that people who see no red or green can tell apart."""

from __future__ import annotations

from typing import Any

__all__ = ["ACCENT", "COLOURS", "CONFIG", "FONT", "GREY", "INK", "QUIET", "WIDTH"]

FONT = "'Noto Sans SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
INK, QUIET, GREY = "#22303c", "#5b6873", "#8a96a1"
ACCENT = "#c2410c"
"""What stands out: beyond a limit."""
COLOURS = ("#1f5f8b", "#e0a030", "#7a9e7e", "#8a6fa8")
WIDTH = 560
"""Of the plot, in pixels, without its labels."""

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "white",
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "fontSize": 16,
        "fontWeight": 600,
        "color": INK,
        "subtitleColor": QUIET,
        "subtitleFontSize": 12,
        "offset": 12,
        "subtitlePadding": 6,
    },
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 400,
        "labelColor": INK,
        "titleColor": QUIET,
        "gridColor": "#e6eaee",
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "titlePadding": 10,
    },
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "orient": "top", "labelColor": INK, "symbolType": "square"},
}
