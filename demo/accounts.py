"""The creators' side of the demo's fest: its star takes part, others wait for staff, and a question is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from creators.accounts import entry_of, participation_of
from creators.applications import Application, apply
from creators.enquiries import ask
from creators.models import Enquiry, Entry, Participation, PlannedLive
from creators.participations import approve
from creators.planned_lives import plan_live
from creators.proofs import prove
from demo.signins import SignIns, make_user, user_named
from livefest.consent import agree, present_terms
from livefest.models import Fest, Terms, User

TERMS = """You go LIVE as yourself, follow the rules of your platform, and are at least 18 years old.

What counts is what the platform reports. Staff correct what is wrong, and say why; you can appeal.

If you delete your account, public pages keep your handle, for results must be provable."""
APPLICANTS = {"nova.sings": "Nova", "kit.cooks": "Kit", "ondine.live": "Ondine"}
STAR_LIVES = [(2, "Songs you choose"), (26, "Unplugged, and your questions"), (50, "The long night")]  # hours from now


def open_creators_side(fest: Fest, sign_ins: SignIns) -> None:
    """Lets the demo's creator take part, and gives staff something to decide. Again it changes nothing."""
    Fest.objects.filter(pk=fest.pk).update(communities_by_creators=True)
    Terms.objects.get_or_create(fest=fest, version=1, defaults={"text": TERMS, "published_at": fest.starts})
    entry = taken_part(fest, user_named(sign_ins.creator.email), sign_ins.handle, by=user_named(sign_ins.staff.email))
    announce(entry)
    if not Enquiry.objects.filter(entry=entry).exists():
        ask(entry=entry, text="My LIVE at noon is missing: an hour with a match.", by=entry, day=fest.starts_on)
    for handle, name in APPLICANTS.items():
        email = f"{handle}@example.org"
        if not User.objects.filter(username=email).exists():
            make_user(email, None, first_name=name)
            region = fest.regions.first()
            applied = Application(way=Participation.Way.NEW, handle=handle, name=name, region=region)
            apply(user=user_named(email), fest=fest, application=applied)


def taken_part(fest: Fest, user: User, handle: str, *, by: User) -> Entry:
    """The entry of an account that has claimed the creator of this handle, which staff confirmed."""
    found = participation_of(user, fest)
    if found is None:
        agree(user=user, fest=fest, terms=present_terms(fest), minimum_age=fest.minimum_age or None)
        found = apply(user=user, fest=fest, application=Application(way=Participation.Way.CLAIM, handle=handle))
        if found.state == Participation.State.APPLIED:  # whose creator isn't theirs by another fest already
            found = prove(participation=found, proof=Participation.Proof.STAFF, code=found.code)
            found = approve(participation=found, by=by)
    entry = entry_of(found)
    assert entry is not None
    return entry


def announce(entry: Entry) -> None:
    now = datetime.now(UTC)
    if PlannedLive.objects.filter(entry=entry, starts_at__gt=now).exists():
        return
    hour = now.replace(minute=0, second=0, microsecond=0)
    for hours, title in STAR_LIVES:
        if (starts := hour + timedelta(hours=hours)) < entry.fest.ends:
            plan_live(entry=entry, starts_at=starts, title=title, by=entry)
