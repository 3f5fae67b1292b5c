"""The random fests of `fests.scripts` are valid and have every feature; run with -s for how often each occurs."""

from __future__ import annotations

from collections import Counter

from hypothesis import Phase, given, settings

from livefest.campaign.document import check_document, parse_campaign
from livefest.campaign.store import to_text
from tests.rankings.fests import Script, expected, is_valid, scripts
from tests.rankings.fests_campaigns import whole_campaign
from tests.rankings.fests_features import features_of
from tests.rankings.strategies import randoms

EXAMPLES = 300
# The same examples with every run, and none searched for: what is seen is what a test of the engine sees.
drawn = settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
# Those that a test of the engine must not miss; `features_of` tells some more, which are rarer.
FEATURES = """
admission taken back, creator admitted, creator admitted by staff, creator not admitted
creator moved, creator moved out, creator placed, region changed
board of creators, board of groups, board of supporters, board of creators of a round that admits
board of a round, board of day, board of fest
board within none, board within category, board within group, board within region, board within { group }
board of all rules, board of some rules, score points, score coins, score likes, score live_seconds
several ranked, rank shared, equals listed by bytes, tie broken by a metric, tie broken by earliest
gates kept somebody out, minimum kept somebody out
challenge met per session, challenge met per day, challenge met per fest, challenge met with join
challenge met with within, challenge met with starts, challenge met with ends, challenge met with 2 goals
challenge met with points, challenge met without points
race lost, race decided by handle, challenge joined, joined too late or never
challenge paid in bonus, challenge paid in vouchers, challenge paid to somebody ranked where payments count
rank paid in bonus, rank paid in vouchers, rank paid to somebody ranked where payments count
rank_bonus with percent, rank_bonus with points, rank_bonus with at_least
board paid that counts what is paid, paid metric scored by a rule
closing, refresh, facts before all closings, facts after a closing
done added, done taken away, paid added, paid taken away, FactVoid, SessionVoid, RangeVoid, correction undone
disqualified of everything, disqualified from a moment on
fact before the fest, fact reversed, gift to oneself, duration cut, duration up to a boundary
"""


def test_most_campaigns_are_valid_as_they_are_drawn() -> None:
    valid: Counter[bool] = Counter()

    @settings(drawn, max_examples=100)
    @given(randoms.map(whole_campaign))
    def draw_one(campaign: dict[str, object]) -> None:
        valid[is_valid(campaign)] += 1

    draw_one()
    print(f"\n{valid[True]} of {valid.total()} campaigns are valid")
    assert valid[True] > 0.8 * valid.total()


@settings(drawn, max_examples=20)
@given(scripts())
def test_campaign_says_the_same_as_a_file(script: Script) -> None:
    assert parse_campaign(to_text(script.campaign)) == check_document(script.campaign)


def test_every_feature_occurs() -> None:
    seen: Counter[str] = Counter()

    @drawn
    @given(scripts())
    def play_one(script: Script) -> None:
        seen.update(features_of(script, expected(script)))

    play_one()
    print(f"\nof {EXAMPLES} fests")
    for feature, count in sorted(seen.items()):
        print(f"{count:5} {feature}")
    assert {*FEATURES.strip().replace("\n", ", ").split(", ")} - {*seen} == set()
