"""Labelled fields of a page: where a label stands and which text answers it.

A label answers to its right inside the same line, to its right in a box of its own, or below it (tables whose first
row holds the labels). All three are offered in that order; the reader of a field takes the first that is valid for
its kind, because only it knows that ``男`` is no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from pipeline.fields.fold import Folded, fold
from pipeline.fields.geometry import beneath, height, rightward
from pipeline.nouns import Line, Quad, ReadPage
from rules.vocabulary.documents import load_form, load_labels

__all__ = ["Candidate", "Field", "LabelHit", "find_fields", "label_hits", "label_key"]

_COLON = re.compile(r"[:;]|[.·,、'](?=[^\d]|$)")
_GOES_ON = re.compile(r"[书单表证]|(?:病种)?(?:待遇|认定|申请|鉴定|备案|审批|目录)")
"""What follows a label's words where they are part of a title: 门诊慢特病病种待遇认定申请表."""
_BREAKS = set("()[]|,，;；/、_。·*▲●★☆□■+-")
_GLUED = frozenset(
    {
        "name",
        "sex",
        "age",
        "department",
        "bed",
        "inpatient_number",
        "report_number",
        "specimen",
        "diagnosis",
        "id_number",
    }
    | {
        "form_phone",
        "form_physician_title",
        "form_disease_applied",
        "birth_date",
        "not_person",
        "not_other",
        "sampled",
        "reported",
        "received",
        "admitted",
        "discharged",
        "visited",
    }
)
"""Keys that may follow a value without white space or colon: ``姓名张三性别男年龄58岁``."""


