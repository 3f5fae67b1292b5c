"""The fest before, which the demo shows certified, with a corrected edition."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from creators.models import Correction
from demo.earlier import SLUG, make_earlier_fest
from livefest.copies import shown_copy
from livefest.models import Fest, User
from rankings.models import Edition, Snapshot

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_earlier_fest_is_certified_twice_and_made_once(client: Client) -> None:
    by, also = (
        User.objects.create(username=name, email=f"{name}@example.org", is_staff=True, is_superuser=True)
        for name in ("one", "two")
    )
    assert make_earlier_fest(creators=12, seed=1, now=NOW, by=by, also=also)
    assert not make_earlier_fest(creators=12, seed=1, now=NOW, by=by, also=also)
    fest = Fest.objects.get(slug=SLUG)
    editions = Edition.objects.filter(fest=fest).order_by("number")
    assert list(editions.values_list("number", "corrections_count")) == [(1, 1), (2, 2)]
    copy = shown_copy(fest.pk)
    assert copy is not None
    assert copy.kind == "results"
    days = Snapshot.objects.filter(fest=fest, kind="day").values_list("day", flat=True).distinct()
    assert len(set(days)) == 16
    assert client.get(f"/en/{SLUG}/").status_code == 200
    assert client.get(f"/en/{SLUG}/boards/global/all/").status_code == 200
    for kind, told in (("adjustment", "Taken away: "), ("disqualification", "Disqualified")):
        handle = Correction.objects.values_list("entry__creator__handle", flat=True).get(fest=fest, kind=kind)
        assert told in client.get(f"/en/{SLUG}/creators/{handle}/").content.decode()
