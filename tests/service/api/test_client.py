"""The example client and the watched folder against the service itself; pages are taken in, and read by a fake."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import func, select

from pipeline.cli import main
from pipeline.cli.exits import BAD_USAGE, OK
from pipeline.service import applications
from pipeline.service.app import create_app
from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application
from pipeline.service.work.inline import InlineQueue
from tests.service.api.conftest import ALL, make_key
from tests.service.api.live import served
from tests.service.work.fakes import FakeReader

CLIENT = Path(__file__).parents[3] / "docs/api/client.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("example_client", CLIENT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def url(office: Office) -> Iterator[str]:
    with served(create_app(office, InlineQueue(office, FakeReader()))) as address:
        yield address


def photo(path: Path, text: str) -> Path:
    """A picture with something on it; its bytes differ with the text."""
    image = Image.new("RGB", (900, 1200), "white")
    ImageDraw.Draw(image).text((100, 100), text, fill="black")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.slow
def test_client_goes_the_whole_way(
    example: ModuleType, url: str, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [photo(tmp_path / "一.jpg", "one"), photo(tmp_path / "二.jpg", "two")]
    client = example.Client(url, make_key(office))
    end = example.run(client, "高血压", "测试一", files, submit=True)
    assert (end["state"], end["files"], end["pages"]["done"]) == ("submitted", 2, 2)
    said = capsys.readouterr().out
    assert end["serial"] in said
    assert "还需要" in said
    with pytest.raises(example.ApiError) as error:
        client.decision(end["id"])
    assert error.value.code == "not_decided"


@pytest.mark.slow
def test_client_sends_large_files_in_parts(
    example: ModuleType, url: str, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "PART", 5000)
    path = photo(tmp_path / "大.jpg", "large " * 200)
    assert path.stat().st_size > 15_000
    client = example.Client(url, make_key(office))
    made = client.create("高血压", {"name": "测试一"})
    sent = client.upload(made["id"], path)
    assert (sent["name"], sent["size"]) == ("大.jpg", path.stat().st_size)
    assert client.upload(made["id"], path)["id"] == sent["id"]


def test_client_verifies_webhooks_as_the_service_signs_them(example: ModuleType) -> None:
    from pipeline.service.api.webhooks import sign

    header = sign("whsec_x", b"{}", 1000)
    assert example.verify_webhook("whsec_x", header, b"{}", 1200)
    assert not example.verify_webhook("whsec_x", header, b"{}", 1400)
    assert not example.verify_webhook("whsec_x", header, b"{ }", 1200)


@pytest.mark.slow
def test_watch_makes_an_application_of_each_folder_and_each_group(
    url: str, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUSHEN_API_KEY", make_key(office, ALL, channel="window"))
    scans = tmp_path / "scans"
    (scans / "窗口一").mkdir(parents=True)
    photo(scans / "窗口一" / "10.jpg", "ten")
    photo(scans / "窗口一" / "9.jpg", "nine")
    content = {"disease": "高血压", "person": {"name": "测试一"}}
    (scans / "窗口一" / "yushen.json").write_text(json.dumps(content), "utf-8")
    photo(scans / "王_01.jpg", "a")
    photo(scans / "王_02.jpg", "b")
    photo(scans / "别的.jpg", "c")
    (scans / "Thumbs.db").write_bytes(b"x")
    arguments = ["watch", str(scans), "--url", url, "--settle", "0.2", "--every", "0.1", "--once"]
    assert main([*arguments, "--disease", "糖尿病", "--submit"]) == OK
    done = sorted(path.name.split(" ")[0] for path in (scans / "done").iterdir())
    failed = sorted(path.name.split(" ")[0] for path in (scans / "failed").iterdir())
    assert (done, failed) == (["窗口一"], ["别的", "王"])  # nobody's name is known: uploaded, but not submitted
    with office.database.read() as session:
        rows = {row.serial: row for row in session.scalars(select(Application))}
        assert len(rows) == 3
        (folder,) = (scans / "done").iterdir()
        result = json.loads((folder / "result.json").read_text("utf-8"))
        case = rows[result["serial"]]
        assert (case.state, case.disease, case.channel.value) == (State.SUBMITTED, "hypertension", "window")
        assert [u.name for u in applications.uploads_of(session, case)] == ["9.jpg", "10.jpg"]
        assert applications.open_by_code(session, office, result["serial"], result["query_code"]).id == case.id
        assert result["serial"] in (folder / "受理结果.txt").read_text("utf-8")
        group = next(path for path in (scans / "failed").iterdir() if path.name.startswith("王"))
        assert sorted(path.name for path in group.glob("*.jpg")) == ["王_01.jpg", "王_02.jpg"]
    # The window writes the name down and puts the folder back: the same application goes on.
    (group / "yushen.json").write_text(json.dumps(content), "utf-8")
    group.rename(scans / "王")
    assert main([*arguments, "--submit"]) == OK
    assert sorted(path.name.split(" ")[0] for path in (scans / "done").iterdir()) == ["王", "窗口一"]
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == 3
    assert not list((scans / ".yushen" / "jobs").iterdir())


@pytest.mark.slow
def test_watch_says_what_is_wrong_with_its_arguments(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("YUSHEN_API_KEY", raising=False)
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "a.jpg").write_bytes(b"x")
    assert main(["watch", str(scans), "--url", url, "--once"]) == BAD_USAGE
    assert main(["watch", str(scans), "--url", "nowhere", "--key", "k", "--once"]) == BAD_USAGE
    assert main(["watch", str(tmp_path / "no"), "--url", url, "--key", "k", "--once"]) == BAD_USAGE
    assert main(["watch", str(scans), "--url", url, "--key", "k", "--settle", "0", "--once"]) == BAD_USAGE
    said = capsys.readouterr().err
    assert "YUSHEN_API_KEY" in said
    assert "密钥不能用" in said
    # Nothing is lost: the next start with a good key goes on.
    (job,) = (scans / ".yushen" / "jobs").iterdir()
    assert (job / "files" / "a.jpg").read_bytes() == b"x"
