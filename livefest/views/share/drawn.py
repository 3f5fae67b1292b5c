"""What the pictures say: the texts of a page, in its language as far as the font has its letters.

Names go by what `livefest.drawing.drawable` makes of them: in the page's language, else as the organiser wrote them,
else the slug or handle. The site's own words are in English where the page's language can't be drawn.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.challenge_page import Card
from creators.former import former_creator, is_former
from creators.models import Entry, Group, Live, Profile
from livefest.drawing import can_draw, drawable, in_words
from livefest.models import Announcement, Fest
from livefest.site import region_name
from livefest.views.coming import phase_of
from livefest.views.creator_page import Rank, ranks_of
from livefest.views.places import boards_of, group_names, period_label
from livefest.views.share import posters
from livefest.views.showcase.summary import SummaryPage
from rankings.board_page import Row, rows_of_page
from rankings.copies import shown_belonging
from rankings.models import Board
from rankings.standings import find_standing, page

TOP = 5
FIRST_FLAG = 0x1F1E6  # the letter A of a flag


def named(row: Any) -> str:
    """Of a row with a name that may have translations, and a slug."""
    return drawable(row.local.name, row.name, row.slug)


def dotted(*texts: str) -> str:
    """Those of the texts that can be drawn, in one line."""
    return " · ".join(text for text in texts if can_draw(text))


def of_site() -> bytes:
    return posters.headline("LIVE Fest", eyebrow="", lines=[in_words(lambda: _("LIVE festivals"))])


def of_fest(fest: Fest, now: datetime) -> bytes:
    phase = phase_of(fest, now)
    days = fest.days()
    number = next((number for number, day in enumerate(days, 1) if day.starts <= now < day.ends), 0)
    said = {
        "before": lambda: _("Begins on %(day)s") % {"day": date_format(fest.starts_on, "DATE_FORMAT")},
        "during": lambda: _("Day %(number)s of %(days)s") % {"number": number, "days": len(days)},
        "after": lambda: _("The festival is over."),
    }
    regions = fest.regions.count()
    lines = [in_words(said[phase]), in_words(lambda: from_to(fest.starts_on, fest.ends_on))]
    if regions:
        lines.append(in_words(lambda: many_regions(regions)))
    return posters.headline(named(fest), eyebrow=in_words(lambda: _("LIVE festival")), lines=lines)


def of_board(board: Board, *, within: str, period: str) -> bytes:
    """Its first five, as the public is shown them."""
    standing = find_standing(board, within=within, period=period)
    rows = rows_of_page(board, page(standing, count=TOP), number=1) if standing else []
    return posters.table(
        named(board),
        eyebrow=named(board.fest),
        line=dotted(place_words(board, within), in_words(lambda: period_label(board, period))),
        rows=[line_of(row) for row in rows],
        empty=in_words(lambda: _("Nobody is ranked here yet. The first points put somebody on top.")),
    )


def line_of(row: Row) -> posters.Line:
    name = in_words(former_creator) if is_former(row["key"]) else drawable(row["name"], row["key"])
    region = "".join(chr(ord(letter) - FIRST_FLAG + ord("A")) for letter in row["flag"])
    return posters.Line(str(intcomma(row["rank"])), name, region, str(intcomma(row["score"])))


def place_words(board: Board, within: str) -> str:
    if board.within == Board.Within.REGION and within:
        return in_words(lambda: region_name(within).name) or within
    if board.within == Board.Within.GROUP:
        group = Group.objects.filter(fest=board.fest_id, slug=within).first()
        return named(group) if group else drawable(within)
    return drawable(within) if within else ""


def of_creator(fest: Fest, entry: Entry, now: datetime) -> bytes:
    ranks, _earlier = ranks_of(entry, shown_belonging(entry), boards_of(fest), group_names(fest))
    region = region_name(entry.region.code) if entry.region else None
    lines = rank_lines(ranks[0]) if ranks else []
    if region:
        lines.append(in_words(lambda: region_name(region.code).name) or region.code)
    on_air = Live.objects.on_air(now).filter(entry=entry).exists()
    return posters.headline(
        name_drawn(entry),
        eyebrow=named(fest),
        lines=lines,
        face=face_of(entry),
        live=in_words(lambda: _("LIVE")) if on_air else "",
    )


def name_drawn(entry: Entry) -> str:
    return drawable(entry.creator.name or entry.creator.handle, entry.creator.handle)


def rank_lines(rank: Rank) -> list[str]:
    where = dotted(
        named(rank.board),
        place_words(rank.board, rank.which.within),
        in_words(lambda: period_label(rank.board, rank.which.period)),
    )
    return [in_words(lambda: rank_words(rank)), where]


def rank_words(rank: Rank) -> str:
    return _("Rank %(rank)s of %(size)s") % {"rank": intcomma(rank.rank), "size": intcomma(rank.size)}


def face_of(entry: Entry) -> bytes:
    """Their own picture; empty where they have none."""
    profile = Profile.objects.filter(creator=entry.creator_id).select_related("picture").first()
    return bytes(profile.picture.content) if profile and profile.picture else b""


def of_summary(fest: Fest, shown: SummaryPage) -> bytes:
    best = shown.ranks[0] if shown.ranks else None
    counted = [
        (shown.points, many_points),
        (shown.days_live, many_days),
        (shown.challenges, many_challenges),
    ]
    return posters.headline(
        name_drawn(shown.entry),
        eyebrow=named(fest),
        lines=[
            *(rank_lines(best) if best else []),
            dotted(*(in_words(lambda count=count, say=say: say(count)) for count, say in counted if count)),  # type: ignore[misc]
        ],
        in_sun=f"#{intcomma(best.rank)}" if best else "",
    )


def of_challenge(card: Card) -> bytes:
    """Its goals, and when it is on."""
    goals = in_words(lambda: " + ".join(f"{amount} {metric}" for amount, metric in card.goals))
    zone = card.challenge.fest.zone
    starts, ends = card.starts.astimezone(zone), card.ends.astimezone(zone)
    lines = [goals, in_words(lambda: from_to(starts, ends, "MOMENT_FORMAT"))]
    eyebrow = dotted(named(card.challenge.fest), in_words(lambda: _("Challenge")))
    return posters.headline(named(card.challenge), eyebrow=eyebrow, lines=lines)


def of_update(update: Announcement) -> bytes:
    """Its picture, else its title."""
    if update.picture:
        return posters.photograph(bytes(update.picture.content))
    day = update.published_at.astimezone(update.fest.zone).date()
    return posters.headline(
        in_words(lambda: update.local.title) or in_words(lambda: _("Update")),
        eyebrow=dotted(named(update.fest), in_words(lambda: _("Update"))),
        lines=[in_words(lambda: date_format(day, "DATE_FORMAT"))],
    )


def from_to(starts: Any, ends: Any, form: str = "DATE_FORMAT") -> str:
    return _("%(starts)s to %(ends)s") % {"starts": date_format(starts, form), "ends": date_format(ends, form)}


def many_regions(count: int) -> str:
    text = ngettext("%(count)s country or region", "%(count)s countries and regions", count)
    return text % {"count": intcomma(count)}


def many_points(count: int) -> str:
    return ngettext("%(points)s point", "%(points)s points", count) % {"points": intcomma(count)}


def many_days(count: int) -> str:
    return ngettext("%(count)s day LIVE", "%(count)s days LIVE", count) % {"count": intcomma(count)}


def many_challenges(count: int) -> str:
    return ngettext("%(count)s challenge met", "%(count)s challenges met", count) % {"count": intcomma(count)}
