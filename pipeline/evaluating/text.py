"""Are the characters right? Lines are matched by place, whatever order and pieces they were read in.

Two rates: edits and missed characters over those printed (the character error rate), and characters read where none
are printed. Seals and machine marks that the truth does not record count only in the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipeline.evaluating.counting import NO_MATCH, Match, Ratio
from pipeline.evaluating.kept import KeptLine, KeptPage
from pipeline.evaluating.matching import area, iou, overlap, pair, turned
from pipeline.evaluating.truth import Box, TruthLine, TruthPage
from pipeline.reading.radicals import plain_characters
from rules.vocabulary.cleaning import half_width

__all__ = ["LineGroup", "Piece", "TextScore", "fold", "group_lines", "pieces", "score_text"]

_RULE = re.compile(r"[-=_*.~]{5,}")
"""Rules drawn with characters (dot matrix print, thermal slips): lines of the layout, no text."""
_SAME = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉µ–—−‐", "01234567890123456789μ----")


def fold(text: str) -> str:
    """Fold what is one character to a reader: width, spaces, raised digits, CJK radicals, kinds of dashes."""
    return "".join(plain_characters(half_width(text)).translate(_SAME).split())


@dataclass(frozen=True, slots=True)
class LineGroup:
    """True lines and the read lines at their place, each in reading order; one side may be empty."""

    wanted: tuple[TruthLine, ...]
    found: tuple[KeptLine, ...]

    @property
    def printed(self) -> str:
        return "".join(fold(line.text) for line in self.wanted)

    @property
    def read(self) -> str:
        return "".join(fold(line.text) for line in self.found)


@dataclass(frozen=True, slots=True)
class TextScore:
    """Counts of characters (folded) and lines."""

    edits: int = 0
    """Insertions, deletions and substitutions in lines that were found."""
    missed: int = 0
    """Characters of lines that were not found."""
    invented: int = 0
    """Characters read where the truth has no line."""
    characters: int = 0
    lines: Match = NO_MATCH
    """Right: read without an error. Found: lines at a place where one is printed, and invented ones."""

    @property
    def error_rate(self) -> Ratio:
        return Ratio(self.edits + self.missed, self.characters)

    @property
    def missed_rate(self) -> Ratio:
        return Ratio(self.missed, self.characters)

    @property
    def invented_rate(self) -> Ratio:
        return Ratio(self.invented, self.characters)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a comparison: ``same``, ``wrong`` (printed and read differ), ``missed`` or ``invented``."""

    kind: str
    printed: str
    read: str


def score_text(page: TruthPage, kept: KeptPage | None) -> TextScore:
    """Score one page; zero counts where its lines are not recorded or nobody could read it."""
    if page.lines is None or page.unusable:
        return TextScore()
    printed_lines = [line for line in page.lines if not _RULE.fullmatch(fold(line.text))]
    edits = missed = invented = right = found = 0
    for group in group_lines(printed_lines, kept.lines if kept else (), page.angle):
        printed, read = group.printed, group.read
        if not group.found:
            missed += len(printed)
            continue
        found += 1
        if not group.wanted:
            invented += len(read)
            continue
        distance = Levenshtein.distance(printed, read)
        edits += distance
        right += len(group.wanted) if distance == 0 else 0
        found += len(group.wanted) - 1
    return TextScore(
        edits,
        missed,
        invented,
        sum(len(fold(line.text)) for line in printed_lines),
        Match(right, len(printed_lines), found),
    )


