"""A store is written whole or not at all, and can be read and nothing else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pipeline.audit.schema import SCHEMA_VERSION, TABLES
from pipeline.audit.schema.arrow import SchemaError
from pipeline.audit.store import StoreError, Writer, memory_store, open_store, read_manifest, write

ISSUE = {"application_id": "a1", "document": "d1", "page": 1, "code": "blurred", "retake": True}
FACTS = {"application_id": "a1", "region": "jiangxi", "diseases": "copd", "as_of": dt.date(2026, 3, 1), "facts": "{}"}


def _write(folder: Path, **more: Any) -> None:
    write({"quality": [ISSUE], "facts": [FACTS]}, folder, source="reports", rules_versions=["2", "1", "2"], **more)


def test_store_gives_back_what_was_written(tmp_path: Path) -> None:
    _write(tmp_path / "s")

    with open_store(tmp_path / "s", check=True) as store:
        assert store.query("SELECT * FROM quality WHERE code = $code", {"code": "blurred", "other": 1}) == [ISSUE]
        assert store.query("SELECT * FROM facts") == [FACTS]
        assert store.value("SELECT count(*) FROM applications") == 0
        assert store.manifest is not None
        assert store.manifest.rules_versions == ("1", "2")
        assert store.manifest.tables["quality"].rows == 1
    assert (tmp_path / "s/facts/facts.parquet").is_file()
    assert len(list((tmp_path / "s").glob("*.parquet"))) == len(TABLES) - 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"code": None}, "quality.code: null"),
        ({"page": "一"}, "quality.page: not integer"),
        ({"extra": 1}, "quality: unknown column extra"),
    ],
)
def test_store_refuses_a_row_that_is_not_of_its_table_and_leaves_nothing(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(SchemaError, match=told):
        write({"quality": [ISSUE | change]}, tmp_path / "s", source="reports", rules_versions=[])

    assert list(tmp_path.iterdir()) == []


def test_store_refuses_a_word_outside_its_list_without_quoting_it() -> None:
    row = {"application_id": "a", "document": "d1", "type": "x", "type_label": "x", "pages": 1, "retake_pages": 0}

    with pytest.raises(SchemaError, match=r"documents\.owner: a word outside its list") as caught:
        memory_store({"documents": [row | {"owner": "张三", "duplicate": False}]})
    assert "张三" not in str(caught.value)


def test_store_changed_file_is_noticed(tmp_path: Path) -> None:
    _write(tmp_path / "s")
    _write(tmp_path / "t")
    path = tmp_path / "s/quality.parquet"
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(StoreError, match="与清单不符"):
        open_store(tmp_path / "s", check=True)


def test_store_copy_without_the_sensitive_folder_opens_with_no_facts(tmp_path: Path) -> None:
    _write(tmp_path / "s")
    (tmp_path / "s/facts/facts.parquet").unlink()
    (tmp_path / "s/facts").rmdir()

    with open_store(tmp_path / "s", check=True) as store:
        assert store.query("SELECT * FROM facts") == []
        assert store.value("SELECT count(*) FROM quality") == 1


def test_store_without_another_table_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "s")
    (tmp_path / "s/quality.parquet").unlink()

    with pytest.raises(StoreError, match="缺少文件"):
        open_store(tmp_path / "s")


@pytest.mark.parametrize(
    "sql",
    [
        "COPY quality TO '{folder}/out.csv'",
        "ATTACH '{folder}/new.db'",
        "CREATE TABLE x AS SELECT 1",
        "SET enable_external_access = true",
        "SELECT 1; SELECT 2",
        "PRAGMA database_list",
    ],
)
def test_store_takes_nothing_but_one_question(tmp_path: Path, sql: str) -> None:
    _write(tmp_path / "s")
    before = sorted(tmp_path.rglob("*"))

    with open_store(tmp_path / "s") as store, pytest.raises(StoreError, match="只能查询"):
        store.query(sql.format(folder=tmp_path / "s"))
    assert sorted(tmp_path.rglob("*")) == before


def test_store_reads_no_file_beside_its_own(tmp_path: Path) -> None:
    _write(tmp_path / "s")
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")

    with open_store(tmp_path / "s") as store, pytest.raises(Exception, match="disabled"):
        store.query(f"SELECT * FROM read_csv('{secret}')")


def test_store_replaces_a_store_when_asked_and_never_anything_else(tmp_path: Path) -> None:
    _write(tmp_path / "s")
    with pytest.raises(StoreError, match="已有内容"):
        _write(tmp_path / "s")
    _write(tmp_path / "s", replace=True)
    other = tmp_path / "photos"
    other.mkdir()
    (other / "a.jpg").write_bytes(b"x")

    with pytest.raises(StoreError, match="别的内容"):
        _write(other, replace=True)
    assert [path.name for path in other.iterdir()] == ["a.jpg"]


def test_store_left_before_it_is_finished_leaves_nothing(tmp_path: Path) -> None:
    with Writer(tmp_path / "s") as writer:
        writer.add("quality", [ISSUE])

    assert list(tmp_path.iterdir()) == []


def test_store_of_another_version_is_refused_in_words(tmp_path: Path) -> None:
    _write(tmp_path / "s")
    path = tmp_path / "s/manifest.json"
    path.write_text(path.read_text().replace(f'"schema_version": {SCHEMA_VERSION}', '"schema_version": 99'))

    with pytest.raises(StoreError, match="第 99 版"):
        read_manifest(tmp_path / "s")
    with pytest.raises(StoreError, match="没有审计数据"):
        read_manifest(tmp_path)
