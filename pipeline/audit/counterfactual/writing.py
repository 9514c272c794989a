"""Writes what single materials would have settled: ``materials.json`` and the ranked items as Parquet."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.audit.counterfactual.materials import Materials

__all__ = ["ITEMS", "write_materials"]

_COLUMNS = (
    ("rank", pa.int32(), "名次：单凭这一项能达到标准的案件最多的在前"),
    ("disease", pa.string(), "病种（规则 id）"),
    ("disease_name", pa.string(), "病种名称"),
    ("criterion", pa.string(), "条目编号"),
    ("title", pa.string(), "条目"),
    ("material", pa.string(), "材料（规则包中的说法）"),
    ("lack", pa.string(), "缺什么（代码）：material、retake、person、evidence"),
    ("lack_text", pa.string(), "缺什么"),
    ("lacking", pa.int64(), "这一项未达到的判断，次"),
    ("settled", pa.int64(), "其中单凭这一项就能达到标准的，次"),
    ("decides_either_way", pa.int64(), "其中这一项成与不成都定结论的，次"),
    ("share_of_open", pa.float64(), "占该病种未达标准的判断的比例，0–1"),
)
ITEMS = pa.schema([pa.field(name, kind, True, {"description": text}) for name, kind, text in _COLUMNS])


def write_materials(found: Materials, folder: Path) -> tuple[Path, ...]:
    """Write everything into ``folder`` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    told, table = folder / "materials.json", folder / "materials.parquet"
    told.write_text(json.dumps(found.data(most=len(found.sums.alone)), ensure_ascii=False, indent=1), "utf-8")
    rows = [{name: row[name] for name in ITEMS.names} for row in found.ranked()]
    pq.write_table(pa.Table.from_pylist(rows, schema=ITEMS), table)
    return told, table
