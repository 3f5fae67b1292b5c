"""The commands that correct: they tell what would move, and do it only when told to."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from creators.models import Correction
from livefest.models import Fest, User
from rankings.refresh import refresh
from tests.kept import kept
from tests.rankings.little import give, little_fest
from tests.rankings.play import all_standings

pytestmark = pytest.mark.django_db
ANN = ["--by", "ann@example.org", "--reason", "Why not."]
BEN = ["--by", "Ben@example.org", "--reason", "Because."]
AT = "2026-02-15T13:00:00Z"


@pytest.fixture(autouse=True)
def ids(db: None) -> dict[str, str]:
    """The little fest with ada 40 and bo 30; the ids of their facts."""
    return kept(ada_and_bo)


def ada_and_bo() -> dict[str, str]:
    for name in ("ann", "ben"):
        User.objects.create_user(name, f"{name}@example.org", is_staff=True, is_superuser=True)
    fest = little_fest(["ada", "bo"])
    ids = give(fest, ada=40, bo=30)
    refresh(fest)
    return ids


def run(command: str, *arguments: Any) -> list[str]:
    out = StringIO()
    call_command(command, "little", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def scores() -> dict[str, int]:
    fest = Fest.objects.get()
    refresh(fest)
    return {row[4]: int(row[5]) for row in all_standings(fest) if row[0] == "all"}


def test_without_yes_it_only_tells() -> None:
    assert run("adjust", "bo", "coins", "2026-02-15", "-10", *ANN) == [
        "bo: -10 Coins on 2026-02-15",
        "1 creator's scores change, by 10 points at most on one board.",
        "3 rows of standings change their score, 0 more their rank.",
        "  all/fest: bo 30 (rank 2) → 20 (rank 2)",
        "  regions/IE/2026-02-15: bo 30 (rank 1) → 20 (rank 1)",
        "  fans/fest: fan 70 (rank 1) → 60 (rank 1)",
        "Nothing was done; say --yes to do it.",
    ]
    assert scores() == {"ada": 40, "bo": 30}
    assert not Correction.objects.exists()


def test_adjusted_listed_and_undone() -> None:
    *_, said = run("adjust", "bo", "coins", "2026-02-15", "20", *ANN, "--yes", "--at", AT)
    made = Correction.objects.get()
    assert said == f"correction {made.pk}: bo: +20 Coins on 2026-02-15 (In force)"
    assert made.in_force_at is not None
    assert made.in_force_at.isoformat() == "2026-02-15T13:00:00+00:00"
    assert scores() == {"bo": 50, "ada": 40}
    assert run("corrections", "list") == [f"{made.pk}: bo: +20 Coins on 2026-02-15 (In force); Why not. — ann"]
    *_, said = run("corrections", "undo", made.pk, *BEN, "--yes")
    assert said == f"correction {made.pk}: bo: +20 Coins on 2026-02-15 (Undone)"
    assert scores() == {"ada": 40, "bo": 30}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--source", "file", "--fact", "{bo}"],
        ["--source", "file", "--from", "2026-02-15T10:00:00Z", "--until", "2026-02-15T10:00:01Z"],
    ],
)
def test_void(arguments: list[str], ids: dict[str, str]) -> None:
    run("void", *(word.format(**ids) for word in arguments), *ANN, "--yes")
    assert "bo" not in scores()


def test_void_of_a_session_that_nobody_has_moves_nothing() -> None:
    told = run("void", "--creator", "bo", "--session", "room", "--source", "file", *ANN, "--yes")
    assert told[:3] == [
        "bo: session room is void as file tells it",
        "0 creators' scores change, by 0 points at most on one board.",
        "0 rows of standings change their score, 0 more their rank.",
    ]
    assert scores() == {"ada": 40, "bo": 30}


def test_disqualified_and_reinstated() -> None:
    run("disqualify", "ada", *ANN, "--yes")
    assert scores() == {"bo": 30}
    assert run("reinstate", "ada", *ANN)[-1] == "Nothing was done; say --yes to do it."
    run("reinstate", "ada", *ANN, "--yes")
    assert scores() == {"ada": 40, "bo": 30}
    run("disqualify", "ada", "--since", "2026-02-15T09:00:00Z", *ANN, "--yes")
    assert scores() == {"bo": 30}


def test_large_one_is_proposed_and_approved_by_another(settings: Any) -> None:
    settings.LARGE_CORRECTION_POINTS = 10
    *_, said = run("disqualify", "ada", *ANN, "--yes")
    made = Correction.objects.get()
    assert said == f"correction {made.pk}: ada is disqualified (Proposed: waits for a second person)"
    assert scores() == {"ada": 40, "bo": 30}
    with pytest.raises(CommandError, match="needs a second person"):
        run("corrections", "approve", made.pk, *ANN, "--yes")
    run("corrections", "approve", made.pk, *BEN, "--yes")
    assert scores() == {"bo": 30}
    run("corrections", "undo", made.pk, *BEN, "--yes")
    assert scores() == {"bo": 30}
    run("corrections", "refuse-undo", made.pk, *ANN, "--yes")
    run("corrections", "undo", made.pk, *BEN, "--yes")
    run("corrections", "approve-undo", made.pk, *ANN, "--yes")
    assert scores() == {"ada": 40, "bo": 30}


def test_what_cannot_be_is_told() -> None:
    refusals: list[tuple[list[str], str]] = [
        (["adjust", "eve", "coins", "2026-02-15", "1", *ANN], 'no creator "eve" in this fest'),
        (["adjust", "ada", "coin", "2026-02-15", "1", *ANN], "there are: "),
        (["adjust", "ada", "coins", "2026-02-12", "1", *ANN], "is no day of the fest"),
        (
            ["adjust", "ada", "coins", "2026-02-15", "1", "--by", "x@example.org"],
            "not the e-mail address or username of one active user",
        ),
        (["adjust", "ada", "coins", "2026-02-15", "1", "--by", "ann@example.org", "--yes"], "Say why"),
        (["void", "--source", "file", *ANN], "Name a fact"),
        (["void", "--source", "file", "--fact", "none", *ANN], 'has sent no fact "none"'),
        (["void", "--source", "pile", "--fact", "none", *ANN], 'no source "pile"'),
        (["reinstate", "ada", *ANN], "“ada” is not disqualified"),
        (["corrections", "undo", "77", *ANN], "Name a correction of this fest"),
        (["corrections", "undo"], "Name a correction of this fest"),
    ]
    for arguments, said in refusals:
        with pytest.raises(CommandError, match=said):
            run(*arguments)
    assert not Correction.objects.exists()
