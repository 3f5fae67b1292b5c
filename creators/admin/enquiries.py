"""Creators' questions and appeals: the list, open ones first, and the page on which one is answered."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminRadioSelect, AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.correction_steps import PROPOSE
from creators.enquiries import ANSWER, MOST_TEXT, EnquiryError, answer
from creators.models import Correction, Enquiry, Fact, Live
from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.models import User

Outcome = Enquiry.Outcome
# What is most often wanted of corrections to put a question right.
CORRECTIONS = (Correction.Kind.ADJUSTMENT, Correction.Kind.FACT, Correction.Kind.SESSION)


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[(one.value, one.label) for one in (Outcome.ACCEPTED, Outcome.DECLINED)],
        widget=AdminRadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=MOST_TEXT,
        widget=AdminTextareaWidget(attrs={"rows": 5}),
        help_text=gettext_lazy("The creator reads it, without your name. It can't be changed afterwards."),
    )


@admin.register(Enquiry)
class EnquiryAdmin(BigTableAdmin, ReadOnlyAdmin):
    """To look at; it is answered on a page of its own."""

    list_display = ["asked_at", "kind", "entry", "fest", "about", "outcome", "answered_at", "answered_by"]
    list_filter = ["outcome", "kind", "fest"]
    list_select_related = ["entry__creator", "fest", "answered_by"]
    ordering = ["outcome", "-pk"]  # "" is open
    search_fields = ["entry__creator__handle__startswith"]
    search_help_text = gettext_lazy("The creator's handle, or how it begins.")
    fields: ClassVar[Any] = [
        ("entry", "fest", "kind"),
        ("session", "day", "correction"),
        ("asked_at", "text"),
        ("outcome", "answer"),
        ("answered_at", "answered_by"),
    ]

    @admin.display(description=gettext_lazy("about"))
    def about(self, enquiry: Enquiry) -> str:
        if enquiry.correction_id:
            return _("correction %(number)d") % {"number": enquiry.correction_id}
        return ", ".join(part for part in (enquiry.session, str(enquiry.day or "")) if part)

    def get_urls(self) -> list[URLPattern]:
        view: Any = self.admin_site.admin_view(self.answer_view)
        own = cast(URLPattern, path("<int:enquiry_id>/answer/", view, name="creators_enquiry_answer"))
        return [own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        enquiry = kwargs.get("obj")
        if enquiry and enquiry.outcome == Outcome.OPEN and request.user.has_perm(ANSWER):
            context["answer_url"] = reverse("admin:creators_enquiry_answer", args=[enquiry.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def answer_view(self, request: HttpRequest, enquiry_id: int) -> HttpResponse:
        """What was asked, what is known of it, and the form; sent, the answer."""
        if not request.user.has_perm(ANSWER):
            raise PermissionDenied
        rows = Enquiry.objects.select_related("fest", "entry__creator", "correction__entry__creator")
        enquiry = get_object_or_404(rows, pk=enquiry_id)
        form = AnswerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                given = answer(enquiry=enquiry, **form.cleaned_data, by=cast(User, request.user))
                return self.done(request, given)
            except EnquiryError as error:
                form.add_error(None, str(error))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Answer"),
            "enquiry": enquiry,
            "form": form,
            "reported": reported(enquiry) if enquiry.kind == Enquiry.Kind.MISSING else None,
            "lives": lives_of(enquiry),
            "corrections": corrections(enquiry) if request.user.has_perm(PROPOSE) else [],
            "may_see_facts": request.user.has_perm("creators.view_fact"),
        }
        return TemplateResponse(request, "admin/creators/enquiry/answer.html", context)

    def done(self, request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
        said = _("Answered: %(outcome)s") % {"outcome": enquiry.get_outcome_display()}
        self.log_change(request, enquiry, said)
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:creators_enquiry_changelist"))


def facts_of(enquiry: Enquiry) -> QuerySet[Fact]:
    """Those of the session or, where there is none, of the fest day, by their moments as they were sent."""
    facts = Fact.objects.filter(entry=enquiry.entry_id)
    if enquiry.session:
        return facts.filter(session=enquiry.session)
    day = next((one for one in enquiry.fest.days() if one.date == enquiry.day), None)
    return facts.filter(at__gte=day.starts, at__lt=day.ends) if day else facts.none()


def reported(enquiry: Enquiry) -> list[Any]:
    """What sources sent of it, by metric: `quantity` without what they took back, `void` the facts that count for
    nothing by a correction of their own."""
    voided = Q(pk__in=Correction.objects.in_force().filter(entry=enquiry.entry_id, fact__isnull=False).values("fact"))
    return list(
        facts_of(enquiry)
        .values("metric__name", "source__name")
        .annotate(
            number=Count("pk", filter=Q(reverses=None)),
            reversed=Count("pk", filter=Q(reverses__isnull=False)),
            void=Count("pk", filter=voided),
            quantity=Sum("quantity"),
            first=Min("at"),
            last=Max("at"),
        )
        .order_by("metric__name", "source__name")
    )


def lives_of(enquiry: Enquiry) -> QuerySet[Live]:
    found = Live.objects.filter(entry=enquiry.entry_id).select_related("source")
    if enquiry.session:
        return found.filter(room=enquiry.session)
    return found.filter(room__in=facts_of(enquiry).values("session"))[:20]


def corrections(enquiry: Enquiry) -> list[tuple[str, str]]:
    """What staff would open to put it right: titles and addresses."""
    if enquiry.correction_id:
        address = reverse("admin:creators_correction_change", args=[enquiry.correction_id])
        return [(_("The correction, to undo it"), address)]
    return [
        (str(kind.label), reverse("admin:creators_correction_propose", args=[enquiry.fest_id, kind.value]))
        for kind in CORRECTIONS
    ]
