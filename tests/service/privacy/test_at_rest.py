"""An invented person goes through everything; then the disk is searched for them, and after deletion for their key.

Searched are bytes and names of all files below the data folder (database, write-ahead log, files, scratch, exports), a
backup, the folder of temporary files and what was logged; also compressed, and in the encodings in which text is kept.
"""

from __future__ import annotations

import base64
import datetime as dt
import logging
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pipeline.service import applications, backup, trail
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM, Actor
from pipeline.service.analysis.keeping import refresh
from pipeline.service.casework import assess
from pipeline.service.decisions.deciding import decide
from pipeline.service.decisions.reasons import Reason as Why
from pipeline.service.logs import JsonLines
from pipeline.service.office import Office, passing_files
from pipeline.service.retention import Reason, apply_policy, due, erase
from pipeline.service.tables import (
    Application,
    Assessment,
    Base,
    DataKey,
    Decision,
    Outcome,
    TrailRow,
    Upload,
    UploadPart,
    UploadSession,
)
from pipeline.service.work.taking_in import take_in_upload
from tests.service.conftest import NOW, at
from tests.service.made import DISCHARGE, ECHO, add_file, add_read_file, made_application

NAME, NUMBER, PHONE = "司徒哨兵", "999999196803120010", "13700007777"
WORDS = (NAME, NUMBER, PHONE, "哨兵路七号", "哨兵性高血压")
SHEET = DISCHARGE.replace("张建国", NAME).replace("2.2型糖尿病", "2.哨兵性高血压\n住址：哨兵路七号")


def forms(word: str) -> list[bytes]:
    """The word as it may lie on a disk."""
    plain = word.encode()
    escaped = word.encode("unicode_escape")
    # Base64 at each of the three offsets, without the ends that depend on the neighbours.
    coded = [base64.b64encode(b"\0" * n + plain + b"\0" * 3)[4 if n else 0 : -6] for n in range(3)]
    return [plain, word.encode("gb18030"), word.encode("utf-16-le"), escaped, *(c for c in coded if len(c) > 10)]


WANTED = [form for word in WORDS for form in forms(word)]


