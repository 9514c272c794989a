"""Answers as pictures: an Altair chart for notebooks, SVG and PNG without a browser."""

from __future__ import annotations

from pipeline.audit.charts.drawing import Href, spec
from pipeline.audit.charts.notebook import show
from pipeline.audit.charts.pictures import draw, png, svg

__all__ = ["Href", "draw", "png", "show", "spec", "svg"]
