from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.catalogue import render_site
from rules.engine import Region, load_region

RULES = Path(__file__).resolve().parents[2] / "rules"
REGIONS = sorted(path.parent.name for path in RULES.glob("*/region.yaml"))


@pytest.fixture(scope="session")
def region() -> Region:
    return load_region(RULES, "jiangxi")


@pytest.fixture(scope="session")
def site(region: Region) -> Mapping[str, str]:
    return render_site(region)


@pytest.fixture(scope="session", params=REGIONS)
def any_region(request: pytest.FixtureRequest) -> Region:
    return load_region(RULES, request.param)


@pytest.fixture(scope="session")
def any_site(any_region: Region) -> Mapping[str, str]:
    return render_site(any_region)
