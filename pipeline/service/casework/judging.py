"""From material to a review: understanding, corrections, judging. Pure work; a defect becomes an honest state."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path

from pipeline.choosing import UnknownDiseaseError
from pipeline.learned import Asked
from pipeline.nouns import Alert, Document, Page, ReadCase, ReadPage, Review, Severity
from pipeline.review import Clock, conclude, understand
from pipeline.service.blobs import BlobMissingError, Pictures
from pipeline.service.casework.rows import Material
from pipeline.settings import Settings
from rules.engine import Region, judge, load_region
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType
from rules.engine.judgement import Conclusion, CriterionResult

__all__ = ["case_conclusion", "judge_case", "log_failure", "open_region", "understand_material"]

_LOOK_SECONDS = 3
_LOG = logging.getLogger(__name__)


def understand_material(material: Material, blobs: Pictures, page_reader: Asked | None = None) -> ReadCase:
    """Make documents and facts of the pages; their images are at hand meanwhile, for ink and seals.

    A defect in here costs the facts, never the case: every page becomes a document of unknown type, and an alert
    sends a person to the originals.

    Args:
        page_reader: asked of pages that were read before its weights came; the others carry its reading.
    """
    with ExitStack() as files:
        pages = tuple(_with_image(page, blobs, files) for page in material.pages)
        try:
            read = understand(
                pages,
                files=material.files,
                as_of=material.as_of,
                alerts=material.alerts,
                applicant=material.applicant,
                page_reader=page_reader,
            )
        except Exception as error:
            log_failure(error, "understanding")
            read = _not_understood(material)
    digests = {page.page.id: page.page.image for page in material.pages}
    return _renamed(read, digests)


def judge_case(
    read: ReadCase,
    *,
    region: str,
    disease: str | None,
    settings: Settings,
    views: Mapping[str, CaseFacts] | None = None,
    settle: Callable[[CriterionResult], CriterionResult] | None = None,
) -> Review:
    """Judge ``read``; where judging itself fails the review has no judgement, and an alert that says so.

    Args:
        views, settle: a person's word on single items (:func:`rules.engine.judge`).
    """
    try:
        rules = open_region(settings.rules_dir, region)
        judging = partial(judge, views=views, settle=settle)
        return conclude(read, region=rules, disease=_rule_id(rules, disease), settings=settings, judging=judging)
    except Exception as error:
        log_failure(error, "judging")
        return Review(
            region=region,
            read=read,
            judgements=(),
            versions={"yushen": version("yushen")},
            alerts=(*read.alerts, _failed("judging_failed", "机器没有完成条目核对，请人工对照标准审核。")),
        )


def case_conclusion(review: Review, disease: str | None) -> Conclusion:
    """Return the one conclusion of the case: that of the disease applied for; a person decides where there is none."""
    if disease is not None and len(review.judgements) == 1:
        return review.judgements[0].conclusion
    return Conclusion.MANUAL


def open_region(rules_dir: Path, region: str) -> Region:
    """Return the region's rules; they are loaded again within seconds when a file below ``rules_dir`` has changed.

    Raises:
        rules.engine.RuleError: the packs cannot be loaded.
    """
    return _region(rules_dir, region, _stamp(rules_dir, int(time.monotonic() / _LOOK_SECONDS)))


def _rule_id(region: Region, disease: str | None) -> str | None:
    """The id of exactly the disease applied for: no likeness of words may put another one in its place.

    Raises:
        UnknownDiseaseError: the region has no such rule, or has it no more.
    """
    if disease is None:
        return None
    for rule in region.rules:
        if disease in (rule.id, f"{rule.number:02d}-{rule.id.replace('_', '-')}"):
            return rule.id
    raise UnknownDiseaseError(disease, tuple(rule.name for rule in region.rules))


@lru_cache(maxsize=8)
def _region(rules_dir: Path, region: str, stamp: tuple[int, int]) -> Region:
    del stamp
    return load_region(rules_dir, region)


@lru_cache(maxsize=8)
def _stamp(rules_dir: Path, period: int) -> tuple[int, int]:
    """How many files there are and when the newest was written, looked up once in a period."""
    del period
    times = [path.stat().st_mtime_ns for path in rules_dir.rglob("*.yaml")]
    return len(times), max(times, default=0)


def _with_image(read: ReadPage, blobs: Pictures, files: ExitStack) -> ReadPage:
    try:
        path = files.enter_context(blobs.as_file(str(read.page.image)))
    except BlobMissingError:
        return read  # what needs the picture finds none and says so
    return replace(read, page=replace(read.page, image=path))


def _renamed(read: ReadCase, digests: dict[str, Path]) -> ReadCase:
    def named(page: Page) -> Page:
        return replace(page, image=digests[page.id])

    return replace(
        read,
        documents=tuple(
            replace(d, pages=tuple(replace(p, page=named(p.page)) for p in d.pages)) for d in read.documents
        ),
    )


def _not_understood(material: Material) -> ReadCase:
    documents = tuple(_unknown(number, page) for number, page in enumerate(material.pages, start=1))
    return ReadCase(
        files=material.files,
        documents=documents,
        facts=CaseFacts(as_of=material.as_of, documents=_infos(documents)),
        alerts=(*material.alerts, _failed("understanding_failed", "机器没有读懂这份申请的材料，请人工审核原件。")),
        seconds=Clock().seconds,
    )


def _unknown(number: int, page: ReadPage) -> Document:
    info = DocumentInfo(id=f"d{number}", type=DocumentType.UNKNOWN)
    return Document(id=info.id, type=info.type, pages=(page,), why=("未能分类",), confidence=0.0, info=info)


def _infos(documents: Sequence[Document]) -> tuple[DocumentInfo, ...]:
    return tuple(d.info for d in documents if d.info is not None)


def _failed(code: str, message: str) -> Alert:
    return Alert(code=code, severity=Severity.ERROR, message=message)


def log_failure(error: Exception, step: str) -> None:
    """Kind and place only: the message of a foreign exception may quote the page."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    _LOG.error("%s failed: %s at %s:%s", step, type(error).__name__, frame.filename, frame.lineno)
