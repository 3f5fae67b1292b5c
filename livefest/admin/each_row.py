"""Actions of lists that do something with each row by itself, some after a page that shows which, and asks why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livefest.admin.base import ModelAdmin
from livefest.admin.reasons import ReasonField

MOST_TOLD = 20  # rows that were refused: messages travel in the session
MOST_SHOWN = 100


class ReasonForm(forms.Form):
    reason = ReasonField()


class EachRow(ModelAdmin):
    decide_template: ClassVar[str] = "admin/_decide.html"

    def ask(
        self, request: HttpRequest, queryset: QuerySet[Any], title: str, form: ReasonForm | None, hint: str = ""
    ) -> HttpResponse:
        """The page between an action's choice and its doing. Its form sends no field for each row of a choice across
        pages, only that it was one: Django reads a thousand fields at most."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "rows": queryset[:MOST_SHOWN],
            "count": queryset.count(),
            "selected": request.POST.getlist("_selected_action"),
            "across": request.POST.get("select_across", "0"),
            "action": request.POST["action"],
            "form": form,
            "hint": hint,
        }
        return TemplateResponse(request, self.decide_template, context)

    def reason_form(self, request: HttpRequest) -> ReasonForm:
        """Filled in once its page was sent, else empty."""
        return ReasonForm(request.POST if "decided" in request.POST else None)

    def tell(self, request: HttpRequest, said: str, done: int, refused: Sequence[tuple[Model, str]]) -> None:
        """What was done with how many, and why not with the others."""
        for row, why in refused[:MOST_TOLD]:
            self.message_user(request, _("Not done: %(row)s. %(why)s") % {"row": row, "why": why}, messages.ERROR)
        if len(refused) > MOST_TOLD:
            more = len(refused) - MOST_TOLD
            text = ngettext("Not done either: %(more)d more.", "Not done either: %(more)d more.", more)
            self.message_user(request, text % {"more": more}, messages.ERROR)
        if done:
            count = ngettext("%(said)s %(done)d row.", "%(said)s %(done)d rows.", done) % {"said": said, "done": done}
            self.message_user(request, count, messages.SUCCESS)
