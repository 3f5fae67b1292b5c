"""The database itself refuses what no campaign can say: every named constraint, by a row of GALA made wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import Error

from tests.campaign.conftest import CAMPAIGN_MODELS, rolled_back

# Constraint, table, the row's WHERE, and what it is SET to.
GROUP, RULE, BOARD, CHALLENGE = "creators_group", "rankings_rule", "rankings_board", "challenges_challenge"
METRIC, ROUND, REWARD = "livefest_metric", "livefest_round", "rewards_reward"
BREACHES: list[tuple[str, str, str, str]] = [
    ("fest_slug_form", "livefest_fest", "TRUE", "slug = 'ga la'"),
    ("fest_day_starts_form", "livefest_fest", "TRUE", "day_starts = '24:00'"),
    ("fest_starts_before_end", "livefest_fest", "TRUE", "ends = starts"),
    ("fest_freeze_within", "livefest_fest", "TRUE", "\"freeze\" = starts - interval '1 microsecond'"),
    ("fest_freeze_within", "livefest_fest", "TRUE", "\"freeze\" = ends + interval '1 microsecond'"),
    ("region_unique", "livefest_region", "code = 'IE'", "code = 'GB'"),
    ("region_code_form", "livefest_region", "code = 'IE'", "code = 'ie'"),
    ("metric_slug_unique", METRIC, "slug = 'coins'", "slug = 'prize'"),
    ("metric_slug_form", METRIC, "slug = 'coins'", "slug = ''"),
    ("metric_bonus_is_paid", METRIC, "slug = 'bonus'", "paid = FALSE"),
    ("metric_paid_is_no_duration", METRIC, "slug = 'prize'", "unit = 's'"),
    ("metric_slug_not_reserved", METRIC, "slug = 'coins'", "slug = 'points'"),
    ("metric_slug_not_reserved", METRIC, "slug = 'coins'", "slug = 'earliest'"),
    ("round_slug_unique", ROUND, "slug = 'heats'", "slug = 'final'"),
    ("round_slug_form", ROUND, "slug = 'heats'", "slug = '_'"),
    ("round_starts_before_end", ROUND, "slug = 'heats'", "ends = starts"),
    ("round_slug_not_reserved", ROUND, "slug = 'heats'", "slug = 'fest'"),
    ("round_slug_not_reserved", ROUND, "slug = 'heats'", "slug = 'day'"),
    ("round_admits_both_or_neither", ROUND, "slug = 'final'", "admits_board = ''"),
    ("round_admits_both_or_neither", ROUND, "slug = 'final'", "admits_top = 0"),
    ("group_slug_unique", GROUP, "slug = 'gold'", "slug = 'silver'"),
    ("group_slug_form", GROUP, "slug = 'gold'", "slug = 'größe'"),
    ("group_kind_known", GROUP, "slug = 'band'", "kind = 'choir', roster = NULL"),
    ("group_placement_whole", GROUP, "slug = 'gold'", "placement_metric_id = NULL"),
    ("group_placement_whole", GROUP, "slug = 'gold'", "placement_until = placement_from"),
    ("group_placement_whole", GROUP, "slug = 'gold'", "kind = 'community'"),
    ("group_placement_range", GROUP, "slug = 'silver'", "placement_at_least = 100"),
    ("group_roster_of_community", GROUP, "slug = 'gold'", "roster = 5"),
    ("group_roster_of_community", GROUP, "slug = 'band'", "roster = 0"),
    ("group_made_is_community", GROUP, "slug = 'gold'", "made_at = now()"),
    ("group_way_in_known", GROUP, "slug = 'band'", "way_in = 'door'"),
    ("group_way_in_of_community", GROUP, "slug = 'gold'", "way_in = 'open'"),
    ("group_way_in_of_community", GROUP, "slug = 'gold'", "way_in = 'code', join_code = 'abcd-efgh'"),
    ("group_code_with_its_way_in", GROUP, "slug = 'band'", "way_in = 'code'"),
    ("group_code_with_its_way_in", GROUP, "slug = 'band'", "way_in = 'code', join_code = 'short'"),
    ("group_code_with_its_way_in", GROUP, "slug = 'band'", "way_in = 'open', join_code = 'abcd-efgh'"),
    ("rule_slug_unique", RULE, "slug = 'gifts'", "slug = 'hours'"),
    ("rule_slug_form", RULE, "slug = 'gifts'", "slug = '-gifts'"),
    ("rule_points_positive", RULE, "slug = 'gifts'", "points = 0"),
    ("rule_per_positive", RULE, "slug = 'gifts'", "per = 0"),
    ("rule_caps_positive", RULE, "slug = 'hours'", "cap = 0"),
    ("rule_caps_positive", RULE, "slug = 'hours'", "daily_cap = 0"),
    ("rule_span_known", RULE, "slug = 'gifts'", "span = 'week'"),
    ("rulebonus_multiplier_positive", "rankings_rulebonus", "TRUE", "multiplier = 0"),
    ("rulebonus_daily_or_once", "rankings_rulebonus", "position = 0", "daily_until = ''"),
    ("rulebonus_daily_or_once", "rankings_rulebonus", "position = 0", "daily_from = '24:00'"),
    ("rulebonus_daily_or_once", "rankings_rulebonus", "position = 0", "starts = now(), ends = now()"),
    ("rulebonus_daily_or_once", "rankings_rulebonus", "position = 1", "ends = starts"),
    ("ruletier_positive", "rankings_ruletier", "TRUE", "at = 0"),
    ("ruletier_positive", "rankings_ruletier", "TRUE", "points = 0"),
    ("board_slug_unique", BOARD, "slug = 'fans'", "slug = 'bands'"),
    ("board_slug_form", BOARD, "slug = 'fans'", "slug = 'f.ans'"),
    ("board_of_known", BOARD, "slug = 'best'", "of = 'teams'"),
    ("board_within_known", BOARD, "slug = 'best'", "within = 'city'"),
    ("board_within_group_of_group", BOARD, "slug = 'final'", "within = 'region'"),
    ("board_period_known", BOARD, "slug = 'best'", "period = 'week'"),
    ("board_period_known", BOARD, "slug = 'best'", "period = 'round'"),
    ("board_period_known", BOARD, "slug = 'final'", "period = 'day'"),
    ("board_minimum_not_negative", BOARD, "slug = 'best'", "minimum = -1"),
    ("board_supporters_by_metric", BOARD, "slug = 'fans'", "score_metric_id = NULL"),
    ("boardgate_not_negative", "rankings_boardgate", "TRUE", "at_least = -1"),
    ("rankbonus_ranks", "rankings_rankbonus", "position = 0", "first_rank = 0"),
    ("rankbonus_ranks", "rankings_rankbonus", "position = 0", "first_rank = 2"),
    ("rankbonus_percent_or_points", "rankings_rankbonus", "position = 0", "points = 5"),
    ("rankbonus_percent_or_points", "rankings_rankbonus", "position = 0", "percent = 0"),
    ("rankbonus_at_least", "rankings_rankbonus", "position = 1", "at_least = -1"),
    ("challenge_slug_unique", CHALLENGE, "slug = 'rush'", "slug = 'stroll'"),
    ("challenge_slug_form", CHALLENGE, "slug = 'rush'", "slug = ' rush'"),
    ("challenge_per_known", CHALLENGE, "slug = 'rush'", "per = 'week'"),
    ("challenge_starts_before_end", CHALLENGE, "slug = 'rush'", "ends = starts"),
    ("challenge_first_positive", CHALLENGE, "slug = 'rush'", "first = 0"),
    ("challenge_points_positive", CHALLENGE, "slug = 'rush'", "points = 0"),
    (
        "challenge_within_one",
        CHALLENGE,
        "slug = 'stroll'",
        "within_group_id = (SELECT id FROM creators_group WHERE slug = 'gold')",
    ),
    ("goal_positive", "challenges_goal", "TRUE", "at_least = 0"),
    ("reward_slug_unique", REWARD, "slug = 'cup'", "slug = 'purse'"),
    ("reward_slug_form", REWARD, "slug = 'cup'", "slug = 'cup!'"),
    ("reward_kind_known", REWARD, "slug = 'cup'", "kind = 'car'"),
    ("reward_of_board_or_challenge", REWARD, "slug = 'cup'", "board_id = NULL"),
    ("reward_ties_known", REWARD, "slug = 'cup'", "ties = 'dice'"),
    ("reward_split_can_be", REWARD, "slug = 'cup'", "kind = 'merch', ties = 'split'"),
    ("reward_ranks", REWARD, "slug = 'cup'", "first_rank = 0"),
    ("reward_ranks", REWARD, "slug = 'cup'", "last_rank = 1, first_rank = 2"),
    ("reward_amount_positive", REWARD, "slug = 'cup'", "amount = 0"),
    ("reward_currency_for_cash", REWARD, "slug = 'cup'", "currency = 'GBP'"),
    ("reward_currency_for_cash", REWARD, "slug = 'purse'", "currency = ''"),
    ("reward_currency_for_cash", REWARD, "slug = 'purse'", "currency = 'gbp'"),
    # NULL makes `percent >= 1` neither true nor false, which a CHECK lets through unless it asks for NOT NULL.
    ("round_admits_both_or_neither", ROUND, "slug = 'final'", "admits_top = NULL"),
    ("group_placement_whole", GROUP, "slug = 'gold'", "placement_until = NULL"),
    ("rulebonus_daily_or_once", "rankings_rulebonus", "position = 1", "starts = NULL"),
    ("rankbonus_percent_or_points", "rankings_rankbonus", "position = 0", "percent = NULL"),
]
# Constraint, table, and columns whose values are copied into a second row.
DOUBLES = [
    ("ruletier_unique", "rankings_ruletier", "rule_id, at, points, position"),
    ("boardgate_unique", "rankings_boardgate", "board_id, metric_id, at_least, position"),
    ("goal_unique", "challenges_goal", "challenge_id, metric_id, at_least, position"),
]
# The primary key is in them: they can't be broken by themselves, and exist for references that carry the fest.
FOR_REFERENCES = {"group_kind_of_fest"} | {
    f"{name}_of_fest" for name in ["region", "metric", "round", "group", "rule", "board", "challenge", "reward"]
}


def refusal(statement: str) -> str | None:
    """The name of the constraint that refuses a statement, which changes nothing where none does."""
    with rolled_back(), pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(error.value.__cause__, Error)
    return error.value.__cause__.diag.constraint_name


@pytest.mark.usefixtures("gala")
@pytest.mark.parametrize(("constraint", "table", "row", "change"), BREACHES)
def test_database_refuses_a_row_that_breaks(constraint: str, table: str, row: str, change: str) -> None:
    assert refusal(f"UPDATE {table} SET {change} WHERE {row}") == constraint


@pytest.mark.usefixtures("gala")
@pytest.mark.parametrize(("constraint", "table", "columns"), DOUBLES)
def test_database_refuses_a_second_row_that_breaks(constraint: str, table: str, columns: str) -> None:
    assert refusal(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}") == constraint


def test_database_refuses_a_second_fest_of_a_slug(gala: dict[str, list[Any]]) -> None:
    columns = ", ".join(f'"{column}"' for column in gala["Fest"][0] if column != "id")
    name = refusal(f"INSERT INTO livefest_fest ({columns}) SELECT {columns} FROM livefest_fest")
    assert name == "livefest_fest_slug_key"


def test_every_named_constraint_has_a_test_here() -> None:
    named = {constraint.name for model in CAMPAIGN_MODELS for constraint in model._meta.constraints}
    assert {breach[0] for breach in BREACHES} | {double[0] for double in DOUBLES} == named - FOR_REFERENCES
