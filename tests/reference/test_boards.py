"""Standings, computed by hand."""

from __future__ import annotations

from datetime import datetime

from tests.reference import Membership, Records
from tests.reference.small import campaign, creators, fact, moment, reversal, standing

RULES = """
[[rules]]
slug = "gifts"
metric = "coins"
points = 1
[[rules]]
slug = "hearts"
metric = "likes"
points = 2
"""
GROUPS = """
[[groups]]
slug = "gold"
kind = "league"
[[groups]]
slug = "choir"
kind = "community"
[[groups]]
slug = "band"
kind = "community"
"""


def board(text: str) -> str:
    return '[[boards]]\nslug = "b"\n' + text


CREATORS = board('of = "creators"\nperiod = "fest"\n')


def test_ranks_are_shared_and_the_next_is_skipped() -> None:
    people = creators("émile", "ada", "bo", "Zoe", "late")
    facts = [fact(handle, "coins", 5, "14T10:00:00") for handle in ("émile", "ada", "Zoe")]
    facts += [fact("bo", "coins", 6, "14T11:00:00"), fact("late", "coins", 5, "14T11:00:00")]
    assert standing(campaign(RULES + CREATORS), people, *facts) == [
        "b: 1 bo 6 @ 14T11:00:00",
        "b: 2 Zoe 5 @ 14T10:00:00",
        "b: 2 ada 5 @ 14T10:00:00",
        "b: 2 émile 5 @ 14T10:00:00",
        "b: 5 late 5 @ 14T11:00:00",
    ]


def test_reversal_makes_nobody_later() -> None:
    wrong = fact("ada", "coins", 50, "15T10:00:00")
    facts = [fact("ada", "coins", 5, "14T10:00:00"), wrong, reversal(wrong)]
    assert standing(campaign(RULES + CREATORS), creators("ada"), *facts) == ["b: 1 ada 5 @ 14T10:00:00"]


def test_only_the_rules_named_count() -> None:
    facts = [fact("ada", "coins", 5, "14T10:00:00"), fact("ada", "likes", 5, "14T11:00:00")]
    assert standing(campaign(RULES + CREATORS + 'rules = ["hearts"]\n'), creators("ada"), *facts) == [
        "b: 1 ada 10 @ 14T11:00:00"
    ]


def test_metric_as_score_has_no_multiplier_and_no_cap() -> None:
    rules = '[[rules]]\nslug = "r"\nmetric = "coins"\npoints = 1\ncap = 1\n'
    facts = [fact("ada", "coins", 5, "14T10:00:00"), fact("ada", "coins", 6, "14T11:00:00")]
    assert standing(campaign(rules + CREATORS + 'score = "coins"\n'), creators("ada"), *facts) == [
        "b: 1 ada 11 @ 14T11:00:00"
    ]


def test_earliest_is_when_the_capped_score_was_reached() -> None:
    rules = '[[rules]]\nslug = "r"\nmetric = "coins"\npoints = 1\ncap = 5\n'
    facts = [fact("ada", "coins", 5, "14T10:00:00"), fact("ada", "coins", 6, "14T11:00:00")]
    assert standing(campaign(rules + CREATORS), creators("ada"), *facts) == ["b: 1 ada 5 @ 14T10:00:00"]


def test_minimum_gates_and_zero() -> None:
    rules = RULES + CREATORS + 'minimum = 5\ngates = [{ metric = "live", at_least = 60 }]\n'
    facts = [fact(handle, "live", 60, "15T10:00:00") for handle in ("ada", "bo", "cy")]
    facts += [fact("ada", "coins", 5, "14T10:00:00"), fact("bo", "coins", 4, "14T10:00:00")]
    facts += [fact("dee", "coins", 9, "14T10:00:00"), fact("dee", "live", 59, "14T10:00:00")]
    assert standing(campaign(rules), creators("ada", "bo", "cy", "dee"), *facts) == ["b: 1 ada 5 @ 14T10:00:00"]