def group_lines(wanted: Sequence[TruthLine], found: Sequence[KeptLine], angle: int = 0) -> tuple[LineGroup, ...]:
    """Bring true and read lines together.

    First one to one, by overlap and likeness. What is left (a line read in pieces, two columns read as one) joins the
    group it lies on if that makes the comparison better; sloping lines have tall boxes that touch their neighbours.
    """
    true_boxes = [turned(line.box, angle) for line in wanted]
    read_boxes = [turned(line.box, angle) for line in found]
    true_texts = [fold(line.text) for line in wanted]
    read_texts = [fold(line.text) for line in found]

    def fit(i: int, j: int) -> float | None:
        over = overlap(true_boxes[i], read_boxes[j])
        if over < 0.4:
            return None
        like = Levenshtein.normalized_similarity(true_texts[i], read_texts[j])
        same = iou(true_boxes[i], read_boxes[j])
        return same + like if same >= 0.3 or like >= 0.6 else None

    pairs, alone, over = pair(range(len(wanted)), range(len(found)), fit)
    groups: list[tuple[list[int], list[int]]] = [([i], [j]) for i, j in pairs]

    def printed(group: tuple[list[int], list[int]]) -> str:
        return "".join(true_texts[i] for i in _ordered(group[0], true_boxes))

    def read(group: tuple[list[int], list[int]]) -> str:
        return "".join(read_texts[j] for j in _ordered(group[1], read_boxes))

    def join(item: int, side: int, boxes: Sequence[Box], texts: Sequence[str], others: Sequence[Box]) -> bool:
        """Add ``item`` to the group that it lies on and that it suits best, if there is one."""
        best, gain = None, 0
        for group in groups:
            if max((_inside(boxes[item], others[k]) for k in group[1 - side]), default=0.0) < 0.5:
                continue
            bigger = ([*group[0], item], group[1]) if side == 0 else (group[0], [*group[1], item])
            before = Levenshtein.distance(printed(group), read(group)) + len(texts[item])
            better = before - Levenshtein.distance(printed(bigger), read(bigger))
            if better > gain:
                best, gain = group, better
        if best is not None:
            best[side].append(item)
        return best is not None

    apart: list[int] = []
    for j in over:
        near = [i for i in alone if i not in apart and _inside(read_boxes[j], true_boxes[i]) >= 0.5]
        if not join(j, 1, read_boxes, read_texts, true_boxes):
            # A piece of a line of which no other piece was found.
            kin = [i for i in near if _kin(true_texts[i], read_texts[j])]
            groups.append((kin[:1], [j]))
            apart += kin[:1]
    for i in alone:
        if i not in apart and not join(i, 0, true_boxes, true_texts, read_boxes):
            groups.append(([i], []))
    return tuple(
        LineGroup(
            tuple(wanted[i] for i in _ordered(group[0], true_boxes)),
            tuple(found[j] for j in _ordered(group[1], read_boxes)),
        )
        for group in groups
    )


def _kin(printed: str, read: str) -> bool:
    """True when comparing the two costs less than to call one missed and the other invented."""
    return Levenshtein.distance(printed, read) < max(len(printed), len(read))


def _inside(a: Box, b: Box) -> float:
    """Share of ``a`` that lies in ``b``."""
    size = area(a)
    shared = area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    return shared / size if size > 0 else 0.0


def _ordered(items: Iterable[int], boxes: Sequence[Box]) -> list[int]:
    """Left to right within a row, rows from above; a row is what overlaps the first of it by half its height."""
    rest = sorted(items, key=lambda k: boxes[k][1] + boxes[k][3])
    out: list[int] = []
    while rest:
        first = boxes[rest[0]]
        row = [k for k in rest if first[1] <= (boxes[k][1] + boxes[k][3]) / 2 <= first[3]] or rest[:1]
        out += sorted(row, key=lambda k: boxes[k][0])
        rest = [k for k in rest if k not in row]
    return out


def pieces(printed: str, read: str) -> tuple[Piece, ...]:
    """Return the comparison of two folded texts as stretches, for showing."""
    kinds = {"equal": "same", "replace": "wrong", "delete": "missed", "insert": "invented"}
    out: list[Piece] = []
    for step in Levenshtein.opcodes(printed, read):
        kind = kinds[step.tag]
        a0, a1, b0, b1 = step.src_start, step.src_end, step.dest_start, step.dest_end
        one, other = printed[a0:a1], read[b0:b1]
        if out and "same" not in (kind, out[-1].kind):
            last = out.pop()
            one, other = last.printed + one, last.read + other
            kind = "wrong" if one and other else "missed" if one else "invented"
        out.append(Piece(kind, one, other))
    return tuple(out)
