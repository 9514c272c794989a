"""What was said at the time, of an audit store: last conclusions, and items that a person took for something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

__all__ = ["conclusions_told", "items_settled"]

Told = tuple[tuple[str, str], ...]
Settled = tuple[tuple[str, str, str], ...]


def conclusions_told(judgements: Path) -> Mapping[str, Told]:
    """Disease and last conclusion, corrections applied, by application; nothing where the table lacks a column."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    sql = """
        SELECT application_id, disease, conclusion FROM read_parquet($judgements)
        WHERE latest AND conclusion IS NOT NULL ORDER BY ALL
    """
    for application, disease, conclusion in _query(sql, judgements=judgements):
        found[application].append((disease, conclusion))
    return {application: tuple(told) for application, told in found.items()}


def items_settled(judgements: Path, criteria: Path) -> Mapping[str, Settled]:
    """Disease, item and status where that of the last judgement is not the machine's, by application."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    sql = """
        SELECT c.application_id, c.disease, c.criterion, c.status
        FROM read_parquet($criteria) c JOIN read_parquet($judgements) j USING (judgement_id)
        WHERE j.latest AND c.status <> c.machine_status ORDER BY ALL
    """
    for application, disease, item, status in _query(sql, judgements=judgements, criteria=criteria):
        found[application].append((disease, item, status))
    return {application: tuple(told) for application, told in found.items()}


def _query(sql: str, **files: Path) -> list[tuple[str, ...]]:
    # Not at the top: processes that judge import this package and ask no questions.
    import duckdb

    try:
        with duckdb.connect(":memory:") as connection:
            return connection.execute(sql, {name: str(path) for name, path in files.items()}).fetchall()
    except duckdb.Error:
        # Another table of that name, or one of an older form: the replay does without.
        return []
