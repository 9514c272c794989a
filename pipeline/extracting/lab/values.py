"""Reads the cells of one record into name, result, mark, unit and range. Never invents: what cannot be read is
doubted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.extracting.lab.cells import Cell, cut_text
from pipeline.extracting.lab.kinds import ARROWS, Kind, kinds
from pipeline.extracting.lab.names import analytes_of, known_name
from pipeline.extracting.lab.seals import overprinted
from pipeline.extracting.lab.text import COMPARATORS, NUMBER, RANGE, flat, has_cjk, plain_decimal, squeeze
from rules.engine.facts import Flag
from rules.vocabulary import load_vocabulary

__all__ = ["ReadName", "ReadRange", "ReadValue", "read_flag", "read_name", "read_range", "read_value"]


@dataclass(frozen=True, slots=True)
class ReadName:
    name: str
    abbreviation: str | None
    unit: str | None = None
    """Unit printed in brackets behind the name: 葡萄糖(mmol/L)."""


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A result as printed and what it holds. ``flag`` and ``unit`` are what was glued to it."""

    text: str
    value: Decimal | None = None
    comparator: str | None = None
    flag: Flag | None = None
    unit: str | None = None
    doubts: tuple[str, ...] = ()
    garbled: bool = False
    """True when a misread arrow hung on the number (24.2†, 98个): its direction is open."""


@dataclass(frozen=True, slots=True)
class ReadRange:
    text: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    doubts: tuple[str, ...] = ()


_MARKS = re.compile(r"^[*★☆▲△●◆◇■□#※·.,:;\-+'|丨]+\s*")
_INDEX = re.compile(r"^(\d{1,3})(?:[.)、:]\s*|\s+|(?=[^\d\s.\-,]))")


def read_name(names: Sequence[Cell], codes: Sequence[Cell], *, counted: bool) -> ReadName | None:
    """Join the name's cells. ``counted``: the sheet numbers its rows, so leading numbers are not part of names."""
    parts = names or codes
    text = _join([cell.text for cell in parts])
    text = _strip_index(text, counted=counted)
    if not text or not (has_cjk(text) or re.search(r"[A-Za-zα-ω]", text)):
        return None
    text, unit = _inner_unit(_without_translation(text))
    abbreviation = _strip_index(_join([c.text for c in codes]), counted=counted) or None if names else None
    if abbreviation is None and names:
        text, abbreviation = _inner_code(text)
    elif not names:
        abbreviation = text
    return ReadName(text, abbreviation, unit)


_UNIT_BRACKET = re.compile(r"\s*[(（\[【]\s*([^()（）\[\]【】]{1,16})\s*[)）\]】]\s*$")


def _inner_unit(text: str) -> tuple[str, str | None]:
    """Part the unit in the last bracket from the name: 葡萄糖(mmol/L). A percent sign stays: it tells 中性粒细胞(%)
    from the count."""
    bracket = _UNIT_BRACKET.search(text)
    if bracket is None or kinds(bracket[1]).get(Kind.UNIT, 0.0) < 0.8 or known_name(bracket[1]):
        return text, None
    if squeeze(bracket[1]) == "%":
        told = re.search(r"百分|率|比", text[: bracket.start()]) or _told_by_percent(text, text[: bracket.start()])
        return (text[: bracket.start()] if told else text), "%"
    return (text[: bracket.start()], bracket[1]) if "/" in flat(bracket[1]) else (text, None)


def _told_by_percent(text: str, name: str) -> bool:
    """True where the sign is the unit alone: 糖化血红蛋白(%) names no other item than 糖化血红蛋白."""
    analytes = load_vocabulary().analytes
    return not analytes_of(text) and any("%" in (analytes[i].unit, *analytes[i].units) for i in analytes_of(name))


def _without_translation(text: str) -> str:
    """Leave out the English that some sheets print under a name (白细胞White blood cell); an abbreviation stays."""
    tail = re.search(r"(?<=[\u4e00-\u9fff)）])\s*\(?([A-Za-z][A-Za-z,\- ]{5,60})\)?$", text)
    if tail is None or known_name(text) or not re.search(r"[a-z]{3}", tail[1]):
        return text
    return text[: tail.start()] if known_name(text[: tail.start()]) and not known_name(tail[1]) else text


def _join(parts: Sequence[str]) -> str:
    out = ""
    for part in parts:
        part = part.strip()
        if (
            out
            and part
            and not has_cjk(out[-1])
            and not has_cjk(part[0])
            and out[-1] not in "(-/（"
            and part[0] not in ")）"
        ):
            out += " "
        out += part
    return out


