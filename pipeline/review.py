"""The whole way of one application, from uploads to a pre-review. Start reading here.

    uploads -> intake -> reading -> classifying -> extracting -> normalising -> judging

Each stage is one public function with typed input and output; none looks back. The command line, the service and the
notebooks all call :func:`review`. Page images live in ``work``, a private folder that the caller deletes.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipeline import choosing
from pipeline.calibrating import calibrate
from pipeline.classifying import classify
from pipeline.extracting import extract
from pipeline.intake import Decoder, Intake, settle_duplicates, take_in
from pipeline.learned import Asked, Finders, ask, open_page_reader
from pipeline.normalising import normalise
from pipeline.nouns import Alert, Document, ReadCase, ReadPage, Review, SourceFile
from pipeline.reading import Reader
from pipeline.settings import Settings
from rules.engine import Region, Rule, judge, load_region
from rules.engine.facts import CaseFacts, PatientIdentity
from rules.engine.judgement import Judgement
from rules.vocabulary import load_vocabulary

__all__ = [
    "STAGES",
    "Clock",
    "NothingToReviewError",
    "Request",
    "Uploads",
    "conclude",
    "read_case",
    "read_uploads",
    "review",
    "understand",
]

STAGES = ("intake", "reading", "classifying", "extracting", "normalising", "judging")

Progress = Callable[[str, int, int], None]
"""Called with (stage, units done, units in all); units are files for intake and pages for reading."""

Judging = Callable[[CaseFacts, Rule, Region], Judgement]


class NothingToReviewError(Exception):
    """No page could be decoded. ``alerts`` say why, file by file."""

    def __init__(self, alerts: Sequence[Alert]) -> None:
        super().__init__("no page could be decoded")
        self.alerts = tuple(alerts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to review, and as of when."""

    paths: tuple[Path, ...]
    as_of: dt.date
    """Application date: look-back windows count back from it."""
    disease: str | None = None
    """Official name, alias, rule id or national code; None: the 申请表 decides, else the confirmed diagnoses."""
    region: str = "jiangxi"
    extra_rules: Path | None = None
    """Folder of rule packs that add to or replace those of the region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """What was sent in, page by page as it was read."""

    files: tuple[SourceFile, ...]
    pages: tuple[ReadPage, ...]
    alerts: tuple[Alert, ...]


@dataclass(slots=True)
class Clock:
    """Seconds of each stage; whoever measures more hands in one of their own."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - started, 3)


def _quiet(stage: str, done: int, total: int) -> None:
    del stage, done, total


def review(
    request: Request,
    *,
    settings: Settings,
    work: Path,
    progress: Progress = _quiet,
    reader: Reader | None = None,
    decoder: Decoder | None = None,
    clock: Clock | None = None,
) -> Review:
    """Review one application.

    Args:
        reader, decoder: kept warm over many applications; None: for this application alone.

    Raises:
        NothingToReviewError: not a single page could be decoded.
        rules.engine.RuleError: the rule packs cannot be loaded.
        pipeline.choosing.UnknownDiseaseError: ``request.disease`` names no disease of the region.
    """
    clock = clock or Clock()
    region = load_region(settings.rules_dir, request.region, extra=request.extra_rules)
    choosing.by_request(request.disease, region)  # an unknown disease is told before anything is read
    read = read_case(
        request, settings=settings, work=work, progress=progress, reader=reader, decoder=decoder, clock=clock
    )
    return conclude(read, region=region, disease=request.disease, settings=settings, clock=clock)


def conclude(
    read: ReadCase,
    *,
    region: Region,
    disease: str | None,
    settings: Settings,
    clock: Clock | None = None,
    judging: Judging = judge,
) -> Review:
    """Judge what was read, and nothing more: the last step of :func:`review`, and all of it after a correction.

    Args:
        judging: who judges; a service puts a person's word on single items beside the engine's.

    Raises:
        pipeline.choosing.UnknownDiseaseError: ``disease`` names no disease of the region.
    """
    clock = clock or Clock()
    with clock.stage("judging"):
        choice = choosing.by_request(disease, region) or choosing.by_facts(read.facts, region)
        judgements = tuple(judging(read.facts, rule, region) for rule in choice.diseases)
    return Review(
        region=region.id,
        region_name=region.name,
        read=read,
        judgements=judgements,
        versions=_versions(settings, region),
        alerts=(*read.alerts, *choice.alerts),
        seconds=clock.seconds,
        applied_for=choice.entered,
    )


