"""Which fests there are, and how each is doing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from creators.models import Entry
from livefest import clock
from livefest.api.answers import KEPT, answer, api
from livefest.api.description import (
    FEST,
    MOMENT,
    REGION,
    SLUG,
    TEXT,
    Schema,
    many,
    named,
    one_of,
    or_null,
    reading,
    thing,
)
from livefest.copies import shown_copy
from livefest.models import Fest
from livefest.pages import public_page
from livefest.site import BUCKET_SECONDS, fest_of, version_of_fest
from livefest.views.coming import phase_of


def version_of_fests() -> str:
    return str(int(clock.now().timestamp()) // BUCKET_SECONDS)


@api()
@public_page(version_of_fests, query=["lang"], headers=KEPT)
def fests(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    return answer({"fests": [summary_of(fest, now) for fest in Fest.objects.order_by("-starts", "slug")]})


@api()
@public_page(version_of_fest, query=["lang"], headers=KEPT)
def fest_detail(request: HttpRequest, fest: str) -> HttpResponse:
    found, now = fest_of(fest), clock.now()
    today = found.day_on(now)
    categories = Entry.objects.filter(fest=found).exclude(category="").order_by("category")
    return answer(
        {
            **summary_of(found, now),
            "day": str(today.date) if today else None,
            "days": [{"date": str(day.date), "starts": day.starts, "ends": day.ends} for day in found.days()],
            "regions": list(found.regions.values_list("code", flat=True)),
            "categories": list(categories.values_list("category", flat=True).distinct()),
            "standings": shown_of(found.pk),
        }
    )


def summary_of(fest: Fest, now: datetime) -> dict[str, Any]:
    return {
        "fest": fest.slug,
        "name": fest.local.name,
        "phase": phase_of(fest, now),
        "starts": fest.starts,
        "ends": fest.ends,
        "time_zone": fest.time_zone,
        "freeze": fest.freeze,
        "late_reports_until": fest.grace_ends,
        "page": reverse("fest", kwargs={"fest": fest.slug}),
    }


def shown_of(fest_id: int) -> dict[str, Any]:
    """What stands on the boards: what is derived, or a copy of how it stood."""
    copy = shown_copy(fest_id)
    return {"state": copy.kind if copy else "moving", "since": copy.shown_from if copy else None}


SUMMARY: dict[str, Schema] = {
    "fest": SLUG,
    "name": TEXT,
    "phase": one_of("before", "during", "after"),
    "starts": MOMENT,
    "ends": {**MOMENT, "description": "UTC, exclusive."},
    "time_zone": {**TEXT, "description": "IANA name; the fest's days are this zone's."},
    "freeze": or_null(MOMENT, "From when on boards stand still until the results; null: they don't."),
    "late_reports_until": MOMENT,
    "page": {**TEXT, "format": "uri-reference"},
}
DATE: Schema = {"type": "string", "format": "date"}
SCHEMAS = {
    "Fests": thing(fests=many(thing(**SUMMARY), "The newest first.")),
    "Shown": thing(
        "What boards show: moving, or a copy of how they stood, as they froze or as results were certified.",
        state=one_of("moving", "freeze", "results"),
        since=or_null(MOMENT, "Of when the copy is."),
    ),
    "Fest": thing(
        **SUMMARY,
        day=or_null(DATE, "The fest day that is on."),
        days=many(thing(date=DATE, starts=MOMENT, ends=MOMENT)),
        regions=many({**REGION, "type": "string"}),
        categories=many(TEXT),
        standings=named("Shown"),
    ),
}
PATHS = {
    "/api/v1/fests": reading("listFests", "All fests", "Fests"),
    "/api/v1/fests/{fest}": reading("readFest", "A fest", "Fest", path=[FEST]),
}
