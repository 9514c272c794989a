"""A story: one patient's course and what the papers of it should be judged to be."""

from __future__ import annotations

from data_samples.factory.clinic.course import Course
from data_samples.factory.clinic.expected import expected
from data_samples.factory.clinic.extras import extras
from data_samples.factory.clinic.items import ITEMS
from data_samples.factory.clinic.model import Story
from data_samples.factory.clinic.twists import TITLES, outcomes
from data_samples.factory.clinic.words import Rng, load

__all__ = ["story"]


def story(disease: int, outcome: str, rng: Rng) -> Story:
    """Return an invented application for ``disease`` that comes out as ``outcome`` (see ``twists.outcomes``).

    The same generator state gives the same story.

    Raises:
        ValueError: the disease has no such outcome.
    """
    if outcome not in outcomes(disease):
        raise ValueError(f"disease {disease} has no outcome {outcome}")
    spec = load("diseases")[str(disease)]
    course = Course(disease, spec, outcome, rng)
    course.begin()
    for item in course.way:
        ITEMS[spec["items"][item]["kind"]](course, item)
    extras(course)
    twist, _, number = outcome.partition(":")
    name = spec["name"]
    return Story(
        disease=disease,
        disease_name=name,
        outcome=outcome,
        title=f"{name}：{TITLES[twist].format(number) if number else '材料齐全'}",
        as_of=course.as_of,
        patient=course.patient,
        relative=course.relative,
        handed=tuple(course.handed),
        expected=expected(spec["formula"], course.statuses),
        formula=spec["formula"],
        levelled={item: tuple(met) for item, met in course.levelled.items()},
    )
