"""The guide and the files to copy say what the program does."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml

from pipeline.cli.main import build_parser
from pipeline.settings import ServiceSettings, load_settings

DOCS = Path(__file__).parents[3] / "docs"
GUIDE = (DOCS / "operations.md").read_text(encoding="utf-8")
DEPLOY = DOCS / "deploy"


def test_guide_has_every_setting_and_no_other() -> None:
    rows = re.findall(r"^\| (`[a-z_`, 0-9]+`) \|", GUIDE.split("## Settings")[1].split("## HTTPS")[0], re.M)
    named = {name for row in rows for name in re.findall(r"`([a-z_0-9]+)`", row)}
    assert named == set(ServiceSettings.model_fields)


def test_guide_links_and_anchors_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^## (.+)$", GUIDE, re.M)
    }
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        else:
            assert (DOCS / target).exists(), target


def test_settings_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    service = load_settings(DEPLOY / "yushen.toml").service
    assert service.secure_cookies
    assert service.public_url.startswith("https://")


@pytest.mark.parametrize("name", ["yushen.service", "yushen-worker.service", "yushen-backup.service"])
def test_units_start_commands_that_exist_and_are_closed_in(name: str) -> None:
    unit = configparser.RawConfigParser(strict=False, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / name, encoding="utf-8")
    service = dict(unit["Service"])
    command = re.search(r"bin/yushen ([a-z]+)", service["ExecStart"])
    assert command is not None
    arguments = [command[1], "somewhere"] if command[1] == "backup" else [command[1]]
    assert build_parser().parse_args(arguments).command == command[1]
    assert service["User"] == "yushen"
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["UMask"]) == ("strict", "yes", "0077")


def test_compose_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    for service in ("web", "worker"):
        assert build_parser().parse_args(compose["services"][service]["command"]).run
        assert compose["services"][service]["read_only"] is True
    for name, value in compose["services"]["web"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:?[-?]([^}]*)\}", r"\1", value))
    service = load_settings(None).service
    assert service.database_url.startswith("postgresql+psycopg://")
    assert service.trusted_proxies == ("127.0.0.1", "172.30.84.1")
    assert service.secure_cookies is False


def commands() -> list[str]:
    """Every command of the guide that starts the program, without remarks and the settings before it."""
    blocks = re.findall(r"^    (?:[A-Z_]+=\S+ )*(yushen [a-z].*)$", GUIDE, re.M)
    return [re.sub(r"\s{2,}#.*", "", line) for line in blocks]


@pytest.mark.parametrize("command", commands())
def test_guide_names_commands_that_exist(command: str) -> None:
    parsed = build_parser().parse_args(shlex.split(command)[1:])
    assert parsed.run


def test_guide_shows_every_command_of_the_service() -> None:
    shown = {shlex.split(command)[1] for command in commands()}
    assert {"admin", "audit", "backup", "restore", "watch"} <= shown


def test_proxy_takes_what_the_service_takes() -> None:
    """nginx before 1.25, which long-lived systems have, knows no ``http2 on``."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    orders = [line.strip() for line in text.splitlines() if not line.strip().startswith("#")]
    assert "listen 443 ssl http2;" in orders
    assert not any(order.startswith("http2 ") for order in orders)
    assert text.count("{") == text.count("}")
