"""Random campaigns that are valid, with every feature of the format."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.campaign.documents import Document

STARTS, ENDS = datetime(2026, 10, 20), datetime(2026, 10, 30)
ZONES = ["UTC", "Europe/London", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo"]
METRICS, PAID = ["coins", "likes", "live_seconds"], ["prize", "vouchers"]
RULES, GROUPS, ROUNDS = ["gifts", "hours", "haul"], ["silver", "gold", "band", "choir"], ["heats", "final"]
REGIONS = ["GB", "IE", "FR"]

counts = st.integers(1, 2**63 - 1)
small = st.integers(1, 2**31 - 1)
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12).filter(str.strip)
times_of_day = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
ranks = st.builds("{}{}".format, st.integers(1, 9), st.sampled_from(["", "-", "-9", "-100"]))
moments = st.integers(0, 9 * 24 * 60).map(lambda minutes: STARTS + timedelta(minutes=minutes))


def table(required: dict[str, Any], optional: dict[str, Any] | None = None) -> st.SearchStrategy[Document]:
    """Tables with these keys; a value that is no strategy stands as it is."""

    def strategies(values: dict[str, Any]) -> dict[str, st.SearchStrategy[Any]]:
        return {key: value if isinstance(value, st.SearchStrategy) else st.just(value) for key, value in values.items()}

    return st.fixed_dictionaries(strategies(required), optional=strategies(optional or {}))


def subset(values: list[str], **sizes: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True, **sizes)  # type: ignore[arg-type]


@st.composite
def windows(draw: st.DrawFn, first: str, last: str) -> Document:
    """A window with its keys; ends at least two hours after it starts, whatever the clocks do."""
    starts = draw(moments)
    return {first: starts, last: starts + timedelta(minutes=draw(st.integers(121, 24 * 60)))}


def with_window(tables: st.SearchStrategy[Document], first: str, last: str) -> st.SearchStrategy[Document]:
    return st.builds(lambda values, window: values | window, tables, windows(first, last))


def thresholds(*, least: int = 0) -> st.SearchStrategy[list[Document]]:
    """Up to two goals or gates, each of another metric."""
    one = table({"metric": st.sampled_from(METRICS), "at_least": counts})
    return st.lists(one, unique_by=lambda each: str(each["metric"]), min_size=least, max_size=2)


bonuses = table({"multiplier": small, "from": times_of_day, "until": times_of_day | st.just("24:00")}) | with_window(
    table({"multiplier": small}), "starts", "ends"
)
rule_keys = {
    "daily_cap": counts,
    "cap": counts,
    "span": st.sampled_from(["session", "day", "fest"]),
    "bonus": st.lists(bonuses, max_size=2),
}
tiers = st.lists(table({"at": counts, "points": counts}), unique_by=lambda one: int(one["at"]), min_size=1, max_size=3)
rank_bonuses = table(
    {"ranks": ranks, "percent": small}, {"at_least": counts, "metric": st.sampled_from(["bonus", *PAID])}
) | table({"ranks": ranks, "points": counts}, {"at_least": counts, "metric": st.sampled_from(["bonus", *PAID])})
board_keys = {
    "within": st.sampled_from(["region", "group", "category"]) | table({"group": st.sampled_from(GROUPS)}),
    "minimum": counts,
    "gates": thresholds(),
    "tie_break": subset([*METRICS, "earliest"]),
}


def rules(slug: str) -> st.SearchStrategy[Document]:
    basis = {"slug": slug, "metric": st.sampled_from(METRICS)}
    return table(basis | {"points": counts}, rule_keys | {"per": counts}) | table(basis | {"tiers": tiers}, rule_keys)


def boards(slug: str) -> st.SearchStrategy[Document]:
    basis = {"slug": slug, "name": names, "period": st.sampled_from(["fest", "day", *ROUNDS])}
    paying = basis | {"of": "creators", "rules": subset(RULES, min_size=1)}
    return st.one_of(
        table(
            basis | {"of": "creators"}, board_keys | {"score": st.sampled_from(["points", "bonus", *METRICS, *PAID])}
        ),
        # What is reported alone counts, so that no board counts what any board pays.
        table(paying, board_keys | {"rank_bonus": st.lists(rank_bonuses, max_size=3)}),
        table(
            basis | {"of": "supporters", "score": st.sampled_from(METRICS)},
            board_keys,
        ),
        table(basis | {"of": "groups"}, {key: board_keys[key] for key in ("minimum", "gates", "tie_break")}),
    )


def groups(slug: str) -> st.SearchStrategy[Document]:
    return table({"slug": slug, "name": names, "kind": "league"}) | table(
        {"slug": slug, "name": names, "kind": "community"}, {"roster": small}
    )


def challenges(slug: str) -> st.SearchStrategy[Document]:
    tables = table(
        {
            "slug": slug,
            "name": names,
            "goals": thresholds(least=1),
            "per": st.sampled_from(["session", "day", "fest"]),
        },
        {
            "within": table({"group": st.sampled_from(GROUPS)}) | table({"region": st.sampled_from(REGIONS)}),
            "first": small,
            "join": st.booleans(),
            "points": counts,
            "metric": st.sampled_from(["bonus", *PAID]),
        },
    )
    return tables | with_window(tables, "starts", "ends")


def rewards(slug: str) -> st.SearchStrategy[Document]:
    basis = {"slug": slug, "name": names, "board": st.sampled_from(["first", "second"]), "ranks": ranks}
    options = {"amount": counts, "claim_days": small}
    return table(basis | {"kind": st.sampled_from(["diamonds", "invitation", "badge", "merch"])}, options) | table(
        basis | {"kind": "cash", "currency": st.sampled_from(["EUR", "USD", "JPY"])}, options
    )


@st.composite
def placed(draw: st.DrawFn) -> list[Document]:
    """Groups, with leagues placed by ranges that touch."""
    items: list[Document] = [draw(groups(slug)) for slug in GROUPS]
    window = draw(windows("from", "until")) | {"metric": draw(st.sampled_from(METRICS))}
    edge = 0
    for item in items:
        if item["kind"] == "league" and edge is not None and draw(st.booleans()):
            below = draw(st.none() | st.integers(edge + 1, edge + 1000))
            item["placement"] = window | {"at_least": edge} | ({} if below is None else {"below": below})
            edge = below  # type: ignore[assignment]
    return draw(st.permutations(items))


@st.composite
def admitting(draw: st.DrawFn, board_of: list[Document]) -> list[Document]:
    items: list[Document] = [
        draw(with_window(table({"slug": slug, "name": names}), "starts", "ends")) for slug in ROUNDS
    ]
    open_to_all: list[str] = [
        board["slug"] for board in board_of if board["of"] == "creators" and board["period"] in ("fest", "day")
    ]
    for item in items:
        if draw(st.booleans()) and open_to_all:
            item["admits"] = {"board": draw(st.sampled_from(open_to_all)), "top": draw(st.integers(1, 10**6))}
    return items


@st.composite
def campaigns(draw: st.DrawFn) -> Document:
    board_tables = [draw(boards("first")), draw(boards("second"))]
    metric_tables = [
        *(
            draw(
                table(
                    {"slug": slug, "name": names},
                    {"unit": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3), "paid": False},
                )
            )
            for slug in METRICS[:2]
        ),
        {"slug": "live_seconds", "name": draw(names), "unit": "s"},
        *({"slug": slug, "name": draw(names), "paid": True} for slug in PAID),
    ]
    document = {
        "fest": draw(
            table(
                {
                    "slug": "random",
                    "name": names,
                    "time_zone": st.sampled_from(ZONES),
                    "starts": STARTS,
                    "ends": ENDS,
                    "regions": st.permutations(REGIONS),
                },
                {
                    "day_starts": times_of_day,
                    "grace_hours": st.integers(0, 100),
                    "freeze": moments,
                    "minimum_age": st.integers(0, 21),
                },
            )
        ),
        "metrics": draw(st.permutations(metric_tables)),
        "rules": [draw(rules(slug)) for slug in RULES],
        "groups": draw(placed()),
        "boards": board_tables,
        "rounds": draw(admitting(board_tables)),
        "challenges": [draw(challenges(slug)) for slug in draw(subset(["rush", "stroll"]))],
        "rewards": [draw(rewards(slug)) for slug in draw(subset(["cup", "purse"]))],
    }
    order = draw(st.permutations(list(document)))
    return {name: document[name] for name in order if document[name]}
