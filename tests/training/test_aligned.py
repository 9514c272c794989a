from __future__ import annotations

from models.page_reader.labels import InputLine, Label
from pipeline.training.aligned import carried, misread, turned
from pipeline.training.truth import Piece, TrueLine, TruePage

PAGE = TruePage(
    width=400,
    height=200,
    lines=(
        TrueLine("姓名：张三", (10, 10, 60, 20), (Piece(0, 2, Label.KEY, 0), Piece(3, 5, Label.VALUE, 1))),
        TrueLine("性别：女", (70, 10, 110, 20), (Piece(0, 2, Label.KEY, 2), Piece(3, 4, Label.VALUE, 3))),
        TrueLine("白细胞计数", (10, 50, 60, 60), (Piece(0, 5, Label.ITEM_NAME, 4),)),
        TrueLine("6.52", (80, 50, 104, 60), (Piece(0, 4, Label.RESULT, 5),)),
    ),
    heads={1: 0, 3: 2, 5: 4},
    type="lab_report",
)


def _told(line: InputLine) -> list[tuple[str, Label, int]]:
    page = carried(PAGE, [line])
    return [(line.text[p.start : p.end], p.label, p.thing) for p in page.pieces[0]]


def test_carried_labels_stay_with_their_characters() -> None:
    assert _told(InputLine("姓名：张三", (11, 10, 61, 21))) == [("姓名", Label.KEY, 0), ("张三", Label.VALUE, 1)]


def test_carried_lines_read_as_one_keep_both_fields() -> None:
    assert _told(InputLine("姓名：张三性别：女", (10, 10, 111, 20))) == [
        ("姓名", Label.KEY, 0),
        ("张三", Label.VALUE, 1),
        ("性别", Label.KEY, 2),
        ("女", Label.VALUE, 3),
    ]


def test_carried_misread_and_lost_characters_keep_the_others_in_place() -> None:
    assert _told(InputLine("性名：张二", (10, 10, 60, 20))) == [("性名", Label.KEY, 0), ("张二", Label.VALUE, 1)]
    assert _told(InputLine("姓名张三", (10, 10, 60, 20))) == [("姓名", Label.KEY, 0), ("张三", Label.VALUE, 1)]
    assert _told(InputLine("白细胞计", (10, 50, 50, 60))) == [("白细胞计", Label.ITEM_NAME, 4)]


def test_carried_print_of_no_line_has_no_label() -> None:
    assert _told(InputLine("医务科", (300, 150, 340, 160))) == []
    assert _told(InputLine("医务科专用章", (80, 50, 110, 60))) == []


def test_misread_tells_characters_of_lines_that_are_alike() -> None:
    pairs = list(misread(PAGE, [InputLine("白细胞计薮", (10, 50, 60, 60)), InputLine("完全不同", (80, 50, 104, 60))]))
    assert [pair for pair in pairs if pair[0] != pair[1]] == [("数", "薮")]


def test_turned_four_quarters_come_back() -> None:
    box = (0.1, 0.2, 0.3, 0.25)
    assert turned(box, 0) == box
    once = turned(box, 90)
    assert once == (0.75, 0.1, 0.8, 0.3)
    assert all(abs(a - b) < 1e-9 for a, b in zip(turned(turned(once, 180), 90), box, strict=True))
