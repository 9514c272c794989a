"""Writes a replay: ``replay.json``, ``replay.html`` and two tables of what changed as Parquet."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.audit.replay.effects import EFFECTS, Effect
from pipeline.audit.replay.page import render_page
from pipeline.audit.replay.people import UNKNOWN
from pipeline.audit.replay.result import Replay
from pipeline.audit.replay.words import why_words

__all__ = ["CASES", "CRITERIA", "write_replay"]

CASES = pa.schema(
    [
        pa.field("application_id", pa.string(), False, {"description": "申请（加密编号）"}),
        pa.field("disease", pa.string(), False, {"description": "病种（规则 id）"}),
        pa.field("as_of", pa.date32(), False, {"description": "申请日期"}),
        pa.field("conclusion_before", pa.string(), True, {"description": "按旧版的结论；空：旧版没有该病种"}),
        pa.field("conclusion_after", pa.string(), True, {"description": "按新版的结论；空：新版没有该病种"}),
        pa.field("effect", pa.string(), False, {"description": "对申请人的影响（代码）"}),
        pa.field("effect_text", pa.string(), False, {"description": "对申请人的影响"}),
        pa.field("kind", pa.int32(), False, {"description": "变化的种类，同 replay.json 的 kinds[].kind"}),
        pa.field("because", pa.string(), False, {"description": "规则的哪些改动，以；相连"}),
        pa.field("sex", pa.string(), True, {"description": "性别"}),
        pa.field("age_band", pa.string(), True, {"description": "年龄段"}),
    ]
)
"""One row for each case and disease that changed (``changes.parquet``)."""
CRITERIA = pa.schema(
    [
        pa.field("application_id", pa.string(), False, {"description": "申请（加密编号）"}),
        pa.field("disease", pa.string(), False, {"description": "病种（规则 id）"}),
        pa.field("kind", pa.int32(), False, {"description": "变化的种类"}),
        pa.field("criterion_before", pa.string(), True, {"description": "旧版的条目编号；空：旧版没有"}),
        pa.field("criterion", pa.string(), True, {"description": "新版的条目编号；空：新版没有"}),
        pa.field("status_before", pa.string(), True, {"description": "按旧版的状态"}),
        pa.field("status_after", pa.string(), True, {"description": "按新版的状态"}),
        pa.field("reason_before", pa.string(), False, {"description": "按旧版的原因代码"}),
        pa.field("reason_after", pa.string(), False, {"description": "按新版的原因代码"}),
    ]
)
"""One row for each item of them that came out differently (``changed_criteria.parquet``)."""


def write_replay(replay: Replay, folder: Path, *, seconds: float | None = None) -> tuple[Path, ...]:
    """Write everything into ``folder`` and return the files, the page first.

    Args:
        seconds: what the run took, to be told; nothing else in the files depends on the run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = replay.data()
    if seconds is not None:
        data["seconds"] = round(seconds, 1)
    page, told = folder / "replay.html", folder / "replay.json"
    cases, criteria = folder / "changes.parquet", folder / "changed_criteria.parquet"
    told.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    page.write_text(render_page(data), "utf-8")
    pq.write_table(_table(_cases(replay), CASES), cases)
    pq.write_table(_table(_criteria(replay), CRITERIA), criteria)
    return page, told, cases, criteria


def _table(rows: Iterator[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _cases(replay: Replay) -> Iterator[tuple[Any, ...]]:
    told = {group: (number, "；".join(why_words(group))) for number, group, _ in replay.kinds}
    for row in replay.rows:
        group = row.group
        number, because = told[group]
        effect = Effect(group.effect)
        people = [None if value == UNKNOWN else value for value in (row.sex, row.age)]
        day = dt.date.fromisoformat(row.as_of)
        yield (
            *(row.application, row.disease, day, group.before, group.after),
            *(effect.value, EFFECTS[effect], number, because, *people),
        )


def _criteria(replay: Replay) -> Iterator[tuple[Any, ...]]:
    numbers = {group: number for number, group, _ in replay.kinds}
    for row in replay.rows:
        for move in row.group.moves:
            yield (
                *(row.application, row.disease, numbers[row.group], move.old_item, move.item),
                *(move.before, move.after, move.reason_before, move.reason_after),
            )
