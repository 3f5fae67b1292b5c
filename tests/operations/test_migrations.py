"""Two versions of the web run on one database while an upgrade goes on: a migration must not break the version before.

docs/deployment.md, "Upgrade". A migration that the linter refuses is cut in two (expand now, contract in the next
release), or stands in SAFE_ANYWAY with the reason.
"""

from __future__ import annotations

import pytest
from django_migration_linter import MigrationLinter

from tests.operations.commands import ROOT

# The newest migration of each app that no running fest can be without. Move it on with each release.
RELEASED = {
    "livefest": "0004_audit",
    "creators": "0008_corrections",
    "challenges": "0006_completion_copies",
    "rankings": "0009_ceremony",
    "rewards": "0002_same_fest",
}
SAFE_ANYWAY = {
    (
        "creators",
        "0011_public_site",
    ): "Pictures change hands in the state alone: their table stays as it is. All else is "
    "new tables, and a column with a default of the database.",
    ("rankings", "0010_written_often"): "The index of scores is made CONCURRENTLY; the version before asks by the same "
    "columns, and never for a derived row's id.",
}


def refused(linter: MigrationLinter, key: tuple[str, str]) -> bool:
    linter.reset_counters()
    linter.lint_migration(linter.migration_loader.disk_migrations[key])
    return bool(linter.has_errors)


@pytest.fixture
def linter(db: None) -> MigrationLinter:
    return MigrationLinter(str(ROOT), no_cache=True, no_output=True, all_warnings_as_errors=True)


def test_new_migrations_leave_the_version_before_working(linter: MigrationLinter) -> None:
    new = [
        (app, name)
        for app, name in linter.migration_loader.disk_migrations
        if app in RELEASED and name > RELEASED[app] and (app, name) not in SAFE_ANYWAY
    ]
    assert [key for key in new if refused(linter, key)] == []
    assert SAFE_ANYWAY.keys() <= linter.migration_loader.disk_migrations.keys()


def test_one_that_does_not_is_found(linter: MigrationLinter) -> None:
    """It drops a table that the version before reads."""
    assert refused(linter, ("rankings", "0004_tally_moves"))
