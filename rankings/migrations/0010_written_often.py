"""What every refresh rewrites is written to as few pages as can be (docs/performance.md, "Indexes and vacuuming").

The unique index of scores begins with the handle: a refresh finds all scores of a creator side by side, and what it
writes for a creator goes to one page of the index. Nobody asks for a derived row by its id, so those indexes go. The new
index is made beside the running site, without a lock that readers or refreshes would notice.
"""

from django.db import migrations, models

NEW_INDEX = """
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS score_by_handle ON rankings_score (handle, board_id, standing_id)
"""
OLD_INDEX = """
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS score_unique ON rankings_score (board_id, handle, standing_id)
"""
CONSTRAIN = "ALTER TABLE rankings_score ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"
DROP = "ALTER TABLE rankings_score DROP CONSTRAINT IF EXISTS {name}"

TABLES = ["rankings_gain", "rankings_contribution", "rankings_score"]
# Rows that die are swept up after a few refreshes, not when a fifth of all rows has died.
VACUUM = "autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("rankings", "0009_ceremony")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [NEW_INDEX, CONSTRAIN.format(name="score_by_handle"), DROP.format(name="score_unique")],
                    [OLD_INDEX, CONSTRAIN.format(name="score_unique"), DROP.format(name="score_by_handle")],
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("score", "score_unique"),
                migrations.AddConstraint(
                    "score",
                    models.UniqueConstraint(fields=("handle", "board", "standing"), name="score_by_handle"),
                ),
            ],
        ),
        *(
            migrations.RunSQL(
                [
                    f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_pkey",
                    f"ALTER TABLE {table} SET ({VACUUM})",
                ],
                [
                    f"ALTER TABLE {table} RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)",
                    f"ALTER TABLE {table} ADD PRIMARY KEY (id)",
                ],
            )
            for table in TABLES
        ),
        # Room on each page for the next version of its rows, which then needs no new entry in the index.
        migrations.RunSQL(
            "ALTER TABLE rankings_gain SET (fillfactor = 85)", "ALTER TABLE rankings_gain RESET (fillfactor)"
        ),
    ]
