"""Small random campaigns with every feature that scores: leagues, rounds, boards, challenges and what they pay.

Nearly all are valid as they are drawn; `fests.scripts` leaves out the few that the real check refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from tests.rankings.strategies import ENDS, METRICS, STARTS, chance, fest_table, metric_tables, rule, some, window

BONUS, PAID = "bonus", "vouchers"
REGIONS, COMMUNITIES = ["GB", "IE"], ["choir", "band"]
LEAGUES = ["bronze", "silver", "gold"]
ROUNDS = ["heats", "final"]
# Few and small, so that several creators reach the same.
QUANTITIES = [2, 1, 3, 5, 8, 30]
SECONDS = [3600, 60, 1800, 7200, 40_000]

Table = dict[str, Any]


def amounts(metric: str) -> list[int]:
    return SECONDS if metric == "live_seconds" else QUANTITIES


def thresholds(random: Random, *, least: int = 0) -> list[Table]:
    """Goals or gates, each of another metric; the biggest amounts would hardly be reached."""
    return [
        {"metric": metric, "at_least": random.choice(amounts(metric)[:-1])}
        for metric in some(random, METRICS, least=least, most=2)
    ]


def groups(random: Random) -> list[Table]:
    """Communities, and leagues whose placements don't overlap: ranges of one quantity that touch, the last one perhaps
    for all whom a later moment finds without a league, or one that only the creators file and staff place in."""
    tables: list[Table] = [
        {"slug": slug, "name": slug, "kind": "community"} for slug in COMMUNITIES[: random.randint(0, len(COMMUNITIES))]
    ]
    leagues = LEAGUES[: random.randint(0, len(LEAGUES))]
    metric = random.choice(METRICS)
    scale = 600 if metric == "live_seconds" else 1
    until = STARTS + timedelta(hours=random.choice([0, 0, -2, -20, 12, 30]))
    edge = 0
    for index, slug in enumerate(leagues):
        placement = {"metric": metric, "from": until - timedelta(hours=30), "until": until}
        if index or chance(random, 1, 2):
            edge += random.choice([1, 2, 4]) * scale
            placement["at_least"] = edge
        if index + 1 < len(leagues):
            edge += random.choice([1, 2, 4]) * scale
            placement["below"] = edge
        tables.append({"slug": slug, "name": slug, "kind": "league", "placement": placement})
    if len(leagues) > 1 and chance(random, 1, 2):
        later = until + timedelta(hours=20)
        if chance(random, 1, 2):
            tables[-1]["placement"] = {"metric": "likes", "from": later - timedelta(hours=40), "until": later}
        else:
            del tables[-1]["placement"]
    return tables


def rounds(random: Random) -> list[Table]:
    """Heats and a final, often one after the other up to the fest's end, else anywhere."""
    tables: list[Table] = []
    starts = STARTS + timedelta(hours=random.choice([0, 12, 30]))
    for slug in ROUNDS[: random.randint(0, 2)]:
        if chance(random, 1, 5):
            tables.append(window(random, slug=slug, name=slug))
            continue
        ends = min(starts + timedelta(hours=random.choice([12, 20, 57])), ENDS)
        tables.append({"slug": slug, "name": slug, "starts": starts, "ends": ends})
        starts = max(ends if ends < ENDS else starts, STARTS + timedelta(hours=30))
    return tables


def rank_bonuses(random: Random, metrics: Sequence[str]) -> list[Table]:
    entries = []
    for _ in range(random.randint(1, 2)):
        entry: Table = {"ranks": random.choice(["1", "1-2", "3-", "2-", "2-3", "1-"])}
        if chance(random, 1, 2):
            entry["percent"] = random.choice([150, 33, 10, 1])
        else:
            entry["points"] = random.randint(1, 40)
        if chance(random, 1, 3):
            entry["at_least"] = random.choice([2, 10, 50])
        metric = random.choice(metrics)
        if metric != BONUS or chance(random, 1, 2):
            entry["metric"] = metric
        entries.append(entry)
    return entries


