"""Accounts of creators: profiles, how they come to take part, enquiries, planned LIVEs, communities of their own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Everything of a fest stays in it.
SAME_FEST = """
ALTER TABLE creators_participation
    ADD CONSTRAINT participation_region_of_same_fest FOREIGN KEY (fest_id, region_id)
        REFERENCES livefest_region (fest_id, id);
ALTER TABLE creators_enquiry
    ADD CONSTRAINT enquiry_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id);
ALTER TABLE creators_plannedlive
    ADD CONSTRAINT plannedlive_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id);
"""

SAME_FEST_REVERSED = """
ALTER TABLE creators_participation DROP CONSTRAINT participation_region_of_same_fest;
ALTER TABLE creators_enquiry DROP CONSTRAINT enquiry_entry_of_same_fest;
ALTER TABLE creators_plannedlive DROP CONSTRAINT plannedlive_entry_of_same_fest;
"""

# What was asked never changes, nor an answer once given: both can be shown to whoever asked.
ENQUIRIES = """
CREATE FUNCTION creators_keep_enquiry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.outcome <> '' OR (NEW.id, NEW.fest_id, NEW.entry_id, NEW.kind, NEW.session, NEW.day, NEW.correction_id,
                             NEW.text, NEW.asked_at)
       IS DISTINCT FROM (OLD.id, OLD.fest_id, OLD.entry_id, OLD.kind, OLD.session, OLD.day, OLD.correction_id,
                         OLD.text, OLD.asked_at) THEN
        RAISE EXCEPTION 'enquiry % is kept as it was asked and answered', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enquiry_kept BEFORE UPDATE ON creators_enquiry
    FOR EACH ROW EXECUTE FUNCTION creators_keep_enquiry();
