"""One refresh: scores what is new, makes everything derived equal to what is due, and publishes what changed.

The way of the data, once around: marks → parts → tallies and gains → challenges' payments → standings, board by
board, each paying before those that count what it pays → Valkey. All of it up to there is one transaction: readers of
PostgreSQL see everything as it was or as it is, and a refresh that dies leaves the marks for the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from graphlib import TopologicalSorter

from django.db import transaction

from creators.parts import count, gather_parts, lay_out_time, mark_later_facts, take_marks
from creators.payments import forget_what_is_paid_for, gather_payments, pay_for_facts
from creators.tallies import store_supporter_tallies, store_tallies
from livefest import clock, metrics
from livefest.campaign import Campaign, read_campaign
from livefest.models import Fest
from livefest.sql import execute
from livefest.timeline import timeline_of
from rankings.boards import (
    STORED_CREATOR_SCORES,
    STORED_SCORES,
    STORED_SUPPORTER_SCORES,
    Plan,
    add_subjects,
    begin_boards,
    begin_subjects,
    creator_figures,
    look_up_own,
    of_boards,
    parameters,
    plans_of,
    rank_figures,
    store_scores,
    supporter_figures,
)
from rankings.campaign import BoardSpec
from rankings.campaign.circles import counts_payments_of
from rankings.changes import Touches, as_scored, mark_changes
from rankings.communities import STORED_GROUP_SCORES, begin_communities, community_figures
from rankings.freezing import freeze, would_show_too_much
from rankings.gains import ensure_bonus_rule, lay_out_weights, store_gains
from rankings.locks import fest_lock
from rankings.models import Board, RefreshState
from rankings.publishing import MOST_CHANGES, Change, Changes, publish
from rankings.rank_bonuses import pay_for_ranks

SETTINGS = [
    "client_connection_check_interval = '2s'",  # a server whose client died does not finish its statement first
    "jit = off",  # compiling takes longer than these statements do
    "work_mem = '64MB'",
]

EVERY_ENTRY = """
INSERT INTO touched
SELECT entry.id, '-infinity' FROM creators_entry entry
WHERE entry.fest_id = %(fest)s AND (
    EXISTS (SELECT FROM creators_fact fact WHERE fact.entry_id = entry.id)
    OR entry.id IN (SELECT entry_id FROM creators_correction WHERE kind = 'adjustment' AND in_force_at IS NOT NULL)
)
"""

DERIVED = [
    "rankings_gain",
    "creators_tally",
    "creators_supportertally",
    "creators_payment",
    "rankings_contribution",
]

FORGET = """
DELETE FROM {table} AS derived USING creators_entry entry
WHERE entry.id = derived.entry_id AND entry.fest_id = %s
"""

FORGET_TOTALS = """
DELETE FROM rankings_grouptotal total USING creators_group "group"
WHERE "group".id = total.group_id AND "group".fest_id = %s
"""

# Of some of the touched: when the newest of their facts that are due came in.
SOME_ARRIVALS = """
SELECT max(fact.received_at)
FROM (SELECT entry_id, since FROM touched WHERE isfinite(since) LIMIT 50) AS sample
     JOIN creators_fact fact ON fact.entry_id = sample.entry_id AND fact.at >= sample.since
