"""The programme: its pages and its files for calendars."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar
from pytest_django import Settings

from creators.models import Creator, Entry, Participation, PlannedLive, Show, ShowHost
from livefest.models import Fest
from rankings.models import Rule, RuleBonus
from tests.mine.conftest import take_part
from tests.pages.conftest import NOW, assert_public, enter, forget, open_page, text
from tests.reference.small import moment
from tests.texts import words_of

PROGRAMME = "/en/small/programme/"
TODAY = "/en/small/programme/2026-02-15/"
CALENDAR = "/en/small/programme.ics"


def put_on(fest: Fest, title: str = "Opening", at: str = "15T20:00:00", hours: float = 1, **values: Any) -> Show:
    starts = moment(at)
    return Show.objects.create(fest=fest, title=title, starts=starts, ends=starts + timedelta(hours=hours), **values)


def host(show: Show, entry: Entry) -> None:
    ShowHost.objects.create(fest=show.fest, show=show, entry=entry)


def announced(fest: Fest, handle: str, at: str, title: str = "Songs") -> PlannedLive:
    participation = Participation.objects.filter(fest=fest, handle=handle).first() or take_part(fest, handle)
    entry = Entry.objects.get(fest=fest, creator=participation.creator)
    return PlannedLive.objects.create(fest=fest, entry=entry, starts_at=moment(at), title=title, made_at=NOW)


def titles(page: str) -> list[str]:
    """Of what stands on a day's page, in order."""
    return [words_of(title) for title in re.findall(r"<h3>(.*?)</h3>", page)]


def events(client: Client, path: str = CALENDAR) -> list[Any]:
    response = client.get(path)
    assert response.status_code == 200
    assert_public(response)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


# Day by day


def test_day_has_what_begins_then_in_order(client: Client, fest: Fest) -> None:
    rule = Rule.objects.get(fest=fest, slug="gifts")
    RuleBonus.objects.create(rule=rule, multiplier=2, daily_from="20:00", daily_until="22:00")
    put_on(fest, "Late", "15T23:00:00")
    put_on(fest, "Early", "15T12:00:00")
    put_on(fest, "Tomorrow", "16T12:00:00")
    page = open_page(client, TODAY)
    assert titles(page) == ["Early", "×2 on Coins", "Late"]
    assert words_of(page).count("On now") == 1


def test_days_are_the_fests(client: Client, fest: Fest) -> None:
    """From six to six in Kathmandu: what begins at three in the night is still of the evening before."""
    Fest.objects.update(time_zone="Asia/Kathmandu", day_starts="06:00")
    put_on(fest, "Night", "14T21:15:00")
    assert "Night" in titles(open_page(client, "/en/small/programme/2026-02-14/"))
    assert "Night" not in titles(open_page(client, TODAY))
    assert 'datetime="2026-02-15T03:00:00+05:45"' in open_page(client, "/en/small/programme/2026-02-14/")


def test_end_of_the_fest_is_of_its_last_day(client: Client, fest: Fest) -> None:
    assert titles(open_page(client, "/en/small/programme/2026-02-16/")) == ["The festival ends"]
    assert client.get("/en/small/programme/2026-02-17/").status_code == 404


def test_show_beside_the_fest_has_a_day_of_its_own(client: Client, fest: Fest) -> None:
    put_on(fest, "Party after", "20T20:00:00")
    assert titles(open_page(client, "/en/small/programme/2026-02-20/")) == ["Party after"]
    assert "Beside the festival" in open_page(client, PROGRAMME)
    assert client.get("/en/small/programme/2026-02-18/").status_code == 404


@pytest.mark.parametrize("day", ["2026-2-15", "20260215", "today", "2026-02-15T00:00:00", "²", "x" * 300])
def test_what_is_no_day_is_not_found(client: Client, fest: Fest, day: str) -> None:
    assert client.get(f"/en/small/programme/{day}/").status_code == 404


def test_what_goes_on_from_the_day_before_is_said(client: Client, fest: Fest) -> None:
    page = open_page(client, "/en/small/programme/2026-02-14/")
    assert titles(page) == ["Heats"]
    assert "Goes on" in page
    assert "Goes on" not in open_page(client, TODAY)


