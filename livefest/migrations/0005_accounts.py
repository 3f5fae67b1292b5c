"""Accounts: what people agreed to, how they signed in, and what they are told."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import livefest.clock

# What was accepted can be shown: published terms never change, and nothing is un-accepted but with the account.
TERMS = """
CREATE FUNCTION livefest_keep_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at <= now() OR EXISTS (SELECT FROM livefest_termsacceptance WHERE terms_id = OLD.id) THEN
        RAISE EXCEPTION 'terms % are published: they stay as they are', OLD.version
            USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_kept', HINT = 'add a new version';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER terms_kept BEFORE UPDATE OR DELETE ON livefest_terms
    FOR EACH ROW EXECUTE FUNCTION livefest_keep_terms();
"""

TERMS_REVERSED = """
DROP TRIGGER terms_kept ON livefest_terms;
DROP FUNCTION livefest_keep_terms();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("livefest", "0004_audit"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgeConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minimum_age", models.PositiveSmallIntegerField(verbose_name="at least")),
                ("confirmed_at", models.DateTimeField(verbose_name="confirmed")),
            ],
            options={
                "verbose_name": "confirmation of age",
                "verbose_name_plural": "confirmations of age",
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32, verbose_name="kind")),
                ("key", models.CharField(db_collation="C", max_length=200, verbose_name="key")),
                ("data", models.JSONField(default=dict, verbose_name="data")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("on_site", models.BooleanField(default=True, verbose_name="on the site")),
                ("read_at", models.DateTimeField(null=True, verbose_name="read")),
                (
                    "email",
                    models.CharField(
                        choices=[("none", "Not wanted"), ("waiting", "Waits"), ("sent", "Sent"), ("failed", "Failed")],
                        default="none",
                        max_length=8,
                        verbose_name="e-mail",
                    ),
                ),
                ("send_after", models.DateTimeField(null=True, verbose_name="not before")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("error", models.CharField(blank=True, default="", max_length=300, verbose_name="error")),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="NotificationChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32, verbose_name="kind")),
                ("on_site", models.BooleanField(verbose_name="on the site")),
                ("by_email", models.BooleanField(verbose_name="by e-mail")),
            ],
            options={
                "verbose_name": "choice of notifications",
                "verbose_name_plural": "choices of notifications",
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("method", models.CharField(max_length=64, verbose_name="by")),
                ("browser", models.CharField(blank=True, default="", max_length=300, verbose_name="browser")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
            ],
            options={
                "verbose_name": "sign-in",
                "verbose_name_plural": "sign-ins",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Terms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "text",
                    models.TextField(
                        help_text="Plain text; an empty line begins a new paragraph.", verbose_name="text"
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        default=livefest.clock.now,
                        help_text="From here on it is asked for, and can't be changed any more.",
                        verbose_name="published",
                    ),
                ),
                (
                    "keeps_handle",
                    models.BooleanField(
                        default=True,
                        help_text="Of a creator who deletes their account public pages keep the handle; if not ticked they say “former creator”. Say in the text which of the two it is.",
                        verbose_name="results keep the handle",
                    ),
                ),
            ],
            options={
                "verbose_name": "terms",
                "verbose_name_plural": "terms",
                "ordering": ["fest", "-version"],
            },
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted_at", models.DateTimeField(verbose_name="accepted")),
            ],
            options={
                "verbose_name": "acceptance of terms",
                "verbose_name_plural": "acceptances of terms",
            },
        ),
        migrations.AddField(
            model_name="fest",
            name="communities_by_creators",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Each may own one. No part of the campaign file.",
                verbose_name="creators may make communities",
            ),
        ),
        migrations.AddField(
            model_name="fest",
            name="made_roster",
            field=models.PositiveIntegerField(
                db_default=50,
                default=50,
                help_text="Most members of a community that a creator makes.",
                validators=[
                    django.core.validators.MinValueValidator(2),
                    django.core.validators.MaxValueValidator(1000000),
                ],
                verbose_name="roster of such a community",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="language"),
        ),
        migrations.AddField(
            model_name="user",
            name="quiet_from",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=5,
                validators=[
                    django.core.validators.RegexValidator(
                        "^([01][0-9]|2[0-3]):[0-5][0-9]$", "Use HH:MM, 00:00 to 23:59."
                    )
                ],
                verbose_name="quiet from",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="quiet_until",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=5,
                validators=[
                    django.core.validators.RegexValidator(
                        "^([01][0-9]|2[0-3]):[0-5][0-9]$", "Use HH:MM, 00:00 to 23:59."
                    )
                ],
                verbose_name="quiet until",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="time_zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="time zone"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", ""), ("quiet_until", "")),
                    models.Q(
                        models.Q(("quiet_from", ""), _negated=True),
                        models.Q(("quiet_until", ""), _negated=True),
                        models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="user_quiet_both_or_neither",
            ),
        ),
        migrations.AddField(
            model_name="ageconfirmation",
            name="fest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="livefest.fest", verbose_name="fest"
            ),
        ),
        migrations.AddField(
            model_name="ageconfirmation",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ages_confirmed",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="fest",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notifications",
                to=settings.AUTH_USER_MODEL,
                verbose_name="to",
            ),
        ),
        migrations.AddField(
            model_name="notificationchoice",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="choices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="signin",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sign_ins",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="fest",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="terms",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="termsacceptance",
            name="terms",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acceptances",
                to="livefest.terms",
                verbose_name="terms",
            ),
        ),
        migrations.AddField(
            model_name="termsacceptance",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="acceptances",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="ageconfirmation",
            constraint=models.UniqueConstraint(fields=("user", "fest", "minimum_age"), name="ageconfirmation_once"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("on_site", True)), fields=["user", "-id"], name="notification_of_user"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("on_site", True), ("read_at", None)), fields=["user"], name="notification_unread"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("email", "waiting")), fields=["send_after"], name="notification_to_send"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(condition=models.Q(("email", "failed")), fields=["-id"], name="notification_failed"),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.UniqueConstraint(fields=("user", "kind", "key"), name="notification_once"),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("email", "none"), ("send_after", None), ("sent_at", None)),
                    models.Q(("email", "waiting"), ("send_after__isnull", False), ("sent_at", None)),
                    models.Q(("email", "sent"), ("sent_at__isnull", False)),
                    models.Q(("email", "failed"), ("sent_at", None), models.Q(("error", ""), _negated=True)),
                    _connector="OR",
                ),
                name="notification_email_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationchoice",
            constraint=models.UniqueConstraint(fields=("user", "kind"), name="notificationchoice_unique"),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["user", "-at", "-id"], name="signin_of_user"),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["at"], name="signin_by_time"),
        ),
        migrations.AddConstraint(
            model_name="terms",
            constraint=models.UniqueConstraint(fields=("fest", "version"), name="terms_version_unique"),
        ),
        migrations.AddConstraint(
            model_name="terms",
            constraint=models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="terms_text_given"),
        ),
        migrations.AddConstraint(
            model_name="terms",
            constraint=models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="terms_version_positive"),
        ),
        migrations.AddConstraint(
            model_name="termsacceptance",
            constraint=models.UniqueConstraint(fields=("user", "terms"), name="termsacceptance_once"),
        ),
        migrations.RunSQL(TERMS, TERMS_REVERSED),
    ]