GROUP BY sample.entry_id
"""

STORED_OF = {
    Board.Of.CREATORS: STORED_CREATOR_SCORES,
    Board.Of.GROUPS: STORED_GROUP_SCORES,
    Board.Of.SUPPORTERS: STORED_SUPPORTER_SCORES,
}

NEXT_VERSION = """
SELECT greatest(coalesce(max(standing.version), 0) + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
FROM rankings_standing standing JOIN rankings_board board ON board.id = standing.board_id WHERE board.fest_id = %s
"""

EMPTY_STANDINGS = """
DELETE FROM rankings_standing standing USING rankings_board board
WHERE board.id = standing.board_id AND board.fest_id = %s AND standing.size = 0
  AND NOT EXISTS (SELECT FROM rankings_contribution contribution WHERE contribution.standing_id = standing.id)
"""

NO_LONGER_RANKED = """
DELETE FROM rankings_score score USING rankings_board board
WHERE board.id = score.board_id AND board.fest_id = %s AND score.key IS NULL
"""


@dataclass
class Refreshed:
    """What a refresh did: creators looked at anew, rows of standings that changed, standings published (None: not all
    could be; the next refresh does)."""

    touched: int
    moved: int
    published: int | None

    def __str__(self) -> str:
        published = "not all published: is Valkey away?" if self.published is None else f"{self.published} published"
        return f"{self.touched} creators touched, {self.moved} rows of standings moved, {published}"


@dataclass
class Derived:
    """What `derive` did and leaves to publish. everything: it derived all anew, not only what was touched. changes: by
    standing. publish_whole: all standings are to be written anew. moves_into: the table that is given every row of a
    standing that changes, before and after, if any. arrivals: when some of the facts scored came in. laps: how long its
    steps took."""

    touched: int = 0
    moved: int = 0
    everything: bool = False
    changes: dict[int, Changes] = field(default_factory=dict)
    publish_whole: bool = False
    moves_into: str = ""
    arrivals: list[datetime] = field(default_factory=list)
    laps: metrics.Laps = field(default_factory=metrics.Laps)


MOVES = """
INSERT INTO {table}
SELECT standing_id, handle, entry_id, old_score, new_score, old_key, new_key FROM score_difference
"""


def refresh(
    fest: Fest, *, rebuild: bool = False, wait: bool = True, before: datetime | None = None
) -> Refreshed | None:
    """One pass over what changed since the last. `rebuild` forgets everything derived and does it from facts and
    records, beside what readers see, and switches at the end. `before` leaves facts from that moment (UTC) on to the
    next pass.

    One refresh of a fest at a time: another waits, or returns None if it should not. A fact, membership or campaign
    that changes meanwhile is seen by this pass or marked for the next. Raises CampaignError where the stored campaign
    can't be read.
    """
    with fest_lock(fest, wait=wait) as held:
        if not held:
            return None
        with metrics.refreshing(fest.slug) as outcome:
            derived = derive(fest, rebuild=rebuild, before=before) if before else derive_unseen(fest, rebuild=rebuild)
            outcome.kind = "whole" if derived.everything else "stepwise"
            published = publish_derived(fest, derived)
            outcome.name = "done" if published is not None else "unpublished"
            measure(fest, derived, published)
        return Refreshed(derived.touched, derived.moved, published)


def measure(fest: Fest, derived: Derived, published: int | None) -> None:
    derived.laps.done("publish")
    derived.laps.tell("whole" if derived.everything else "stepwise")
    if published is not None:
        metrics.STANDINGS_PUBLISHED.labels(fest.slug).inc(published)
        for arrived_at in derived.arrivals:
            metrics.SCORED_LAG.labels(fest.slug).observe(max((clock.now() - arrived_at).total_seconds(), 0.0))


def publish_derived(fest: Fest, derived: Derived) -> int | None:
    published = publish(fest, derived.changes, whole=derived.publish_whole)
    if derived.publish_whole and published is not None:
        RefreshState.objects.filter(fest=fest).update(publish_whole=False)
    return published


class TooMuch(Exception):
    """What was scored would show something that the freeze is to hide."""


def derive_unseen(fest: Fest, *, rebuild: bool) -> Derived:
    """As `derive`, but the boards freeze first, by what happened before, where it would show anything of the freeze or
    later: the closing that freezes them comes some seconds late, and facts don't wait for it. The lock is held."""
    try:
        with transaction.atomic():
            derived = derive(fest, rebuild=rebuild)
            if would_show_too_much(fest):
                raise TooMuch
            return derived
    except TooMuch:
        publish_derived(fest, derive(fest, rebuild=rebuild, before=fest.freeze))
        freeze(fest)
        return derive(fest, rebuild=False)


@transaction.atomic
def derive(fest: Fest, *, rebuild: bool, moves_into: str = "", before: datetime | None = None) -> Derived:
    """Everything but publishing, in one transaction. The fest's lock is held. Whoever has facts from `before` on is
    marked again."""
    for setting in SETTINGS:
        execute(f"SET LOCAL {setting}")
    # Who loads a campaign waits for this, and this for them; facts go on coming in.
    execute("SELECT FROM livefest_fest WHERE id = %s FOR SHARE", [fest.pk])
    fest = Fest.objects.get(pk=fest.pk)
    ensure_bonus_rule(fest)
    campaign = read_campaign(fest)
    timeline = replace(timeline_of(campaign), horizon=before)
    state, _created = RefreshState.objects.get_or_create(fest=fest)
    scored = as_scored(campaign)
    derived = Derived(moves_into=moves_into)
    derived.everything = mark_changes(fest, state.campaign, scored) is Touches.EVERYTHING or rebuild
    lay_out_time(timeline)
    take_marks(fest)
    # A refresh never reads a whole table for what it can look up; when everything is due, reading it all is quicker.
    execute(f"SET LOCAL enable_seqscan = {'on' if derived.everything else 'off'}")
    if derived.everything:
        execute("SET LOCAL work_mem = '256MB'")  # it sorts all facts
        forget(fest)
        execute("TRUNCATE touched")
        execute(EVERY_ENTRY, {"fest": fest.pk})
        execute("ANALYZE touched")
        state.settled_at = None
    derived.touched = count("touched")
    derived.arrivals = [] if derived.everything else [arrived_at for (arrived_at,) in execute(SOME_ARRIVALS)]
    if derived.touched or derived.everything or state.closed_at != state.settled_at:
        plans = plans_of(fest)
        lay_out_weights(fest, campaign, timeline)
        gather_parts(timeline, everybody_of=fest if derived.everything else None)
        if before:
            mark_later_facts(fest, since=before)
        derived.laps.done("parts")
        begin_rescoring("touched")
        store_tallies()
        store_supporter_tallies(supporter_metrics(plans))
        store_gains(fest)
        derived.laps.done("gains")
        pay_for_facts(fest, campaign, timeline)
        begin_subjects("entrant", new="touched")
        rescore_payees(fest)
        derived.laps.done("payments")
        rank(fest, campaign, plans, state, derived)
        if derived.everything:
            execute(EMPTY_STANDINGS, [fest.pk])
            execute(NO_LONGER_RANKED, [fest.pk])
        derived.laps.done("standings")
    state.settled_at = state.closed_at
    state.campaign = scored
    state.publish_whole = derived.publish_whole = state.publish_whole or derived.everything
    state.refreshed_at = clock.now()
    state.save(update_fields=["settled_at", "campaign", "publish_whole", "refreshed_at"])
    return derived


def forget(fest: Fest) -> None:
    """Everything derived but the scores, which are compared with what is due and change where they differ."""
    forget_what_is_paid_for(fest)
    for table in DERIVED:
        execute(FORGET.format(table=table), [fest.pk])
    execute(FORGET_TOTALS, [fest.pk])


def begin_rescoring(subjects: str) -> None:
    """Makes `rescored`: whose gains and tallies are replaced next, by what is in `part`."""
    execute("DROP TABLE IF EXISTS rescored")
    execute(f"CREATE TEMP TABLE rescored ON COMMIT DROP AS SELECT entry_id, since FROM {subjects}")
    execute("ANALYZE rescored")


def rescore_payees(fest: Fest) -> bool:
    """Scores the payments of those in `payee`, makes them entrants, and empties `payee`; whether there was anybody."""
    if not count("payee"):
        return False
    begin_rescoring("payee")
    gather_payments()
    store_tallies(paid=True)
    store_gains(fest, paid=True)
    add_subjects("entrant", new="payee")
    execute("ANALYZE entrant")
    execute("TRUNCATE payee")
    return True


def supporter_metrics(plans: list[Plan]) -> list[int]:
    """The metrics that a board of supporters looks at."""
    return sorted({id for plan in plans if plan.board.of == Board.Of.SUPPORTERS for id in plan.metric_ids})


def rank(fest: Fest, campaign: Campaign, plans: list[Plan], state: RefreshState, derived: Derived) -> None:
    """Every board's standings for the entrants and givers, and what ranks pay."""
    ((version,),) = execute(NEXT_VERSION, [fest.pk])
    known = False
    for together in in_order_of_payment(campaign, plans):
        if not known:
            look_up_own(plans, everybody=derived.everything)
            known = True
        # Of everybody one board at a time, which keeps what is compared at once small.
        for some in [[plan] for plan in together] if derived.everything else [together]:
            gather_changes(derived, rank_boards(some, version, everybody=derived.everything))
            for plan in some:
                pay_for_ranks(campaign, plan, closed_at=state.closed_at, settled_at=state.settled_at)
        if rescore_payees(fest):
            known = False


def rank_boards(plans: list[Plan], version: int, *, everybody: bool) -> dict[int, int]:
    """Makes the scores of boards, none of which pays what another counts, equal to what is due; the versions that the
    standings which that changes had."""
    begin_boards(plans)
    begin_communities()
    for plan in plans:
        values = parameters(plan)
        rank_figures(plan, values, figures_of(plan, values, version))
    kinds = dict.fromkeys(plan.board.of for plan in plans)
    stored = [STORED_SCORES] if everybody else [STORED_OF[Board.Of(kind)] for kind in kinds]
    return store_scores(of_boards(plans, version), stored=" UNION ALL ".join(stored))


def figures_of(plan: Plan, values: dict[str, object], version: int) -> str:
    """The parts of a query up to `figure`, for the board's kind."""
    if plan.board.of == Board.Of.SUPPORTERS:
        return supporter_figures(plan)
    if plan.board.of == Board.Of.GROUPS:
        return community_figures(plan, values, version)
    return creator_figures(plan)


def in_order_of_payment(campaign: Campaign, plans: list[Plan]) -> Iterator[list[Plan]]:
    """The boards, each after all those that pay what it counts, as many at a time as can be."""
    specs = {board.slug: board for board in campaign.items(BoardSpec)}
    by_slug = {plan.board.slug: plan for plan in plans}
    sorter = TopologicalSorter(
        {
            slug: [
                payer
                for payer, paying in specs.items()
                if paying.rank_bonus and counts_payments_of(campaign, spec, paying)
            ]
            for slug, spec in specs.items()
        }
    )
    sorter.prepare()
    while sorter.is_active():
        ready = sorter.get_ready()
        yield [by_slug[slug] for slug in ready]
        sorter.done(*ready)


def gather_changes(derived: Derived, before: dict[int, int]) -> None:
    """Notes what `score_difference` changed, to be published; too much is left to be asked for then."""
    moved = count("score_difference")
    derived.moved += moved
    if derived.moves_into:
        execute(MOVES.format(table=derived.moves_into))
    if derived.everything or moved > MOST_CHANGES:
        return
    for standing_id, handle, key in execute("SELECT standing_id, handle, new_key FROM score_difference"):
        changes = derived.changes.setdefault(standing_id, Changes(before[standing_id], []))
        changes.rows.append(Change(handle, key))
