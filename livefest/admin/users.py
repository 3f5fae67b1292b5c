"""Those who sign in."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.http import HttpRequest
from django.utils.module_loading import module_has_submodule

from livefest.admin.base import HistoryInAudit
from livefest.admin.reasons import ReasonedAdmin
from livefest.models import User

RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]


@admin.register(User)
class UserAdmin(ReasonedAdmin, HistoryInAudit, BaseUserAdmin):  # type: ignore[type-arg]
    """Django's, but only a superuser hands out rights or touches the account of somebody who may do more: who may
    manage users can't make themselves more than they are, nor sign in as somebody who is."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = list(super().get_readonly_fields(request, obj))
        return readonly if is_superuser(request) else readonly + RIGHTS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and may_touch(request, obj)


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ReasonedAdmin, HistoryInAudit, GroupAdmin):
    """Groups of rights: only a superuser hands them out, and so only a superuser changes what they hold."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)


def may_touch(request: HttpRequest, user: User | None) -> bool:
    """Whether the account may be changed at all: by a superuser any, by others that of nobody who is staff, themselves
    included (their own password has its own page), or who holds a permission that they lack."""
    if user is None or is_superuser(request):
        return True
    if user.is_superuser or user.is_staff:
        return False
    return permissions_given(user) <= request.user.get_all_permissions()


def permissions_given(user: User) -> set[str]:
    """Directly and by groups; those of an inactive user too, who holds them again once active."""
    given = Permission.objects.filter(Q(user=user) | Q(group__user=user)).order_by()
    return {f"{app}.{name}" for app, name in given.values_list("content_type__app_label", "codename")}


def is_superuser(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser


def close_allauth() -> None:
    """Takes allauth's models off the admin: who may write addresses or other ways to sign in could sign in as anybody.
    Its admins are imported first, as they register only once."""
    for app in apps.get_app_configs():
        if not app.name.startswith("allauth."):
            continue
        if module_has_submodule(app.module, "admin"):
            import_module(f"{app.name}.admin")
        admin.site.unregister([model for model in app.get_models() if admin.site.is_registered(model)])


close_allauth()
