"""Persons as printed: names, ages, ID numbers read and compared; shared by every stage that reads page heads."""

from __future__ import annotations

from pipeline.persons.comparing import (
    IdNumber,
    PersonMatch,
    PersonVerdict,
    age_at,
    clean_name,
    compare_ids,
    compare_names,
    parse_age,
    parse_id_number,
    parse_sex,
    same_person,
)

__all__ = [
    "IdNumber",
    "PersonMatch",
    "PersonVerdict",
    "age_at",
    "clean_name",
    "compare_ids",
    "compare_names",
    "parse_age",
    "parse_id_number",
    "parse_sex",
    "same_person",
]
