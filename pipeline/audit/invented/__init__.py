"""Invented applications as rows of the star schema, with findings planted for an analyst to recover.

The machine's side is real: facts are made of papers and judged by the shipped rules, so a replay judges the same. The
people's side is simulated. Every person and hospital is invented.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from pipeline.audit.invented.papers import load_papers
from pipeline.audit.invented.story import Bureau, tell
from pipeline.audit.invented.world import PLANTED, SNAPSHOT, Planted
from pipeline.audit.rows import Rows
from pipeline.audit.store import Manifest, Store, Writer, open_store
from pipeline.settings import REPOSITORY
from rules.engine import Region, load_region

__all__ = ["COUNT", "PLANTED", "SEED", "Planted", "example_store", "invented", "write_invented"]

COUNT = 6000
SEED = 20261031
NOTE = "虚构数据：人员、医院、申请都是编造的，机器判断由随附规则真实得出，人的决定是模拟的。"


def invented(count: int = COUNT, seed: int = SEED, *, region: Region | None = None) -> Iterator[Rows]:
    """Yield the rows of ``count`` applications, one application at a time. The same seed gives the same rows."""
    region = region or load_region(REPOSITORY / "rules", "jiangxi")
    rules = {rule.id: rule for rule in region.rules}
    accepts = {(rule.id, item.id): tuple(item.accepts) for rule in region.rules for item in rule.items}
    bureau = Bureau(region, rules, load_papers(region.vocabulary), accepts)
    for number in range(count):
        yield tell(bureau, seed, number)


def write_invented(
    folder: Path,
    count: int = COUNT,
    seed: int = SEED,
    *,
    region: Region | None = None,
    replace: bool = False,
) -> Manifest:
    """Write a store of invented applications.

    Raises:
        StoreError: the folder cannot be written to.
    """
    region = region or load_region(REPOSITORY / "rules", "jiangxi")
    created = dt.datetime.combine(SNAPSHOT, dt.time(), dt.UTC)
    with Writer(folder, replace=replace) as writer:
        for rows in invented(count, seed, region=region):
            writer.add_all(rows)
        return writer.finish(source="invented", rules_versions=[region.version], created=created, notes=[NOTE])


_FOLDERS = ExitStack()
"""Folders that go when the process ends."""


def example_store() -> Store:
    """Open the store that the environment variable ``YUSHEN_AUDIT`` names, else one of invented applications.

    Raises:
        StoreError: the folder named holds no store.
    """
    named = os.environ.get("YUSHEN_AUDIT")
    if named:
        return open_store(Path(named))
    folder = Path(_FOLDERS.enter_context(tempfile.TemporaryDirectory(prefix="yushen-audit-"))) / "invented"
    write_invented(folder)
    return open_store(folder)
