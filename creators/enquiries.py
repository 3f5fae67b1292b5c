"""What creators ask staff about their points: that something is missing, and appeals against corrections.

Asked for a session or a fest day, or against one correction in force; answered by staff, once.
`docs/why-these-points.md` says how a question goes.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from creators.accounts import user_of
from creators.actors import Actor, acts_for
from creators.models import Correction, Enquiry, Entry, Fact, Live
from creators.notices import ENQUIRY_ANSWERED
from livefest import clock
from livefest.audit import acting
from livefest.models import User
from livefest.models.translated import in_each_language
from livefest.notifications import notify

MOST_OPEN = 10
MOST_TEXT = 2000
TOLD = 200  # characters of a question that its notification repeats
ANSWER = "creators.answer_enquiry"

Kind = Enquiry.Kind
Outcome = Enquiry.Outcome


class EnquiryError(Exception):
    """What can't be asked or answered so. The text is for people: why, and what to do instead."""


class NotAllowed(EnquiryError):
    """It is not this person's to do."""


class Answered(EnquiryError):
    """It has another answer already."""


@transaction.atomic
def ask(*, entry: Entry, text: str, by: Actor, session: str = "", day: date | None = None) -> Enquiry:
    """Asks what is missing from a session or a fest day; the open question about it if it was asked in these words
    already. Raises EnquiryError."""
    refuse_stranger(entry, by)
    if not session and day is None:
        raise EnquiryError(_("Say which LIVE or which day it is about; choose it on the page of your points."))
    if day and day not in [one.date for one in entry.fest.days()]:
        raise EnquiryError(
            _("%(day)s is no day of the festival; choose one on the page of your points.") % {"day": day}
        )
    if session and not is_theirs(entry, session):
        raise EnquiryError(_("No LIVE of yours is known by this name; ask about the day instead."))
    return asked_once(entry, Kind.MISSING, text, session=session, day=day)


@transaction.atomic
def appeal(*, entry: Entry, correction: Correction, text: str, by: Actor) -> Enquiry:
    """Appeals against a correction in force that concerns the creator; the open appeal if it was made in these words
    already. Raises EnquiryError."""
    refuse_stranger(entry, by)
    if not Correction.objects.in_force().concerning(entry).filter(pk=correction.pk).exists():
        raise EnquiryError(_("This correction is not in force any more; there is nothing to appeal against."))
    return asked_once(entry, Kind.APPEAL, text, correction=correction)


def answer(*, enquiry: Enquiry, outcome: str, text: str, by: User) -> Enquiry:
    """Answers, and tells whose account the creator's is. The same answer again changes nothing. Raises EnquiryError,
    Answered where there is another."""
    if not by.has_perm(ANSWER):
        raise NotAllowed(_("Only staff who may answer enquiries can do this."))
    text = worded(text)
    if outcome not in (Outcome.ACCEPTED, Outcome.DECLINED):
        raise EnquiryError(_("Say whether it was put right or stays as it is."))
    with acting(by=by):
        rows = Enquiry.objects.select_for_update(of=["self"], no_key=True).select_related("fest", "entry__creator")
        found = rows.get(pk=enquiry.pk)
        if found.outcome != Outcome.OPEN:
            if (found.outcome, found.answer) == (outcome, text):
                return found
            raise Answered(
                _("It is answered already (%(outcome)s), and an answer stays; the creator can ask anew.")
                % {"outcome": found.get_outcome_display()}
            )
        found.outcome, found.answer = outcome, text
        found.answered_at, found.answered_by = clock.now(), by
        found.save(update_fields=["outcome", "answer", "answered_at", "answered_by"])
        tell(found)
        return found


def tell(enquiry: Enquiry) -> None:
    user = user_of(enquiry.entry)
    if user:
        data = {
            "fest": in_each_language(enquiry.fest),
            "asked": enquiry.text[:TOLD],
            "answer": enquiry.answer,
            "page": {"enquiry": enquiry.pk},
        }
        notify(user, ENQUIRY_ANSWERED, key=str(enquiry.pk), fest=enquiry.fest, data=data)


def asked_once(
    entry: Entry,
    kind: Kind,
    text: str,
    *,
    session: str = "",
    day: date | None = None,
    correction: Correction | None = None,
) -> Enquiry:
    text = worded(text)
    Entry.objects.select_for_update(no_key=True).get(pk=entry.pk)  # whoever asks at the same time waits, and is counted
    still_open = Enquiry.objects.filter(entry=entry, outcome=Outcome.OPEN)
    before = still_open.filter(kind=kind, session=session, day=day, correction=correction).first()
    if before and before.text == text:
        return before
    if before:
        raise EnquiryError(_("You have asked about this already, and it waits for its answer; you can ask anew then."))
    if still_open.count() >= MOST_OPEN:
        raise EnquiryError(
            _("%(most)d of your questions wait for an answer, and no more can; ask again once one is answered.")
            % {"most": MOST_OPEN}
        )
    return Enquiry.objects.create(
        fest_id=entry.fest_id,
        entry=entry,
        kind=kind,
        session=session,
        day=day,
        correction=correction,
        text=text,
        asked_at=clock.now(),
    )


def worded(text: str) -> str:
    """As it is stored: one way of ending lines, nothing around it. Raises EnquiryError."""
    text = text.replace("\r\n", "\n").strip()
    if not text or "\0" in text:
        raise EnquiryError(_("Write in words what it is about."))
    if len(text) > MOST_TEXT:
        raise EnquiryError(
            _("That is %(length)d characters; say it in %(most)d.") % {"length": len(text), "most": MOST_TEXT}
        )
    return text


def is_theirs(entry: Entry, session: str) -> bool:
    if "\0" in session:  # PostgreSQL refuses to look for it
        return False
    facts = Fact.objects.filter(entry=entry, session=session)
    return facts.exists() or Live.objects.filter(entry=entry, room=session).exists()


def refuse_stranger(entry: Entry, by: Actor) -> None:
    if not acts_for(by, entry):
        raise NotAllowed(_("Only “%(entry)s” or staff can do this.") % {"entry": entry})
