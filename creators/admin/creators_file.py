"""The page that loads a creators file into a fest."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.creators_file import CreatorsFileError, Loaded, load_creators
from creators.models import Creator, Entry, Membership
from livefest.admin.base import ModelAdmin
from livefest.admin.permissions import FEST_PAGES, FestPage, lacking, permission, refusal
from livefest.admin.reasons import ReasonField
from livefest.admin.uploads import BoundedFileField, shortened
from livefest.models import Fest

MOST_BYTES = 100 * 1024 * 1024  # a million creators have about 50 MB

# Creators and entries are added and changed; who leaves a group loses the row.
PERMISSIONS = (
    permission("add", Creator),
    permission("change", Creator),
    permission("add", Entry),
    permission("change", Entry),
    permission("add", Membership),
    permission("change", Membership),
    permission("delete", Membership),
)

FEST_PAGES.append(FestPage(gettext_lazy("Load creators file"), "admin:creators_entry_load", PERMISSIONS))


class CreatorsFileForm(forms.Form):
    file = BoundedFileField(
        label=gettext_lazy("Creators file (CSV)"),
        most=MOST_BYTES,
        help_text=gettext_lazy("UTF-8, with the columns handle,name,region,category,groups. At most 100 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    reason = ReasonField()


class CreatorsFilePage(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.load_view)
        return [path("load/<int:fest_id>/", view, name="creators_entry_load"), *super().get_urls()]

    def load_view(self, request: HttpRequest, fest_id: int) -> HttpResponse:
        """Loads a creators file into a fest, for who may write all that it writes."""
        if lacked := lacking(request, PERMISSIONS):
            return refusal(lacked)
        fest = get_object_or_404(Fest, pk=fest_id)
        form = CreatorsFileForm()
        loaded: Loaded | None = None
        problems: list[str] = []
        if request.method == "POST":
            form = CreatorsFileForm(request.POST, request.FILES)
            if form.is_valid():
                try:
                    loaded = load_creators(fest=fest, data=form.cleaned_data["file"].read())
                except CreatorsFileError as error:
                    problems = error.problems
        return self.creators_page(request, fest, form, loaded, problems)

    def creators_page(
        self, request: HttpRequest, fest: Fest, form: CreatorsFileForm, loaded: Loaded | None, problems: list[str]
    ) -> HttpResponse:
        shown, more = shortened(problems)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Load creators file"),
            "fest": fest,
            "form": form,
            "loaded": loaded,
            "unchanged": loaded and loaded.total - loaded.added - loaded.updated,
            "problems": shown,
            "more_problems": more,
        }
        return TemplateResponse(request, "admin/creators/entry/load.html", context)
