from __future__ import annotations

import numpy as np
import pytest

from models.page_reader.labels import Label
from models.page_reader.links import linked


def _scores(pairs: dict[tuple[int, int], float], tokens: int) -> np.ndarray:
    scores = np.full((tokens, tokens), -20.0, np.float32)
    for place, value in pairs.items():
        scores[place] = value
    return scores


def test_links_two_results_never_share_an_item() -> None:
    labels = [Label.ITEM_NAME, Label.ITEM_NAME, Label.RESULT, Label.RESULT]
    # Both results like the first item best; the second one has a good second choice.
    scores = _scores({(3, 1): 5.0, (4, 1): 4.0, (4, 2): 3.5}, 5)
    found = linked(scores, labels, [1, 2, 3, 4])
    assert [head for head, _ in found] == [None, None, 0, 1]
    assert found[3][1] == pytest.approx(np.exp(3.5) / (np.exp(4) + np.exp(3.5)), abs=1e-3)


def test_links_result_whose_item_is_taken_rather_belongs_to_none() -> None:
    labels = [Label.ITEM_NAME, Label.ITEM_NAME, Label.RESULT, Label.RESULT]
    scores = _scores({(3, 1): 9.0, (4, 1): 8.0, (4, 2): -2.0}, 5)
    assert [head for head, _ in linked(scores, labels, [1, 2, 3, 4])] == [None, None, 0, None]


def test_links_many_values_and_texts_may_share_a_head() -> None:
    labels = [Label.SECTION, Label.DIAGNOSIS, Label.DIAGNOSIS, Label.TEXT]
    scores = _scores({(2, 1): 5.0, (3, 1): 5.0, (4, 1): 5.0}, 5)
    assert [head for head, _ in linked(scores, labels, [1, 2, 3, 4])] == [None, 0, 0, 0]


def test_links_go_only_to_heads_that_fit_and_never_to_oneself() -> None:
    labels = [Label.KEY, Label.ITEM_NAME, Label.VALUE, Label.ITEM_NAME]
    scores = _scores({(3, 2): 9.0, (3, 1): 1.0, (2, 2): 9.0, (4, 2): 6.0}, 5)
    assert [head for head, _ in linked(scores, labels, [1, 2, 3, 4])] == [None, None, 0, 1]


def test_links_without_any_head_are_none() -> None:
    found = linked(_scores({(1, 0): 3.0}, 2), [Label.RESULT], [1])
    assert found == [(None, pytest.approx(1.0))]
