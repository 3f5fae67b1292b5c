"""Awards, claims, the ledger, and the award event; a reward may be a challenge's too."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0006_completion_copies"),
        ("creators", "0010_taking_part"),
        ("livefest", "0005_accounts"),
        ("rankings", "0011_rank_seen"),
        ("rewards", "0002_same_fest"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rules_sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the campaign file")),
                (
                    "within",
                    models.CharField(blank=True, db_collation="C", default="", max_length=64, verbose_name="within"),
                ),
                (
                    "period",
                    models.CharField(blank=True, db_collation="C", default="", max_length=64, verbose_name="period"),
                ),
                ("handle", models.CharField(db_collation="C", max_length=128, verbose_name="handle")),
                ("rank", models.PositiveIntegerField(verbose_name="rank")),
                ("score", models.BigIntegerField(verbose_name="score")),
                ("slot", models.PositiveIntegerField(verbose_name="place")),
                ("amount", models.PositiveBigIntegerField(verbose_name="amount")),
                ("unit", models.CharField(max_length=16, verbose_name="unit")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("offered", "Offered"),
                            ("claimed", "Claimed"),
                            ("verified", "Verified"),
                            ("fulfilled", "Fulfilled"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("ineligible", "Not eligible"),
                            ("revoked", "Revoked"),
                        ],
                        default="proposed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("steps_taken", models.PositiveIntegerField(default=0)),
                ("deadline", models.DateTimeField(null=True, verbose_name="to be claimed before")),
                ("made_at", models.DateTimeField(verbose_name="proposed")),
            ],
            options={
                "verbose_name": "award",
                "verbose_name_plural": "awards",
                "permissions": [
                    ("propose_award", "Can propose awards"),
                    ("approve_award", "Can approve awards that others proposed"),
                    ("verify_award", "Can sign checks and verify claims"),
                    ("fulfil_award", "Can pay and hand out what others approved, and see what that needs"),
                ],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="AwardEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("place", models.TextField(help_text="Name and address.", verbose_name="place")),
                (
                    "time_zone",
                    models.CharField(
                        help_text="IANA name, such as Europe/London.", max_length=64, verbose_name="time zone"
                    ),
                ),
                ("starts", models.DateTimeField(verbose_name="starts")),
                ("ends", models.DateTimeField(help_text="Exclusive.", verbose_name="ends")),
                ("answer_before", models.DateTimeField(verbose_name="to be answered before")),
                ("capacity", models.PositiveIntegerField(verbose_name="capacity")),
                (
                    "companions",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(5)],
                        verbose_name="companions each",
                    ),
                ),
            ],
            options={
                "verbose_name": "award event",
                "verbose_name_plural": "award events",
            },
        ),
        migrations.CreateModel(
            name="AwardStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("from_state", models.CharField(blank=True, default="", max_length=16, verbose_name="from")),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("offered", "Offered"),
                            ("claimed", "Claimed"),
                            ("verified", "Verified"),
                            ("fulfilled", "Fulfilled"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("ineligible", "Not eligible"),
                            ("revoked", "Revoked"),
                        ],
                        max_length=16,
                        verbose_name="to",
                    ),
                ),
                ("by_creator", models.BooleanField(default=False, verbose_name="by the creator")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("reason", models.TextField(blank=True, default="", verbose_name="reason")),
            ],
            options={
                "verbose_name": "step of an award",
                "verbose_name_plural": "steps of awards",
                "ordering": ["award", "number"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(unique=True, verbose_name="token")),
                ("claimed_at", models.DateTimeField(verbose_name="claimed")),
                ("details", models.TextField(blank=True, default="", editable=False, verbose_name="details")),
                ("details_deleted_at", models.DateTimeField(null=True, verbose_name="details deleted")),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="EditionReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("stands", "Stands"),
                            ("revoked", "Revoked"),
                            ("to_settle", "Fulfilled: a difference to settle"),
                            ("settled", "Settled"),
                        ],
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("difference", models.BigIntegerField(default=0, verbose_name="too much (below zero: too little)")),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled")),
            ],
            options={
                "verbose_name": "award reviewed by a new edition",
                "verbose_name_plural": "awards reviewed by a new edition",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("open", "Not answered yet"),
                            ("comes", "Comes"),
                            ("waits", "On the waiting list"),
                            ("declined", "Doesn't come"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="answer",
                    ),
                ),
                ("people", models.PositiveSmallIntegerField(default=1, verbose_name="people")),
                ("needs", models.TextField(blank=True, default="", editable=False, verbose_name="needs")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("entitled", "Entitled"), ("cancelled", "Cancelled"), ("paid", "Paid")],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("amount", models.PositiveBigIntegerField(verbose_name="amount")),
                ("unit", models.CharField(max_length=16, verbose_name="unit")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger",
                "ordering": ["id"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="PayoutBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("unit", models.CharField(max_length=16, verbose_name="unit")),
                ("count", models.PositiveIntegerField(verbose_name="payments")),
                ("total", models.PositiveBigIntegerField(verbose_name="total")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("content", models.TextField(editable=False, verbose_name="content")),
                ("made_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "verbose_name": "payout batch",
                "verbose_name_plural": "payout batches",
                "ordering": ["-id"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="PayoutExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("copy", models.PositiveIntegerField(verbose_name="copy")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("reason", models.TextField(blank=True, default="", verbose_name="reason")),
            ],
            options={
                "verbose_name": "export of a batch",
                "verbose_name_plural": "exports of batches",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="PayoutLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="line")),
                ("amount", models.PositiveBigIntegerField(verbose_name="amount")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waits for the payer's answer"), ("paid", "Paid"), ("failed", "Failed")],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("said", models.PositiveBigIntegerField(null=True, verbose_name="amount that the payer says")),
                (
                    "reference",
                    models.CharField(blank=True, default="", max_length=128, verbose_name="payer's reference"),
                ),
                ("problem", models.CharField(blank=True, default="", max_length=300, verbose_name="problem")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
            ],
            options={
                "verbose_name": "payment of a batch",
                "verbose_name_plural": "payments of batches",
                "ordering": ["batch", "number"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="RequiredCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("diamonds", "Diamonds"),
                            ("invitation", "Invitation"),
                            ("badge", "Badge"),
                            ("cash", "Cash"),
                            ("merch", "Merchandise"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="what is checked")),
                ("help", models.TextField(blank=True, default="", verbose_name="how")),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="no longer asked since")),
            ],
            options={
                "verbose_name": "required check",
                "verbose_name_plural": "required checks",
            },
        ),
        migrations.CreateModel(
            name="SignedCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("signed_at", models.DateTimeField(verbose_name="signed")),
                ("note", models.TextField(blank=True, default="", help_text="No personal data.", verbose_name="note")),
            ],
            options={
                "verbose_name": "signed check",
                "verbose_name_plural": "signed checks",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("serial", models.UUIDField(default=uuid.uuid4, unique=True, verbose_name="serial")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("void_at", models.DateTimeField(null=True, verbose_name="void since")),
                ("admitted_at", models.DateTimeField(null=True, verbose_name="admitted")),
            ],
            options={
                "verbose_name": "ticket",
                "verbose_name_plural": "tickets",
                "permissions": [("admit", "Can let people in at the door")],
                "default_permissions": ("view",),
            },
        ),
        migrations.AddField(
            model_name="reward",
            name="challenge",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rewards",
                to="challenges.challenge",
                verbose_name="challenge",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="ties",
            field=models.CharField(
                choices=[
                    ("all", "All of them receive it"),
                    ("split", "They share what their ranks receive"),
                    ("listed", "The order of the list decides: who shares a rank is listed by handle"),
                ],
                db_default="all",
                default="all",
                help_text="No part of the campaign file.",
                max_length=8,
                verbose_name="ties at the last rank",
            ),
        ),
        migrations.AlterField(
            model_name="reward",
            name="board",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rewards",
                to="rankings.board",
                verbose_name="board",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("board__isnull", False), ("challenge", None)),
                    models.Q(
                        ("board", None),
                        ("challenge__isnull", False),
                        ("first_rank", 1),
                        ("last_rank", None),
                        ("ties", "all"),
                    ),
                    _connector="OR",
                ),
                name="reward_of_board_or_challenge",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(("ties__in", ["all", "split", "listed"])), name="reward_ties_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ties", "split"), _negated=True), ("kind__in", ["diamonds", "cash"]), _connector="OR"
                ),
                name="reward_split_can_be",
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="rankings.edition",
                verbose_name="edition of results",
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="creators.entry",
                verbose_name="who claims it",
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="fest",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="passed_from",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="passed_to",
                to="rewards.award",
                verbose_name="passed on from",
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="reward",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="rewards.reward",
                verbose_name="reward",
            ),
        ),
        migrations.AddField(
            model_name="awardevent",
            name="fest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="awardevent",
            name="reward",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="event",
                to="rewards.reward",
                verbose_name="invited by the reward",
            ),
        ),
        migrations.AddField(
            model_name="awardstep",
            name="award",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="rewards.award",
                verbose_name="award",
            ),
        ),
        migrations.AddField(
            model_name="awardstep",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="award",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claim",
                to="rewards.award",
                verbose_name="award",
            ),
        ),
        migrations.AddField(
            model_name="editionreview",
            name="award",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="rewards.award",
                verbose_name="award",
            ),
        ),
        migrations.AddField(
            model_name="editionreview",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="rankings.edition",
                verbose_name="edition of results",
            ),
        ),
        migrations.AddField(
            model_name="editionreview",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="settled by",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="award",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitation",
                to="rewards.award",
                verbose_name="award",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="rewards.awardevent",
                verbose_name="event",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="award",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger",
                to="rewards.award",
                verbose_name="award",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="fest",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="fest",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout_batches",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="made by",
            ),
        ),
        migrations.AddField(
            model_name="payoutexport",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exports",
                to="rewards.payoutbatch",
            ),
        ),
        migrations.AddField(
            model_name="payoutexport",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="payoutline",
            name="award",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout_lines",
                to="rewards.award",
                verbose_name="award",
            ),
        ),
        migrations.AddField(
            model_name="payoutline",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="rewards.payoutbatch",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="line",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger_entry",
                to="rewards.payoutline",
                verbose_name="payment of a batch",
            ),
        ),
        migrations.AddField(
            model_name="requiredcheck",
            name="fest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="required_checks",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="requiredcheck",
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
            model_name="signedcheck",
            name="award",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checks",
                to="rewards.award",
                verbose_name="award",
            ),
        ),
        migrations.AddField(
            model_name="signedcheck",
            name="check_required",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signed",
                to="rewards.requiredcheck",
                verbose_name="required check",
            ),
        ),
        migrations.AddField(
            model_name="signedcheck",
            name="signed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="signed by",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="admitted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="admitted by",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="invitation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="rewards.invitation",
            ),
        ),
        migrations.AddIndex(
            model_name="award",
            index=models.Index(fields=["fest", "state", "-id"], name="award_by_state"),
        ),
        migrations.AddIndex(
            model_name="award",
            index=models.Index(condition=models.Q(("state", "offered")), fields=["deadline"], name="award_running_out"),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "revoked"), _negated=True),
                fields=("reward", "within", "period", "handle"),
                name="award_once_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["proposed", "approved", "offered", "claimed", "verified", "fulfilled"])
                ),
                fields=("reward", "within", "period", "slot"),
                name="award_place_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "proposed",
                            "approved",
                            "offered",
                            "claimed",
                            "verified",
                            "fulfilled",
                            "declined",
                            "expired",
                            "ineligible",
                            "revoked",
                        ],
                    )
                ),
                name="award_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 1), ("rank__gte", 1), ("slot__gte", 1)),
                name="award_numbers_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("rules_sha256__regex", "^[0-9a-f]{64}$")), name="award_rules_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("handle", ""), _negated=True), name="award_handle_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="awardevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts__lt", models.F("ends"))), name="awardevent_starts_before_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="awardevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer_before__lte", models.F("starts"))), name="awardevent_answered_before"
            ),
        ),
        migrations.AddConstraint(
            model_name="awardevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity__gte", 1)), name="awardevent_capacity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="awardstep",
            constraint=models.UniqueConstraint(fields=("award", "number"), name="awardstep_unique"),
        ),
        migrations.AddConstraint(
            model_name="awardstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_state", ""), ("number", 1), ("to_state", "proposed")),
                    models.Q(
                        ("from_state", "proposed"),
                        ("number__gte", 2),
                        ("to_state__in", ["approved", "ineligible", "revoked"]),
                    ),
                    models.Q(
                        ("from_state", "approved"),
                        ("number__gte", 2),
                        ("to_state__in", ["offered", "ineligible", "revoked"]),
                    ),
                    models.Q(
                        ("from_state", "offered"),
                        ("number__gte", 2),
                        ("to_state__in", ["claimed", "declined", "expired", "ineligible", "revoked"]),
                    ),
                    models.Q(
                        ("from_state", "claimed"),
                        ("number__gte", 2),
                        ("to_state__in", ["verified", "declined", "ineligible", "revoked"]),
                    ),
                    models.Q(
                        ("from_state", "verified"),
                        ("number__gte", 2),
                        ("to_state__in", ["fulfilled", "ineligible", "revoked"]),
                    ),
                    models.Q(("from_state", "ineligible"), ("number__gte", 2), ("to_state__in", ["revoked"])),
                    _connector="OR",
                ),
                name="awardstep_follows",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by__isnull", False),
                    models.Q(("by_creator", True), ("to_state__in", ["claimed", "declined"])),
                    models.Q(
                        ("by", None),
                        ("by_creator", False),
                        ("to_state__in", ["proposed", "offered", "expired", "ineligible"]),
                    ),
                    _connector="OR",
                ),
                name="awardstep_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to_state__in", ["ineligible", "revoked"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="awardstep_ends_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(("details_deleted_at", None), ("details", ""), _connector="OR"),
                name="claim_deleted_is_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="editionreview",
            constraint=models.UniqueConstraint(fields=("award", "edition"), name="editionreview_once"),
        ),
        migrations.AddConstraint(
            model_name="editionreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("outcome", "settled"), _negated=True), ("settled_at", None), ("settled_by", None)
                    ),
                    models.Q(
                        ("outcome", "settled"),
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        models.Q(("note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="editionreview_settled_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("answer", "waits")), fields=["event", "answered_at"], name="invitation_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("people__gte", 1)), name="invitation_people_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "open"), ("answered_at", None)),
                    ("answer", "withdrawn"),
                    ("answered_at__isnull", False),
                    _connector="OR",
                ),
                name="invitation_answered_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.UniqueConstraint(fields=("fest", "number"), name="payoutbatch_unique"),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gte", 1), ("total__gte", 1)), name="payoutbatch_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="payoutbatch_digest_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutexport",
            constraint=models.UniqueConstraint(fields=("batch", "copy"), name="payoutexport_unique"),
        ),
        migrations.AddConstraint(
            model_name="payoutexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("copy", 1), models.Q(("copy__gte", 2), models.Q(("reason", ""), _negated=True)), _connector="OR"
                ),
                name="payoutexport_again_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="payoutline_unique"),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "paid"])), fields=("award",), name="payoutline_award_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="payoutline_positive"),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("state", "waiting")),
                    models.Q(("answered_at__isnull", False), ("state__in", ["paid", "failed"])),
                    _connector="OR",
                ),
                name="payoutline_answered_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("said", None),
                    models.Q(("state", "waiting"), models.Q(("said", models.F("amount")), _negated=True)),
                    _connector="OR",
                ),
                name="payoutline_said_otherwise",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["fest", "unit", "-id"], name="ledgerentry_of_fest"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(fields=("award", "kind"), name="ledgerentry_once"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="ledgerentry_positive"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["entitled", "cancelled", "paid"])), name="ledgerentry_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "paid"), ("line", None), _connector="OR"), name="ledgerentry_line_if_paid"
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredcheck",
            constraint=models.UniqueConstraint(
                fields=("fest", "kind", "region", "name"), name="requiredcheck_unique", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="requiredcheck_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="signedcheck",
            constraint=models.UniqueConstraint(fields=("award", "check_required"), name="signedcheck_once"),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(
                condition=models.Q(("void_at", None)), fields=("invitation", "number"), name="ticket_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("admitted_at", None), ("admitted_by", None)),
                    models.Q(("admitted_at__isnull", False), ("admitted_by__isnull", False)),
                    _connector="OR",
                ),
                name="ticket_admitted_whole",
            ),
        ),
    ]
