from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.nouns import Review
from pipeline.reporting import report_json, write_all
from pipeline.reporting.files import write_text
from pipeline.reporting.rendering import ASSETS


def test_write_all_writes_the_three_files(case: Callable[[str], Review], tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    files = write_all(case("meets"), out)
    assert sorted(p.name for p in out.iterdir()) == ["feedback.html", "report.html", "report.json"]
    assert json.loads(files.data.read_text(encoding="utf-8")) == report_json(case("meets"))
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in files)


def test_write_all_replaces_an_earlier_run(case: Callable[[str], Review], tmp_path: Path) -> None:
    write_all(case("conflicts"), tmp_path)
    files = write_all(case("empty"), tmp_path)
    assert json.loads(files.data.read_text(encoding="utf-8"))["documents"] == []
    assert len(list(tmp_path.iterdir())) == 3


def test_write_text_keeps_the_old_file_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    write_text(path, "old")

    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("pipeline.reporting.files.os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_tokens_every_text_colour_has_contrast() -> None:
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (ASSETS / "tokens.css").read_text(encoding="utf-8")))
    papers = [tokens["paper"], tokens["wash"]]
    for name in ("ink", "soft", "faint", "accent"):
        assert min(_contrast(tokens[name], paper) for paper in papers) >= 4.5, name
    for name in ("met", "unmet", "missing", "conflicting", "manual", "not_applicable"):
        for paper in (*papers, tokens[f"{name}-wash"]):
            assert _contrast(tokens[name], paper) >= 4.5, name
    for wash in (value for name, value in tokens.items() if name.endswith("-wash")):
        for name in ("ink", "soft", "met", "unmet", "missing", "conflicting", "manual"):
            assert _contrast(tokens[name], wash) >= 4.5, (name, wash)
