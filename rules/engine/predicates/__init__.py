"""Predicates that rule files can name. Importing this package registers them."""

from rules.engine.predicates import (  # noqa: F401 - imported for registration
    after_stay,
    by_person,
    diagnosis,
    diagnosis_at,
    diagnosis_words,
    finding,
    lab,
    measurement,
    panel,
    papers,
    past,
    patient,
    treatment,
    visits,
)
from rules.engine.predicates.base import REGISTRY, Environment, Group, Leaf, Test, run_test

__all__ = ["REGISTRY", "Environment", "Group", "Leaf", "Test", "run_test"]
