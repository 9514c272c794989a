"""Seconds and CPU seconds per page by stage, and memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.evaluating.counting import NO_RATIO, Ratio
from pipeline.evaluating.kept import KeptCase

__all__ = ["CostScore", "score_cost"]


@dataclass(frozen=True, slots=True)
class CostScore:
    """Parts are seconds, wholes are pages. The first case of a run is kept apart: it starts processes, loads models."""

    seconds: Mapping[str, Ratio] = field(default_factory=dict)
    cpu_seconds: Mapping[str, Ratio] = field(default_factory=dict)
    cold_seconds: Ratio = NO_RATIO
    memory: tuple[tuple[str, int, int], ...] = ()
    """Case, bytes of all processes, bytes of the largest worker, each at its peak, in the order of the run."""

    @property
    def wall(self) -> Ratio:
        return _sum(self.seconds)

    @property
    def cpu(self) -> Ratio:
        return _sum(self.cpu_seconds)

    @property
    def peak(self) -> int:
        return max((total for _, total, _ in self.memory), default=0)

    @property
    def peak_worker(self) -> int:
        return max((worker for _, _, worker in self.memory), default=0)


def score_cost(kept: KeptCase) -> CostScore:
    """Return what one case took."""
    pages = len(kept.pages)
    cost = kept.cost
    memory = ((kept.case, cost.peak_bytes, cost.peak_worker_bytes),)
    if cost.cold or not pages:
        return CostScore(cold_seconds=Ratio(sum(cost.seconds.values()), pages), memory=memory)
    return CostScore(
        seconds={stage: Ratio(value, pages) for stage, value in cost.seconds.items()},
        cpu_seconds={stage: Ratio(value, pages) for stage, value in cost.cpu_seconds.items()},
        memory=memory,
    )


def _sum(stages: Mapping[str, Ratio]) -> Ratio:
    pages = max((ratio.whole for ratio in stages.values()), default=0.0)
    return Ratio(sum(ratio.part for ratio in stages.values()), pages)
