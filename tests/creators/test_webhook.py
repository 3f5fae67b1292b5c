"""The signed webhook over HTTP: what each call is answered, and that a call sent again is harmless."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from creators.creators_file import load_creators
from creators.models import Fact, Live, Source
from creators.sources import add_secret, create_source, pause, revoke_secret, rotate_secret
from livefest.campaign import load_campaign
from livefest.models import Fest
from tests import signing
from tests.creators.conftest import DURING, fact, reversal


class Sender:
    """Somebody who signs calls with a secret."""

    def __init__(self, secret: str, name: str = "platform") -> None:
        self.secret = secret
        self.url = f"/ingest/{name}/"
        self.client = Client()

    def headers(self, body: bytes, *, signed: datetime | None = None, id: str = "msg-1") -> dict[str, str]:
        return signing.signed(self.secret, body.decode("utf-8", "replace"), id=id, at=signed)

    def send(self, payload: Any, **how: Any) -> tuple[int, Any]:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = how.pop("headers", None) or self.headers(body, **how.pop("sign", {}))
        answer = self.client.post(
            self.url, body, content_type=how.pop("content_type", "application/json"), headers=headers, **how
        )
        return answer.status_code, answer.json()


@pytest.fixture(autouse=True)
def _during_the_fest(settings: Settings) -> None:
    settings.LIVEFEST_NOW = DURING.isoformat()


@pytest.fixture
def sender(source: Source) -> Sender:
    return Sender(add_secret(source=source, by=None))


def taken(accepted: int = 0, duplicates: int = 0) -> dict[str, Any]:
    return {"accepted": accepted, "duplicates": duplicates, "conflicts": [], "rejected": []}


def test_facts_are_taken_and_again_are_duplicates(sender: Sender) -> None:
    payload = {"facts": [fact("f-1"), fact("f-2"), reversal("f-3", "f-2")]}
    assert sender.send(payload) == (200, taken(accepted=3))
    assert sender.send(payload) == (200, taken(duplicates=3))
    assert Fact.objects.count() == 3


def test_each_refusal_is_answered_with_its_place(sender: Sender) -> None:
    status, answer = sender.send(
        {
            "facts": [
                fact("f-1"),
                fact("f-2", creator="nobody"),
                {"id": "f-3"},
                None,
                fact("f-1", quantity=7),
                fact("f-4"),
            ]
        }
    )
    assert status == 200
    assert answer == {
        "accepted": 2,
        "duplicates": 0,
        "conflicts": [{"index": 4, "id": "f-1", "reason": "another fact of this source has this id; the first stands"}],
        "rejected": [
            {"index": 1, "id": "f-2", "reason": 'creator "nobody" is unknown in this fest'},
            {"index": 2, "id": "f-3", "reason": "quantity is missing"},
            {"index": 3, "id": "", "reason": 'not an object; write one such as {"id": …, "creator": …}'},
        ],
    }


def test_call_without_facts_is_taken(sender: Sender) -> None:
    assert sender.send({}) == (200, taken())
    assert sender.send({"facts": []}) == (200, taken())


def test_thousand_facts_and_hundred_lives_are_taken_and_no_more(sender: Sender) -> None:
    facts = [fact(f"f-{n}") for n in range(1000)]
    lives = [live(f"room-{n}") for n in range(100)]
    status, answer = sender.send({"facts": facts, "lives": lives})
    assert (status, answer["accepted"], answer["lives"]["accepted"]) == (200, 1000, 100)
    assert sender.send({"facts": [*facts, fact("one-more")]}) == (
        413,
        {"error": '"facts" has 1001 entries; send at most 1000 a call.'},
    )
    assert sender.send({"lives": [*lives, live("one-more")]}) == (
        413,
        {"error": '"lives" has 101 entries; send at most 100 a call.'},
    )
    assert not Fact.objects.filter(external_id="one-more").exists()


def test_wrong_signature_is_refused(sender: Sender) -> None:
    body = json.dumps({"facts": [fact()]}).encode()
    good = sender.headers(body)
    wrong = Sender("whsec_" + "A" * 43 + "=").headers(body)
    for headers in (
        {},
        wrong,
        {**good, "webhook-id": "msg-2"},
        {**good, "webhook-timestamp": str(int(good["webhook-timestamp"]) + 1)},
        {**good, "webhook-timestamp": "nan"},
        {**good, "webhook-timestamp": "soon"},
        {**good, "webhook-signature": "v1"},
        {**good, "webhook-signature": "v1,%%%"},
        {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v2,")},
    ):
        status, _answer = sender.send(body, headers=headers or {"x-none": "1"})
        assert status == 401, headers
    assert sender.send(body.replace(b"100", b"999"), headers=good)[0] == 401
    assert not Fact.objects.exists()
    assert sender.send(body, headers=good)[0] == 200


@pytest.mark.parametrize("minutes", [-6, 6])
def test_signature_over_five_minutes_off_is_refused(sender: Sender, minutes: int) -> None:
    signed = datetime.now(UTC) + timedelta(minutes=minutes)
    assert sender.send({"facts": [fact()]}, sign={"signed": signed})[0] == 401
    assert not Fact.objects.exists()


def test_replayed_call_changes_nothing(sender: Sender) -> None:
    earlier = datetime.now(UTC) - timedelta(minutes=2)
    body = json.dumps({"facts": [fact()], "lives": [live("room-1", title="Hello")]}).encode()
    headers = sender.headers(body, signed=earlier)
    assert sender.send(body, headers=headers)[0] == 200
    assert sender.send({"lives": [live("room-1", title="Bye", ended_at="2026-02-15T11:00:00Z")]})[0] == 200
    status, answer = sender.send(body, headers=headers)
    assert (status, answer["accepted"], answer["duplicates"]) == (200, 0, 1)
    assert Live.objects.get().title == "Bye", "an older report doesn't stand against a newer one"


def test_two_secrets_are_valid_while_rotating_and_none_once_revoked(source: Source, sender: Sender) -> None:
    rotated = Sender(rotate_secret(source=source, by=None))
    assert sender.send({"facts": [fact("f-1")]})[0] == 200
    assert rotated.send({"facts": [fact("f-2")]})[0] == 200
    revoke_secret(secret=source.secrets.get(hint=sender.secret[-4:]))
    assert sender.send({"facts": [fact("f-3")]})[0] == 401
    assert rotated.send({"facts": [fact("f-3")]})[0] == 200


def test_unknown_source_is_answered_like_a_bad_signature(sender: Sender) -> None:
    assert Sender(sender.secret, "unknown").send({"facts": [fact()]})[0] == 401


def test_secret_of_one_source_signs_for_no_other(source: Source, sender: Sender) -> None:
    create_source(fest=source.fest, name="other")
    assert Sender(sender.secret, "other").send({"facts": [fact()]})[0] == 401


def test_same_name_in_two_fests_is_told_by_the_secret(source: Source, sender: Sender, campaigns: Any) -> None:
    text = (campaigns / "uk-valentine.toml").read_text().replace('slug = "uk-valentine"', 'slug = "second"')
    load_campaign(text)
    second = Fest.objects.get(slug="second")
    second.entries.create(creator=source.fest.entries.get(creator__handle="ada.live").creator)
    other = Sender(add_secret(source=create_source(fest=second, name="platform"), by=None))
    assert sender.send({"facts": [fact()]})[1] == taken(accepted=1)
    assert other.send({"facts": [fact()]})[1] == taken(accepted=1)
    assert sorted(Fact.objects.values_list("source__fest__slug", flat=True)) == ["second", "uk-valentine"]


def test_paused_source_is_told_to_come_again(source: Source, sender: Sender) -> None:
    pause(source=source)
    body = json.dumps({"facts": [fact()]}).encode()
    answer = sender.client.post(sender.url, body, content_type="application/json", headers=sender.headers(body))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert not Fact.objects.exists()
    assert sender.client.post(sender.url, body, content_type="application/json").status_code == 401


def test_secret_that_cannot_be_read_is_told_to_come_again(sender: Sender, settings: Settings) -> None:
    settings.SECRET_KEY = "another-key-" + "y" * 40
    assert sender.send({"facts": [fact()]})[0] == 503
    settings.SECRET_KEY_FALLBACKS = ["only-for-tests-" + "x" * 40]
    assert sender.send({"facts": [fact()]})[0] == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 422),
        (b"null", 422),
        (b'"facts"', 422),
        (b'{"facts": {}}', 422),
        (b'{"facts": null}', 422),
        (b'{"lives": 1}', 422),
        (b'{"facts": [', 422),
        (b'{"facts": [NaN]}', 422),
        ('{"facts": []}'.encode("utf-16-le"), 422),
        (b'\xef\xbb\xbf{"facts": []}', 422),
        (b'\xff\xfe{"facts": []}', 422),
        (b'{"facts": ' + b"[" * 100_000, 422),
        (b'{"facts": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 422),
    ],
    ids=range(13),
)
def test_body_of_another_shape_is_refused(sender: Sender, body: bytes, status: int) -> None:
    answered, answer = sender.send(body)
    assert (answered, list(answer)) == (status, ["error"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('"quantity": 1' + "0" * 5000, "quantity 'inf' is not a whole number"),
        ('"quantity": 1e400', "quantity 'inf' is not a whole number"),
        ('"quantity": 99999999999999999999', "quantity '1e+20' is not a whole number"),
        ('"session": "\\ud800", "quantity": 1', "session is not valid Unicode (a lone surrogate)"),
        ('"session": "a\\u0000b", "quantity": 1', "session has a NUL character"),
        ('"session": ' + "[" * 200 + "]" * 200 + ', "quantity": 1', "session is not a text"),
    ],
)
def test_hostile_value_costs_only_its_own_fact(sender: Sender, text: str, reason: str) -> None:
    bad = '{"id": "bad", "creator": "ada.live", "metric": "coins", "at": "2026-02-15T10:00:00Z", ' + text + "}"
    body = f'{{"facts": [{json.dumps(fact("f-1"))}, {bad}, {json.dumps(fact("f-2"))}]}}'.encode()
    status, answer = sender.send(body)
    assert (status, answer["accepted"]) == (200, 2)
    assert answer["rejected"] == [{"index": 1, "id": "bad", "reason": reason}]


def test_lone_surrogate_in_an_id_can_be_answered(sender: Sender) -> None:
    status, answer = sender.send(b'{"facts": [{"id": "x\\ud800"}]}')
    assert (status, answer["rejected"][0]["id"]) == (200, "x?")


def test_megabyte_is_taken_and_no_more(sender: Sender) -> None:
    start = b'{"facts": [], "padding": "'
    exact = start + b"x" * (1024 * 1024 - len(start) - 2) + b'"}'
    assert sender.send(exact) == (200, taken())
    assert sender.send(exact + b" ")[0] == 413


def test_other_content_is_refused_unread(sender: Sender) -> None:
    assert sender.send({"facts": []}, content_type="text/plain")[0] == 415
    assert sender.send({"facts": []}, content_type="application/json; charset=utf-8")[0] == 200
    bomb = gzip.compress(b'{"facts": [' + b" " * 10_000_000 + b"]}")
    headers = {**sender.headers(b"{}"), "content-encoding": "gzip"}
    assert sender.send(bomb, headers=headers)[0] == 415


def test_name_that_can_be_no_source_is_no_address(sender: Sender) -> None:
    assert sender.client.post("/ingest/%00/", b"{}", content_type="application/json").status_code == 404


def test_only_post_is_answered(sender: Sender) -> None:
    assert sender.client.get(sender.url).status_code == 405


def test_body_without_a_length_is_refused(sender: Sender) -> None:
    answer = sender.client.generic("POST", sender.url, b"", content_type="application/json", CONTENT_LENGTH="")
    assert answer.status_code == 411


def live(room: str = "room-1", **changes: Any) -> dict[str, Any]:
    return {"live": room, "creator": "ada.live", "started_at": "2026-02-15T09:00:00Z", "ended_at": None, **changes}


def test_live_is_stored_and_its_newest_report_stands(source: Source, sender: Sender) -> None:
    status, answer = sender.send({"lives": [live(title="Morning", url="https://example.org/live")]})
    assert (status, answer) == (200, {**taken(), "lives": {"accepted": 1, "rejected": []}})
    stored = Live.objects.get()
    assert (stored.room, stored.entry.creator.handle, stored.title) == ("room-1", "ada.live", "Morning")
    assert stored.url == "https://example.org/live"
    assert sender.send({"lives": [live(title="Noon"), live(title="Over", ended_at="2026-02-15T11:00:00Z")]})[0] == 200
    stored.refresh_from_db()
    assert (stored.title, stored.ended_at) == ("Over", datetime(2026, 2, 15, 11, tzinfo=UTC))
    assert not Fact.objects.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"creator": "nobody"}, 'creator "nobody" is unknown in this fest'),
        ({"started_at": None}, "started_at is missing"),
        ({"ended_at": "2026-02-15T08:00:00Z"}, "ended_at 2026-02-15T08:00:00+00:00 is before started_at 2026-02-15T09"),
        ({"url": "javascript:alert(1)"}, 'url "javascript:alert(1)" is no web address; write one that begins with'),
        ({"title": "x" * 301}, "title has 301 characters; at most 300 are taken"),
        ({"live": 7}, "live is not a text"),
    ],
    ids=str,
)
def test_bad_live_is_rejected_and_the_rest_taken(sender: Sender, change: dict[str, Any], reason: str) -> None:
    status, answer = sender.send({"facts": [fact()], "lives": [live(**change), live("room-2")]})
    assert (status, answer["accepted"], answer["lives"]["accepted"]) == (200, 1, 1)
    (rejected,) = answer["lives"]["rejected"]
    assert rejected["index"] == 0
    assert rejected["reason"].startswith(reason)


def test_live_that_nobody_touched_for_twelve_hours_counts_as_ended(sender: Sender) -> None:
    sender.send({"lives": [live(), live("room-2", ended_at="2026-02-15T10:00:00Z")]})
    reported_at = Live.objects.get(room="room-1").reported_at
    on_air = Live.objects.on_air(reported_at + timedelta(hours=12) - timedelta(microseconds=1))
    assert [one.room for one in on_air] == ["room-1"]
    assert not Live.objects.on_air(reported_at + timedelta(hours=12)).exists()


def test_sample_by_webhook_is_the_same_as_by_file(uk_valentine: Fest, campaigns: Path, settings: Settings) -> None:
    """Lines that are no JSON can't stand in a call; a text in their place is no fact either."""
    settings.LIVEFEST_NOW = "2026-02-17T00:00:00Z"
    for name in ("example", "sample"):
        load_creators(fest=uk_valentine, data=(campaigns / f"uk-valentine.{name}.creators.csv").read_bytes())
    sender = Sender(add_secret(source=create_source(fest=uk_valentine, name="platform"), by=None))
    facts = []
    for line in (campaigns / "uk-valentine.sample.facts.jsonl").read_bytes().splitlines():
        try:
            facts.append(json.loads(line))
        except ValueError:
            if line.strip():
                facts.append("no fact")
    totals: Counter[str] = Counter()
    for start in range(0, len(facts), 1000):
        status, answer = sender.send({"facts": facts[start : start + 1000]})
        assert status == 200
        totals += Counter({key: value if isinstance(value, int) else len(value) for key, value in answer.items()})
    assert totals == {"accepted": 9146, "duplicates": 180, "conflicts": 90, "rejected": 20}
    assert Fact.objects.count() == 9146
