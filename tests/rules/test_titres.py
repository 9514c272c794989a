"""Titres: which form a result is told in, and what is more than 1:20."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rules.engine.facts import LabResult
from rules.engine.predicates.lab import Comparison
from rules.engine.predicates.titres import form_of, more_than


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1:40", True),
        ("1：80", True),
        ("阳性(1:320)", True),
        (">1:20", True),
        ("1:20", False),
        ("1:10", False),
        ("<1:20", False),
        ("≥1:20", None),
        ("<1:40", None),
        (">1:10", None),
        ("1:20-1:40", None),
        ("阳性", None),
    ],
)
def test_more_than_is_strict_and_leaves_open_what_is_open(text: str, expected: bool | None) -> None:
    assert more_than(text, 20) is expected


@pytest.mark.parametrize(
    ("text", "value", "form"), [("1:40", None, "titre"), ("阴性", None, "words"), ("86", Decimal(86), "number")]
)
def test_form_of_tells_titres_words_and_numbers(text: str, value: Decimal | None, form: str) -> None:
    assert form_of(LabResult(document="d1", name="RF", text=text, value=value)) == form


def test_comparison_refuses_a_titre_beside_a_bound() -> None:
    with pytest.raises(ValueError, match="只写一种判法"):
        Comparison(analyte="rheumatoid_factor", titre_above=20, positive=True)
    with pytest.raises(ValueError, match="titre_above 只看滴度"):
        Comparison(analyte="rheumatoid_factor", titre_above=20, form="number")
