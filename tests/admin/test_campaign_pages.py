"""The fest's campaign file over the admin: out, checked, and in again."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from livefest.campaign import export_campaign
from livefest.models import Fest, Metric
from tests.admin.pages import body, errors
from tests.admin.test_pages import assert_within_policy

LOAD = "/admin/livefest/fest/load/"


def page(fest: Fest) -> str:
    return reverse("admin:livefest_fest_campaign", args=[fest.pk])


def textarea(response: HttpResponseBase) -> str:
    found = re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", body(response), re.DOTALL)
    assert found
    return html.unescape(found[1])


def changes(response: HttpResponseBase) -> list[str]:
    return [html.unescape(line) for line in re.findall(r"<code>(.*?)</code>", body(response), re.DOTALL)]


def warnings(response: HttpResponseBase) -> list[str]:
    found = re.search(r'<ul class="warnings">(.*?)</ul>', body(response), re.DOTALL)
    return [html.unescape(line) for line in re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL)] if found else []


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("campaign.toml", data, "application/toml")


def test_export_is_downloaded_under_the_slug(admin_client: Client, uk_valentine: Fest) -> None:
    response = admin_client.get(reverse("admin:livefest_fest_export", args=[uk_valentine.pk]))
    assert response.headers["Content-Disposition"] == 'attachment; filename="uk-valentine.toml"'
    assert body(response) == export_campaign(uk_valentine)


def test_page_links_lead_there(admin_client: Client, uk_valentine: Fest) -> None:
    change = body(admin_client.get(reverse("admin:livefest_fest_change", args=[uk_valentine.pk])))
    assert f'href="{page(uk_valentine)}"' in change
    assert f'href="{reverse("admin:creators_entry_load", args=[uk_valentine.pk])}"' in change
    assert f'href="{LOAD}"' in body(admin_client.get(reverse("admin:livefest_fest_changelist")))


def test_text_of_the_page_loads_as_nothing_changed(admin_client: Client, uk_valentine: Fest) -> None:
    response = admin_client.get(page(uk_valentine))
    assert_within_policy(body(response))
    text = textarea(response)
    assert text == export_campaign(uk_valentine)
    response = admin_client.post(
        page(uk_valentine), {"text": text.replace("\n", "\r\n"), "load": "Load", "reason": "As agreed"}
    )
    assert "Nothing changes: the fest says the same already." in body(response)
    assert export_campaign(Fest.objects.get()) == text


def test_check_says_what_would_change_and_stores_nothing(admin_client: Client, uk_valentine: Fest) -> None:
    before = export_campaign(uk_valentine)
    text = before.replace('name = "Likes"', 'name = "Hearts"')
    response = admin_client.post(page(uk_valentine), {"text": text, "check": "Check"})
    assert changes(response) == ['~ metrics likes.name: "Likes" → "Hearts"']
    assert export_campaign(Fest.objects.get()) == before
    assert textarea(response) == text
    assert LogEntry.objects.count() == 0


def test_load_stores_and_says_what_changed(admin_client: Client, uk_valentine: Fest) -> None:
    text = export_campaign(uk_valentine).replace('name = "Likes"', 'name = "Hearts"')
    response = admin_client.post(page(uk_valentine), {"text": text, "load": "Load", "reason": "As agreed"})
    assert changes(response) == ['~ metrics likes.name: "Likes" → "Hearts"']
    assert Metric.objects.get(slug="likes").name == "Hearts"
    assert LogEntry.objects.get().change_message == "Loaded a campaign file: 1 changes."


def test_check_and_load_warn_of_what_is_likely_wrong(admin_client: Client, uk_valentine: Fest) -> None:
    text = export_campaign(uk_valentine)
    assert warnings(admin_client.post(page(uk_valentine), {"text": text, "check": "Check"})) == []
    text = text.replace("daily_cap = 3000", "daily_cap = 300")
    for button in ("check", "load"):
        assert warnings(
            admin_client.post(page(uk_valentine), {"text": text, button: button, "reason": "As agreed"})
        ) == [
            "rules[2] live-hours.daily_cap: 300 is below the first step (500 points), which is never gained in full; "
            "write 500 or more"
        ]


def test_load_takes_the_upload_before_the_text(admin_client: Client, uk_valentine: Fest) -> None:
    text = export_campaign(uk_valentine)
    file = upload(text.replace('name = "Likes"', 'name = "Hearts"').encode())
    admin_client.post(page(uk_valentine), {"text": text, "file": file, "load": "Load", "reason": "As agreed"})
    assert Metric.objects.get(slug="likes").name == "Hearts"


def test_load_with_problems_says_each_with_its_path(admin_client: Client, uk_valentine: Fest) -> None:
    before = export_campaign(uk_valentine)
    text = before.replace('metric = "likes"', 'metric = "like"').replace('board = "leagues"', 'board = "league"')
    response = admin_client.post(page(uk_valentine), {"text": text, "load": "Load", "reason": "As agreed"})
    assert errors(response) == [
        'rules[1] likes.metric: "like" is not declared in metrics; did you mean "likes"?',
        'rewards[1] super-champions.board: "league" is not declared in boards; did you mean "leagues"?',
    ]
    assert textarea(response) == text
    assert export_campaign(Fest.objects.get()) == before


def test_check_finds_what_only_the_records_forbid(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None]
) -> None:
    record(uk_valentine, 1)
    text = export_campaign(uk_valentine).replace('regions = ["GB"]', 'regions = ["IE"]')
    response = admin_client.post(page(uk_valentine), {"text": text, "check": "Check"})
    assert errors(response) == [
        "fest.regions GB: can't be left out: records (facts, members, creators …) hang on it; keep it"
    ]


def test_load_of_another_fest_is_refused(admin_client: Client, uk_valentine: Fest, campaigns: Path) -> None:
    file = upload((campaigns / "live-fest.toml").read_bytes())
    response = admin_client.post(page(uk_valentine), {"file": file, "load": "Load", "reason": "As agreed"})
    assert errors(response) == [
        'fest.slug: "live-fest" is another fest; write "uk-valentine", or load it from the list of fests'
    ]
    assert Fest.objects.count() == 1


def test_load_without_a_file_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    response = admin_client.post(page(uk_valentine), {"text": " ", "load": "Load", "reason": "As agreed"})
    assert errors(response) == ["Write or upload a campaign file."]


def test_load_of_a_file_too_big_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    response = admin_client.post(
        page(uk_valentine), {"file": upload(b"#" * (1024 * 1024 + 1)), "load": "Load", "reason": "As agreed"}
    )
    assert errors(response) == ["The file has 1.0\xa0MB; upload at most 1.0\xa0MB."]


def test_load_of_what_is_no_text_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    response = admin_client.post(
        page(uk_valentine), {"file": upload(b"\xff\x00"), "load": "Load", "reason": "As agreed"}
    )
    assert errors(response) == ["line 1: is not UTF-8; save the file as UTF-8"]


def test_load_from_the_list_makes_a_new_fest(admin_client: Client, campaigns: Path) -> None:
    assert_within_policy(body(admin_client.get(LOAD)))
    data = (campaigns / "live-fest.toml").read_bytes()
    response = admin_client.post(LOAD, {"file": upload(data), "check": "Check"})
    assert changes(response)[0] == "+ fest live-fest"
    assert Fest.objects.count() == 0
    response = admin_client.post(LOAD, {"file": upload(data), "load": "Load", "reason": "As agreed"})
    fest = Fest.objects.get()
    assert f'href="{reverse("admin:livefest_fest_change", args=[fest.pk])}"' in body(response)
    assert LogEntry.objects.get().object_id == str(fest.pk)


def test_load_from_the_list_of_a_fest_that_is_there_is_refused(
    admin_client: Client, uk_valentine: Fest, campaigns: Path
) -> None:
    file = upload((campaigns / "uk-valentine.toml").read_bytes())
    response = admin_client.post(LOAD, {"file": file, "load": "Load", "reason": "As agreed"})
    assert errors(response) == [
        'fest.slug: "uk-valentine" is there already; load the file from its own page, or choose another slug'
    ]


def test_page_of_a_campaign_that_does_not_hold_says_why(admin_client: Client, uk_valentine: Fest) -> None:
    uk_valentine.challenges.get(slug="glow-rush").goals.all().delete()  # as only the database could
    problem = "challenges[3] glow-rush.goals: is empty; name at least one"
    assert errors(admin_client.get(page(uk_valentine))) == [problem]
    export = admin_client.get(reverse("admin:livefest_fest_export", args=[uk_valentine.pk]))
    assert export.status_code == 409
    assert problem in body(export)
