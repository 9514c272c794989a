"""A run: every case of a folder reviewed with one warm reader, each result kept at once, so that a run can be resumed.

A run folder is private to the user and holds ``cases/<case>.json``, ``truth/<case>/``, ``pages/`` (small pictures),
``scores.json``, ``history.jsonl`` and ``evaluation.html``.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipeline.evaluating.kept import KeptCase, KeptCost, KeptError, Place, keep
from pipeline.evaluating.kept import load as load_kept
from pipeline.evaluating.measuring import Meter
from pipeline.evaluating.truth import Truth, load_truth, truth_folders
from pipeline.evaluating.versions import case_digest, code_digest, digest, settings_digest
from pipeline.intake import Decoder
from pipeline.learned import Asked, Finders, open_page_reader
from pipeline.nouns import Review
from pipeline.reading import Reader
from pipeline.review import Clock, NothingToReviewError, Request, Uploads, conclude, read_uploads, understand
from pipeline.settings import Settings
from rules.engine import Region, load_region
from rules.engine.facts import CaseFacts

__all__ = ["Case", "Pair", "RunError", "choose_cases", "load_beside", "load_run", "run_cases"]

PICTURE_SIDE = 1100
"""Longest side of the small pictures, pixels: print is still legible."""

Note = Callable[[int, int, str, bool], None]
"""Called with (cases done, cases in all, case, whether it was kept from before)."""


class RunError(ValueError):
    """A run cannot start or be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case to review. ``id`` is its place below the folder given, with ``__`` for the separator."""

    id: str
    truth: Truth


@dataclass(frozen=True, slots=True)
class Pair:
    """Truth of a case and what the review made of it."""

    truth: Truth
    kept: KeptCase


def choose_cases(root: Path, *, split: str | None = None, limit: int | None = None) -> tuple[Case, ...]:
    """Return the cases below ``root``, those of ``split`` alone, at most ``limit``, spread evenly over all.

    Raises:
        RunError: there is none.
        pipeline.evaluating.truth.TruthError: a truth file is broken.
    """
    found = []
    for folder in truth_folders(root):
        truth = load_truth(folder)
        if split is None or any(page.split == split for page in truth.pages):
            found.append(Case("__".join(folder.relative_to(root).parts) or folder.name, truth))
    if not found:
        raise RunError(f"no case with truth.json or truth.yaml in {root}" + (f" of split {split}" if split else ""))
    if limit is not None and limit < len(found):
        found = [found[index * len(found) // limit] for index in range(limit)]
    return tuple(found)


def run_cases(
    cases: Sequence[Case],
    out: Path,
    *,
    settings: Settings,
    fresh: bool = False,
    readings: Path | None = None,
    note: Note | None = None,
    finders: Finders = Finders.BOTH,
    beside: Sequence[Finders] = (),
) -> tuple[Pair, ...]:
    """Review every case and keep the results below ``out``; results that are there and still hold are not made again.

    A case whose review fails is kept with ``failed`` and counts as nothing read. ``readings`` is a folder of page
    readings to use again, whatever the code of reading has become since; see :class:`pipeline.reading.Reader`.

    Args:
        finders: who looks for facts.
        beside: others whose facts are kept as well, of the same readings; :func:`load_beside` returns them.
    """
    page_reader = open_page_reader(settings.extracting)
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("cases", "truth", "pages"):
        (out / name).mkdir(exist_ok=True, mode=0o700)
    wanted = {case.id for case in cases}
    for path in (out / "cases").glob("*.json"):
        if path.stem not in wanted:
            path.unlink()
    pairs, cold = [], True
    with Reader(settings.ocr, readings=readings) as reader, Decoder(settings.intake) as decoder:
        for done, case in enumerate(cases, start=1):
            folder = case.truth.folder
            weights = page_reader.version if page_reader is not None else ""
            key = digest([case_digest(folder), code_digest(), settings_digest(settings), finders, weights])
            path = out / "cases" / f"{case.id}.json"
            others = {one: _beside(out, one) / f"{case.id}.json" for one in beside}
            kept = None if fresh else _still_good(path, key)
            if kept is not None and not kept.failed and not all(_still_good(other, key) for other in others.values()):
                kept = None
            again = kept is not None
            if kept is None:
                todo = _Todo(case, key, out, settings, finders, page_reader, others)
                kept = _review(todo.case, todo.key, todo, reader, decoder, cold=cold)
                cold = False
                _keep_truth(folder, out / "truth" / case.id)
                _write(path, kept.to_json())
            pairs.append(Pair(case.truth, kept))
            if note is not None:
                note(done, len(cases), case.id, again)
    return tuple(pairs)


def _beside(out: Path, finders: Finders) -> Path:
    return out / "beside" / finders.value


def load_beside(out: Path, pairs: Sequence[Pair], finders: Finders) -> tuple[Pair, ...]:
    """Return what ``finders`` found in the cases of ``pairs``, as :func:`run_cases` kept it beside them.

    A case that could not be reviewed failed for all alike.

    Raises:
        KeptError: a case was not run so.
    """
    return tuple(
        p if p.kept.failed else Pair(p.truth, load_kept(_beside(out, finders) / f"{p.kept.case}.json")) for p in pairs
    )


def load_run(out: Path) -> tuple[Pair, ...]:
    """Return truth and kept result of every case of a run that was made before.

    Raises:
        RunError: no case is kept there.
        KeptError, pipeline.evaluating.truth.TruthError: a file of it is broken.
    """
    pairs = tuple(
        Pair(load_truth(out / "truth" / path.stem), load_kept(path)) for path in sorted((out / "cases").glob("*.json"))
    )
    if not pairs:
        raise RunError(f"no run in {out}")
    return pairs


def _still_good(path: Path, key: str) -> KeptCase | None:
    try:
        kept = load_kept(path)
    except KeptError:
        return None
    return kept if kept.key == key else None


@dataclass(frozen=True, slots=True)
class _Todo:
    """A case, what to make of it, and where."""

    case: Case
    key: str
    out: Path
    settings: Settings
    finders: Finders
    page_reader: Asked | None
    others: Mapping[Finders, Path]

    def review(self, uploads: Uploads, region: Region, finders: Finders, clock: Clock) -> Review:
        read = understand(
            uploads.pages,
            files=uploads.files,
            as_of=self.case.truth.as_of,
            alerts=uploads.alerts,
            clock=clock,
            page_reader=self.page_reader,
            finders=finders,
        )
        return conclude(read, region=region, disease=None, settings=self.settings, clock=clock)


def _review(case: Case, key: str, todo: _Todo, reader: Reader, decoder: Decoder, *, cold: bool) -> KeptCase:
    truth, settings = case.truth, todo.settings
    region = load_region(settings.rules_dir, truth.region)
    request = Request(paths=(truth.folder,), as_of=truth.as_of, region=truth.region)
    with tempfile.TemporaryDirectory(prefix="yushen-evaluate-", ignore_cleanup_errors=True) as folder, Meter() as meter:
        try:
            uploads = read_uploads(
                request, settings=settings, work=Path(folder), reader=reader, decoder=decoder, clock=meter.clock
            )
            result = todo.review(uploads, region, todo.finders, meter.clock)
            cost = meter.cost(cold=cold)
            for finders, path in todo.others.items():
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                other = todo.review(uploads, region, finders, Clock())
                _write(path, _keep(other, case, key, KeptCost(), region, {}).to_json())
        except NothingToReviewError as error:
            alerts = tuple((alert.code, alert.file, alert.page) for alert in error.alerts)
            return _failed(case, key, error, alerts, meter.cost(cold=cold))
        except Exception as error:
            # One case that breaks the program must not cost the others; the score shows it as failed.
            return _failed(case, key, error, (), meter.cost(cold=cold))
        pictures = _pictures(result, case.id, todo.out / "pages")
    return _keep(result, case, key, cost, region, pictures)


def _keep(
    result: Review, case: Case, key: str, cost: KeptCost, region: Region, pictures: Mapping[Place, str]
) -> KeptCase:  # fmt: skip
    return keep(
        result,
        case=case.id,
        key=key,
        cost=cost,
        min_confidence=region.policies.min_confidence,
        pictures=pictures,
    )


def _failed(
    case: Case, key: str, error: Exception, alerts: tuple[tuple[str, str | None, int | None], ...], cost: KeptCost
) -> KeptCase:
    return KeptCase(
        case=case.id,
        key=key,
        pages=(),
        documents=(),
        facts=CaseFacts(as_of=case.truth.as_of),
        judgements=(),
        alerts=alerts,
        cost=cost,
        failed=type(error).__name__,
    )


def _pictures(result: Review, case: str, folder: Path) -> dict[Place, str]:
    made: dict[Place, str] = {}
    pages = {page.page.id: page.page for document in result.read.documents for page in document.pages}
    for page in pages.values():
        name = f"{case}-{page.id}.jpg"
        try:
            with Image.open(page.image) as image:
                small = image.convert("RGB")
                small.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
                small.save(folder / name, quality=62)
        except OSError:
            continue
        made[(page.file, page.number)] = name
    return made


def _keep_truth(folder: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in ("truth.json", "truth.yaml"):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, target / name)


def _write(path: Path, text: str) -> None:
    """In one step, so that a run that is stopped leaves no half a file."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
