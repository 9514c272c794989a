"""Duplicates are decided by what was read: the same words and numbers, whatever the camera did."""

from __future__ import annotations

from pathlib import Path

from pipeline.intake import settle_duplicates
from pipeline.nouns import Line, Page, PageReader, ReadPage

SHEET = [
    ("白细胞计数", "6.31", "3.5-9.5"),
    ("红细胞计数", "4.52", "4.3-5.8"),
    ("血红蛋白", "139", "130-175"),
    ("血小板计数", "213", "125-350"),
    ("肌酐", "812.4", "57-97"),
    ("尿素", "28.11", "3.1-8.0"),
    ("尿酸", "512", "208-428"),
]


def read_page(
    number: int, rows: list[tuple[str, str, str]], *, sha: str | None = None, twin: str | None = None
) -> ReadPage:
    lines = []
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            x, y = 100.0 + 200 * column, 100.0 + 40 * row
            quad = ((x, y), (x + 90, y), (x + 90, y + 30), (x, y + 30))
            lines.append(Line(text, quad, quad, 0.99, "ppocr", "test"))
    page = Page(
        id=f"p{number}",
        file=f"{number}.jpg",
        file_sha256=sha or f"sha{number}",
        number=1,
        width=1000,
        height=1400,
        image=Path("none.jpg"),
        duplicate_of=twin,
    )
    return ReadPage(page=page, lines=tuple(lines), reader=PageReader.OCR, why="test", width=1000, height=1400)


def twins(*pages: ReadPage) -> list[str | None]:
    return [page.page.duplicate_of for page in settle_duplicates(pages)]


def test_duplicates_second_photo_of_one_sheet_counts_once() -> None:
    blurred = [("白细胞计敷", "6.31", "3.5-9.5"), *SHEET[1:]]
    assert twins(read_page(1, SHEET), read_page(2, blurred)) == [None, "p1"]


def test_duplicates_same_template_with_other_results_is_another_sheet() -> None:
    later = [(name, f"{float(value) * 1.1:.2f}", reference) for name, value, reference in SHEET]
    assert twins(read_page(1, SHEET), read_page(2, later)) == [None, None]


def test_duplicates_picture_candidate_with_other_numbers_is_cleared() -> None:
    later = [(name, f"{float(value) * 1.1:.2f}", reference) for name, value, reference in SHEET]
    assert twins(read_page(1, SHEET), read_page(2, later, twin="p1")) == [None, None]


def test_duplicates_same_bytes_stay_duplicates_even_when_nothing_was_read() -> None:
    assert twins(read_page(1, [], sha="x"), read_page(2, [], sha="x")) == [None, "p1"]


def test_duplicates_unreadable_candidate_stays_a_candidate() -> None:
    assert twins(read_page(1, SHEET), read_page(2, [], twin="p1")) == [None, "p1"]


def test_duplicates_short_pages_are_never_twins_by_text() -> None:
    assert twins(read_page(1, SHEET[:1]), read_page(2, SHEET[:1])) == [None, None]


def test_duplicates_point_at_the_first_of_three() -> None:
    assert twins(read_page(1, SHEET), read_page(2, SHEET), read_page(3, SHEET)) == [None, "p1", "p1"]
