"""The OpenAPI document as the page for people shows it: operations by tag, models with their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["groups_of", "models_of"]

_PLACES = {"path": "地址", "query": "查询", "header": "请求头"}


def groups_of(api: Mapping[str, Any], tags: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the operations of each tag, in the order of the document."""
    operations = [
        _operation(api, verb.upper(), path, operation)
        for path, verbs in api["paths"].items()
        for verb, operation in verbs.items()
    ]
    return [{**tag, "operations": [op for op in operations if op["tag"] == tag["name"]]} for tag in tags]


def models_of(api: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every model with its fields; plain lists of words are shown where they are used."""
    return [
        {
            "name": name,
            "words": schema.get("description", ""),
            "fields": [_field(api, key, value) for key, value in schema["properties"].items()],
        }
        for name, schema in sorted(api["components"]["schemas"].items())
        if "properties" in schema
    ]


def _operation(api: Mapping[str, Any], verb: str, path: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    good = next(status for status in operation["responses"] if status.startswith("2"))
    content = operation["responses"][good].get("content", {})
    media = next(iter(content), "")
    return {
        "id": operation["operationId"],
        "verb": verb,
        "path": path,
        "tag": operation["tags"][0],
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "fields": [*_parameters(api, operation), *_body(api, operation)],
        "answer": f"{good} {media}".strip(),
        "model": _reference(content[media].get("schema", {})) if media else "",
    }


def _parameters(api: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for parameter in operation.get("parameters", ()):
        yield {
            "name": parameter["name"],
            "where": _PLACES.get(parameter["in"], parameter["in"]),
            "required": parameter.get("required", False),
            "type": _type(api, parameter["schema"]),
            "words": parameter.get("description", ""),
            "model": "",
        }


def _body(api: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(api, content["schema"])
        if "properties" not in schema:
            yield {"name": media, "where": "正文", "required": True, "type": "bytes", "words": "", "model": ""}
        for name, value in schema.get("properties", {}).items():
            required = name in schema.get("required", ())
            yield {**_field(api, name, value), "where": "正文", "required": required}


def _field(api: Mapping[str, Any], name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    words = schema.get("description", "")
    if isinstance(words, str) and schema.get("examples"):
        words = f"{words}（例：{schema['examples'][0]}）" if words else f"例：{schema['examples'][0]}"
    return {"name": name, "type": _type(api, schema), "words": words, "model": _model(api, schema)}


def _resolved(api: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = _reference(schema)
    found: Mapping[str, Any] = api["components"]["schemas"][name] if name else schema
    return found


def _reference(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _model(api: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    for each in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        name = _reference(each)
        if name and "properties" in api["components"]["schemas"][name]:
            return name
    return ""


def _type(api: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_type(api, each) for each in schema["anyOf"])
    found = _resolved(api, schema)
    if "enum" in found:
        return " | ".join(str(value) for value in found["enum"])
    if "const" in found:
        return str(found["const"])
    if name := _reference(schema):
        return name
    if found.get("type") == "array":
        return f"{_type(api, found.get('items', {}))}[]"
    return str(found.get("format") or found.get("type", "any"))
