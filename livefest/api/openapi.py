"""The description of the whole API, put together of what stands beside the views."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from livefest.api import boards, creators, fests, lists, standing
from livefest.api.answers import KEPT, api
from livefest.api.description import TEXT, Schema, headers, named, reading, thing
from livefest.pages import public_page
from livefest.release import release

PARTS = (fests, boards, standing, creators, lists)
MEDIA_TYPE = "application/vnd.oai.openapi+json"
SAID = """\
What the public pages of LIVE Fest show, for programs. Read-only and for everybody: no key, no cookie, any origin.

Moments are UTC; addresses in answers are relative to the one that was asked. While boards are frozen, and once results
are certified, boards show what they show on the site (`standings`). New fields and addresses may be added within v1."""


def version_of_description() -> str:
    return release()


@api()
@public_page(version_of_description, query=["lang"], headers=KEPT)
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(orjson.dumps(description()), content_type=MEDIA_TYPE)


@cache
def description() -> Schema:
    own = {"/api/v1/openapi.json": reading("readDescription", "This description", "Description")}
    own["/api/v1/openapi.json"]["get"]["responses"]["200"]["content"] = {MEDIA_TYPE: {"schema": named("Description")}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "LIVE Fest", "version": "1.0.0", "description": SAID},
        "servers": [{"url": "/"}],
        "paths": {path: found for paths in (*(part.PATHS for part in PARTS), own) for path, found in paths.items()},
        "components": {"schemas": schemas(), "headers": HEADERS_SAID, "responses": RESPONSES},
    }


def schemas() -> Schema:
    found: Schema = {name: schema for part in PARTS for name, schema in part.SCHEMAS.items()}
    found["Problem"] = thing(
        "RFC 9457. `title` names the value, `detail` the remedy.",
        type=TEXT,
        title=TEXT,
        status={"type": "integer"},
        detail=TEXT,
    )
    found["Description"] = {"type": "object", "required": ["openapi", "info", "paths"]}
    return found


def failing(said: str, *names: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": named("Problem")}}
    return {"description": said, "headers": headers("Link", *names), "content": content}


HEADERS_SAID: Schema = {
    "ETag": {
        "description": "Of these bytes; send it as If-None-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^W/".+"$'},
    },
    "Cache-Control": {"description": "For how long it may be kept.", "required": True, "schema": TEXT},
    "Link": {"description": "Where this description is.", "required": True, "schema": TEXT},
    "Retry-After": {"description": "Seconds.", "required": True, "schema": {"type": "integer", "minimum": 1}},
}
RESPONSES: Schema = {
    "304": {"description": "The client has it.", "headers": headers("ETag", "Cache-Control", "Link")},
    "400": failing("A parameter that there isn't, or a value that it can't have."),
    "404": failing("There is no such thing."),
    "429": failing("This address asks too often.", "Retry-After"),
    "503": failing("The database can't be reached.", "Retry-After"),
}
