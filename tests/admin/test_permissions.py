"""Who may open and send which page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from creators.models import Source, SourceSecret
from creators.sources import add_secret
from livefest.campaign import export_campaign
from livefest.models import Fest, User
from tests.admin.pages import body

CREATORS_FILE = [
    "creators.add_creator",
    "creators.change_creator",
    "creators.add_entry",
    "creators.change_entry",
    "creators.add_membership",
    "creators.change_membership",
    "creators.delete_membership",
]
CAMPAIGN_FILE = [
    f"{app}.{action}_{model}"
    for app, model in [
        ("livefest", "region"),
        ("livefest", "metric"),
        ("livefest", "round"),
        ("creators", "group"),
        ("rankings", "rule"),
        ("rankings", "board"),
        ("challenges", "challenge"),
        ("rewards", "reward"),
    ]
    for action in ("add", "change", "delete")
]
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


def with_only(*permissions: str) -> None:
    """Leaves the member of staff only the permissions named."""
    wanted = [found for found in Permission.objects.select_related("content_type") if named(found) in permissions]
    assert len(wanted) == len(permissions)
    User.objects.get(username="staff").user_permissions.set(wanted)


def named(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def assert_lacks(response: HttpResponseBase, permission: str) -> None:
    """Refused with a plain text that names just this permission."""
    assert response.status_code == 403
    assert response.headers["Content-Type"].startswith("text/plain")
    assert re.findall(r"\w+\.\w+_\w+", body(response)) == [permission]


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


@pytest.mark.parametrize("button", ["check", "load"])
def test_campaign_file_of_a_fest_needs_every_permission_of_what_it_changes(
    staff: Callable[..., Client], urls: dict[str, str], uk_valentine: Fest, button: str
) -> None:
    needed = ["livefest.change_fest", *CAMPAIGN_FILE]
    data = {"text": export_campaign(uk_valentine), button: "1"}
    client = staff(*needed)
    assert client.post(urls["campaign"], data).status_code == 200
    assert 'name="load"' in body(client.get(urls["campaign"]))
    for permission in needed:
        with_only(*(other for other in needed if other != permission), "livefest.view_fest")
        assert_lacks(client.post(urls["campaign"], data), permission)
        assert 'name="load"' not in body(client.get(urls["campaign"]))


def test_campaign_file_of_a_new_fest_needs_every_permission_of_what_it_changes(
    staff: Callable[..., Client], urls: dict[str, str]
) -> None:
    needed = ["livefest.add_fest", *CAMPAIGN_FILE]
    changelist = reverse("admin:livefest_fest_changelist")
    client = staff(*needed, "livefest.view_fest")
    assert client.get(urls["load"]).status_code == 200
    assert f'href="{urls["load"]}"' in body(client.get(changelist))
    for permission in needed:
        with_only(*(other for other in needed if other != permission), "livefest.view_fest")
        for response in (client.get(urls["load"]), client.post(urls["load"], {"text": "[fest]", "load": "1"})):
            assert_lacks(response, permission)
        assert f'href="{urls["load"]}"' not in body(client.get(changelist))


def test_changer_of_a_fest_alone_loads_nothing_and_is_told_all_that_lacks(
    staff: Callable[..., Client], urls: dict[str, str]
) -> None:
    client = staff("livefest.add_fest", "livefest.change_fest")
    response = client.post(urls["campaign"], {"text": "[fest]", "load": "Load", "reason": "As agreed"})
    assert response.status_code == 403
    assert sorted(re.findall(r"\w+\.\w+_\w+", body(response))) == sorted(CAMPAIGN_FILE)


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


def test_creators_file_needs_every_permission_of_what_it_changes(
    staff: Callable[..., Client], urls: dict[str, str], uk_valentine: Fest
) -> None:
    change = reverse("admin:livefest_fest_change", args=[uk_valentine.pk])
    client = staff(*CREATORS_FILE, "livefest.view_fest")
    assert client.get(urls["creators"]).status_code == 200
    assert f'href="{urls["creators"]}"' in body(client.get(change))
    for permission in CREATORS_FILE:
        with_only(*(other for other in CREATORS_FILE if other != permission), "livefest.view_fest")
        for response in (client.get(urls["creators"]), client.post(urls["creators"])):
            assert_lacks(response, permission)
        assert f'href="{urls["creators"]}"' not in body(client.get(change))


def test_page_of_what_is_not_there_is_not_found(admin_client: Client, urls: dict[str, str]) -> None:
    for name in ("campaign", "export"):
        assert admin_client.get(reverse(f"admin:livefest_fest_{name}", args=["0"])).status_code == 404
    for name in ("secret", "pause"):
        assert admin_client.post(reverse(f"admin:creators_source_{name}", args=["nope"])).status_code == 404
    assert admin_client.get(reverse("admin:creators_entry_load", args=[0])).status_code == 404
