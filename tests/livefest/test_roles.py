"""What each role may open and do in the admin: every page and every action, by one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group as Role
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from creators.models import Enquiry, Source, SourceSecret
from creators.sources import add_secret
from livefest import audit
from livefest.models import Announcement, Fest, User
from livefest.roles import ROLES, as_table
from rewards.models import AwardEvent, RequiredCheck
from tests.admin.conftest import live_fest, record, record_more
from tests.admin.pages import body

__all__ = ["live_fest", "record", "record_more"]  # fixtures

NOBODY = "nobody"  # staff without a role
ALL = {"organiser", "moderator", "rewards", "auditor"}
ORGANISER = {"organiser"}
PEOPLE = {"organiser", "moderator"}
REWARDS = {"organiser", "rewards"}
FULFILS = {"rewards"}
ASK_WHAT_IF = {"organiser", "moderator", "rewards"}
SEE = {"organiser", "auditor"}
STAFF_OF_CREATORS = {"organiser", "moderator", "auditor"}
NONE: set[str] = set()


class May(NamedTuple):
    """The roles that may see a kind of rows, and add, change and delete them."""

    see: set[str] = ALL
    add: set[str] = NONE
    change: set[str] = NONE
    delete: set[str] = NONE


CAMPAIGN = May(ALL, ORGANISER, ORGANISER, ORGANISER)
READ_ONLY = May()

PAGES = {
    "auth.Group": May(SEE),
    "challenges.Challenge": CAMPAIGN,
    "challenges.Completion": READ_ONLY,
    "challenges.Joining": May(ALL, PEOPLE),
    "creators.Correction": READ_ONLY,
    "creators.Creator": May(ALL, PEOPLE, PEOPLE),
    "creators.Enquiry": READ_ONLY,
    "creators.Entry": May(ALL, PEOPLE, PEOPLE),
    "creators.Fact": READ_ONLY,
    "creators.Group": May(ALL, ORGANISER, PEOPLE, ORGANISER),  # the row below is a community
    "creators.JoinRequest": READ_ONLY,
    "creators.Live": READ_ONLY,
    "creators.Mark": READ_ONLY,
    "creators.Participation": READ_ONLY,
    "creators.Payment": READ_ONLY,
    "creators.PlannedLive": May(ALL, change=PEOPLE),
    "creators.Product": CAMPAIGN,
    "creators.ProductShown": CAMPAIGN,
    "creators.Profile": May(ALL, change=PEOPLE),
    "creators.Spotlight": CAMPAIGN,
    "creators.Show": CAMPAIGN,
    "creators.Source": May(ALL, ORGANISER, ORGANISER),
    "livefest.AgeConfirmation": May(STAFF_OF_CREATORS),
    "livefest.Announcement": CAMPAIGN,
    "livefest.AuditEntry": May(SEE),
    "livefest.Fest": May(ALL, ORGANISER, ORGANISER),
    "livefest.Metric": CAMPAIGN,
    "livefest.Notification": May(STAFF_OF_CREATORS),
    "livefest.Partner": CAMPAIGN,
    "livefest.PublicCopy": READ_ONLY,
    "livefest.Round": CAMPAIGN,
    "livefest.Terms": May(ALL, ORGANISER, ORGANISER),  # the row below isn't published yet
    "livefest.TermsAcceptance": May(STAFF_OF_CREATORS),
    "livefest.User": May(SEE),
    "rankings.Admission": May(ALL, ORGANISER, ORGANISER),
    "rankings.Board": CAMPAIGN,
    "rankings.Ceremony": READ_ONLY,
    "rankings.Edition": READ_ONLY,
    "rankings.Opening": READ_ONLY,
    "rankings.ResultsProposal": READ_ONLY,
    "rankings.Rule": CAMPAIGN,
    "rankings.Score": READ_ONLY,
    "rankings.Standing": READ_ONLY,
    "rewards.Award": READ_ONLY,
    "rewards.AwardEvent": May(ALL, FULFILS, FULFILS, FULFILS),
    "rewards.LedgerEntry": READ_ONLY,
    "rewards.PayoutBatch": READ_ONLY,
    "rewards.PayoutLine": READ_ONLY,
    "rewards.RequiredCheck": May(ALL, FULFILS, FULFILS, FULFILS),
    "rewards.Reward": May(ALL, REWARDS, REWARDS, REWARDS),
}

# Pages beside Django's own: the roles that may get them, and those that may post to them; None: it takes none.
EXTRA: dict[str, tuple[set[str] | None, set[str] | None]] = {
    "livefest_fest_load": (ORGANISER, ORGANISER),
    "livefest_fest_export": (ALL, None),
    "livefest_announcement_preview": (ALL, None),
    "livefest_fest_campaign": (ALL, ORGANISER),
    "creators_entry_load": (PEOPLE, PEOPLE),
    "creators_source_secret": (None, ORGANISER),
    "creators_source_revoke": (ORGANISER, ORGANISER),
    "creators_source_pause": (None, ORGANISER),
    "creators_source_resume": (None, ORGANISER),
    "creators_correction_choose": (PEOPLE, PEOPLE),
    "creators_correction_propose": (PEOPLE, PEOPLE),
    "creators_correction_step": (PEOPLE, PEOPLE),
    "creators_enquiry_answer": (PEOPLE, PEOPLE),
    "rankings_freeze": (ORGANISER, ORGANISER),
    "rankings_reveal": (None, ORGANISER),
    "rankings_prepare": (None, ORGANISER),
    "rankings_resultsproposal_propose": (ORGANISER, ORGANISER),
    "rewards_award_approve": (REWARDS, REWARDS),
    "rewards_award_propose": (REWARDS, REWARDS),
    "rewards_award_what_if": (ASK_WHAT_IF, ASK_WHAT_IF),
    "rewards_awardevent_guests": (None, FULFILS),
    "rewards_payoutbatch_make": (None, FULFILS),
    "rewards_payoutbatch_reconcile": (ALL, None),
}
# They need a ceremony, a proposal, an award or a batch, and are opened by the tests of those.
ELSEWHERE = {
    *("rankings_ceremony_stage", "rankings_resultsproposal_approve", "rankings_resultsproposal_withdraw"),
    *(f"rewards_award_{page}" for page in ("claim", "sign", "step")),
    *(f"rewards_payoutbatch_{page}" for page in ("answer", "cancel", "export", "settle")),
}
OF_THE_SITE = {
    *("index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site"),
    *("app_list", "auth_user_password_change"),
}
ACTIONS = {
    **{(label, "delete_selected"): may.delete for label, may in PAGES.items()},
    ("creators.JoinRequest", "approve"): PEOPLE,
    ("creators.JoinRequest", "refuse"): PEOPLE,
    **{("creators.Participation", name): PEOPLE for name in ("saw_code", "approve", "refuse", "suspend", "lift")},
    ("livefest.Notification", "send_again"): ORGANISER,
    **{("rewards.Award", name): REWARDS for name in ("approve", "offer", "revoke")},
    **{("rewards.Award", name): FULFILS for name in ("verify", "fulfil", "ineligible")},
    **{("rewards.RequiredCheck", name): FULFILS for name in ("retire", "ask_again")},
}
# What no fest of these tests has: a row of it can't be opened.
RARE = {
    "creators.Correction",
    "livefest.PublicCopy",
    "rankings.Ceremony",
    "rankings.Edition",
    "rankings.ResultsProposal",
    "rewards.Award",
    "rewards.LedgerEntry",
    "rewards.PayoutBatch",
    "rewards.PayoutLine",
}
DEFAULT = ("changelist", "add", "change", "delete", "history")


def named_pages() -> set[str]:
    def walk(patterns: Any) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield pattern.name

    return set(walk(admin.site.get_urls()))


def models() -> dict[str, Any]:
    return {model._meta.label: (model, found) for model, found in admin.site._registry.items()}


@pytest.fixture
def rows(live_fest: Fest, record_more: Callable[..., None]) -> dict[str, Any]:
    """The newest row of every kind."""
    record_more(live_fest, 1)
    source = Source.objects.get()
    add_secret(source=source, by=None)
    owner = User.objects.create_user("somebody", email="somebody@example.org")
    RequiredCheck.objects.create(fest=live_fest, kind="cash", name="Tax form")
    times = {"answer_before": live_fest.ends, "starts": live_fest.ends, "ends": live_fest.ends + timedelta(hours=4)}
    AwardEvent.objects.create(fest=live_fest, name="Gala", place="Hall", time_zone="UTC", capacity=9, **times)
    with audit.acting(by=owner):
        audit.record(live_fest, verb="freeze")
    return {label: model._default_manager.order_by("-pk").first() for label, (model, _admin) in models().items()}


def sign_in(role: str) -> Client:
    user = User.objects.create_user(role, email=f"{role}@example.org", password="a long one", is_staff=True)
    if role != NOBODY:
        user.groups.add(Role.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def address(model: Any, page: str, row: Any) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[] if page in {"changelist", "add"} else [row.pk])


def test_every_page_and_action_is_in_the_table() -> None:
    assert set(models()) == set(PAGES)
    default = {
        f"{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model, _admin in models().values()
        for page in DEFAULT
    }
    assert named_pages() - default - OF_THE_SITE - ELSEWHERE == set(EXTRA)
    actions = {(label, action) for label, (_model, found) in models().items() for action in found.actions or []}
    assert {(label, action) for label, action in ACTIONS if action != "delete_selected"} == actions


@pytest.mark.parametrize("role", [*sorted(ALL), NOBODY])
def test_role_opens_what_the_table_says_and_nothing_else(role: str, rows: dict[str, Any]) -> None:
    client = sign_in(role)
    assert client.get("/admin/").status_code == 200
    found, expected = {}, {}
    for label, may in PAGES.items():
        if label not in rows or rows[label] is None:
            assert label in RARE
            continue
        row = rows[label]
        for page, roles in zip(DEFAULT, [may.see, may.add, may.see, may.delete, may.see & SEE], strict=True):
            expected[label, page] = role in roles
            response = client.get(address(type(row), page, row))
            found[label, page] = {200: True, 302: True, 403: False}[response.status_code]
        for page, roles in [("add", may.add), ("change", may.change), ("delete", may.delete)]:
            expected[label, f"post {page}"] = role in roles
            response = client.post(address(type(row), page, row), {})
            found[label, f"post {page}"] = {200: True, 302: True, 403: False}[response.status_code]
    assert {key for key in found if found[key] != expected[key]} == set()


@pytest.mark.parametrize("role", [*sorted(ALL), NOBODY])
def test_role_opens_the_extra_pages_that_the_table_says(role: str, rows: dict[str, Any]) -> None:
    client, fest, source = sign_in(role), Fest.objects.get(), Source.objects.get()
    arguments: dict[str, list[Any]] = {
        "livefest_fest_load": [],
        "livefest_fest_export": [fest.pk],
        "livefest_fest_campaign": [fest.pk],
        "creators_entry_load": [fest.pk],
        "creators_source_secret": [source.pk],
        "creators_source_revoke": [source.pk, SourceSecret.objects.get().pk],
        "creators_source_pause": [source.pk],
        "creators_source_resume": [source.pk],
        "creators_correction_choose": [],
        "creators_correction_propose": [fest.pk, "adjustment"],
        "creators_correction_step": [1, "approve"],  # there is none: who may take it is told so (404)
        "creators_enquiry_answer": [Enquiry.objects.get().pk],
        "livefest_announcement_preview": [Announcement.objects.values_list("pk", flat=True)[0]],
        "rankings_freeze": [fest.pk],
        "rankings_reveal": [fest.pk],
        "rankings_prepare": [fest.pk],
        "rankings_resultsproposal_propose": [fest.pk],
        "rewards_award_approve": [fest.pk],
        "rewards_award_propose": [fest.pk],
        "rewards_award_what_if": [Enquiry.objects.get().entry_id],
        "rewards_awardevent_guests": [AwardEvent.objects.get().pk],
        "rewards_payoutbatch_make": [fest.pk],
        "rewards_payoutbatch_reconcile": [fest.pk],
    }
    for name, (get, post) in EXTRA.items():
        url = reverse(f"admin:{name}", args=arguments[name])
        if get is not None:
            assert (client.get(url).status_code != 403) == (role in get), name
        if post is not None:
            assert (client.post(url, {}).status_code != 403) == (role in post), name


@pytest.mark.parametrize("role", [*sorted(ALL), NOBODY])
def test_role_is_offered_and_can_run_only_its_actions(role: str, rows: dict[str, Any]) -> None:
    client = sign_in(role)
    for (label, action), roles in ACTIONS.items():
        if rows.get(label) is None or role not in PAGES[label].see:
            continue
        url = address(type(rows[label]), "changelist", rows[label])
        offered = set(re.findall(r'<option value="(\w+)">', body(client.get(url)).partition('name="action"')[2]))
        assert (action in offered) == (role in roles), (label, action)
        if role not in roles:
            before = list(type(rows[label])._default_manager.order_by("pk").values())
            client.post(url, {"action": action, "post": "yes", "_selected_action": [rows[label].pk]})
            assert list(type(rows[label])._default_manager.order_by("pk").values()) == before


def test_moderator_changes_communities_and_no_league(rows: dict[str, Any], live_fest: Fest) -> None:
    client = sign_in("moderator")
    league = live_fest.groups.filter(kind="league")[0]
    community = live_fest.groups.filter(kind="community")[0]
    for group, status in [(league, 403), (community, 200)]:
        assert client.post(address(type(group), "change", group), {}).status_code == status


def test_auditor_changes_nothing(db: None) -> None:
    codenames = Role.objects.get(name="auditor").permissions.values_list("codename", flat=True)
    assert {codename.partition("_")[0] for codename in codenames} == {"view"}
    seen = Permission.objects.filter(
        codename__startswith="view_",
        content_type__app_label__in=["livefest", "creators", "challenges", "rankings", "rewards"],
    )
    assert set(seen.values_list("codename", flat=True)) <= set(codenames)


def test_no_role_hands_out_rights(db: None) -> None:
    held = Permission.objects.filter(group__name__in=ROLES, content_type__app_label__in=["auth", "account", "mfa"])
    assert set(held.values_list("codename", flat=True)) == {"view_group"}
    users = Permission.objects.filter(group__name__in=ROLES, content_type__model="user")
    assert set(users.values_list("codename", flat=True)) == {"view_user"}


def test_every_named_permission_is_there(db: None) -> None:
    names = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    for role, patterns in ROLES.items():
        for pattern in patterns:
            assert any(re.fullmatch(pattern.replace(".", r"\.").replace("*", ".*"), name) for name in names), (
                role,
                pattern,
            )


def test_migrating_keeps_the_roles_right_and_leaves_other_groups(db: None) -> None:
    organiser, own = Role.objects.get(name="organiser"), Role.objects.create(name="press")
    before = set(organiser.permissions.values_list("codename", flat=True))
    organiser.permissions.remove(Permission.objects.get(codename="change_fest"))
    extra = Permission.objects.get(codename="delete_user")
    organiser.permissions.add(extra)
    own.permissions.add(extra)
    Role.objects.get(name="auditor").delete()
    call_command("migrate", verbosity=0)
    assert set(organiser.permissions.values_list("codename", flat=True)) == before
    assert list(own.permissions.all()) == [extra]
    assert Role.objects.get(name="auditor").permissions.exists()
    assert Role.objects.filter(name__in=ROLES).count() == 4


def test_document_says_what_the_code_does() -> None:
    document = (Path(__file__).parents[2] / "docs" / "roles.md").read_text()
    assert as_table() in document
