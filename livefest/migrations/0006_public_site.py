"""Texts in more than one language, updates for some, partners; and pictures, which creators alone had, change hands: the
table stays as it is."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0010_taking_part"),
        ("livefest", "0005_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="announcement",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="only in"),
        ),
        migrations.AddField(
            model_name="announcement",
            name="regions",
            field=models.ManyToManyField(
                blank=True,
                help_text="None: for all.",
                related_name="announcements",
                to="livefest.region",
                verbose_name="for",
            ),
        ),
        migrations.AddField(
            model_name="announcement",
            name="translations",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name="translations"
            ),
        ),
        migrations.AddField(
            model_name="fest",
            name="translations",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name="translations"
            ),
        ),
        migrations.AddField(
            model_name="metric",
            name="translations",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name="translations"
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="translations",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name="translations"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Picture",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest")),
                        ("content", models.BinaryField(verbose_name="content")),
                        ("size", models.PositiveSmallIntegerField(verbose_name="pixels a side")),
                        ("made_at", models.DateTimeField(verbose_name="made")),
                    ],
                    options={
                        "verbose_name": "picture",
                        "verbose_name_plural": "pictures",
                        "db_table": "creators_picture",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="picture_digest_form"
                            )
                        ],
                    },
                )
            ]
        ),
        migrations.AddField(
            model_name="announcement",
            name="picture",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="livefest.picture",
                verbose_name="picture",
            ),
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "translations",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value({}, models.JSONField()),
                        default=dict,
                        verbose_name="translations",
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9][A-Za-z0-9_-]*$",
                                "Use letters, digits, hyphens and underscores, beginning with a letter or digit.",
                            )
                        ],
                        verbose_name="slug",
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(default=0, help_text="Order in lists.", verbose_name="position"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Plain text; an empty line begins a new paragraph.",
                        verbose_name="text",
                    ),
                ),
                ("url", models.CharField(blank=True, default="", max_length=500, verbose_name="address")),
                (
                    "fest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="partners",
                        to="livefest.fest",
                        verbose_name="fest",
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="livefest.picture",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "ordering": ["fest", "position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("fest", "slug"), name="partner_slug_unique"),
                    models.UniqueConstraint(fields=("fest", "id"), name="partner_of_fest"),
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[A-Za-z0-9][A-Za-z0-9_-]*$")), name="partner_slug_form"
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="partner_name_given"),
                    models.CheckConstraint(
                        condition=models.Q(("url", ""), ("url__regex", "^https://"), _connector="OR"),
                        name="partner_url_is_web",
                    ),
                ],
            },
        ),
    ]
