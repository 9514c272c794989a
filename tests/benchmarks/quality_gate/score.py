"""Counting what the gate did: false alarms on usable pages, detections by code."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Outcome", "lines_of", "wilson"]

_READ = 0.85
"""Share of print read from which a page was usable after all, whatever the camera did to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One page: what should have been said, what was said, how much was read."""

    name: str
    unusable: tuple[str, ...]
    refused: str | None
    warned: tuple[str, ...]
    recall: float
    printed: int
    seconds: float

    @property
    def codes(self) -> tuple[str, ...]:
        return (*((self.refused,) if self.refused else ()), *self.warned)

    @property
    def read_anyway(self) -> bool:
        return self.printed > 0 and self.recall >= _READ


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson's score interval); (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    z = 1.96
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def lines_of(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the report, line by line."""
    usable = [one for one in outcomes if not one.unusable]
    yield _share("usable pages refused (false alarms)", sum(one.refused is not None for one in usable), len(usable))
    yield _share("usable pages with a word on a part", sum(bool(one.warned) for one in usable), len(usable))
    read = [one for one in outcomes if one.read_anyway and "cut_off" not in one.unusable]
    yield _share("pages read well (>= 85% of print) refused", sum(one.refused is not None for one in read), len(read))
    lost = [one for one in outcomes if one.printed and one.recall < 0.5]
    yield _share("pages read badly (< 50% of print) told", sum(bool(one.codes) for one in lost), len(lost))
    yield ""
    yield "| code | pages | told | with this code | read well after all | of the others: told, with this code |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for code in sorted({code for one in outcomes for code in one.unusable}):
        of = [one for one in outcomes if code in one.unusable]
        hard = [one for one in of if code == "cut_off" or not one.read_anyway]
        told, named = _counts(of, code)
        told_hard, named_hard = _counts(hard, code)
        yield (
            f"| {code} | {len(of)} | {told} | {named} | {len(of) - len(hard)} "
            f"| {told_hard}/{len(hard)}, {named_hard}/{len(hard)} |"
        )
    yield ""
    alarms = Counter(code for one in usable for code in one.codes)
    yield "codes on usable pages: " + (", ".join(f"{code} {n}" for code, n in alarms.most_common()) or "none")
    seconds = sorted(one.seconds * 1000 for one in outcomes)
    yield f"CPU ms a page: median {seconds[len(seconds) // 2]:.0f}, highest {seconds[-1]:.0f}"
    for one in outcomes:
        if (not one.unusable and one.codes) or (one.unusable and not set(one.codes) & set(one.unusable)):
            yield f"  {one.name}: wanted {one.unusable or '-'}, said {one.codes or '-'}, read {one.recall:.2f}"


def _counts(of: Sequence[Outcome], code: str) -> tuple[int, int]:
    return sum(bool(one.codes) for one in of), sum(code in one.codes for one in of)


def _share(what: str, hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    share = f"{100 * hits / of:.1f}%" if of else "-"
    return f"{what}: {hits} of {of} = {share} (95% interval {100 * low:.1f}% to {100 * high:.1f}%)"
