"""Pages that write many kinds of rows at once, and so need each kind's permission."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.auth import get_permission_codename
from django.db.models import Model
from django.http import HttpRequest, HttpResponseForbidden
from django.utils.functional import Promise
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class FestPage:
    """A page about a fest, to which the fest's own page links for those who hold all its permissions.

    url_name: reversed with the fest's id.
    """

    title: str | Promise
    url_name: str
    permissions: tuple[str, ...]


# Each app adds its own.
FEST_PAGES: list[FestPage] = []


def permission(action: str, model: type[Model]) -> str:
    """Its name, such as "livefest.add_metric"."""
    return f"{model._meta.app_label}.{get_permission_codename(action, model._meta)}"


def may_write(admin: ModelAdmin[Any], request: HttpRequest, row: Model | None) -> bool:
    """Whether who asks may change the row; without one, whether they may add one."""
    return admin.has_add_permission(request) if row is None else admin.has_change_permission(request, row)


def lacking(request: HttpRequest, permissions: Iterable[str]) -> list[str]:
    """Those of the permissions that the one who asks doesn't hold."""
    return [name for name in permissions if not request.user.has_perm(name)]


def refusal(lacked: list[str]) -> HttpResponseForbidden:
    text = _("You lack permissions that this needs: %(names)s. Ask a superuser for them.")
    return HttpResponseForbidden(text % {"names": ", ".join(lacked)}, content_type="text/plain; charset=utf-8")
