"""JSON Schema for editors: current, true of every pack that loads, and false of packs that do not."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pipeline.cli import main
from rules.engine.editor_schema import editor_schemas
from rules.engine.marked_yaml import load_marked
from rules.engine.predicates import REGISTRY
from rules.engine.schema_texts import CONDITIONS
from rules.vocabulary import load_vocabulary
from tests.rules.conftest import RULES

SCHEMAS = editor_schemas(load_vocabulary())
KINDS = {"rule.yaml": "rule", "cases.yaml": "cases", "region.yaml": "region", "amend.yaml": "amend"}


def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[f"{kind}.schema.json"])


def plain(node: Any) -> Any:
    """YAML as an editor reads it: dates are texts."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node.isoformat() if isinstance(node, dt.date) else node


def problems(kind: str, data: Any) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator(kind).iter_errors(plain(data))]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_committed_schema_is_current(name: str) -> None:
    committed = json.loads((RULES / "schema" / name).read_text("utf-8"))
    assert committed == SCHEMAS[name], "write them anew: yushen rules schema --out rules/schema"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_schema_is_a_schema_and_tells_every_key(name: str) -> None:
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    for where, properties in _properties(schema, ()):
        for key, body in properties.items():
            assert body.get("description"), (where, key)
    refs = {r.removeprefix("#/$defs/") for r in _refs(schema)}
    assert refs == set(schema["$defs"])


@pytest.mark.parametrize("file", sorted(KINDS))
def test_every_pack_validates(file: str) -> None:
    found = sorted(p for p in RULES.glob("**/" + file) if "schema" not in p.parts)
    assert found or file == "amend.yaml"
    for path in found:
        assert problems(KINDS[file], load_marked(path).data) == [], path


def test_conditions_are_described_in_full() -> None:
    condition = SCHEMAS["rule.schema.json"]["$defs"]["condition"]["properties"]
    assert set(condition) == {*REGISTRY, "all", "any", "any_proof", "list", "at_least", "not", "by_date"}
    assert set(condition) == set(CONDITIONS)
    words = SCHEMAS["rule.schema.json"]["$defs"]
    assert words["analyte"]["enumDescriptions"][words["analyte"]["enum"].index("creatinine")] == "肌酐"
    assert "降糖药" in words["class"]["enum"]
    assert "出院小结" in words["document"]["enum"]


def uremia() -> Any:
    return plain(load_marked(RULES / "jiangxi/07-uremia/rule.yaml").data)


def _at(data: Any, *steps: str | int) -> Any:
    for step in steps:
        data = data[step]
    return data


LAB = ("items", 1, "when", "lab")


@pytest.mark.parametrize(
    ("steps", "key", "value"),
    [
        ((), "nummer", 7),
        ((), "class", ""),
        ((), "effective", {}),
        (("items", 1), "source", None),
        (("items", 1), "when", {"labor": {}}),
        (("items", 1), "when", {"lab": {"name": "x", "any_of": []}}),
        (("items", 1), "when", {"any": []}),
        (("items", 1), "when", {"any": [], "all": []}),
        (("items", 1), "readings", ["cotch_all"]),
        (LAB, "tims", 2),
        (LAB, "times", "zwei"),
        (LAB, "window", "近来"),
        (LAB, "hospital_level", "四级"),
        (LAB, "documents", ["化验单"]),
        ((*LAB, "any_of", 1), "analyte", "kreatinin"),
        ((*LAB, "any_of", 1), "reading", "官方口径"),
        ((*LAB, "any_of", 1), "at_least", {"by_date": [{"value": "707 μmol/L"}]}),
        ((*LAB, "any_of", 1), "at_least", {"by_date": []}),
        (("items", 2, "when", "treatment"), "concepts", ["hemodialyse"]),
        (("items", 0, "when", "diagnosis"), "icd10", ["尿毒症"]),
    ],
)
def test_broken_rules_do_not_validate(steps: tuple[str | int, ...], key: str, value: Any) -> None:
    data = copy.deepcopy(uremia())
    node = _at(data, *steps)
    if value is None:
        del node[key]
    else:
        node[key] = value
    assert problems("rule", data)


