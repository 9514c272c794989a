"""What an application lacks or what breaks it: ``meets``, or a twist of one item: ``old:3``, ``suspected:1`` ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_samples.factory.clinic.words import load

__all__ = ["TITLES", "diseases", "outcomes"]

TITLES = {
    "missing": "缺第{}项材料",
    "old": "第{}项的材料超过期限",
    "below": "第{}项达不到标准",
    "weak": "第{}项只有不确切的所见",
    "relative": "第{}项的材料是家属的",
    "once": "第{}项只有一次检查",
    "early": "第{}项的随访太早",
    "level": "医院级别不够",
    "unlevelled": "医院级别无处可查",
    "suspected": "只有疑似诊断",
}


def diseases() -> tuple[int, ...]:
    """Return the numbers of the diseases that have stories."""
    return tuple(int(key) for key in load("diseases") if key.isdigit())


def outcomes(disease: int) -> tuple[str, ...]:
    """Return every outcome that a story of ``disease`` can have."""
    entry = load("diseases")[str(disease)]
    found = ["meets"]
    for number, item in entry["items"].items():
        if any(number in way for way in entry["ways"]):
            found += [f"{twist}:{number}" for twist in _twists(item, entry)]
    return tuple(found)


def _twists(item: Mapping[str, Any], entry: Mapping[str, Any]) -> list[str]:
    match item["kind"]:
        case "proof":
            below = ["below"] if "below_dx" in item else []
            return ["missing", "relative", "level", "unlevelled", "suspected", *below]
        case "evidence":
            options = item.get("exams") or [exam for form in entry.get("forms", {}).values() for exam in form["exams"]]
            weak = ["weak"] if any(option[3] for option in options) else []
            return ["missing", "relative", "below", *weak, *(["old"] if "window" in item else [])]
        case "labs":
            return ["missing", "relative", "below", *(["once"] if item["times"] > 1 else [])]
        case "visits":
            return ["missing", *(["old"] if "window" in item else []), *(["early"] if "span" in item else [])]
        case "treatment":
            return ["missing", "old", "relative"]
        case "dialysis":
            return ["missing", "relative"]
        case "sequelae":
            return ["missing", "early", "weak"]
        case "mi_stay":
            return ["missing"]
    return []
