"""One case: a story is told by papers, families draw them, and they become the files of an upload."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from data_samples.factory.clinic.model import Story
from data_samples.factory.clinic.story import story
from data_samples.factory.clinic.twists import diseases, outcomes
from data_samples.factory.clinic.words import Rng, between, chance, pick
from data_samples.factory.family import Family, Split, families
from data_samples.factory.paper import Paper
from data_samples.factory.papers import papers
from data_samples.factory.truth import level_printed, truth
from data_samples.factory.uploads import Document, Files

__all__ = ["HABITS", "case_documents", "case_name", "write_case"]

_HABITS = {
    # How applicants hand papers in, and how often: media by preference.
    "phone": (0.46, ("photo", "screen", "scan", "pdf")),
    "scanner": (0.18, ("scan", "photo", "pdf", "screen")),
    "export": (0.12, ("pdf", "scan", "photo", "screen")),
    "mixed": (0.24, ()),
}
HABITS = tuple(_HABITS)
_MEETS = 0.35
_SCREENS = 0.25
"""Share of laboratory sheets that a phone's owner hands in as screenshots."""
_PROOFS = ("discharge_summary", "diagnosis_certificate", "imaging_report")


def case_name(number: int, seed: int, split: Split) -> str:
    return f"{'dev' if split == 'development' else 'held'}-{seed}-{number:06d}"


def write_case(
    number: int,
    seed: int,
    split: Split,
    folder: Path,
    *,
    drawing: Sequence[Family] | None = None,
    kinds: frozenset[str] | None = None,
    habit: str | None = None,
) -> dict[str, Any]:
    """Write case ``number`` of ``seed`` into ``folder`` (which must exist) and return its truth.

    The same number, seed, split, families and kinds give the same bytes, whatever else is made.

    Args:
        kinds: hand in papers of these types alone (the first paper where the case has none), for what only measures
            reading: the truth then expects nothing of the case as a whole.
        habit: one of ``HABITS``: how papers are handed in; None: as it falls.

    Raises:
        LookupError: no family draws one of the papers.
    """
    rng = np.random.default_rng([zlib.crc32(split.encode()), seed, number])
    told, documents, media = _papers_drawn(split, rng, drawing, habit)
    if kinds is not None:
        kept = [k for k, document in enumerate(documents) if document.paper.type in kinds] or [0]
        told = replace(told, handed=tuple(told.handed[k] for k in kept))
        documents, media = [documents[k] for k in kept], [media[k] for k in kept]
    files = _hand_in(documents, media, told.as_of, rng)
    case = case_name(number, seed, split)
    found = truth(case, told, documents, files)
    if kinds is not None:
        found["expected"] = {"conclusion": [], "criteria": {}, "missing": []}
    for name, content in files.content.items():
        (folder / name).write_bytes(content)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
    return found


def case_documents(number: int, seed: int, split: Split) -> list[Document]:
    """Return the documents of a case as drawn, before any camera: those of :func:`write_case`."""
    return _papers_drawn(split, np.random.default_rng([zlib.crc32(split.encode()), seed, number]), None)[1]


def _papers_drawn(
    split: Split, rng: Rng, drawing: Sequence[Family] | None, wanted: str | None = None
) -> tuple[Story, list[Document], list[str]]:
    known = diseases()
    disease = known[int(rng.integers(len(known)))]
    outcome = "meets" if chance(_MEETS, rng) else pick(outcomes(disease)[1:], rng)
    told = story(disease, outcome, rng)
    pool = tuple(families() if drawing is None else drawing)
    habit = str(rng.choice(list(_HABITS), p=[share for share, _ in _HABITS.values()]))
    habit = wanted or habit
    documents, media = [], []
    for index, paper in enumerate(papers(told, rng), start=1):
        family, medium = _family(paper, pool, split, habit, rng)
        documents.append(_drawn(f"t{index}", paper, family, pool, split, medium, rng))
        media.append(medium)
    return told, documents, media


def _family(paper: Paper, pool: Sequence[Family], split: Split, habit: str, rng: Rng) -> tuple[Family, str]:
    """A family of the split that fits, and the medium in which its page is handed in.

    Where a split has no family for a type, one of the other split stands in; the page says so.
    """
    fitting = [one for one in pool if paper.type in one.types and one.fits(paper)]
    own = [one for one in fitting if one.split == split] or fitting
    if not own:
        raise LookupError(f"no family draws a {paper.type}")
    preferred = _HABITS[habit][1] or tuple(rng.permutation(["photo", "photo", "scan", "pdf", "screen"]))
    screens = [one for one in own if one.media == {"screen"}]
    if screens and habit in ("phone", "mixed") and chance(_SCREENS, rng):
        return pick(screens, rng), "screen"
    for medium in preferred:
        able = [one for one in own if str(medium) in one.media and one.media != {"screen"}]
        if able and medium != "screen":
            return pick(able, rng), str(medium)
    found = pick(own, rng)
    return found, pick(sorted(found.media), rng)


