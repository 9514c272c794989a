"""A run: every case of a folder reviewed with one warm reader, each result kept at once, so that a run can be resumed.

A run folder is private to the user and holds ``cases/<case>.json``, ``truth/<case>/``, ``pages/`` (small pictures),
``scores.json``, ``history.jsonl`` and ``evaluation.html``.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipeline.evaluating.kept import KeptCase, KeptCost, KeptError, Place, keep
from pipeline.evaluating.kept import load as load_kept
from pipeline.evaluating.measuring import Meter
from pipeline.evaluating.truth import Truth, load_truth, truth_folders
from pipeline.evaluating.versions import case_digest, code_digest, digest, settings_digest
from pipeline.intake import Decoder
from pipeline.nouns import Review
from pipeline.reading import Reader
from pipeline.review import NothingToReviewError, Request, review
from pipeline.settings import Settings
from rules.engine import load_region
from rules.engine.facts import CaseFacts

__all__ = ["Case", "Pair", "RunError", "choose_cases", "load_run", "run_cases"]

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
) -> tuple[Pair, ...]:
    """Review every case and keep the results below ``out``; results that are there and still hold are not made again.

    A case whose review fails is kept with ``failed`` and counts as nothing read. ``readings`` is a folder of page
    readings to use again, whatever the code of reading has become since; see :class:`pipeline.reading.Reader`.
    """
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
            key = digest([case_digest(folder), code_digest(), settings_digest(settings)])
            path = out / "cases" / f"{case.id}.json"
            kept = None if fresh else _still_good(path, key)
            if kept is None:
                kept = _review(case, key, out, settings, reader, decoder, cold=cold)
                cold = False
                _keep_truth(folder, out / "truth" / case.id)
                _write(path, kept.to_json())
                again = False
            else:
                again = True
            pairs.append(Pair(case.truth, kept))
            if note is not None:
                note(done, len(cases), case.id, again)
    return tuple(pairs)


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


def _review(
    case: Case, key: str, out: Path, settings: Settings, reader: Reader, decoder: Decoder, *, cold: bool
) -> KeptCase:
    truth = case.truth
    region = load_region(settings.rules_dir, truth.region)
    request = Request(paths=(truth.folder,), as_of=truth.as_of, region=truth.region)
    with tempfile.TemporaryDirectory(prefix="yushen-evaluate-", ignore_cleanup_errors=True) as folder, Meter() as meter:
        try:
            result = review(
                request, settings=settings, work=Path(folder), reader=reader, decoder=decoder, clock=meter.clock
            )
        except NothingToReviewError as error:
            alerts = tuple((alert.code, alert.file, alert.page) for alert in error.alerts)
            return _failed(case, key, error, alerts, meter.cost(cold=cold))
        except Exception as error:
            # One case that breaks the program must not cost the others; the score shows it as failed.
            return _failed(case, key, error, (), meter.cost(cold=cold))
        pictures = _pictures(result, case.id, out / "pages")
    return keep(
        result,
        case=case.id,
        key=key,
        cost=meter.cost(cold=cold),
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
