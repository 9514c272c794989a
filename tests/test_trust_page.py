"""The page for auditors names evidence that is there; the bill of materials lists what the lock installs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["trust.md", "security-design.md"])
def test_page_names_tests_and_files_that_exist(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    links = [target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text)]
    assert [target for target in links if not (ROOT / "docs" / target).exists()] == []
    named = re.findall(r"`(tests/[\w/.]+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_page_names_settings_and_commands_that_exist() -> None:
    from pipeline.cli.main import build_parser
    from pipeline.settings import ServiceSettings

    text = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(keep_\w+)`", text)) <= set(ServiceSettings.model_fields)
    for command in re.findall(r"`yushen ([a-z]+)[a-z ]*`", text):
        with pytest.raises(SystemExit) as left:
            build_parser().parse_args([command, "--help"])
        assert left.value.code == 0


def test_bill_of_materials_lists_what_the_lock_installs() -> None:
    made = [subprocess.run([sys.executable, ROOT / ".ci" / "sbom"], capture_output=True, check=True) for _ in range(2)]
    assert made[0].stdout == made[1].stdout
    bill = json.loads(made[0].stdout)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = set(re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==(\S+)", lock, re.M))
    assert {(each["name"], each["version"]) for each in bill["components"]} == pins
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert sum("licenses" in each for each in bill["components"]) > 0.8 * len(pins)
    assert len({each["bom-ref"] for each in bill["components"]}) == len(pins)