def _strip_index(text: str, *, counted: bool) -> str:
    plain = text
    for _ in range(2):
        plain = _MARKS.sub("", plain) if not re.match(r"^[-+]?\d", plain) else plain
        match = _INDEX.match(plain)
        rest = plain[match.end() :] if match else ""
        if match and rest and not analytes_of(plain) and (counted or known_name(rest) or plain[match.end(1)] in ".)、"):
            plain = rest
    return plain.strip().rstrip(":：;；")


def _inner_code(text: str) -> tuple[str, str | None]:
    """Find an abbreviation printed in the name's cell: 白细胞(WBC) keeps its text, WBC白细胞 and 白细胞 WBC are
    parted."""
    bracket = re.search(r"[(（\[【]\s*([A-Za-zα-ω][A-Za-zα-ω0-9\-_/#%+.]{0,14})\s*[)）\]】]?\s*$", text)
    if bracket and has_cjk(text):
        closed = text if text.rstrip()[-1] in ")）]】" else f"{text.rstrip()})"  # the reader lost the last stroke
        return closed, bracket.group(1)
    apart = re.match(r"^\(?([A-Za-z][A-Za-z0-9\-#%/+.]{0,12}?)\)?\s*(?=[A-Za-z]?[\u4e00-\u9fff])", text)
    if apart and analytes_of(apart.group(1)) & analytes_of(text[apart.end() :]):
        return text[apart.end() :].strip(), apart.group(1)  # CRP C反应蛋白, K 钾
    lead = re.match(r"^\(?([A-Za-z][A-Za-z0-9\-#%/+.]{1,12}?)\)?\s*(?=[\u4e00-\u9fff])", text)
    if lead and _same_item(lead.group(1), text[lead.end() :], text):
        return text[lead.end() :].strip(), lead.group(1)
    tail = re.search(r"(?<=[\u4e00-\u9fff)）])\s*([A-Z][A-Za-z0-9\-#%/+.]{1,12})$", text)
    if tail and _same_item(tail.group(1), text[: tail.start()], text):
        return text[: tail.start()].strip(), tail.group(1)
    return text, None


def _same_item(code: str, rest: str, whole: str) -> bool:
    if known_name(whole):
        return False
    return bool(analytes_of(code) & analytes_of(rest)) or (known_name(rest) and len(code) >= 2 and code.isupper())


_PARTED = re.compile(r"[<>≤≥]?\s*\d+(?:\.\d+)?\s+\d+(?:\.\d+)?")
"""Digits with a space between, as ``87 7``: a lost point, two numbers, an arrow read as 1; nobody can tell."""


_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_FOOTNOTE = re.compile(rf"(.*\d)[{_RAISED}]{{1,2}}")
"""A number with the number of a note raised behind it."""


def read_value(cells: Sequence[Cell]) -> ReadValue:
    """Read the result's cells: number, comparator and what is glued to it, or the words as printed."""
    parts = [cell.text.strip() for cell in cells]
    raw = _join(parts)
    if _PARTED.fullmatch(raw):
        return ReadValue(raw, doubts=("value_unreadable",))
    squeezed = squeeze(raw)
    match = NUMBER.fullmatch(squeezed)
    if match:
        return _number(raw, match)
    noted = _FOOTNOTE.fullmatch(squeezed)
    if noted:
        match = NUMBER.fullmatch(noted.group(1))
        # Only a text layer knows that the small digit is small; a reader of pixels may have shrunk a decimal.
        if match and all(cell.line.reader == "text-layer" for cell in cells):
            return _number(raw.rstrip(_RAISED).strip(), match)
        return ReadValue(raw, doubts=("value_unreadable",))
    arrow = re.fullmatch(r"(.*\d)[†‡个十千下tTfJ→↗↘]", squeezed)
    match = NUMBER.fullmatch(arrow.group(1)) if arrow else None
    if match:
        return replace(_number(raw.strip()[:-1], match), garbled=True)
    value, flag, unit = None, None, None
    rest: list[str] = []
    for start, end in cut_text(raw):
        piece = raw[start:end].strip()
        weights = kinds(piece)
        number = NUMBER.fullmatch(squeeze(piece))
        if value is None and number and weights.get(Kind.NUMBER, 0.0) >= 0.5:
            value = _number(piece, number)
        elif weights.get(Kind.FLAG, 0.0) >= 0.7 and flag is None:
            flag = read_flag(piece)
        elif weights.get(Kind.UNIT, 0.0) >= 0.6 and unit is None and value is not None:
            unit = piece
        else:
            rest.append(piece)
    if value is not None and not rest:
        return ReadValue(value.text, value.value, value.comparator, flag, unit, value.doubts)
    if Kind.QUAL in kinds(raw):
        return ReadValue(raw)
    words = [p for p in rest if Kind.QUAL in kinds(p)]
    if value is None and words and flag is not None:
        return ReadValue(_join(rest), flag=flag)
    mended = _mend(squeezed)
    if mended is not None:
        match = NUMBER.fullmatch(mended)
        if match:
            number_read = _number(raw, match)
            return ReadValue(
                raw, number_read.value, number_read.comparator, doubts=(*number_read.doubts, "low_confidence")
            )
    if value is not None and rest and all(Kind.QUAL in kinds(p) for p in rest):
        return ReadValue(raw, value.value, value.comparator, flag, unit, value.doubts)
    garbled = (re.search(r"\d", squeezed) and not has_cjk(squeezed)) or overprinted(raw)
    doubts = ("value_unreadable",) if garbled else ()
    return ReadValue(raw, flag=flag, doubts=doubts)


