"""Row accuracy on recorded readings, by layout family."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from tests.extracting.lab.sheets import families, recorded, score

# Rows the reader itself lost ("-" alone is not detected) or whose name it misread; everything else must be whole.
LOWEST = {
    "urine_words": 0.94,
    "typewriter": 0.87,
    "single_borderless": 0.96,
    "limits_in_two_columns": 0.97,
    "previous_results": 0.95,
}


@lru_cache(maxsize=64)
def total(family: str) -> Counter[str]:
    out: Counter[str] = Counter()
    for sheet in recorded(family):
        out.update(score(sheet))
    return out


@pytest.mark.parametrize("family", families())
def test_extract_rows_of_every_layout(family: str) -> None:
    counts = total(family)
    precision, recall = counts["row"] / max(counts["found"], 1), counts["row"] / counts["n"]
    f1 = 2 * precision * recall / (precision + recall)
    assert f1 >= LOWEST.get(family, 0.98), dict(counts)


@pytest.mark.parametrize("family", families())
def test_extract_never_a_wrong_number_without_doubt(family: str) -> None:
    assert total(family)["sure_wrong"] == 0


def test_extract_units_ranges_flags_and_times() -> None:
    everything: Counter[str] = Counter()
    for family in families():
        everything.update(total(family))
    assert everything["row"] >= 0.985 * everything["n"]
    assert everything["unit"] >= 0.96 * everything["n"]
    assert everything["reference"] >= 0.97 * everything["n"]
    assert everything["flag"] >= 0.93 * everything["n"]
    assert everything["time"] >= 0.96 * everything["n"]
