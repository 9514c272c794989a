# ruff: noqa: E501 - the text is Markdown
"""The data dictionary: every table and column of the star schema in words, made from the schema itself."""

from __future__ import annotations

from pathlib import Path

from pipeline.audit.schema import SCHEMA_VERSION, TABLES, Column, Table
from pipeline.settings import REPOSITORY

__all__ = ["DICTIONARY", "dictionary"]

DICTIONARY: Path = REPOSITORY / "docs" / "audit-data-dictionary.md"

_HEAD = """# 分析数据字典 · Data dictionary of the audit

<!-- Made by `python -m pipeline.audit`; a test keeps it equal to pipeline/audit/schema. Do not edit. -->

`yushen audit export` and the service write these tables as Parquet, one file a table, with `manifest.json` (schema version {version}, rules
versions, rows and SHA-256 of each file). `yushen audit example --out DIR` writes 6,000 invented applications. Any program that reads Parquet
will do; with DuckDB:

    duckdb -c "SELECT label, count(DISTINCT source_id) FROM 'DIR/reasons.parquet' WHERE origin = 'person' GROUP BY ALL ORDER BY 2 DESC"

**去除身份。** 没有姓名、证件号、电话、账号、文件名、原文摘录和备注；各种编号是加密哈希（HMAC-SHA-256，密钥留在导出单位），同一单位的两次导出可以对上，外人查不出是谁；
出生日期只留周岁，90 岁及以上记 90。医院不是个人，名称保留。只有 `facts/` 里有病历文字（去除身份后），供重判用；给别人时不带这个文件夹，其余照常可用。

**口径。** 日期按中国时间；工作日按国务院办公厅公布的节假日。“轮”指提交：首次为 1，每退回补件一次加 1。“机器”一律指未经人工更正的结果。
`person_verdict` 的来源见 `person_basis`：`correction` 人改过或亲自认定，`reason` 决定理由点了这一条，`standing` 没有改动就办结（视为同意，会使一致率偏高）。

**小数目。** `--suppress N`：年龄并为十岁一档、日期并到月；性别、年龄、医院、渠道合起来不足 N 份的逐项抹去，仍不足的整份不写，不带 `facts/`。表格里不足 N 的数另行遮盖，
连同能由合计推算出它的数（`pipeline.audit.suppression`）。

## Tables

| table | 中文 | 一行是 | key |
| --- | --- | --- | --- |
"""


def dictionary() -> str:
    """Return the dictionary as Markdown."""
    parts = [_HEAD.format(version=SCHEMA_VERSION)]
    parts += [f"| [`{t.name}`](#{t.name}) | {t.chinese} | {t.grain} | {_codes(t.key)} |\n" for t in TABLES]
    parts += [_table(t) for t in TABLES]
    return "".join(parts)


def _table(table: Table) -> str:
    lines = [
        f"\n## {table.name}\n\n{table.chinese}：{table.grain}。{table.english.capitalize()}.\n",
        "**敏感：单独存放。** " + "Sensitive: in a folder of its own.\n" if table.sensitive else "",
        "\n| column | type | 中文 | English | source |\n| --- | --- | --- | --- | --- |\n",
    ]
    return "".join(line for line in lines if line) + "".join(map(_row, table.columns))


def _row(column: Column) -> str:
    kind = column.kind.value + ("?" if column.nullable else "")
    chinese = column.chinese + (f"（{column.unit}）" if column.unit else "")
    if column.values:
        chinese += "：" + _codes(column.values)
    source = f"`{column.source}`" if column.source else ""
    return f"| `{column.name}` | {kind} | {chinese} | {column.english} | {source} |\n"


def _codes(names: tuple[str, ...]) -> str:
    return "、".join(f"`{name}`" for name in names)
