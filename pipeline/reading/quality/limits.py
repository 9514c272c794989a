"""Every threshold of the quality gate.

Chosen on pages of the development families under the camera's recipes with ``python -m tests.benchmarks.quality_gate``
and left alone afterwards; the held-out families were measured once. Sizes are in heights of a text line wherever that
is possible, so that they hold at any resolution.
"""

from __future__ import annotations

# How well it read. The reading decides; pixels only name the cause.
WELL_READ = 0.90
"""Mean confidence (weighted by characters) from which a page is never refused, whatever it looks like."""
UNREADABLE = 0.78
"""Mean confidence below which a page is refused."""
SURE_LINE = 0.80
"""Confidence from which a line counts as read."""
SURE_SHARE = 0.85
"""Share of characters in such lines from which a page is well read."""
LEAST_SURE_SHARE = 0.5
"""Share of characters in such lines below which a page is refused."""
FEW_CHARACTERS = 12
"""A paper with fewer characters than this says nothing."""

HOPELESS = 0.6
"""Mean confidence below which a page is refused even where nothing is wrong with the picture. Between the two it may be
handwriting, which no second photograph makes better."""

# Causes, asked about only where a page reads badly.
SOFT = 0.20
"""Width of an edge of print, in heights of its line. Sharp print 0.09 to 0.14; blur that cannot be read 0.24 to 0.5."""
DARK = 70.0
"""Brightness of paper (0 to 255) below which a photograph is too dark."""
VERY_DARK = 55.0
"""Brightness of paper at which even a page that reads well may have lost a line; in usable low
light it is 80 and more."""
SMALL = 13.0
"""Height of a line's box in pixels below which Chinese cannot be read (characters of about 10)."""
CREASE = 0.5
"""Length of the longest fold, as a share of the shorter side."""

# Parts of a page, warned about although the rest reads well.
GLARE_AREA = 0.02
"""Share of the picture that is burnt out."""
GLARE_FADED = 0.62
"""Print near it, against paper: black print 0.05 to 0.5, near a burnt area 0.8 to 0.95."""
GLARE_FADES = 0.15
"""By so much it is fainter than print elsewhere: print that is faint all over is no glare."""
GLARE_WIDE = 0.3
"""Share of the picture from which there may be no print elsewhere to compare with."""
GLARE_FALL = 7.0
"""Levels between the burnt area and paper at the darkest line."""
COVERED_AREA = 0.03
"""Share of the printed area under a hand."""
CUT_LINES = 2
CUT_NEAR = 3
"""Lines that run over the left or right edge, and lines that end at it: at least so many."""
CUT_WIDTH = 0.12
"""Width of the lines cut through at the top or bottom, as a share of the page."""

# Nothing on it.
BLANK_PAPER = 160.0
"""Brightness from which an empty area passes for paper."""
BLANK_SHEET = 0.25
"""Share of the picture that it takes at least."""
BLANK_INK = 0.003
"""Share of a sheet that is dark against its surroundings although nothing is on it (show-through, dust)."""
FAR_SHEET = 0.12
"""Share of the picture below which a sheet was taken from too far away."""