def test_tie_breaks_are_tried_in_turn_and_nothing_else() -> None:
    people = creators("ada", "bo", "cy")
    facts = [
        fact("ada", "coins", 4, "14T10:00:00"),
        fact("bo", "likes", 2, "14T11:00:00"),
        fact("cy", "likes", 2, "14T12:00:00"),
    ]
    by_likes = CREATORS + 'tie_break = ["likes", "earliest"]\n'
    assert standing(campaign(RULES + by_likes), people, *facts) == [
        "b: 1 bo 4 @ 14T11:00:00",
        "b: 2 cy 4 @ 14T12:00:00",
        "b: 3 ada 4 @ 14T10:00:00",
    ]
    only_likes = CREATORS + 'tie_break = ["likes"]\n'
    assert [row.split()[1] for row in standing(campaign(RULES + only_likes), people, *facts)] == ["1", "1", "3"]
    nothing = CREATORS + "tie_break = []\n"
    assert [row.split()[1] for row in standing(campaign(RULES + nothing), people, *facts)] == ["1", "1", "1"]


def test_board_within_each_region_category_and_group() -> None:
    people = creators("ada IE talk gold;choir", "bo GB dance choir", "cy")
    facts = [fact(handle, "coins", 5, "14T10:00:00") for handle in ("ada", "bo", "cy")]

    def within(text: str) -> list[str]:
        rules = RULES + GROUPS + board(f'of = "creators"\nperiod = "fest"\nwithin = {text}\n')
        return [row.split(" @")[0] for row in standing(campaign(rules), people, *facts)]

    assert within('"region"') == ["b GB: 1 bo 5", "b IE: 1 ada 5"]
    assert within('"category"') == ["b dance: 1 bo 5", "b talk: 1 ada 5"]
    assert within('"group"') == ["b gold: 1 ada 5", "b choir: 1 ada 5", "b choir: 1 bo 5"]
    assert within('{ group = "gold" }') == ["b gold: 1 ada 5"]


def test_board_of_days_has_a_standing_for_each() -> None:
    rules = RULES + board('of = "creators"\nperiod = "day"\n')
    facts = [
        fact("ada", "coins", 5, "13T02:00:00"),
        fact("ada", "coins", 6, "14T02:59:59"),
        fact("ada", "coins", 7, "14T03:00:00"),
    ]
    assert standing(campaign(rules, day_starts="03:00"), creators("ada"), *facts) == [
        "b 2026-02-12: 1 ada 5 @ 13T02:00:00",
        "b 2026-02-13: 1 ada 6 @ 14T02:59:59",
        "b 2026-02-14: 1 ada 7 @ 14T03:00:00",
    ]


def test_round_scores_what_was_gained_in_it() -> None:
    rules = '[[rules]]\nslug = "r"\nmetric = "coins"\npoints = 1\nper = 10\nspan = "fest"\n'
    final = '[[rounds]]\nslug = "final"\nstarts = 2026-02-16T00:00:00\nends = 2026-02-17T00:00:00\n'
    facts = [fact("ada", "coins", 19, "15T10:00:00"), fact("ada", "coins", 1, "16T10:00:00")]
    rules += final + board('of = "creators"\nperiod = "final"\n')
    assert standing(campaign(rules), creators("ada"), *facts) == ["b final: 1 ada 1 @ 16T10:00:00"]


def test_communities_sum_their_present_members() -> None:
    gate = 'gates = [{ metric = "live", at_least = 60 }]\n'
    rules = RULES + GROUPS + board('of = "groups"\nperiod = "fest"\n' + gate)
    people = creators("ada - - choir;gold", "bo - - choir", "cy - - band", "dee")
    facts = [fact(row["handle"], "coins", 5, f"14T1{hour}:00:00") for hour, row in enumerate(people)]
    facts += [fact("ada", "live", 30, "14T20:00:00"), fact("bo", "live", 30, "14T20:00:00")]
    facts += [fact("cy", "live", 59, "14T20:00:00")]
    assert standing(campaign(rules), people, *facts) == ["b: 1 choir 10 @ 14T11:00:00"]
    left = Records(memberships=(Membership("bo", "community", None, moment("15T10:00:00")),))
    assert standing(campaign(rules.replace("60", "30")), people, *facts, records=left) == [
        "b: 1 choir 5 @ 14T10:00:00",
        "b: 2 band 5 @ 14T12:00:00",
    ]