@dataclass(frozen=True, slots=True)
class LabelHit:
    """One label in one folded line: ``text[start:end]`` is the label, the value begins at ``value``."""

    key: str
    label: str
    start: int
    end: int
    value: int
    colon: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be the value, folded, with the pieces of lines it was read from."""

    text: str
    lines: tuple[Line, ...]
    where: str
    """``inline``, ``right`` or ``below``."""
    raw: str = ""
    """The text as printed, white space kept."""


@dataclass(frozen=True, slots=True)
class Field:
    """One label with the texts that may answer it, likeliest first."""

    key: str
    label: str
    line: Line
    """The piece of the line that holds the label."""
    colon: bool
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    pattern: re.Pattern[str]
    keys: dict[str, tuple[str, bool]]


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    keys: dict[str, tuple[str, bool]] = {}
    for rule in load_labels():
        for label in rule.with_colon:
            keys.setdefault(label, (rule.key, True))
        for label in rule.labels:
            keys[label] = (rule.key, False)
    for field, labels in load_form().text.items():
        for label in labels:
            keys[label] = (f"form_{field}", False)
    ordered = sorted(keys, key=len, reverse=True)
    return _Lexicon(re.compile("|".join(re.escape(label) for label in ordered)), keys)


def label_hits(text: Folded) -> tuple[LabelHit, ...]:
    """Find the labels in one folded line, left to right.

    A label counts before a colon; at the start of the line or after white space or a break; and, where the line
    already began with a label, glued to the value before it.
    """
    lexicon = _lexicon()
    hits: list[LabelHit] = []
    at = 0
    while match := lexicon.pattern.search(text.text, at):
        start, end = match.span()
        key, needs_colon = lexicon.keys[match.group()]
        rest = text.text[end:]
        # The unit or gloss in brackets belongs to the label: 年龄(岁):, 姓名(Name):
        gloss = re.match(r"[(/][A-Za-z岁章.]{1,10}\)?(?=:)", rest)
        after = end + (gloss.end() if gloss else 0)
        colon = _COLON.match(text.text, after)
        strong = bool(colon and colon.group() in ":;")
        fresh = start == 0 or start in text.gaps or text.text[start - 1] in _BREAKS
        alone = fresh and after >= len(text.text) and key != "staff_title" and end - start >= 2
        chained = bool(hits) and (hits[0].start <= 1) and key in _GLUED and len(match.group()) >= 2
        loose = strong or fresh or chained
        accepted = (strong and (fresh or chained)) or alone if needs_colon else loose
        # The identity card prints 出生 1966年3月5日 without a colon.
        accepted = accepted or (key == "birth_date" and fresh and rest[:4].isdigit())
        # 出院诊断 inside 门诊出院诊断证明 is no label; a label is never followed by 书, 单, 表.
        if accepted and not strong and _GOES_ON.match(rest):
            accepted = False
        # 副主任 医师: the second half of a title that was printed or read with a gap.
        if accepted and key == "staff_title" and text.text[:start].endswith(("主任", "主治", "住院")):
            accepted = False
        if not accepted:
            at = start + 1
            continue
        value = colon.end() if colon else after
        hits.append(LabelHit(key, match.group(), start, end, value, strong))
        at = max(value, end)
    return tuple(hits)


_ALIKE = 80.0
"""Likeness of two printed labels, out of 100, from which they are one that was misread."""


@lru_cache(maxsize=4096)
def label_key(printed: str) -> str | None:
    """Return the key of a text that is known to be a label, one misread character tolerated; None: no such field."""
    text = fold(printed).text.strip("_:;.·,、()[]|*")
    keys = _lexicon().keys
    if text in keys:
        return keys[text][0]
    near = process.extractOne(text, keys.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE) if len(text) >= 4 else None
    return keys[near[0]][0] if near is not None and abs(len(near[0]) - len(text)) <= 1 else None


def _trim(text: Folded, start: int, end: int) -> tuple[int, int]:
    while start < end and text.text[start] in "_:;.·,、-=|*'\"”“":
        start += 1
    while end > start and text.text[end - 1] in "_:;,、-=|'\"”“(":
        end -= 1
    return start, end


def _piece(line: Line, text: Folded, start: int, end: int) -> Line:
    a, b = text.original(start, end)
    return line.part(a, b)


def _beside(
    line: Line,
    page: ReadPage,
    pool: Sequence[Line],
    labelled: dict[int, tuple[LabelHit, ...]],
    folds: dict[int, Folded],
) -> Iterable[Candidate]:
    """Boxes to the right up to the next label: the nearest alone, then up to three joined."""
    parts: list[Line] = []
    last = line
    for other in _row_of_cells(rightward(line, page, pool)):
        if parts and other.upright[0] - last.upright[2] > 6 * height(line):
            break
        hits = labelled.get(id(other), ())
        text = folds[id(other)]
        if hits and hits[0].start <= 0:
            break
        if hits:
            start, end = _trim(text, 0, hits[0].start)
            if start < end:
                parts.append(_piece(other, text, start, end))
            break
        if re.fullmatch(r"[:;_.\-=|]*", text.text):
            continue
        parts.append(other)
        last = other
    for count in ([1] if len(parts) <= 1 else [1, len(parts)]) if parts else []:
        chosen = tuple(parts[:count])
        joined = "".join(fold(part.text).text for part in chosen).strip("_:;-=|.")
        if joined:
            yield Candidate(joined, chosen, "right", " ".join(part.text for part in chosen))


def _row_of_cells(found: Sequence[Line]) -> Sequence[Line]:
    """The next four boxes, or all that hold a digit or two each: an ID number printed into eighteen cells."""
    digits = 0
    while digits < len(found) and re.fullmatch(r"[\dXx×]{1,6}", fold(found[digits].text).text):
        digits += 1
    return found[: max(4, digits)]


def _stacked_labels(page: ReadPage, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Join labels that a narrow cell broke in two: 申请门诊慢特 / 病病种, 首次确诊时 / 间."""
    keys = _lexicon().keys
    joined: dict[int, Line] = {}
    used: set[int] = set()
    for line in lines:
        head = fold(line.text).text
        if id(line) in used or not re.fullmatch(r"[\u4e00-\u9fff()]{2,9}", head):
            continue
        for other in beneath(line, page, lines, reach=1.9)[:1]:
            tail = fold(other.text).text.rstrip(":")
            if id(other) in used or not 1 <= len(tail) <= 6 or head + tail not in keys:
                continue
            boxes = (line.upright, other.upright)
            centred = abs(boxes[0][0] + boxes[0][2] - boxes[1][0] - boxes[1][2]) <= 2 * height(line)
            if tail in keys or not (centred or abs(boxes[0][0] - boxes[1][0]) <= 0.8 * height(line)):
                continue
            used |= {id(line), id(other)}
            joined[id(line)] = Line(
                line.text.strip() + other.text.strip(),
                _around([line.quad, other.quad]),
                _around([line.shown, other.shown]),
                min(line.confidence, other.confidence),
                line.reader,
                line.version,
            )
    return tuple(joined.get(id(line), line) for line in lines if id(line) in joined or id(line) not in used)