def _drawn(
    name: str, paper: Paper, family: Family, pool: Sequence[Family], split: Split, medium: str, rng: Rng
) -> Document:
    """Draw ``paper``; a paper that proves something is drawn again where its hospital's level is left out."""
    document = Document(id=name, paper=paper, family=family, drawn=family.draw(paper, rng))
    if paper.type not in _PROOFS or paper.hospital.level is None or level_printed(document):
        return document
    others = [
        one
        for one in pool
        if paper.type in one.types and one.split == family.split and medium in one.media and one.fits(paper)
    ]
    for other in [others[int(k)] for k in rng.permutation(len(others))][:3]:
        again = Document(id=name, paper=paper, family=other, drawn=other.draw(paper, rng))
        if level_printed(again):
            return again
    return document


_NAMED = {
    "application_form": "申请表",
    "discharge_summary": "出院小结",
    "front_page": "病案首页",
    "admission_record": "入院记录",
    "outpatient_record": "门诊病历",
    "diagnosis_certificate": "诊断证明",
    "lab_report": "检验报告",
    "imaging_report": "检查报告",
    "pathology_report": "病理报告",
    "endoscopy_report": "胃镜报告",
    "ecg_report": "心电图",
    "lung_function_report": "肺功能",
    "eeg_emg_report": "肌电图",
    "operation_record": "手术记录",
    "dialysis_record": "透析记录",
    "prescription": "处方",
    "receipt": "发票",
    "identity_card": "身份证",
    "other": "其他材料",
}


def _hand_in(documents: Sequence[Document], media: Sequence[str], on: dt.date, rng: Rng) -> Files:
    """Group the documents into files as people do."""
    files = Files(rng)
    bundled = chance(0.35, rng)
    container = "tiff" if chance(0.2, rng) else "pdf"
    photos = _photo_names(on, rng)
    used: dict[str, int] = {}

    def title(group: Sequence[Document]) -> str:
        word = _NAMED[group[0].paper.type] if len(group) == 1 else "申请材料"
        used[word] = used.get(word, 0) + 1
        return word if used[word] == 1 else f"{word}{used[word]}"

    runs = [(medium, list(group)) for medium, group in _runs(documents, media)]
    for medium, group in runs:
        if medium == "pdf":
            for part in [group] if bundled else [[one] for one in group]:
                files.add_pdf(f"{title(part)}.pdf", part)
        elif medium == "scan":
            for part in [group] if bundled or container == "tiff" else [[one] for one in group]:
                if len(part) == 1 and len(part[0].drawn.pages) == 1 and chance(0.25, rng):
                    files.add_pictures(iter([title(part)]), part, "scan", pick(["jpg", "png", "jpg"], rng))
                else:
                    suffix = "tif" if container == "tiff" else "pdf"
                    files.add_scan(f"{title(part)}.{suffix}", part, container)
        elif medium == "screen":
            names = _timed("Screenshot", _moment(on, rng))
            files.add_pictures(names, group, "screen", pick(["png", "jpg"], rng))
        else:
            _photograph(files, group, photos, rng)
    members = [name for name, kind in files.kinds.items() if kind == "photo"]
    if len(members) > 2 and chance(0.1, rng):
        files.zipped("照片.zip", members)
    return files


def _photograph(files: Files, group: list[Document], names: Iterator[str], rng: Rng) -> None:
    rest = list(group)
    heic = chance(0.07, rng)
    while rest:
        single = list(itertools.takewhile(lambda one: len(one.drawn.pages) == 1, rest))
        small = min(len(single), between(2, 3, rng))
        if small > 1 and chance(0.06, rng) and files.add_together(f"{next(names)}.jpg", rest[:small]):
            rest = rest[small:]
            continue
        document = rest.pop(0)
        if chance(0.025, rng):
            files.add_spoilt(f"{next(names)}.jpg", document)
        files.add_pictures(names, [document], "photo", "heic" if heic else "jpg")


def _runs(documents: Sequence[Document], media: Sequence[str]) -> Iterator[tuple[str, list[Document]]]:
    for medium, group in itertools.groupby(zip(documents, media, strict=True), key=lambda pair: pair[1]):
        yield medium, [document for document, _ in group]


def _timed(label: str, first: dt.datetime) -> Iterator[str]:
    return (f"{label}_{first + dt.timedelta(seconds=17 * k):%Y%m%d_%H%M%S}" for k in itertools.count())


def _photo_names(on: dt.date, rng: Rng) -> Iterator[str]:
    """Names as phones and messengers give them, one after the other."""
    style = pick(["phone", "messenger", "plain", "numbered"], rng)
    taken = _moment(on, rng)
    if style == "phone":
        return _timed("IMG", taken)
    first = between(0, 8999, rng)
    sent = int(taken.replace(tzinfo=dt.UTC).timestamp()) * 1000 + first
    makers: dict[str, Callable[[int], str]] = {
        "messenger": lambda k: f"mmexport{sent + k * 27143}",
        "plain": lambda k: f"{k + 1}",
        "numbered": lambda k: f"IMG_{1000 + (first + k) % 9000:04d}",
    }
    return (makers[style](k) for k in itertools.count())


def _moment(on: dt.date, rng: Rng) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(between(7, 21, rng), between(0, 59, rng), between(0, 59, rng)))
