"""Few packs in two versions, and stored cases of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from pipeline.audit.replay import HeldFacts, Record
from rules.engine import Region
from rules.engine.rules_at import RulesAt
from tests.benchmarks.judging.making import bases, stored_lines

RULES = Path(__file__).resolve().parents[3] / "rules"
URAEMIA, DIABETES = "07-uremia", "16-diabetes"

Edits = Iterable[tuple[str, str]]
Version = Callable[..., RulesAt]


@pytest.fixture
def version(tmp_path: Path) -> Version:
    """A folder of rules with some packs; texts of the first one, or of region.yaml, replaced."""
    return _maker(tmp_path)


def _maker(folder: Path) -> Version:
    def make(name: str, *packs: str, edits: Edits = (), region: Edits = ()) -> RulesAt:
        target = folder / name / "jiangxi"
        target.mkdir(parents=True)
        shutil.copy(RULES / "jiangxi/region.yaml", target)
        for pack in packs:
            shutil.copytree(RULES / "jiangxi" / pack, target / pack)
        for path, pairs in ((target / packs[0] / "rule.yaml", edits), (target / "region.yaml", region)):
            text = path.read_text(encoding="utf-8")
            for before, after in pairs:
                assert before in text, before
                text = text.replace(before, after)
            path.write_text(text, encoding="utf-8")
        return RulesAt(rules_dir=target.parent, region="jiangxi")

    return make


@pytest.fixture(scope="session")
def two_versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[RulesAt, RulesAt]:
    """Two packs as shipped, and with another threshold of one item."""
    make = _maker(tmp_path_factory.mktemp("rules"))
    new = make("new", URAEMIA, DIABETES, edits=[("at_least: 707 μmol/L", "at_least: 442 μmol/L")])
    return make("old", URAEMIA, DIABETES), new


@pytest.fixture(scope="session")
def loaded(two_versions: tuple[RulesAt, RulesAt]) -> tuple[Region, Region]:
    old, new = two_versions
    return old.load(), new.load()


@pytest.fixture(scope="session")
def two_diseases(loaded: tuple[Region, Region]) -> Region:
    return loaded[0]


def records(region: Region, count: int, *, seed: int = 1, disease: str | None = None) -> tuple[Record, ...]:
    """Varied cases of the packs, as a store would hold them."""
    return tuple(_records(region, count, seed, disease))


def _records(region: Region, count: int, seed: int, disease: str | None) -> Iterator[Record]:
    chosen = [base for base in bases(region) if disease in (None, base.disease)]
    for number, line in enumerate(stored_lines(chosen, seed, 0, count)):
        data = json.loads(line)
        yield Record(f"a{number:05d}", (data["disease"],), json.dumps(data["facts"], ensure_ascii=False))


def held(rows: Iterable[Record]) -> HeldFacts:
    kept = tuple(rows)
    return HeldFacts(lambda: kept)


__all__ = ["DIABETES", "RULES", "URAEMIA", "Version", "held", "records"]
