from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.audit import acting
from livefest.commands import get_fest, get_staff
from livefest.models import Fest, User
from rewards.admin.award_filters import WAITING, by_state
from rewards.awards import APPROVE, AwardError, offer, refuse_stranger
from rewards.bulk import Done, approve_all, awards_in, each, preview
from rewards.models import Award, Reward
from rewards.payout_file import amount_text

VIA = "command awards"
LISTED = 50


class Command(BaseCommand):
    help = (
        "Tells how many of a fest's awards are where and what waits, and with --by what approving would do, with a "
        "digest. With it, all that was shown is approved; and what is approved is offered to the winners."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--by", metavar="USER", help="who of staff: e-mail address or username")
        parser.add_argument("--reward", metavar="SLUG", help="only awards of this reward")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--approve", metavar="DIGEST", help="as this command, run before, printed it")
        what.add_argument("--offer", action="store_true", help="everything that is approved")

    def handle(self, *args: Any, slug: str, by: str | None, **options: Any) -> None:
        fest = get_fest(slug)
        reward = self.reward(fest, options["reward"]) if options["reward"] else None
        user = get_staff(by) if by else None
        if user is None and (options["approve"] or options["offer"]):
            raise CommandError("Say who does this: --by USER.")
        try:
            if user and options["approve"]:
                with acting(by=user, via=VIA):
                    self.tell(approve_all(fest, by=user, digest=options["approve"], reward=reward), "approved")
            elif user and options["offer"]:
                self.tell(self.offered(fest, reward, user), "offered")
            else:
                self.show(fest, reward, user)
        except AwardError as error:
            raise CommandError(str(error)) from error

    def offered(self, fest: Fest, reward: Reward | None, user: User) -> Done:
        """Each is offered by itself, so that what was told stays told whatever happens to the next."""
        refuse_stranger(user, APPROVE)
        awards = awards_in(fest, reward=reward).filter(state=Award.State.APPROVED).order_by("pk")
        with_reward = awards.select_related("reward").iterator()
        return each(with_reward, partial(offer_one, by=user))

    def show(self, fest: Fest, reward: Reward | None, user: User | None) -> None:
        for state in by_state(fest):
            self.stdout.write(f"{state.title}: {state.number}")
        for title, rows in WAITING.values():
            if count := Award.objects.filter(rows, fest=fest).count():
                self.stdout.write(f"waits, {title}: {count}")
        if user is None:
            return
        look = preview(awards_in(fest, reward=reward), by=user)
        for total in look.totals:
            self.stdout.write(f"to approve, {total.kind}: {total.awards}, {amount_text(total.amount, total.unit)}")
        for award, why in look.held[:LISTED]:
            self.stdout.write(f"held: {award}: {' '.join(one.text for one in why)}")
        for one in look.several[:LISTED]:
            self.stdout.write(f"several: {one.who}, {one.kind}: {one.awards} ({one.same} of the same reward again)")
        if look.own:
            self.stdout.write(f"{look.own} you proposed yourself: somebody else approves them.")
        self.stdout.write(f"{look.ready} to approve: --approve {look.digest}")

    def tell(self, done: Done, what: str) -> None:
        for award, why in done.refused[:LISTED]:
            self.stderr.write(f"Not {what}: {award}. {why}")
        self.stdout.write(f"{done.done} {what}, {len(done.refused)} not")

    def reward(self, fest: Fest, slug: str) -> Reward:
        try:
            return Reward.objects.get(fest=fest, slug=slug)
        except Reward.DoesNotExist as error:
            known = ", ".join(Reward.objects.filter(fest=fest).values_list("slug", flat=True))
            raise CommandError(f'There is no reward "{slug}" of {fest.slug} (there are: {known or "none"}).') from error


def offer_one(award: Award, *, by: User) -> None:
    with acting(by=by, via=VIA):
        offer(award, by=by)
