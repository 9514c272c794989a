"""Character error rate by place, whatever the order and the pieces."""

from __future__ import annotations

import pytest

from pipeline.evaluating.counting import Match
from pipeline.evaluating.text import Piece, TextScore, fold, group_lines, pieces, score_text
from tests.evaluating.made import kept_page, line, read_line, truth_page


@pytest.mark.parametrize(
    ("a", "b"),
    [("（尿 素）", "(尿素)"), ("10⁹/L", "109/L"), ("µmol", "μmol"), ("⽩细胞", "白细胞"), ("3–5", "3-5")],
)
def test_fold_brings_typography_together(a: str, b: str) -> None:
    assert fold(a) == fold(b)


def test_fold_keeps_what_a_reader_gets_wrong() -> None:
    assert fold("10^9/L") != fold("109/L")
    assert fold("O") != fold("0")


def test_order_does_not_matter() -> None:
    page = truth_page([line("肌酐 88", 0), line("尿素 5.1", 1)])
    read = kept_page([read_line("尿素 5.1", 1), read_line("肌酐 88", 0)])

    assert score_text(page, read) == TextScore(characters=9, lines=Match(2, 2, 2))


def test_edits_misses_and_inventions_are_told_apart() -> None:
    page = truth_page([line("肌酐88", 0), line("尿素", 1)])
    read = kept_page([read_line("肌酐83", 0), read_line("乱码字", 9)])

    score = score_text(page, read)

    assert score == TextScore(edits=1, missed=2, invented=3, characters=6, lines=Match(0, 2, 2))
    assert score.error_rate.value == 0.5
    assert score.invented_rate.value == 0.5


def test_rules_drawn_with_characters_are_no_text() -> None:
    page = truth_page([line("肌酐88", 0), line("-" * 60, 1), line("- - - - - -", 2)])
    assert score_text(page, kept_page([read_line("肌酐88", 0)])) == TextScore(characters=4, lines=Match(1, 1, 1))


def test_a_line_read_in_pieces_is_no_error() -> None:
    page = truth_page([line("肌酐 88 μmol/L", 0)])
    read = kept_page(
        [read_line("μmol/L", 0, x0=0.35), read_line("肌酐", 0, x1=0.2), read_line("88", 0, x0=0.25, x1=0.3)]
    )

    assert score_text(page, read).error_rate.value == 0


def test_two_columns_read_as_one_line_are_no_error() -> None:
    page = truth_page([line("右列", 0, x0=0.6, x1=0.9), line("左列", 0)])
    read = kept_page([read_line("左列右列", 0, x0=0.1, x1=0.9)])

    assert score_text(page, read).error_rate.value == 0


def test_same_words_elsewhere_do_not_make_up_for_a_missed_line() -> None:
    page = truth_page([line("肌酐", 0), line("肌酐", 5)])

    assert score_text(page, kept_page([read_line("肌酐", 0)])).missed == 2


def test_a_line_read_twice_is_invented_once() -> None:
    page = truth_page([line("肌酐", 0)])

    score = score_text(page, kept_page([read_line("肌酐", 0), read_line("肌酐", 0)]))

    assert (score.edits, score.missed, score.invented) == (0, 0, 2)


def test_sloping_lines_with_tall_boxes_keep_to_their_own() -> None:
    # On a skewed photograph upright boxes of neighbours overlap by half.
    texts = ["白细胞计数", "红细胞计数", "血小板计数"]
    page = truth_page([line(t, i, height=0.05) for i, t in enumerate(texts)])
    read = kept_page([read_line(t, i, height=0.05) for i, t in enumerate(texts) if i != 1])

    score = score_text(page, read)

    assert (score.edits, score.missed, score.invented) == (0, 5, 0)


def test_a_turned_page_is_read_in_its_own_direction() -> None:
    # Upright "左右" on a page displayed a quarter turn anticlockwise: the first half stands below the second.
    printed = line("左右", 0)
    sideways = type(printed)("左右", (0.5, 0.2, 0.52, 0.8))
    page = truth_page([sideways], angle=90)
    below, above = read_line("左", 0), read_line("右", 0)
    read = kept_page([type(above)("右", (0.5, 0.2, 0.52, 0.48), 1), type(below)("左", (0.5, 0.52, 0.52, 0.8), 1)])

    assert score_text(page, read).error_rate.value == 0


def test_nothing_read_is_all_missed() -> None:
    page = truth_page([line("肌酐", 0)])

    assert score_text(page, None).error_rate.value == 1
    assert score_text(page, kept_page()).missed == 2


def test_everything_invented_has_no_rate_but_a_count() -> None:
    score = score_text(truth_page([]), kept_page([read_line("乱码", 0)]))

    assert score.error_rate.value is None
    assert score.invented == 2


def test_pages_without_recorded_lines_or_unusable_ones_are_not_scored() -> None:
    assert score_text(truth_page(None), kept_page([read_line("肌酐", 0)])) == TextScore()
    assert score_text(truth_page([line("肌酐", 0)], unusable=("blurred",)), None) == TextScore()


def test_every_line_is_in_one_group() -> None:
    wanted = [line(str(i) * 3, i // 2, x0=0.1 + 0.2 * (i % 2), x1=0.5) for i in range(8)]
    found = [read_line(str(i) * 2, i // 3, x0=0.1, x1=0.6) for i in range(9)]

    groups = group_lines(wanted, found)

    assert sorted(t.text for g in groups for t in g.wanted) == sorted(t.text for t in wanted)
    assert sorted(t.text for g in groups for t in g.found) == sorted(t.text for t in found)


def test_pieces_mark_what_differs() -> None:
    assert pieces("肌酐88.52μ", "肌酐8852u↑") == (
        Piece("same", "肌酐88", "肌酐88"),
        Piece("missed", ".", ""),
        Piece("same", "52", "52"),
        Piece("wrong", "μ", "u↑"),
    )