"""

ENQUIRIES_REVERSED = """
DROP TRIGGER enquiry_kept ON creators_enquiry;
DROP FUNCTION creators_keep_enquiry();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0009_written_often"),
        ("livefest", "0005_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("missing", "Something is missing"), ("appeal", "Appeal against a correction")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "session",
                    models.CharField(blank=True, db_collation="C", default="", max_length=128, verbose_name="session"),
                ),
                ("day", models.DateField(blank=True, null=True, verbose_name="fest day")),
                ("text", models.TextField(max_length=2000, verbose_name="text")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("", "Open"), ("accepted", "Put right"), ("declined", "Stays as it is")],
                        default="",
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "answer",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="The creator reads it.",
                        max_length=2000,
                        verbose_name="answer",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
            ],
            options={
                "verbose_name": "enquiry",
                "verbose_name_plural": "enquiries",
                "ordering": ["-id"],
                "permissions": [("answer_enquiry", "Can answer enquiries")],
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[("claim", "Claims a creator"), ("new", "New creator")],
                        max_length=8,
                        verbose_name="way",
                    ),
                ),
                ("handle", models.CharField(db_collation="C", max_length=128, verbose_name="handle")),
                ("name", models.CharField(blank=True, default="", max_length=200, verbose_name="name")),
                (
                    "category",
                    models.CharField(blank=True, db_collation="C", default="", max_length=64, verbose_name="category"),
                ),
                ("code", models.CharField(max_length=32, verbose_name="code")),
                ("code_expires_at", models.DateTimeField(verbose_name="code holds until")),
                (
                    "proof",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None yet"),
                            ("bio", "Code in the bio, seen by the checker"),
                            ("staff", "Code in the bio, seen by staff"),
                            ("social", "Social account of the same handle"),
                            ("earlier", "Approved in an earlier festival"),
                        ],
                        default="",
                        max_length=8,
                        verbose_name="proof",
                    ),
                ),
                ("proved_at", models.DateTimeField(null=True, verbose_name="proved")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "Applied"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("suspended", "Suspended"),
                        ],
                        default="applied",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.TextField(blank=True, default="", help_text="The creator reads it.", verbose_name="reason"),
                ),
                ("applied_at", models.DateTimeField(verbose_name="applied")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "participation",
                "verbose_name_plural": "participations",
                "permissions": [("decide_participation", "Can approve, refuse and suspend participations")],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest")),
                ("content", models.BinaryField(verbose_name="content")),
                ("size", models.PositiveSmallIntegerField(verbose_name="pixels a side")),
                ("made_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
            },
        ),
        migrations.CreateModel(
            name="PlannedLive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("url", models.CharField(blank=True, default="", max_length=500, verbose_name="address")),
                ("made_at", models.DateTimeField(verbose_name="announced")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="called off")),
            ],
            options={
                "verbose_name": "planned LIVE",
                "verbose_name_plural": "planned LIVEs",
                "ordering": ["starts_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "creator",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="profile",
                        serialize=False,
                        to="creators.creator",
                    ),
                ),
                ("bio", models.CharField(blank=True, default="", max_length=500, verbose_name="about")),
                ("links", models.JSONField(blank=True, default=list, verbose_name="links")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=16, verbose_name="language of their LIVEs"),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "profile",
                "verbose_name_plural": "profiles",
            },
        ),
        migrations.AddField(
            model_name="creator",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="withdrawn"),
        ),
        migrations.AddField(
            model_name="group",
            name="made_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="made by a creator"),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("made_at", None), models.Q(("kind", "community"), ("roster__isnull", False)), _connector="OR"
                ),
                name="group_made_is_community",
            ),
        ),
        migrations.AddField(
            model_name="enquiry",
            name="answered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="answered by",
            ),
        ),
        migrations.AddField(
            model_name="enquiry",
            name="correction",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeals",
                to="creators.correction",
                verbose_name="correction",
            ),
        ),
        migrations.AddField(
            model_name="enquiry",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enquiries",
                to="creators.entry",
                verbose_name="creator",
            ),
        ),
        migrations.AddField(
            model_name="enquiry",
            name="fest",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enquiries",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="participation",
            name="creator",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="participations",
                to="creators.creator",
                verbose_name="creator",
            ),
        ),
        migrations.AddField(
            model_name="participation",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="participation",
            name="fest",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="participations",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="participation",
            name="region",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="livefest.region",
                verbose_name="region",
            ),
        ),
        migrations.AddField(
            model_name="participation",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="participations",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="picture_digest_form"
            ),
        ),
        migrations.AddField(
            model_name="plannedlive",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="planned_lives",
                to="creators.entry",
                verbose_name="creator",
            ),
        ),
        migrations.AddField(
            model_name="plannedlive",
            name="fest",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="planned_lives",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="picture",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="creators.picture",
                verbose_name="picture",
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="user",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="profile",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AddIndex(
            model_name="enquiry",
            index=models.Index(condition=models.Q(("outcome", "")), fields=["fest", "asked_at"], name="enquiry_open"),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "missing"), ("outcome", "")),
                fields=("entry", "session", "day"),
                name="enquiry_missing_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "appeal"), ("outcome", "")),
                fields=("entry", "correction"),
                name="enquiry_appeal_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="enquiry_text_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("correction", None),
                        ("kind", "missing"),
                        models.Q(models.Q(("session", ""), _negated=True), ("day__isnull", False), _connector="OR"),
                    ),
                    models.Q(("correction__isnull", False), ("day", None), ("kind", "appeal"), ("session", "")),
                    _connector="OR",
                ),
                name="enquiry_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None), ("answered_by", None), ("outcome", "")),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        ("outcome__in", ["accepted", "declined"]),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="enquiry_answered_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="participation",
            index=models.Index(
                condition=models.Q(("state", "applied")), fields=["fest", "applied_at"], name="participation_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="participation",
            index=models.Index(fields=["fest", "handle"], name="participation_by_handle"),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(fields=("user", "fest"), name="participation_one_each"),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["approved", "suspended"])),
                fields=("fest", "creator"),
                name="participation_creator_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["applied", "approved", "refused", "suspended"])),
                name="participation_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proof", ""), ("proved_at", None)),
                    models.Q(("proof__in", ["bio", "staff", "social", "earlier"]), ("proved_at__isnull", False)),
                    _connector="OR",
                ),
                name="participation_proof_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("creator", None), ("decided_at", None), ("decided_by", None), ("state", "applied")),
                    models.Q(
                        ("creator__isnull", False),
                        ("decided_at__isnull", False),
                        ("state", "approved"),
                        models.Q(("proof", ""), _negated=True),
                    ),
                    models.Q(
                        ("creator", None),
                        ("decided_at__isnull", False),
                        ("state", "refused"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        ("creator__isnull", False),
                        ("decided_at__isnull", False),
                        ("state", "suspended"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="participation_state_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="plannedlive",
            index=models.Index(
                condition=models.Q(("cancelled_at", None)), fields=["fest", "starts_at"], name="plannedlive_next"
            ),
        ),
        migrations.AddConstraint(
            model_name="plannedlive",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_at", None)), fields=("entry", "starts_at"), name="plannedlive_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="plannedlive",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="plannedlive_title_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="plannedlive",
            constraint=models.CheckConstraint(
                condition=models.Q(("url", ""), ("url__regex", "^https://"), _connector="OR"),
                name="plannedlive_url_is_web",
            ),
        ),
        migrations.RunSQL(SAME_FEST, SAME_FEST_REVERSED),
        migrations.RunSQL(ENQUIRIES, ENQUIRIES_REVERSED),
    ]
