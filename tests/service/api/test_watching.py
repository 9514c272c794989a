"""The watched folder by itself: what belongs together, growing files, interruptions, a service that is away."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.exits import CommandError
from pipeline.cli.watching.calling import AwayError, Calling, RefusedError
from pipeline.cli.watching.folder import batches
from pipeline.cli.watching.watcher import Watcher


class KilledError(BaseException):
    """Stands for a power cut."""


@dataclass
class Service:
    """What the service would have: applications by key, files by digest."""

    made: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    submitted: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda call: None

    def create(self, key: str, content: dict[str, Any]) -> dict[str, Any]:
        self.before("create")
        id = self.made.setdefault(key, f"a{len(self.made)}")
        self.before("created")
        return {"id": id, "serial": f"S{id}", "query_code": "C"}

    def change(self, application: str, content: dict[str, Any]) -> dict[str, Any]:
        return {}

    def upload(self, application: str, path: Path, name: str) -> dict[str, Any]:
        self.before("upload")
        data = path.read_bytes().decode()
        if data == "bad":
            raise RefusedError(422, "file_empty", "文件是空的")
        kept = self.files.setdefault(application, [])
        if data not in kept:
            kept.append(data)
        self.before("uploaded")
        return {}

    def submit(self, application: str, key: str) -> dict[str, Any]:
        self.before("submit")
        if application not in self.submitted:
            self.submitted.append(application)
        return {}


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def watching(root: Path, service: Service, clock: Clock, **more: Any) -> Watcher:
    told: list[str] = []
    return Watcher(root=root, calling=service, clock=clock, settle=10, tell=told.append, **more)  # type: ignore[arg-type]


def work(made: Watcher, clock: Clock, steps: int = 4) -> None:
    for _ in range(steps):
        made.step()
        clock.now += 11


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name)


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["王_1.jpg", "王_2.jpg"], ["王"]),
        (["王-01.jpg", "王 02.jpg", "王(3).jpg", "王（4）.pdf", "王_p5.jpg", "王 第6页.jpg"], ["王"]),
        (["王.jpg", "李.jpg"], ["李", "王"]),
        (["IMG_20260316_0001.jpg", "IMG_20260316_0002.jpg"], ["IMG_20260316"]),
        (["SCAN0001.pdf", "SCAN0002.pdf"], ["SCAN0001", "SCAN0002"]),
        (["a/1.jpg", "a/b/2.jpg", "a.jpg"], ["a", "a"]),
        ([".x.jpg", "~$a.docx", "Thumbs.db", "desktop.ini", "a.jpg.part", "b.tmp"], []),
        (["done/x/1.jpg", "failed/y/1.jpg"], []),
    ],
)
def test_folder_what_belongs_together(tmp_path: Path, names: list[str], groups: list[str]) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [batch.name for batch in batches(tmp_path)] == groups


def test_folder_pages_are_in_the_order_in_which_people_count(tmp_path: Path) -> None:
    put(tmp_path, "a/10.jpg", "a/9.jpg", "a/1.jpg", "a/封面.jpg")
    (batch,) = batches(tmp_path)
    assert [path.name for path in batch.files] == ["1.jpg", "9.jpg", "10.jpg", "封面.jpg"]


def test_watcher_takes_nothing_that_still_grows(tmp_path: Path) -> None:
    service, clock = Service(), Clock()
    made = watching(tmp_path, service, clock)
    put(tmp_path, "a/1.jpg")
    for size in range(5):
        made.step()
        clock.now += 9
        (tmp_path / "a" / "1.jpg").write_text("x" * size)
    assert service.made == {}
    put(tmp_path, "a/2.jpg")
    work(made, clock)
    assert service.files == {"a0": ["xxxx", "a/2.jpg"]}


KILLS = [
    (call, number)
    for call in ("create", "created", "upload", "uploaded", "submit", "claimed", "finish", "moved")
    for number in (1, 2)
]


@pytest.mark.parametrize(("call", "number"), KILLS)
@pytest.mark.parametrize("names", [("a/1.jpg", "a/2.jpg"), ("a_1.jpg", "a_2.jpg")])
def test_watcher_killed_anywhere_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, names: tuple[str, str]
) -> None:
    root = tmp_path / "scans"
    root.mkdir()
    put(root, *names)
    service, clock, count = Service(), Clock(), [0]

    def kill(where: str) -> None:
        if where == call:
            count[0] += 1
            if count[0] == number:
                raise KilledError

    service.before = kill
    rename = Path.rename

    def renaming(self: Path, target: Path) -> Path:
        inside = ".yushen" in str(target)
        kill("claimed" if inside else "finish")
        moved = rename(self, target)
        if not inside:
            kill("moved")
        return moved

    monkeypatch.setattr(Path, "rename", renaming)
    for _ in range(3):
        try:
            work(watching(root, service, clock, submit=True), clock)
        except KilledError:
            continue
    assert list(service.made.values()) == ["a0"]
    assert sorted(service.files["a0"]) == sorted(names)
    assert service.submitted == ["a0"]
    (done,) = (root / "done").iterdir()
    assert sorted(path.read_text() for path in done.glob("*.jpg")) == sorted(names)
    assert json.loads((done / "result.json").read_text())["serial"] == "Sa0"
    assert not (root / "failed").exists()
    assert [path.name for path in root.iterdir() if path.name not in (".yushen", "done")] == []
    assert list((root / ".yushen" / "jobs").iterdir()) == []


def test_watcher_waits_longer_and_longer_while_the_service_is_away(tmp_path: Path) -> None:
    service, clock, tries = Service(), Clock(), []

    def away(call: str) -> None:
        tries.append(clock.now)
        raise AwayError

    service.before = away
    put(tmp_path, "a/1.jpg")
    made = watching(tmp_path, service, clock)
    for _ in range(3000):
        made.step()
        clock.now += 1
    distances = [b - a for a, b in pairwise(tries)]
    assert distances == sorted(distances)
    assert distances[0] <= 3
    assert 300 <= distances[-1] <= 301
    service.before = lambda call: None
    clock.now += 400
    made.step()
    assert service.files == {"a0": ["a/1.jpg"]}


def test_watcher_refused_file_goes_to_failed_with_the_rest_and_the_reason(tmp_path: Path) -> None:
    service, clock = Service(), Clock()
    put(tmp_path, "a/1.jpg", "b/1.jpg")
    (tmp_path / "a" / "2.jpg").write_text("bad")
    work(watching(tmp_path, service, clock, submit=True), clock)
    (failed,) = (tmp_path / "failed").iterdir()
    assert sorted(path.name for path in failed.iterdir()) == ["1.jpg", "2.jpg", "result.json", "受理结果.txt"]
    assert "没有收下：2.jpg（文件是空的）" in (failed / "受理结果.txt").read_text("utf-8")
    assert len(service.submitted) == 1  # b; nothing is submitted of which a part is missing
    assert [path.name for path in (tmp_path / "done").iterdir()] == ["b Sa1"]


def test_watcher_bad_content_file_is_said(tmp_path: Path) -> None:
    service, clock = Service(), Clock()
    put(tmp_path, "a/1.jpg")
    (tmp_path / "a" / "yushen.json").write_text("[")
    work(watching(tmp_path, service, clock), clock)
    (failed,) = (tmp_path / "failed").iterdir()
    assert "yushen.json 写得不对" in (failed / "受理结果.txt").read_text("utf-8")
    assert service.made == {}


def test_watcher_result_is_read_by_its_owner_only(tmp_path: Path) -> None:
    service, clock = Service(), Clock()
    put(tmp_path, "a/1.jpg")
    work(watching(tmp_path, service, clock), clock)
    (done,) = (tmp_path / "done").iterdir()
    assert (done / "result.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["", "yushen.gov.cn", "ftp://a", "http://", "http://a:b", "http://a:99999"])
def test_calling_address_has_to_be_one(url: str) -> None:
    with pytest.raises(CommandError):
        Calling(url, "k")


def test_calling_key_is_not_shown() -> None:
    assert "secret" not in repr(Calling("http://a", "secret"))
