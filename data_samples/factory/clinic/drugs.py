"""Drugs of a class."""

from __future__ import annotations

from collections.abc import Sequence

from data_samples.factory.clinic.model import Drug
from data_samples.factory.clinic.words import Rng, between, load, pick

__all__ = ["drugs"]

_FREQUENCY = {"qd": "每日1次", "bid": "每日2次", "tid": "每日3次", "qn": "每晚1次"}


def drugs(classes: Sequence[str], rng: Rng, *, latin: bool = False) -> tuple[Drug, ...]:
    """Return one drug of each class; ``latin`` says whether frequencies are written qd, bid, tid."""
    found = []
    backwards = {value: key for key, value in _FREQUENCY.items()}
    for name in classes:
        entry = pick(load("drugs")[name], rng)
        frequency = entry["frequency"]
        frequency = backwards.get(frequency, frequency) if latin else _FREQUENCY.get(frequency, frequency)
        packs = between(1, 4, rng)
        found.append(
            Drug(
                name=entry["name"],
                trade=entry["trade"],
                spec=entry["spec"],
                dose=entry["dose"],
                route=entry.get("route", "口服"),
                frequency=frequency,
                classes=name,
                quantity=f"{packs}盒" if "注射液" not in entry["name"] else f"{packs}支",
                price=float(entry["price"]),
                packs=packs,
            )
        )
    return tuple(found)
