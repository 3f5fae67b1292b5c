"""The simulator's traffic, as the real webhook takes it, and its patience with a site that is away."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from standardwebhooks import Webhook

from creators.models import Fact, Live
from demo.dirt import Dirt
from demo.habits import iso
from demo.people import make_people
from demo.sender import NotTaken, Sender
from demo.stage import make_fest, simulator_input
from demo.world import Performer, Traffic, World
from livefest.models import Fest

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def make_world(seed: int = 1, *, rate: float = 40) -> World:
    cast = [Performer(person.handle, person.region, person.category) for person in make_people(200, seed=1)]
    return World(cast, seed=seed, rate=rate, run="run", fans=4000)


def play(world: World, seconds: int, now: datetime = NOW) -> list[Traffic]:
    return [world.step(now + timedelta(seconds=second)) for second in range(seconds)]


def test_same_seed_same_traffic() -> None:
    assert play(make_world(), 90) == play(make_world(), 90) != play(make_world(2), 90)


def test_time_on_air_is_told_every_minute_and_adds_up() -> None:
    world = make_world()
    traffic = [*play(world, 600), world.end_all(NOW + timedelta(seconds=600))]
    told = Counter[str]()
    for fact in (fact for one in traffic for fact in one.facts if fact["metric"] == "live_seconds"):
        assert fact["quantity"] <= 61
        told[fact["session"]] += fact["quantity"]
    ended = [live for one in traffic for live in one.lives if live["ended_at"]]
    assert len(ended) >= 8
    for live in ended:
        seconds = datetime.fromisoformat(live["ended_at"]) - datetime.fromisoformat(live["started_at"])
        assert told[live["live"]] == seconds.total_seconds()


def test_more_are_on_air_in_their_evening() -> None:
    def on_air_at(hour: int) -> int:
        cast = [Performer(person.handle, "JP", person.category) for person in make_people(200, seed=1)]
        world = World(cast, seed=1, rate=1, run="run", fans=10)
        play(world, 60, NOW.replace(hour=hour, minute=0))
        return len(world.on_air)

    assert on_air_at(12) > 3 * on_air_at(19)  # UTC: nine in the evening and four in the morning in Japan


def test_a_session_is_not_longer_for_a_pause() -> None:
    world = make_world()
    play(world, 60)
    planned = {session.room: session.ends for session in world.on_air.values()}
    traffic = world.step(NOW + timedelta(hours=20))
    for live in (live for live in traffic.lives if live["ended_at"]):
        assert datetime.fromisoformat(live["ended_at"]) == planned[live["live"]]


def test_lives_of_before_go_on_or_are_ended_where_they_were_last_seen() -> None:
    world = make_world()
    ours, other = list(world.cast)[:2]
    minute = timedelta(minutes=1)

    def live(room: str, handle: str, reported_at: datetime) -> dict[str, Any]:
        begun = NOW - 300 * minute
        names = {"live": room, "creator": handle, "title": "t", "url": "https://www.example.com"}
        return names | {"started_at": iso(begun), "reported_at": iso(reported_at)}

    traffic = world.resume([live("a", ours, NOW - minute), live("b", other, NOW - 60 * minute)], NOW)
    assert [(report["live"], report["ended_at"]) for report in traffic.lives] == [("b", iso(NOW - 60 * minute))]
    assert [session.room for session in world.on_air.values()] == ["a"]
    told = [fact for fact in world.step(NOW).facts if fact["metric"] == "live_seconds"]
    assert [(fact["session"], fact["quantity"]) for fact in told] == [("a", 60)]


def test_the_webhook_makes_of_it_what_was_meant(db: None, client: Client) -> None:
    now = datetime.now(UTC)
    fest = make_fest(creators=200, seed=1, now=now, tell=lambda text: None)
    given = json.loads(simulator_input(fest))
    world = World([Performer(*one) for one in given["cast"]], seed=1, rate=60, run="run", fans=4000)
    dirt = Dirt(seed=1, run="run")
    good = 0
    answers: Counter[str] = Counter()
    before = Fact.objects.count()
    traffics = [world.resume(given["lives"], now), *play(world, 60, now - timedelta(seconds=60)), world.end_all(now)]
    for number, traffic in enumerate(traffics):
        good += len(traffic.facts)
        body = json.dumps({"facts": dirt.over(traffic.facts), "lives": traffic.lives[:100]})
        signed = datetime.now(UTC)
        headers = {
            "webhook-id": f"call-{number}",
            "webhook-timestamp": str(int(signed.timestamp())),
            "webhook-signature": Webhook(given["secret"]).sign(f"call-{number}", signed, body),
        }
        response = client.post("/ingest/simulator/", body, content_type="application/json", headers=headers)
        assert response.status_code == 200, response.content
        answer = response.json()
        assert not answer.get("lives", {}).get("rejected")
        answers["accepted"] += answer["accepted"]
        answers["duplicates"] += answer["duplicates"]
        answers["conflicts"] += len(answer["conflicts"])
        answers["rejected"] += len(answer["rejected"])
    assert answers == dirt.added + Counter(accepted=good)
    assert min(dirt.added.values()) > 0
    assert dirt.added.total() < 0.05 * good
    assert Fact.objects.count() - before == answers["accepted"]
    assert not Live.objects.filter(ended_at=None).exists()
    assert Fest.objects.count() == 1


class Site(HTTPServer):
    """A webhook that answers what it is told to: a status, or None for no answer at all."""

    def __init__(self, answers: list[int | None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self.calls: list[tuple[str, str]] = []


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        Webhook(SECRET).verify(body, dict(self.headers))
        self.server.calls.append((self.headers["webhook-id"], body))
        status = self.server.answers.pop(0)
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(b'{"accepted": 1}')

    def log_message(self, *args: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site([])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def sender_to(site: Site, *, stop: bool = False) -> Sender:
    return Sender(
        host="127.0.0.1",
        port=site.server_port,
        source="simulator",
        secret=SECRET,
        run="run",
        stopping=lambda: stop,
        tell=lambda line: None,
    )


def test_a_call_is_sent_until_it_is_taken(site: Site) -> None:
    site.answers += [503, None, 500, 200]
    assert sender_to(site).send({"facts": []}) == {"accepted": 1}
    assert site.calls == [("call-run-1", '{"facts": []}')] * 4


def test_a_call_refused_for_good_is_not_sent_again(site: Site) -> None:
    site.answers += [401]
    with pytest.raises(NotTaken, match="401"):
        sender_to(site).send({"facts": []})
    assert len(site.calls) == 1


def test_told_to_stop_it_gives_up(site: Site) -> None:
    site.answers += [503]
    assert sender_to(site, stop=True).send({"facts": []}) is None
