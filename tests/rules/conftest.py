"""The region as shipped, a builder of facts from a few words, and a folder of packs to break."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rules.engine import Region, Rule, load_region
from rules.engine.case_facts import CaseDocument, build_facts
from rules.engine.facts import CaseFacts

RULES = Path(__file__).resolve().parents[2] / "rules"
AS_OF = dt.date(2026, 3, 15)

Facts = Callable[..., CaseFacts]


@pytest.fixture(scope="session")
def region() -> Region:
    return load_region(RULES, "jiangxi")


@pytest.fixture(scope="session")
def rule(region: Region) -> Callable[[int], Rule]:
    return lambda number: next(r for r in region.rules if r.number == number)


@pytest.fixture(scope="session")
def facts(region: Region) -> Facts:
    def make(*documents: dict[str, Any], as_of: dt.date = AS_OF) -> CaseFacts:
        return build_facts([CaseDocument.model_validate(d) for d in documents], as_of, region.vocabulary)

    return make


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A copy of the shipped packs, free to be broken."""
    shutil.copytree(RULES / "jiangxi", tmp_path / "rules/jiangxi")
    return tmp_path / "rules"


@pytest.fixture
def few_packs(tmp_path: Path) -> Path:
    """Four of the shipped packs, free to be broken; loads in a tenth of the time."""
    for name in ("07-uremia", "12-hypertension", "16-diabetes", "18-copd"):
        shutil.copytree(RULES / "jiangxi" / name, tmp_path / "rules/jiangxi" / name)
    shutil.copy(RULES / "jiangxi/region.yaml", tmp_path / "rules/jiangxi")
    return tmp_path / "rules"
