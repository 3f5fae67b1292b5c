"""What the winners of the earlier fest receive: awards in every state, payments, and an award event, so that a person
can click through all of it, as the demo's creator and as its staff. All of it by the verbs that the site calls.

`by` proposes, checks and pays, `also` approves; the creator is the star, whose claims wait for a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import uuid4

from challenges.models import Challenge
from creators.intake import record_facts
from creators.models import Source
from creators.reports import FactReport
from demo.accounts import TERMS, taken_part
from demo.signins import make_user, user_named
from livefest import clock
from livefest.campaign.document import Document
from livefest.models import Fest, Terms, User
from rewards.awards import approve, decline, expire, find_ineligible, fulfil, offer, revoke, verify
from rewards.checks import required_of, sign
from rewards.claims import claim
from rewards.invitations import Needs, accept
from rewards.models import Award, AwardEvent, RequiredCheck, Reward
from rewards.payout_answers import import_answer
from rewards.payouts import export_batch, make_batch
from rewards.proposing import propose_awards

QUIZ = "quiz_answers"
# Right answers of the best: the star's, three who share a rank, and who is next.
ANSWERS = [19, 17, 17, 17, 12]
QUIZ_PLAYERS = len(ANSWERS)

# What the earlier fest has beside the rules of the one under way.
MORE: Document = {
    "metrics": [{"slug": QUIZ, "name": "Right answers"}],
    "boards": [{"slug": "quiz", "name": "Quiz night", "of": "creators", "score": QUIZ, "period": "fest"}],
    "rewards": [
        {"slug": "quiz-pot", "name": "Quiz night's pot", "kind": "cash", "currency": "EUR", "board": "quiz"}
        | {"ranks": "1-3", "amount": 50_000, "claim_days": 14},
        {"slug": "jacket", "name": "Festival jacket", "kind": "merch", "board": "global", "ranks": "1-3"}
        | {"amount": 1, "claim_days": 14},
        {"slug": "top-ten", "name": "Global top ten badge", "kind": "badge", "board": "global", "ranks": "1-10"}
        | {"amount": 1, "claim_days": 30},
    ],
}
EVENT = "Spring LIVE Award Night"
PLACE = "Alhambra Hall\nHarbour Street 12\nDublin, Ireland"
CAPACITY = 5  # the star and the first guest bring somebody, the second comes alone, the third waits
ADDRESS = {"street": "Quay Street 4", "postcode": "D02 XY45", "city": "Dublin", "country": "IE"}


@dataclass(frozen=True)
class Cast:
    """Who acts: staff of the first and of the second sign-in, the demo's creator, and who will be disqualified."""

    fest: Fest
    by: User
    also: User
    star: str
    out: str

    def awards(self, reward: str) -> list[Award]:
        """Of others than the star, as proposed, in the order of their ranks."""
        found = Award.objects.filter(fest=self.fest, reward__slug=reward, state=Award.State.PROPOSED)
        return list(found.exclude(handle=self.star).select_related("entry__creator").order_by("rank", "handle"))

    def own(self, reward: str) -> Award | None:
        return Award.objects.filter(fest=self.fest, reward__slug=reward, handle=self.star).order_by("-pk").first()

    def open_account(self, award: Award) -> None:
        """Who wins something has an account, linked to their creator."""
        assert award.entry is not None
        handle = award.entry.creator.handle
        email = f"{handle}@example.org"
        if not User.objects.filter(username=email).exists():
            make_user(email, None, first_name=award.entry.creator.name[:150])
        taken_part(self.fest, user_named(email), handle, by=self.by)

    def offered(self, award: Award) -> Award:
        self.open_account(award)
        return offer(approve(award, by=self.also), by=self.also)

    def claimed(self, award: Award) -> Award:
        award = self.offered(award)
        details = ADDRESS | {"name": name_of(award), "payee": f"payee-{award.pk}"}
        claim(award, token=uuid4(), details=details)
        award.refresh_from_db()
        return award

    def verified(self, award: Award) -> Award:
        award = self.claimed(award)
        sign_checks(award, by=self.by)
        return verify(award, by=self.by)