def test_bonus_window_over_midnight_is_listed_once(client: Client, fest: Fest) -> None:
    rule = Rule.objects.get(fest=fest, slug="gifts")
    RuleBonus.objects.create(rule=rule, multiplier=2, daily_from="22:00", daily_until="02:00")
    starts = [event.start for event in events(client) if "Coins" in event["summary"]]
    assert starts == [
        moment(f"{day}T{hour}") for day, hour in [(13, "00:00:00"), *((n, "22:00:00") for n in range(13, 17))]
    ]


def test_overview_has_a_card_for_each_day_to_come(client: Client, fest: Fest) -> None:
    for number in range(6):
        put_on(fest, f"Show {number}", f"16T1{number}:00:00")
    page = open_page(client, PROGRAMME)
    assert re.findall(r'id="day-([\d-]+)"', page) == ["2026-02-15", "2026-02-16"]
    assert re.findall(r'id="other-([\d-]+)"', page) == ["2026-02-13", "2026-02-14"]
    assert "and 3 more" in page


def test_overview_after_the_fest_has_all_days(client: Client, fest: Fest, settings: Settings) -> None:
    settings.LIVEFEST_NOW = "2026-03-01T00:00:00Z"
    page = open_page(client, PROGRAMME)
    assert re.findall(r'id="day-([\d-]+)"', page) == [f"2026-02-{day}" for day in range(13, 17)]
    assert "On now" not in page


def test_home_has_at_most_five_of_today(client: Client, fest: Fest) -> None:
    put_on(fest, "Over", "15T08:00:00")
    put_on(fest, "Under way", "14T23:00:00", hours=20)
    for number in range(6):
        put_on(fest, f"Show {number}", f"15T1{number + 3}:00:00")
    page = open_page(client, "/en/small/")
    shown = [words_of(one) for one in re.findall(r'<a class="reach" id="today-[^"]+"[^>]*>(.*?)</a>', page)]
    assert shown == ["Under way", "Show 0", "Show 1", "Show 2", "Show 3"]
    assert "2 more, and the other days" in page


# Announced LIVEs


def test_announced_lives_are_of_who_takes_part_and_to_come(client: Client, fest: Fest) -> None:
    announced(fest, "ada", "15T20:00:00", "<i>Songs</i>")
    announced(fest, "bo", "15T09:00:00", "Past")
    announced(fest, "di", "16T09:00:00", "Tomorrow")
    hidden = announced(fest, "cy", "15T21:00:00", "Hidden")
    Participation.objects.filter(handle="cy").update(state="suspended", reason="Because.")
    assert hidden.pk
    page = open_page(client, TODAY)
    assert titles(page) == ["<i>Songs</i>"]
    assert "<h3>&lt;i&gt;Songs&lt;/i&gt;</h3>" in page
    assert words_of(open_page(client, PROGRAMME)).count("1 announced LIVE") == 2


def test_announced_lives_go_on_without_gap_or_repetition(client: Client, fest: Fest) -> None:
    announced(fest, "ada", "15T13:00:00", "Live 00")
    entry = Entry.objects.get(fest=fest, creator__handle="ada")
    others = [
        PlannedLive(
            fest=fest,
            entry=entry,
            starts_at=moment("15T13:00:00") + timedelta(minutes=number),
            title=f"Live {number:02}",
            made_at=NOW,
        )
        for number in range(1, 95)
    ]
    PlannedLive.objects.bulk_create(others)
    seen, path = [], TODAY
    while path:
        page = open_page(client, path)
        seen.append([title for title in titles(page) if title.startswith("Live")])
        further = re.search(r'rel="next" href="([^"]+\?after=[^"]+)"', page)
        path = further[1] if further else ""
    assert [len(page) for page in seen] == [40, 40, 15]
    assert [title for page in seen for title in page] == [f"Live {number:02}" for number in range(95)]


