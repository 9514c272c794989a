"""What an invented applicant hands in, round by round, and what the machine reads on it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.audit.invented import world
from pipeline.audit.invented.papers import KINDS, Group, Papers, drawn
from rules.engine.facts import (
    CaseFacts,
    DocumentInfo,
    DocumentType,
    Evidence,
    HospitalLevel,
    Owner,
    PatientIdentity,
    Unknown,
)
from rules.vocabulary import Vocabulary

__all__ = ["Applicant", "Folder", "Handed", "hand_in", "issues_of", "new_applicant", "patch"]

_FAULTS = {"level": 0.02, "old": 0.05, "few": 0.05, "unsure": 0.04, "negative": 0.07}
"""Chance of each shape in the first round, where a group has it."""
_NEGATIVE_DIAGNOSIS, _NEGATIVE_HARD = 0.015, 0.15
"""Chance of ``negative`` where it is a diagnosis, or what the disease turns on."""
_FLIPS = {"good": "negative", "number": "negative", "negative": "good"}
"""What a misreading makes of a shape, where the group has it; else it is always read right, and for sure."""
_PICTURES = (("blurred", 0.46), ("glare", 0.23), ("text_too_small", 0.1), ("cut_off", 0.13), ("folded", 0.08))
_SQUEEZED = (("text_too_small", 0.85), ("blurred", 0.15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who applies, where, when, for what."""

    disease: Papers
    hospital: world.Hospital
    channel: str
    day: dt.date
    sex: str
    age: int
    groups: tuple[Group, ...]
    """That this person means to hand in."""
    unsealed: bool


@dataclass(slots=True)
class Handed:
    """Papers of one group."""

    group: Group
    shape: str
    """What the papers are: a shape, or ``absent``."""
    read: str
    """What the machine takes them for: differs where it misreads; ``picture`` where nothing can be read."""
    confidence: float
    round: int
    seed: int
    squeezed: bool = False
    """The picture is bad because the channel made it small."""


@dataclass(slots=True)
class Folder:
    """All that lies before the machine in one round."""

    handed: list[Handed] = field(default_factory=list)
    spoilt: list[Handed] = field(default_factory=list)
    """Pictures of earlier rounds that were taken again: they stay in the folder."""

    @property
    def misread(self) -> list[Handed]:
        return [h for h in self.handed if h.read not in ("picture", h.shape)]


def new_applicant(chance: random.Random, diseases: Sequence[Papers]) -> Applicant:
    """Draw one."""
    hospital = chance.choices(world.HOSPITALS, [h.weight for h in world.HOSPITALS])[0]
    shares = [(hospital.only or {}).get(d.disease, 0.0) if hospital.only else d.share for d in diseases]
    disease = chance.choices(diseases, shares)[0]
    picks = [g for g in disease.groups if g.pick]
    picked = chance.choices(picks, [g.pick for g in picks])[0] if picks else None
    days = (world.LAST_DAY - world.FIRST_DAY).days
    return Applicant(
        disease=disease,
        hospital=hospital,
        channel=chance.choices(list(world.CHANNELS), list(world.CHANNELS.values()))[0],
        day=world.FIRST_DAY + dt.timedelta(chance.randint(0, days)),
        sex=chance.choice("男女"),
        age=min(97, max(19, round(chance.gauss(63, 12)))),
        groups=tuple(g for g in disease.groups if not g.pick or g is picked),
        unsealed=chance.random() < hospital.unsealed,
    )


def hand_in(chance: random.Random, who: Applicant, before: Folder | None, number: int, day: dt.date) -> Folder:
    """Return the folder of round ``number``: in later rounds most of what failed is handed in anew."""
    folder = Folder(spoilt=list(before.spoilt) if before else [])
    kept = {h.group.item: h for h in before.handed} if before else {}
    for group in who.groups:
        old = kept.get(group.item)
        if old is not None and old.shape != "absent" and old.read in ("good", "number", "negative", "unsure"):
            folder.handed.append(old)
            continue
        if old is not None and chance.random() > 0.85:
            folder.handed.append(old)
            continue
        if old is not None and old.read == "picture":
            folder.spoilt.append(old)
        shape = _shape(chance, group, first=before is None)
        folder.handed.append(_handed(chance, who, group, shape, number, day))
    return folder


