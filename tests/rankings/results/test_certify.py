"""Certified results through the commands: proposed by one, approved by another, and for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from creators.corrections import adjustment
from creators.models import Mark
from creators.sources import add_secret, create_source
from livefest.copies import shown_copy
from livefest.models import AuditEntry, Fest, Metric, User
from rankings.corrections import make_correction
from rankings.models import Edition, EditionDifference, ResultsProposal, Standing
from rankings.refresh import refresh
from rankings.results import Changed, NotAllowed, approve, propose, withdraw
from rankings.results_file import file_lines
from rankings.valkey import client as valkey
from rankings.valkey import keys_of
from tests.rankings.fests import Facts, Script
from tests.rankings.play import all_standings, begin, entry_of, play
from tests.rankings.results.certifying import (
    BY,
    LATER,
    OVER,
    certify,
    disqualify,
    everything,
    failing,
    refused,
    run,
    told,
)
from tests.rankings.test_changes import FACTS
from tests.rankings.test_published import exported
from tests.reference.small import fact, moment

pytestmark = pytest.mark.django_db(transaction=True)


def test_certified_results_are_the_standings_and_stay(fest: Fest, written: Any) -> None:
    before = all_standings(fest)
    said = certify()
    edition = Edition.objects.get()
    assert said == (
        "Certified: edition 1, 10 standings, 7 facts, 0 corrections in force\n"
        f"SHA-256 {edition.sha256}, {edition.length} bytes\n"
    )
    assert (edition.proposed_by.username, edition.approved_by.username) == ("nia", "omar")
    assert list(exported("small", "--results")) == before
    copy = shown_copy(fest.pk)
    assert copy is not None
    assert (copy.kind, copy.shown_from, copy.edition) == ("results", edition.certified_at, edition)
    verified = run("verify_results", written(edition))
    assert verified.count("holds") == verified.count("\n") == 5
    assert f"SHA-256 {edition.sha256} is that of Small, edition 1, certified at {OVER}" in verified


def test_certified_twice_says_so_and_changes_nothing(certified: Fest) -> None:
    before = everything()
    edition = Edition.objects.get()
    for at in (OVER, LATER):
        assert certify(at=at) == f"This is certified already: edition 1, of {OVER}, says the same.\n"
    run("refresh", "small", "--rebuild")
    assert "certified already" in certify("--reason=Once more", at=LATER)
    assert everything() == before
    assert edition.digest == ResultsProposal.objects.get().digest


def test_two_different_people_with_permission(fest: Fest) -> None:
    User.objects.create_user("eva", "eva@example.org", is_staff=True)
    User.objects.create_user("old", "old@example.org", is_staff=True, is_superuser=True, is_active=False)
    for by, approved_by, why in [
        ("nia", "nia@example.org", 'It takes two people: "nia" and "nia@example.org" are the same.'),
        ("nia", "nobody", '"nobody" is not the e-mail address or username of one active user.'),
        ("old", "nia", '"old" is not the e-mail address or username of one active user.'),
        ("eva", "nia", "“eva” may not do this; it needs rankings.propose_results."),
        ("nia", "EVA@example.org", "“eva” may not do this; it needs rankings.approve_results."),
    ]:
        assert refused("certify", "small", f"--by={by}", f"--approved-by={approved_by}", f"--at={OVER}") == why
    assert not ResultsProposal.objects.exists()
    assert not Edition.objects.exists()


def test_one_person_is_refused_by_the_database_too(fest: Fest, people: tuple[User, User]) -> None:
    nia, omar = people
    proposal = propose(fest, by=nia, at=moment("19T00:00:00"))
    with pytest.raises(NotAllowed, match="It takes two people: “nia” proposed this"):
        approve(proposal, by=nia, at=moment("19T00:00:00"))
    edition = approve(proposal, by=omar, at=moment("19T00:00:00"))
    edition.pk, edition.approved_by = None, edition.proposed_by
    with pytest.raises(IntegrityError, match="edition_by_two_people"), transaction.atomic():
        edition.save(force_insert=True)


def test_before_the_end_of_grace_it_says_when(script: Script, people: tuple[User, User]) -> None:
    fest = begin(script)
    play(fest, script, Facts(FACTS))
    early = "2026-02-18T23:59:59.999999Z"
    run("close", "small", f"--at={early}")
    assert refused("certify", "small", *BY, f"--at={early}") == (
        '"small" can\'t be certified yet:\n  Grace is over: no. Certifying is possible from 2026-02-19T00:00:00Z on.'
    )
    assert "Certified" in certify()


def test_what_is_not_closed_is_named(script: Script, people: tuple[User, User]) -> None:
    fest = begin(script)
    play(fest, script, Facts(FACTS))
    assert "Everything is closed: days, rounds, leagues, the fest: no. Run close small." in refused(
        "certify", "small", *BY, f"--at={OVER}"
    )
    run("close", "small", "--at=2026-02-16T23:00:00Z")
    assert "Everything is closed" in refused("certify", "small", *BY, f"--at={OVER}")


def test_marks_that_are_open_fail_the_checklist_and_certify_scores_them_first(fest: Fest, script: Script) -> None:
    play(fest, script, Facts([fact("bo", "coins", 40, "14T10:00:00")]))
    assert failing(fest) == ["All that came in is scored"]
    certify()
    assert failing(fest) == []
    assert not Mark.objects.exists()
    assert "1,bo,2140," in run("export_board", "small", "all", "--results")


def test_what_comes_in_between_proposal_and_approval_is_found(
    fest: Fest, script: Script, people: tuple[User, User]
) -> None:
    nia, omar = people
    proposal = propose(fest, by=nia, at=moment("19T00:00:00"))
    play(fest, script, Facts([fact("bo", "likes", 1, "14T10:00:00")]))  # scores nothing, and yet: another fact
    before = everything()
    with pytest.raises(Changed, match="withdraw it, look again, and propose anew"):
        approve(proposal, by=omar, at=moment("19T00:00:00"))
    assert everything() == before
    withdraw(proposal, by=nia, reason="A late fact")
    certify()
    assert Edition.objects.get().facts_count == 8


def test_correction_that_waits_for_a_second_person_holds_it_up(
    fest: Fest, people: tuple[User, User], settings: Settings
) -> None:
    settings.LARGE_CORRECTION_CREATORS = 1
    disqualify(fest, "ada", people[0])
    assert refused("certify", "small", *BY, f"--at={OVER}") == (
        '"small" can\'t be certified yet:\n'
        "  No correction waits for a second person: no. 1 wait: approve or refuse them."
    )


def test_source_that_fell_silent_is_vouched_for(fest: Fest) -> None:
    add_secret(source=create_source(fest=fest, name="platform"), by=None)
    out, err = told("certify", "small", *BY, f"--at={OVER}")
    assert out.startswith("Certified: edition 1")
    assert err == (
        "Warning, taken as confirmed: Source platform calls, and sent nothing since the fest ended (last report: "
        "never). Ask whether it has sent all, then confirm it.\n"
    )
    noted = {item["what"]: item["confirmed"] for item in ResultsProposal.objects.get().checklist}
    assert [what for what, confirmed in noted.items() if confirmed] == [
        "Source platform calls, and sent nothing since the fest ended (last report: never)"
    ]
    assert noted["Source file: last report 2026-02-18T00:00:00Z"] is False


def test_valkey_that_publishes_something_else_is_found(fest: Fest) -> None:
    standing = Standing.objects.get(board__slug="all")
    keys = keys_of(standing.pk)
    first: bytes = valkey().zrange(keys.order, 0, 0)[0]  # type: ignore[assignment]
    valkey().zrem(keys.order, first)
    valkey().zadd(keys.order, {b"\0" + first[1:]: 0})
    assert refused("certify", "small", *BY, f"--at={OVER}") == (
        '"small" can\'t be certified yet:\n'
        "  Valkey publishes what PostgreSQL says: no. 1 standings differ: run refresh small --rebuild."
    )
    run("refresh", "small", "--rebuild")
    certify()


def test_one_proposal_waits_at_a_time(fest: Fest, people: tuple[User, User]) -> None:
    nia, omar = people
    proposal = propose(fest, by=nia, at=moment("19T00:00:00"))
    assert refused("certify", "small", "--by=omar", "--approved-by=nia", f"--at={OVER}") == (
        f'"nia" proposed results at {OVER}, which wait; approve or withdraw them in the admin first.'
    )
    with pytest.raises(IntegrityError, match="resultsproposal_one_open"), transaction.atomic():
        ResultsProposal.objects.create(
            fest=fest, proposed_by=omar, proposed_at=proposal.proposed_at, checklist=[], digest="0" * 64
        )
    assert certify().startswith("Certified: edition 1"), "the one that waits"
    assert ResultsProposal.objects.get().approved_at == moment("19T00:00:00")


def test_every_act_is_in_the_audit(fest: Fest, people: tuple[User, User]) -> None:
    nia, omar = people
    withdraw(propose(fest, by=nia, at=moment("19T00:00:00")), by=omar, reason="Too soon")
    certify()
    said = AuditEntry.objects.filter(verb__endswith=" results").order_by("pk")
    acts = said.values_list("verb", "actor__username", "reason", "via")
    assert list(acts) == [
        ("propose results", "nia", "", ""),
        ("withdraw results", "omar", "Too soon", ""),
        ("propose results", "nia", "", "command certify"),
        ("certify results", "omar", "", "command certify"),
    ]


def test_correction_after_is_a_new_edition_and_the_old_stays(
    certified: Fest, people: tuple[User, User], written: Any
) -> None:
    before = list(exported("small", "--results"))
    disqualify(certified, "ada", people[0])
    refresh(certified)
    assert list(exported("small", "--results")) == before
    assert refused("certify", "small", *BY, f"--at={LATER}") == "Edition 1 stands: say why there is a new one."
    assert refused("certify", "small", *BY, "--at=2026-02-19T00:00:00Z", "--reason= ").startswith("Edition 1 stands")
    certify("--reason=Ada is out", at=LATER)
    first, second = Edition.objects.order_by("number")
    assert (second.replaces, second.reason, second.corrections_count) == (first, "Ada is out", 1)
    assert second.replaces is not None
    assert f'"replaces":{{"edition":1,"sha256":"{first.sha256}"}}' in second.head
    assert list(exported("small", "--results")) == all_standings(certified)
    assert list(exported("small", "--results", "--edition=1")) == before
    for edition in (first, second):
        assert "DOES NOT" not in run("verify_results", written(edition))
    assert "Edition 2 of 2026-02-20T00:00:00Z took its place: Ada is out" in run("verify_results", written(first))
    differences = {str(one): one for one in EditionDifference.objects.filter(edition=second)}
    assert list(differences) == [
        "all/fest",
        "days/2026-02-13",
        "heats/heats",
        "leagues/glow/fest",
        "leagues/choir/fest",
        "communities/fest",
        "fans/GB/fest",
    ]
    overall = differences["all/fest"]
    assert (overall.changed, overall.came, overall.left) == (3, 0, 1)
    assert [row[0] for row in overall.rows] == ["cy", "ada", "bo", "di"]
    assert overall.rows[1] == ["ada", 1, 1170, None, None]


def test_editions_of_a_correction_that_is_undone(certified: Fest, people: tuple[User, User]) -> None:
    """What follows is again what was certified first; it is a new edition all the same, with its number."""
    bo = entry_of(certified, "bo")
    coins = Metric.objects.get(fest=certified, slug="coins")
    day = datetime(2026, 2, 14).date()
    for quantity in (5, -5):
        make_correction(adjustment(entry=bo, metric=coins, day=day, quantity=quantity), by=people[0], reason="x")
        certify("--reason=Bo", at=LATER)
    first, _second, third = Edition.objects.order_by("number")
    assert list(file_lines(first))[1:] == list(file_lines(third))[1:]
    assert [edition.corrections_count for edition in (first, third)] == [0, 2]


def test_new_edition_is_not_older(certified: Fest, people: tuple[User, User]) -> None:
    disqualify(certified, "ada", people[0])
    certify("--reason=Ada is out", at=LATER)
    disqualify(certified, "bo", people[0])
    assert refused("certify", "small", *BY, f"--at={OVER}", "--reason=Bo too") == (
        f"Edition 2 is of {LATER}; a new one can't be older."
    )


REFUSED = [
    "UPDATE rankings_edition SET reason = 'x'",
    "UPDATE rankings_edition SET sha256 = repeat('0', 64)",
    "DELETE FROM rankings_editiondifference",
    "UPDATE rankings_editiondifference SET changed = 0",
    "DELETE FROM rankings_edition",
    "TRUNCATE rankings_edition CASCADE",
    "TRUNCATE rankings_editiondifference",
    "UPDATE rankings_resultsproposal SET reason = 'x'",
    "UPDATE rankings_resultsproposal SET approved_at = NULL",
    "UPDATE rankings_resultsproposal SET approved_at = NULL, withdrawn_at = now(), withdrawn_by_id = proposed_by_id",
    "DELETE FROM rankings_resultsproposal",
    "TRUNCATE rankings_resultsproposal CASCADE",
    "UPDATE rankings_snapshotchunk SET scores[1] = 1",
    "DELETE FROM rankings_snapshotchunk",
    "UPDATE livefest_publiccopy SET kind = 'freeze'",
    "DELETE FROM livefest_publiccopy",
]
# An edition more, like one that there is.
FORGED = """
INSERT INTO rankings_edition SELECT (jsonb_populate_record(edition, jsonb_build_object({}))).*
FROM rankings_edition edition WHERE number = 2
"""


def test_sql_that_would_change_results_is_refused(certified: Fest, people: tuple[User, User]) -> None:
    disqualify(certified, "ada", people[0])
    certify("--reason=Ada is out", at=LATER)
    before = everything()
    forged = [FORGED.format("'id', 99, 'number', 3"), FORGED.format("'id', 99, 'digest', repeat('0', 64)")]
    for sql in REFUSED + forged:
        why = "an edition is what was proposed and approved" if sql in forged else "refused"
        with pytest.raises(IntegrityError, match=why), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert everything() == before
