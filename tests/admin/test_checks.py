"""The admin refuses what the campaign file refuses; then nothing is stored and what was typed is still there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from challenges.models import Challenge, Goal
from creators.models import Entry, Group, Membership
from livefest.campaign import check_stored, export_campaign
from livefest.models import Fest, Metric, Region, Round
from rankings.models import Board, RankBonus, Rule, RuleTier
from rewards.models import Reward
from tests.admin.conftest import AT
from tests.admin.pages import add, body, change, delete, errors, inline, submit

# The fest


def test_fest_made_in_the_admin_has_its_regions_and_the_built_in_metric(admin_client: Client) -> None:
    response = submit(
        admin_client,
        reverse("admin:livefest_fest_add"),
        slug="spring",
        name="Spring",
        time_zone="Europe/London",
        starts_0="2026-03-01",
        starts_1="00:00",
        ends_0="2026-03-08",
        ends_1="00:00",
        **inline("regions", code="GB"),
    )
    assert response.status_code == 302
    fest = Fest.objects.get()
    assert [region.code for region in fest.regions.all()] == ["GB"]
    assert list(fest.metrics.values_list("slug", "paid")) == [("bonus", True)]
    assert check_stored(fest).fest.slug == "spring"


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (
            {"time_zone": "Europe/Londn"},
            'fest.time_zone: "Europe/Londn" is no IANA time zone; did you mean "Europe/London"?',
        ),
        ({"ends_0": "2026-02-01"}, "The end is not after the start; write a later moment."),
        (
            {"freeze_0": "2026-03-01", "freeze_1": "00:00"},
            "The freeze is not within the fest; write a moment within it.",
        ),
        ({"grace_hours": "10000"}, "fest.grace_hours: 10000 is too big; write 8784 or less"),
        (
            {"regions-0-code": "XX"},
            'fest.regions[1]: "XX" is no ISO 3166-1 alpha-2 code; write one such as "GB"',
        ),
        ({"regions-0-code": "gb"}, "Write a region as two capital letters (ISO 3166-1), such as GB."),
    ],
)
def test_fest_that_does_not_hold_is_refused(
    admin_client: Client, uk_valentine: Fest, typed: dict[str, str], error: str
) -> None:
    before = export_campaign(uk_valentine)
    response = submit(admin_client, change(uk_valentine), name="Typed name", **typed)
    assert error in errors(response)
    assert 'value="Typed name"' in body(response)
    assert export_campaign(Fest.objects.get()) == before
    assert LogEntry.objects.count() == 0


def test_fest_keeps_the_microseconds_that_the_form_does_not_show(admin_client: Client, uk_valentine: Fest) -> None:
    ends = uk_valentine.ends.replace(microsecond=250_000)
    Fest.objects.update(ends=ends)
    assert submit(admin_client, change(uk_valentine), name="Renamed").status_code == 302
    fest = Fest.objects.get()
    assert (fest.name, fest.ends) == ("Renamed", ends)


def test_fest_saved_untouched_exports_the_same(admin_client: Client, live_fest: Fest) -> None:
    before = export_campaign(live_fest)
    assert submit(admin_client, change(live_fest)).status_code == 302
    assert export_campaign(Fest.objects.get()) == before


def test_region_with_creators_can_not_be_deleted(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None]
) -> None:
    Region.objects.create(fest=uk_valentine, code="IE", position=1)
    record(uk_valentine, 1)
    response = submit(admin_client, change(uk_valentine), **{"regions-0-DELETE": "on"})
    assert errors(response) == ["“GB” can't be deleted: records hang on it (Entries); keep it."]
    assert Region.objects.count() == 2


# Lists of the campaign


@pytest.mark.parametrize("model", [Metric, Round, Group, Rule, Board, Challenge, Reward])
def test_rows_saved_untouched_export_the_same(admin_client: Client, live_fest: Fest, model: Any) -> None:
    before = export_campaign(live_fest)
    for row in model.objects.exclude(slug="bonus"):
        response = submit(admin_client, change(row))
        assert response.status_code == 302, errors(response)
    assert export_campaign(Fest.objects.get()) == before


def test_metric_is_added_at_the_end(admin_client: Client, uk_valentine: Fest) -> None:
    response = submit(admin_client, add(Metric, uk_valentine), slug="duets", name="Duets")
    assert response.status_code == 302
    assert Metric.objects.get(slug="duets").position == 9
    assert 'slug = "duets"' in export_campaign(uk_valentine)


@pytest.mark.parametrize("slug", ["likes", "bonus"])
def test_metric_of_a_slug_that_is_there_is_refused(admin_client: Client, uk_valentine: Fest, slug: str) -> None:
    response = submit(admin_client, add(Metric, uk_valentine), slug=slug, name="Typed name")
    assert len(errors(response)) > 0
    assert 'value="Typed name"' in body(response)
    assert Metric.objects.filter(slug=slug).count() == 1


@pytest.mark.parametrize("model", [Metric, Round, Rule])
def test_reserved_slug_is_refused(admin_client: Client, uk_valentine: Fest, model: Any) -> None:
    typed: dict[str, dict[str, Any]] = {
        "metric": {"slug": "points", "name": "Points"},
        "round": {"slug": "day", "name": "D", "starts_0": "2026-02-13", "starts_1": "00:00"}
        | {"ends_0": "2026-02-14", "ends_1": "00:00"},
        "rule": {"slug": "bonus", "metric": Metric.objects.get(slug="likes").pk, "points": 1},
    }
    response = submit(admin_client, add(model, uk_valentine), **typed[model._meta.model_name])
    assert (
        errors(response)
        == {
            Metric: ["“points” and “earliest” mean something else on boards; choose another slug."],
            Round: ["“fest” and “day” are periods of their own; choose another slug."],
            Rule: ["“bonus” is built in; choose another slug."],
        }[model]
    )


def test_built_in_metric_is_shown_and_not_changed(admin_client: Client, uk_valentine: Fest) -> None:
    bonus = Metric.objects.get(slug="bonus")
    assert "_save" not in body(admin_client.get(change(bonus)))
    assert admin_client.post(change(bonus), {"name": "Mine"}).status_code == 403
    assert admin_client.post(delete(bonus), {"post": "yes"}).status_code == 403
    assert Metric.objects.get(slug="bonus").name == "Bonus points"


def test_metric_used_as_a_goal_can_not_become_paid(admin_client: Client, uk_valentine: Fest) -> None:
    response = submit(admin_client, change(Metric.objects.get(slug="diamonds")), paid="on", name="Typed name")
    assert errors(response) == [
        f"challenges[{number}] {slug}.goals[1].metric: "
        f'"diamonds" is only paid and can\'t be a goal; name a metric that sources report'
        for number, slug in [(1, "super-rush"), (2, "gleam-rush"), (3, "glow-rush")]
    ]
    assert 'value="Typed name"' in body(response)
    assert not Metric.objects.get(slug="diamonds").paid


def test_round_outside_of_the_fest_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    typed = {"starts_0": "2026-02-16", "starts_1": "00:00", "ends_0": "2026-02-18", "ends_1": "00:00"}
    response = submit(admin_client, add(Round, uk_valentine), slug="final", name="Final", **typed)
    assert errors(response) == [
        "rounds[1] final: 2026-02-16T00:00Z to 2026-02-18T00:00Z is not within the fest; "
        "write moments from 2026-02-13T00:00Z to 2026-02-17T00:00Z"
    ]
    assert 'value="2026-02-18"' in body(response)
    assert Round.objects.count() == 0


def test_round_that_admits_from_an_unknown_board_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    typed = {"starts_0": "2026-02-16", "starts_1": "00:00", "ends_0": "2026-02-17", "ends_1": "00:00"}
    url = add(Round, uk_valentine)
    response = submit(admin_client, url, slug="final", name="F", admits_board="league", admits_top=3, **typed)
    assert errors(response) == [
        'rounds[1] final.admits.board: "league" is not declared in boards; did you mean "leagues"?'
    ]
    response = submit(admin_client, url, slug="final", name="F", admits_board="leagues", **typed)
    assert errors(response) == ["Write both the board to admit from and how many of its best, or leave both empty."]


def test_league_placements_that_overlap_are_refused(admin_client: Client, live_fest: Fest) -> None:
    glow = Group.objects.get(slug="glow")
    response = submit(admin_client, change(glow), placement_at_least="4000")
    assert [error.partition(":")[0] for error in errors(response)] == ["groups[2] glow.placement"]
    glow.refresh_from_db()
    assert glow.placement_at_least == 5000


def test_rule_with_tiers_and_points_is_refused_and_no_tier_stored(admin_client: Client, uk_valentine: Fest) -> None:
    rule = Rule.objects.get(slug="likes")
    response = submit(admin_client, change(rule), **inline("tiers", at=100, points=77))
    assert errors(response) == [
        "rules[1] likes: has tiers and points or per; tiers stand instead of points and per, leave one out"
    ]
    assert 'value="77"' in body(response)
    assert RuleTier.objects.count() == 0
    response = submit(admin_client, change(rule), points="", daily_cap="", **inline("tiers", at=100, points=77))
    assert response.status_code == 302
    assert "tiers = [{at = 100, points = 77}]" in export_campaign(uk_valentine)


def test_rule_with_tiers_and_per_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    rule = Rule.objects.get(slug="likes")
    response = submit(admin_client, change(rule), points="", per="60", **inline("tiers", at=100, points=77))
    assert errors(response) == [
        "rules[1] likes: has tiers and points or per; tiers stand instead of points and per, leave one out"
    ]


def test_rule_bonus_of_two_kinds_is_refused_at_its_row(admin_client: Client, uk_valentine: Fest) -> None:
    row = {"multiplier": 2, "daily_from": "20:00", "starts_0": "2026-02-13", "starts_1": "00:00"}
    response = submit(admin_client, change(Rule.objects.get(slug="likes")), **inline("bonuses", **row))
    assert errors(response) == [
        "Write daily from and until (every day, HH:MM), or starts and ends (once, the end after the start)."
    ]


def test_board_without_rules_counts_all(admin_client: Client, uk_valentine: Fest) -> None:
    board = Board.objects.get(slug="today")
    assert submit(admin_client, change(board), rules="likes, gifts").status_code == 302
    board.refresh_from_db()
    assert board.rules == ["likes", "gifts"]
    assert submit(admin_client, change(board), rules="").status_code == 302
    board.refresh_from_db()
    assert board.rules is None


def test_board_that_names_an_unknown_rule_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    response = submit(admin_client, change(Board.objects.get(slug="today")), rules="likes, gift", name="Typed name")
    assert errors(response) == ['boards[2] today.rules[2]: "gift" is not declared in rules; did you mean "gifts"?']
    assert 'value="Typed name"' in body(response)
    assert 'value="likes, gift"' in body(response)
    assert Board.objects.get(slug="today").rules is None


def test_board_that_counts_what_it_pays_is_refused_with_its_inline(admin_client: Client, uk_valentine: Fest) -> None:
    bonus = Metric.objects.get(slug="bonus")
    row = {"first_rank": 1, "last_rank": 3, "percent": 33, "metric": bonus.pk, "position": 0}
    response = submit(admin_client, change(Board.objects.get(slug="today")), **inline("rank_bonuses", **row))
    assert [error.partition(":")[0] for error in errors(response)] == ["boards[2] today.rank_bonus"]
    assert 'value="33"' in body(response)
    assert RankBonus.objects.count() == 0


def test_rank_bonus_of_neither_percent_nor_points_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    row = {"first_rank": 1, "metric": Metric.objects.get(slug="bonus").pk}
    response = submit(admin_client, change(Board.objects.get(slug="today")), **inline("rank_bonuses", **row))
    assert len(errors(response)) == 1
    assert "pays one of both" in errors(response)[0]
    assert RankBonus.objects.count() == 0


def test_board_choices_are_of_its_fest(admin_client: Client, uk_valentine: Fest, live_fest: Fest) -> None:
    board = Board.objects.get(slug="leagues", fest=uk_valentine)
    other = Group.objects.get(slug="rising")
    page = body(admin_client.get(change(board)))
    choices = page.partition('<select name="within_group"')[2].partition("</select>")[0]  # other ids may be the same
    assert "Super League" in choices
    assert f'<option value="{other.pk}">' not in choices
    response = submit(admin_client, change(board), within_group=other.pk)
    assert errors(response) == ["Select a valid choice. That choice is not one of the available choices."]


def test_board_with_gates_costs_the_same_queries_with_more_rows(
    admin_client: Client, uk_valentine: Fest, django_assert_num_queries: Any
) -> None:
    board = Board.objects.get(slug="today")
    metrics = list(Metric.objects.filter(paid=False)[:3])
    board.gates.create(metric=metrics[0], at_least=1)
    with CaptureQueriesContext(connection) as one:
        admin_client.get(change(board))
    board.gates.create(metric=metrics[1], at_least=1)
    board.gates.create(metric=metrics[2], at_least=1)
    with django_assert_num_queries(len(one)):
        admin_client.get(change(board))


def test_challenge_without_a_goal_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    challenge = Challenge.objects.get(slug="glow-rush")
    response = submit(admin_client, change(challenge), **{"goals-0-DELETE": "on"})
    assert errors(response) == ["challenges[3] glow-rush.goals: is empty; name at least one"]
    assert challenge.goals.count() == 1


def test_challenge_with_its_goal_is_added(admin_client: Client, uk_valentine: Fest) -> None:
    metric = Metric.objects.get(slug="likes")
    goal = {"metric": metric.pk, "at_least": 500, "position": 0}
    url = add(Challenge, uk_valentine)
    assert (
        submit(admin_client, url, slug="liked", name="Liked", per="day", **inline("goals", **goal)).status_code == 302
    )
    challenge = Challenge.objects.get(slug="liked")
    assert (challenge.metric.slug, challenge.position) == ("bonus", 3)
    assert list(Goal.objects.filter(challenge=challenge).values_list("metric", "at_least")) == [(metric.pk, 500)]


def test_reward_of_cash_without_a_known_currency_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    reward = Reward.objects.get()
    response = submit(admin_client, change(reward), kind="cash")
    assert errors(response) == ["Cash needs a currency such as USD; nothing else has one."]
    response = submit(admin_client, change(reward), kind="cash", currency="XQX")
    assert errors(response) == [
        'rewards[1] super-champions.currency: "XQX" is no ISO 4217 code; write one such as "USD"'
    ]
    assert Reward.objects.get().kind == "diamonds"


def test_row_of_another_fest_keeps_its_fest(admin_client: Client, uk_valentine: Fest, live_fest: Fest) -> None:
    metric = Metric.objects.get(fest=uk_valentine, slug="likes")
    assert submit(admin_client, change(metric), fest=live_fest.pk, name="Likes!").status_code == 302
    metric.refresh_from_db()
    assert (metric.fest, metric.name) == (uk_valentine, "Likes!")


# Groups and their members


def test_group_roster_under_its_members_is_refused(
    admin_client: Client, live_fest: Fest, record: Callable[[Fest, int], None]
) -> None:
    record(live_fest, 2)
    owls = Group.objects.get(slug="night-owls")
    for entry in Entry.objects.all():
        Membership.objects.create(
            fest=live_fest, entry=entry, group=owls, kind="community", origin=Membership.Origin.FILE, since=AT
        )
    response = submit(admin_client, change(owls), roster="1")
    assert errors(response) == ["groups night-owls.roster: 1 is less than its 2 members; write more"]
    response = submit(admin_client, change(owls), kind="league", roster="")
    assert errors(response) == ["This group has members; its kind can't be changed any more."]
