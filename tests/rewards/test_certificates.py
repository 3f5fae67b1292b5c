"""Certificates: public for who has an award, and true to the certified results."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from creators.models import Creator
from livefest import clock, pages
from livefest.drawing import drawable, fitting
from livefest.models import Fest
from rankings.results import current_edition
from rewards.awards import revoke
from rewards.certificates import as_pdf, as_png, certificate_of, lines_of
from tests.pages.conftest import forget
from tests.rewards.prizes import award_of, certify, claimed, disqualify, offered, proposed, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    forget()


def test_a_certificate_says_what_the_results_say(fest: Fest, client: Client) -> None:
    proposed(fest)
    award = award_of(fest, "gems", "cat")
    path = f"/en/prizes/certificates/{award.pk}"
    assert client.get(f"{path}/").status_code == 404  # nobody has approved it
    offered(award)
    pages.versions.clear()
    page = client.get(f"{path}/").content.decode()
    edition = current_edition(fest)
    assert edition
    assert edition.sha256 in page
    assert "Rank 3 · All" in page
    assert "Cat" in page
    assert "Edition 1" in page
    assert f"/en/prizes/results/verify/?sha256={edition.sha256}" in page
    picture = client.get(f"{path}.png")
    assert (picture["Content-Type"], Image.open(io.BytesIO(picture.content)).size) == ("image/png", (1200, 630))
    assert client.get(f"{path}.pdf").content.startswith(b"%PDF-")
    assert not client.cookies
    assert picture["Cache-Control"].startswith("public")
    revoke(award, by=staff("omar"), reason="A mistake")
    assert certificate_of(fest, award.pk) is None
    assert certificate_of(fest, award.pk + 10**6) is None


def test_every_kind_of_award_has_one(fest: Fest) -> None:
    proposed(fest)
    for reward, handle, within in [
        ("mug", "ann", "GB"),
        ("tour", "choir", ""),
        ("hat", "mum", ""),
        ("sprint", "ann", ""),
    ]:
        award = offered(award_of(fest, reward, handle, within=within))
        one = certificate_of(fest, award.pk)
        assert one, reward
        assert one.rank == 1, reward
        assert as_png(one, "https://x.example/")
        assert as_pdf(one, "https://x.example/")


def test_a_new_edition_gives_the_rank_that_it_has(fest: Fest) -> None:
    proposed(fest)
    award = claimed(award_of(fest, "badge", "fay"))
    one = certificate_of(fest, award.pk)
    assert one
    assert (one.edition.number, one.rank) == (1, 6)
    disqualify(fest, "ben")
    certify(fest, reason="ben was disqualified")
    one = certificate_of(fest, award.pk)
    assert one
    assert (one.edition.number, one.rank) == (1, 6)
    proposed(fest)
    one = certificate_of(fest, award.pk)
    assert one
    assert (one.edition.number, one.rank) == (2, 5)


def test_addresses_are_the_sites_whoever_asks_first(fest: Fest, client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["*"], "https://fest.example.org"
    proposed(fest)
    path = f"/en/prizes/certificates/{offered(award_of(fest, 'gems', 'cat')).pk}"
    page = client.get(f"{path}/", headers={"host": "other.example"}).content.decode()
    assert f'<meta property="og:image" content="https://fest.example.org{path}.png">' in page
    pdf = client.get(f"{path}.pdf", headers={"host": "other.example"}).content
    assert f"(https://fest.example.org{path}/)".encode() in pdf
    assert b"other.example" not in page.encode() + pdf


def test_page_and_picture_say_one_day(fest: Fest, client: Client) -> None:
    proposed(fest)
    award = offered(award_of(fest, "gems", "cat"))
    Fest.objects.filter(pk=fest.pk).update(time_zone="America/New_York")
    one = certificate_of(fest, award.pk)
    assert one
    assert (one.certified_at.day, "certified on 18 " in lines_of(one, "")[4][2]) == (18, True)
    page = client.get(f"/en/prizes/certificates/{award.pk}/").content.decode()
    assert re.search(r"<dt>Certified</dt>\s*<dd>\s*18 ", page)


def test_handle_of_a_former_creator_is_drawn_nowhere(fest: Fest) -> None:
    proposed(fest)
    award = offered(award_of(fest, "gems", "cat"))
    Creator.objects.filter(handle="cat").update(withdrawn_at=clock.now())
    one = certificate_of(fest, award.pk)
    assert one
    drawn = [text for _size, _colour, text in lines_of(replace(one, name="元クリエイター"), "")]
    assert (one.name, "cat" in drawn, one.key in drawn) == ("Former creator", False, True)


def test_letters_that_the_font_lacks() -> None:
    assert drawable("Ann Ó Súilleabháin", "ann") == "Ann Ó Súilleabháin"
    assert drawable("日本 花子", "hanako") == "hanako"
    assert drawable("日本", "花") == "?"
    assert fitting("W" * 200, 80, 400)[0].endswith("…")
