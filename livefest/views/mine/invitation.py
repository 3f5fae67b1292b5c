"""A guest's own invitation to the award event: answering it, and the tickets."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from livefest import clock
from livefest.views.mine.access import Me, mine_context, suspended, taking_part
from livefest.views.mine.awards import award_of
from rewards import invitations
from rewards.awards import AwardError, locked
from rewards.door import name_of
from rewards.invitations import LONGEST_NAME, LONGEST_NEED, Needs
from rewards.models import Invitation, Ticket
from rewards.ticket_pdf import file_name, ticket_pdf
from rewards.tickets import code_of, qr_png, qr_svg

Answer = Invitation.Answer
PRIVATE = "private, no-store"


class AnswerForm(forms.Form):
    """Whether the guest comes, with whom, and what the hosts are to know."""

    comes = forms.ChoiceField(
        label=gettext_lazy("Do you come?"),
        choices=[("", gettext_lazy("Choose")), ("yes", gettext_lazy("I come")), ("no", gettext_lazy("I don't come"))],
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = invitations.needs_of(invitation)
        self.companions = [f"companion_{number}" for number in range(1, invitation.event.companions + 1)]
        for number, name in enumerate(self.companions, start=1):
            label = _("Name of companion %(number)d") % {"number": number}
            help_text = _("Empty where nobody comes along.")
            self.fields[name] = forms.CharField(
                label=label, help_text=help_text, required=False, max_length=LONGEST_NAME
            )
            self.initial.setdefault(name, needs.companions[number - 1] if number <= len(needs.companions) else "")
        for name, label in {"diet": _("What you don't eat"), "access": _("What you need to get around")}.items():
            area = forms.Textarea(attrs={"rows": 2})
            help_text = _("For all of you. Empty where there is nothing.")
            self.fields[name] = forms.CharField(
                label=label, help_text=help_text, required=False, max_length=LONGEST_NEED, widget=area
            )
            self.initial.setdefault(name, getattr(needs, name))
        if invitation.answer in (Answer.COMES, Answer.WAITS):
            self.initial.setdefault("comes", "yes")

    def needs(self) -> Needs:
        named = [self.cleaned_data[name] for name in self.companions if self.cleaned_data[name]]
        return Needs(named, self.cleaned_data["diet"], self.cleaned_data["access"])


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def my_invitation(request: HttpRequest, me: Me, award: int) -> HttpResponse:
    found = invitation_of(me, award)
    form = AnswerForm(request.POST if request.method == "POST" else None, invitation=found)
    if form.is_bound and form.is_valid():
        try:
            if form.cleaned_data["comes"] == "yes":
                found = invitations.accept(found, needs=form.needs())
            else:
                found = invitations.decline_invitation(found)
        except AwardError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said(found))
            return redirect("my_invitation", fest=me.fest.slug, award=award)
    until = invitations.answer_until(found)
    context = {
        **mine_context(me, "my_awards"),
        "invitation": found,
        "event": found.event,
        "said": said(found),
        "in_line": invitations.place_in_line(found),
        "until": until,
        "form": form if can_answer(me, found) else None,
        "is_late": clock.now() >= until,
        "tickets": found.tickets.filter(void_at=None).order_by("number"),
    }
    return render(request, "mine/invitation.html", context, status=422 if form.is_bound else 200)


def can_answer(me: Me, invitation: Invitation) -> bool:
    """Until it is too late; who comes or waits can say until the beginning that they don't."""
    if me.is_suspended or invitation.answer == Answer.WITHDRAWN:
        return False
    event, now = invitation.event, clock.now()
    leaving = invitation.answer in (Answer.COMES, Answer.WAITS) and now < event.starts
    return leaving or now < invitations.answer_until(invitation)


def said(invitation: Invitation) -> str:
    return {
        Answer.OPEN: _("You are invited: say whether you come."),
        Answer.COMES: _("You come. Here are your tickets."),
        Answer.WAITS: _("The event is full: you are on the waiting list, and told when there is room."),
        Answer.DECLINED: _("You don't come."),
        Answer.WITHDRAWN: _("This invitation was withdrawn."),
    }[Answer(invitation.answer)]


def of_ticket(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the guest alone; the view gets the ticket in place of its award and number. Who is suspended has none."""

    @wraps(view)
    def wrapped(request: HttpRequest, me: Me, award: int, number: int) -> HttpResponse:
        if me.is_suspended:
            return suspended(request, me)
        tickets = invitation_of(me, award).tickets.filter(number=number, void_at=None)
        found = tickets.select_related("invitation__event", "invitation__award__entry__creator").first()
        if found is None:
            raise Http404(_("There is no such ticket, or it is void."))
        response = view(request, me, found)
        response["Cache-Control"] = PRIVATE
        return response

    return require_safe(taking_part(wrapped))


@of_ticket
def my_ticket(request: HttpRequest, me: Me, ticket: Ticket) -> HttpResponse:
    event = ticket.invitation.event
    context = {
        **mine_context(me, "my_awards"),
        "ticket": ticket,
        "event": event,
        "name": name_of(ticket),
        "code": code_of(ticket),
        "qr": qr_svg(ticket),
    }
    return render(request, "mine/ticket.html", context)


@of_ticket
def my_ticket_png(request: HttpRequest, me: Me, ticket: Ticket) -> HttpResponse:
    return as_file(qr_png(ticket), "image/png", file_name(me.fest, ticket, "png"))


@of_ticket
def my_ticket_pdf(request: HttpRequest, me: Me, ticket: Ticket) -> HttpResponse:
    content = ticket_pdf(ticket, name=name_of(ticket), handle=ticket.invitation.award.handle)
    return as_file(content, "application/pdf", file_name(me.fest, ticket, "pdf"))


def as_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type, headers={"Content-Disposition": f'inline; filename="{name}"'})


def invitation_of(me: Me, award: int) -> Invitation:
    """Raises Http404 for what isn't theirs, or is no invitation. Who claimed before the event was set up is invited
    now."""
    found = award_of(me, award)
    related = ("event", "award__reward", "award__fest", "award__entry__creator")
    own = Invitation.objects.select_related(*related).filter(award=found)
    invitation = own.first()
    if invitation is None and invitations.event_of(found):
        with transaction.atomic():
            invitations.invite(locked(found))
        invitation = own.first()
    if invitation is None:
        raise Http404(_("There is no invitation yet: claim the award first, or wait until the event is set up."))
    return invitation
