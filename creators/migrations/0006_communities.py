"""Communities have a way in, an owner and requests to join. What the database holds of it beyond Django's constraints:
everything is of one fest, requests are to communities, and an owner is a member at every moment."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SAME_FEST = """
ALTER TABLE creators_group
    ADD CONSTRAINT group_owner_of_same_fest FOREIGN KEY (fest_id, owner_id)
        REFERENCES creators_entry (fest_id, id);
ALTER TABLE creators_joinrequest
    ADD CONSTRAINT joinrequest_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id),
    ADD CONSTRAINT joinrequest_group_of_same_fest_and_kind FOREIGN KEY (fest_id, group_id, kind)
        REFERENCES creators_group (fest_id, id, kind),
    ADD CONSTRAINT joinrequest_owner_of_same_fest FOREIGN KEY (fest_id, decided_by_owner_id)
        REFERENCES creators_entry (fest_id, id);
"""

SAME_FEST_REVERSED = """
ALTER TABLE creators_joinrequest
    DROP CONSTRAINT joinrequest_entry_of_same_fest,
    DROP CONSTRAINT joinrequest_group_of_same_fest_and_kind,
    DROP CONSTRAINT joinrequest_owner_of_same_fest;
ALTER TABLE creators_group DROP CONSTRAINT group_owner_of_same_fest;
"""

# The membership is locked, so that of one who makes a member owner and one who takes them out the later waits: the
# first sees no member any more, the second sees the owner.
OWNER = """
CREATE FUNCTION creators_check_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM creators_membership WHERE entry_id = NEW.owner_id AND group_id = NEW.id FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the owner of group % is not one of its members', NEW.slug
            USING ERRCODE = 'check_violation', CONSTRAINT = 'group_owner_is_member';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER group_owner_is_member_insert AFTER INSERT ON creators_group
    FOR EACH ROW WHEN (NEW.owner_id IS NOT NULL) EXECUTE FUNCTION creators_check_owner();
-- Only where it changes: who saves the group as it is must not wait for a member who is leaving.
CREATE TRIGGER group_owner_is_member_update AFTER UPDATE OF owner_id ON creators_group
    FOR EACH ROW WHEN (NEW.owner_id IS NOT NULL AND NEW.owner_id IS DISTINCT FROM OLD.owner_id)
    EXECUTE FUNCTION creators_check_owner();

-- Whoever takes the owner out of the community (the creators file, staff), it has none then.
CREATE FUNCTION creators_end_ownership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE creators_group "group" SET owner_id = NULL
    FROM old_rows
    WHERE "group".id = old_rows.group_id AND "group".owner_id = old_rows.entry_id
      AND NOT EXISTS (SELECT FROM creators_membership membership
                      WHERE membership.entry_id = old_rows.entry_id AND membership.group_id = old_rows.group_id);
    RETURN NULL;
END $$;

CREATE TRIGGER membership_ends_ownership_update AFTER UPDATE ON creators_membership
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION creators_end_ownership();
CREATE TRIGGER membership_ends_ownership_delete AFTER DELETE ON creators_membership
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION creators_end_ownership();
"""

OWNER_REVERSED = """
DROP TRIGGER membership_ends_ownership_delete ON creators_membership;
DROP TRIGGER membership_ends_ownership_update ON creators_membership;
DROP FUNCTION creators_end_ownership();
DROP TRIGGER group_owner_is_member_update ON creators_group;
DROP TRIGGER group_owner_is_member_insert ON creators_group;
DROP FUNCTION creators_check_owner();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0005_marks_of_changes"),
        ("livefest", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="JoinRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(default="community", editable=False, max_length=16)),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn, or joined otherwise"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "request to join",
                "verbose_name_plural": "requests to join",
            },
        ),
        migrations.AlterModelOptions(
            name="payment",
            options={"verbose_name": "payment", "verbose_name_plural": "payments"},
        ),
        migrations.AddField(
            model_name="group",
            name="join_code",
            field=models.CharField(
                blank=True,
                default="",
                help_text="For the way in “With a code”: 8 to 64 letters, digits and hyphens; else empty.",
                max_length=64,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9-]{8,64}$", "Use 8 to 64 letters, digits and hyphens."
                    )
                ],
                verbose_name="code",
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="creators.entry",
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="way_in",
            field=models.CharField(
                choices=[
                    ("open", "Open: anyone may join"),
                    ("code", "With a code"),
                    ("approval", "On request: its owner or staff approve"),
                    ("closed", "Closed: staff and the creators file place"),
                ],
                default="closed",
                max_length=16,
                verbose_name="way in",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="at",
            field=models.DateTimeField(verbose_name="at"),
        ),
        migrations.AlterField(
            model_name="payment",
            name="entitlement",
            field=models.CharField(db_collation="C", max_length=300, verbose_name="for"),
        ),
        migrations.AlterField(
            model_name="payment",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="payments",
                to="creators.entry",
                verbose_name="creator",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="metric",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="livefest.metric",
                verbose_name="paid in",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="points",
            field=models.BigIntegerField(verbose_name="points"),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(("way_in__in", ["open", "code", "approval", "closed"])), name="group_way_in_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "community"),
                    models.Q(("join_code", ""), ("owner", None), ("way_in", "closed")),
                    _connector="OR",
                ),
                name="group_way_in_of_community",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("join_code__regex", "^[A-Za-z0-9-]{8,64}$"), ("way_in", "code")),
                    models.Q(models.Q(("way_in", "code"), _negated=True), ("join_code", "")),
                    _connector="OR",
                ),
                name="group_code_with_its_way_in",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by staff",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="decided_by_owner",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="creators.entry",
                verbose_name="decided by owner",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="join_requests",
                to="creators.entry",
                verbose_name="creator",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="fest",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="livefest.fest",
                verbose_name="fest",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="group",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="join_requests",
                to="creators.group",
                verbose_name="community",
            ),
        ),
        migrations.AddConstraint(
            model_name="joinrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "open")), fields=("entry",), name="joinrequest_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="joinrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "community")), name="joinrequest_for_community"
            ),
        ),
        migrations.AddConstraint(
            model_name="joinrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None), ("decided_by", None), ("decided_by_owner", None), ("outcome", "open")
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by", None),
                        ("decided_by_owner", None),
                        ("outcome", "withdrawn"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("outcome__in", ["approved", "refused"]),
                        models.Q(
                            models.Q(("decided_by__isnull", False), ("decided_by_owner", None)),
                            models.Q(("decided_by", None), ("decided_by_owner__isnull", False)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="joinrequest_decided_whole",
            ),
        ),
        migrations.RunSQL(SAME_FEST, SAME_FEST_REVERSED),
        migrations.RunSQL(OWNER, OWNER_REVERSED),
    ]
