"""A small certified fest with rewards of every kind, and staff who award them.

Twelve creators, best first: ann, ben, then cat, dan and eve who share rank 3, then fay to lou one by one. All have an
account with a verified e-mail address and take part. ann to fay are in GB, the others in IE; ben owns the community
"choir", which is first of its board.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from pytest_django import Settings

from challenges.models import Challenge
from creators.corrections import disqualification
from creators.models import Correction, Group
from livefest import clock
from livefest.models import Fest, User
from rankings.corrections import make_correction
from rankings.models import Edition
from rankings.results import approve, propose
from rewards.awards import approve as approve_award
from rewards.awards import offer
from rewards.claims import claim
from rewards.models import Award, AwardEvent, Reward
from rewards.proposing import Proposal, propose_awards
from tests.mine.conftest import take_part
from tests.rankings.fests import Facts, Script
from tests.rankings.play import begin, entry_of, play
from tests.rankings.results.certifying import run
from tests.reference.small import fact, moment

OVER = "2026-02-19T00:00:00Z"  # the end of grace
NAMES = ["ann", "ben", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "lou"]
COINS = [1200, 1100, 1000, 1000, 1000, 900, 800, 700, 600, 500, 400, 300]

CAMPAIGN: dict[str, Any] = {
    "fest": {
        "slug": "prizes",
        "name": "Prizes",
        "time_zone": "UTC",
        "starts": datetime(2026, 2, 13),
        "ends": datetime(2026, 2, 17),
        "grace_hours": 48,
        "regions": ["GB", "IE"],
    },
    "metrics": [{"slug": "coins", "name": "Coins"}],
    "rules": [{"slug": "gifts", "metric": "coins", "points": 1}],
    "groups": [
        {"slug": "choir", "name": "Choir", "kind": "community"},
        {"slug": "glee", "name": "Glee", "kind": "community"},
    ],
    "boards": [
        {"slug": "all", "name": "All", "of": "creators", "period": "fest"},
        {"slug": "regions", "name": "Regions", "of": "creators", "within": "region", "period": "fest"},
        {"slug": "communities", "name": "Communities", "of": "groups", "period": "fest"},
        {"slug": "fans", "name": "Fans", "of": "supporters", "score": "coins", "period": "fest"},
    ],
    "challenges": [
        {
            "slug": "race",
            "name": "Race",
            "goals": [{"metric": "coins", "at_least": 100}],
            "per": "fest",
            "first": 1,
            "points": 1,
        }
    ],
    "rewards": [
        {
            "slug": "gems",
            "name": "Gems",
            "kind": "diamonds",
            "board": "all",
            "ranks": "1-3",
            "amount": 500,
            "claim_days": 7,
        },
        {"slug": "pot", "name": "Pot", "kind": "cash", "board": "all", "ranks": "1-4", "amount": 10_001}
        | {"currency": "EUR", "claim_days": 7},
        {"slug": "badge", "name": "Badge", "kind": "badge", "board": "all", "ranks": "1-"},
        {"slug": "gala", "name": "Gala", "kind": "invitation", "board": "all", "ranks": "1-2", "claim_days": 3},
        {"slug": "mug", "name": "Mug", "kind": "merch", "board": "regions", "ranks": "1"},
        {"slug": "tour", "name": "Tour", "kind": "cash", "board": "communities", "ranks": "1", "amount": 70}
        | {"currency": "EUR"},
        {"slug": "hat", "name": "Hat", "kind": "merch", "board": "fans", "ranks": "1"},
    ],
}
CREATORS = [
    {
        "handle": name,
        "name": name.title(),
        "region": "GB" if name < "g" else "IE",
        "category": "",
        "groups": "choir" if name < "g" else "glee",
    }
    for name in NAMES
]


def after_grace(settings: Settings) -> None:
    """Now is the end of grace, and no correction is a large one."""
    settings.LIVEFEST_NOW = OVER
    settings.LARGE_CORRECTION_POINTS = 10**12
    settings.LARGE_CORRECTION_CREATORS = 10**6


def certified(*rewards: str) -> Fest:
    """The fest with an edition of its results and no awards yet."""
    fest = uncertified(*rewards)
    certify(fest)
    return fest


def uncertified(*rewards: str) -> Fest:
    """The fest after grace, closed; with only these rewards, or all. Its reward "pot" is split among those who share a
    rank, and "sprint" is for who won the challenge."""
    coins = dict(zip(NAMES, COINS, strict=True))
    wanted = [table for table in CAMPAIGN["rewards"] if not rewards or table["slug"] in rewards]
    script = Script({**CAMPAIGN, "rewards": wanted}, CREATORS, moment("18T00:00:00"), [])
    fest = begin(script)
    minutes = {number: minute for minute, number in enumerate(sorted(set(coins.values()), reverse=True))}
    fans = {"ann": {"supporter": "mum"}, "ben": {"supporter": "dad"}}
    lines = [
        fact(name, "coins", number, f"14T10:{minutes[number]:02}:00", **fans.get(name, {}))
        for name, number in coins.items()
    ]
    play(fest, script, Facts(lines))
    Reward.objects.filter(fest=fest, slug="pot").update(ties=Reward.Ties.SPLIT)
    Reward.objects.create(
        fest=fest,
        slug="sprint",
        name="Sprint",
        kind=Reward.Kind.DIAMONDS,
        challenge=Challenge.objects.get(fest=fest, slug="race"),
        first_rank=1,
        amount=9,
        position=99,
    )
    for name in NAMES:
        user = take_part(fest, name).user
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Group.objects.filter(fest=fest, slug="choir").update(owner=entry_of(fest, "ben"))
    for name in ("nia", "omar", "pia"):
        User.objects.create(username=name, email=f"{name}@example.org", is_staff=True, is_superuser=True)
    run("close", "prizes", f"--at={OVER}")
    return fest


def gala_event(fest: Fest, *, days: int, **values: Any) -> AwardEvent:
    """The event that "gala" invites to: of a day, so many days from now; answers are taken for five."""
    now = clock.now()
    return AwardEvent.objects.create(
        fest=fest,
        reward=Reward.objects.get(fest=fest, slug="gala"),
        starts=now + timedelta(days=days),
        ends=now + timedelta(days=days + 1),
        answer_before=now + timedelta(days=5),
        **values,
    )


def staff(name: str) -> User:
    return User.objects.get(username=name)


def person(name: str, *permissions: str) -> User:
    """Somebody of staff with these permissions of rewards and no other."""
    user = User.objects.create(username=name, email=f"{name}@example.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="rewards", codename__in=permissions))
    return user


def certify(fest: Fest, reason: str = "") -> Edition:
    """An edition of what stands now: proposed by nia, approved by omar."""
    fest = Fest.objects.get(pk=fest.pk)  # as loading its campaign left it
    return approve(propose(fest, by=staff("nia"), reason=reason), by=staff("omar"))


def disqualify(fest: Fest, handle: str) -> Correction:
    return make_correction(disqualification(entry=entry_of(fest, handle)), by=staff("nia"), reason="Bought views")


def proposed(fest: Fest) -> Proposal:
    return propose_awards(fest, by=staff("nia"))


def award_of(fest: Fest, reward: str, handle: str, *, within: str = "") -> Award:
    """Their newest award of a reward."""
    found = Award.objects.filter(fest=fest, reward__slug=reward, handle=handle, within=within)
    return found.latest("pk")


def given(fest: Fest, reward: str, *, live: bool = True) -> list[tuple[str, int, str]]:
    """Who has awards of a reward: handle, amount and state, by place; `live`: only those that haven't ended."""
    awards = Award.objects.filter(fest=fest, reward__slug=reward).order_by("within", "slot", "pk")
    return [(one.handle, one.amount, one.state) for one in awards if one.is_live or not live]


def who(fest: Fest, reward: str) -> list[str]:
    return [handle for handle, _amount, _state in given(fest, reward)]


def offered(award: Award) -> Award:
    return offer(approve_award(award, by=staff("omar")))


def claimed(award: Award) -> Award:
    """Offered, and claimed by its creator."""
    details = dict.fromkeys(("name", "payee", "street", "postcode", "city"), "x") | {"country": "GB"}
    claim(offered(award), token=uuid4(), details=details)
    award.refresh_from_db()
    return award
