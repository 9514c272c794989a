"""Processes of this machine and workers of a cluster say what this process says."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

import pytest

from pipeline.audit.replay import ClusterError, HeldFacts, Replay, WorkError, replay
from pipeline.audit.replay.bundle import Bundle, BundleError, pack, program_digest
from pipeline.audit.replay.records import Chunk
from pipeline.audit.replay.runners import Processes
from rules.engine import Region
from rules.engine.rules_at import RulesAt
from tests.audit.replay.conftest import RULES, records


def same(found: Replay, expected: Replay) -> bool:
    return (found.data(), found.rows) == (expected.data(), expected.rows)


def test_replay_packed_rules_are_the_same_rules(
    two_versions: tuple[RulesAt, RulesAt], loaded: tuple[Region, Region], tmp_path: Path
) -> None:
    old, new = two_versions
    folder = tmp_path / "extra"
    (folder / "region.yaml").parent.mkdir()
    (folder / "region.yaml").write_text("extends: jiangxi\nversion: 试\n", "utf-8")
    extra = RulesAt(rules_dir=old.rules_dir, region="jiangxi", extra=folder)
    for at in (old, extra):
        region = at.load()
        packed = pack(at, region)
        assert packed.load().sha256 == region.sha256
        assert not any("cases" in name for name in packed.files)
    packed = pack(old, loaded[0]), pack(new, loaded[1])
    with pytest.raises(BundleError, match="不一致"):
        changed(packed[0], sha256="0").load()
    with pytest.raises(BundleError, match="版本不同"):
        Bundle(*packed, "other program").load()
    there = Bundle(*packed, program_digest()).load()
    assert [region.sha256 for region in there] == [region.sha256 for region in loaded]


@pytest.mark.slow
def test_replay_packs_a_region_with_those_above_it() -> None:
    at = RulesAt(rules_dir=RULES, region="shangrao")
    region = at.load()
    assert pack(at, region).load().sha256 == region.sha256


@pytest.mark.slow
def test_replay_in_two_processes_is_the_same(two_versions: tuple[RulesAt, RulesAt], two_diseases: Region) -> None:
    rows = records(two_diseases, 1200)
    source = HeldFacts(lambda: rows)
    assert same(replay(source, *two_versions, processes=2), replay(source, *two_versions, processes=1))


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    """A cluster of two worker processes on this machine."""
    distributed = importlib.import_module("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.slow
def test_replay_on_a_cluster_is_the_same(
    two_versions: tuple[RulesAt, RulesAt], two_diseases: Region, scheduler: str
) -> None:
    rows = records(two_diseases, 1200)
    source = HeldFacts(lambda: rows)
    expected = replay(source, *two_versions, processes=1)
    assert expected.changed
    assert same(replay(source, *two_versions, cluster=scheduler), expected)


@pytest.mark.slow
def test_replay_says_that_there_is_no_cluster(
    two_versions: tuple[RulesAt, RulesAt], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.audit.replay.cluster._CONNECT_SECONDS", 1)
    with pytest.raises(ClusterError, match="连不上集群"):
        replay(HeldFacts(lambda: ()), *two_versions, cluster="tcp://127.0.0.1:9")


class _Ending:
    """Work that ends its process, as the system does when memory runs out."""

    def ready(self) -> Callable[[Chunk], None]:
        return _end


def _end(chunk: Chunk) -> None:
    os._exit(9)


@pytest.mark.slow
def test_replay_says_that_a_process_was_ended() -> None:
    with pytest.raises(WorkError, match="被系统结束"):
        list(Processes(_Ending(), 2).run([Chunk(0, ()), Chunk(1, ())]))


@pytest.mark.slow
def test_replay_processes_load_no_readers_of_tables() -> None:
    """They start quickly; and duckdb complains on stderr in a process whose objects were frozen."""
    heavy = {"duckdb", "pyarrow", "numpy", "jinja2", "distributed"}
    code = f"import sys, pipeline.audit.replay.runners; sys.exit(bool({heavy!r} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
