"""The staff's site: Django's admin, reached only with a second factor, every act of which is recorded."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from livefest import audit
from livefest.second_factor import is_exempt, is_proved, lead_to

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class StaffSite(AdminSite):
    site_header = site_title = _("LIVE Fest staff")

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and is_proved(request)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """As Django's. What is posted is one act of who posts it, all or nothing, for the reason that stands in it."""

        @wraps(view)
        def acted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            with audit.acting(by=request.user, reason=request.POST.get("reason", "").strip(), via="admin"):
                return view(request, *args, **kwargs)

        return super().admin_view(cast(View, acted), cacheable)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The way in is allauth's, with its rate limits; then a second factor; then the page that was asked for."""
        page = self.page_after_login(request)
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': page})}")
        if not super().has_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(page) if is_proved(request) else lead_to(request, page)

    def page_after_login(self, request: HttpRequest) -> str:
        wanted = request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            return wanted
        return reverse("admin:index")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"exempt": request.user.is_authenticated and is_exempt(request.user)}
