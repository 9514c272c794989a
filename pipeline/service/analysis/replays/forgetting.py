"""Results of replays that name an application which is gone: they tell what its papers said, so they go too."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pipeline.audit.identity import keyed
from pipeline.service.analysis.exporting import export_key
from pipeline.service.analysis.replays.runs import RESULT, State, folder_of_run, runs_of, state_of
from pipeline.service.office import Office
from pipeline.service.tables import Application

__all__ = ["forget_gone"]


def forget_gone(office: Office) -> int:
    """Delete whole results with a case that the service does not have any more; return how many."""
    done = [run for run in runs_of(office) if state_of(office, run) is State.DONE]
    if not done:
        return 0
    key = export_key(office)
    with office.database.read() as session:
        known = {keyed(key, "application", id) for id in session.scalars(select(Application.id))}
    gone = [run for run in done if not set(_named(folder_of_run(office, run.id) / RESULT)) <= known]
    for run in gone:
        shutil.rmtree(folder_of_run(office, run.id), ignore_errors=True)
    return len(gone)


def _named(result: Path) -> Iterator[str]:
    """De-identified ids of all applications that a result tells of one by one."""
    import pyarrow.parquet as pq  # large, and few have replays

    for name in ("changes.parquet", "changed_criteria.parquet"):
        yield from pq.read_table(result / name, columns=["application_id"]).column(0).to_pylist()
    data: dict[str, Any] = json.loads((result / "replay.json").read_text("utf-8"))
    yield from data["broken_samples"]
    for disease in data["diseases"]:
        for kind in disease["kinds"]:
            yield from (sample["application"] for sample in kind["samples"])
