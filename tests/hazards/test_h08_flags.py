"""H8: the mark before or after the value, H/L, * or none; a range column that slipped. The number rules."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.normalising.flags import check_flag
from rules.engine.facts import Flag
from tests.normalising.builder import lab, run

HIGH, LOW, MARK = Flag.HIGH, Flag.LOW, Flag.ABNORMAL


@pytest.mark.parametrize(
    ("text", "low", "high", "printed", "holds", "disagrees"),
    [
        ("812", "41", "111", HIGH, HIGH, False),
        ("812", "41", "111", None, HIGH, False),
        ("812", "41", "111", LOW, HIGH, True),
        ("812", "41", "111", MARK, HIGH, False),
        ("75", "41", "111", None, None, False),
        ("75", "41", "111", HIGH, None, True),
        ("75", "41", "111", LOW, None, True),
        ("75", "41", "111", MARK, None, True),
        ("30", "41", "111", LOW, LOW, False),
        ("30", "41", "111", HIGH, LOW, True),
        ("111", "41", "111", None, None, False),
        ("41", "41", "111", None, None, False),
        ("<5", "3", "8", LOW, LOW, False),
        ("<2", "3", "8", None, LOW, False),
        (">100", None, "40", HIGH, HIGH, False),
        ("50", None, "40", HIGH, HIGH, False),
        ("30", None, "40", LOW, LOW, False),
        ("30", None, "40", HIGH, None, True),
        ("70", "90", None, LOW, LOW, False),
        ("120", "90", None, LOW, None, True),
        ("5.0", None, None, HIGH, HIGH, False),
        ("阴性", None, None, MARK, MARK, False),
        ("5.0", "8", "3", HIGH, HIGH, False),
    ],
)
def test_mark_is_checked_against_value_and_range(
    text: str, low: str | None, high: str | None, printed: Flag | None, holds: Flag | None, disagrees: bool
) -> None:
    checked = check_flag(lab("肌酐", text, "umol/L", low, high, flag=printed))
    assert (checked.flag, checked.disagrees) == (holds, disagrees)


def test_disagreement_is_a_doubt_and_an_alert_with_its_place() -> None:
    rows, alerts = run([lab("葡萄糖", "7.8", "mmol/L", "3.9", "6.1", flag=LOW)])
    assert rows[0].value == Decimal("7.8")
    assert rows[0].flag is HIGH
    assert "flag_range_disagree" in rows[0].doubts
    (alert,) = [a for a in alerts if a.code == "flag_range_disagree"]
    assert alert.evidence == rows[0].evidence
    assert "葡萄糖" in alert.message


def test_a_lost_mark_is_no_doubt() -> None:
    marked = lab("尿素", "28.3", "mmol/L", "2.6", "9.5", flag=HIGH)
    rows, alerts = run([lab("肌酐", "812.4", "umol/L", "41", "111"), marked])
    assert rows[0].flag is HIGH
    assert rows[0].doubts == ()
    assert alerts == ()


def test_a_backward_range_is_doubted_and_decides_nothing() -> None:
    rows, _ = run([lab("肌酐", "75", "umol/L", "111", "41")])
    assert "reference_unreadable" in rows[0].doubts
    assert rows[0].flag is None


@pytest.mark.parametrize(
    ("text", "reference", "high"), [("阳性(+)", "阴性", None), ("0.02 阴性", "<1.0", "1.0"), ("1:320", "<1:100", None)]
)
def test_words_that_agree_are_no_doubt(text: str, reference: str, high: str | None) -> None:
    rows, _ = run([lab("抗核抗体", text, None, None, high, reference_text=reference)])
    assert rows[0].doubts == ()
    assert rows[0].polarity is ("阴性" not in text)


def test_words_against_the_number_are_a_doubt_and_no_polarity() -> None:
    row = lab("乙肝表面抗原", "250 阴性", "COI", None, "1.0", value=Decimal(250), reference_text="<1.0")
    rows, alerts = run([row])
    assert rows[0].polarity is None
    assert "flag_range_disagree" in rows[0].doubts
    assert "words_number_disagree" in {a.code for a in alerts}


@pytest.mark.parametrize(("text", "doubted"), [("812.4 1", False), ("95.3 1", True)])
def test_a_one_apart_from_the_number_is_looked_at_where_it_contradicts(text: str, doubted: bool) -> None:
    rows, _ = run([lab("肌酐", text, "umol/L", "41", "111", value=Decimal(text.split()[0]))])
    assert ("flag_range_disagree" in rows[0].doubts) is doubted
    assert rows[0].text == text
