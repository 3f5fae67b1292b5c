"""What creators are told of their taking part, their questions and their communities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from creators.former import former_among, former_creator
from creators.models import JoinRequest, Participation
from livefest.notifications import Kind, register_kind


def with_decision(choices: Any) -> Any:
    """`data["decision"]` is a code of these choices; texts say its label."""

    def words(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**data, "decision": choices(data["decision"]).label}

    return words


def with_who(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`data["handle"]` is who asks; texts don't name a former creator."""
    handle = data["handle"]
    return {**data, "who": former_creator() if former_among([handle]) else f"@{handle}"}


PARTICIPATION = register_kind(
    Kind(
        name="participation",
        label=_("Decisions about your taking part"),
        subject=_("%(fest)s: %(decision)s"),
        text=_("@%(handle)s in %(fest)s: %(decision)s. %(reason)s"),
        page="take_part",
        words=with_decision(Participation.State),
        always_by_email=True,
    )
)
ENQUIRY_ANSWERED = register_kind(
    Kind(
        name="enquiry_answered",
        label=_("Answers to your questions and appeals"),
        subject=_("%(fest)s: your question is answered"),
        text=_("You asked: “%(asked)s” The answer: %(answer)s"),
        page="my_enquiry",  # data["page"] = {"enquiry": id}
    )
)
JOIN_REQUESTED = register_kind(
    Kind(
        name="join_requested",
        label=_("Somebody asks to join your community"),
        subject=_("%(who)s asks to join %(group)s"),
        text=_("%(who)s asks to join %(group)s. You decide."),
        page="my_community",
        words=with_who,
    )
)
JOIN_DECIDED = register_kind(
    Kind(
        name="join_decided",
        label=_("Decisions about your requests to join a community"),
        subject=_("%(group)s: %(decision)s"),
        text=_("Your request to join %(group)s: %(decision)s."),
        page="my_community",
        words=with_decision(JoinRequest.Outcome),
    )
)
