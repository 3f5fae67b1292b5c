"""What staff wrote in more than one language: every page has it in the reader's, and in no other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, override

from challenges.notices import tell_of_challenges
from creators.models import Creator, Group, Participation
from creators.models.programme import Show
from creators.models.shopping import Product
from livefest import pages
from livefest.campaign import campaign_in_words, export_campaign, read_campaign
from livefest.models import Fest, Metric, Notification, Partner, Round, Translated, User
from livefest.models.translated import in_each_language, in_this_language
from livefest.notifications import subject_of, text_of
from livefest.views.home import fests_around
from livefest.views.mine.urls import of_account, of_fest
from rankings import notices
from rankings.models import Board, Standing
from rewards.models import Reward
from tests.mine.conftest import take_part
from tests.pages.addresses import PAGES, RESULTS
from tests.pages.conftest import NOW, announce, forget, open_page, text
from tests.pages.test_results import certified  # noqa: F401  a fixture
from tests.texts import words_of

# Beginnings that no other word of a page has.
OWN, SPANISH = "Zown", "Zespa"
SHOWN = {  # pages, and what of the fest each names beside the fest itself
    "boards": ["board all", "board days", "board heats", "round heats"],
    "board": ["board all", "board leagues"],
    "groups": ["group glow", "group choir"],
    "group": ["group choir", "board communities"],
    "rounds": ["round heats", "board heats"],
    "challenges": ["challenge race", "group glow", "metric coins"],
    "challenge": ["challenge race"],
    "creator": ["board all", "group glow", "challenge race", "metric live"],
    "rewards": ["reward crown", "board all"],
    "rules": ["metric coins", "board all", "challenge race", "group glow", "round heats", "reward crown"],
    "updates": ["title", "text"],
    "feed": ["title", "text"],
    "fest": ["board all", "challenge race", "title"],
}


def translate() -> None:
    """Everything that staff named, by its kind and slug: in Spanish too. What every fest has the site names."""
    row: Any
    for model in apps.get_models():
        if not issubclass(model, Translated):
            continue
        for row in model._default_manager.exclude(**{"slug": "bonus"} if model is Metric else {"pk": None}):
            said = {}
            for field in row.TRANSLATED:
                what = f"{model._meta.model_name} {row.slug}" if field == "name" else field
                setattr(row, field, f"{OWN} {what}")
                said[field] = f"{SPANISH} {what}"
            row.translations = {"es": said}
            row.save()


@pytest.fixture
def fest(played: Fest) -> Fest:
    """After it was played, with something of every kind that staff write, and all of it in two languages."""
    announce(played, "News")
    board = Board.objects.get(fest=played, slug="all")
    values = {"first_rank": 1, "last_rank": 1, "amount": 1}
    Reward.objects.create(fest=played, slug="crown", name="Crown", kind="badge", board=board, **values)
    partner = Partner.objects.create(fest=played, slug="mint", name="Mint", text="Tea.")
    Product.objects.create(
        fest=played, slug="tea", name="Tea", text="Green.", url="https://tea.example", partner=partner
    )
    Show.objects.create(fest=played, title="Opening", starts=NOW, ends=NOW.replace(hour=14))
    translate()
    forget()
    return Fest.objects.get(pk=played.pk)


def in_spanish(path: str) -> str:
    return path.replace("/en/", "/es/", 1)


def said(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return text(response)


# Public pages


@pytest.mark.usefixtures("fest")
def test_page_names_everything_in_the_language_of_its_address(client: Client) -> None:
    """One after the other in one process, which remembers what it must not mix."""
    for name, path in PAGES.items():
        own, spanish = said(client, path), said(client, in_spanish(path))
        assert (SPANISH in own, OWN in spanish) == (False, False), name
        if own.startswith("<!DOCTYPE"):
            assert f"{OWN} fest small" in own, name
            assert f"{SPANISH} fest small" in spanish, name
        for what in SHOWN.get(name, []):
            assert f"{OWN} {what}" in own, (name, what)
            assert f"{SPANISH} {what}" in spanish, (name, what)


@pytest.mark.usefixtures("fest")
def test_page_in_a_third_language_has_what_the_organiser_wrote(client: Client) -> None:
    for name in SHOWN:
        page = said(client, PAGES[name].replace("/en/", "/ja/", 1))
        assert (OWN in page, SPANISH in page) == (True, False), name


def test_results_name_everything_in_the_language_of_their_address(client: Client, certified: Fest) -> None:  # noqa: F811
    translate()
    forget()
    for name in ("board", "creator", "winners", "ceremony", "results"):
        own, spanish = said(client, PAGES[name]), said(client, in_spanish(PAGES[name]))
        assert (SPANISH in own, OWN in spanish) == (False, False), name
    assert f"{SPANISH} board all" in said(client, in_spanish(RESULTS["results_edition"]))


def test_certified_files_keep_the_names_that_they_have(client: Client, certified: Fest) -> None:  # noqa: F811
    paths = [RESULTS["results_file"], RESULTS["results_campaign"]]
    before = [b"".join(client.get(path)) for path in paths]
    translate()
    assert [b"".join(client.get(in_spanish(path))) for path in paths] == before


@pytest.mark.usefixtures("fest")
def test_translations_cost_no_queries(client: Client, queries_of: Callable[[str], int]) -> None:
    names = [*SHOWN, "board_day", "challenge_day", "winners"]
    translated = {name: queries_of(in_spanish(PAGES[name])) for name in names}
    for model in apps.get_models():
        if issubclass(model, Translated):
            model._default_manager.update(translations={})
    assert {name: queries_of(PAGES[name]) for name in names} == translated


def test_list_of_fests_is_kept_for_each_language(client: Client, fest: Fest, uk_valentine: Fest) -> None:
    uk_valentine.translations = {"es": {"name": "San Valentín"}}
    uk_valentine.save()
    assert "UK Valentine" in words_of(open_page(client, "/en/"))
    spanish = words_of(open_page(client, "/es/"))
    assert (f"{SPANISH} fest small" in spanish, "San Valentín" in spanish) == (True, True)
    uk_valentine.translations = {"es": {"name": "Enamorados"}}
    uk_valentine.save()
    fests_around.clear()
    pages.versions.clear()
    assert "Enamorados" in words_of(open_page(client, "/es/"))
    assert "UK Valentine" in words_of(open_page(client, "/en/"))


@pytest.mark.usefixtures("fest")
def test_rules_have_the_same_examples_in_every_language(client: Client) -> None:
    own, spanish = said(client, PAGES["rules"]), said(client, in_spanish(PAGES["rules"]))
    numbers = [
        [
            re.findall(r"[\d.,]+", words_of(one))
            for one in re.findall(r'<div class="example">(.*?)</div>', page, re.DOTALL)
        ]
        for page in (own, spanish)
    ]
    assert len(numbers[0]) == 2
    assert numbers[0] == numbers[1]
    assert f"{SPANISH} metric coins" in spanish[spanish.index('class="example"') :]


# The campaign


def test_campaign_in_words_is_for_words_alone(fest: Fest) -> None:
    with override("es"):
        assert {item.name for item in campaign_in_words(fest).sections["groups"]} == {  # type: ignore[attr-defined]
            f"{SPANISH} group {slug}" for slug in ("glow", "super", "choir")
        }
        assert read_campaign(fest).sections["groups"][0].name == f"{OWN} group glow"  # type: ignore[attr-defined]
        assert SPANISH not in export_campaign(fest)


def test_metric_that_every_fest_has_is_named_by_the_site_until_staff_do(db: None, uk_valentine: Fest) -> None:
    bonus = Metric.objects.get(fest=uk_valentine, slug="bonus")
    with override("es"):
        assert bonus.local.name == gettext("Bonus points") == "Puntos extra"
        bonus.name = "Sparks"
        assert bonus.local.name == "Sparks"


# Of those who are signed in


@pytest.fixture
def ada(fest: Fest) -> Participation:
    Creator.objects.filter(handle="ada").update(name="Ada")
    return take_part(fest, "ada")


@pytest.fixture
def as_ada(ada: Participation, client: Client) -> Client:
    client.force_login(ada.user)
    return client


def own_addresses(language: str) -> dict[str, str]:
    """Of the pages that name no row."""
    found = {}
    with override(language):
        for pattern in [*of_account, *of_fest]:
            for kwargs in ({}, {"fest": "small"}):
                try:
                    found[str(pattern.name)] = reverse(str(pattern.name), kwargs=kwargs)
                except NoReverseMatch:
                    continue
    return found


def test_own_pages_name_everything_in_their_language(as_ada: Client, ada: Participation) -> None:
    tell_of_challenges(ada.fest, NOW)
    seen = {}
    for language, other in (("en", SPANISH), ("es", OWN)):
        for name, path in own_addresses(language).items():
            if not path.endswith("/"):  # a file
                continue
            response = as_ada.get(path)
            if response.status_code != 200:
                continue
            assert other not in text(response), name
            seen[name, language] = text(response)
    for name, what in {
        "my_fest": "board all",
        "my_challenges": "challenge race",
        "my_points": "metric coins",
        "my_community": "group choir",
        "my_notifications": "challenge race",
    }.items():
        assert f"{OWN} {what}" in seen[name, "en"], name
        assert f"{SPANISH} {what}" in seen[name, "es"], name


def test_communities_are_found_by_their_name_in_either_language(as_ada: Client, ada: Participation) -> None:
    Group.objects.filter(fest=ada.fest, slug="choir").update(way_in="open")
    ada.fest.groups.get(slug="choir").memberships.all().delete()
    for words in ("Zespa+group", "Zown+group"):
        assert f"{SPANISH} group choir" in said(as_ada, f"/es/small/me/community/?q={words}")
    assert f"{OWN} group choir" not in said(as_ada, "/en/small/me/community/?q=Zespa+group")


# What people are told


def test_notification_is_in_the_language_in_which_it_is_read(ada: Participation) -> None:
    tell_of_challenges(ada.fest, NOW)
    notification = Notification.objects.filter(user=ada.user, kind="challenge_met").first()
    assert notification is not None
    assert subject_of(notification) == f"{OWN} challenge race: met"
    with override("es"):
        told = f"{subject_of(notification)} {text_of(notification)}"
    assert (f"{SPANISH} challenge race" in told, f"{SPANISH} fest small" in told, OWN in told) == (True, True, False)


@pytest.mark.parametrize(
    ("board", "within", "own", "spanish"),
    [
        ("all", "", f"{OWN} board all", f"{SPANISH} board all"),
        (
            "leagues",
            "glow",
            f"{OWN} board leagues · {OWN} group glow",
            f"{SPANISH} board leagues · {SPANISH} group glow",
        ),
        ("fans", "GB", f"{OWN} board fans · United Kingdom", f"{SPANISH} board fans · Reino Unido"),
    ],
)
def test_whom_somebody_passed_reads_the_boards_name(
    fest: Fest, board: str, within: str, own: str, spanish: str
) -> None:
    user = User.objects.create_user(username="fay", email="fay@example.org")
    standing = Standing.objects.select_related("board").get(board__fest=fest, board__slug=board, within=within)
    assert notices.tell_falls(fest, NOW, [notices.Fall(user.pk, standing.pk, 1, 2, None)]) == 1
    notification = Notification.objects.get(user=user)
    assert subject_of(notification) == f"{own}: you are #2"
    with override("es"):
        assert spanish in subject_of(notification)
        assert OWN not in text_of(notification)


def test_text_is_kept_in_each_language_only_where_there_are_several() -> None:
    round_ = Round(name="Heats")
    assert in_each_language(round_) == "Heats"
    round_.translations = {"es": {"name": "Series"}}
    kept = in_each_language(round_)
    assert in_this_language(kept) == "Heats"
    with override("es"):
        assert in_this_language(kept) == "Series"
    assert in_this_language({"award": 7}) == {"award": 7}
