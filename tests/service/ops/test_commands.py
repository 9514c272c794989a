"""The commands of whoever runs the machine: their exit statuses and what they say."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select, text

from pipeline.cli.main import main
from pipeline.service.api.keys import find_key
from pipeline.service.office import Office, open_office
from pipeline.service.tables import User
from pipeline.settings import ServiceSettings, Settings
from tests.service.signed import PASSWORD, Browser


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YUSHEN_SERVICE__DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def office_at(folder: Path) -> Office:
    return open_office(Settings(service=ServiceSettings(data_dir=folder)))


def create(monkeypatch: pytest.MonkeyPatch, login: str = "guanli", password: str = PASSWORD, *more: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    rights = ("--role", "administrator", "--region", "jiangxi")
    return main(["admin", "create-user", login, "--name", "管理甲", *rights, *more])


def test_admin_first_administrator_can_sign_in(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert create(monkeypatch) == 0
    office = office_at(data_dir)
    assert Browser(office).sign_in("guanli").headers["location"] == "/login"
    office.close()


@pytest.mark.parametrize(
    ("login", "password", "more", "why"),
    [
        ("guanli", "short", (), "至少要 10"),
        ("guanli", "", (), "没有读到密码"),
        ("Guan Li", PASSWORD, (), "登录名"),
        ("guanli", PASSWORD, ("--region", "atlantis"), "atlantis"),
    ],
)
def test_admin_refusals_say_why(
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    login: str,
    password: str,
    more: tuple[str, ...],
    why: str,
) -> None:
    assert create(monkeypatch, login, password, *more) == 2
    assert why in capsys.readouterr().err


def test_admin_changes_accounts_and_keys(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create(monkeypatch)
    create(monkeypatch, "second")
    assert main(["admin", "change-user", "second", "--role", "reviewer"]) == 0
    assert main(["admin", "close-user", "guanli"]) == 2
    assert "最后一个管理员" in capsys.readouterr().err
    assert main(["admin", "close-user", "nobody"]) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("另一个 很长的 密码\n"))
    assert main(["admin", "set-password", "second"]) == 0
    assert main(["admin", "close-user", "second"]) == 0
    capsys.readouterr()
    assert main(["admin", "list-users"]) == 0
    assert [line.split("\t")[-1] for line in capsys.readouterr().out.splitlines()] == ["使用中", "已停用"]
    key = ["admin", "create-key", "医院", "--channel", "hospital", "--region", "jiangxi", "--scope"]
    assert main([*key, "everything"]) == 2
    assert main([*key, "applications:read"]) == 0
    secret = capsys.readouterr().out.strip()
    office = office_at(data_dir)
    assert find_key(office, secret) is not None
    assert main(["admin", "revoke-key", "医院"]) == 0
    assert find_key(office, secret) is None
    with office.database.read() as session:
        assert session.scalars(select(User).where(User.login == "second")).one().roles == ["reviewer"]
    office.close()


def test_audit_verify_tells_by_its_exit_status(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "verify"]) == 2
    assert not data_dir.exists()
    create(monkeypatch)
    capsys.readouterr()
    assert main(["audit", "verify", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["whole"], told["rows"], len(told["head"])) == (True, 1, 64)
    create(monkeypatch, "second")
    capsys.readouterr()
    assert main(["audit", "verify", "--head", told["head"]]) == 0
    assert "2 条" in capsys.readouterr().out
    assert main(["audit", "verify", "--head", "0" * 64]) == 1
    assert "不在完好的链上" in capsys.readouterr().out
    office = office_at(data_dir)
    with office.database.write() as session:
        session.execute(text("DROP TRIGGER trail_no_update"))
        session.execute(text("UPDATE trail SET actor_id = 'x' WHERE seq = 2"))
    office.close()
    assert main(["audit", "verify"]) == 1
    out = capsys.readouterr().out
    assert "第 2 条断开" in out
    assert told["head"] in out
    assert main(["audit", "verify", "--head", told["head"]]) == 1


def test_backup_and_restore_commands(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(tmp_path / "b")]) == 2
    create(monkeypatch)
    assert main(["backup", str(tmp_path / "b")]) == 0
    assert "末条指纹" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "b")]) == 2
    assert "已有数据" in capsys.readouterr().err
    monkeypatch.setenv("YUSHEN_SERVICE__DATA_DIR", str(tmp_path / "new"))
    assert main(["restore", str(tmp_path / "b")]) == 0
    assert main(["audit", "verify"]) == 0
    office = office_at(tmp_path / "new")
    assert Browser(office).sign_in("guanli").status_code == 303
    office.close()


def test_backup_on_a_database_that_is_away(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create(monkeypatch)
    secret = "postgresql+psycopg://me:hidden@127.0.0.1:1/none"
    monkeypatch.setenv("YUSHEN_SERVICE__DATABASE_URL", secret)
    assert main(["backup", str(tmp_path / "b")]) == 2
    assert main(["audit", "verify"]) == 2
    told = capsys.readouterr()
    assert "连不上" in told.err
    assert "hidden" not in told.err + told.out