def read_case(
    request: Request,
    *,
    settings: Settings,
    work: Path,
    progress: Progress = _quiet,
    reader: Reader | None = None,
    decoder: Decoder | None = None,
    clock: Clock | None = None,
) -> ReadCase:
    """Read the uploads into documents and facts, without judging.

    Raises:
        NothingToReviewError: not a single page could be decoded.
    """
    clock = clock or Clock()
    uploads = read_uploads(
        request, settings=settings, work=work, progress=progress, reader=reader, decoder=decoder, clock=clock
    )
    return understand(
        uploads.pages,
        files=uploads.files,
        as_of=request.as_of,
        alerts=uploads.alerts,
        clock=clock,
        page_reader=open_page_reader(settings.extracting),
    )


def read_uploads(
    request: Request,
    *,
    settings: Settings,
    work: Path,
    progress: Progress = _quiet,
    reader: Reader | None = None,
    decoder: Decoder | None = None,
    clock: Clock | None = None,
) -> Uploads:
    """Open the uploads and read their pages, and nothing more.

    Raises:
        NothingToReviewError: not a single page could be decoded.
    """
    clock = clock or Clock()

    # Reading begins with the first file that is open; the applicant is told of that page first.
    with nullcontext(reader) if reader is not None else Reader(settings.ocr) as reads, reads.ahead() as ahead:
        with clock.stage("intake"):
            intake: Intake = take_in(
                request.paths,
                work,
                limits=settings.intake,
                workers=2,
                progress=lambda done, total: progress("intake", done, total),
                decoder=decoder,
                opened=ahead.begin,
            )
        if not intake.pages:
            raise NothingToReviewError(intake.alerts)

        with clock.stage("reading"):
            pages, reading_alerts = reads.read(
                intake.pages, progress=lambda done, total: progress("reading", done, total), ahead=ahead
            )

    return Uploads(files=tuple(intake.files), pages=pages, alerts=(*intake.alerts, *reading_alerts))


def understand(
    pages: Sequence[ReadPage],
    *,
    files: Sequence[SourceFile],
    as_of: dt.date,
    alerts: Sequence[Alert] = (),
    clock: Clock | None = None,
    applicant: PatientIdentity | None = None,
    page_reader: Asked | None = None,
    finders: Finders = Finders.BOTH,
) -> ReadCase:
    """Make documents and facts of pages that are read, in upload order, whenever and wherever each was read.

    Args:
        applicant: who applies, where that is known from elsewhere than the documents.
        page_reader: asked of pages that it has not seen; None: rules alone find facts.
        finders: less than both only to measure what each is worth.
    """
    clock = clock or Clock()
    vocabulary = load_vocabulary()
    if finders is Finders.RULES:
        page_reader = None
    with clock.stage("page_reader") if page_reader is not None else nullcontext():
        pages, asking_alerts = ask(pages, page_reader)

    with clock.stage("classifying"):
        documents: tuple[Document, ...] = classify(settle_duplicates(pages), finders=finders)

    with clock.stage("extracting"):
        documents, facts, extracting_alerts = extract(documents, as_of=as_of, applicant=applicant, finders=finders)

    with clock.stage("normalising"):
        facts, normalising_alerts = normalise(facts, vocabulary=vocabulary)
        facts = calibrate(facts, pages)

    return ReadCase(
        files=tuple(files),
        documents=documents,
        facts=facts,
        alerts=(*alerts, *asking_alerts, *extracting_alerts, *normalising_alerts),
        seconds=clock.seconds,
    )


@cache
def _installed(package: str) -> str:
    return version(package)


def _versions(settings: Settings, region: Region) -> Mapping[str, str]:
    page_reader = open_page_reader(settings.extracting)
    return {
        "yushen": _installed("yushen"),
        "rules": f"{region.id} {region.version}",
        "detection": settings.ocr.detection_name,
        "recognition": settings.ocr.recognition_name,
        **({"page_reader": page_reader.version} if page_reader is not None else {}),
        **{name: _installed(name) for name in ("paddleocr", "onnxruntime", "pdfplumber", "pypdfium2", "spacy")},
    }
