"""The schema is sound, holds nobody's identity, and the dictionary tells all of it."""

from __future__ import annotations

import re

import pytest

from pipeline.audit.dictionary import DICTIONARY, dictionary
from pipeline.audit.schema import TABLES, Table, table


@pytest.mark.parametrize("found", TABLES, ids=lambda t: t.name)
def test_schema_table_is_sound(found: Table) -> None:
    assert len(set(found.names)) == len(found.names)
    assert found.key, found.name
    assert not any(found[name].nullable for name in found.key)
    for column in found.columns:
        assert re.search(r"[\u4e00-\u9fff]", column.chinese), column.name
        assert column.english
        assert not re.search(r"[\u4e00-\u9fff]", column.english), column.name


def test_schema_has_no_column_for_identity_and_one_table_for_words_of_papers() -> None:
    banned = re.compile(r"(^|_)(name|phone|id_number|file|quote|note|login|serial|address|birth)(_|$)")
    found = [f"{t.name}.{c}" for t in TABLES for c in t.names if banned.search(c)]

    assert found == ["applications.disease_name", "judgements.disease_name"]
    assert [t.name for t in TABLES if t.sensitive] == ["facts"]


def test_schema_joins_on_the_application_everywhere() -> None:
    assert all("application_id" in t.names for t in TABLES)
    with pytest.raises(KeyError):
        table("people")


def test_dictionary_file_is_that_of_the_schema() -> None:
    assert DICTIONARY.read_text("utf-8") == dictionary(), "python -m pipeline.audit"


def test_dictionary_names_every_column_with_type_and_meaning() -> None:
    text = dictionary()

    for found in TABLES:
        part = text.split(f"\n## {found.name}\n")[1].split("\n## ")[0]
        for column in found.columns:
            kind = column.kind.value + ("?" if column.nullable else "")
            assert f"| `{column.name}` | {kind} | {column.chinese}" in part
