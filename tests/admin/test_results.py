"""Certifying in the admin: the checklist, and two people, each with their permission."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from creators.sources import add_secret, create_source
from livefest.models import AuditEntry, Fest, User
from rankings.closing import close
from rankings.models import Edition, ResultsProposal
from rankings.refresh import refresh
from tests.admin.pages import body, change, messages
from tests.kept import kept
from tests.rankings.fests import Facts, Script
from tests.rankings.play import begin, play
from tests.rankings.test_changes import CAMPAIGN, CREATORS, FACTS
from tests.reference.small import moment

pytestmark = pytest.mark.django_db
OVER = "2026-02-19T00:00:00Z"
SEE = ["rankings.view_resultsproposal", "rankings.view_edition"]


@pytest.fixture
def fest(settings: Settings) -> Fest:
    """ "small", after grace; a source of calls fell silent."""
    settings.LIVEFEST_NOW = OVER
    return kept(over)


def over() -> Fest:
    script = Script(CAMPAIGN, CREATORS, moment("18T00:00:00"), [])
    fest = begin(script)
    play(fest, script, Facts(FACTS))
    close(fest, at=moment("19T00:00:00"))
    refresh(fest)
    add_secret(source=create_source(fest=fest, name="platform"), by=None)
    return fest


@pytest.fixture
def member() -> Callable[..., Client]:
    """A client of a member of staff with some permissions."""

    def sign_in(name: str, *permissions: str) -> Client:
        user = User.objects.create_user(name, is_staff=True)
        for permission in permissions:
            app, codename = permission.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def proposing(fest: Fest) -> str:
    return reverse("admin:rankings_resultsproposal_propose", args=[fest.pk])


def deciding(proposal: ResultsProposal, name: str) -> str:
    return reverse(f"admin:rankings_resultsproposal_{name}", args=[proposal.pk])


def test_two_people_certify(fest: Fest, member: Callable[..., Client]) -> None:
    nia = member("nia", *SEE, "rankings.propose_results")
    omar = member("omar", *SEE, "rankings.approve_results")
    page = body(nia.get(proposing(fest)))
    assert page.count("✓") == 12
    assert 'name="confirm"' in page
    assert "Source platform calls, and sent nothing since the fest ended (last report: never)" in page
    refused = nia.post(proposing(fest), {})
    assert "Nothing was proposed: not everything holds." in body(refused)
    assert not ResultsProposal.objects.exists()
    sent = nia.post(proposing(fest), {"confirm": "source:platform"}, follow=True)
    assert messages(sent) == ["Proposed. Somebody else approves it now."]
    proposal = ResultsProposal.objects.get()
    assert "You proposed this: somebody else approves it." in body(sent)
    assert "Approve and certify" not in body(sent)
    assert nia.post(deciding(proposal, "approve")).status_code == 403
    assert "Approve and certify" in body(omar.get(change(proposal)))
    done = omar.post(deciding(proposal, "approve"), follow=True)
    assert messages(done) == ["Certified: edition 1."]
    edition = Edition.objects.get()
    assert edition.sha256 in body(done)
    assert "Approve and certify" not in body(omar.get(change(proposal)))
    assert "/en/small/results/1/results.jsonl" in body(omar.get(change(edition)))
    acts = AuditEntry.objects.filter(verb__endswith="results").order_by("pk")
    assert list(acts.values_list("verb", "actor__username", "via")) == [
        ("propose results", "nia", "admin"),
        ("certify results", "omar", "admin"),
    ]


def test_proposer_with_both_permissions_does_not_approve(fest: Fest, member: Callable[..., Client]) -> None:
    both = member("both", *SEE, "rankings.propose_results", "rankings.approve_results")
    both.post(proposing(fest), {"confirm": "source:platform"}, follow=True)
    proposal = ResultsProposal.objects.get()
    answer = both.post(deciding(proposal, "approve"), follow=True)
    assert messages(answer) == ["Nothing was certified. It takes two people: “both” proposed this."]
    assert not Edition.objects.exists()


def test_proposal_is_withdrawn_with_a_reason(fest: Fest, member: Callable[..., Client]) -> None:
    nia = member("nia", *SEE, "rankings.propose_results")
    nia.post(proposing(fest), {"confirm": "source:platform"}, follow=True)
    proposal = ResultsProposal.objects.get()
    led = nia.get(proposing(fest), follow=True)
    assert messages(led) == ["Results are proposed already; this waits."]
    nia.post(deciding(proposal, "withdraw"), {"reason": " "}, follow=True)
    assert ResultsProposal.objects.get().is_open
    assert messages(nia.post(deciding(proposal, "withdraw"), {"reason": "Too soon"}, follow=True)) == ["Withdrawn."]
    assert messages(nia.post(deciding(proposal, "withdraw"), {"reason": "Again"}, follow=True)) == ["Withdrawn."]
    omar = member("omar", *SEE, "rankings.approve_results")
    answer = omar.post(deciding(proposal, "approve"), follow=True)
    assert messages(answer) == ["Nothing was certified. This was withdrawn at 2026-02-19T00:00:00Z."]


def test_what_does_not_hold_is_named(fest: Fest, member: Callable[..., Client], settings: Settings) -> None:
    settings.LIVEFEST_NOW = "2026-02-18T00:00:00Z"
    nia = member("nia", *SEE, "rankings.propose_results")
    page = body(nia.post(proposing(fest), {"confirm": "source:platform"}))
    assert "Grace is over: no. Certifying is possible from 2026-02-19T00:00:00Z on." in page
    assert not ResultsProposal.objects.exists()


def test_pages_are_closed_to_who_lacks_the_permission(fest: Fest, member: Callable[..., Client]) -> None:
    nia = member("nia", *SEE, "rankings.propose_results")
    nia.post(proposing(fest), {"confirm": "source:platform"})
    proposal = ResultsProposal.objects.get()
    seeing, nobody = member("seeing", *SEE), member("nobody", "livefest.view_metric")
    for client in (seeing, nobody):
        assert client.get(proposing(fest)).status_code == 403
        assert client.post(proposing(fest), {}).status_code == 403
        assert client.post(deciding(proposal, "approve")).status_code == 403
    for name in ("approve", "withdraw"):
        assert nobody.post(deciding(proposal, name), {"reason": "x"}).status_code == 403
        assert seeing.get(deciding(proposal, name)).status_code == 405
        assert Client().post(deciding(proposal, name)).status_code == 302
    assert messages(seeing.post(deciding(proposal, "withdraw"), {"reason": "x"}, follow=True)) == [
        "“seeing” may not do this; it needs rankings.approve_results."
    ]
    assert nobody.get(change(proposal)).status_code == 403
    assert seeing.get(change(proposal)).status_code == 200
    assert ResultsProposal.objects.get().is_open


def test_nobody_changes_or_deletes(fest: Fest, admin_client: Client, member: Callable[..., Client]) -> None:
    member("nia", *SEE, "rankings.propose_results").post(proposing(fest), {"confirm": "source:platform"})
    proposal = ResultsProposal.objects.get()
    admin_client.post(deciding(proposal, "approve"))
    for row in (proposal, Edition.objects.get()):
        name = f"admin:rankings_{row._meta.model_name}"
        assert admin_client.post(change(row), {"reason": "x"}).status_code == 403
        assert admin_client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        assert admin_client.get(reverse(f"{name}_add")).status_code == 403
        assert admin_client.get(reverse(f"{name}_changelist")).status_code == 200


def test_fest_page_leads_there(fest: Fest, admin_client: Client) -> None:
    assert f'href="{proposing(fest)}"' in body(admin_client.get(change(fest)))