def _shape(chance: random.Random, group: Group, *, first: bool) -> str:
    if first and chance.random() < (0.25 if group.hard else 0.07):
        return "absent"
    point = chance.random()
    for shape, usual in _FAULTS.items():
        share = usual
        if shape == "negative":
            share = _NEGATIVE_HARD if group.hard else _NEGATIVE_DIAGNOSIS if group.kind == "diagnoses" else usual
        if shape in group.shapes:
            if point < share * (1 if first or shape == "negative" else 0.3):
                return shape
            point -= share
    return "number" if "number" in group.shapes and chance.random() < world.NUMBER_ALONE else "good"


def _handed(chance: random.Random, who: Applicant, group: Group, shape: str, number: int, day: dt.date) -> Handed:
    flip = _FLIPS.get(shape)
    doubtful = flip in group.shapes
    # What cannot be misread is always right, so the machine is all but certain of it.
    confidence = round(1 - (0.25 * chance.random() ** 6 if doubtful else 0.0005 * chance.random()), 4)
    wrong = 1 - confidence + (world.OVERSURE if day >= world.OVERSURE_FROM else 0) if doubtful else 0.0
    read = shape
    squeezed = False
    if shape != "absent" and (point := chance.random()) < (bad := _bad_picture(who, group, number, day)):
        read, squeezed = "picture", point >= bad - _squeezing(who, number, day)
    elif flip is not None and chance.random() < wrong:
        read = flip
    return Handed(group, shape, read, confidence, number, chance.randrange(1 << 30), squeezed)


def _bad_picture(who: Applicant, group: Group, number: int, day: dt.date) -> float:
    bad = world.BAD_PICTURE[who.channel]
    if group.thermal and who.channel not in world.SCANNED:
        bad += world.THERMAL
    return (bad if number == 1 else bad / 3) + _squeezing(who, number, day)


def _squeezing(who: Applicant, number: int, day: dt.date) -> float:
    """What the channel itself does to pictures."""
    if who.channel != "wechat" or day < world.WECHAT_SQUEEZES_FROM:
        return 0.0
    return world.WECHAT_SQUEEZED if number == 1 else world.WECHAT_SQUEEZED / 3


def patch(
    who: Applicant, folder: Folder, as_of: dt.date, vocabulary: Vocabulary, *, corrected: bool
) -> tuple[CaseFacts, dict[str, Handed]]:
    """Return the facts of the folder as the machine read them or, ``corrected``, as they are.

    The second value tells of each document id whose papers they are.
    """
    documents: list[DocumentInfo] = [
        DocumentInfo(id="d1", type=DocumentType.APPLICATION_FORM, hospital=who.hospital.name, owner=Owner.APPLICANT)
    ]
    facts: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    facts["patient"].append(_patient(who))
    level = HospitalLevel(rank=who.hospital.rank, grade=who.hospital.grade)
    whose: dict[str, Handed] = {}
    for handed in (*folder.spoilt, *folder.handed):
        shape = handed.shape if corrected and handed.read != "picture" else handed.read
        if shape == "absent":
            continue
        papers = handed.group.shapes[handed.shape if shape == "picture" else shape]
        chance = random.Random(handed.seed)  # noqa: S311 - invented data
        for paper in papers:
            key = f"d{len(documents) + 1}"
            info, found = drawn(
                paper,
                chance,
                vocabulary,
                key=key,
                as_of=as_of,
                hospital=who.hospital.name,
                level=level,
                confidence=handed.confidence,
            )
            whose[key] = handed
            if shape == "picture":
                documents.append(DocumentInfo(id=key, type=info.type, hospital=Unknown.UNREADABLE))
                continue
            documents.append(info)
            for kind, some in found.items():
                facts[kind] += some
    return CaseFacts(as_of=as_of, documents=tuple(documents), **{k: tuple(v) for k, v in facts.items()}), whose


def _patient(who: Applicant) -> PatientIdentity:
    place = Evidence(
        document="d1",
        file="d1.jpg",
        page=1,
        box=(100.0, 100.0, 600.0, 130.0),
        quote="患者",
        confidence=0.97,
        extractor="invented",
    )
    return PatientIdentity(document="d1", sex=who.sex, age=Decimal(who.age), evidence=(place,))


def issues_of(handed: Handed) -> list[Mapping[str, Any]]:
    """What the quality gate says of the first page of a group's papers."""
    chance = random.Random(handed.seed + 1)  # noqa: S311 - invented data
    if handed.read == "picture":
        codes = _SQUEEZED if handed.squeezed else _PICTURES
        code = chance.choices([c for c, _ in codes], [w for _, w in codes])[0]
        return [{"code": code, "retake": True}]
    if chance.random() < 0.06:
        return [{"code": "dark", "retake": False}]
    return []
