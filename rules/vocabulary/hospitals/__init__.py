"""Level of a hospital: as printed, by the catalogue, or plain from the name. Anything else stays unknown.

``XX县人民医院`` is not plain: county hospitals are of level 2 or 3, and guessing would decide a case.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from rules.engine.facts import HospitalLevel, Maybe, Unknown
from rules.vocabulary.cleaning import half_width

__all__ = ["catalogued", "hospital_level", "parse_printed_level"]

HERE = Path(__file__).parent


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _NameRule(_Shape):
    pattern: str
    rank: int = Field(ge=0, le=1)


class _NameRules(_Shape):
    below: tuple[_NameRule, ...]
    unless: tuple[str, ...]


class _Hospital(_Shape):
    name: str
    rank: int = Field(ge=0, le=3)
    grade: str | None = Field(default=None, pattern=r"^[甲乙丙特]$")
    aliases: tuple[str, ...] = ()
    source: str | None = None


class _Catalogue(_Shape):
    source: str
    hospitals: tuple[_Hospital, ...]


@lru_cache(maxsize=1)
def _rules() -> _NameRules:
    return _NameRules.model_validate(yaml.safe_load((HERE / "names.yaml").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, _Hospital]:
    """Hospitals by cleaned name from every ``catalogue*.yaml`` beside this file."""
    found: dict[str, _Hospital] = {}
    for path in sorted(HERE.glob("catalogue*.yaml")):
        part = _Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        for hospital in part.hospitals:
            for name in (hospital.name, *hospital.aliases):
                key = _key(name)
                if key in found and (found[key].rank, found[key].grade) != (hospital.rank, hospital.grade):
                    raise ValueError(f"{path}: {name} is listed with two levels")
                found[key] = hospital
    return found


def _key(name: str) -> str:
    return re.sub(r"[\s·•.,，。()（）\-—]", "", half_width(name))


def catalogued(name: str) -> str | None:
    """Return the name under which the catalogue lists a hospital (南大一附院: 南昌大学第一附属医院), else None."""
    hospital = _catalogue().get(_key(name))
    return None if hospital is None else hospital.name


def hospital_level(name: str) -> Maybe[HospitalLevel]:
    """Return the level of the hospital ``name`` from the catalogue or from the name itself, else ``Unknown.ABSENT``.

    A second name in brackets is looked up as well: 江西省中医院（江西中医药大学附属医院）.
    """
    plain = half_width(name).strip()
    names = [plain, re.sub(r"\([^()]*\)", "", plain), *re.findall(r"\(([^()]{4,})\)", plain)]
    for candidate in names:
        hospital = _catalogue().get(_key(candidate))
        if hospital:
            return HospitalLevel(rank=hospital.rank, grade=hospital.grade, source="catalogue")
    key = _key(plain)
    if any(re.search(pattern, key) for pattern in _rules().unless):
        return Unknown.ABSENT
    for rule in _rules().below:
        if re.search(rule.pattern, key):
            return HospitalLevel(rank=rule.rank, source="name")
    return Unknown.ABSENT


_RANK = {"一": 1, "二": 2, "三": 3, "1": 1, "2": 2, "3": 3}
_LEVEL = re.compile(r"([一二三])\s*级\s*([甲乙丙特])\s*等")
_SHORT = re.compile(
    r"(?<![第周星期十])([一二三])\s*([甲乙丙])(?![状基型肝胎胺硝烷酸醛醇苯])(?=\s*(?:等|医院|综合|专科|中医|$|[)，,。;；、]))"
)
_RANK_ONLY = re.compile(r"([一二三])\s*级(?:\s*(?:综合|专科|中医|妇幼|康复|民营|公立)*\s*(?:性)?\s*医(?:院|疗机构))")


def parse_printed_level(text: str) -> HospitalLevel | None:
    """Read 三级甲等, 三甲医院, 二级甲等综合医院, 二甲, 三级医院 as a level; None when ``text`` states none or several.

    护理 and operation grades (一级护理, 三级手术) are no levels of a hospital.
    """
    plain = half_width(text)
    found = {(_RANK[a], b) for a, b in _LEVEL.findall(plain)} | {(_RANK[a], b) for a, b in _SHORT.findall(plain)}
    if len(found) == 1:
        rank, grade = found.pop()
        return HospitalLevel(rank=rank, grade=grade, source="printed")
    if found:
        return None
    ranks = {_RANK[a] for a in _RANK_ONLY.findall(plain)}
    return HospitalLevel(rank=ranks.pop(), source="printed") if len(ranks) == 1 else None
