"""What creators say of themselves: through the form, on the public page, and what staff take out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from creators.models import Creator, Entry, Participation, Profile
from creators.profiles import moderate_profile
from livefest import pages
from livefest.models import AuditEntry, Fest, Picture, User
from tests.livefest.test_pictures import image, png_of, polyglot, saved
from tests.mine.conftest import take_part
from tests.pages.conftest import forget

PAGE = "/en/me/profile/"
SAID = {"name": "Ada", "bio": "Hello.", "links": "https://example.org/ada", "language": "en"}


@pytest.fixture(autouse=True)
def _no_page_kept() -> Iterator[None]:
    forget()
    yield
    forget()


def upload(content: bytes, name: str = "me.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def send(client: Client, **values: object) -> HttpResponse:
    """The form, as a browser sends it."""
    return client.post(PAGE, {**SAID, **values})  # type: ignore[return-value]


def refusal(response: HttpResponse) -> str:
    """What the form says is wrong."""
    assert response.status_code == 422
    found = re.search(r'class="errorlist".*?</ul>', response.content.decode(), re.DOTALL)
    assert found
    return unescape(found[0])


def public_page(client: Client, handle: str = "ada.live") -> str:
    pages.pages.clear()
    response = client.get(f"/en/uk-valentine/creators/{handle}/")
    assert response.status_code == 200
    return response.content.decode()


def test_profile_is_saved_and_shown_to_everybody(as_ada: Client, ada: Participation) -> None:
    picture = upload(saved(image(), "PNG"))
    links = "https://example.org/ada\r\n\r\nhttps://www.MÜNCHEN.example/x?y=1#z\r\nhttps://example.org/ada"
    response = send(as_ada, name=" Ada  L. ", bio="One.\r\nTwo <b>bold</b>.", links=links, picture=picture)
    assert (response.status_code, response.headers["Location"]) == (302, PAGE)
    assert "Your profile is saved." in as_ada.get(PAGE).content.decode()
    profile = Profile.objects.get(user=ada.user)
    assert (profile.creator.name, profile.bio) == ("Ada L.", "One.\nTwo <b>bold</b>.")
    assert profile.links == ["https://example.org/ada", "https://www.xn--mnchen-3ya.example/x?y=1#z"]
    shown = public_page(Client())
    assert "<h1>Ada L.</h1>" in shown
    assert "One.<br>Two &lt;b&gt;bold&lt;/b&gt;." in shown
    assert 'rel="nofollow ugc noopener noreferrer">xn--mnchen-3ya.example</a>' in shown
    assert "LIVE in English" in shown
    address = re.search(r'src="(/pictures/[0-9a-f]{64}\.webp)"', shown)
    assert address
    assert 'alt="Picture of Ada L."' in shown
    served = Client().get(address[1])
    assert (served.status_code, served.headers["Content-Type"]) == (200, "image/webp")
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Disposition"] == "inline"
    assert served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in served.headers
    assert "Cookie" not in served.headers.get("Vary", "")
    assert Client().get(f"/pictures/{'0' * 64}.webp").status_code == 404


def test_preview_shows_what_is_not_saved_and_leads_back(as_ada: Client, ada: Participation) -> None:
    response = as_ada.post(PAGE + "preview/", {**SAID, "name": "Ada <i>", "picture": upload(saved(image(), "PNG"))})
    shown = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Ada &lt;i&gt;</h1>" in shown
    assert "https://example.org/ada" in shown
    assert not Picture.objects.exists()
    assert Creator.objects.get(handle="ada.live").name == "Ada.Live"
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown)
    fields = {name: unescape(value) for name, value in hidden}
    back = as_ada.post(PAGE, {**fields, "edit": "1"}).content.decode()
    assert 'value="Ada &lt;i&gt;"' in back
    assert as_ada.post(PAGE, fields).status_code == 302
    assert Creator.objects.get(handle="ada.live").name == "Ada <i>"
    assert Profile.objects.get(user=ada.user).links == ["https://example.org/ada"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "x" * 61, "at most 60"),
        ("name", "Ada\u202elive", "invisible character in this (U+202E)"),
        ("name", "A\u200bda", "invisible"),
        ("name", "\u3164", "invisible"),
        ("name", "a\u200db", "invisible"),
        ("name", "Аda", "mixes letters of several scripts"),  # the first is Cyrillic
        ("name", "A" + "\u0301" * 8, "Too many marks"),
        ("bio", "x" * 501, "501 characters; at most 500"),
        ("bio", "one\x07", "invisible"),
        ("bio", "\u2067right to left", "invisible"),
        ("bio", "x\n" * 13, "more than 12 lines"),
        ("links", "http://example.org/", "can't be linked to"),
        ("links", "javascript:alert(1)", "can't be linked to"),
        ("links", "https://ada:secret@example.org/", "can't be linked to"),
        ("links", "https://example.org@evil.example/", "can't be linked to"),
        ("links", "https://127.0.0.1/", "can't be linked to"),
        ("links", "https://localhost/", "can't be linked to"),
        ("links", "https://example.org/\u202egpj", "can't be linked to"),
        ("links", "https://example.org:8443/", "can't be linked to"),
        ("links", "https://[::1", "can't be linked to"),
        ("links", "https://example.org/" + "x" * 200, "can't be linked to"),
        ("links", "\n".join(f"https://example.org/{number}" for number in range(6)), "At most 5 links"),
        ("language", "tlh", "not one of the available choices"),
    ],
)
def test_what_may_not_be_said_is_refused(as_ada: Client, field: str, value: str, said: str) -> None:
    assert said in refusal(send(as_ada, **{field: value}))
    assert Creator.objects.get(handle="ada.live").name == "Ada.Live"


ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def test_what_people_write_is_taken(as_ada: Client) -> None:
    for name in (
        "Zoë O’Hara",
        "艾琳",
        "نور",
        "می\u200cخواهم",
        "👩\u200d🚀 Ada",
        f"{ENGLAND} Ada",
        "Дарья Smith",
        "Ze\u0301",
    ):
        assert send(as_ada, name=name).status_code == 302, name
    assert Creator.objects.get(handle="ada.live").name == "Z\u00e9"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg onload='alert(1)'/>", "no PNG, JPEG or WebP"),
        (png_of(50_000, 50_000), "40 million pixels"),
        (saved(image(), "JPEG")[:-400], "can't be read"),
    ],
)
def test_hostile_picture_is_refused_at_its_field(as_ada: Client, content: bytes, said: str) -> None:
    assert said in refusal(send(as_ada, picture=upload(content)))
    assert not Picture.objects.exists()


class Pouring:
    """A body of 100 MB that counts how much of it was read."""

    def __init__(self) -> None:
        self.length = 100 * 1024 * 1024
        self.read_of_it = 0

    def read(self, size: int = -1) -> bytes:
        size = self.length - self.read_of_it if size < 0 else size
        given = b"x" * min(size, self.length - self.read_of_it)
        self.read_of_it += len(given)
        return given

    readline = read


def test_100_mb_are_refused_unread(as_ada: Client) -> None:
    body = Pouring()
    multipart = "multipart/form-data; boundary=b"
    stream: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": str(body.length)}
    response = as_ada.generic("POST", PAGE, b"", multipart, **stream)
    assert response.status_code == 413
    assert "bigger than 8 MB" in response.content.decode()
    assert body.read_of_it == 0


def test_post_without_token_is_refused(ada: Participation) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada.user)
    assert send(strict, picture=upload(saved(image(), "PNG"))).status_code == 403
    assert not Picture.objects.exists()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(PAGE).content.decode())
    assert token
    assert send(strict, picture=upload(polyglot()), csrfmiddlewaretoken=token[1]).status_code == 302
    assert b"evil" not in bytes(Picture.objects.get().content)


def test_picture_goes_with_the_last_who_shows_it(
    as_ada: Client, ada: Participation, uk_valentine: Fest, client: Client
) -> None:
    bo = take_part(uk_valentine, "bo")
    as_bo = Client()
    as_bo.force_login(bo.user)
    for browser in (as_ada, as_bo):
        send(browser, picture=upload(saved(image(), "PNG")))
    first = Picture.objects.get()
    for _time in range(2):
        send(as_ada, picture=upload(saved(image().rotate(90), "PNG")))
    assert Picture.objects.count() == 2
    send(as_bo, remove_picture="on")
    assert not Picture.objects.filter(pk=first.pk).exists()
    send(as_ada, remove_picture="on")
    assert not Picture.objects.exists()


def test_category_is_chosen_until_the_fest_starts(as_ada: Client, ada: Participation, settings: Settings) -> None:
    entry, fest = Entry.objects.get(creator__handle="ada.live"), ada.fest
    other = Creator.objects.create(handle="other")
    Entry.objects.create(fest=fest, creator=other, category="music")
    field = f"category-{entry.pk}"
    assert field not in as_ada.get(PAGE).content.decode()
    settings.LIVEFEST_NOW = datetime(2026, 2, 1, tzinfo=UTC).isoformat()
    assert field in as_ada.get(PAGE).content.decode()
    assert "not one of the available" in refusal(send(as_ada, **{field: "made up"}))
    assert send(as_ada, **{field: "music"}).status_code == 302
    entry.refresh_from_db()
    assert entry.category == "music"


def test_categories_are_asked_for_once_a_fest(as_ada: Client, ada: Participation, settings: Settings) -> None:
    settings.LIVEFEST_NOW = datetime(2026, 2, 1, tzinfo=UTC).isoformat()
    Entry.objects.filter(creator=ada.creator).update(category="music")
    with CaptureQueriesContext(connection) as asked:
        assert "category-" in as_ada.get(PAGE).content.decode()
    assert sum("SELECT DISTINCT" in query["sql"] for query in asked) == 1


def test_picture_is_read_where_it_is_served_alone(as_ada: Client, ada: Participation, admin_client: Client) -> None:
    send(as_ada, picture=upload(saved(image(), "PNG")))
    profile = Profile.objects.get(user=ada.user)
    picture = Picture.objects.get()
    address, known = f"/pictures/{picture.digest}.webp", {"if-none-match": f'"{picture.digest}"'}
    with CaptureQueriesContext(connection) as asked:
        assert picture.digest in as_ada.get(PAGE).content.decode()
        assert picture.digest in admin_client.get(f"/admin/creators/profile/{profile.pk}/change/").content.decode()
        assert Client().get(address, headers=known).status_code == 304
    assert not any('"creators_picture"."content"' in query["sql"] for query in asked)
    nowhere = f"/pictures/{'0' * 64}.webp"
    assert Client().get(nowhere, headers={"if-none-match": f'"{"0" * 64}"'}).status_code == 404
    assert Client().get(address).content == bytes(picture.content)


def test_what_staff_leave_stays_as_it_is_by_then(as_ada: Client, ada: Participation, admin_user: User) -> None:
    send(as_ada, bio="Buy followers")
    seen = Profile.objects.get(user=ada.user)
    send(as_ada, bio="Buy more followers", links="https://example.org/new")
    moderate_profile(profile=seen, by=admin_user, reason="Advertising", bio=True)
    stored = Profile.objects.get(user=ada.user)
    assert (stored.bio, stored.links) == ("", ["https://example.org/new"])


def test_suspended_creator_changes_nothing(as_ada: Client, ada: Participation) -> None:
    Participation.objects.filter(pk=ada.pk).update(state="suspended", reason="Fights in the chat.")
    response = send(as_ada, name="New")
    assert response.status_code == 403
    assert "Fights in the chat." in response.content.decode()
    assert as_ada.post(PAGE + "preview/", SAID).status_code == 403
    assert Creator.objects.get(handle="ada.live").name == "Ada.Live"
    assert as_ada.get(PAGE).status_code == 200


@pytest.mark.django_db
def test_who_takes_no_part_has_no_profile(client: Client) -> None:
    assert client.get(PAGE).headers["Location"].startswith("/accounts/login/?next=")
    client.force_login(User.objects.create_user("new", "new@example.org"))
    assert client.get(PAGE).headers["Location"] == "/en/me/"
    assert client.post(PAGE, SAID).headers["Location"] == "/en/me/"


def test_staff_take_out_what_may_not_be_shown(as_ada: Client, ada: Participation, admin_client: Client) -> None:
    send(as_ada, picture=upload(saved(image(), "PNG")), bio="Buy followers")
    profile = Profile.objects.get(user=ada.user)
    page = f"/admin/creators/profile/{profile.pk}/change/"
    assert "Buy followers" in admin_client.get(page).content.decode()
    sent = {"take_picture": "on", "take_bio": "on", "bio": "Written by staff"}
    assert admin_client.post(page, sent).status_code == 200, "says why first"
    assert admin_client.post(page, {**sent, "reason": "Advertising"}).status_code == 302
    profile.refresh_from_db()
    assert (profile.bio, profile.picture, profile.links) == ("", None, SAID["links"].split())
    assert not Picture.objects.exists()
    kind = ContentType.objects.get_for_model(Profile)
    entry = AuditEntry.objects.get(content_type=kind, object_pk=profile.pk)
    assert entry.verb == "moderate profile"
    assert (entry.reason, entry.changes) == ("Advertising", {"picture": ["(hidden)", ""], "bio": ["(hidden)", ""]})
