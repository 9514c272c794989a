"""Scores made by hand instead of a network: what they say must come out as pieces with links."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from models.page_reader.classes import CLASSES, TYPES
from models.page_reader.encode import Encoded
from models.page_reader.joining import Outputs, read_pages
from models.page_reader.labels import Label, PageInput
from models.page_reader.settings import Shape
from tests.models.page_reader.pages import COLUMNS, ROWS, TINY, sample, sheet, tokenizer

KNOWN = tokenizer()


def _oracle(windows: Sequence[Encoded]) -> list[Outputs]:
    """Scores that tell the truth of :func:`sheet` about each window."""
    whole = sample(sheet(), KNOWN)
    place = {tuple(span): token for token, span in enumerate(whole.encoded.spans.tolist())}
    found = []
    for window in windows:
        tokens = [place[tuple(span)] for span in window.spans.tolist()]
        labels = np.zeros((len(tokens), CLASSES), np.float32)
        labels[np.arange(len(tokens)), whole.labels[tokens]] = 9.0
        links = np.zeros((len(tokens), len(tokens)), np.float32)
        for k, token in enumerate(tokens):
            target = int(whole.links[token])
            if target >= 0:
                links[k, tokens.index(target) if target in tokens else 0] = 9.0
        types = np.zeros(len(TYPES), np.float32)
        types[6] = 5.0
        found.append(Outputs(labels, types, links))
    return found


@pytest.mark.parametrize("longest", [96, 40])
def test_joining_windows_tell_what_one_window_tells(longest: int) -> None:
    shape = Shape(window=longest, overlap=24)
    reading = read_pages([sheet()], KNOWN, shape, _oracle)[0]
    assert max(reading.types, key=lambda name: reading.types[name]) == "lab_report"
    assert sum(reading.types.values()) == pytest.approx(1.0, abs=1e-5)
    page = sheet()
    texts = [(span.label, page.lines[span.line].text[span.start : span.end]) for span in reading.spans]
    wanted = [(Label.TITLE, "检验报告单")]
    wanted += [(label, cell) for row in ROWS for label, cell in zip(COLUMNS, row, strict=True)]
    assert texts == wanted
    for span in reading.spans:
        if span.label in (Label.RESULT, Label.UNIT, Label.RANGE):
            assert span.link is not None
            head = reading.spans[span.link]
            assert head.label is Label.ITEM_NAME
            assert (head.line - 1) // 4 == (span.line - 1) // 4
            assert span.link_confidence > 0.9
        else:
            assert span.link is None
        assert span.confidence > 0.9


def test_joining_page_without_print_has_no_pieces() -> None:
    reading = read_pages([PageInput(width=10, height=10, lines=())], KNOWN, TINY, _blank)[0]
    assert reading.spans == ()
    assert set(reading.types) == set(TYPES)


def _blank(windows: Sequence[Encoded]) -> list[Outputs]:
    return [
        Outputs(
            np.zeros((len(w.ids), CLASSES), np.float32),
            np.zeros(len(TYPES), np.float32),
            np.zeros((len(w.ids), len(w.ids)), np.float32),
        )
        for w in windows
    ]