@pytest.mark.parametrize(
    "value",
    [
        {"by_date": [{"from": "2024-01-01", "to": "2026-12-31", "value": "707 μmol/L"}]},
        "600 μmol/L",
    ],
)
def test_values_by_date_validate_anywhere(value: Any) -> None:
    data = uremia()
    _at(data, *LAB, "any_of", 1)["at_least"] = value
    data["items"][2]["when"] = {"by_date": [{"from": "2024-01-01", "value": data["items"][2]["when"]}]}
    data["formula"] = {"by_date": [{"from": "2024-01-01", "value": data["formula"]}]}
    assert problems("rule", data) == []


AMEND = {
    "amends": "uremia",
    "changes": [{"at": "items.2.when.lab.times", "from": 2, "to": 1, "source": "C1", "reason": "某市只要一次。"}],
}


def test_amendments_validate() -> None:
    assert problems("amend", AMEND) == []
    item = {**uremia()["items"][1], "id": "9"}
    assert problems("amend", {**AMEND, "added": [{"item": item, "reason": "另要一次。"}]}) == []
    broken = {**item, "when": {"lab": {"name": "x", "any_of": [{"analyte": "kreatinin", "positive": True}]}}}
    assert problems("amend", {**AMEND, "added": [{"item": broken, "reason": "另要一次。"}]})
    assert problems("amend", {**AMEND, "amend": "x"})
    assert problems("amend", {"changes": AMEND["changes"]})
    assert problems("amend", {**AMEND, "changes": [{"at": "x", "from": 1, "to": 2}]})


def test_broken_regions_and_cases_do_not_validate() -> None:
    region = plain(load_marked(RULES / "jiangxi/region.yaml").data)
    assert problems("region", {**region, "policies": {**region["policies"], "unknown_ovner": {}}})
    entry = {**region["policies"]["unknown_owner"], "value": "yes"}
    assert problems("region", {**region, "policies": {**region["policies"], "unknown_owner": entry}})
    case = {"title": "什么都没有，应建议补充。", "given": [], "expect": {"conclusion": "insufficient"}}
    assert problems("cases", {"cases": [case]}) == []
    assert problems("cases", {"cases": [{**case, "expect": {"conclusion": "perhaps"}}]})
    assert problems("cases", {"cases": [{**case, "expect": {"1": "vielleicht"}}]})
    assert problems("cases", {"cases": [{**case, "given": [{"type": "化验单"}]}]})
    assert problems("cases", {"cases": [{**case, "given": [{"like": "证", "datum": "2026-01-01"}]}]})


def test_addition_of_an_outside_folder_validates_and_a_whole_region_does_not() -> None:
    added = {"extends": "jiangxi", "sources": {"AH": {"title": "安徽省2023年文本", "grade": "C"}}}
    assert problems("addition", added) == []
    assert problems("addition", {**added, "sources": {"AH": {"title": "安徽省2023年文本", "grade": "Z"}}})
    assert problems("addition", {**added, "policies": {"unknown_owner": {"value": "yes", "text": "x", "source": "AH"}}})
    assert problems("addition", {**added, "name": "江西省"})


def test_command_writes_the_schemas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "schema", "--out", str(tmp_path / "new")]) == 0
    assert "5 个 JSON Schema" in capsys.readouterr().out
    assert {p.name for p in (tmp_path / "new").iterdir()} == set(SCHEMAS)
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["rules", "schema", "--out", str(tmp_path / "file")]) != 0


def _properties(node: Any, where: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and "type" in node:
            yield where, node["properties"]
        for key, value in node.items():
            yield from _properties(value, (*where, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _properties(value, (*where, index))


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)