def found_in(*folders: Path) -> list[str]:
    """Files in whose bytes or names a sentinel stands."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            if any(form in data or form in str(path).encode() for form in WANTED):
                found.append(str(path))
    return found


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Everything that is logged, at any level, by anybody, as it is written."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(JsonLines().format(record))

    handler, root = Keep(level=logging.DEBUG), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


def everything(office: Office, reviewer: Actor) -> str:
    """One case through all there is: taken apart, read, judged, returned, decided, a part on its way, broken files."""
    case = made_application(office, {}, disease="hypertension", submitted=False, name=NAME)
    with office.database.write() as session:
        person = applications.Person(name=NAME, id_number=NUMBER, phone=PHONE, agent_name=NAME, agent_phone=PHONE)
        applications.describe(session, SYSTEM, office, find(session, SYSTEM, case, lock=True), person=person)
    add_read_file(office, case, f"{NAME}出院.jpg", (SHEET,))
    add_read_file(office, case, f"{NUMBER}.jpg", (ECHO.replace("张建国", NAME),))
    for name, data in ((f"{NAME}.pdf", f"%PDF-1.4 {NAME}".encode()), (f"{PHONE}.zip", b"PK\3\4" + NAME.encode())):
        take_in_upload(office, add_file(office, case, name, data))  # neither opens: the error paths
    with office.database.write() as session:
        row = UploadSession(
            application_id=case, name=f"{NAME}.pdf", size=99, sha256="0" * 64, created_at=NOW, expires_at=NOW
        )
        session.add(row)
        session.flush()
        blob = office.blobs.of(case).put(row.id.encode() + NAME.encode())
        session.add(UploadPart(session_id=row.id, start=0, size=9, blob=blob))
    with office.database.write() as session:
        applications.submit(session, SYSTEM, office, find(session, SYSTEM, case, lock=True))
        applications.claim(session, reviewer, office, find(session, reviewer, case, lock=True))
    made = assess(office, case)
    assert made is not None
    reasons = [Why(code="other", text=f"{NAME}的材料不全")]
    with office.database.write() as session:
        found = find(session, reviewer, case, lock=True)
        decide(session, reviewer, office, found, made.id, Outcome.REFUSE, reasons, f"电话 {PHONE}")
    return case


@pytest.mark.parametrize("written", ["{}", "x{}x"])
@pytest.mark.parametrize("coding", ["utf-8", "gb18030", "utf-16-le", "unicode_escape"])
def test_search_finds_what_it_looks_for(tmp_path: Path, written: str, coding: str) -> None:
    (tmp_path / "a").write_bytes(written.format(NAME).encode(coding))
    (tmp_path / "b").write_bytes(base64.b64encode(b"12345" + written.format(NUMBER).encode() + b"6789"))
    assert len(found_in(tmp_path)) == 2


@pytest.mark.slow
def test_nothing_of_a_person_lies_in_the_clear_and_nothing_opens_after_deletion(
    office: Office, reviewer: Actor, tmp_path: Path, temporary: Path, logged: list[str]
) -> None:
    case = everything(office, reviewer)
    refresh(office)
    backup.save(office, tmp_path / "backup")
    data = office.settings.service.data_dir
    folders = (data, tmp_path / "backup", temporary, *passing_files(office.settings).folders)

    assert found_in(*folders) == []
    assert not [line for line in logged if any(form in line.encode() for form in WANTED)]

    copied = tmp_path / "stolen"  # what the thief of the disk has
    shutil.copytree(data, copied)
    with office.database.read() as session:
        wrapped = session.get_one(DataKey, case).wrapped
        names = set(session.scalars(select(Upload.blob)))
        assert session.scalars(select(Decision)).one().note == f"电话 {PHONE}"
    erased = erase(office, SYSTEM, case, Reason.REQUEST)
    assert erased is not None
    assert erased.files >= 5
    office.database.checkpoint()

    assert list(office.blobs.digests()) == []
    assert found_in(*folders) == []
    if not office.database.url.startswith("postgresql"):
        files = [path for path in data.rglob("*") if path.is_file()]
        assert not [path for path in files if wrapped in path.read_bytes()]  # the key, wrapped: gone from the file, too
        assert [path for path in copied.rglob("*") if path.is_file() and wrapped in path.read_bytes()]
    with office.database.read() as session:
        left = {t.name for t in Base.metadata.sorted_tables if "application_id" in t.c and _of_case(session, t, case)}
        assert left == {"trail"}
        row = session.scalars(select(TrailRow).where(TrailRow.action == "application.erase")).one()
        assert row.detail["reason"] == "request"
        assert trail.verify(session)[2] is None
        told = " ".join(str(each.detail) for each in session.scalars(select(TrailRow)))
        assert not any(word in told for word in WORDS)
    assert names
    assert erase(office, SYSTEM, case, Reason.REQUEST) is None


def _of_case(session: object, table: object, case: str) -> int:
    query = select(func.count()).select_from(table).where(table.c.application_id == case)  # type: ignore[arg-type,attr-defined]
    found: int = session.scalar(query)  # type: ignore[attr-defined]
    return found


def test_policy_deletes_what_was_kept_long_enough_and_nothing_else(office: Office) -> None:
    _, young = (made_application(office, {}, submitted=False) for _ in range(2))
    submitted = made_application(office, {"a.jpg": (DISCHARGE,)})
    withdrawn = made_application(office, {"b.jpg": (DISCHARGE,)})
    with office.database.write() as session:
        applications.withdraw(session, SYSTEM, office, find(session, SYSTEM, withdrawn, lock=True))
    later = at(office, NOW + dt.timedelta(days=31))
    add_file(later, young, "neu.jpg", b"touched")
    with office.database.read() as session:
        found = due(session, later)
        assert (found.drafts, found.withdrawn, found.decided) == (1, 1, 0)
    done = apply_policy(later)
    assert len(done.cases) == 2
    with office.database.read() as session:
        assert set(session.scalars(select(Application.id))) == {young, submitted}
        assert set(session.scalars(select(DataKey.scope))) == {young, submitted, "0" * 32}
        assert session.scalar(select(func.count()).select_from(Assessment)) == 0
    assert apply_policy(later).cases == ()
    never = later.settings.service.model_copy(update={"keep_drafts_days": 0, "keep_withdrawn_days": 0})
    forever = replace(later, settings=later.settings.model_copy(update={"service": never}))
    with office.database.read() as session:
        assert due(session, replace(forever, now=lambda: NOW + dt.timedelta(days=4000))).drafts == 0


def test_policy_deletes_files_taken_out_again_but_not_bytes_that_another_holds(office: Office) -> None:
    case = made_application(office, {}, submitted=False)
    gone = add_file(office, case, "a.jpg", b"same")
    with office.database.write() as session:
        applications.remove_upload(session, SYSTEM, office, find(session, SYSTEM, case, lock=True), gone)
    kept = add_file(office, case, "b.jpg", b"same")
    other = add_file(office, case, "c.jpg", b"other")
    with office.database.write() as session:
        applications.remove_upload(session, SYSTEM, office, find(session, SYSTEM, case, lock=True), other)
    later = at(office, NOW + dt.timedelta(days=31))
    # Another file of the draft is young, so that the draft itself stays.
    add_file(later, case, "d.jpg", b"new")
    assert apply_policy(later).removed == 2
    with office.database.read() as session:
        left = {upload.id: upload for upload in session.scalars(select(Upload))}
        assert kept in left
        assert not {gone, other} & set(left)
        assert office.blobs.of(case).read(left[kept].blob) == b"same"
    assert len(list(office.blobs.digests())) == 2
