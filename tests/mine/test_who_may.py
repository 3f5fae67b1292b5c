"""Who may open and send what: every address of the URLconf but the admin's, which tests/livefest/test_roles.py has."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from django.contrib.auth.models import Group as Role
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from creators.correction_steps import propose
from creators.corrections import Size, disqualification
from creators.enquiries import ask
from creators.models import Correction, Entry, Group, JoinRequest, Membership, Participation
from creators.planned_lives import plan_live
from livefest.models import Fest, User
from livefest.notifications import kinds
from livefest.unsubscribing import token_for
from tests.mine.conftest import NOW, agree_to_age, take_part

FEST = "uk-valentine"
ROLES = ["organiser", "moderator", "rewards", "auditor"]
OUTSIDE = ["account", "staff", *ROLES]  # signed in, and no creator of this fest
CREATORS = ["creator", "other", "suspended"]
VISITORS = ["viewer", *OUTSIDE, *CREATORS]
FEW = ["viewer", "account", "suspended", "organiser"]

# What somebody gets to see. "in": what the page is for, or what it says of an empty form.
IN, SIGN_IN, TAKE_PART, REFUSED, NOTHING, NO_WAY = "in", "sign in", "take part", "403", "404", "405"


class May(NamedTuple):
    """What each kind of visitor gets; `owner` is the creator whose it is, `other` any other creator."""

    viewer: str
    outside: str
    owner: str
    other: str
    suspended: str

    def of(self, visitor: str) -> str:
        if visitor in OUTSIDE:
            return self.outside
        return {"viewer": self.viewer, "creator": self.owner, "other": self.other, "suspended": self.suspended}[visitor]


ANYONE = May(IN, IN, IN, IN, IN)
NOBODY = May(NO_WAY, NO_WAY, NO_WAY, NO_WAY, NO_WAY)
ACCOUNT = May(SIGN_IN, IN, IN, IN, IN)
ACCOUNT_READS = May(SIGN_IN, NO_WAY, NO_WAY, NO_WAY, NO_WAY)
ACCOUNT_SENDS = May(SIGN_IN, IN, IN, IN, REFUSED)
CREATOR = May(SIGN_IN, TAKE_PART, IN, IN, IN)
SENDS = May(SIGN_IN, TAKE_PART, IN, IN, REFUSED)
OWN = May(SIGN_IN, TAKE_PART, IN, NOTHING, NOTHING)
OWN_SENDS = May(SIGN_IN, TAKE_PART, IN, NOTHING, REFUSED)
# Of an award that there isn't: nobody has one before results are certified. tests/rewards/test_claims.py has winners.
NOBODYS = May(SIGN_IN, TAKE_PART, NOTHING, NOTHING, NOTHING)
NOBODYS_TICKET = May(SIGN_IN, TAKE_PART, NOTHING, NOTHING, REFUSED)
NOBODYS_SENT = May(SIGN_IN, TAKE_PART, NOTHING, NOTHING, REFUSED)

# By name: who gets what by GET, and by an empty POST.
MINE = {
    "my_start": (CREATOR, NOBODY),
    "my_notifications": (ACCOUNT, ACCOUNT_READS),
    "my_notifications_read": (ACCOUNT_READS, ACCOUNT),
    "my_bell": (ANYONE, NOBODY),
    "my_choices": (ACCOUNT, ACCOUNT),
    "unsubscribe": (ANYONE, ANYONE),
    "my_profile": (ACCOUNT, ACCOUNT_SENDS),
    "my_profile_preview": (NOBODY, ACCOUNT_SENDS),
    "my_data": (ACCOUNT, NOBODY),
    "my_data_json": (ACCOUNT, NOBODY),
    "my_data_csv": (ACCOUNT, NOBODY),
    "my_data_delete": (ACCOUNT, ACCOUNT),
    "my_sign_ins": (ACCOUNT, NOBODY),
    "my_fest": (CREATOR, NOBODY),
    "my_rank": (ANYONE, NOBODY),
    "take_part": (ACCOUNT, ACCOUNT_SENDS),
    "take_part_proof": (NOBODY, May(SIGN_IN, TAKE_PART, TAKE_PART, TAKE_PART, REFUSED)),
    "take_part_consent": (May(SIGN_IN, IN, TAKE_PART, TAKE_PART, TAKE_PART), ACCOUNT_SENDS),
    "my_points": (CREATOR, NOBODY),
    "my_points_csv": (CREATOR, NOBODY),
    "my_enquiries": (CREATOR, NOBODY),
    "ask_missing": (CREATOR, SENDS),
    "appeal": (OWN, OWN_SENDS),
    "my_enquiry": (OWN, NOBODY),
    "my_challenges": (CREATOR, NOBODY),
    "join_challenge": (NOBODY, SENDS),
    "my_community": (CREATOR, NOBODY),
    "community_create": (CREATOR, SENDS),
    "community_leave": (NOBODY, SENDS),
    "community_withdraw": (NOBODY, SENDS),
    "community_join": (NOBODY, SENDS),
    "community_invitation": (CREATOR, SENDS),
    "community_ask": (NOBODY, SENDS),
    "community_way_in": (NOBODY, OWN_SENDS),
    "community_decide": (NOBODY, OWN_SENDS),
    "community_hand_over": (NOBODY, OWN_SENDS),  # it is somebody else's afterwards
    "my_awards": (CREATOR, NOBODY),
    "my_award": (NOBODYS, NOBODY),
    "claim_award": (NOBODY, NOBODYS_SENT),
    "decline_award": (NOBODYS, NOBODYS_SENT),
    "award_payee": (NOBODY, NOBODYS_SENT),
    "my_invitation": (NOBODYS, NOBODYS_SENT),
    **{f"my_ticket{kind}": (NOBODYS_TICKET, NOBODY) for kind in ("", "_png", "_pdf")},
    "my_lives": (CREATOR, SENDS),
    "my_live_cancel": (NOBODY, OWN_SENDS),
}
# allauth's, by GET: pages that lead in, and pages of an account. What is sent there tests/accounts has.
WAYS_IN = {
    *("account_login", "account_signup", "account_signup_by_passkey", "account_inactive", "account_request_login_code"),
    *("account_confirm_login_code", "account_email_verification_sent", "account_reset_password"),
    *("account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done"),
    *("mfa_authenticate", "mfa_login_webauthn", "mfa_signup_webauthn", "socialaccount_signup", "account_logout"),
    *("socialaccount_login_cancelled", "socialaccount_login_error"),
    *("google_login", "google_callback", "tiktok_login", "tiktok_callback"),
}
OF_ACCOUNTS = {
    *("account_reauthenticate", "account_email", "account_change_password", "account_set_password"),
    *("mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes"),
    *("mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn"),
    *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
    *("socialaccount_connections", "usersessions_list"),
}
# Public pages are the same for everybody (tests/pages/test_every_address.py); machines have theirs.
PUBLIC = {
    *("start", "home", "fest", "boards", "board_choose", "board_redirect", "board", "board_find", "board_stood_choose"),
    *("board_stood", "board_day", "board_day_find", "board_day_stood_choose", "board_day_stood", "ceremony", "groups"),
    *("group", "results", "verify", "verify_file", "results_edition", "results_file", "results_campaign", "rounds"),
    *("challenges", "challenge", "challenge_day", "creator", "rules", "updates", "feed", "picture"),
    *("rewards", "winners", "certificate", "certificate_png", "certificate_pdf"),
    *("live_now", "following", "following_cards", "search", "compare", "summary"),
    *("programme", "programme_day", "programme_calendar", "show", "show_calendar", "partners", "partner", "shopping"),
    *("update", "worker", "manifest", "offline", "robots", "sitemap", "sitemap_pages", "sitemap_part"),
    *("site_picture", "fest_picture", "board_picture", "board_day_picture", "creator_picture", "summary_picture"),
    *("challenge_picture", "update_picture"),
    *("embed_builder", "embed_board", "embed_creator", "overlay_board", "overlay_creator"),
}
OF_THE_API = {  # tests/api
    *("api_description", "api_fests", "api_fest", "api_boards", "api_board", "api_standing", "api_creator", "api_live"),
    *("api_challenges", "api_groups", "api_results", "api_nowhere"),
}
AT_THE_DOOR = {"doors", "door", "door_admit", "door_list"}  # tests/rewards/test_door.py
OF_MACHINES = {"live", "ready", "metrics", "ingest"}
OLD_NAMES = {None}  # allauth's former addresses, which lead to the present ones


def names(resolver: URLResolver | None = None, path: str = "") -> set[str | None]:
    found: set[str | None] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            found.add(pattern.name)
        elif path + str(pattern.pattern) != "admin/":
            found |= names(pattern, path + str(pattern.pattern))
    return found


def test_every_address_is_in_a_table() -> None:
    assert names() == {
        *MINE,
        *WAYS_IN,
        *OF_ACCOUNTS,
        *PUBLIC,
        *OF_THE_API,
        *AT_THE_DOOR,
        *OF_MACHINES,
        *OLD_NAMES,
    }


@pytest.fixture
def visitors(ada: Participation, uk_valentine: Fest) -> dict[str, Client]:
    """A browser of each kind of visitor. Ada owns the community and what the addresses name."""
    bo, cy = take_part(uk_valentine, "bo"), take_part(uk_valentine, "cy")
    agree_to_age(bo)
    agree_to_age(cy)
    Participation.objects.filter(pk=cy.pk).update(state=Participation.State.SUSPENDED, reason="Under review")
    users = {"creator": ada.user, "other": bo.user, "suspended": cy.user}
    users["account"] = User.objects.create_user("account", "account@example.org")
    for role in ["staff", *ROLES]:
        users[role] = User.objects.create_user(role, f"{role}@example.org", is_staff=True)
        users[role].groups.set(Role.objects.filter(name=role))
    browsers = {"viewer": Client()}
    for visitor, user in users.items():
        browsers[visitor] = Client()
        browsers[visitor].force_login(user)
    assert browsers.keys() == set(VISITORS)
    return browsers


@pytest.fixture
def named(ada: Participation, uk_valentine: Fest) -> dict[str, dict[str, object]]:
    """What the addresses name, by the address: all of it Ada's."""
    entry = Entry.objects.select_related("fest", "creator").get(creator__handle="ada.live")
    group = Group.objects.create(
        fest=uk_valentine, slug="c-choir", name="Choir", kind="community", roster=9, way_in="approval", made_at=NOW
    )
    Membership.objects.create(fest=uk_valentine, entry=entry, group=group, kind=group.kind, origin="joined", since=NOW)
    Group.objects.filter(pk=group.pk).update(owner=entry)
    dee, eve = take_part(uk_valentine, "dee"), Entry.objects.get(creator=take_part(uk_valentine, "eve").creator)
    Membership.objects.create(fest=uk_valentine, entry=eve, group=group, kind=group.kind, origin="joined", since=NOW)
    asked = JoinRequest.objects.create(
        fest=uk_valentine, entry=Entry.objects.get(creator=dee.creator), group=group, asked_at=NOW
    )
    staff = User.objects.create_superuser("super", "super@example.org")
    wrong = propose(disqualification(entry=entry), by=staff, reason="Somebody else's account", size=Size(0, 0))
    assert Correction.objects.in_force().filter(pk=wrong.pk).exists()
    enquiry = ask(entry=entry, text="Where is it?", by=entry, day=date(2026, 2, 13))
    live = plan_live(entry=entry, starts_at=NOW + timedelta(hours=2), title="Songs", by=entry)
    of_group: dict[str, object] = {"group": group.slug}
    return {
        "unsubscribe": {"token": token_for(ada.user, next(kind for kind in kinds() if not kind.always_by_email))},
        "appeal": {"correction": wrong.pk},
        "my_enquiry": {"enquiry": enquiry.pk},
        "join_challenge": {"challenge": "glow-rush"},
        "community_join": of_group,
        "community_invitation": {**of_group, "code": "K7QM-2XHD-9RTB"},
        "community_ask": of_group,
        "community_hand_over": of_group,
        "community_way_in": of_group,
        "community_decide": {**of_group, "request_id": asked.pk},
        "my_live_cancel": {"live": live.pk},
        **{name: {"award": 1} for name in ("my_award", "claim_award", "decline_award", "award_payee")},
        "my_invitation": {"award": 1},
        **{f"my_ticket{kind}": {"award": 1, "number": 1} for kind in ("", "_png", "_pdf")},
        "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
        "mfa_remove_webauthn": {"pk": 1},
        "mfa_edit_webauthn": {"pk": 1},
    }