def _number(raw: str, match: re.Match[str]) -> ReadValue:
    value = plain_decimal(match["n"], match["sci"], match["sign"])
    doubts = ("low_confidence",) if "," in match["n"] else ()
    if value is None:
        return ReadValue(raw.strip(), doubts=("value_unreadable",))
    return ReadValue(raw.strip(), value, COMPARATORS.get(match["cmp"] or ""), doubts=doubts)


def _mend(squeezed: str) -> str | None:
    """Letters that readers take for digits, in a text that is otherwise a number: O.5, l1.3, 5..2."""
    if not re.search(r"\d", squeezed) or len(squeezed) < 3:
        return None
    mended = (
        squeezed.translate(str.maketrans("OolI|丨Ss", "00111155")).replace("..", ".").replace(".,", ".").rstrip(".,")
    )
    return mended if mended != squeezed else None


def read_flag(text: str) -> Flag | None:
    """Read a mark whose meaning is plain; None for one that only place or range can explain (1, 个, →)."""
    plain = squeeze(text).strip("()")
    up, down = "↑" in plain, "↓" in plain
    if up != down:
        return Flag.HIGH if up else Flag.LOW
    upper = plain.upper().strip("*! ")
    if upper in ("H", "HH", "HIGH", "高", "偏高", "升高", "增高"):
        return Flag.HIGH
    if upper in ("L", "LL", "LOW", "低", "偏低", "降低", "减低"):
        return Flag.LOW
    if plain and (set(plain) <= {"*", "!"} or plain in ("异常", "A", "危急", "阳性", "P")):
        return Flag.ABNORMAL
    return None


def read_range(
    cells: Sequence[Cell], low: Sequence[Cell] = (), high: Sequence[Cell] = (), *, sex: str | None = None
) -> ReadRange:
    """Read a reference range: its text as printed, and limits where they are plain.

    With one line for men and one for women the limits are those of ``sex``; unknown leaves them open.
    """
    if low or high:
        a, b = _limit(low), _limit(high)
        text = "-".join(_join([c.text for c in side]) for side in (low, high) if side)
        return ReadRange(text, a, b)
    raw = " ".join(cell.text.strip() for cell in cells)
    if not raw:
        return ReadRange()
    s = squeeze(raw)
    chosen = _of_sex(s, sex)
    if chosen is None:
        return ReadRange(raw)
    ranges = list(RANGE.finditer(chosen))
    if len(ranges) == 1:
        m = ranges[0]
        a, b = plain_decimal(m["low"].lstrip("+-"), m["s1"] or m["s2"]), plain_decimal(m["high"].lstrip("+-"), m["s2"])
        if a is not None and m["low"].startswith("-"):
            a = -a
        if a is None or b is None or a > b:
            return ReadRange(raw, doubts=("reference_unreadable",))
        return ReadRange(raw, a, b)
    if not ranges:
        limits = list(re.finditer(r"([<>≤≥]=?)(\d+(?:\.\d+)?)", chosen))
        if len(limits) == 1:
            value = plain_decimal(limits[0].group(2))
            upper = limits[0].group(1)[0] in "<≤"
            return ReadRange(raw, None if upper else value, value if upper else None)
        if re.fullmatch(r"[-\d.]{4,}", chosen) or re.fullmatch(r"[\d.]+[^\d.\s]{1,2}[\d.]+", chosen):
            return ReadRange(raw, doubts=("reference_unreadable",))
    return ReadRange(raw)


def _limit(cells: Sequence[Cell]) -> Decimal | None:
    match = NUMBER.fullmatch(squeeze("".join(c.text for c in cells)))
    return plain_decimal(match["n"], match["sci"], match["sign"]) if match else None


def _of_sex(s: str, sex: str | None) -> str | None:
    """The part of a range text that holds for ``sex``; the whole where sexes are not told apart."""
    parts = re.split(r"(?=[男女])", s)
    told = {part[0]: part for part in parts if part and part[0] in "男女"}
    if len(told) < 2:
        return s
    return told.get(sex) if sex else None


def is_arrow(text: str) -> bool:
    return any(glyph in ARROWS for glyph in flat(text))
