"""What who is invited to an award event is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from livefest.models.translated import in_each_language
from livefest.notifications import Kind, moment_words, register_kind
from rewards.models import Invitation
from rewards.notices import tell


def with_when(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Moments of an event are said in its own zone: there they count."""
    zone = ZoneInfo(data["zone"])
    return {**data, **{name: moment_words(data[name], zone) for name in ("starts", "before")}}


INVITED = register_kind(
    Kind(
        name="invited",
        label=_("You are invited to an award event"),
        subject=_("%(fest)s: you are invited to %(event)s"),
        text=_("“%(event)s” is on %(starts)s (%(zone)s). Say before %(before)s whether you come."),
        page="my_invitation",
        words=with_when,
        always_by_email=True,
    )
)
TICKETS = register_kind(
    Kind(
        name="invitation_tickets",
        label=_("Your tickets are ready"),
        subject=_("%(fest)s: your tickets for %(event)s"),
        text=_("You come to “%(event)s” on %(starts)s (%(zone)s). Your tickets are on its page."),
        page="my_invitation",
        words=with_when,
        always_by_email=True,
    )
)
LET_IN = register_kind(
    Kind(
        name="invitation_let_in",
        label=_("A place became free for you"),
        subject=_("%(fest)s: there is room for you at %(event)s"),
        text=_(
            "A place became free: you come to “%(event)s” on %(starts)s (%(zone)s). Your tickets are on its page. If "
            "you can't come any more, say so there."
        ),
        page="my_invitation",
        words=with_when,
        always_by_email=True,
    )
)


def tell_guest(invitation: Invitation, kind: Kind) -> None:
    """Each once for an invitation; what brings them in from the waiting list, for each time that they waited."""
    event, key = invitation.event, ""
    if kind is LET_IN and invitation.answered_at:
        key = invitation.answered_at.isoformat()
    tell(
        invitation.award,
        kind,
        key=key,
        event=in_each_language(event),
        zone=event.time_zone,
        starts=event.starts.isoformat(),
        before=event.answer_before.isoformat(),
    )
