"""Runs a replay: chunks to those who judge them, parts kept on the way, the sum at the end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.audit.replay.bundle import Bundle, pack, program_digest
from pipeline.audit.replay.cluster import Cluster
from pipeline.audit.replay.judging import ChunkJudge
from pipeline.audit.replay.keeping import Kept
from pipeline.audit.replay.parts import Part, merge
from pipeline.audit.replay.plan import Plan, make_plan
from pipeline.audit.replay.records import CHUNK, Chunk, FactsSource, chunks_of
from pipeline.audit.replay.result import Replay
from pipeline.audit.replay.runners import Here, Processes, ReplayJob, Runner
from rules.engine import Region
from rules.engine.rules_at import RulesAt

__all__ = ["Progress", "replay", "replay_regions"]

Progress = Callable[[int, int | None], None]
"""Records done and of how many (None: not known)."""


def replay(
    source: FactsSource,
    old: RulesAt,
    new: RulesAt,
    *,
    processes: int = 2,
    cluster: str | None = None,
    everything: bool = False,
    keep: Path | None = None,
    progress: Progress | None = None,
) -> Replay:
    """Judge the cases of ``source`` by both versions and say what differs.

    Args:
        processes: of this machine; 1: none besides this one.
        cluster: address of a Dask scheduler, whose workers judge instead.
        everything: judge as well what provably comes out the same.
        keep: folder for what is done so far: a run that was stopped goes on there. None, or a source that cannot tell
            whether it is still the same: nothing is kept.

    Raises:
        RuleError: rules cannot be loaded.
        SourceError: the cases cannot be read.
        WorkError: a process was ended by the system, or the cluster cannot do it.
    """
    plan = make_plan(old.load(), new.load())
    runner: Runner[Part]
    if cluster is not None:
        bundle = Bundle(pack(old, plan.old), pack(new, plan.new), program_digest(), everything)
        runner = Cluster(cluster, bundle)
    elif processes > 1:
        runner = Processes(ReplayJob(old, new, everything), processes)
    else:
        runner = Here(ChunkJudge(plan, everything=everything).part)
    kept = None
    if keep is not None and source.fingerprint is not None:
        told = [source.fingerprint, plan.old.sha256, plan.new.sha256, program_digest(), everything, CHUNK]
        kept = Kept(keep, hashlib.sha256(json.dumps(told).encode()).hexdigest())
    whole = _sum(runner, source, kept, progress)
    if kept is not None:
        kept.clear()
    return Replay(plan, source.name, whole)


def replay_regions(source: FactsSource, old: Region, new: Region, *, everything: bool = False) -> Replay:
    """Like :func:`replay` with rules that are loaded already, in this process: for notebooks and small stores."""
    plan: Plan = make_plan(old, new)
    return Replay(plan, source.name, _sum(Here(ChunkJudge(plan, everything=everything).part), source, None, None))


def _sum(runner: Runner[Part], source: FactsSource, kept: Kept | None, progress: Progress | None) -> Part:
    done: dict[int, Part] = dict(kept.parts()) if kept is not None else {}
    total = source.count()
    count = sum(part.records for part in done.values())
    if progress is not None:
        progress(count, total)
    left: Iterable[Chunk] = _without(chunks_of(source.records()), frozenset(done))
    for number, part in runner.run(left):
        done[number] = part
        count += part.records
        if kept is not None:
            kept.add(number, part)
        if progress is not None:
            progress(count, total)
    return merge(done[number] for number in sorted(done))


def _without(chunks: Iterable[Chunk], done: frozenset[int]) -> Iterator[Chunk]:
    return (chunk for chunk in chunks if chunk.number not in done)
