"""Who may open and send which page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from creators.models import Source, SourceSecret
from creators.sources import add_secret
from livefest.models import Fest, User
from tests.admin.pages import body, form_values

EXTRA = ["export", "campaign", "load", "creators", "secret", "revoke", "pause", "resume"]


@pytest.fixture
def urls(uk_valentine: Fest) -> dict[str, str]:
    """The pages beside Django's own, by name."""
    source = Source.objects.create(fest=uk_valentine, name="platform")
    add_secret(source=source, by=None)
    secret = SourceSecret.objects.get()
    return {
        "export": reverse("admin:livefest_fest_export", args=[uk_valentine.pk]),
        "campaign": reverse("admin:livefest_fest_campaign", args=[uk_valentine.pk]),
        "load": reverse("admin:livefest_fest_load"),
        "creators": reverse("admin:creators_entry_load", args=[uk_valentine.pk]),
        "secret": reverse("admin:creators_source_secret", args=[source.pk]),
        "revoke": reverse("admin:creators_source_revoke", args=[source.pk, secret.pk]),
        "pause": reverse("admin:creators_source_pause", args=[source.pk]),
        "resume": reverse("admin:creators_source_resume", args=[source.pk]),
    }


@pytest.mark.parametrize("name", EXTRA)
def test_page_sends_the_anonymous_to_sign_in(client: Client, urls: dict[str, str], name: str) -> None:
    for response in (client.get(urls[name]), client.post(urls[name])):
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/?next=")


@pytest.mark.parametrize("name", EXTRA)
def test_page_is_closed_to_staff_without_permission(
    staff: Callable[..., Client], urls: dict[str, str], name: str
) -> None:
    client = staff("livefest.view_metric")
    assert client.get(urls[name]).status_code == 403
    assert client.post(urls[name]).status_code == 403
    assert SourceSecret.objects.get().revoked_at is None


def test_viewer_of_a_fest_downloads_and_sees_but_loads_nothing(
    staff: Callable[..., Client], urls: dict[str, str]
) -> None:
    client = staff("livefest.view_fest")
    assert client.get(urls["export"]).status_code == 200
    page = body(client.get(urls["campaign"]))
    assert 'name="load"' not in page
    assert 'name="check"' not in page
    assert client.post(urls["campaign"], {"text": "[fest]", "check": "Check"}).status_code == 403
    assert client.get(urls["load"]).status_code == 403


def test_changer_of_a_fest_loads_it_and_makes_none(staff: Callable[..., Client], urls: dict[str, str]) -> None:
    client = staff("livefest.change_fest")
    assert client.post(urls["campaign"], {"text": "[fest]", "check": "Check"}).status_code == 200
    assert client.post(urls["load"], {"text": "[fest]", "load": "Load"}).status_code == 403


def test_viewer_of_a_source_sees_its_page_without_buttons(staff: Callable[..., Client], urls: dict[str, str]) -> None:
    client = staff("creators.view_source")
    source = Source.objects.get()
    page = body(client.get(reverse("admin:creators_source_change", args=[source.pk])))
    assert "/ingest/platform/" in page
    assert str(SourceSecret.objects.get()) in page
    assert urls["secret"] not in page
    assert urls["revoke"] not in page
    for name in ("secret", "revoke", "pause", "resume"):
        assert client.post(urls[name]).status_code == 403


def test_creators_file_needs_adding_and_changing(staff: Callable[..., Client], urls: dict[str, str]) -> None:
    assert staff("creators.add_entry").get(urls["creators"]).status_code == 403
    User.objects.all().delete()
    assert staff("creators.add_entry", "creators.change_entry").get(urls["creators"]).status_code == 200


def test_page_of_what_is_not_there_is_not_found(admin_client: Client, urls: dict[str, str]) -> None:
    for name in ("campaign", "export"):
        assert admin_client.get(reverse(f"admin:livefest_fest_{name}", args=["0"])).status_code == 404
    for name in ("secret", "pause"):
        assert admin_client.post(reverse(f"admin:creators_source_{name}", args=["nope"])).status_code == 404
    assert admin_client.get(reverse("admin:creators_entry_load", args=[0])).status_code == 404


def test_manager_of_users_hands_out_no_rights(staff: Callable[..., Client]) -> None:
    client = staff("livefest.view_user", "livefest.change_user")
    me = User.objects.get(username="staff")
    url = reverse("admin:livefest_user_change", args=[me.pk])
    assert not {"is_superuser", "is_staff", "user_permissions", "groups"} & set(form_values(client, url))
    client.post(url, form_values(client, url) | {"is_superuser": "on"})
    me.refresh_from_db()
    assert not me.is_superuser


def test_manager_of_users_touches_no_superuser(staff: Callable[..., Client], admin_user: User) -> None:
    client = staff("livefest.view_user", "livefest.change_user", "livefest.delete_user")
    url = reverse("admin:livefest_user_change", args=[admin_user.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"username": "mine"}).status_code == 403
    assert client.post(reverse("admin:auth_user_password_change", args=[admin_user.pk])).status_code == 403
    assert client.post(reverse("admin:livefest_user_delete", args=[admin_user.pk]), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "post": "yes", "_selected_action": [admin_user.pk]}
    assert client.post(reverse("admin:livefest_user_changelist"), data).status_code == 403
    assert User.objects.filter(pk=admin_user.pk).exists()
