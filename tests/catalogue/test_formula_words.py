"""A formula in words says what the formula says, and only that."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.catalogue.formula_words import formula_groups, formula_words
from rules.engine import Region
from rules.engine.formula import AtLeast, Formula, Item, parse_formula

WORDS = {
    "1": "第1项必须有",
    "1 & 2": "第1、2项都要",
    "1 & 2 & 3": "第1至3项都要",
    "1.1 & 1.2": "第1.1、1.2项都要",
    "1 & 6": "第1、6项都要",
    "A & B": "第A、B项都要",
    "1 | 2": "第1、2项任意一项",
    "any(1: 1, 2, 3)": "第1至3项任意一项",
    "any(2: 2-5)": "第2至5项至少两项",
    "any(3: 1, 2, 3)": "第1至3项都要",
    "any(1: 4)": "第4项必须有",
    "1 & 2 & any(1: 3-7)": "第1、2项都要，第3至7项任意一项",
    "1 & any(1: 2, 3)": "第1项必须有，第2、3项任意一项",
    "1 & (2 | 3)": "第1项必须有，第2、3项任意一项",
    "1 & 7 & any(2: 2-6)": "第1、7项都要，第2至6项至少两项",
    "any(1: 2, 3) & any(2: 4-6) & 1": "第1项必须有，第2、3项任意一项，第4至6项至少两项",
    "any(11: 1-12)": "第1至12项至少11项",
    "(1 & 2) | (1 & 3 & 4)": "下面两种情况有一种即可：①第1、2项都要；②第1、3、4项都要",
    "1 | (2 & 3)": "下面两种情况有一种即可：①有第1项；②第2、3项都要",
    "1 & (2 | (3 & 4))": "第1项必须有，下面两种情况有一种即可：①有第2项；②第3、4项都要",
    "1 & any(2: 2, 3, 4 & 5)": "第1项必须有，下面三种情况至少要有两种：①有第2项；②有第3项；③第4、5项都要",
    "(1 | (2 & 3)) & (4 | (5 & 6))": (
        "〔下面两种情况有一种即可：①有第1项；②第2、3项都要〕，〔下面两种情况有一种即可：①有第4项；②第5、6项都要〕"
    ),
    "1 | (2 & (3 | (4 & 5)))": (
        "下面两种情况有一种即可：①有第1项；②第2项必须有，〔下面两种情况有一种即可：⑴有第3项；⑵第4、5项都要〕"
    ),
    "1 | any(2: 2, 3, 4 & 5)": (
        "下面两种情况有一种即可：①有第1项；②〔下面三种情况至少要有两种：⑴有第2项；⑵有第3项；⑶第4、5项都要〕"
    ),
    "1 | any(2: 2-4)": "下面两种情况有一种即可：①有第1项；②第2至4项至少两项",
}


@pytest.mark.parametrize(("formula", "words"), WORDS.items())
def test_formula_words_of_every_kind(formula: str, words: str) -> None:
    assert formula_words(parse_formula(formula)) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 & 2 & 3", "(1 & 2) & 3"),
        ("1 | 2 | 3", "any(1: 1, any(1: 2, 3))"),
        ("any(2: 1, 2)", "1 & 2"),
        ("1 & 1", "1"),
        ("1 & (any(1: 2))", "1 & 2"),
    ],
)
def test_formula_words_are_those_of_the_meaning(one: str, other: str) -> None:
    assert formula_words(parse_formula(one)) == formula_words(parse_formula(other))


def test_formula_words_name_every_item_of_the_region(region: Region) -> None:
    for rule in region.rules:
        regime = rule.latest
        assert regime is not None
        ids = [item.id for item in rule.items]
        assert sorted(id for group in formula_groups(regime.formula) for id in group.items) == sorted(ids)
        assert formula_words(regime.formula)


GROUPS = {
    "1": [("这一项必须有", "1")],
    "1 & 2": [("这 2 项都要", "12")],
    "1 & 2 & any(1: 3-7)": [("这 2 项都要", "12"), ("下面 5 项，任意一项即可", "34567")],
    "1 & 7 & any(2: 2-6)": [("这 2 项都要", "17"), ("下面 5 项，至少要有两项", "23456")],
    "any(1: 1, 2)": [("下面 2 项，任意一项即可", "12")],
    "(1 & 2) | (1 & 3)": [("", "123")],
    "any(1: 1, 2) & any(1: 2, 3)": [("", "123")],
    "1 & (2 | (3 & 4))": [("", "1234")],
}


@pytest.mark.parametrize(("formula", "groups"), GROUPS.items())
def test_formula_groups_follow_the_formula(formula: str, groups: list[tuple[str, str]]) -> None:
    found = formula_groups(parse_formula(formula))
    assert [(group.words, "".join(group.items)) for group in found] == groups


def _formulas() -> st.SearchStrategy[Formula]:
    items = st.sampled_from("12345").map(Item)

    def grow(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        parts = st.lists(inner, min_size=1, max_size=3)
        return parts.flatmap(
            lambda p: st.integers(1, len(p)).map(lambda k: AtLeast(kind="any", k=k, parts=tuple(p))),
        )

    return st.recursive(items, grow, max_leaves=7)


def _truth_table(formula: Formula) -> tuple[bool | None, ...]:
    return tuple(
        formula.value(dict(zip("12345", bits, strict=True))) for bits in product((True, False, None), repeat=5)
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(_formulas(), min_size=8, max_size=8))
def test_formula_words_never_the_same_for_two_meanings(formulas: list[Formula]) -> None:
    meanings: dict[str, tuple[bool | None, ...]] = {}
    for formula in formulas:
        table = _truth_table(formula)
        assert meanings.setdefault(formula_words(formula), table) == table
