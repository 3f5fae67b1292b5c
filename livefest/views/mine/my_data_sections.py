"""What the export of somebody's data holds: one section for each kind of thing that is stored about them.

`NOT_EXPORTED` says why what else refers to an account or a creator isn't in it; a test holds that every model is in one
of the two. `docs/personal-data.md` is for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenges.models import Completion, Joining
from creators.models import (
    Correction,
    Enquiry,
    Entry,
    Fact,
    Group,
    JoinRequest,
    Live,
    Membership,
    Participation,
    Payment,
    PlannedLive,
    Profile,
)
from livefest.copies import own_copy
from livefest.models import AgeConfirmation, Notification, NotificationChoice, SignIn, TermsAcceptance, User
from rankings.models import Admission, Gain, Score
from rankings.own_ranks import own_ranks
from rewards.claims import decrypted
from rewards.invitations import needs_of
from rewards.models import Award, AwardStep, Claim, Invitation, PayoutLine
from rewards.my_awards import steps_of

AT_ONCE = 2_000  # rows that are in memory together


@dataclass(frozen=True)
class Owner:
    """Whose data it is: an account, and its creator's id, if it has one."""

    user: User
    creator: int | None

    @cached_property
    def entries(self) -> list[Entry]:
        found = Entry.objects.filter(creator=self.creator) if self.creator else Entry.objects.none()
        return list(found.select_related("fest", "creator"))

    @cached_property
    def scored(self) -> list[int]:
        """The ids of entries of which points are told: not during a freeze, unless the organiser has it so."""
        return [entry.pk for entry in self.entries if not is_hidden(entry)]


def is_hidden(entry: Entry) -> bool:
    copy = own_copy(entry.fest_id)
    return copy is not None and copy.is_freeze


@dataclass(frozen=True)
class Section:
    """`columns`: what each is called, and where it stands from the model's row on."""

    name: str
    title: str | Promise
    model: type[Model]
    columns: Mapping[str, str]
    of: Callable[[Owner], QuerySet[Any] | None]
    made: Callable[[Owner], Iterator[tuple[Any, ...]]] | None = field(default=None)

    def rows(self, owner: Owner) -> Iterator[tuple[Any, ...]]:
        """One after the other, however many there are."""
        if self.made:
            yield from self.made(owner)
        elif (found := self.of(owner)) is not None:
            yield from found.order_by("pk").values_list(*self.columns.values()).iterator(AT_ONCE)


def named(*names: str, **elsewhere: str) -> dict[str, str]:
    """Columns, those first that are called as they are stored."""
    return {name: name for name in names} | elsewhere


def of_user(model: Any) -> Callable[[Owner], QuerySet[Any]]:
    return lambda owner: model.objects.filter(user=owner.user)


def of_entries(model: Any) -> Callable[[Owner], QuerySet[Any] | None]:
    return lambda owner: model.objects.filter(entry__in=owner.entries) if owner.entries else None


def of_scored(model: Any) -> Callable[[Owner], QuerySet[Any] | None]:
    return lambda owner: model.objects.filter(entry__in=owner.scored) if owner.scored else None


def corrections(owner: Owner) -> QuerySet[Any] | None:
    """Those that came into force, as the public page tells them."""
    if not owner.entries:
        return None
    concerning = Q()
    for entry in owner.entries:
        concerning |= Q(pk__in=Correction.objects.concerning(entry).values("pk"))
    return Correction.objects.filter(concerning, in_force_at__isnull=False)


def ranks(owner: Owner) -> Iterator[tuple[Any, ...]]:
    for entry in owner.entries:
        for rank in own_ranks(entry):
            yield (
                *(entry.fest.slug, rank.board, rank.within, rank.period),
                *(rank.place.rank, rank.size, rank.place.score),
            )


def award_steps(owner: Owner) -> Iterator[tuple[Any, ...]]:
    """Without who of staff took them, and with the reasons that the award's page tells."""
    for award in Award.objects.filter(entry__in=owner.entries).order_by("pk"):
        for step in steps_of(award):
            yield award.pk, step.label, step.at, step.reason


def claims(owner: Owner) -> Iterator[tuple[Any, ...]]:
    found = Claim.objects.filter(award__entry__in=owner.entries).order_by("pk")
    for claim in found:
        details = decrypted(claim.details) if claim.details else {}
        yield claim.award_id, claim.claimed_at, details, claim.details_deleted_at


def invitations(owner: Owner) -> Iterator[tuple[Any, ...]]:
    found = Invitation.objects.filter(award__entry__in=owner.entries).select_related("event").order_by("pk")
    for one in found:
        needs = needs_of(one)
        yield (
            *(one.award_id, one.event.local.name, one.answer, one.people, one.answered_at),
            *(needs.companions, needs.diet, needs.access),
        )