def address(name: str, named: dict[str, dict[str, object]]) -> str:
    of_fest = name in MINE and not reverse_without_fest(name, named)
    return reverse(name, kwargs={**({"fest": FEST} if of_fest else {}), **named.get(name, {})})


def reverse_without_fest(name: str, named: dict[str, dict[str, object]]) -> bool:
    from livefest.views.mine.urls import of_account

    return name in {pattern.name for pattern in of_account}


SENT = {"my_notifications_read": {"until": "0"}, "community_hand_over": {"to": "eve"}}
ASKED = {"ask_missing": "?day=2026-02-13"}


def outcome(response: HttpResponseBase) -> str:
    if isinstance(response, StreamingHttpResponse):
        b"".join(response)  # it holds a file until it is read
    location = response.headers.get("Location", "")
    if location.startswith("/accounts/login/"):
        return SIGN_IN
    if location == f"/en/{FEST}/me/take-part/":
        return TAKE_PART
    if response.status_code in {403, 404, 405}:
        return str(response.status_code)
    assert response.status_code < 500, response.status_code
    return IN


@pytest.mark.parametrize("method", ["get", "post"])
def test_everybody_gets_what_is_theirs(
    method: str, visitors: dict[str, Client], named: dict[str, dict[str, object]], settings: Settings
) -> None:
    settings.RATELIMIT_ENABLE = False
    wrong = []
    for name, row in MINE.items():
        path, may = address(name, named) + ASKED.get(name, ""), row[method == "post"]
        for visitor in [*VISITORS[:-3], "suspended", "other", "creator"]:  # who may do it comes last
            got = outcome(getattr(visitors[visitor], method)(path, SENT.get(name) if method == "post" else None))
            if got != may.of(visitor):
                wrong.append(f"{method} {name} as {visitor}: {got}, not {may.of(visitor)}")
    assert not wrong, "\n".join(wrong)


def test_pages_of_an_account_are_for_who_is_signed_in(
    visitors: dict[str, Client], named: dict[str, dict[str, object]]
) -> None:
    paths = {name: address(name, named) for name in WAYS_IN | OF_ACCOUNTS}
    opened = {name for name in OF_ACCOUNTS if outcome(visitors["viewer"].get(paths[name])) != SIGN_IN}
    assert opened == set()
    for visitor in FEW[1:]:
        led = {name for name in OF_ACCOUNTS if outcome(visitors[visitor].get(paths[name])) == SIGN_IN}
        assert (visitor, led) == (visitor, set())
    for visitor in FEW:
        broken = {name for name in WAYS_IN if outcome(visitors[visitor].get(paths[name])) == REFUSED}
        assert (visitor, broken) == (visitor, set())
