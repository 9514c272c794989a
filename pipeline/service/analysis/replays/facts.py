"""The service's cases as records for replay: last facts of each, without identity, straight out of the database.

Nothing is written on the way: no file with clinical facts is left for a dashboard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from pipeline.audit.replay import Record
from pipeline.audit.rows import Rows
from pipeline.service.analysis.exporting import application_rows
from pipeline.service.office import Office
from pipeline.service.tables import Application

__all__ = ["ServiceFacts", "record_of"]


@dataclass(frozen=True)
class ServiceFacts:
    """Applications of one region that were ever handed in. Read anew, as of one moment, each time."""

    office: Office
    region: str

    @property
    def name(self) -> str:
        return "预审服务里提交过的申请"

    @property
    def fingerprint(self) -> str | None:
        return None  # people go on working: a run that was stopped begins again

    def count(self) -> int | None:
        """Applications; some may have no facts to be judged by."""
        query = select(func.count()).select_from(Application)
        mine = query.where(Application.region == self.region, Application.first_submitted_at.is_not(None))
        with self.office.database.read() as session:
            return session.scalar(mine)

    def records(self) -> Iterator[Record]:
        for rows in application_rows(self.office, regions=[self.region]):
            record = record_of(rows)
            if record is not None:
                yield record


def record_of(rows: Rows) -> Record | None:
    """Return the rows of one application as a record; None where it has no facts."""
    for row in rows.get("facts", ()):
        latest = {judgement["judgement_id"] for judgement in rows["judgements"] if judgement["latest"]}
        return Record(
            application=row["application_id"],
            diseases=tuple(name for name in row["diseases"].split(",") if name),
            facts=row["facts"],
            recorded=tuple(sorted((j["disease"], j["conclusion"]) for j in rows["judgements"] if j["latest"])),
            settled=tuple(
                sorted(
                    (item["disease"], item["criterion"], item["status"])
                    for item in rows["criteria"]
                    if item["judgement_id"] in latest
                    and item["machine_status"] is not None
                    and item["status"] != item["machine_status"]
                )
            ),
            region=row["region"],
        )
    return None
