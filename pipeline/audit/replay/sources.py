"""Sources of stored cases: an audit store, Parquet, lines of JSON, or records that a program holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

from pipeline.audit.replay.at_the_time import conclusions_told, items_settled
from pipeline.audit.replay.records import FactsSource, Record, SourceError
from pipeline.audit.replay.reports import ReportsOfFacts

__all__ = ["HeldFacts", "LinesOfFacts", "ParquetFacts", "open_facts"]

_BATCH = 500
_COLUMNS = ("application_id", "diseases", "facts")


def open_facts(path: Path) -> FactsSource:
    """Find the stored cases at ``path``.

    It is an audit store (a folder with ``facts.parquet`` in it or below it), a folder or file of Parquet with the
    columns of the table ``facts``, lines of JSON (``*.jsonl``, each ``{"application", "disease", "facts"}``), or a
    folder with ``report*.json`` in it or below it.

    Raises:
        SourceError: nothing of the kind is there.
    """
    if not path.exists():
        raise SourceError(f"没有这个文件或文件夹：{path}")
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    tables = [p for p in files if p.suffix == ".parquet" and (path.is_file() or _is_facts(path, p))]
    if tables:
        return ParquetFacts(tuple(tables), *(_beside(path, name) for name in ("judgements", "criteria")))
    lines = [p for p in files if p.suffix == ".jsonl"]
    if lines:
        return LinesOfFacts(tuple(lines))
    reports = [p for p in files if p.suffix == ".json" and p.name.startswith("report")]
    if reports:
        return ReportsOfFacts(tuple(reports))
    raise SourceError(f"里面没有供重判的事实（facts.parquet、*.jsonl 或 report.json）：{path}")


def _is_facts(folder: Path, file: Path) -> bool:
    return file.stem == "facts" or "facts" in file.relative_to(folder).parts[:-1]


def _beside(folder: Path, table: str) -> Path | None:
    found = sorted(folder.rglob(f"{table}.parquet")) if folder.is_dir() else []
    return found[0] if found else None


@dataclass(frozen=True)
class ParquetFacts:
    """The table ``facts`` of an audit store, and the conclusions of the time where ``judgements`` lies beside it."""

    files: tuple[Path, ...]
    judgements: Path | None = None
    criteria: Path | None = None

    @property
    def name(self) -> str:
        return "审计库"

    @property
    def fingerprint(self) -> str | None:
        return _stamp([*self.files, *(file for file in (self.judgements, self.criteria) if file)])

    def count(self) -> int | None:
        return sum(int(_opened(file).metadata.num_rows) for file in self.files)

    def records(self) -> Iterator[Record]:
        told = conclusions_told(self.judgements) if self.judgements else {}
        settled = items_settled(self.judgements, self.criteria) if self.judgements and self.criteria else {}
        for file in self.files:
            table = _opened(file)
            known = set(table.schema_arrow.names)
            lacking = [name for name in _COLUMNS if name not in known]
            if lacking:
                raise SourceError(f"{file.name} 里没有 {'、'.join(lacking)} 这一列")
            columns = [*_COLUMNS, *(["region"] if "region" in known else [])]
            for batch in table.iter_batches(batch_size=_BATCH, columns=columns):
                yield from _rows(batch, told, settled)


def _opened(file: Path) -> pq.ParquetFile:
    # Not at the top: processes that judge import this package and read no tables.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(file)
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"读不了 {file.name}（{type(error).__name__}）") from None


def _rows(
    batch: pa.RecordBatch,
    told: Mapping[str, tuple[tuple[str, str], ...]],
    settled: Mapping[str, tuple[tuple[str, str, str], ...]],
) -> Iterator[Record]:
    columns = batch.to_pydict()
    regions = columns.get("region", [""] * batch.num_rows)
    for application, diseases, facts, region in zip(*(columns[name] for name in _COLUMNS), regions, strict=True):
        ids = tuple(name for name in (diseases or "").split(",") if name)
        words = settled.get(application, ())
        yield Record(str(application), ids, facts or "", told.get(application, ()), words, region or "")


@dataclass(frozen=True)
class LinesOfFacts:
    """Lines of JSON. A line without ``application`` is called by its file and number."""

    files: tuple[Path, ...]

    @property
    def name(self) -> str:
        return "事实文件"

    @property
    def fingerprint(self) -> str | None:
        return _stamp(self.files)

    def count(self) -> int | None:
        return sum(_lines_in(file) for file in self.files)

    def records(self) -> Iterator[Record]:
        for file in self.files:
            with file.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        yield Record(f"{file.stem}:{number}", (), line)


def _lines_in(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


@dataclass(frozen=True)
class HeldFacts:
    """Records that a program makes; ``make`` is called anew each time."""

    make: Callable[[], Iterable[Record]]
    name: str = "事实"
    fingerprint: str | None = None

    def count(self) -> int | None:
        return None

    def records(self) -> Iterator[Record]:
        return iter(self.make())


def _stamp(files: Sequence[Path]) -> str:
    """Of names, sizes and times: to read hundreds of megabytes twice would cost more than it protects."""
    told = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