FEST, OF_ENTRY = {"fest": "fest__slug"}, {"fest": "entry__fest__slug"}

SECTIONS = [
    Section(
        "account",
        _("Your account"),
        User,
        named(
            *("username", "email", "first_name", "last_name", "language", "time_zone", "quiet_from", "quiet_until"),
            *("date_joined", "last_login"),
        ),
        lambda owner: User.objects.filter(pk=owner.user.pk),
    ),
    Section(
        "email_addresses",
        _("E-mail addresses"),
        EmailAddress,
        named("email", "verified", "primary"),
        of_user(EmailAddress),
    ),
    Section(
        "terms_accepted",
        _("Terms that you accepted, with their text"),
        TermsAcceptance,
        named("accepted_at", fest="terms__fest__slug", version="terms__version", text="terms__text"),
        of_user(TermsAcceptance),
    ),
    Section(
        "ages_confirmed",
        _("Ages that you confirmed"),
        AgeConfirmation,
        FEST | named("minimum_age", "confirmed_at"),
        of_user(AgeConfirmation),
    ),
    Section("sign_ins", _("Sign-ins"), SignIn, named("at", "method", "browser", "address"), of_user(SignIn)),
    Section(
        "sessions",
        _("Where you are signed in"),
        UserSession,
        named("created_at", "last_seen_at", "ip", "user_agent"),
        of_user(UserSession),
    ),
    Section(
        "social_accounts",
        _("Accounts elsewhere that you sign in with, and what they told us"),
        SocialAccount,
        named("provider", "uid", "date_joined", "last_login", "extra_data"),
        of_user(SocialAccount),
    ),
    Section(
        "second_factors",
        _("Passkeys, authenticator apps and recovery codes, without their secrets"),
        Authenticator,
        named("type", "created_at", "last_used_at"),
        of_user(Authenticator),
    ),
    Section(
        "participations",
        _("Your applications, and what became of them"),
        Participation,
        FEST
        | named(
            "handle", "name", "way", "proof", "proved_at", "state", "reason", "applied_at", "decided_at", "category"
        )
        | {"region": "region__code"},
        of_user(Participation),
    ),
    Section(
        "profile",
        _("Your profile"),
        Profile,
        {"handle": "creator__handle", "name": "creator__name"}
        | named("bio", "links", "language", "since", picture="picture__digest"),
        of_user(Profile),
    ),
    Section(
        "entries",
        _("Where you take part"),
        Entry,
        FEST | {"region": "region__code", "category": "category"},
        lambda owner: Entry.objects.filter(creator=owner.creator) if owner.creator else None,
    ),
    Section(
        "memberships",
        _("Leagues and communities that you are in"),
        Membership,
        FEST | named("kind", "origin", "since", group="group__slug", name="group__name"),
        of_entries(Membership),
    ),
    Section(
        "communities_owned",
        _("Communities that you own"),
        Group,
        FEST | named("slug", "name", "way_in", "made_at"),
        lambda owner: Group.objects.filter(owner__in=owner.entries) if owner.entries else None,
    ),
    Section(
        "join_requests",
        _("Communities that you asked to join"),
        JoinRequest,
        FEST | named("asked_at", "outcome", "decided_at", group="group__slug"),
        of_entries(JoinRequest),
    ),
    Section(
        "joinings",
        _("Challenges that you joined"),
        Joining,
        OF_ENTRY | named("joined_at", challenge="challenge__slug"),
        of_entries(Joining),
    ),
    Section(
        "completions",
        _("Challenges that you met"),
        Completion,
        OF_ENTRY | named("period", "met_at", "won", challenge="challenge__slug"),
        of_scored(Completion),
    ),
    Section(
        "planned_lives",
        _("LIVEs that you announced"),
        PlannedLive,
        FEST | named("starts_at", "title", "url", "made_at", "cancelled_at"),
        of_entries(PlannedLive),
    ),
    Section(
        "lives",
        _("LIVEs that were reported"),
        Live,
        OF_ENTRY | named("room", "started_at", "ended_at", "title", "url", source="source__name"),
        of_entries(Live),
    ),
    Section(
        "enquiries",
        _("Your questions and appeals, with their answers"),
        Enquiry,
        FEST | named("kind", "session", "day", "text", "asked_at", "outcome", "answer", "answered_at"),
        of_entries(Enquiry),
    ),
    Section(
        "notifications",
        _("What you were told"),
        Notification,
        FEST | named("kind", "data", "made_at", "read_at", "email", "sent_at"),
        of_user(Notification),
    ),
    Section(
        "notification_choices",
        _("What you want to be told"),
        NotificationChoice,
        named("kind", "on_site", "by_email"),
        of_user(NotificationChoice),
    ),
    Section(
        "facts",
        _("What was reported that you did, with the public handles of supporters"),
        Fact,
        FEST
        | {"metric": "metric__slug", "id": "external_id", "source": "source__name", "reverses": "reverses__external_id"}
        | named("quantity", "at", "received_at", "session", "supporter", "counts"),
        of_entries(Fact),
    ),
    Section(
        "corrections",
        _("What staff corrected of it"),
        Correction,
        FEST
        | named("kind", "day", "quantity", "session", "starts", "ends", "since", "reason", "in_force_at", "undone_at")
        | {"metric": "metric__slug", "fact": "fact__external_id"},
        corrections,
    ),
    Section(
        "points",
        _("What each rule gave for it"),
        Gain,
        OF_ENTRY | named("day", "segment", "quantity", "points", "gained_at", rule="rule__slug"),
        of_scored(Gain),
    ),
    Section(
        "payments",
        _("Points that challenges and ranks paid"),
        Payment,
        OF_ENTRY | named("entitlement", "points", "at", metric="metric__slug"),
        of_scored(Payment),
    ),
    Section(
        "admissions",
        _("Rounds that you were admitted to, or not"),
        Admission,
        OF_ENTRY | named("admitted", "origin", "decided_at", "reason", round="opening__round__slug"),
        of_scored(Admission),
    ),
    Section(
        "ranks",
        _("Your ranks as they are now"),
        Score,
        named("fest", "board", "within", "period", "rank", "of", "score"),
        lambda _owner: None,
        ranks,
    ),
    Section(
        "awards",
        _("What you were awarded"),
        Award,
        {"award": "pk"}
        | FEST
        | named("within", "period", "handle", "rank", "score", "amount", "unit", "state", "deadline", "made_at")
        | {"reward": "reward__slug", "edition": "edition__number"},
        of_entries(Award),
    ),
    Section(
        "award_steps",
        _("How far each of it came"),
        AwardStep,
        named("award", "state", "at", "reason"),
        lambda _owner: None,
        award_steps,
    ),
    Section(
        "claims",
        _("What you gave to receive it"),
        Claim,
        named("award", "claimed_at", "details", "details_deleted_at"),
        lambda _owner: None,
        claims,
    ),
    Section(
        "invitations",
        _("Your invitations to award events, with what you answered"),
        Invitation,
        named("award", "event", "answer", "people", "answered_at", "companions", "diet", "access"),
        lambda _owner: None,
        invitations,
    ),
    Section(
        "payouts",
        _("What the payer said of paying you"),
        PayoutLine,
        named("award", "amount", "state", "reference", "problem", "answered_at"),
        lambda owner: PayoutLine.objects.filter(award__entry__in=owner.entries),
    ),
]

