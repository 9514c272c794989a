"""A course under construction: who, where, when, and what has been handed in so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from data_samples.factory.clinic import people
from data_samples.factory.clinic.drugs import drugs
from data_samples.factory.clinic.labs import LabSheet, State, creatinine_at, lab_sheet
from data_samples.factory.clinic.model import Drug, Dx, Encounter, Stay
from data_samples.factory.clinic.people import Patient
from data_samples.factory.clinic.words import Rng, between, chance, load, pick, texts
from data_samples.factory.paper import Hospital

__all__ = ["Course", "days"]


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


class Course:
    """What the items of a disease add to, in the order of its way."""

    def __init__(self, disease: int, spec: Mapping[str, Any], outcome: str, rng: Rng) -> None:
        self.disease, self.spec, self.rng = disease, spec, rng
        self.twist, _, self.target = outcome.partition(":")
        ways = [way for way in spec["ways"] if not self.target or self.target in way]
        if self.target == "1":  # a stay for an infarction proves the disease by itself
            ways = [way for way in ways if all(spec["items"][item]["kind"] != "mi_stay" for item in way)]
        self.way: list[str] = list(pick(ways, rng))
        self.as_of = dt.date(2025, 1, 6) + days(between(0, 560, rng))
        self.handed: list[tuple[str, Encounter]] = []
        self.statuses: dict[str, tuple[str, ...]] = {}
        for number, item in spec["items"].items():
            default = ["missing", "manual"] if item["kind"] == "catch_all" else ["missing"]
            self.statuses[number] = tuple(item.get("otherwise", default))
        form = spec.get("forms")
        self.form: Mapping[str, Any] = form[pick(list(form), rng)] if form else spec
        self.patient = people.patient(rng, sex=spec.get("sex"), ages=tuple(spec["ages"]), on=self.as_of)
        self.relative: Patient | None = None
        self.hospital: Hospital = people.hospital(rng)
        self.other_hospital: Hospital = people.hospital(rng) if chance(0.25, rng) else self.hospital
        self.department = pick(spec["departments"], rng)
        self.doctor = pick(load("people")["doctors"], rng)
        self.levelled: dict[str, list[Encounter]] = {}
        self.stay: Stay | None = None
        self.words: dict[str, str] = {}
        self.state: dict[str, Any] = {}
        self.dx = Dx(name="")
        self.drugs: tuple[Drug, ...] = ()

    def twisted(self, item: str) -> str:
        """The twist that concerns ``item``, or an empty string."""
        return self.twist if item == self.target else ""

    def begin(self) -> None:
        """Decide on diagnosis, state, words and whether there is a stay."""
        from data_samples.factory.clinic.stays import make_stay

        rng, spec = self.rng, self.spec
        below = spec["items"].get(self.target, {}) if self.twist == "below" else {}
        self.dx = self._diagnosis(below.get("below_dx") or self.form["dx"], below.get("below_dx", {}).get("grade"))
        self.state = {**spec.get("state", {}), **below.get("below", {})}
        if "egfr" in self.state:
            low, high = self.state.pop("egfr")
            self.state["creatinine"] = [creatinine_at(rate, self.patient, self.as_of) for rate in (high, low)]
        vitals = below.get("below_vitals") or spec.get("vitals") or {"sbp": [112, 138], "dbp": [66, 86]}
        self.words = {
            "years": str(between(2, 15, rng)),
            "months": str(between(3, 8, rng)),
            "cycle": str(between(2, 5, rng)),
            "sbp": str(between(vitals["sbp"][0], vitals["sbp"][1], rng)),
            "dbp": str(between(vitals["dbp"][0], vitals["dbp"][1], rng)),
            "regimen": pick(["SOX方案", "XELOX方案", "奥沙利铂联合卡培他滨", "顺铂联合培美曲塞"], rng),
        }
        classes = list(dict.fromkeys(spec["drug_classes"]))
        if self._holds_back("treatment"):
            classes = [name for name in classes if name != "抗肿瘤药"]
        self.drugs = drugs(classes, rng, latin=chance(0.25, rng))
        if self._has_stay():
            self.stay = make_stay(self)

    def _diagnosis(self, entry: Mapping[str, Any], grade: str | None) -> Dx:
        name = pick(entry["names"], self.rng)
        grade = grade or entry.get("grade") or self.spec.get("grades", {}).get(name) or self.spec.get("grade")
        return Dx(name=name, concept=entry["concept"], icd10=pick(entry["icd10"], self.rng), grade=grade)

    def _holds_back(self, kind: str) -> bool:
        item = self.spec["items"].get(self.target)
        return bool(item and item["kind"] == kind)

    def without(self, kind: str) -> bool:
        """True where nothing of an item of this ``kind`` may be told: not part of the way, or twisted."""
        return not any(self.spec["items"][n]["kind"] == kind and n != self.target for n in self.way)

    def _has_stay(self) -> bool:
        if self.spec.get("stay_only") or any(self.spec["items"][item]["kind"] == "mi_stay" for item in self.way):
            return True
        kinds = {item: self.spec["items"][item]["kind"] for item in self.way}
        if self.target and kinds.get(self.target) in ("visits", "treatment"):
            return False
        if self.target == "1" and self.twist != "below":
            return False
        return "treatment" in kinds.values() or chance(0.6, self.rng)

    def kin(self) -> Patient:
        """The relative whose papers are mixed in."""
        if self.relative is None:
            self.relative = people.relative(self.patient, self.rng, on=self.as_of)
        return self.relative

    def fill(self, text: str | list[str]) -> str:
        """Choose a wording and fill in the story's own words."""
        out = texts(text, self.rng)
        for key, value in self.words.items():
            out = out.replace("{" + key + "}", value)
        return out

    def past_day(self, low: int, high: int) -> dt.date:
        """A working day from ``low`` to ``high`` days before the application."""
        day = self.as_of - days(between(low, high, self.rng))
        return day - days(max(0, day.weekday() - 4)) if self.as_of - day < days(high) else day

    def labs(self, panel: str, on: dt.date, *, owner: Patient | None = None, state: State | None = None) -> LabSheet:
        """A laboratory sheet of the day ``on``, sampled in the morning."""
        sampled = dt.datetime.combine(
            on, dt.time(between(6, 9, self.rng), between(0, 59, self.rng), between(0, 59, self.rng))
        )
        values = dict(self.state if state is None else state)
        at = self.hospital if on != self.as_of else self.other_hospital
        return lab_sheet(panel, owner or self.patient, at, sampled, values, self.rng)

    def hand_in(self, kind: str, encounter: Encounter) -> None:
        self.handed.append((kind, encounter))
