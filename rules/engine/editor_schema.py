"""JSON Schema of the rule files for editors: built from the models, the conditions' parameters and the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from rules.engine.amend_schema import AmendFile
from rules.engine.case_facts import CaseDocument
from rules.engine.cases import CasesFile
from rules.engine.judgement import Conclusion, Status
from rules.engine.policies import CHOICES
from rules.engine.predicates import REGISTRY
from rules.engine.schema import AdditionFile, RegionFile, RuleFile
from rules.engine.schema_texts import CONDITIONS, POLICIES, key_text
from rules.engine.schema_words import words_of
from rules.vocabulary import Vocabulary

__all__ = ["editor_schemas"]

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
BY_DATE: Schema = {"$ref": "#/$defs/by_date"}
CONDITION: Schema = {"$ref": "#/$defs/condition"}


def editor_schemas(vocabulary: Vocabulary) -> dict[str, Schema]:
    """Return the schemas by file name."""
    words = words_of(vocabulary)
    top: dict[str, tuple[type[BaseModel], str]] = {
        "rule.schema.json": (RuleFile, "一个病种的规则（rule.yaml）"),
        "amend.schema.json": (AmendFile, "对上级地区一个病种的修改（amend.yaml）"),
        "region.schema.json": (RegionFile, "一个地区的口径与出处（region.yaml）"),
        "addition.schema.json": (AdditionFile, "文件夹给随程序的地区增补的出处与口径（region.yaml，写 extends）"),
        "cases.schema.json": (CasesFile, "一个病种的案例（cases.yaml）"),
    }
    return {name: _file(model, title, words) for name, (model, title) in top.items()}


def _file(model: type[BaseModel], title: str, words: Mapping[str, Schema]) -> Schema:
    models: list[type[BaseModel]] = [model]
    conditions = model in (RuleFile, AmendFile)
    params = {kind.params for kind in REGISTRY.values()} if conditions else set()
    models += sorted(params, key=lambda p: p.__name__)
    if model is CasesFile:
        models.append(CaseDocument)
    refs, built = models_json_schema([(m, "validation") for m in models], ref_template="#/$defs/{model}")
    defs: dict[str, Schema] = {name: _plain(schema) for name, schema in built["$defs"].items()}
    inside = _reachable({p.__name__ for p in params}, defs)
    for name, schema in defs.items():
        _describe(name, schema, dated=name in inside)
    if conditions:
        names = {kind: refs[(entry.params, "validation")]["$ref"] for kind, entry in REGISTRY.items()}
        defs |= _conditions(names)
    if model is CasesFile:
        _cases(defs)
    if model in (RegionFile, AdditionFile):
        _policies(defs, model.__name__)
    used = _used([refs[(model, "validation")], *defs.values()])
    defs |= {key: schema for key, schema in words.items() if f"#/$defs/{key}" in used}
    body = defs.pop(model.__name__)
    return {"$schema": DIALECT, "title": title, **body, "$defs": dict(sorted(defs.items()))}


def _plain(schema: Any) -> Any:
    """Without the titles and English docstrings that pydantic adds."""
    if isinstance(schema, dict):
        drop = {"title", "description", "default"} if "properties" not in schema else {"title", "description"}
        kept = {k: v for k, v in schema.items() if not (k in drop and not isinstance(v, dict))}
        return {k: {n: _plain(s) for n, s in v.items()} if k == "properties" else _plain(v) for k, v in kept.items()}
    return [_plain(v) for v in schema] if isinstance(schema, list) else schema


def _describe(model: str, schema: Schema, *, dated: bool) -> None:
    """Give every property its Chinese text and its words; in conditions a value may also change with time."""
    for key, body in schema.get("properties", {}).items():
        known = _words_for(model, key)
        if known is not None:
            body = _with_words(body, known)
        if dated:
            body = {"anyOf": [_dated_members(body), BY_DATE]}
        schema["properties"][key] = {**body, "description": key_text(key, model)}


def _dated_members(schema: Schema) -> Schema:
    items = schema.get("items")
    return {**schema, "items": {"anyOf": [items, BY_DATE]}} if items else schema


def _with_words(schema: Schema, words: Schema) -> Schema:
    """Put the known words in the place of the text, alone or as a member of a list."""
    if schema.get("type") == "array":
        return {**schema, "items": words}
    if "anyOf" in schema:
        return {**schema, "anyOf": [words if s.get("type") == "string" else s for s in schema["anyOf"]]}
    return words


_TREATMENT_MODELS = ("TreatmentParams", "VisitsParams")
_BY_KEY = {
    "analyte": "analyte",
    "analytes": "analyte",
    "findings": "finding",
    "weak": "finding",
    "normal": "finding",
    "excluded_by": "finding",
    "of": "finding",
    "measure": "measurement",
    "concepts": "diagnosis",
    "weak_concepts": "diagnosis",
    "classes": "class",
    "kinds": "kind",
    "weak_kinds": "kind",
    "documents": "document",
    "record_documents": "document",
    "hospital_level": "level",
    "window": "period",
    "span": "period",
    "after": "period",
    "icd10": "icd10",
    "exclude_icd10": "icd10",
    "readings": "reading_or_policy",
    "reading": "reading",
    "when": "condition",
    "formula": "formula",
    "modalities": "modality",
    "normal_modalities": "modality",
    "modality": "modality",
}


def _words_for(model: str, key: str) -> Schema | None:
    if model == "CaseDocument":
        # Texts of a case are free: 胃癌 C16.900, 肌酐 812 μmol/L.
        return {"$ref": "#/$defs/document"} if key == "type" else None
    if model == "AmendFile" or (model == "FormParams" and key == "any_of"):
        return None
    if model == "ChangedFormula" and key in ("from", "to"):
        return {"$ref": "#/$defs/formula"}
    if key == "concepts" and model in _TREATMENT_MODELS:
        return {"$ref": "#/$defs/treatment"}
    return {"$ref": f"#/$defs/{_BY_KEY[key]}"} if key in _BY_KEY else None


def _reachable(start: set[str], defs: Mapping[str, Schema]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        for ref in _used([defs.get(todo.pop(), {})]):
            name = ref.removeprefix("#/$defs/")
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def _used(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(_used(v) for v in node.values()))
    return set().union(*(_used(v) for v in node)) if isinstance(node, list) else set()


def _periods(value: Schema) -> Schema:
    entry = {
        "type": "object",
        "properties": {
            "from": {"type": "string", "format": "date", "description": "自这一天起"},
            "to": {"type": "string", "format": "date", "description": "到这一天止"},
            "value": {**value, "description": key_text("value")},
        },
        "required": ["from", "value"],
        "additionalProperties": False,
    }
    return {"type": "array", "minItems": 1, "items": entry, "description": CONDITIONS["by_date"]}


def _by_date(value: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"by_date": _periods(value)},
        "required": ["by_date"],
        "additionalProperties": False,
    }


def _conditions(refs: Mapping[str, str]) -> dict[str, Schema]:
    """The tree of conditions: a group or a predicate, each with what stands below it."""
    several = {"anyOf": [{"type": "array", "minItems": 1, "items": CONDITION}, BY_DATE]}
    k = {"anyOf": [{"type": "integer", "minimum": 1}, BY_DATE], "description": key_text("k")}
    some = {
        "type": "object",
        "properties": {"k": k, "of": {**several, "description": key_text("of")}},
        "required": ["k", "of"],
        "additionalProperties": False,
    }
    bodies: dict[str, Schema] = dict.fromkeys(("all", "any", "any_proof", "list"), several)
    bodies |= {"at_least": some, "not": CONDITION}
    bodies |= {name: {"anyOf": [{"$ref": ref}, BY_DATE]} for name, ref in refs.items()}
    properties = {name: {**body, "description": CONDITIONS[name]} for name, body in bodies.items()}
    properties["by_date"] = _periods(CONDITION)
    text = {"type": ["string", "integer"], "pattern": r"^[A-Za-z0-9_.&|(),:（），：＆｜、\s–—-]+$"}
    return {
        "condition": {
            "type": "object",
            "properties": properties,
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        },
        "by_date": _by_date({}),
        "formula": {"anyOf": [text, _by_date(text)]},
    }


def _cases(defs: dict[str, Schema]) -> None:
    """Documents of cases stand under ``shared`` and ``given``, whole or as a change of a shared one."""
    whole = defs["CaseDocument"]
    like = {"type": "string", "description": key_text("like")}
    defs["LikeDocument"] = {
        **whole,
        "properties": {"like": like, **whole["properties"]},
        "required": ["like"],
    }
    document = {"$ref": "#/$defs/CaseDocument"}
    given = {"anyOf": [{"type": "string"}, document, {"$ref": "#/$defs/LikeDocument"}]}
    defs["CasesFile"]["properties"]["shared"]["additionalProperties"] = document
    case = defs["CaseFile"]["properties"]
    case["given"]["items"] = given
    statuses = "|".join(status.value for status in Status)
    case["expect"]["additionalProperties"] = {"type": "string", "pattern": f"^({statuses})( [a-z_]+)?$"}
    case["expect"]["properties"] = {
        "conclusion": {"enum": [conclusion.value for conclusion in Conclusion], "description": "结论"}
    }


def _policies(defs: dict[str, Schema], model: str) -> None:
    """Each policy with the values that it can take."""
    policy = defs["PolicyFile"]
    entries = {}
    for name, values in CHOICES.items():
        value: Schema = {"enum": list(values)} if values else {"type": "number", "minimum": 0, "maximum": 1}
        properties = {**policy["properties"], "value": {**value, "description": key_text("value")}}
        entries[name] = {**policy, "properties": properties, "description": POLICIES.get(name, "")}
    region = defs[model]["properties"]
    region["policies"] = {
        "type": "object",
        "properties": entries,
        "additionalProperties": False,
        "description": key_text("policies"),
    }
    defs.pop("PolicyFile")