STAFF = "names the member of staff who decided; what was decided is in the section of its own row"
DERIVED = "computed from the facts by every refresh; what it comes to is in “points”, “completions” and “ranks”"
PROGRAMME = "what the organiser puts on, in public"
COPY = "a copy that public pages show for a time; the rows themselves are exported"

# By label, of models that refer to a user, a creator or an entry.
NOT_EXPORTED = {
    "livefest.AuditEntry": "what staff did; it is kept as evidence, and names staff alone as its actors",
    "livefest.PublicCopy": STAFF,
    "admin.LogEntry": "what a member of staff did in the admin",
    "account.EmailConfirmation": "a key that was sent to an address, until it is used",
    "socialaccount.SocialToken": "a secret",
    "creators.SourceSecret": STAFF,
    "creators.Mark": "says that points are to be computed anew, for some seconds",
    "creators.Tally": DERIVED,
    "creators.SupporterTally": DERIVED,
    "rankings.Contribution": DERIVED,
    "rankings.RankSeen": "the rank that somebody was told of last; it is in “notifications”",
    "challenges.CompletionCopy": COPY,
    "rankings.PointsCopy": COPY,
    "rankings.PaymentCopy": COPY,
    "rankings.ContributionCopy": COPY,
    "rankings.BelongingCopy": COPY,
    "creators.ShowHost": PROGRAMME,
    "creators.Spotlight": PROGRAMME,
    "creators.ProductShown": PROGRAMME,
    "rewards.EditionReview": STAFF,
    "rewards.SignedCheck": STAFF,
    "rewards.PayoutBatch": "a file for the payer, encrypted; what of it is theirs is in “awards” and “claims”",
    "rewards.PayoutExport": STAFF,
    "rewards.LedgerEntry": "follows from the award's steps, which are exported",
    "rewards.Ticket": "names who of staff let somebody in",
    "rankings.Ceremony": STAFF,
    "rankings.CeremonyStep": STAFF,
    "rankings.Edition": STAFF,
    "rankings.ResultsProposal": STAFF,
}
