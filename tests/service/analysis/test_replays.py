"""Replay from the dashboard: which rules may be uploaded, what a run finds, who sees it; nobody waits for it."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import time
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.audit.replay import open_facts, replay
from pipeline.service.actors import SYSTEM, Actor, Role
from pipeline.service.analysis import keeping, replays
from pipeline.service.analysis.exporting import export_service
from pipeline.service.analysis.replays import runs, versions
from pipeline.service.analysis.replays.facts import ServiceFacts
from pipeline.service.analysis.replays.judging import judge_again
from pipeline.service.applications import LimitError
from pipeline.service.decisions import Reason
from pipeline.service.office import Office
from pipeline.service.retention.erasing import Reason as ErasedBecause
from pipeline.service.retention.erasing import erase
from pipeline.service.tables import Outcome, User
from rules.engine import RuleError
from tests.service.analysis.conftest import decided
from tests.service.analysis.test_export import SENTINELS
from tests.service.made import HYPERTENSION, made_application
from tests.service.signed import Browser, make_user

RULES = Path(__file__).resolve().parents[3] / "rules" / "jiangxi"
PACK = "12-hypertension"
HOME = "/desk/analysis/replay"


@pytest.fixture
def office(office: Office, tmp_path: Path) -> Office:
    """An office with the rules of one disease: they load in no time."""
    rules = tmp_path / "rules"
    (rules / "jiangxi").mkdir(parents=True)
    shutil.copy(RULES / "region.yaml", rules / "jiangxi")
    shutil.copytree(RULES / PACK, rules / "jiangxi" / PACK, ignore=shutil.ignore_patterns("cases"))
    return replace(office, settings=office.settings.model_copy(update={"rules_dir": rules}))


@pytest.fixture
def harder(office: Office) -> bytes:
    """The pack asking for one complication more."""
    text = (office.settings.rules_dir / "jiangxi" / PACK / "rule.yaml").read_text("utf-8")
    assert "any(1: 3-7)" in text
    return text.replace("any(1: 3-7)", "any(2: 3-7)").encode()


@pytest.fixture
def cases(office: Office, reviewer: Actor) -> list[str]:
    """One that meets the standard, one that lacks material, a draft."""
    good = made_application(office)
    decided(office, reviewer, good, Outcome.APPROVE)
    poor = made_application(office, {"出院.jpg": HYPERTENSION["出院.jpg"]})
    decided(office, reviewer, poor, Outcome.REFUSE, Reason(code="missing", criterion="3"))
    made_application(office, submitted=False)
    return [good, poor]


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("top", ["", "新规则/", "外层/新规则/"])
def test_uploads_may_be_packed_in_any_way(office: Office, harder: bytes, top: str) -> None:
    region = (RULES / "region.yaml").read_bytes()
    ways = {
        "one": harder,
        "packs": zipped({f"{top}{PACK}/rule.yaml": harder, f"{top}{PACK}/cases/a.yaml": b"x", f"{top}说明.docx": b"x"}),
        "region": zipped({f"{top}jiangxi/region.yaml": region, f"{top}jiangxi/{PACK}/rule.yaml": harder}),
    }
    for name, data in ways.items():
        version = replays.kept_version(office, name, data)
        loaded = versions.rules_of(office, version.id, "jiangxi").load()
        assert [rule.id for rule in loaded.rules] == ["hypertension"], name
        assert "any(2: 3-7)" in loaded.rules[0].file.formula, name
        assert replays.kept_version(office, "again", data) == version
    assert replays.versions_of(office)[0].id == replays.CURRENT


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_rules"),
        (b"\xff\xfe\x00", "not_rules"),
        (b"PK\x03\x04 broken", "not_rules"),
        (zipped({"notes.txt": b"x"}), "no_rules"),
        (zipped({"../../rule.yaml": b"id: x"}), "not_rules"),
        (zipped({"/etc/rule.yaml": b"id: x"}), "not_rules"),
        (zipped({"a/b/c/d/e/f/g/h/rule.yaml": b"id: x"}), "not_rules"),
        (zipped({"a/rule.yaml": b"0" * (versions.MOST_BYTES + 1)}), "file_too_large"),
        (b"0" * (versions.MOST_BYTES + 1), "file_too_large"),
    ],
)
def test_uploads_that_are_no_rules_are_refused(office: Office, data: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(LimitError) as told:
        replays.kept_version(office, "x", data)
    assert told.value.code == code
    assert len(replays.versions_of(office)) == 1
    assert not list(tmp_path.rglob("etc"))


def test_rules_of_another_region_are_not_compared(office: Office, harder: bytes) -> None:
    region = (RULES / "region.yaml").read_bytes().replace(b"id: jiangxi", b"id: hunan")
    version = replays.kept_version(office, "", zipped({"hunan/region.yaml": region, f"hunan/{PACK}/rule.yaml": harder}))
    with pytest.raises(RuleError, match="另一地区"):
        versions.rules_of(office, version.id, "jiangxi")


class Quiet:
    """A process that is never started."""

    def __init__(self, *args: object, **more: object) -> None:
        self.stdin = io.BytesIO()

    def wait(self) -> int:
        return 0

    def poll(self) -> None: ...


def asked(office: Office, harder: bytes, monkeypatch: pytest.MonkeyPatch) -> replays.Run:
    monkeypatch.setattr(runs.subprocess, "Popen", Quiet)
    version = replays.kept_version(office, "更严的高血压", harder)
    return replays.start(office, "jiangxi", replays.versions_of(office)[0], version)


def test_run_finds_what_judging_an_export_finds(
    office: Office, cases: list[str], harder: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = asked(office, harder, monkeypatch)
    with pytest.raises(replays.BusyError):
        replays.start(office, "jiangxi", replays.versions_of(office)[0], replays.versions_of(office)[1])
    judge_again(office, run, processes=1)
    assert replays.state_of(office, run) is replays.State.DONE
    data = replays.result_of(office, run)
    export_service(office, tmp_path / "store")
    old, new = (versions.rules_of(office, id, "jiangxi") for id in (replays.CURRENT, run.new))
    expected = replay(open_facts(tmp_path / "store"), old, new, processes=1).data()
    for either in (data, expected):
        either.pop("source")
        either.pop("seconds", None)
    assert data == json.loads(json.dumps(expected))
    assert {e["effect"]: e["count"] for e in data["effects"]} == {"loses": 1, "material": 1}
    assert (data["records"], data["judged"], data["broken"]) == (2, 2, {})
    assert data["recorded"]["compared"] == 2
    assert ServiceFacts(office, "jiangxi").count() == len(cases)
    assert list(ServiceFacts(office, "hunan").records()) == []
    told = "".join(path.read_text("utf-8") for path in runs.folder_of_run(office, run.id).rglob("*.*ml"))
    told += json.dumps(replays.result_of(office, run), ensure_ascii=False)
    assert not [word for word in (*SENTINELS, *cases) if word in told]


def test_result_goes_with_a_case_that_is_erased(
    office: Office, cases: list[str], harder: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asked(office, harder, monkeypatch)
    judge_again(office, run, processes=1)
    keeping.forget_old(office)
    assert replays.run_of(office, run.id) is not None  # nothing is gone yet
    assert erase(office, SYSTEM, cases[1], ErasedBecause.REQUEST) is not None
    keeping.forget_old(office)
    assert replays.run_of(office, run.id) is None
    assert not runs.folder_of_run(office, run.id).exists()


def test_run_says_why_it_failed(office: Office, harder: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    run = asked(office, harder.replace(b"formula:", b"formule:"), monkeypatch)
    judge_again(office, run, processes=1)
    assert replays.state_of(office, run) is replays.State.FAILED
    assert replays.told_of(office, run).startswith("规则有误（rule.yaml")
    assert str(office.settings.service.data_dir) not in replays.told_of(office, run)


def test_run_whose_process_is_gone_is_called_stopped(
    office: Office, harder: bytes, monkeypatch: pytest.MonkeyPatch, cases: list[str]
) -> None:
    run = asked(office, harder, monkeypatch)
    assert cases
    assert replays.state_of(office, run) is replays.State.RUNNING

    def gone() -> None:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        judge_again(office, run, processes=1, check=gone)
    runs.note_progress(runs.folder_of_run(office, run.id), 0, 2)
    monkeypatch.setattr(runs, "_STARTED", {})  # the server was started anew
    assert replays.state_of(office, run) is replays.State.STOPPED
    again = replays.start(office, "jiangxi", replays.versions_of(office)[0], replays.versions_of(office)[1])
    with runs.held(runs.folder_of_run(office, again.id)):
        assert replays.state_of(office, again) is replays.State.RUNNING


def test_pages_lead_from_rules_to_what_they_change(
    office: Office, cases: list[str], harder: bytes, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    monkeypatch.setattr(runs.subprocess, "Popen", Quiet)
    assert 'href="/desk/analysis/replay"' in browser.get("/desk/analysis").text
    data = {"csrf": browser.token(HOME), "region": "jiangxi", "old": "current", "name": "=更严的高血压"}
    nothing = browser.post(HOME, data=data)
    assert nothing.status_code == 422
    assert "请选择新版规则" in nothing.text
    assert browser.post(HOME, data=data | {"csrf": "x"}, files={"rules": ("rule.yaml", harder)}).status_code == 403
    assert browser.post(HOME, data=data | {"region": "hunan"}, files={"rules": ("r.yaml", harder)}).status_code == 404
    answer = browser.post(HOME, data=data, files={"rules": ("rule.yaml", harder)})
    assert answer.status_code == 303
    place = answer.headers["location"]
    run = replays.run_of(office, place.rsplit("/", 1)[1])
    assert run is not None
    waiting = browser.get(place).text
    assert "正在重判" in waiting
    assert "style=" not in waiting
    assert browser.get(place + "/progress").json() == {"state": "running", "done": 0, "total": None}
    assert browser.get(place + "/report").status_code == 404
    assert browser.post(HOME, data=data | {"new": run.new}).status_code == 409  # one at a time
    judge_again(office, run, processes=1)
    assert browser.get(place + "/progress").json()["state"] == "done"
    shown = browser.get(place).text
    assert "1 次判断结论改变：不再支持 1 次" in re.sub(r"<.*?>", "", shown)
    assert "不再支持 1 次" in browser.get(HOME).text
    report = browser.get(place + "/report")
    assert "script-src 'none'" in report.headers["content-security-policy"]
    assert f'href="{place}"' in report.text
    assert "/desk/" + cases[0] not in report.text  # an analyst sees no case
    taken = browser.get(place + "/changes.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(taken)))[1:]
    assert len(rows) == 2
    (row,) = (row for row in rows if row[3] != row[4])
    assert re.fullmatch(r"YS\d{8}-\d+", row[0])
    assert row[1:6] == ["高血压伴有并发症", row[2], "材料支持", "待补材料", "不再支持"]
    make_user(office, "liangyong", roles=(Role.ANALYST, Role.REVIEWER))
    both = Browser(office)
    both.sign_in("liangyong")
    assert f'href="/desk/{cases[0]}"' in both.get(place + "/report").text


def test_pages_of_runs_are_for_analysts_of_the_region(
    office: Office, harder: bytes, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    run = asked(office, harder, monkeypatch)
    place = f"{HOME}/{run.id}"
    assert browser.get(place).status_code == 200
    assert browser.get(f"{HOME}/..%2f..").status_code == 404
    stranger = make_user(office, "hunan1", roles=(Role.ANALYST,))
    with office.database.write() as session:
        session.get_one(User, stranger).regions = ["hunan"]
    make_user(office, "shenhe1", roles=(Role.REVIEWER,))
    for login, there, here in (("hunan1", 200, 404), ("shenhe1", 403, 403)):
        other = Browser(office)
        other.sign_in(login)
        assert other.get(HOME).status_code == there
        for path in ("", "/progress", "/report", "/changes.csv"):
            assert other.get(place + path).status_code == here, (login, path)
        assert other.post(HOME, data={"csrf": "x"}).status_code == 403


@pytest.mark.slow
def test_run_in_a_process_of_its_own(office: Office, cases: list[str], harder: bytes) -> None:
    version = replays.kept_version(office, "", harder)
    begun = time.monotonic()
    run = replays.start(office, "jiangxi", replays.versions_of(office)[0], version)
    assert time.monotonic() - begun < 2  # nobody waits
    assert replays.state_of(office, run) is replays.State.RUNNING
    while replays.state_of(office, run) is replays.State.RUNNING:
        assert time.monotonic() - begun < 90
        time.sleep(0.2)
    assert replays.state_of(office, run) is replays.State.DONE, replays.told_of(office, run)
    assert replays.result_of(office, run)["records"] == len(cases)
    assert replays.progress_of(office, run).total == len(cases)
