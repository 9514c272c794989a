"""From the service's tables to a store, in one read transaction and application by application."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from pipeline.audit.deidentify import without_identity
from pipeline.audit.generalising import generalised
from pipeline.audit.rows import Rows
from pipeline.audit.store import Manifest, Writer
from pipeline.service.analysis.material import Material, Seen, batches, report_of
from pipeline.service.analysis.rows import Lookup, MachineItems, Report, rows_of
from pipeline.service.casework.judging import open_region
from pipeline.service.casework.stored import StoredCaseError, facts_from_bytes
from pipeline.service.office import Office
from pipeline.service.tables import Assessment
from rules.engine import Region, RuleError, judge
from rules.engine.facts import CaseFacts
from rules.engine.stored_facts import StoredFactsError, facts_from_json, facts_to_json

__all__ = ["Exported", "application_rows", "export_key", "export_service"]

_NOTE = "由预审服务的数据汇成；没有提交过的申请不在内。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export came to."""

    manifest: Manifest
    applications: int
    left_out: int
    """Applications left out because hardly any other shares their disease, month and region."""
    without_facts: int
    """Assessments whose facts cannot be read any more."""


def export_key(office: Office) -> bytes:
    """Return the key of ids in this office's exports: it never leaves the server, and a restored backup has it too."""
    return hmac.new(office.key, b"audit.export", hashlib.sha256).digest()


def export_service(
    office: Office,
    out: Path,
    key: bytes | None = None,
    *,
    facts: bool = True,
    replace: bool = False,
    smallest: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write every application that was ever handed in into a store at ``out``.

    Args:
        key: of the ids; None: :func:`export_key`.
        facts: keep facts for replay.
        smallest: how many applications have to share their traits (:mod:`pipeline.audit.generalising`); 0: any number.
        progress: called with the number of applications done.

    Raises:
        StoreError: ``out`` cannot be written to.
    """
    versions: set[str] = set()
    gathered: Rows = {}
    done = left_out = 0
    with Writer(out, replace=replace) as writer, office.database.snapshot() as session:
        created = office.now()
        reading = _Reading(session, office, key or export_key(office), facts=facts and smallest <= 1)
        for batch in batches(session):
            for material in batch:
                rows = rows_of(material, reading.lookup(material.case.region))
                versions |= {row["rules_version"] for row in rows.get("judgements", ())}
                if smallest > 1:
                    for table, some in rows.items():
                        gathered.setdefault(table, []).extend(some)
                else:
                    writer.add_all(rows)
                done += 1
            if progress:
                progress(done)
        if smallest > 1:
            gathered, left_out = generalised(gathered, smallest)
            writer.add_all(gathered)
        manifest = writer.finish(
            source="service",
            rules_versions=sorted(versions),
            created=created,
            suppressed_below=smallest,
            notes=[_NOTE],
        )
    return Exported(manifest=manifest, applications=done, left_out=left_out, without_facts=reading.lost)


def application_rows(office: Office, regions: Iterable[str] | None = None) -> Iterator[Rows]:
    """Yield the rows of each application that was ever handed in, facts among them, as of one moment; nothing is kept.

    Args:
        regions: of the applications; None: all.
    """
    with office.database.snapshot() as session:
        reading = _Reading(session, office, export_key(office), facts=True)
        for batch in batches(session, regions):
            for material in batch:
                yield rows_of(material, reading.lookup(material.case.region))


class _Reading:
    """Reads reports, and makes of them what may leave the service."""

    def __init__(self, session: Session, office: Office, key: bytes, *, facts: bool) -> None:
        self._session, self._office, self._key, self._facts = session, office, key, facts
        self._regions: dict[str, Region | None] = {}
        self._lookups: dict[str, Lookup] = {}
        self.lost = 0

    def lookup(self, region: str) -> Lookup:
        found = self._lookups.get(region)
        if found is None:
            rules = self._region(region)
            each = rules.rules if rules is not None else ()
            found = self._lookups[region] = Lookup(
                key=self._key,
                calendar=self._office.calendar,
                names={rule.id: rule.name for rule in each},
                accepts={(rule.id, item.id): tuple(item.accepts) for rule in each for item in rule.items},
                report=self._report,
            )
        return found

    def _region(self, region: str) -> Region | None:
        if region not in self._regions:
            try:
                self._regions[region] = open_region(self._office.settings.rules_dir, region)
            except (RuleError, OSError):
                self._regions[region] = None
        return self._regions[region]

    def _report(self, material: Material, seen: Seen) -> Report | None:
        found = report_of(self._session, seen.id)
        if found is None or not _whole(found[0]):
            return None
        report, stored = found
        items: MachineItems = {}
        machine: CaseFacts | None = None
        if report.get("corrections") or self._facts:
            machine = self._machine(seen.id)
        if report.get("corrections"):
            items = self._machine_items(report, machine, material.case.region)
        return Report(report, self._without_identity(material, stored, machine) if self._facts else "", items)

    def _machine(self, assessment: str) -> CaseFacts | None:
        query = select(Assessment).options(load_only(Assessment.application_id, Assessment.case_sealed))
        found = self._session.scalars(query.where(Assessment.id == assessment)).one_or_none()
        try:
            return facts_from_bytes(found.case if found is not None else b"")
        except StoredCaseError:
            return None

    def _machine_items(self, report: Mapping[str, Any], machine: CaseFacts | None, region: str) -> MachineItems:
        """Items as the machine alone judges them; unknown where its rules or facts are not at hand any more."""
        rules = self._region(region)
        items: dict[tuple[str, str], tuple[str | None, str | None]] = {}
        for review in report["reviews"]:
            disease = review["disease"]["id"]
            items |= {(disease, item["id"]): (None, None) for item in review["criteria"]}
            rule = next((r for r in rules.rules if r.id == disease), None) if rules is not None else None
            if rules is None or rule is None or machine is None:
                continue
            judged = judge(machine, rule, rules)
            if judged.ruleset.sha256 == review["ruleset"]["sha256"]:
                items |= {(disease, result.id): (result.status.value, result.reason) for result in judged.criteria}
        return items

    def _without_identity(self, material: Material, stored: str, machine: CaseFacts | None) -> str:
        """The facts without the person, also without names that only the papers tell; empty where they are damaged."""
        names = [*material.names]
        if machine is not None:
            names += [person.name for person in machine.patient if isinstance(person.name, str)]
        try:
            return facts_to_json(without_identity(facts_from_json(stored), names=names))
        except StoredFactsError:
            self.lost += 1
            return ""


def _whole(report: Mapping[str, Any]) -> bool:
    return isinstance(report.get("reviews"), list) and "case" in report and "documents" in report
