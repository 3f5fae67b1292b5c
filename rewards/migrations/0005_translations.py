"""What rewards and award events are called in more than one language, and where the events are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0004_awards_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="reward",
            name="translations",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name="translations"
            ),
        ),
        migrations.AddField(
            model_name="awardevent",
            name="translations",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name="translations"
            ),
        ),
    ]
