"""Challenges' names in more than one language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0006_completion_copies"),
    ]

    operations = [
        migrations.AddField(
            model_name="challenge",
            name="translations",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name="translations"
            ),
        ),
    ]
