"""The regions that this installation has rules for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = ["RegionName", "known_regions"]


@dataclass(frozen=True, slots=True)
class RegionName:
    id: str
    name: str
    """Chinese."""
    version: str
    """Of its rules."""


def known_regions(rules_dir: Path) -> list[RegionName]:
    """Return every region with a ``region.yaml`` that can be read, by id."""
    found = []
    for path in sorted(rules_dir.glob("*/region.yaml")):
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError):
            continue
        if isinstance(data, dict):
            name, version = str(data.get("name", path.parent.name)), str(data.get("version", ""))
            found.append(RegionName(id=path.parent.name, name=name, version=version))
    return found
