"""The words of OpenAPI 3.1 in which the API's modules describe what they answer, each beside its views."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from livefest.api.parameters import LONGEST, MOST_ROWS, ROWS
from livefest.models import SLUG_PATTERN

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
RANK: Schema = {"type": "integer", "minimum": 1}
SLUG: Schema = {"type": "string", "pattern": SLUG_PATTERN, "maxLength": 64}
MOMENT: Schema = {"type": "string", "format": "date-time", "description": "UTC."}
REGION: Schema = {"type": ["string", "null"], "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2."}
LINK: Schema = {
    "type": "string",
    "format": "uri-reference",
    "description": "Relative to the address that was asked.",
}
HANDLE: Schema = {
    "type": ["string", "null"],
    "description": "Null for a former creator, who isn't named any more.",
}
NEXT: Schema = {**LINK, "type": ["string", "null"], "description": "The next page; null on the last."}


def or_null(schema: Schema, said: str = "") -> Schema:
    found = {**schema, "type": [schema["type"], "null"]}
    return {**found, "description": said} if said else found


def thing(said: str = "", /, **fields: Schema) -> Schema:
    """An object that has all of these fields and no others; what begins with an underscore is written without."""
    properties = {name.strip("_"): schema for name, schema in fields.items()}
    found: Schema = {"type": "object", "properties": properties, "required": list(properties)}
    found["additionalProperties"] = False
    return {**found, "description": said} if said else found


def many(schema: Schema, said: str = "") -> Schema:
    found: Schema = {"type": "array", "items": schema}
    return {**found, "description": said} if said else found


def named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def in_path(name: str, said: str, schema: Schema, example: str) -> Schema:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": said,
        "schema": schema,
        "example": example,
    }


def by_query(name: str, said: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": said, "schema": schema}


FEST = in_path("fest", "The fest's slug.", SLUG, "live-fest")
PAGED = [
    by_query(
        "after",
        "Where the page begins: as the `next` of the page before has it. Opaque.",
        {"type": "string", "maxLength": LONGEST},
    ),
    by_query(
        "limit",
        "How many rows.",
        {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS},
    ),
]


def languages() -> Schema:
    codes = [code for code, _name in settings.LANGUAGES]
    schema = {"type": "string", "enum": codes, "default": settings.LANGUAGE_CODE}
    return by_query("lang", "In which language names are, where there are translations.", schema)


def reading(
    id: str,
    said: str,
    schema: str,
    *,
    path: list[Schema] | None = None,
    query: list[Schema] | None = None,
    more: str = "",
) -> Schema:
    """The one thing that can be done at an address: reading it."""
    body = {"application/json": {"schema": named(schema)}}
    parameters = [*(path or []), *(query or []), languages()]
    failures = {status: {"$ref": f"#/components/responses/{status}"} for status in ("304", "400", "429", "503")}
    if path:
        failures["404"] = {"$ref": "#/components/responses/404"}
    return {
        "get": {
            "operationId": id,
            "summary": said,
            **({"description": more} if more else {}),
            "parameters": parameters,
            "responses": {
                "200": {"description": said, "headers": headers("ETag", "Cache-Control", "Link"), "content": body},
                **failures,
            },
        }
    }


def headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
