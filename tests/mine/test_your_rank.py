"""Your rank within public pages, and the cookie that lets their script ask for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.test import Client

from creators.models import Participation
from tests.mine.conftest import take_part
from tests.mine.doing import did, entry_in, put_in, words
from tests.pages.conftest import forget

pytestmark = pytest.mark.django_db
URL = "/en/uk-valentine/me/rank/"
BOARD = "/en/uk-valentine/boards/today/all/2026-02-14/"
MORNING = datetime(2026, 2, 14, 9, tzinfo=UTC)


@pytest.fixture
def ranked(ada: Participation) -> Participation:
    """ada is second of three today, and the only one of her league."""
    for handle in ("bo", "cy"):
        take_part(ada.fest, handle)
    put_in(entry_in(ada.fest, "ada.live"), "glow")
    did(ada.fest, ("bo", "likes", 900, MORNING), ("ada.live", "likes", 500, MORNING), ("cy", "likes", 100, MORNING))
    return ada


def test_rank_is_of_the_standing_that_is_asked_for(as_ada: Client, ranked: Participation) -> None:
    piece = words(as_ada, f"{URL}?board=today&within=&period=2026-02-14")
    assert "You: #2 of 3 on Today" in piece
    assert "400 to #1" in piece
    assert f'href="{BOARD}#p2"' in piece
    assert 'hx-get="/en/uk-valentine/me/rank/?board=today&amp;within=&amp;period=2026-02-14"' in piece


@pytest.mark.parametrize("query", ["", "?board=leagues&within=super&period=fest", "?board=none", "?board=a%00"])
def test_rank_is_else_of_the_first_board(as_ada: Client, ranked: Participation, query: str) -> None:
    assert "You: #1 of 1 on Leagues" in words(as_ada, URL + query)


def test_rank_is_never_kept_and_nothing_for_who_has_none(client: Client, ranked: Participation) -> None:
    answer = client.get(URL)
    assert (answer.status_code, answer.content, "Location" in answer) == (204, b"", False)
    assert not answer.cookies
    client.force_login(type(ranked.user).objects.create_user("viewer", "v@example.org"))
    assert client.get(URL).status_code == 204
    client.force_login(take_part(ranked.fest, "new").user)
    assert client.get(URL).status_code == 204  # takes part, isn't ranked
    client.force_login(ranked.user)
    assert client.get(URL)["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_cookie_comes_with_signing_in_and_goes_with_signing_out(client: Client, ada: Participation) -> None:
    client.force_login(ada.user)
    hint = client.get("/en/uk-valentine/me/").cookies["signed_in"]
    assert (hint.value, hint["samesite"], hint["httponly"], hint["path"]) == ("1", "Lax", "", "/")
    assert "signed_in" not in client.get("/en/uk-valentine/me/").cookies  # it has it
    gone = client.post("/accounts/logout/").cookies["signed_in"]
    assert (gone.value, gone["max-age"]) == ("", 0)


def test_cookie_goes_with_a_session_that_was_ended_elsewhere(as_ada: Client, ranked: Participation) -> None:
    as_ada.get(URL)
    assert as_ada.cookies["signed_in"].value == "1"
    as_ada.session.delete()
    answer = as_ada.get(URL)
    assert answer.status_code == 204
    assert answer.cookies["signed_in"].value == ""


def test_cookie_is_secure_where_the_session_is(client: Client, ada: Participation, settings: object) -> None:
    settings.SESSION_COOKIE_SECURE = True  # type: ignore[attr-defined]
    client.force_login(ada.user)
    assert client.get("/en/uk-valentine/me/").cookies["signed_in"]["secure"] is True
    assert "livefest.signed_in_hint.SignedInHintMiddleware" in django_settings.MIDDLEWARE


@pytest.mark.parametrize(
    "path", ["/en/uk-valentine/", BOARD, "/en/uk-valentine/creators/ada.live/", "/en/uk-valentine/groups/glow/"]
)
def test_public_pages_are_the_same_bytes_for_who_is_signed_in(client: Client, ranked: Participation, path: str) -> None:
    viewers = client.get(path)
    assert not viewers.cookies
    client.force_login(ranked.user)
    client.get("/en/uk-valentine/me/")
    forget()
    own = client.get(path)
    assert own.content == viewers.content
    assert not own.cookies
    assert "Cookie" not in own["Vary"]
    assert own["Cache-Control"].startswith("public, ")


def test_public_pages_have_room_for_the_rank_and_a_way_to_my_fest(client: Client, ranked: Participation) -> None:
    page = words(client, "/en/uk-valentine/")
    assert 'data-own-rank="/en/uk-valentine/me/rank/" hidden></div>' in page
    assert '<a class="to-mine" href="/en/uk-valentine/me/" >My fest</a>' in page
    board = words(client, BOARD)
    assert 'data-own-rank="/en/uk-valentine/me/rank/?board=today&amp;within=&amp;period=2026-02-14" hidden' in board
