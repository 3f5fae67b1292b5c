"""Managers of users can't take over who may do more than they, nor make themselves more than they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import NoReverseMatch, reverse

from livefest.models import User
from tests.admin.pages import body, change, delete, form_values, submit

MANAGER = ["livefest.view_user", "livefest.change_user", "livefest.delete_user"]
PASSWORD = {"password1": "taken over 1", "password2": "taken over 1", "usable_password": "true"}


@pytest.fixture
def manager(staff: Callable[..., Client]) -> Client:
    return staff(*MANAGER)


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other", password="their own one", email="other@example.com")


def permission(name: str) -> Permission:
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def password(user: User) -> str:
    return reverse("admin:auth_user_password_change", args=[user.pk])


def assert_untouchable(client: Client, user: User) -> None:
    """It may be looked at, and every way to change it is refused."""
    before = User.objects.values().get(pk=user.pk)
    page = body(client.get(change(user)))
    assert 'name="_save"' not in page
    assert f'href="{delete(user)}"' not in page
    assert client.post(change(user), {"username": "mine", "email": "me@example.com"}).status_code == 403
    assert client.get(password(user)).status_code == 403
    assert client.post(password(user), PASSWORD).status_code == 403
    assert client.post(delete(user), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "post": "yes", "_selected_action": [user.pk]}
    assert client.post(reverse("admin:livefest_user_changelist"), data).status_code == 403
    assert User.objects.values().get(pk=user.pk) == before


def assert_touchable(client: Client, user: User) -> None:
    submit(client, change(user), email="new@example.com")
    client.post(password(user), PASSWORD)
    user.refresh_from_db()
    assert user.email == "new@example.com"
    assert user.check_password(PASSWORD["password1"])
    client.post(delete(user), {"post": "yes"})
    assert not User.objects.filter(pk=user.pk).exists()


def test_manager_touches_who_may_do_nothing(manager: Client, other: User) -> None:
    assert_touchable(manager, other)


def test_manager_touches_who_may_do_what_the_manager_may(manager: Client, other: User) -> None:
    other.user_permissions.add(permission("livefest.view_user"))
    group = Group.objects.create(name="Helpers")
    group.permissions.add(permission("livefest.change_user"))
    other.groups.add(group)
    assert_touchable(manager, other)


def test_manager_touches_no_superuser(manager: Client, admin_user: User) -> None:
    assert_untouchable(manager, admin_user)
    User.objects.filter(pk=admin_user.pk).update(is_staff=False)
    assert_untouchable(manager, admin_user)


def test_manager_touches_no_staff(manager: Client, other: User) -> None:
    User.objects.filter(pk=other.pk).update(is_staff=True)
    assert_untouchable(manager, other)


@pytest.mark.parametrize("active", [True, False])
def test_manager_touches_nobody_with_a_permission_beyond(manager: Client, other: User, active: bool) -> None:
    User.objects.filter(pk=other.pk).update(is_active=active)
    other.user_permissions.add(permission("livefest.view_user"), permission("livefest.add_user"))
    assert_untouchable(manager, other)


@pytest.mark.parametrize("active", [True, False])
def test_manager_touches_nobody_with_a_permission_beyond_by_group(manager: Client, other: User, active: bool) -> None:
    User.objects.filter(pk=other.pk).update(is_active=active)
    group = Group.objects.create(name="Fest makers")
    group.permissions.add(permission("livefest.add_fest"))
    other.groups.add(group)
    assert_untouchable(manager, other)


def test_manager_deletes_no_selection_with_one_beyond(manager: Client, other: User, admin_user: User) -> None:
    data = {"action": "delete_selected", "post": "yes", "_selected_action": [other.pk, admin_user.pk]}
    assert manager.post(reverse("admin:livefest_user_changelist"), data).status_code == 403
    assert User.objects.filter(pk__in=[other.pk, admin_user.pk]).count() == 2


def test_manager_changes_own_password_only_on_the_page_for_it(manager: Client) -> None:
    me = User.objects.get(username="staff")
    assert_untouchable(manager, me)
    data = {"old_password": "a long one", "new_password1": "a longer one", "new_password2": "a longer one"}
    manager.post(reverse("admin:password_change"), data)
    me.refresh_from_db()
    assert me.check_password("a longer one")


def test_manager_hands_out_no_rights(manager: Client, other: User) -> None:
    rights = {"is_superuser", "is_staff", "user_permissions", "groups"}
    assert not rights & set(form_values(manager, change(other)))
    granted = str(permission("livefest.view_user").pk)
    submit(manager, change(other), is_superuser="on", is_staff="on", user_permissions=granted)
    other.refresh_from_db()
    assert (other.is_superuser, other.is_staff, other.user_permissions.count()) == (False, False, 0)


def test_superuser_touches_anybody(admin_client: Client, other: User) -> None:
    User.objects.filter(pk=other.pk).update(is_staff=True, is_superuser=True)
    assert_touchable(admin_client, other)


def test_addresses_by_which_people_sign_in_are_not_in_the_admin(staff: Callable[..., Client], admin_user: User) -> None:
    names = [f"account.{action}_emailaddress" for action in ("view", "add", "change", "delete")]
    client = staff(*names)
    data = {"user": admin_user.pk, "email": "mine@example.com", "verified": "on", "primary": "on"}
    for url in ("/admin/account/emailaddress/", "/admin/account/emailaddress/add/", "/admin/account/"):
        assert client.get(url).status_code == 404
        assert client.post(url, data).status_code == 404
    assert not admin_user.emailaddress_set.exists()  # type: ignore[attr-defined]
    with pytest.raises(NoReverseMatch):
        reverse("admin:account_emailaddress_add")


def test_no_model_of_allauth_is_in_the_admin() -> None:
    assert [model for model in admin.site._registry if model.__module__.startswith("allauth")] == []


def test_who_manages_groups_gives_them_no_rights(staff: Callable[..., Client]) -> None:
    group = Group.objects.create(name="helpers")
    client = staff("auth.view_group", "auth.add_group", "auth.change_group", "auth.delete_group")
    right = permission("livefest.delete_fest")
    assert client.post(change(group), {"name": "helpers", "permissions": [right.pk]}).status_code == 403
    assert client.post(delete(group), {"post": "yes"}).status_code == 403
    assert not group.permissions.exists()
