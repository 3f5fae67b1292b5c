"""Boards' names in more than one language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rankings", "0011_rank_seen"),
    ]

    operations = [
        migrations.AddField(
            model_name="board",
            name="translations",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name="translations"
            ),
        ),
    ]
