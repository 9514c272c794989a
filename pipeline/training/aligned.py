"""Labels carried from print to what a reader made of it: lines by their places, characters by their likeness."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from models.page_reader.labels import Box, InputLine, Label, PageInput
from models.page_reader.tokenizer import fold
from pipeline.training.reading import LabelledPage
from pipeline.training.truth import TrueLine, TruePage, pieces_of

__all__ = ["carried", "misread", "read_lines", "turned"]

Mark = tuple[Label, int] | None


def carried(true: TruePage, lines: Sequence[InputLine]) -> LabelledPage:
    """Return ``lines`` with the labels of ``true``, whose boxes lie in the same frame."""
    pieces = []
    for line in lines:
        text, marks = _beneath(true, line.box)
        pieces.append(pieces_of(_aligned(text, marks, line.text)))
    return LabelledPage(
        page=PageInput(width=true.width, height=true.height, lines=tuple(lines)),
        pieces=tuple(pieces),
        heads=dict(true.heads),
        type=true.type,
        family=true.family,
    )


def misread(true: TruePage, lines: Sequence[InputLine]) -> Iterator[tuple[str, str]]:
    """Yield what was printed and what was read, character by character; "" for one that was lost.

    Lines that were read as something else altogether, or joined with others, teach nothing and are passed over.
    """
    for line in lines:
        text, _ = _beneath(true, line.box)
        printed, read = _bare(text), _bare(line.text)
        match = SequenceMatcher(None, printed, read, autojunk=False)
        if len(printed) < 2 or match.ratio() < 0.7:
            continue
        for kind, a, b, c, d in match.get_opcodes():
            if kind == "equal" or (kind == "replace" and b - a == d - c):
                yield from zip(printed[a:b], read[c:d], strict=True)
            elif kind == "delete" and b - a == 1:
                yield printed[a], ""


def _bare(text: str) -> str:
    return "".join(fold(c) for c in text if not c.isspace())


def _beneath(true: TruePage, box: Box) -> tuple[str, list[Mark]]:
    """Print that lies within ``box``, from left to right, with the marks of its characters."""
    found: list[tuple[float, str, list[Mark]]] = []
    x0, y0, x1, y1 = box
    for line in true.lines:
        a = line.box
        high = min(a[3], y1) - max(a[1], y0)
        wide = min(a[2], x1) - max(a[0], x0)
        if high < 0.4 * min(a[3] - a[1], y1 - y0) or wide <= 0.2 * min(a[2] - a[0], x1 - x0):
            continue
        marks: list[Mark] = [None] * len(line.text)
        for piece in line.pieces:
            marks[piece.start : piece.end] = [(piece.label, piece.thing)] * (piece.end - piece.start)
        # A reader may have cut the line: only the part under its box counts, with a little to spare.
        span = max(a[2] - a[0], 1e-9)
        first = max(0, int((x0 - a[0]) / span * len(line.text)) - 2)
        last = min(len(line.text), int((x1 - a[0]) / span * len(line.text)) + 3)
        found.append((a[0], line.text[first:last], marks[first:last]))
    found.sort(key=lambda one: one[0])
    text, all_marks = "", list[Mark]()
    for _, words, marks in found:
        text += (" " if text else "") + words
        all_marks += ([None] if len(all_marks) else []) + marks
    return text, all_marks


def _aligned(printed: str, marks: Sequence[Mark], read: str) -> list[Mark]:
    """Marks for the characters of ``read``."""
    places_p = [k for k, c in enumerate(printed) if not c.isspace()]
    places_r = [k for k, c in enumerate(read) if not c.isspace()]
    bare_p, bare_r = _bare(printed), _bare(read)
    out: list[Mark] = [None] * len(read)
    if not bare_p or not bare_r:
        return out
    matcher = SequenceMatcher(None, bare_p, bare_r, autojunk=False)
    if matcher.ratio() < 0.4:
        return out
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            for k in range(b - a):
                out[places_r[c + k]] = marks[places_p[a + k]]
        elif kind == "replace":
            for k in range(d - c):
                out[places_r[c + k]] = marks[places_p[min(b - 1, a + (k * (b - a)) // (d - c))]]
        elif kind == "insert":
            left = out[places_r[c - 1]] if c > 0 else None
            right = marks[places_p[a]] if a < len(places_p) else None
            for k in range(c, d):
                out[places_r[k]] = left if left == right else None
    # White space inside one thing is part of it.
    for k, character in enumerate(read):
        if character.isspace() and 0 < k < len(read) - 1 and out[k - 1] is not None and out[k - 1] == out[k + 1]:
            out[k] = out[k - 1]
    return out


def turned(box: Box, angle: int) -> Box:
    """Turn a box given in fractions clockwise by quarter turns."""
    x0, y0, x1, y1 = box
    for _ in range(angle // 90 % 4):
        x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
    return (x0, y0, x1, y1)


def read_lines(kept_page: Mapping[str, object]) -> list[tuple[str, Box]]:
    """Return the lines of a page that ``yushen evaluate`` kept: text, and box in fractions of the page as displayed."""
    lines = kept_page["lines"]
    assert isinstance(lines, list)
    return [(str(text), (float(b[0]), float(b[1]), float(b[2]), float(b[3]))) for text, b, _ in lines]


def displayed(drawn: TruePage, lines: Sequence[tuple[str, Box]], printed: Sequence[tuple[str, Box]]) -> TruePage:
    """Lay the labels of a page as drawn over the same lines as the camera saw them.

    Args:
        lines: of the drawn page, in fractions, as truth.json would give them without a camera.
        printed: of truth.json, in fractions of the page as displayed; lines out of sight are missing.
    """
    w, h = drawn.width, drawn.height
    labelled = carried(drawn, [InputLine(t, (b[0] * w, b[1] * h, b[2] * w, b[3] * h)) for t, b in lines])
    matcher = SequenceMatcher(None, [t for t, _ in lines], [t for t, _ in printed], autojunk=False)
    found = []
    for a, b, size in matcher.get_matching_blocks():
        found += [TrueLine(printed[b + k][0], printed[b + k][1], labelled.pieces[a + k]) for k in range(size)]
    return TruePage(width=1, height=1, lines=tuple(found), heads=drawn.heads, type=drawn.type, family=drawn.family)


def really_read(cases: Path, kept: Path, seed: int) -> Iterator[tuple[LabelledPage, list[tuple[str, str]]]]:
    """Yield pages of development cases as the real reader read them, and what it misread on each.

    Args:
        cases: folders of the factory's cases, with their truth.json.
        kept: the ``cases`` folder of an evaluation of them.
        seed: of the cases. A case that today's factory no longer draws alike is passed over.
    """
    from data_samples.factory.casework import case_documents
    from pipeline.training.drawn import true_pages

    for folder in sorted(cases.iterdir()):
        record = kept / f"{folder.name}.json"
        if not record.is_file() or not (folder / "truth.json").is_file():
            continue
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        pages = {(p["file"], p["page"]): p for p in truth["pages"]}
        readings = {(p["file"], p["page"]): p for p in json.loads(record.read_text(encoding="utf-8"))["pages"]}
        documents = {one.id: one for one in case_documents(int(folder.name.rpartition("-")[2]), seed, "development")}
        for told in truth["documents"]:
            document = documents.get(told["id"])
            if document is None:
                continue
            trues = true_pages(document.paper, document.drawn, document.family.id)
            for number, place in enumerate(told["pages"]):
                key = (place["file"], place["page"])
                shown, read = pages[key], readings.get(key)
                if read is None or number >= len(trues) or len(shown["documents"]) != 1 or not read["lines"]:
                    continue
                clean = [(line.text, line.box) for line in document.drawn.pages[number].lines]
                printed = [(line["text"], tuple(line["box"])) for line in shown["lines"]]
                seen = displayed(trues[number], clean, printed)
                if len(seen.lines) < 0.5 * len(printed):
                    continue
                yield _paired(seen, read, int(shown["angle"]))


def _paired(seen: TruePage, read: Mapping[str, object], angle: int) -> tuple[LabelledPage, list[tuple[str, str]]]:
    width, height = float(read["width"]), float(read["height"])  # type: ignore[arg-type]
    if angle % 180:
        width, height = height, width

    def placed(box: Box) -> Box:
        a = turned(box, angle)
        return (a[0] * width, a[1] * height, a[2] * width, a[3] * height)

    upright = TruePage(
        width=width,
        height=height,
        lines=tuple(TrueLine(line.text, placed(line.box), line.pieces) for line in seen.lines),
        heads=seen.heads,
        type=seen.type,
        family=seen.family,
    )
    lines = [InputLine(text, placed(box)) for text, box in read_lines(read)]
    return carried(upright, lines), list(misread(upright, lines))


__all__ += ["displayed", "really_read"]
