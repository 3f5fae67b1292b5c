"""The ceremony: staff announce rank by rank, the public follows, and nobody learns what is still to come."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group as Role
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from livefest import pages
from livefest.copies import end_freeze, make_copy, shown_copy
from livefest.models import AuditEntry, Fest, PublicCopy, User
from rankings.ceremony import Act, changed_since, prepare, take_step, where
from rankings.closing import close
from rankings.freezing import FreezingError, NotAllowed, reveal
from rankings.models import Board, Ceremony, CeremonyRow, CeremonyStep
from rankings.refresh import refresh
from rankings.results_checks import checklist
from tests.kept import kept
from tests.pages.addresses import ADDRESSES
from tests.pages.conftest import announce, forget, open_page, text
from tests.rankings.fests import Facts, Script
from tests.rankings.play import begin, play, staff
from tests.rankings.test_changes import CAMPAIGN, CREATORS, FACTS, LATE
from tests.reference.small import fact, moment

pytestmark = pytest.mark.django_db

PAGE = "/en/small/ceremony/"
AFTER = moment("15T20:00:07")
# Two who will share a rank.
MORE = [
    {"handle": handle, "name": handle.title(), "region": "GB", "category": "", "groups": ""} for handle in ("em", "fay")
]
# What comes after the freeze: di leads, em and fay are equal at the same moment.
LATER_FACTS = [
    fact("di", "live", 720_000, "15T20:10:00"),
    fact("di", "live", 720_000, "15T20:11:00"),
    fact("em", "live", 36_000, "15T20:20:00"),
    fact("fay", "live", 36_000, "15T20:20:00"),
]
ORDER = [(1, "di"), (2, "ada"), (3, "cy"), (4, "bo"), (5, "em"), (5, "fay")]


FREEZING = {**CAMPAIGN, "fest": {**CAMPAIGN["fest"], "freeze": datetime(2026, 2, 15, 20)}}
SCRIPT = Script(FREEZING, [*CREATORS, *MORE], LATE, [])


@pytest.fixture
def script() -> Script:
    return SCRIPT


def make_frozen() -> Fest:
    fest = begin(SCRIPT)
    announce(fest, "Doors open", minutes_ago=0)
    play(fest, SCRIPT, Facts(FACTS))
    refresh(fest)
    close(fest, at=AFTER)
    play(fest, SCRIPT, Facts(LATER_FACTS))
    refresh(fest)
    return fest


@pytest.fixture
def frozen(settings: Settings) -> Fest:
    """Frozen, with a standing that is another by now."""
    settings.LIVEFEST_NOW = AFTER.isoformat()
    return kept(make_frozen)


@pytest.fixture
def ceremony(frozen: Fest) -> Ceremony:
    return prepare(board_of(frozen, "all"), by=staff(), at=AFTER)


@pytest.fixture
def desk(client: Client) -> Client:
    """A browser of staff."""
    other = Client()
    other.force_login(staff())
    return other


def board_of(fest: Fest, slug: str) -> Board:
    return Board.objects.select_related("fest", "round", "within_group").get(fest=fest, slug=slug)


def step(ceremony: Ceremony, *acts: Act) -> None:
    for act in acts:
        take_step(ceremony, number=where(ceremony).number + 1, act=act, by=staff())


def announced(body: str) -> list[tuple[int, str]]:
    """The rows of a page, best first: rank and handle."""
    return [(int(rank), handle) for rank, handle in re.findall(r'<li data-row="(\d+) (\S+)"', body)]


def look(client: Client, **headers: str) -> str:
    pages.versions.clear()  # the second after which a process asks again
    return open_page(client, PAGE, **headers)


# The way from the bottom to the winner


def test_ranks_are_announced_from_the_bottom_up_to_the_winner(client: Client, ceremony: Ceremony) -> None:
    assert "The curtain is about to rise" in look(client)
    step(ceremony, Act.OPEN)
    body = look(client)
    assert "Next: rank 5" in body
    assert announced(body) == []
    for number, following in enumerate(["Next: rank 4", "Next: rank 3", "Next: rank 2", "Next: the winner", ""], 1):
        step(ceremony, Act.FORWARD)
        body = look(client)
        assert announced(body) == ORDER[-number - 1 :]  # two at once: they share a rank
        assert following in body
    assert "Next" not in body
    assert "That’s everybody" in body
    step(ceremony, Act.DONE)
    body = look(client)
    assert announced(body) == ORDER
    assert "LIVE</p>" not in body
    assert where(ceremony).is_over


def test_nothing_that_was_not_announced_is_anywhere(client: Client, ceremony: Ceremony, frozen: Fest) -> None:
    """Of six, the names and scores of those still to come; on the page, its moving part, its headers."""
    scores = {row.handle: f"{row.score:,}" for row in CeremonyRow.objects.filter(ceremony=ceremony)}
    step(ceremony, Act.OPEN)
    for shown in range(5):
        hidden = [handle for rank, handle in ORDER if rank <= 5 - shown]
        for headers in ({}, {"hx-request": "true"}):
            pages.versions.clear()
            response = client.get(PAGE, headers=headers)
            everything = text(response) + repr(sorted(response.headers.items()))
            for handle in hidden:
                assert not re.search(rf"\b{handle}\b", everything, re.IGNORECASE), (shown, handle)
                assert scores[handle] not in everything
                assert scores[handle].replace(",", "") not in text(response)
        forget()
        assert ceremony.board in text(client.get("/en/small/boards/"))
        step(ceremony, Act.FORWARD)


def test_page_before_and_after_a_step_that_was_taken_back_is_the_same(client: Client, ceremony: Ceremony) -> None:
    step(ceremony, Act.OPEN, Act.FORWARD)
    pages.versions.clear()
    before = client.get(PAGE)
    step(ceremony, Act.FORWARD)
    pages.versions.clear()
    assert client.get(PAGE)["ETag"] != before["ETag"]
    step(ceremony, Act.BACK)
    pages.versions.clear()
    after = client.get(PAGE, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 304


def test_other_public_pages_stand_still_through_a_ceremony(client: Client, ceremony: Ceremony) -> None:
    def others() -> dict[str, str]:
        found = {}
        for name, path in ADDRESSES.items():
            if name not in ("ceremony", "fest"):
                forget()
                found[name] = text(client.get(path))
        return found

    before = others()
    step(ceremony, Act.OPEN, *[Act.FORWARD] * 5)
    assert others() == before
    step(ceremony, Act.DONE)
    assert others() == before, "the boards are still frozen"


def test_fest_leads_to_the_ceremony_while_it_is_on(client: Client, ceremony: Ceremony) -> None:
    link = 'href="/en/small/ceremony/"'
    assert link not in open_page(client, "/en/small/")
    step(ceremony, Act.OPEN)
    forget()
    assert link in open_page(client, "/en/small/")
    step(ceremony, *[Act.FORWARD] * 5, Act.DONE)
    forget()
    assert link not in open_page(client, "/en/small/")


def test_page_moves_by_itself(client: Client, ceremony: Ceremony) -> None:
    body = look(client)
    assert 'hx-get="/en/small/ceremony/"' in body
    assert 'hx-trigger="every 2s"' in body
    step(ceremony, Act.OPEN, Act.FORWARD)
    part = look(client, **{"hx-request": "true"})
    assert part.startswith('<div id="moves"')
    assert announced(part) == ORDER[-2:]


def test_page_costs_the_same_queries_however_many_are_announced(
    queries_of: Callable[[str], int], ceremony: Ceremony
) -> None:
    step(ceremony, Act.OPEN, Act.FORWARD)
    few = queries_of(PAGE)
    step(ceremony, *[Act.FORWARD] * 3)
    assert queries_of(PAGE) == few


# What is announced


def test_later_refreshes_do_not_move_what_is_announced(client: Client, ceremony: Ceremony, script: Script) -> None:
    assert not changed_since(ceremony)
    play(ceremony.fest, script, Facts([fact("bo", "live", 3_600_000, "15T20:40:00")]))
    refresh(ceremony.fest)
    step(ceremony, Act.OPEN, *[Act.FORWARD] * 5)
    assert announced(look(client)) == ORDER
    assert changed_since(ceremony)


def test_only_the_leading_ranks_are_announced(frozen: Fest) -> None:
    ceremony = prepare(board_of(frozen, "all"), top=3, by=staff())
    rows = CeremonyRow.objects.filter(ceremony=ceremony).order_by("position")
    assert list(rows.values_list("rank", "handle", "step")) == [(1, "di", 3), (2, "ada", 2), (3, "cy", 1)]
    assert ceremony.steps == 3


def test_who_shares_the_lowest_rank_is_announced_too(frozen: Fest) -> None:
    ceremony = prepare(board_of(frozen, "all"), top=5, by=staff())
    assert [row.handle for row in ceremony.rows.filter(step=1).order_by("position")] == ["em", "fay"]


def test_places_and_communities_can_be_announced(client: Client, frozen: Fest) -> None:
    league = prepare(board_of(frozen, "leagues"), within="glow", by=staff())
    assert [row.handle for row in league.rows.order_by("position")] == ["ada", "cy", "bo"]
    communities = prepare(board_of(frozen, "communities"), by=staff())
    step(communities, Act.OPEN, Act.FORWARD)
    assert "Choir" in look(client)
    day = prepare(board_of(frozen, "days"), period="2026-02-13", by=staff())
    assert day.period == "2026-02-13"


def test_certified_results_are_what_is_announced_once_there_are_any(frozen: Fest, script: Script) -> None:
    make_copy(frozen, kind=PublicCopy.Kind.RESULTS, shown_from=moment("15T21:00:00"))
    play(frozen, script, Facts([fact("bo", "live", 3_600_000, "15T20:40:00")]))
    refresh(frozen)
    ceremony = prepare(board_of(frozen, "all"), by=staff())
    assert ceremony.copy == shown_copy(frozen.pk)
    rows = ceremony.rows.order_by("position").values_list("rank", "handle")
    assert list(rows) == ORDER
    assert not changed_since(ceremony)


def test_what_was_prepared_before_certification_is_not_opened_after(frozen: Fest, ceremony: Ceremony) -> None:
    make_copy(frozen, kind=PublicCopy.Kind.RESULTS, shown_from=moment("15T21:00:00"))
    with pytest.raises(FreezingError, match="shown other results by now: withdraw this and prepare it anew"):
        step(ceremony, Act.OPEN)


@pytest.mark.parametrize(
    ("board", "more", "told"),
    [
        ("all", {"within": "GB"}, "“All” has no such place or day"),
        ("leagues", {}, "“Leagues” has no such place or day"),
        ("leagues", {"within": "nowhere"}, "“Leagues” has no such place or day"),
        ("days", {"period": "2026-03-01"}, "“Days” has no such place or day"),
        ("days", {"period": "2026-02-16"}, "Nobody is ranked there"),
        ("all", {"top": 0}, "from 1 to 100"),
        ("all", {"top": 101}, "from 1 to 100"),
    ],
)
def test_what_can_not_be_announced_is_not_prepared(frozen: Fest, board: str, more: dict[str, Any], told: str) -> None:
    with pytest.raises(FreezingError, match=told):
        prepare(board_of(frozen, board), **more, by=staff())
    assert not Ceremony.objects.exists()


def test_boards_that_everybody_sees_need_no_ceremony(frozen: Fest) -> None:
    reveal(frozen, by=staff())
    with pytest.raises(FreezingError, match="everybody sees who stands where"):
        prepare(board_of(frozen, "all"), by=staff())


def test_standing_is_prepared_once_at_a_time(frozen: Fest, ceremony: Ceremony) -> None:
    with pytest.raises(FreezingError, match="is prepared; withdraw that one"):
        prepare(board_of(frozen, "all"), by=staff())
    step(ceremony, Act.WITHDRAW)
    assert prepare(board_of(frozen, "all"), by=staff()) != ceremony


# Steps


def test_step_that_is_sent_again_is_taken_once(ceremony: Ceremony) -> None:
    for number, act in enumerate([Act.OPEN, Act.FORWARD, Act.FORWARD, Act.BACK], 1):
        once = take_step(ceremony, number=number, act=act, by=staff())
        assert take_step(ceremony, number=number, act=act, by=staff()) == once
    assert where(ceremony).shown == 1
    assert take_step(ceremony, number=2, act=Act.FORWARD, by=staff()) == where(ceremony), "a retried old one"
    assert CeremonyStep.objects.count() == 4


@pytest.mark.parametrize(
    ("acts", "number", "act", "told"),
    [
        ([], 1, Act.FORWARD, "Open the ceremony first"),
        ([], 2, Act.OPEN, "took a step meanwhile"),
        ([Act.OPEN], 2, Act.OPEN, "is open already"),
        ([Act.OPEN], 2, Act.BACK, "Nothing is announced yet"),
        ([Act.OPEN], 2, Act.DONE, "Ranks are still to be announced"),
        ([Act.OPEN, Act.FORWARD], 2, Act.BACK, "took a step meanwhile"),
        ([Act.OPEN, Act.FORWARD], 3, Act.WITHDRAW, "Take back what was announced"),
        ([Act.OPEN, *[Act.FORWARD] * 5], 7, Act.FORWARD, "All ranks are announced"),
        ([Act.OPEN, *[Act.FORWARD] * 5, Act.DONE], 8, Act.BACK, "This ceremony is over"),
        ([Act.WITHDRAW], 2, Act.OPEN, "This ceremony is over"),
    ],
)
def test_step_that_does_not_follow_is_refused(
    ceremony: Ceremony, acts: list[Act], number: int, act: Act, told: str
) -> None:
    step(ceremony, *acts)
    before = where(ceremony)
    with pytest.raises(FreezingError, match=told):
        take_step(ceremony, number=number, act=act, by=staff())
    assert where(ceremony) == before


def test_one_ceremony_is_on_at_a_time(frozen: Fest, ceremony: Ceremony) -> None:
    other = prepare(board_of(frozen, "communities"), by=staff())
    step(ceremony, Act.OPEN)
    with pytest.raises(FreezingError, match="Another ceremony is on"):
        step(other, Act.OPEN)
    with pytest.raises(IntegrityError, match="another one is on"), transaction.atomic():
        add_step(other, 1, "open", 0)
    step(ceremony, *[Act.FORWARD] * 5, Act.DONE)
    step(other, Act.OPEN)


def test_boards_are_not_revealed_before_every_ceremony_is_held(frozen: Fest, ceremony: Ceremony) -> None:
    for acts in ([], [Act.OPEN], [Act.FORWARD] * 5):
        step(ceremony, *acts)
        with pytest.raises(FreezingError, match=r"still to be held \(all/fest\): end it or withdraw it"):
            reveal(frozen, by=staff())
    with pytest.raises(IntegrityError, match="a ceremony is still to be held"), transaction.atomic():
        end_freeze(frozen, by=staff(), at=moment("15T22:00:00"))
    step(ceremony, Act.DONE)
    reveal(frozen, by=staff())
    assert shown_copy(frozen.pk) is None


def test_results_wait_until_the_ceremony_that_is_on_is_over(frozen: Fest, ceremony: Ceremony) -> None:
    step(ceremony, Act.OPEN)
    assert [item.what for item in checklist(frozen, AFTER) if "ceremony" in item.what and not item.passed]
    with pytest.raises(IntegrityError, match="a ceremony is still to be held"), transaction.atomic():
        make_copy(frozen, kind=PublicCopy.Kind.RESULTS, shown_from=moment("15T22:00:00"))
    step(ceremony, Act.WITHDRAW)
    make_copy(frozen, kind=PublicCopy.Kind.RESULTS, shown_from=moment("15T22:00:00"))


def add_step(ceremony: Ceremony, number: int, act: str, shown: int) -> CeremonyStep:
    return CeremonyStep.objects.create(ceremony=ceremony, number=number, act=act, shown=shown, at=AFTER, by=staff())


@pytest.mark.parametrize(
    ("acts", "number", "act", "shown"),
    [
        ([], 1, "forward", 1),
        ([], 2, "open", 0),
        ([], 1, "open", 1),
        ([], 1, "jump", 0),
        ([Act.OPEN], 2, "open", 0),
        ([Act.OPEN], 3, "forward", 1),
        ([Act.OPEN], 2, "forward", 2),
        ([Act.OPEN], 2, "done", 0),
        ([Act.OPEN, Act.FORWARD], 3, "withdraw", 1),
        ([Act.OPEN, Act.FORWARD], 3, "back", 1),
        ([Act.OPEN, *[Act.FORWARD] * 5], 7, "forward", 6),
        ([Act.WITHDRAW], 2, "open", 0),
        ([Act.OPEN, *[Act.FORWARD] * 5, Act.DONE], 8, "back", 4),
    ],
)
def test_database_takes_no_step_that_does_not_follow(
    ceremony: Ceremony, acts: list[Act], number: int, act: str, shown: int
) -> None:
    step(ceremony, *acts)
    with pytest.raises(IntegrityError), transaction.atomic():
        add_step(ceremony, number, act, shown)


@pytest.mark.parametrize("table", ["ceremony", "ceremonyrow", "ceremonystep"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM rankings_{}", "UPDATE rankings_{} SET id = id", "TRUNCATE rankings_{} CASCADE"]
)
def test_ceremonies_can_not_be_changed_by_sql(ceremony: Ceremony, table: str, statement: str) -> None:
    step(ceremony, Act.OPEN)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement.format(table))


def test_nobody_is_added_to_a_ceremony_that_has_begun(ceremony: Ceremony) -> None:
    step(ceremony, Act.OPEN)
    with pytest.raises(IntegrityError, match="it has begun"), transaction.atomic():
        CeremonyRow.objects.create(ceremony=ceremony, position=9, step=1, rank=9, handle="me", score=1)


# The staff's pages


def test_staff_prepare_hold_and_reveal_in_the_admin(
    client: Client, desk: Client, frozen: Fest, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    freeze_page = f"/admin/livefest/publiccopy/freeze/{frozen.pk}/"
    assert "The boards are frozen" in text(desk.get(freeze_page))
    assert freeze_page in text(desk.get(f"/admin/livefest/fest/{frozen.pk}/change/"))
    board = board_of(frozen, "all")
    wrong = desk.post(f"{freeze_page}prepare/", {"board": board.pk, "within": "GB", "top": "3"})
    assert "has no such place or day" in text(wrong)
    prepared = desk.post(f"{freeze_page}prepare/", {"board": board.pk, "top": "3"})
    stage = prepared["Location"]
    assert "A ceremony is still to be held" in text(desk.get(freeze_page))
    ceremony = Ceremony.objects.get()

    def press(act: str) -> str:
        body = text(desk.get(stage))
        assert f'value="{act}"' in body
        number = re.search(r'name="number" value="(\d+)"', body)
        assert number
        sent = {"number": number[1], "act": act}
        for _twice in range(2):
            assert desk.post(stage, sent)["Location"] == stage
        return text(desk.get(stage))

    assert "Announce rank 3" in press("open")
    assert "Announce rank 2" in press("forward")
    assert "Announce rank 3" in press("back")
    for _rank in range(3):
        body = press("forward")
    assert "All ranks are announced" in body
    body = press("done")
    assert f"{freeze_page}#reveal-title" in body
    assert [one.act for one in ceremony.taken.order_by("number")] == [
        *("open", "forward", "back", "forward", "forward", "forward", "done")
    ]
    verbs = AuditEntry.objects.filter(object_pk=str(ceremony.pk), verb__startswith="ceremony: ").values_list("verb")
    assert verbs.count() == 7
    assert "This field is required" in text(desk.post(f"{freeze_page}reveal/", {"sure": "on"}))
    assert shown_copy(frozen.pk) is not None
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"{freeze_page}reveal/", {"sure": "on", "reason": "The show is over"})
    assert shown_copy(frozen.pk) is None
    entry = AuditEntry.objects.get(verb="reveal")
    assert (entry.actor, entry.reason, entry.via) == (staff(), "The show is over", "admin")
    forget()
    assert announced_on_board(client) == [handle for _rank, handle in ORDER]


def announced_on_board(client: Client) -> list[str]:
    return re.findall(r'<tr id="p\d+" data-row="(\S+)"', text(client.get("/en/small/boards/all/all/")))


def test_stage_warns_where_the_standing_moved_since(desk: Client, ceremony: Ceremony, script: Script) -> None:
    stage = f"/admin/rankings/ceremony/{ceremony.pk}/stage/"
    assert "has changed since this was prepared" not in text(desk.get(stage))
    play(ceremony.fest, script, Facts([fact("bo", "live", 3_600_000, "15T20:40:00")]))
    refresh(ceremony.fest)
    assert "has changed since this was prepared" in text(desk.get(stage))


@pytest.mark.parametrize("sent", [{}, {"number": "x", "act": "forward"}, {"number": "1", "act": "jump"}])
def test_step_that_is_none_is_refused(desk: Client, ceremony: Ceremony, sent: dict[str, str]) -> None:
    stage = f"/admin/rankings/ceremony/{ceremony.pk}/stage/"
    desk.post(stage, sent)
    assert "This is no step; use the buttons" in text(desk.get(stage))
    assert where(ceremony).number == 0


def test_list_of_copies_says_what_is_shown_now(desk: Client, frozen: Fest) -> None:
    row = re.sub(r"\s+", " ", text(desk.get("/admin/livefest/publiccopy/")))
    assert "icon-yes" in row
    assert desk.get("/admin/livefest/publiccopy/add/").status_code == 403
    copy = PublicCopy.objects.get()
    assert desk.get(f"/admin/livefest/publiccopy/{copy.pk}/change/").status_code == 200
    assert desk.post(f"/admin/livefest/publiccopy/{copy.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("role", ["organiser", "moderator", "rewards", "auditor"])
def test_organisers_alone_reveal_and_hold_ceremonies(frozen: Fest, ceremony: Ceremony, role: str) -> None:
    user = User.objects.create_user("one", "one@example.org", is_staff=True)
    user.groups.add(Role.objects.get(name=role))
    client, allowed = Client(), role == "organiser"
    client.force_login(user)
    freeze_page = f"/admin/livefest/publiccopy/freeze/{frozen.pk}/"
    stage = f"/admin/rankings/ceremony/{ceremony.pk}/stage/"
    assert [client.get(path).status_code for path in (freeze_page, stage)] == ([200] * 2 if allowed else [403] * 2)
    for path in (f"{freeze_page}reveal/", f"{freeze_page}prepare/", stage):
        assert (client.post(path, {}).status_code == 403) is not allowed
    copy = frozen.public_copies.get()
    for to_look_at, way in (
        ("/admin/rankings/ceremony/", stage),
        (f"/admin/livefest/publiccopy/{copy.pk}/change/", freeze_page),
    ):
        page = client.get(to_look_at)
        assert page.status_code == 200
        assert (way in text(page)) is allowed, "no way to what is refused"
    if not allowed:
        for job in (
            lambda: take_step(ceremony, number=1, act=Act.OPEN, by=user),
            lambda: prepare(board_of(frozen, "communities"), by=user),
            lambda: reveal(frozen, by=user),
        ):
            with pytest.raises(NotAllowed):
                job()
