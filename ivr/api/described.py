"""The description of the API as people read it: operations and models out of the OpenAPI document, as plain values."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.api.examples import BODIES, QUERIES, VALUES

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Type:
    """A type in words; `model` is the anchor of the model that it names, if any."""

    text: str
    model: str = ""


@dataclass(frozen=True)
class Field:
    """A parameter or a field of a model. `where` is query, path or header of a parameter."""

    name: str
    type: Type
    required: bool
    text: str
    where: str = ""


@dataclass(frozen=True)
class Model:
    """What is sent or answered; one with `values` is one of them. `anchor` is unique on the page."""

    anchor: str
    name: str
    text: str
    fields: tuple[Field, ...]
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A status with what is answered."""

    status: str
    text: str
    type: Type | None


@dataclass(frozen=True)
class Operation:
    """One method of one address. `curl` is an example."""

    id: str
    method: str
    path: str
    summary: str
    scope: str
    fields: tuple[Field, ...]
    body: Type | None
    answers: tuple[Answer, ...]
    problems: tuple[Answer, ...]
    curl: str


def operations_of(document: Schema, server: str) -> dict[str, list[Operation]]:
    """Every operation by its group, in the order of the document. `server` is the service's public address."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, found in methods.items():
            groups.setdefault(found["tags"][0], []).append(_operation(path, method.upper(), found, server))
    return groups


def models_of(document: Schema) -> list[Model]:
    """Every model, by name."""
    found = [_model(key, schema) for key, schema in document["components"]["schemas"].items()]
    return sorted(found, key=lambda model: (model.name, model.anchor))


def _operation(path: str, method: str, found: Schema, server: str) -> Operation:
    content = found.get("requestBody", {}).get("content", {})
    body = next(iter(content.values()))["schema"] if content else None
    answers = [_answer(status, one) for status, one in sorted(found["responses"].items())]
    return Operation(
        id=found["operationId"],
        method=method,
        path=path,
        summary=found["summary"],
        scope=found["description"].split("`")[1],
        fields=tuple(_parameter(one) for one in found.get("parameters", ())),
        body=type_of(body) if body else None,
        answers=tuple(one for one in answers if one.status < "4"),
        problems=tuple(one for one in answers if one.status >= "4"),
        curl=curl(path, method, found, server),
    )


def _parameter(found: Schema) -> Field:
    return Field(
        found["name"], type_of(found["schema"]), found.get("required", False), found.get("description", ""), found["in"]
    )


def _answer(status: str, found: Schema) -> Answer:
    content = next(iter(found.get("content", {}).values()), None)
    return Answer(status, found["description"], type_of(content["schema"]) if content else None)


def _model(key: str, schema: Schema) -> Model:
    required = set(schema.get("required", ()))
    fields = (
        Field(name, type_of(one), name in required, one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    )
    text, values = " ".join(schema.get("description", "").split()), map(str, schema.get("enum", ()))
    return Model(key, name_of(key), text, tuple(fields), tuple(values))


def type_of(schema: Schema) -> Type:
    """A schema in words."""
    if "$ref" in schema:
        key = schema["$ref"].rpartition("/")[2]
        return Type(name_of(key), key)
    if "anyOf" in schema:
        parts = [type_of(one) for one in schema["anyOf"]]
        return Type(" or ".join(part.text for part in parts), next((part.model for part in parts if part.model), ""))
    if schema.get("type") == "array":
        inner = type_of(schema.get("items", {}))
        return Type(f"list of {inner.text}", inner.model)
    if "enum" in schema:
        return Type(", ".join(map(str, schema["enum"])))
    kind = "instant" if schema.get("format") == "date-time" else schema.get("type", "any")
    return Type(kind + _bounds(schema))


def _bounds(schema: Schema) -> str:
    names = {"minimum": "from", "maximum": "to", "maxLength": "up to"}
    unit = " letters" if "maxLength" in schema else ""
    found = [f"{word} {schema[name]}" for name, word in names.items() if name in schema]
    return f" {' '.join(found)}{unit}" if found else ""


def name_of(key: str) -> str:
    """A model's name without what makes it unique in the document."""
    parts = key.split(".")
    return parts[0] if len(parts) <= len(("name", "mark")) else parts[-1]


def curl(path: str, method: str, found: Schema, server: str) -> str:
    """How to do it in a shell, with values that look like real ones."""
    return " \\\n  ".join(_words(path, method, found, server))


def _words(path: str, method: str, found: Schema, server: str) -> Iterator[str]:
    operation = found["operationId"]
    address = server + path.format_map(VALUES[path.split("/")[3]]) + QUERIES.get(operation, "")
    yield f"curl{'' if method == 'GET' else ' -X ' + method} '{address}'"
    yield "-H 'Authorization: Bearer nl_...'"
    if any(one["name"] == "If-Match" for one in found.get("parameters", ())):
        yield "-H 'If-Match: \"the ETag that you read\"'"
    if operation in BODIES:
        yield "-H 'Content-Type: application/json'"
        yield f"-d '{json.dumps(BODIES[operation])}'"
