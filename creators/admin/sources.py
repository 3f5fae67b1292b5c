"""Sources of facts, with their secrets made, shown once, and revoked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators import sources
from creators.models import Source, SourceSecret
from livefest.admin.base import TabularInline
from livefest.admin.checks import RefusableAdmin
from livefest.admin.reasons import lacks_reason
from livefest.models import User

NO_STORE = {"Cache-Control": "no-store"}


class SecretsInline(TabularInline):
    """A record of the secrets, the valid and the revoked; what they are, nobody sees."""

    model = SourceSecret
    fields: ClassVar[Any] = ["ends_with", "created_at", "created_by", "revoked_at"]
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may see the source sees that it has secrets."""
        return True

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceSecret]:
        return super().get_queryset(request).select_related("created_by").order_by("-pk")

    @admin.display(description=gettext_lazy("ends with"))
    def ends_with(self, secret: SourceSecret) -> str:
        return str(secret)


@admin.register(Source)
class SourceAdmin(RefusableAdmin):
    list_display = ["name", "fest", "valid_secrets", "paused_at", "created_at"]
    list_filter = ["fest", ("paused_at", admin.EmptyFieldListFilter)]
    list_select_related = ["fest"]
    search_fields = ["name"]
    fields = ["fest", "name"]
    inlines = [SecretsInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).select_related("fest").prefetch_related("secrets")

    @admin.display(description=gettext_lazy("valid secrets end with"))
    def valid_secrets(self, source: Source) -> str:
        return ", ".join(str(secret) for secret in valid_secrets(source)) or "-"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["fest", "name"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return self.inlines if obj else []

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """On to the source's page, where its first secret is made."""
        self.message_user(request, _("The source was added; make its first secret now."), messages.SUCCESS)
        return back_to(obj)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        source = kwargs.get("obj")
        if source:
            valid = valid_secrets(source)
            context |= {
                "address": request.build_absolute_uri(reverse("ingest", args=[source.name])),
                "valid_secrets": valid,
                "may_change": self.has_change_permission(request, source),
                **dict.fromkeys(("show_save", "show_save_and_continue", "show_save_and_add_another"), False),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        def named(route: str, view: Any, name: str) -> URLPattern:
            wrapped: Any = self.admin_site.admin_view(view)
            return cast(URLPattern, path(f"<path:object_id>/{route}", wrapped, name=f"creators_source_{name}"))

        return [
            named("secret/", self.secret_view, "secret"),
            named("secret/<int:secret_id>/revoke/", self.revoke_view, "revoke"),
            named("pause/", self.pause_view, "pause"),
            named("resume/", self.resume_view, "resume"),
            *super().get_urls(),
        ]

    def secret_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Makes a source's first or next secret and shows it, on this response and never again."""
        source = self.changeable(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if lacks_reason(request):
            return back_to(source)
        secret = sources.rotate_secret(source=source, by=cast(User, request.user))
        self.log_change(request, source, _("Made a secret that ends with %(hint)s.") % {"hint": secret[-4:]})
        context = self.context(request, source, _("New secret")) | {"secret": secret}
        return TemplateResponse(request, "admin/creators/source/secret.html", context, headers=NO_STORE)

    def revoke_view(self, request: HttpRequest, object_id: str, secret_id: int) -> HttpResponse:
        """Asks whether to revoke a secret; POST does."""
        source = self.changeable(request, object_id)
        secret = next((secret for secret in valid_secrets(source) if secret.pk == secret_id), None)
        if secret is None:
            self.message_user(request, _("This secret is revoked already."), messages.WARNING)
            return back_to(source)
        if request.method != "POST" or lacks_reason(request):
            context = self.context(request, source, _("Revoke a secret")) | {"secret": secret}
            context["others"] = [other for other in valid_secrets(source) if other != secret]
            return TemplateResponse(request, "admin/creators/source/revoke.html", context)
        sources.revoke_secret(secret=secret)
        return self.done(request, source, _("Revoked the secret that ends with %(hint)s.") % {"hint": secret.hint})

    def pause_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.switch(request, object_id, sources.pause, _("Paused the source."))

    def resume_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.switch(request, object_id, sources.resume, _("Resumed the source."))

    def switch(self, request: HttpRequest, object_id: str, act: Callable[..., None], said: str) -> HttpResponse:
        source = self.changeable(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if lacks_reason(request):
            return back_to(source)
        act(source=source)
        return self.done(request, source, said)

    def changeable(self, request: HttpRequest, object_id: str) -> Source:
        """The source, for who may change it."""
        source = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        if source is None:
            raise Http404
        return cast(Source, source)

    def done(self, request: HttpRequest, source: Source, said: str) -> HttpResponse:
        self.log_change(request, source, said)
        self.message_user(request, said, messages.SUCCESS)
        return back_to(source)

    def context(self, request: HttpRequest, source: Source, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "source": source}


def valid_secrets(source: Source) -> list[SourceSecret]:
    return [secret for secret in source.secrets.all() if secret.revoked_at is None]


def back_to(source: Source) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:creators_source_change", args=[source.pk]))