def test_page_of_announced_lives_stays_when_its_last_has_begun(client: Client, fest: Fest, settings: Settings) -> None:
    first = announced(fest, "ada", "15T13:00:00", "First")
    announced(fest, "bo", "15T14:00:00", "Second")
    settings.LIVEFEST_NOW = "2026-02-15T13:30:00Z"
    assert titles(open_page(client, f"{TODAY}?after={first.pk}")) == ["Second"]


@pytest.mark.parametrize("after", ["x", "0", "-1", "99999999999999999999", "²", "\x00", "1"])
def test_announced_lives_after_what_is_not_there_are_not_found(client: Client, fest: Fest, after: str) -> None:
    assert client.get(TODAY, {"after": after}).status_code == 404


def test_pages_cost_the_same_queries_with_more_rows(
    client: Client, fest: Fest, queries_of: Callable[[str], int]
) -> None:
    def more(number: int) -> None:
        show = put_on(fest, f"Show {number}")
        host(show, enter(fest, f"host{number}"))
        announced(fest, f"guest{number}", f"15T1{number + 3}:00:00")

    paths = (PROGRAMME, TODAY, CALENDAR, "/en/small/")
    more(0)
    one = [queries_of(path) for path in paths]
    more(1)
    more(2)
    assert [queries_of(path) for path in paths] == one


# A show


def test_show_has_its_text_hosts_and_where_to_watch(client: Client, fest: Fest) -> None:
    show = put_on(fest, "<b>Opening</b>", text="One <i>&</i>\n\nTwo", url="https://live.example/opening")
    host(show, enter(fest, "eve", "Eve <u>E.</u>"))
    page = open_page(client, f"/en/small/programme/shows/{show.pk}/")
    assert "<h1>&lt;b&gt;Opening&lt;/b&gt;</h1>" in page
    assert "<p>One &lt;i&gt;&amp;&lt;/i&gt;</p> <p>Two</p>" in page
    assert '<a class="reach" href="/en/small/creators/eve/">Eve &lt;u&gt;E.&lt;/u&gt;</a>' in page
    assert 'href="https://live.example/opening" rel="noopener noreferrer nofollow"' in page


def test_hosts_who_left_or_are_suspended_are_not_put_forward(client: Client, fest: Fest) -> None:
    show = put_on(fest)
    host(show, enter(fest, "eve"))
    host(show, Entry.objects.get(fest=fest, creator=take_part(fest, "gone").creator))
    host(show, Entry.objects.get(fest=fest, creator=take_part(fest, "bad").creator))
    Creator.objects.filter(handle="gone").update(withdrawn_at=NOW)
    Participation.objects.filter(handle="bad").update(state="suspended", reason="Because.")
    page = open_page(client, f"/en/small/programme/shows/{show.pk}/")
    assert titles(page) == ["eve"]
    assert words_of(open_page(client, TODAY)).count(" eve ") == 1
    (event,) = events(client, f"/en/small/programme/shows/{show.pk}.ics")
    assert event["description"] == "With eve"


def test_show_of_another_fest_is_not_found(client: Client, fest: Fest, uk_valentine: Fest) -> None:
    show = put_on(uk_valentine)
    for end in ("/", ".ics"):
        assert client.get(f"/en/small/programme/shows/{show.pk}{end}").status_code == 404
        assert client.get(f"/en/small/programme/shows/{10**30}{end}").status_code == 404


def test_texts_are_in_the_language_of_the_page(client: Client, fest: Fest, settings: Settings) -> None:
    put_on(fest, "Opening", translations={"es": {"title": "Inauguración"}})
    assert titles(open_page(client, TODAY)) == ["Opening"]
    assert titles(open_page(client, TODAY.replace("/en/", "/es/"))) == ["Inauguración"]
    assert "Inauguración" in text(client.get(CALENDAR.replace("/en/", "/es/")))


# For calendars