def board(random: Random, slug: str, campaign: Table, first_paid: str) -> Table:
    """A board. One that pays counts nothing that is paid, or else only `first_paid` and pays in the other paid metric,
    so that few count around a circle what they pay."""
    kinds = {group["kind"] for group in campaign["groups"]}
    teams = "groups" if "community" in kinds or chance(random, 1, 8) else "creators"
    of = random.choice(["creators", "creators", "creators", teams, "supporters"])
    round_slugs = [round_["slug"] for round_ in campaign["rounds"]]
    periods = ["fest", "fest", "day", *round_slugs, *round_slugs]
    table: Table = {"slug": slug, "name": slug, "of": of, "period": random.choice(periods)}
    group_slugs = [group["slug"] for group in campaign["groups"]]
    if of != "groups" and chance(random, 1, 2):
        in_groups = ["group", {"group": random.choice(group_slugs)}] if group_slugs else []
        table["within"] = random.choice(["region", "category", *in_groups])

    countable = {*METRICS, BONUS, PAID}
    if of == "creators" and chance(random, 1, 2):
        pays: list[str] = [BONUS, PAID]
        other = PAID if first_paid == BONUS else BONUS
        if chance(random, 11, 12):
            if chance(random, 1, 2):
                pays, countable = [other], {*METRICS, first_paid}
            else:
                countable = {*METRICS}
        table["rank_bonus"] = rank_bonuses(random, pays)

    if of == "supporters":
        table["score"] = random.choice(METRICS)
    elif chance(random, 1, 3):
        table["score"] = random.choice([metric for metric in [*METRICS, BONUS, PAID] if metric in countable])
    else:
        of_metric = {rule["slug"]: rule["metric"] for rule in campaign["rules"]} | {BONUS: BONUS}
        slugs = [rule for rule, metric in of_metric.items() if metric in countable]
        if len(slugs) < len(of_metric) or chance(random, 1, 3):
            table["rules"] = some(random, slugs, least=1, most=len(slugs))
    if chance(random, 1, 5):
        table["minimum"] = 1800 if table.get("score") == "live_seconds" else random.choice([3, 20, 0])
    if chance(random, 1, 5):
        table["gates"] = thresholds(random)
    if chance(random, 1, 2):
        table["tie_break"] = some(random, ["earliest", *METRICS], most=3)
    return table


def challenge(random: Random, slug: str, campaign: Table) -> Table:
    table: Table = {
        "slug": slug,
        "name": slug,
        "goals": thresholds(random, least=1),
        "per": random.choice(["fest", "day", "session"]),
        "join": chance(random, 1, 3),
    }
    if chance(random, 1, 2):
        limits = window(random)
        table |= {key: limits[key] for key in random.choice([["starts", "ends"], ["starts"], ["ends"]])}
    if chance(random, 1, 3):
        within = [{"region": code} for code in REGIONS] + [{"group": group["slug"]} for group in campaign["groups"]]
        table["within"] = random.choice(within)
    if chance(random, 1, 2):
        table["first"] = random.randint(1, 2)
    if chance(random, 4, 5):
        table["points"] = random.randint(1, 40)
    if chance(random, 2, 3):
        table["metric"] = random.choice([BONUS, PAID, PAID])
    return table


def whole_campaign(random: Random) -> Table:
    """A campaign file's tables, as `to_text` makes a file of them."""
    campaign: Table = {
        "fest": fest_table(random, REGIONS),
        "metrics": [*metric_tables(), {"slug": PAID, "name": PAID, "paid": True}],
        "rules": [rule(random, f"rule-{n}") for n in range(random.randint(1, 2))],
        "groups": groups(random),
        "rounds": rounds(random),
    }
    if chance(random, 2, 3):
        campaign["rules"].append(rule(random, "rule-paid", [PAID, PAID, BONUS]))
    first_paid = random.choice([BONUS, PAID])
    boards = [board(random, f"board-{n}", campaign, first_paid) for n in range(random.randint(1, 4))]
    periods = ["fest", "day"]
    for round_ in campaign["rounds"]:
        # From a board that ranks everyone, or those of the round before: no round admits itself.
        # One of what is paid alone has hardly anybody to admit.
        sources = [
            one["slug"]
            for one in boards
            if one["of"] == "creators" and one["period"] in periods and one.get("score") not in (BONUS, PAID)
        ]
        # Of what lies before a round that opens with the fest, a board can know nothing.
        if sources and chance(random, 1 if round_["starts"] == STARTS else 5, 6):
            round_["admits"] = {"board": random.choice(sources), "top": random.randint(1, 2)}
            if chance(random, 2, 3):
                of_round = {"period": round_["slug"]}
                boards.append(board(random, f"board-of-{round_['slug']}", campaign, first_paid) | of_round)
        periods.append(round_["slug"])
    campaign["boards"] = boards
    campaign["challenges"] = [challenge(random, f"rush-{n}", campaign) for n in range(random.randint(0, 3))]
    return campaign
