"""The star schema as data: the only place where tables and columns are named.

Nothing in it names a person: no name, number, phone, account, file name, quote or note. Ids are keyed hashes
(:func:`pipeline.audit.identity.keyed`) whose key stays with whoever exports, so that two exports of one bureau join and
nobody else can find a case by its number. Hospitals stay: a hospital is no person. Only :data:`FACTS` holds clinical
text; it lies in a folder of its own.
"""

from __future__ import annotations

from pipeline.audit.schema.cases import APPLICATIONS, DOCUMENTS, FACTS, QUALITY, TIMINGS
from pipeline.audit.schema.columns import Column, Kind, Table
from pipeline.audit.schema.deciding import CORRECTIONS, DECISIONS, REASONS
from pipeline.audit.schema.judging import CRITERIA, JUDGEMENTS, NEEDS, READINGS

__all__ = ["SCHEMA_VERSION", "TABLES", "Column", "Kind", "Table", "table"]

SCHEMA_VERSION = 1
"""Changes when a column is renamed or means something else; columns may be added without."""

TABLES: tuple[Table, ...] = (
    APPLICATIONS,
    JUDGEMENTS,
    CRITERIA,
    READINGS,
    NEEDS,
    REASONS,
    DECISIONS,
    CORRECTIONS,
    TIMINGS,
    DOCUMENTS,
    QUALITY,
    FACTS,
)


def table(name: str) -> Table:
    """Return the table of that name.

    Raises:
        KeyError: there is none.
    """
    for found in TABLES:
        if found.name == name:
            return found
    raise KeyError(name)