def name_of(award: Award) -> str:
    return award.entry.creator.name if award.entry else award.handle


def with_prizes(campaign: Mapping[str, Any]) -> Document:
    """The campaign file's tables with the quiz and more rewards."""
    return {**campaign, **{name: [*campaign[name], *tables] for name, tables in MORE.items()}}


def play_quiz(fest: Fest, source: Source, handles: Sequence[str]) -> None:
    """On the last evening; who answers alike does so at the same moment, so that they share a rank."""
    at = fest.ends - timedelta(hours=3)
    facts = [
        FactReport(f"quiz-{number}", handle, QUIZ, right, at + timedelta(minutes=right), "", "", "")
        for number, (handle, right) in enumerate(zip(handles, ANSWERS, strict=False))
    ]
    record_facts(source=source, reports=facts, arrived_at=fest.ends + timedelta(hours=1))


def prepare(fest: Fest, *, now: datetime) -> None:
    """What staff settle before they certify: terms, how ties go, a challenge's reward, what is checked, the event."""
    Terms.objects.create(fest=fest, version=1, text=TERMS, published_at=fest.starts)
    Reward.objects.filter(fest=fest, slug="quiz-pot").update(ties=Reward.Ties.SPLIT)
    Reward.objects.create(
        fest=fest,
        slug="first-hour-badge",
        name="First hour badge",
        kind=Reward.Kind.BADGE,
        challenge=Challenge.objects.get(fest=fest, slug="first-hour"),
        first_rank=1,
        claim_days=30,
        position=Reward.objects.filter(fest=fest).count() + 1,
    )
    for name, how in (
        ("Identity", "A document with a picture, and the name of the claim."),
        ("Sanctions list", "The list of the payer's country, by name and date of birth."),
        ("Tax form", "The form of the country where they live, signed."),
    ):
        RequiredCheck.objects.create(fest=fest, kind=Reward.Kind.CASH, name=name, help=how)
    evening = now.replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=30)
    AwardEvent.objects.create(
        fest=fest,
        reward=Reward.objects.get(fest=fest, slug="vip"),
        name=EVENT,
        place=PLACE,
        time_zone="Europe/Dublin",
        starts=evening,
        ends=evening + timedelta(hours=5),
        answer_before=evening - timedelta(days=10),
        capacity=CAPACITY,
        companions=1,
    )


def award_first_edition(cast: Cast) -> None:
    """What is done under the first edition, of which a part is in the winners' hands when it is corrected."""
    propose_awards(cast.fest, by=cast.by)
    hand_out_diamonds(cast)
    pay_quiz(cast)
    pass_jackets_on(cast)
    give_badges(cast)


def award_new_edition(cast: Cast) -> None:
    """The new edition revokes what the disqualified had not received yet, and lists what they had."""
    propose_awards(cast.fest, by=cast.by)
    for own in map(cast.own, ["jacket", "top-hundred"]):
        if own and own.state == Award.State.PROPOSED:  # the jacket passed to them
            cast.offered(own)
    invite_to_event(cast)


def hand_out_diamonds(cast: Cast) -> None:
    """The first four are paid, the disqualified among them; the rest stand at every step before."""
    places = iter(cast.awards("top-hundred"))
    for award in take(places, 4):
        cast.verified(award)
    answered(cast, unit="diamonds")
    for award in take(places, 1):
        cast.verified(award)
        batch = make_batch(fest=cast.fest, unit="diamonds", by=cast.by).batch
        export_batch(batch=batch, by=cast.by)  # the payer has not answered yet
    for award in take(places, 1):
        cast.verified(award)  # waits to be paid
    for award in take(places, 1):
        cast.claimed(award)
    for award in take(places, 1):
        approve(award, by=cast.also)
    for award in take(places, 1):
        find_ineligible(cast.offered(award), by=cast.by, reason="The account is run by a company, not by a person.")
    for award in take(places, 1):
        cast.offered(award)


