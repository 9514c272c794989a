"""Stories: every outcome is told, the same seed tells it again, and what a story tells agrees with itself."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest

from data_samples.factory.clinic.expected import expected
from data_samples.factory.clinic.levels import with_levels_read
from data_samples.factory.clinic.model import Certificate, LabSheet, Stay, Visit
from data_samples.factory.clinic.story import story
from data_samples.factory.clinic.twists import diseases, outcomes
from data_samples.generator.people import check_digit

ALL = [(disease, outcome) for disease in diseases() for outcome in outcomes(disease)]


def _tell(disease: int, outcome: str, seed: int = 0):
    return story(disease, outcome, np.random.default_rng([disease, seed]))


def test_story_covers_twelve_diseases_and_many_outcomes():
    assert len(diseases()) >= 12
    assert {outcome.partition(":")[0] for _, outcome in ALL} >= {
        "meets",
        "missing",
        "old",
        "below",
        "weak",
        "relative",
        "once",
        "early",
        "level",
        "unlevelled",
        "suspected",
    }


@pytest.mark.parametrize("disease", diseases())
def test_story_is_told_the_same_again(disease):
    for outcome in outcomes(disease):
        assert _tell(disease, outcome) == _tell(disease, outcome)


def test_story_of_another_seed_is_another():
    assert _tell(7, "meets", 1) != _tell(7, "meets", 2)


def test_story_refuses_an_unknown_outcome():
    with pytest.raises(ValueError, match="no outcome"):
        _tell(7, "old:9")


@pytest.mark.parametrize("disease", diseases())
def test_story_papers_lie_before_the_application_and_after_birth(disease):
    stories = [_tell(disease, outcome, 3) for outcome in outcomes(disease)]
    for told, met in ((one, met) for one in stories for _, met in one.handed):
        days: list[dt.date] = []
        match met:
            case Stay():
                assert met.admitted < met.discharged
                assert (met.discharged - met.admitted).days < 30
                days = [met.admitted, met.discharged]
                for sheet in met.labs:
                    assert met.admitted <= sheet.sampled.date() <= met.discharged
            case LabSheet():
                assert met.sampled < met.received < met.reported
                days = [met.sampled.date()]
            case Visit() | Certificate():
                days = [met.on]
        for day in days:
            assert met.owner.person.birth < day <= told.as_of


@pytest.mark.parametrize(("disease", "outcome"), [one for one in ALL if one[1].startswith("relative")])
def test_story_relative_is_somebody_else(disease, outcome):
    told = _tell(disease, outcome, 5)
    assert told.relative is not None
    assert told.relative.name != told.patient.name
    owners = {met.owner.name for _, met in told.handed}
    assert owners == {told.relative.name, told.patient.name}


def test_story_people_have_numbers_of_no_region_with_right_check_digit():
    for seed in range(20):
        number = _tell(12, "meets", seed).patient.person.id_number
        assert number.startswith("999999")
        assert number[-1] == check_digit(number[:17])


@pytest.mark.parametrize("disease", diseases())
def test_story_that_meets_is_expected_to_meet(disease):
    for seed in range(4):
        assert _tell(disease, "meets", seed).expected.conclusion == ("meets",)


@pytest.mark.parametrize(("disease", "outcome"), [one for one in ALL if one[1].endswith(":1")])
def test_story_without_proof_never_meets(disease, outcome):
    for seed in range(3):
        assert "meets" not in _tell(disease, outcome, seed).expected.conclusion


@pytest.mark.parametrize("disease", diseases())
def test_story_flags_agree_with_ranges(disease):
    stories = [_tell(disease, outcome, 7) for outcome in outcomes(disease)]
    sheets = [met for told in stories for _, met in told.handed if isinstance(met, LabSheet)]
    for result in itertools.chain.from_iterable(sheet.results for sheet in sheets):
        if result.value is None:
            continue
        over = result.high is not None and result.value > float(result.high)
        under = result.low is not None and result.value < float(result.low)
        assert result.flag == ("high" if over else "low" if under else None), result


def test_story_uremia_meets_its_own_thresholds():
    for seed in range(8):
        for _, met in _tell(7, "meets", seed).handed:
            found = met.of("creatinine") if isinstance(met, LabSheet) else None
            assert found is None or float(found.text) >= 707


@pytest.mark.parametrize(
    ("formula", "statuses", "conclusion"),
    [
        ("1 & 2", {"1": ["met"], "2": ["met"]}, ("meets",)),
        ("1 & 2", {"1": ["unmet"], "2": ["missing"]}, ("not_met",)),
        ("1 & (2 | 3)", {"1": ["met"], "2": ["missing"], "3": ["met"]}, ("meets",)),
        ("1 & (2 | 3)", {"1": ["met"], "2": ["manual"], "3": ["missing"]}, ("manual",)),
        ("1 & 2", {"1": ["missing"], "2": ["manual"]}, ("manual",)),
        ("1 & (2 | 3)", {"1": ["met"], "2": ["unmet"], "3": ["missing"]}, ("insufficient",)),
        ("(1 & 2) | (1 & 3)", {"1": ["missing"], "2": ["met"], "3": ["unmet"]}, ("insufficient",)),
        ("1", {"1": ["met", "manual"]}, ("meets", "manual")),
    ],
)
def test_expected_follows_three_valued_logic(formula, statuses, conclusion):
    assert expected(formula, statuses).conclusion == conclusion


def test_expected_names_what_is_missing_only_where_nothing_else_will_do():
    statuses = {"1": ["missing"], "2": ["missing"], "3": ["met"]}
    assert expected("1 & (2 | 3)", statuses).missing == ("1",)


def test_levels_that_stand_nowhere_are_for_a_person():
    told = _tell(24, "meets")
    nowhere = with_levels_read(told, lambda met: False, lambda name: False)
    assert nowhere.conclusion == ("manual",)
    elsewhere = with_levels_read(told, lambda met: False, lambda name: True)
    assert elsewhere.conclusion == ("meets", "manual")
    assert with_levels_read(told, lambda met: True, lambda name: True) == told.expected
