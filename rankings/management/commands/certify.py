from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest import clock
from livefest.audit import acting
from livefest.commands import add_at_argument, get_fest, get_user, told_if_unreadable
from livefest.models import Fest, User
from rankings.export import as_text
from rankings.locks import fest_lock
from rankings.models import ResultsProposal
from rankings.refresh import refresh
from rankings.results import (
    AlreadyCertified,
    ResultsError,
    Unready,
    approve,
    open_proposal,
    propose,
)
from rankings.results_checks import to_be_confirmed


class Command(BaseCommand):
    help = (
        "Certifies a fest's results: the standings as they are now, for good. After grace, by two people. Again it "
        "changes nothing, unless the standings or what they follow from changed since: then it makes a new edition."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--by", required=True, metavar="USER", help="who proposes: e-mail address or username")
        parser.add_argument("--approved-by", required=True, metavar="USER", help="who approves: somebody else")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why there is a new edition; it is public")
        add_at_argument(parser)

    def handle(
        self, *args: Any, slug: str, by: str, approved_by: str, reason: str, at: datetime | None, **options: Any
    ) -> None:
        fest, proposer, approver = get_fest(slug), get_user(by), get_user(approved_by)
        if proposer == approver:
            raise CommandError(f'It takes two people: "{by}" and "{approved_by}" are the same.')
        now = at or clock.now()
        try:
            with fest_lock(fest), told_if_unreadable():
                refresh(fest)  # by itself, so that what it publishes stays, whatever comes of the rest
                with acting(via="command certify"):
                    proposal = open_proposal(fest) or self.proposed(fest, proposer, now, reason)
                    if proposal.proposed_by != proposer:
                        raise ResultsError(
                            f'"{proposal.proposed_by}" proposed results at {as_text(proposal.proposed_at)}, which '
                            "wait; approve or withdraw them in the admin first."
                        )
                    edition = approve(proposal, by=approver, at=now)
        except AlreadyCertified as error:
            self.stdout.write(str(error))
            return
        except Unready as error:
            lines = "\n".join(f"  {item}" for item in error.items)
            raise CommandError(f'"{slug}" can\'t be certified yet:\n{lines}') from error
        except ResultsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Certified: edition {edition.number}, {len(edition.standings)} standings, {edition.facts_count} facts, "
            f"{edition.corrections_count} corrections in force\nSHA-256 {edition.sha256}, {edition.length} bytes"
        )

    def proposed(self, fest: Fest, by: User, at: datetime, reason: str) -> ResultsProposal:
        """What only people can know is told, and who runs the command vouches for it."""
        unsure = to_be_confirmed(fest)
        for item in unsure:
            self.stderr.write(f"Warning, taken as confirmed: {item}")
        return propose(fest, by=by, at=at, reason=reason, confirmed={item.confirm for item in unsure})
