from typing import Any

from django.core.management.base import CommandError, CommandParser

from creators import correction_steps as steps
from creators.models import Correction
from livefest.commands import get_fest
from livefest.models import User
from rankings.management.commands._correcting import CorrectingCommand, only

ACTIONS = ["list", "approve", "refuse", "undo", "approve-undo", "refuse-undo"]


class Command(CorrectingCommand):
    help = (
        "Corrections of a fest: lists them, approves or refuses a large one that somebody else proposed, undoes one, "
        "and approves or refuses that. Prints what that moves; --yes does it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument("id", nargs="?", type=int, metavar="ID", help="the correction's number; not for list")
        super().add_arguments(parser)
        by = next(action for action in parser._actions if action.dest == "by")
        by.required = False  # to look needs no name

    def handle(self, *args: Any, slug: str, action: str, id: int | None, reason: str, **options: Any) -> None:
        rows = Correction.objects.filter(fest=get_fest(slug))
        rows = rows.select_related("fest", "entry__creator", "metric", "fact", "source", "proposed_by", "approved_by")
        if action == "list":
            for one in rows.order_by("pk"):
                self.stdout.write(f"{one.pk}: {one} ({one.state.label}); {one.reason} — {one.proposed_by}")
            return
        found = rows.filter(pk=id).first() if id else None
        if found is None or not options["by"]:
            raise CommandError(f"Name a correction of this fest (`corrections {slug} list`) and who acts (--by).")

        def act(by: User) -> Correction:
            match action:
                case "approve":
                    return steps.approve(found, by=by, at=options["at"])
                case "refuse":
                    return steps.refuse(found, by=by, reason=reason, at=options["at"])
                case "undo":
                    return steps.undo(found, by=by, reason=reason, at=options["at"])
                case "approve-undo":
                    return steps.approve_undo(found, by=by, at=options["at"])
                case _:
                    return steps.refuse_undo(found, by=by, reason=reason)

        self.act(found, act, moves=not action.startswith("refuse"), **only(options))
