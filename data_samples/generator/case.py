"""A case: who applies for what with which files, and what the review should find; written as files and truth.yaml."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from data_samples.generator.files import Upload, render_upload
from data_samples.generator.people import Person
from data_samples.generator.sheets import Json
from data_samples.plain import plain

__all__ = ["SCHEMA", "Case", "Expected", "write_case"]

SCHEMA = "yushen.truth.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a review should conclude. Where the standard leaves room, several statuses are right."""

    conclusion: tuple[str, ...]
    criteria: dict[str, tuple[str, ...]]
    """Item number of the official list -> statuses that are right."""
    missing: tuple[str, ...] = ()
    """Items that the list of missing material must name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One application."""

    slug: str
    title: str
    as_of: dt.date
    disease: tuple[int, str]
    applicant: Person
    uploads: tuple[Upload, ...]
    expected: Expected
    others: tuple[str, ...] = ()
    """Names of other persons whose documents are among the uploads."""
    broken: dict[str, tuple[Callable[[], bytes], str]] = field(default_factory=dict)
    """File name -> (how to make its bytes, why it cannot be used)."""


def _document(number: int, truth: Json, pages: list[tuple[str, int, dict[str, Any]]], others: tuple[str, ...]) -> Json:
    """Truth of one document, every mark replaced by the page and box where it landed."""
    placed = {mark: (index, box) for index, (_, _, boxes) in enumerate(pages, start=1) for mark, box in boxes.items()}
    out: Json = {
        "id": f"t{number}",
        "type": truth["type"],
        "owner": "other" if truth["patient"]["name"] in others else "applicant",
        "pages": [{"file": file, "page": page} for file, page, _ in pages],
    }
    for key, value in truth.items():
        if key == "type":
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            facts = []
            for fact in value:
                clean = {k: v for k, v in fact.items() if k != "mark"}
                if fact.get("mark") in placed:
                    index, box = placed[fact["mark"]]
                    clean |= {"at": index, "box": [round(v, 4) for v in box]}
                facts.append(clean)
            out[key] = facts
        else:
            out[key] = value
    return out


def write_case(case: Case, folder: Path, *, seed: int = 0) -> Json:
    """Render all files of ``case`` into ``folder`` with its ``truth.yaml`` and return the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, zlib.crc32(case.slug.encode())])
    documents: list[Json] = []
    files: list[Json] = []
    for upload in case.uploads:
        rendered = render_upload(upload, rng)
        (folder / upload.name).write_bytes(rendered.content)
        files.append({"name": upload.name, "kind": upload.kind, "pages": sum(len(own) for own in rendered.pages)})
        for sheet, pages in zip(upload.sheets, rendered.pages, strict=True):
            documents.append(_document(len(documents) + 1, sheet.truth, pages, case.others))
    for name, (make, reason) in case.broken.items():
        (folder / name).write_bytes(make())
        files.append({"name": name, "kind": "broken", "reason": reason})
    truth = plain(
        {
            "schema": SCHEMA,
            "case": case.slug,
            "title": case.title,
            "as_of": case.as_of,
            "disease": {"number": case.disease[0], "name": case.disease[1]},
            "applicant": {
                "name": case.applicant.name,
                "sex": case.applicant.sex,
                "birth_date": case.applicant.birth,
                "id_number": case.applicant.id_number,
            },
            "expected": {
                "conclusion": case.expected.conclusion,
                "criteria": case.expected.criteria,
                "missing": case.expected.missing,
            },
            "files": files,
            "documents": documents,
        }
    )
    text = yaml.safe_dump(truth, allow_unicode=True, sort_keys=False, width=140, default_flow_style=None)
    (folder / "truth.yaml").write_text(text, encoding="utf-8")
    return dict(truth)