def test_last_membership_of_a_kind_holds_whatever_order_they_are_given_in() -> None:
    rules = campaign(RULES + GROUPS + board('of = "groups"\nperiod = "fest"\n'))
    moved = (
        Membership("ada", "community", "band", moment("15T10:00:00")),
        Membership("ada", "community", "choir", moment("14T10:00:00")),
    )
    one = fact("ada", "coins", 5, "13T10:00:00")
    assert standing(rules, creators("ada - - choir"), one, records=Records(memberships=moved)) == [
        "b: 1 band 5 @ 13T10:00:00"
    ]


def test_supporters_are_ranked_by_what_they_gave() -> None:
    people = creators("ada GB", "bo IE")
    facts = [
        fact("ada", "coins", 5, "14T10:00:00", supporter="fan"),
        fact("bo", "coins", 6, "14T11:00:00", supporter="fan"),
        fact("bo", "coins", 6, "14T12:00:00", supporter="ada"),
        fact("ada", "coins", 99, "14T13:00:00", supporter="ada"),
        fact("ada", "coins", 99, "14T14:00:00"),
        fact("ada", "likes", 99, "14T15:00:00", supporter="fan"),
    ]
    everywhere = board('of = "supporters"\nscore = "coins"\nperiod = "fest"\n')
    assert standing(campaign(everywhere), people, *facts) == ["b: 1 fan 11 @ 14T11:00:00", "b: 2 ada 6 @ 14T12:00:00"]
    assert standing(campaign(everywhere + 'within = "region"\n'), people, *facts) == [
        "b GB: 1 fan 5 @ 14T10:00:00",
        "b IE: 1 fan 6 @ 14T11:00:00",
        "b IE: 2 ada 6 @ 14T12:00:00",
    ]
    by_likes = everywhere + 'gates = [{ metric = "likes", at_least = 99 }]\nwithin = { group = "gold" }\n' + GROUPS
    gold = Records(memberships=(Membership("ada", "league", "gold", moment("12T10:00:00")),))
    assert standing(campaign(by_likes), people, *facts, records=gold) == ["b gold: 1 fan 5 @ 14T10:00:00"]


def test_bonus_counts_where_rules_are_omitted_or_name_it() -> None:
    pays = '[[challenges]]\nslug = "c"\ngoals = [{ metric = "coins", at_least = 5 }]\nper = "fest"\npoints = 100\n'
    one = fact("ada", "coins", 5, "14T10:00:00")
    for rules, score in (
        ("", 105),
        ('rules = ["bonus"]\n', 100),
        ('rules = ["gifts"]\n', 5),
        ('score = "bonus"\n', 100),
    ):
        assert standing(campaign(RULES + pays + CREATORS + rules), creators("ada"), one) == [
            f"b: 1 ada {score} @ 14T10:00:00"
        ]


def test_day_of_another_zone() -> None:
    rules = RULES + board('of = "creators"\nperiod = "day"\n')
    there = campaign(
        rules, time_zone="Asia/Tokyo", starts=datetime(2026, 2, 14), ends=datetime(2026, 2, 16), grace_hours=72
    )
    facts = [fact("ada", "coins", 5, "14T14:59:59"), fact("ada", "coins", 6, "14T15:00:00")]
    assert standing(there, creators("ada"), *facts) == [
        "b 2026-02-14: 1 ada 5 @ 14T14:59:59",
        "b 2026-02-15: 1 ada 6 @ 14T15:00:00",
    ]
