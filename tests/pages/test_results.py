"""The public pages of certified results: what they show, whom they are for, and the checking of a file."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from creators.correction_steps import undo
from creators.corrections import disqualification
from livefest.models import Fest, User
from rankings import results_views
from rankings.corrections import make_correction
from rankings.models import Edition
from rankings.refresh import refresh
from tests.kept import kept
from tests.pages.addresses import ADDRESSES, RESULTS
from tests.pages.conftest import announce, forget, open_page, small_played, text
from tests.pages.test_every_address import POLICY, assert_for_everyone
from tests.rankings.play import entry_of
from tests.texts import page_text

OVER, LATER = "2026-02-19T00:00:00Z", "2026-02-21T00:00:00Z"
VERIFY = "/en/small/results/verify/"


@pytest.fixture
def people(db: None) -> list[User]:
    return two_people()


def two_people() -> list[User]:
    staff = {"is_superuser": True, "is_staff": True}
    return [User.objects.get_or_create(username=name, defaults=staff)[0] for name in ("nia", "omar")]


def certify(at: str = OVER, reason: str = "") -> Edition:
    call_command("certify", "small", "--by=nia", "--approved-by=omar", f"--at={at}", f"--reason={reason}")
    forget()
    return Edition.objects.order_by("-number")[0]


@pytest.fixture
def certified(db: None, settings: Settings) -> Fest:
    """Edition 1 stands, a day after grace."""
    settings.LIVEFEST_NOW = "2026-02-20T00:00:00Z"
    return kept(small_certified)


def small_certified() -> Fest:
    two_people()
    fest = small_played()
    call_command("close", "small", f"--at={OVER}")
    certify()
    return fest


@pytest.fixture
def corrected(
    certified: Fest, people: list[User], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Fest:
    """Ada is disqualified, and edition 2 says so."""
    with django_capture_on_commit_callbacks(execute=True):
        make_correction(disqualification(entry=entry_of(certified, "ada")), by=people[0], reason="Bought views")
        certify(LATER, "Ada is out")
    forget()
    return certified


def test_creator_pages_tell_the_corrections_that_the_edition_counts_in(
    client: Client, certified: Fest, people: list[User]
) -> None:
    """Whatever became of them since: the edition's figures don't follow it either."""
    ada, path = entry_of(certified, "ada"), ADDRESSES["creator"]
    made = make_correction(disqualification(entry=ada), by=people[0], reason="Bought views")
    assert "Bought views" not in open_page(client, path)
    certify(LATER, "Ada is out")
    assert "Bought views" in open_page(client, path)
    undo(made, by=people[0], reason="She did not")
    forget()
    assert "Bought views" in open_page(client, path)
    certify(LATER, "Ada is in")
    assert "Bought views" not in open_page(client, path)


def every_page(client: Client) -> dict[str, Any]:
    pages = {}
    for name, path in (ADDRESSES | RESULTS).items():
        forget()
        response = client.get(path)
        body = response.getvalue() if response.streaming else response.content
        pages[name] = (response.status_code, response.get("Location"), body)
    return pages


@pytest.mark.usefixtures("played")
def test_page_before_says_when_there_can_be_results(client: Client) -> None:
    page = open_page(client, "/en/small/results/")
    assert "not certified yet" in page
    assert "2026-02-19T00:00:00+00:00" in page
    assert '/results/"' not in open_page(client, "/en/small/boards/"), "no entry in the menu yet"
    for name in ("results_edition", "results_file", "results_campaign"):
        assert client.get(RESULTS[name]).status_code == 404


@pytest.mark.usefixtures("certified")
def test_results_show_winners_and_proof(client: Client) -> None:
    page = open_page(client, "/en/small/results/")
    edition = Edition.objects.get()
    assert page.count('<h2 id="board-') == 6
    for told in (
        '<a class="reach" href="/en/small/boards/all/all/">All</a>',
        '<a class="reach" href="/en/small/boards/days/all/2026-02-13/">13 February</a>',
        '<a class="reach" href="/en/small/boards/leagues/glow/">Glow</a>',
        '<a href="/en/small/creators/ada/">Ada</a>',
        edition.sha256,
        edition.facts_sha256,
        edition.campaign_sha256,
        "Certified, edition 1",
        RESULTS["results_file"],
        '<a href="#proof">The proof</a>',
    ):
        assert told in page
    assert "What this edition changed" not in page
    by_number = open_page(client, "/en/small/results/1/")
    assert by_number.split("<main")[1].split("</main>")[0] == page.split("<main")[1].split("</main>")[0]
    assert '<a href="/en/small/results/"' in open_page(client, "/en/small/boards/"), "in the menu now"


@pytest.mark.usefixtures("certified")
@pytest.mark.parametrize("name", sorted(RESULTS.keys() - {"verify_file"}))
def test_results_are_the_same_for_everyone_and_304(client: Client, admin_client: Client, name: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    first = client.get(RESULTS[name])
    assert first.status_code == 200
    body = first.getvalue()
    assert_for_everyone(first)
    assert first["Cache-Control"].startswith("public, max-age=")
    again = admin_client.get(RESULTS[name])
    assert_for_everyone(again)
    assert again.getvalue() == body
    known = client.get(RESULTS[name], headers={"if-none-match": first["ETag"]})
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", first["ETag"])
    head = client.head(RESULTS[name])
    assert (head.status_code, head.getvalue()) == (200, b"")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = strict.generic(method, RESULTS[name], "x=1", content_type="application/x-www-form-urlencoded")
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
        assert_for_everyone(response)


@pytest.mark.usefixtures("certified")
def test_downloads_are_what_the_edition_says(client: Client) -> None:
    edition = Edition.objects.get()
    file = client.get(RESULTS["results_file"])
    body = file.getvalue()
    assert hashlib.sha256(body).hexdigest() == edition.sha256
    assert file["Content-Length"] == str(len(body)) == str(edition.length)
    assert file["Content-Disposition"] == 'attachment; filename="small-results-1.jsonl"'
    campaign = client.get(RESULTS["results_campaign"])
    assert hashlib.sha256(campaign.content).hexdigest() == edition.campaign_sha256


@pytest.mark.usefixtures("certified")
@pytest.mark.parametrize("number", ["0", "01", "2", "9" * 30, "-1", "1.0", "١", "one"])
def test_other_editions_are_not_found(client: Client, number: str) -> None:
    for rest in ("", "results.jsonl", "campaign.toml"):
        assert client.get(f"/en/small/results/{number}/{rest}").status_code == 404
    assert client.get("/en/none/results/").status_code == 404
    assert client.get("/en/none/results/1/").status_code == 404


def test_late_correction_shows_nowhere_until_the_new_edition(
    client: Client,
    certified: Fest,
    people: list[User],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    announce(certified, "Doors open")
    before = every_page(client)
    make_correction(disqualification(entry=entry_of(certified, "ada")), by=people[0], reason="Bought views")
    refresh(certified)
    assert every_page(client) == before
    refresh(certified, rebuild=True)
    assert every_page(client) == before
    with django_capture_on_commit_callbacks(execute=True):
        certify(LATER, "Ada is out")
    after = every_page(client)
    for name in ("results_file", "results_campaign"):
        assert after[name] == before[name], "the first edition stays"
    assert {"results", "results_edition", "board", "creator"} <= {name for name in after if after[name] != before[name]}


@pytest.mark.usefixtures("corrected")
def test_new_edition_shows_what_it_changed(client: Client) -> None:
    page = open_page(client, "/en/small/results/")
    changes = page.partition('<h2 id="changes">')[2].partition("</section>")[0]
    assert "Ada is out" in changes
    assert changes.index("All: 4 rows") < changes.index("Communities: 1 row")
    all_board = changes.partition("All: 4 rows")[2].partition("</table>")[0]
    assert [name for name in ("Ada", "Cy", "Bo", "Di") if f'<th scope="row">{name}</th>' in all_board] == [
        "Ada",
        "Cy",
        "Bo",
        "Di",
    ]
    assert "not ranked" in all_board
    old = open_page(client, "/en/small/results/1/")
    assert "Edition 2 took the place of these results." in old
    assert '<a href="/en/small/creators/ada/">Ada</a>' in old
    assert '<a class="reach" href="/en/small/boards/all/all/">' not in old, "the boards show the new edition"
    assert '<a class="reach" aria-current="page" href="/en/small/results/1/"> Edition 1 </a>' in old


def file_of(client: Client, number: int) -> bytes:
    return client.get(f"/en/small/results/{number}/results.jsonl").getvalue()


def answer(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    assert_for_everyone(response)
    return page_text(response)


def test_hash_tells_which_edition_it_is_of(client: Client, corrected: Fest) -> None:
    first, second = Edition.objects.order_by("number")
    page = answer(client, f"{VERIFY}?sha256={second.sha256}")
    assert "These are certified results" in page
    assert '<a href="/en/small/results/2/"> Small, edition 2 </a>' in page
    page = answer(client, f"{VERIFY}?sha256=%20{first.sha256.upper()}%20")
    assert "These were certified results" in page
    assert "Edition 2 took their place." in page
    assert "This is none of our results" in answer(client, f"{VERIFY}?sha256={'0' * 64}")
    assert "A SHA-256 has 64 digits" in answer(client, f"{VERIFY}?sha256=0")
    assert "by its sha-256" in answer(client, VERIFY).lower()


def upload(client: Client, data: bytes, field: str = "file") -> HttpResponseBase:
    return client.post(f"{VERIFY}file/", {field: BytesIO(data)})


def test_upload_tells_which_edition_it_is(corrected: Fest) -> None:
    client = Client(enforce_csrf_checks=True)
    for number, told in ((1, "These were certified results"), (2, "These are certified results")):
        response = upload(client, file_of(client, number))
        assert response.status_code == 200
        assert told in text(response)
        assert response["Cache-Control"] == "no-store"
        assert_for_everyone(response)
    changed = file_of(client, 1).replace(b"[1,", b"[2,", 1)
    assert "This is none of our results" in text(upload(client, changed))


def test_upload_that_is_none_is_refused(client: Client, certified: Fest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert upload(client, b"x", field="other").status_code == 422
    assert client.post(f"{VERIFY}file/", {}).status_code == 422
    assert client.post(f"{VERIFY}file/", "{}", content_type="application/json").status_code == 422
    assert client.post(f"{VERIFY}file/", b"--x", content_type="multipart/form-data").status_code == 400
    assert client.post("/en/none/results/verify/file/", {}).status_code == 404
    monkeypatch.setattr(results_views, "MOST_BYTES", 1000)
    assert upload(client, b"x" * 1001).status_code == 413
    lying = client.generic("POST", f"{VERIFY}file/", b"", CONTENT_TYPE="multipart/form-data; boundary=x")
    assert lying.status_code == 422


def test_upload_is_written_nowhere(client: Client, certified: Fest, settings: Settings, tmp_path: Path) -> None:
    """More than Django's own handlers hold in memory; they would write it to a folder that isn't there."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "none"
    data = b"abc" * 2_000_000
    response = upload(client, data)
    assert response.status_code == 200
    assert hashlib.sha256(data).hexdigest() in text(response)


def test_who_uploads_very_often_waits(client: Client, certified: Fest) -> None:
    client = Client(REMOTE_ADDR="10.1.2.3")
    answers = [upload(client, b"x").status_code for _number in range(11)]
    assert answers == [200] * 10 + [429]
    response = upload(client, b"x")
    assert (response["Retry-After"], response["Cache-Control"]) == ("60", "no-store")
    assert client.get(VERIFY).status_code == 200


def test_form_of_the_upload_leads_back(client: Client, certified: Fest) -> None:
    response = client.get(f"{VERIFY}file/")
    assert (response.status_code, response["Location"]) == (302, VERIFY)
    assert_for_everyone(client.get(VERIFY))
    assert {part.strip() for part in response["Content-Security-Policy"].split(";")} == POLICY


def test_results_cost_the_same_queries_for_many_rows(certified: Fest, queries_of: Any) -> None:
    assert queries_of("/en/small/results/") <= 40
