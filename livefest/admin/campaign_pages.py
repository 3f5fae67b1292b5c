"""The fest's pages for its campaign file: download, check and load it; and loading one that makes a new fest."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.admin.base import ModelAdmin
from livefest.admin.permissions import lacking, permission, refusal
from livefest.admin.reasons import ReasonField
from livefest.admin.uploads import BoundedFileField, shortened
from livefest.campaign import (
    CampaignError,
    Problem,
    check_campaign,
    export_campaign,
    file_warnings,
    load_campaign,
    parse_campaign,
)
from livefest.campaign.registry import sections
from livefest.models import Fest, Region

MOST_BYTES = 1024 * 1024


class CampaignForm(forms.Form):
    """A campaign file as a text, or uploaded; the upload goes first."""

    text = forms.CharField(
        label=gettext_lazy("Campaign file (TOML)"),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "campaign-text"}),
    )
    file = BoundedFileField(
        label=gettext_lazy("Or upload it"),
        required=False,
        most=MOST_BYTES,
        help_text=gettext_lazy("Stands instead of the text above. At most 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".toml,application/toml,text/plain"}),
    )

    reason = ReasonField(required=False)  # not where the file is only checked

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "load" in self.data and not cleaned.get("reason"):
            self.add_error("reason", _("Say why."))
        if not self.errors and not cleaned.get("file") and not cleaned.get("text", "").strip():
            raise forms.ValidationError(_("Write or upload a campaign file."))
        return cleaned

    def campaign(self) -> str | bytes:
        file = self.cleaned_data["file"]
        return file.read() if file else str(self.cleaned_data["text"]).replace("\r\n", "\n")  # browsers send CRLF


class CampaignPages(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        def named(route: str, view: Any, name: str) -> URLPattern:
            wrapped: Any = self.admin_site.admin_view(view)
            return cast(URLPattern, path(route, wrapped, name=f"livefest_fest_{name}"))

        return [
            named("load/", self.load_view, "load"),
            named("<path:object_id>/campaign.toml", self.export_view, "export"),
            named("<path:object_id>/campaign/", self.campaign_view, "campaign"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_load = not lacking(request, campaign_permissions("add"))
        return super().changelist_view(request, {**(extra_context or {}), "may_load": may_load})

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Downloads the campaign as `<slug>.toml`."""
        fest = self.get_fest(request, object_id)
        text, problems = exported(fest)
        if problems:
            return self.page(request, fest, CampaignForm(), problems=problems, status=409)
        disposition = f'attachment; filename="{fest.slug}.toml"'
        return HttpResponse(text, "application/toml; charset=utf-8", headers={"Content-Disposition": disposition})

    def campaign_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows the fest's campaign file; POST checks one, or with `load` loads it."""
        fest = self.get_fest(request, object_id)
        if request.method == "POST":
            if lacked := lacking(request, campaign_permissions("change")):
                return refusal(lacked)
            return self.posted(request, fest)
        text, problems = exported(fest)
        return self.page(request, fest, CampaignForm(initial={"text": text}), problems=problems)

    def load_view(self, request: HttpRequest) -> HttpResponse:
        """Loads a campaign file that makes a new fest."""
        if lacked := lacking(request, campaign_permissions("add")):
            return refusal(lacked)
        if request.method == "POST":
            return self.posted(request, None)
        return self.page(request, None, CampaignForm())

    def posted(self, request: HttpRequest, fest: Fest | None) -> HttpResponse:
        form = CampaignForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(request, fest, form)
        text, loading = form.campaign(), "load" in request.POST
        try:
            slug, changes = load_or_check(text, fest, loading=loading)
        except CampaignError as error:
            return self.page(request, fest, form, problems=[str(problem) for problem in error.problems])
        loaded = Fest.objects.get(slug=slug) if loading else fest
        if loading and loaded:
            summary = _("Loaded a campaign file: %(count)d changes.") % {"count": len(changes)}
            (self.log_change if fest else self.log_addition)(request, loaded, summary)
        warnings = [str(problem) for problem in file_warnings(text)]
        return self.page(request, fest, form, changes=changes, warnings=warnings, loaded=loaded if loading else None)

    def get_fest(self, request: HttpRequest, object_id: str) -> Fest:
        """The fest, for who may see it."""
        fest = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, fest):
            raise PermissionDenied
        if fest is None:
            raise Http404
        return fest  # type: ignore[no-any-return]

    def page(
        self,
        request: HttpRequest,
        fest: Fest | None,
        form: CampaignForm,
        *,
        problems: list[str] | None = None,
        changes: list[str] | None = None,
        warnings: list[str] | None = None,
        loaded: Fest | None = None,
        status: int = 200,
    ) -> HttpResponse:
        shown, more = shortened(problems or [])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Campaign file") if fest else _("Load a campaign file"),
            "fest": fest,
            "form": form,
            "problems": shown,
            "more_problems": more,
            "changes": changes,
            "warnings": warnings,
            "loaded": loaded,
            "may_load": not lacking(request, campaign_permissions("change" if fest else "add")),
        }
        return TemplateResponse(request, "admin/livefest/fest/campaign.html", context, status=status)


def campaign_permissions(action: str) -> list[str]:
    """What loading or checking a file needs that changes ("change") or makes ("add") a fest: its lists' rows are added,
    changed and deleted."""
    models: list[type[Model]] = [Region, *(section.model for section in sections())]
    rows = [permission(each, model) for model in models for each in ("add", "change", "delete")]
    return [permission(action, Fest), *rows]


def exported(fest: Fest) -> tuple[str, list[str]]:
    """The fest's campaign file; or "" and why what is stored can't be one."""
    try:
        return export_campaign(fest), []
    except CampaignError as error:
        return "", [str(problem) for problem in error.problems]


def load_or_check(text: str | bytes, fest: Fest | None, *, loading: bool) -> tuple[str, list[str]]:
    """The slug of the file's fest and what loading it changes, or would.

    Raises CampaignError, also when the file is not about `fest` (None: a new one).
    """
    slug = parse_campaign(text).fest.slug
    if fest is not None and slug != fest.slug:
        message = _('"%(slug)s" is another fest; write "%(own)s", or load it from the list of fests')
        raise CampaignError([Problem("fest.slug", message % {"slug": slug, "own": fest.slug})])
    if fest is None and Fest.objects.filter(slug=slug).exists():
        message = _('"%(slug)s" is there already; load the file from its own page, or choose another slug')
        raise CampaignError([Problem("fest.slug", message % {"slug": slug})])
    return slug, load_campaign(text) if loading else check_campaign(text)