def pay_quiz(cast: Cast) -> None:
    """Who shares the second rank shares what two ranks receive. The star's bank refuses: they name another payee."""
    own = cast.own("quiz-pot")
    for award in [*cast.awards("quiz-pot"), *([own] if own else [])]:
        cast.verified(award)
    answered(cast, unit="EUR", failed={cast.star: "The account is closed."}, silent=1)


def answered(cast: Cast, *, unit: str, failed: Mapping[str, str] | None = None, silent: int = 0) -> None:
    """A batch of all that can be paid, exported, and answered but for the last lines, so many."""
    batch = make_batch(fest=cast.fest, unit=unit, by=cast.by).batch
    export_batch(batch=batch, by=cast.by)
    rows = ["line,status,amount,reference,problem"]
    lines = sorted(batch.lines.select_related("award"), key=lambda line: line.award.handle not in (failed or {}))
    for line in lines[: len(lines) - silent]:
        problem = (failed or {}).get(line.award.handle, "")
        status = "failed" if problem else "paid"
        rows.append(f"{line.number},{status},{line.amount},TX-{batch.number}-{line.number},{problem}")
    import_answer(batch=batch, content="\n".join(rows).encode(), by=cast.by)


def pass_jackets_on(cast: Cast) -> None:
    """One winner declines, who is next is too late, and it passes on again; to the star, where they stand there."""
    others = cast.awards("jacket")
    first, *rest = [award for award in others if award.handle != cast.out]
    for award in others:
        if award.handle == cast.out:
            cast.claimed(award)  # the new edition takes it back
    decline(cast.offered(first), reason="It would not fit in my suitcase.")
    late = Award.objects.filter(passed_from=first).exclude(handle=cast.star).first()
    if late:
        cast.offered(late)
        Award.objects.filter(pk=late.pk).update(deadline=clock.now() - timedelta(minutes=1))
        expire(late)
    for award in rest[:1]:
        fulfil(cast.verified(award), by=cast.by)


def give_badges(cast: Cast) -> None:
    """The star wears one, and can claim the other."""
    first, *_rest = cast.awards("top-ten")
    revoke(cast.offered(first), by=cast.also, reason="Offered by mistake; it is proposed again.")
    for slug, then in (("first-hour-badge", cast.verified), ("top-ten", cast.offered)):
        own = cast.own(slug)
        if own and own.state == Award.State.PROPOSED:
            award = then(own)
            if award.state == Award.State.VERIFIED:
                fulfil(award, by=cast.by)


def invite_to_event(cast: Cast) -> None:
    """The star and their companion have tickets. Others come, wait for a place, and have not answered yet."""
    own, others = cast.own("vip"), iter(cast.awards("vip"))
    if own:
        coming(cast, own, Needs(companions=["Sam Rivers"], diet="Vegetarian", access="A step-free way in"))
    for award in take(others, 1):
        coming(cast, award, Needs(companions=["Alex Moreau"], diet="No nuts"))
    for award in take(others, 1):
        coming(cast, award, Needs())
    for award in take(others, 1):
        coming(cast, award, Needs())  # the event is full
    for award in take(others, 1):
        cast.claimed(award)
    for award in take(others, 1):
        decline(cast.offered(award), reason="I am on tour that week.")


def coming(cast: Cast, award: Award, needs: Needs) -> None:
    accept(cast.claimed(award).invitation, needs=needs)


def sign_checks(award: Award, *, by: User) -> None:
    for check in required_of(award):
        sign(award, check=check, by=by)


def take(awards: Iterator[Award], count: int) -> list[Award]:
    """The next of them, fewer where there are no more."""
    return list(islice(awards, count))