def _around(quads: Sequence[Quad]) -> Quad:
    xs, ys = [x for quad in quads for x, _ in quad], [y for quad in quads for _, y in quad]
    return ((min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys)))


def _joined_glyphs(page: ReadPage, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Join labels spread so wide that each character became a line of its own (``姓      名``)."""
    single = [line for line in lines if len(line.text.strip()) == 1 and "\u4e00" <= line.text.strip() <= "\u9fff"]
    used: set[int] = set()
    joined: dict[int, Line] = {}
    for line in single:
        if id(line) in used:
            continue
        run = [line]
        while True:
            last = run[-1]
            after = [other for other in rightward(last, page, single) if id(other) not in used and other not in run]
            if not after or after[0].upright[0] - last.upright[2] > 3.2 * height(last) or len(run) == 4:
                break
            run.append(after[0])
        if "".join(item.text.strip() for item in run) not in _lexicon().keys:
            continue
        used |= {id(item) for item in run}
        first, last = run[0], run[-1]
        joined[id(first)] = Line(
            "".join(item.text.strip() for item in run),
            (first.quad[0], last.quad[1], last.quad[2], first.quad[3]),
            (first.shown[0], last.shown[1], last.shown[2], first.shown[3]),
            min(item.confidence for item in run),
            first.reader,
            first.version,
        )
    return tuple(joined.get(id(line), line) for line in lines if id(line) in joined or id(line) not in used)


def _loosely_beside(line: Line, pool: Sequence[Line], labelled: dict[int, tuple[LabelHit, ...]]) -> Line | None:
    """The box to the right that stands up to a line higher or lower: a label of two lines beside a centred value."""
    x1, tall = line.upright[2], height(line)
    middle = (line.upright[1] + line.upright[3]) / 2
    near: list[tuple[float, Line]] = []
    for other in pool:
        a0, b0, _, b1 = other.upright
        drop = abs((b0 + b1) / 2 - middle)
        if other is not line and x1 <= a0 <= x1 + 14 * tall and drop <= 1.15 * tall and other.text.strip():
            near.append((a0 + drop, other))
    best = min(near, key=lambda pair: pair[0], default=(0.0, None))[1]
    return best if best is not None and not labelled.get(id(best)) else None


def find_fields(page: ReadPage, lines: Sequence[Line] | None = None) -> tuple[Field, ...]:
    """Find every labelled field of a page (or of some of its lines), in reading order."""
    pool = _stacked_labels(page, _joined_glyphs(page, page.lines if lines is None else lines))
    folds = {id(line): fold(line.text) for line in pool}
    labelled = {id(line): label_hits(folds[id(line)]) for line in pool}
    fields: list[Field] = []
    for line in pool:
        text = folds[id(line)]
        hits = labelled[id(line)]
        for number, hit in enumerate(hits):
            limit = hits[number + 1].start if number + 1 < len(hits) else len(text.text)
            start, end = _trim(text, hit.value, limit)
            candidates: list[Candidate] = []
            if start < end:
                piece = _piece(line, text, start, end)
                candidates.append(Candidate(text.text[start:end], (piece,), "inline", piece.text))
            label = _piece(line, text, hit.start, hit.end)
            if number + 1 == len(hits):
                beside = list(_beside(line, page, pool, labelled, folds))
                candidates += beside
                if not candidates and (loose := _loosely_beside(label, pool, labelled)) is not None:
                    candidates.append(Candidate(folds[id(loose)].text.strip("_:;-=|."), (loose,), "right", loose.text))
                if candidates and candidates[0].where == "inline" and beside:
                    # 住院号：12 | 3456: a value that OCR cut in two boxes.
                    both = (candidates[0].lines[0], *beside[0].lines)
                    candidates.append(Candidate(candidates[0].text + beside[0].text, both, "right", beside[0].raw))
            if len(hits) == 1 and start >= end:
                for other in beneath(label, page, pool)[:2]:
                    if not labelled.get(id(other)) or labelled[id(other)][0].start > 0:
                        below = folds[id(other)].text.strip("_:;-=|.")
                        if below:
                            candidates.append(Candidate(below, (other,), "below", other.text))
            fields.append(Field(hit.key, hit.label, label, hit.colon, tuple(candidates)))
    return tuple(fields)
