"""A winner's certificate, which proves itself against the published results: its rank is looked up in the certified
standing each time, and its digest is that of the results' file, which anybody can download and check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from PIL import ImageDraw

from livefest import drawing
from livefest.drawing import INK, QUIET, SUN, WIDTH, Scene, drawable, fitting, poster
from livefest.models import Fest
from rankings.models import Board, Edition, Snapshot
from rankings.results import current_edition
from rankings.results_page import labels_of, people_of
from rankings.snapshots import snapshot_place
from rewards.drawing import new_pdf
from rewards.lists import lists_of
from rewards.models import Award, EditionReview
from rewards.models.award import GRANTED
from rewards.rewards_page import list_label, name_of_ranked, ranked_on

MARGIN = 72
GROUND = "#3b0a45"
SCENE = Scene(GROUND, ray="#48104f", glow="#96231f", centre=(WIDTH - 190, 190), radius=190)


@dataclass(frozen=True)
class Certificate:
    """Who stands where, by which edition. `key` is what to call them where the name can't be drawn: their handle, if
    the public may read it. `of` names the board or the challenge, `label` which of its lists."""

    award: Award
    edition: Edition
    key: str
    name: str
    rank: int
    of: str
    label: str
    sha256: str

    @property
    def list_name(self) -> str:
        return f"{self.of} · {self.label}" if self.label else self.of

    @property
    def certified_at(self) -> datetime:
        return localtime(self.edition.certified_at, self.award.fest.zone)


def certificate_of(fest: Fest, award: int) -> Certificate | None:
    """None where there is no such award that is approved or further, or the results don't have who it names."""
    related = ("fest", "edition", "reward__fest", "reward__board__fest", "reward__challenge")
    found = Award.objects.rightful().filter(fest=fest, pk=award, state__in=GRANTED).select_related(*related).first()
    if found is None:
        return None
    edition = edition_of(found)
    rank = rank_in(edition, found)
    if rank is None:
        return None
    reward = found.reward
    board = ranked_on(reward)
    person = people_of(board, [found.handle])[found.handle]
    return Certificate(
        award=found,
        edition=edition,
        key=person.key,
        name=person.name,
        rank=rank,
        of=name_of_ranked(reward),
        label=list_label(reward, found.within, found.period, labels_of(board)),
        sha256=edition.sha256,
    )


def edition_of(award: Award) -> Edition:
    """The present one once the award was found to stand by it; else the one by which it was made."""
    present = current_edition(award.fest)
    stands = EditionReview.Outcome.STANDS
    if present and EditionReview.objects.filter(award=award, edition=present, outcome=stands).exists():
        return present
    return award.edition


def rank_in(edition: Edition, award: Award) -> int | None:
    """By the edition's own rows."""
    board: Board | None = award.reward.board
    if board is None:
        for one in lists_of(edition, only=award.reward):
            if (one.within, one.period) == (award.within, award.period):
                return next((row.rank for row in one.rows() if row.handle == award.handle), None)
        return None
    wanted = {"pk__in": edition.standings, "board": board.slug, "within": award.within, "period": award.period}
    snapshot = Snapshot.objects.filter(**wanted).first()
    place = snapshot_place(snapshot, award.handle) if snapshot else None
    return place.rank if place else None


def lines_of(one: Certificate, url: str) -> list[tuple[int, str, str]]:
    """What it says, line by line: size, colour, text. Names that the font can't draw give way to the key."""
    fest = one.award.fest
    day = date_format(one.certified_at, "DATE_FORMAT")
    proof = _("Edition %(number)d of the results, certified on %(day)s") % {"number": one.edition.number, "day": day}
    return [
        (34, QUIET, drawable(fest.local.name, fest.name, fest.slug)),
        (84, INK, drawable(one.name, one.key)),
        (60, SUN, drawable(_("Rank %(rank)d") % {"rank": one.rank}, f"Rank {one.rank}")),
        (38, INK, drawable(one.list_name, one.of, fest.slug)),
        (26, QUIET, drawable(proof, f"Edition {one.edition.number}")),
        (22, QUIET, f"SHA-256 {one.sha256}"),
        (22, QUIET, url),
    ]


def as_png(one: Certificate, url: str) -> bytes:
    picture = poster(SCENE)
    draw = ImageDraw.Draw(picture)
    shown, face = fitting(f"#{one.rank}", 120, SCENE.radius + 40)
    draw.text(SCENE.centre, shown, fill=GROUND, font=face, anchor="mm")
    down = float(MARGIN)
    for size, colour, text in lines_of(one, url):
        beside_the_sun = down < 2 * SCENE.radius
        room = (SCENE.centre[0] - SCENE.radius if beside_the_sun else WIDTH) - 2 * MARGIN
        shown, face = fitting(text, size, room, least=14)
        draw.text((MARGIN, down), shown, fill=colour, font=face)
        down += size * 1.32
    return drawing.as_png(picture)


def as_pdf(one: Certificate, url: str) -> bytes:
    """A page of A4, with text that can be copied and a link to the proof."""
    pdf = new_pdf(drawable(one.name, one.key), landscape=True, language=get_language() or "en")
    pdf.set_creation_date(one.edition.certified_at)
    pdf.set_fill_color(59, 10, 69)
    pdf.rect(0, 0, pdf.w, pdf.h, style="F")
    pdf.set_draw_color(255, 181, 46)
    pdf.rect(8, 8, pdf.w - 16, pdf.h - 16)
    pdf.set_xy(20, 24)
    for size, colour, text in lines_of(one, url):
        shown, face = fitting(text, size, WIDTH - 2 * MARGIN, least=14)
        pdf.set_text_color(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))
        pdf.set_font(size=face.size * (pdf.w - 40) / (WIDTH - 2 * MARGIN) * 72 / 25.4)
        pdf.set_x(20)
        pdf.cell(0, size * 0.33, shown, link=url if text == url else "", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())
