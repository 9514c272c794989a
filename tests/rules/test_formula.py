"""Formulas: parsing, three-valued logic, failing closed."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine.formula import AtLeast, FormulaError, Item, at_least, parse_formula

T, F, N = True, False, None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 & 2 & any(1: 3, 4)", "1 & 2 & any(1: 3, 4)"),
        ("1&2&any(1:3,4)", "1 & 2 & any(1: 3, 4)"),
        ("1＆2＆any（1：3，4）", "1 & 2 & any(1: 3, 4)"),
        ("1 & any(2: 2-5)", "1 & any(2: 2, 3, 4, 5)"),
        ("1 & any(1: 3–7)", "1 & any(1: 3, 4, 5, 6, 7)"),
        ("(1 & 2) | (1 & 3 & 4)", "(1 & 2) | (1 & 3 & 4)"),
        ("1&2|3", "(1 & 2) | 3"),
        ("any(1: 1 & 2, 3)", "any(1: 1 & 2, 3)"),
        ("((1))", "1"),
    ],
)
def test_formula_parses(text: str, shown: str) -> None:
    assert parse_formula(text).text() == shown
    assert parse_formula(shown).text() == shown


REFUSED = ["", "1 &", "& 1", "1 2", "(1", "1)", "any(1:)", "any(0: 1)", "any(3: 1, 2)", "any(x: 1)", "any 1", "1 ^ 2"]


@pytest.mark.parametrize("text", [*REFUSED, "any(1: 5-3)", "()"])
def test_formula_refuses(text: str) -> None:
    with pytest.raises(FormulaError):
        parse_formula(text)


@pytest.mark.parametrize(
    ("k", "values", "expected"),
    [
        (1, [T, N], T),
        (1, [F, N], N),
        (1, [F, F], F),
        (2, [T, N], N),
        (2, [T, F], F),
        (2, [T, N, N], N),
        (2, [T, F, N], N),
        (3, [T, T, N], N),
        (3, [T, F, N], F),
    ],
)
def test_at_least_in_three_values(k: int, values: list[bool | None], expected: bool | None) -> None:
    assert at_least(k, values) is expected


@pytest.mark.parametrize(("k", "values"), [(0, [T]), (1, []), (0, []), (3, [T, T]), (-1, [T])])
def test_at_least_fails_closed_on_a_senseless_group(k: int, values: list[bool | None]) -> None:
    assert at_least(k, values) is None


def test_unknown_item_is_unknown_never_true() -> None:
    assert Item("9").value({"1": True}) is None
    assert AtLeast("any", 1, ()).value({}) is None


def formulas() -> st.SearchStrategy[object]:
    leaf = st.sampled_from(["1", "2", "3", "4"]).map(Item)

    def group(children: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
        return st.lists(children, min_size=1, max_size=4).flatmap(
            lambda parts: st.integers(1, len(parts)).map(lambda k: AtLeast("any", k, tuple(parts)))  # type: ignore[arg-type]
        )

    return st.recursive(leaf, group, max_leaves=8)


@given(formulas(), st.lists(st.sampled_from([T, F, N]), min_size=4, max_size=4))
def test_three_values_agree_with_every_completion(formula: Item | AtLeast, given_values: list[bool | None]) -> None:
    values = dict(zip("1234", given_values, strict=True))
    verdict = formula.value(values)
    open_items = [k for k, v in values.items() if v is None]
    outcomes = {
        formula.value({**values, **dict(zip(open_items, filled, strict=True))})
        for filled in itertools.product([T, F], repeat=len(open_items))
    }
    if verdict is not None:
        assert outcomes == {verdict}
    # A monotone formula that is unknown can go both ways.
    if verdict is None and len(set(formula.items())) == sum(1 for _ in formula.items()):
        assert outcomes == {T, F}
