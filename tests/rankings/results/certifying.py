"""What the tests of certified results share: the commands, and what they leave."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from creators.corrections import disqualification
from livefest.models import Fest, PublicCopy, User
from rankings.corrections import make_correction
from rankings.models import Edition, ResultsProposal, Snapshot
from rankings.results_checks import checklist
from tests.rankings.play import entry_of
from tests.reference.small import moment

OVER, LATER = "2026-02-19T00:00:00Z", "2026-02-20T00:00:00Z"  # the end of grace
ARRIVED = moment("18T00:00:00")
BY = ("--by=nia", "--approved-by=omar@example.org")
HEADER = "rank,handle,score,reached_at\n"


def told(*arguments: str) -> tuple[str, str]:
    """What a command says, and what it warns of."""
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def run(*arguments: str) -> str:
    return told(*arguments)[0]


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refusal:
        run(*arguments)
    return str(refusal.value)


def certify(*arguments: str, at: str = OVER, slug: str = "small") -> str:
    return run("certify", slug, *BY, f"--at={at}", *arguments)


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Edition, ResultsProposal, PublicCopy, Snapshot)]


def disqualify(fest: Fest, handle: str, by: User) -> None:
    make_correction(disqualification(entry=entry_of(fest, handle)), by=by, reason="Bought views")


def failing(fest: Fest) -> list[str]:
    return [item.what for item in checklist(fest, moment("19T00:00:00")) if not item.passed]