EVENT = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//LIVE Fest//Programme//EN\r
CALSCALE:GREGORIAN\r
NAME:Opening\\; a\\, b\r
X-WR-CALNAME:Opening\\; a\\, b\r
BEGIN:VEVENT\r
UID:show-%(pk)d.small@livefest\r
DTSTAMP:20260214T100000Z\r
LAST-MODIFIED:20260214T100000Z\r
SEQUENCE:193226400\r
SUMMARY:Opening\\; a\\, b\r
DTSTART:20260215T200000Z\r
DTEND:20260215T210000Z\r
CATEGORIES:Show\r
DESCRIPTION:Back\\\\slash\\nand a long line that is folded after seventy-five\r
  bytes\\n\\nWith eve\r
LOCATION:https://live.example/a\\,b\r
URL:http://testserver/en/small/programme/shows/%(pk)d/\r
TRANSP:TRANSPARENT\r
END:VEVENT\r
END:VCALENDAR\r
"""


def saved_at(show: Show, at: datetime, **values: Any) -> None:
    Show.objects.filter(pk=show.pk).update(updated_at=at, **values)


def test_show_for_a_calendar_byte_by_byte(client: Client, fest: Fest) -> None:
    words = "Back\\slash\r\nand a long line that is folded after seventy-five bytes"
    show = put_on(fest, "Opening; a, b\x0b", text=words, url="https://live.example/a,b")
    host(show, enter(fest, "eve"))
    saved_at(show, datetime(2026, 2, 14, 10, 0, 0, 123456, tzinfo=UTC))
    response = client.get(f"/en/small/programme/shows/{show.pk}.ics")
    assert text(response) == EVENT % {"pk": show.pk}


def test_calendar_has_all_that_the_organiser_planned(client: Client, fest: Fest) -> None:
    fest.freeze = moment("16T18:00:00")
    fest.save()
    put_on(fest)
    announced(fest, "ada", "15T20:00:00")
    found = [(str(event["summary"]), event.start, event.get("dtend") and event.end) for event in events(client)]
    assert found == [
        ("Small: The festival begins", moment("13T00:00:00"), None),
        ("Small: Heats", moment("13T00:00:00"), moment("15T00:00:00")),
        ("Opening", moment("15T20:00:00"), moment("15T21:00:00")),
        ("Small: The boards freeze until the results", moment("16T18:00:00"), None),
        ("Small: The festival ends", moment("17T00:00:00"), None),
    ]
    assert len({str(event["uid"]) for event in events(client)}) == 5


def test_calendar_says_how_often_to_ask(client: Client, fest: Fest) -> None:
    calendar = text(client.get(CALENDAR))
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n" in calendar
    assert "\r\nSOURCE;VALUE=URI:http://testserver/en/small/programme.ics\r\n" in calendar
    assert "\n" not in calendar.replace("\r\n", "")
    assert max(len(line.encode()) for line in calendar.split("\r\n")) <= 75


def test_calendar_is_the_same_until_something_changes(client: Client, fest: Fest, settings: Settings) -> None:
    show = put_on(fest)
    saved_at(show, NOW)
    before = client.get(CALENDAR)
    settings.LIVEFEST_NOW = (NOW + timedelta(hours=3)).isoformat()
    forget()
    assert client.get(CALENDAR, headers={"If-None-Match": before["ETag"]}).status_code == 304
    saved_at(show, NOW + timedelta(hours=4))
    forget()
    assert client.get(CALENDAR, headers={"If-None-Match": before["ETag"]}).status_code == 200


def test_show_that_moves_is_the_same_event_of_a_later_version(client: Client, fest: Fest) -> None:
    show = put_on(fest)
    (before,) = events(client, f"/en/small/programme/shows/{show.pk}.ics")
    later = show.updated_at + timedelta(seconds=1)
    saved_at(show, later, starts=moment("16T20:00:00"), ends=moment("16T21:00:00"))
    forget()
    (after,) = events(client, f"/en/small/programme/shows/{show.pk}.ics")
    assert after["uid"] == before["uid"]
    assert after["sequence"] == before["sequence"] + 1
    assert (after.start, after["last-modified"].dt) == (moment("16T20:00:00"), later.replace(microsecond=0))
    show.delete()
    forget()
    assert client.get(f"/en/small/programme/shows/{show.pk}.ics").status_code == 404
    assert before["uid"] not in [event["uid"] for event in events(client)]
