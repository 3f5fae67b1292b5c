"""A creator's questions to staff: the list, each with its answer, and the two forms that ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from creators import enquiries as verbs
from creators.enquiries import MOST_OPEN, MOST_TEXT, EnquiryError, is_theirs
from creators.models import Correction, Enquiry, Entry, Live
from livefest.views.creator_corrections import in_public
from livefest.views.mine.access import Me, mine_context, taking_part
from livefest.views.mine.points_page import lives_of, session_title

PER_PAGE = 20


class ProseField(forms.CharField):
    """Counts the end of a line as one character, as the browser does."""

    def to_python(self, value: object) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class EnquiryForm(forms.Form):
    text = ProseField(
        label=gettext_lazy("What is it about?"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": gettext_lazy("Write in words what it is about."),
            "max_length": gettext_lazy("That is too long; say it in %(limit_value)d characters."),
        },
    )


@dataclass(frozen=True)
class Subject:
    """What a question is about, in words: a LIVE, a fest day, or a correction with its reason."""

    title: str
    day: date | None = None
    reason: str = ""


@require_safe
@taking_part
def my_enquiries(request: HttpRequest, me: Me) -> HttpResponse:
    rows = Enquiry.objects.filter(entry=me.entry).select_related(*RELATED).order_by("-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **mine_context(me, "my_enquiries"),
        "page": page,
        "enquiries": with_subjects(me.entry, page),
        "open": Enquiry.objects.filter(entry=me.entry, outcome=Enquiry.Outcome.OPEN).count(),
        "most_open": MOST_OPEN,
    }
    return render(request, "mine/enquiries.html", context)


@require_safe
@taking_part
def my_enquiry(request: HttpRequest, me: Me, enquiry: int) -> HttpResponse:
    found = get_object_or_404(Enquiry.objects.select_related(*RELATED), pk=enquiry, entry=me.entry)
    ((found, subject),) = with_subjects(me.entry, [found])
    context = {**mine_context(me, "my_enquiries"), "enquiry": found, "subject": subject}
    return render(request, "mine/enquiry.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def ask_missing(request: HttpRequest, me: Me) -> HttpResponse:
    """`session` and `day` of the address say what it is about."""
    session, day = request.GET.get("session", ""), day_named(me, request.GET.get("day", ""))
    if not (session or day) or (session and not is_theirs(me.entry, session)):
        raise Http404(_("There is no such LIVE of yours, and no such day."))
    form = EnquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = form.cleaned_data["text"]
            return asked(request, verbs.ask(entry=me.entry, text=text, by=me.entry, session=session, day=day))
        except EnquiryError as error:
            form.add_error(None, str(error))
    return asking(request, me, form, about(session, live_of(me.entry, session), day), _("Something is missing"))


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def appeal(request: HttpRequest, me: Me, correction: int) -> HttpResponse:
    rows = Correction.objects.in_force().concerning(me.entry).select_related(*CORRECTION)
    found = get_object_or_404(rows, pk=correction)
    form = EnquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = form.cleaned_data["text"]
            return asked(request, verbs.appeal(entry=me.entry, correction=found, text=text, by=me.entry))
        except EnquiryError as error:
            form.add_error(None, str(error))
    return asking(
        request, me, form, corrected(found, live_of(me.entry, found.session)), _("Appeal against a correction")
    )


def asking(request: HttpRequest, me: Me, form: EnquiryForm, subject: Subject, title: str) -> HttpResponse:
    context = {**mine_context(me, "my_enquiries"), "form": form, "subject": subject, "heading": title}
    return render(request, "mine/enquiry_ask.html", context)


def asked(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    messages.success(request, _("Sent. You are told when it is answered."))
    return redirect("my_enquiry", fest=enquiry.fest.slug, enquiry=enquiry.pk)


CORRECTION = ("entry__creator", "metric", "fact__metric", "source")
RELATED = ("fest", "entry__creator", *(f"correction__{name}" for name in CORRECTION))


def with_subjects(entry: Entry, enquiries: Iterable[Enquiry]) -> list[tuple[Enquiry, Subject]]:
    """Each with what it is about."""
    enquiries = list(enquiries)
    lives = lives_of(entry, map(session_of, enquiries))
    return [(one, subject_of(one, lives.get(session_of(one)))) for one in enquiries]


def session_of(enquiry: Enquiry) -> str:
    return enquiry.correction.session if enquiry.correction else enquiry.session


def live_of(entry: Entry, session: str) -> Live | None:
    return lives_of(entry, [session]).get(session)


def subject_of(enquiry: Enquiry, live: Live | None) -> Subject:
    """`live` is that of its session, where it was reported."""
    if enquiry.correction:
        return corrected(enquiry.correction, live)
    return about(enquiry.session, live, enquiry.day)


def about(session: str, live: Live | None, day: date | None) -> Subject:
    if not session:
        return Subject(_("A whole day"), day)
    titled = live and live.title
    return Subject(_("The LIVE “%(title)s”") % {"title": titled} if titled else session_title(session, live), day)


def corrected(correction: Correction, live: Live | None) -> Subject:
    if correction.kind == Correction.Kind.DISQUALIFICATION:
        return Subject(_("Your disqualification"), reason=correction.reason)
    told = in_public(correction, live)
    return Subject(told.title, told.day, told.reason)


def day_named(me: Me, text: str) -> date | None:
    """The fest day of this date; None for "". Raises Http404 for anything else."""
    if not text:
        return None
    days = {one.date.isoformat(): one.date for one in me.fest.days()}
    if text not in days:
        raise Http404(_("This is no day of the festival."))
    return days[text]
