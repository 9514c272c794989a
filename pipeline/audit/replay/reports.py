"""Stored cases out of a folder of report.json: facts as far as a report tells them, without identity."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.audit.replay.records import Record
from rules.engine.stored_facts import facts_to_json

__all__ = ["ReportsOfFacts"]


@dataclass(frozen=True)
class ReportsOfFacts:
    """Reports by their order: a path may name a person. Without decisions and corrections; ``yushen audit export``
    makes a store of them that joins with other questions."""

    files: tuple[Path, ...]

    @property
    def name(self) -> str:
        return "一批 report.json"

    @property
    def fingerprint(self) -> str | None:
        return None

    def count(self) -> int | None:
        return len(self.files)

    def records(self) -> Iterator[Record]:
        for number, path in enumerate(self.files, start=1):
            yield _record(f"report-{number:06d}", path)


def _record(name: str, path: Path) -> Record:
    """One that cannot be turned back has facts that nobody can read, so that it is counted."""
    # Not at the top: processes that judge import this package, and these bring the store with them.
    from pipeline.audit.deidentify import without_identity
    from pipeline.audit.exporting.facts import NotStoredError, facts_of_report

    try:
        report = json.loads(path.read_bytes())
        reviews = report["reviews"]
        told = tuple((review["disease"]["id"], review["conclusion"]) for review in reviews)
        facts = facts_to_json(without_identity(facts_of_report(report)))
        region = str(report["case"]["region"])
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, NotStoredError):
        return Record(name, (), b"")
    if not told:
        # Judged by nothing: no form named a disease and no diagnosis did.
        return Record(name, (), b"")
    return Record(name, tuple(disease for disease, _ in told), facts, told, (), region)
