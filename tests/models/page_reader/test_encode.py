from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from models.page_reader.encode import SCALE, encode, windows
from models.page_reader.labels import InputLine, PageInput
from tests.models.page_reader.pages import sheet, tokenizer

KNOWN = tokenizer()


def _scaled(page: PageInput, by: float, dx: float, dy: float) -> PageInput:
    lines = [
        InputLine(
            line.text, (line.box[0] * by + dx, line.box[1] * by + dy, line.box[2] * by + dx, line.box[3] * by + dy)
        )
        for line in page.lines
    ]
    return PageInput(width=page.width * by + dx, height=page.height * by + dy, lines=tuple(lines))


def test_encode_distance_and_place_of_the_camera_change_nothing() -> None:
    near, far = encode(sheet(), KNOWN), encode(_scaled(sheet(), 3.7, 210, 95), KNOWN)
    assert np.array_equal(near.ids, far.ids)
    assert np.array_equal(near.features, far.features)
    assert np.abs(near.boxes - far.boxes).max() <= 1
    assert np.allclose(near.places, far.places, atol=1e-3)


def test_encode_order_of_the_lines_given_changes_only_their_numbers() -> None:
    page = sheet()
    turned = replace(page, lines=page.lines[::-1])
    one, other = encode(page, KNOWN), encode(turned, KNOWN)
    assert np.array_equal(one.ids, other.ids)
    last = len(page.lines) - 1
    assert np.array_equal(one.spans[1:, 0], last - other.spans[1:, 0])


def test_encode_reads_rows_from_left_to_right() -> None:
    encoded = encode(sheet(), KNOWN)
    firsts = [int(line) for line in dict.fromkeys(encoded.spans[1:, 0].tolist())]
    assert firsts == list(range(13))
    assert encoded.boxes.min() >= 0
    assert encoded.boxes.max() <= SCALE


def test_encode_empty_page_is_the_page_token_alone() -> None:
    page = PageInput(width=100, height=100, lines=(InputLine("  ", (0, 0, 10, 10)),))
    assert len(encode(page, KNOWN).ids) == 1
    assert [len(window.encoded.ids) for window in windows(encode(page, KNOWN), 96, 16)] == [1]


def test_windows_cover_every_token_overlap_and_begin_with_the_page() -> None:
    encoded = encode(sheet(), KNOWN)
    cut = list(windows(encoded, 20, 6))
    seen = sorted({token for window in cut for token in range(window.start, window.end)})
    assert seen == list(range(1, len(encoded.ids)))
    assert len(cut) > 2
    for before, after in pairwise(cut):
        assert after.start < before.end
        assert after.start > before.start
    for window in cut:
        assert len(window.encoded.ids) <= 20
        assert window.encoded.ids[0] == encoded.ids[0]
        assert np.array_equal(window.encoded.spans[1:], encoded.spans[window.start : window.end])
