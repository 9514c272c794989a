"""From reading and pixels to what is said of a page.

A page that reads well is never refused; it may get a word on a part that is missing. A page that reads badly is refused
with its most likely cause, or with ``unreadable`` where none can be measured and next to nothing was read. In between,
a measurable cause is worth a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.nouns import QualityIssue
from pipeline.reading.found import Reading
from pipeline.reading.quality import limits
from pipeline.reading.quality.edges import Cut
from pipeline.reading.quality.light import Burnt
from pipeline.reading.quality.messages import AGAIN, PARTLY, place
from pipeline.reading.quality.readability import Verdict, judge
from pipeline.reading.quality.signs import Signs, Trouble

__all__ = ["issues"]


def issues(reading: Reading, signs: Signs, *, where: str) -> tuple[QualityIssue, ...]:
    """Name what is wrong with a page; empty when it reads well and nothing is missing.

    Args:
        reading: what was read.
        signs: of the same page, measured with the reading.
        where: how the applicant knows the page, e.g. ``第2页``.
    """
    read = judge(reading)
    parts = tuple(_parts(signs, where))
    if read.verdict is Verdict.WELL:
        return parts
    if read.verdict is Verdict.PARTLY:
        cause = next(_causes(signs), None)
        told = {part.code for part in parts}
        if cause is None or cause[0] in told or cause[0] not in PARTLY:
            return parts
        return (_issue(cause[0], PARTLY[cause[0]].format(where=where, place=""), cause[1], again=False), *parts)
    empty = _empty(reading, signs, read.characters)
    cause = empty or next(_causes(signs), None)
    if cause is None and read.confidence >= limits.HOPELESS and read.characters >= limits.FEW_CHARACTERS:
        return (_issue("unreadable", PARTLY["unreadable"].format(where=where), read.confidence, again=False), *parts)
    code, score = cause or ("unreadable", read.confidence)
    return (_issue(code, AGAIN[code].format(where=where), score, again=True),)


def _causes(signs: Signs) -> Iterator[tuple[str, float]]:
    """Yield causes that would explain a bad reading, the likeliest first."""
    if signs.paper < limits.DARK:
        yield "too_dark", signs.paper
    if signs.covered is not None and signs.covered[0] >= limits.COVERED_AREA:
        yield "covered", signs.covered[0]
    if signs.line_height is not None and signs.line_height < limits.SMALL:
        yield "text_too_small", signs.line_height
    why = signs.trouble
    if why is not None and why.softness is not None and why.softness > limits.SOFT:
        yield "blurred", why.softness
    if signs.burnt is not None and _glares(signs.burnt, signs):
        yield "glare", signs.burnt.share
    if why is not None and why.crease >= limits.CREASE:
        yield "folded", why.crease


def _is_soft(signs: Signs) -> bool:
    why = signs.trouble
    return why is not None and why.softness is not None and why.softness > limits.SOFT


def _glares(burnt: Burnt, signs: Signs) -> bool:
    # Blurred print is grey all over.
    return (
        not _is_soft(signs)
        and burnt.share >= limits.GLARE_AREA
        and burnt.fading >= limits.GLARE_FADED
        and burnt.fading - burnt.elsewhere >= limits.GLARE_FADES
        and (burnt.elsewhere >= 0 or burnt.share >= limits.GLARE_WIDE)
        and burnt.fall >= limits.GLARE_FALL
    )


def _empty(reading: Reading, signs: Signs, characters: int) -> tuple[str, float] | None:
    """Tell a blank sheet, a sheet far away and a picture of something else from print that could not be read."""
    why = signs.trouble
    if why is not None and characters < limits.FEW_CHARACTERS and _is_blank(signs, why):
        return "blank_page", why.ink
    # Marks of the size of characters mean that there is print, whether or not it could be read.
    if why is None or reading.text_height is not None or signs.paper < limits.DARK:
        return None
    if why.sheet < limits.FAR_SHEET:
        return ("text_too_small", why.sheet) if why.ink > 0.01 and reading.lines else ("not_document", why.sheet)
    if characters >= limits.FEW_CHARACTERS:
        return None
    if why.sheet >= limits.BLANK_SHEET and signs.paper >= limits.BLANK_PAPER and not reading.lines:
        return "blank_page", why.ink
    return "not_document", why.sheet


def _is_blank(signs: Signs, why: Trouble) -> bool:
    return why.ink <= limits.BLANK_INK and why.sheet >= limits.BLANK_SHEET and signs.paper >= limits.BLANK_PAPER


def _is_cut(cut: Cut) -> bool:
    if cut.side in "上下":
        return cut.width >= limits.CUT_WIDTH
    return cut.lines >= limits.CUT_LINES and cut.near >= limits.CUT_NEAR


def _parts(signs: Signs, where: str) -> Iterator[QualityIssue]:
    """Yield what is missing of a page of which the rest may read well."""
    burnt, hand = signs.burnt, signs.covered
    if signs.paper < limits.VERY_DARK:
        yield _issue("too_dark", PARTLY["too_dark"].format(where=where), signs.paper, again=False)
    if burnt is not None and _glares(burnt, signs):
        text = PARTLY["glare"].format(where=where, place=place(burnt.middle))
        yield _issue("glare", text, burnt.share, again=False)
    if hand is not None and hand[0] >= limits.COVERED_AREA:
        text = PARTLY["covered"].format(where=where, place=place(hand[1]))
        yield _issue("covered", text, hand[0], again=False)
    cut = [c for c in signs.cut if _is_cut(c)]
    if cut:
        names = "、".join(f"{c.side}边" for c in cut)
        text = PARTLY["cut_off"].format(where=where, place=names)
        yield _issue("cut_off", text, float(max(c.near for c in cut)), again=False)


def _issue(code: str, message: str, score: float, *, again: bool) -> QualityIssue:
    return QualityIssue(code=code, message=message, score=round(score, 3), retake=again)
