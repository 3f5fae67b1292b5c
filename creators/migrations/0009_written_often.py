"""What every refresh rewrites is written to as few pages as can be (docs/performance.md, "Indexes and vacuuming")."""

from django.db import migrations

TABLES = ["creators_tally", "creators_supportertally"]
VACUUM = "autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05"
MARKS = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000"


class Migration(migrations.Migration):
    dependencies = [("creators", "0008_corrections")]

    operations = [
        *(
            migrations.RunSQL(
                [
                    f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_pkey",
                    f"ALTER TABLE {table} SET (fillfactor = 85, {VACUUM})",
                ],
                [
                    f"ALTER TABLE {table} RESET"
                    " (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)",
                    f"ALTER TABLE {table} ADD PRIMARY KEY (id)",
                ],
            )
            for table in TABLES
        ),
        # A row lives from a fact to the next refresh.
        migrations.RunSQL(
            f"ALTER TABLE creators_mark SET ({MARKS})",
            "ALTER TABLE creators_mark RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)",
        ),
    ]
