"""OpenVINO is loaded without the part of it that would tell a server outside."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pipeline

ROOT = Path(pipeline.__file__).parents[1]
_LOAD = """
import pipeline.reading.openvino_alone
from openvino.tools.ovc import telemetry_utils
print(telemetry_utils.tm.__name__)
"""


def test_openvino_has_a_stub_for_its_telemetry_and_leaves_nothing_at_home(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _LOAD], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "openvino.tools.ovc.telemetry_stub"
    assert list(tmp_path.iterdir()) == []


def test_openvino_is_imported_in_one_place() -> None:
    elsewhere = [
        path.relative_to(ROOT).as_posix()
        for folder in ("pipeline", "models", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^\s*(?:import|from) openvino\b", path.read_text(encoding="utf-8"), re.M)
    ]
    assert sorted(elsewhere) == ["pipeline/reading/openvino_alone.py", "tests/reading/test_openvino_alone.py"]
