"""Corrections by staff. What the database holds of them beyond Django's constraints: everything is of one fest, what a
correction says never changes, its state goes one way, and what comes into force or is undone marks whom it concerns."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

SAME_FEST = """
ALTER TABLE creators_correction
    ADD CONSTRAINT correction_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id),
    ADD CONSTRAINT correction_metric_of_same_fest FOREIGN KEY (fest_id, metric_id)
        REFERENCES livefest_metric (fest_id, id),
    ADD CONSTRAINT correction_source_of_same_fest FOREIGN KEY (fest_id, source_id)
        REFERENCES creators_source (fest_id, id);
"""

SAME_FEST_REVERSED = """
ALTER TABLE creators_correction
    DROP CONSTRAINT correction_entry_of_same_fest,
    DROP CONSTRAINT correction_metric_of_same_fest,
    DROP CONSTRAINT correction_source_of_same_fest;
"""

# What a reversal undoes is void by itself; to void the reversal would bring back what its source took back.
FACT = """
CREATE FUNCTION creators_check_voided_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM creators_fact fact
        WHERE fact.id = NEW.fact_id AND fact.entry_id = NEW.entry_id AND fact.reverses_id IS NULL
    ) THEN
        RAISE EXCEPTION 'fact % is not one of entry %, or it is a reversal', NEW.fact_id, NEW.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'correction_fact_of_entry';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER correction_fact_of_entry BEFORE INSERT ON creators_correction
    FOR EACH ROW WHEN (NEW.fact_id IS NOT NULL) EXECUTE FUNCTION creators_check_voided_fact();
"""

FACT_REVERSED = """
DROP TRIGGER correction_fact_of_entry ON creators_correction;
DROP FUNCTION creators_check_voided_fact();
"""

# Proposed, then in force or refused; in force, then perhaps to be undone (and then perhaps not), then undone. What was
# written once stays; whether the columns of a state are whole, the table's own checks say.
STEPS = """
CREATE FUNCTION creators_correction_state(correction creators_correction) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN correction.refused_at IS NOT NULL THEN 'refused'
                WHEN correction.undone_at IS NOT NULL THEN 'undone'
                WHEN correction.undo_proposed_at IS NOT NULL THEN 'undo proposed'
                WHEN correction.in_force_at IS NOT NULL THEN 'in force'
                ELSE 'proposed' END
$$;

CREATE FUNCTION creators_check_correction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    step text := creators_correction_state(OLD) || ' to ' || creators_correction_state(NEW);
    decided text[] := ARRAY['refused_at', 'refused_by_id', 'refusal', 'in_force_at', 'approved_by_id'];
    undoing text[] := ARRAY['undo_proposed_at', 'undo_proposed_by_id', 'undo_reason', 'undone_at', 'undone_by_id'];
BEGIN
    IF step NOT IN ('proposed to in force', 'proposed to refused', 'in force to undo proposed', 'in force to undone',
                    'undo proposed to in force', 'undo proposed to undone')
       OR to_jsonb(OLD) - decided - undoing IS DISTINCT FROM to_jsonb(NEW) - decided - undoing
       OR OLD.in_force_at IS NOT NULL
          AND (OLD.in_force_at, OLD.approved_by_id) IS DISTINCT FROM (NEW.in_force_at, NEW.approved_by_id)
       OR step = 'undo proposed to undone'
          AND (OLD.undo_proposed_at, OLD.undo_proposed_by_id, OLD.undo_reason)
              IS DISTINCT FROM (NEW.undo_proposed_at, NEW.undo_proposed_by_id, NEW.undo_reason)
    THEN
        RAISE EXCEPTION 'correction % refuses this change (%): what it says stays, and its state goes one way',
                        OLD.id, step
            USING ERRCODE = 'restrict_violation', HINT = 'Undo the correction and make another.';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER correction_goes_one_way BEFORE UPDATE ON creators_correction
    FOR EACH ROW EXECUTE FUNCTION creators_check_correction();

CREATE FUNCTION creators_keep_corrections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of creators_correction refused: corrections stay', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Undo the correction.';
END $$;

CREATE TRIGGER correction_stays BEFORE DELETE OR TRUNCATE ON creators_correction
    FOR EACH STATEMENT EXECUTE FUNCTION creators_keep_corrections();
"""

STEPS_REVERSED = """
DROP TRIGGER correction_stays ON creators_correction;
DROP FUNCTION creators_keep_corrections();
DROP TRIGGER correction_goes_one_way ON creators_correction;
DROP FUNCTION creators_check_correction();
DROP FUNCTION creators_correction_state(creators_correction);
"""

# As a whole: what a creator has lost or got back may reach into any day, and corrections are rare. A range's facts are
# found by reading the source's; facts of it that are being stored meanwhile have marks of their own (and whoever brings
# a range into force has the source for themself first).
MARKS = """
CREATE FUNCTION creators_mark_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'void_range' THEN
        INSERT INTO creators_mark (fest_id, entry_id, day)
        SELECT DISTINCT NEW.fest_id, fact.entry_id, NULL::date
        FROM creators_fact fact
        WHERE fact.source_id = NEW.source_id AND fact.at >= NEW.starts AND fact.at < NEW.ends
          AND fact.received_at <= NEW.in_force_at;
    ELSE
        INSERT INTO creators_mark (fest_id, entry_id, day) VALUES (NEW.fest_id, NEW.entry_id, NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER correction_marks_insert AFTER INSERT ON creators_correction
    FOR EACH ROW WHEN (NEW.in_force_at IS NOT NULL) EXECUTE FUNCTION creators_mark_corrected();
CREATE TRIGGER correction_marks_update AFTER UPDATE ON creators_correction
    FOR EACH ROW WHEN (OLD.in_force_at IS DISTINCT FROM NEW.in_force_at OR OLD.undone_at IS DISTINCT FROM NEW.undone_at)
    EXECUTE FUNCTION creators_mark_corrected();
"""

MARKS_REVERSED = """
DROP TRIGGER correction_marks_update ON creators_correction;
DROP TRIGGER correction_marks_insert ON creators_correction;
DROP FUNCTION creators_mark_corrected();
"""

# What adjustments mean stays, as what facts mean does.
MEANING = """
CREATE OR REPLACE FUNCTION creators_check_metric() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM creators_fact WHERE fest_id = NEW.fest_id AND metric_id = NEW.id)
       OR EXISTS (SELECT FROM creators_correction WHERE fest_id = NEW.fest_id AND metric_id = NEW.id) THEN
        RAISE EXCEPTION 'metric % has facts: whether it is a duration or paid can''t change', NEW.slug
            USING ERRCODE = 'check_violation', CONSTRAINT = 'metric_meaning_stays';
    END IF;
    RETURN NULL;
END $$;
"""

MEANING_REVERSED = """
CREATE OR REPLACE FUNCTION creators_check_metric() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM creators_fact WHERE fest_id = NEW.fest_id AND metric_id = NEW.id) THEN
        RAISE EXCEPTION 'metric % has facts: whether it is a duration or paid can''t change', NEW.slug
            USING ERRCODE = 'check_violation', CONSTRAINT = 'metric_meaning_stays';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0007_creator_by_name"),
        ("livefest", "0002_announcement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("adjustment", "Adjustment"),
                            ("void_fact", "Void of a fact"),
                            ("void_session", "Void of a session"),
                            ("void_range", "Void of a source's time range"),
                            ("disqualification", "Disqualification"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("day", models.DateField(null=True, verbose_name="fest day")),
                ("quantity", models.BigIntegerField(null=True, verbose_name="quantity")),
                ("session", models.CharField(db_collation="C", default="", max_length=128, verbose_name="session")),
                ("starts", models.DateTimeField(null=True, verbose_name="from")),
                ("ends", models.DateTimeField(null=True, verbose_name="until")),
                ("since", models.DateTimeField(null=True, verbose_name="since")),
                ("creators_changed", models.BigIntegerField(verbose_name="creators whose scores change")),
                ("points_changed", models.BigIntegerField(verbose_name="points that change")),
                ("large", models.BooleanField(verbose_name="needs two people")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed")),
                ("reason", models.TextField(verbose_name="reason")),
                ("in_force_at", models.DateTimeField(null=True, verbose_name="in force since")),
                ("refused_at", models.DateTimeField(null=True, verbose_name="refused")),
                ("refusal", models.TextField(default="", verbose_name="why refused")),
                ("undo_proposed_at", models.DateTimeField(null=True, verbose_name="undoing proposed")),
                ("undo_reason", models.TextField(default="", verbose_name="why undone")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="creators.entry",
                        verbose_name="creator",
                    ),
                ),
                (
                    "fact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="creators.fact",
                        verbose_name="fact",
                    ),
                ),
                (
                    "fest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="livefest.fest",
                        verbose_name="fest",
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="livefest.metric",
                        verbose_name="metric",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "refused_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="refused by",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="creators.source",
                        verbose_name="source",
                    ),
                ),
                (
                    "undo_proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undoing proposed by",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undone by",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "permissions": [
                    ("propose_correction", "Can propose corrections, and make small ones"),
                    ("approve_correction", "Can approve the large corrections that others propose"),
                ],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["entry"], name="correction_by_entry"),
                    models.Index(
                        condition=models.Q(("in_force_at__isnull", False), ("undone_at", None), ("kind", "void_range")),
                        fields=["source", "starts"],
                        name="correction_of_range",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="correction_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("in_force_at__isnull", False), ("undone_at", None), ("kind", "void_fact")),
                        fields=("fact",),
                        name="correction_one_void_of_fact",
                    ),
                    models.UniqueConstraint(
                        models.F("entry"),
                        models.F("session"),
                        django.db.models.functions.comparison.Coalesce(
                            "source_id", models.Value(0), output_field=models.BigIntegerField()
                        ),
                        condition=models.Q(
                            ("in_force_at__isnull", False), ("undone_at", None), ("kind", "void_session")
                        ),
                        name="correction_one_void_of_session",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("in_force_at__isnull", False), ("undone_at", None), ("kind", "disqualification")
                        ),
                        fields=("entry",),
                        name="correction_one_disqualification",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entry__isnull", False),
                                ("kind", "adjustment"),
                                ("day__isnull", False),
                                ("metric__isnull", False),
                                ("quantity__isnull", False),
                                ("fact", None),
                                ("session", ""),
                                ("source", None),
                                ("starts", None),
                                ("ends", None),
                                ("since", None),
                            ),
                            models.Q(
                                ("entry__isnull", False),
                                ("kind", "void_fact"),
                                ("fact__isnull", False),
                                ("metric", None),
                                ("day", None),
                                ("quantity", None),
                                ("session", ""),
                                ("source", None),
                                ("starts", None),
                                ("ends", None),
                                ("since", None),
                            ),
                            models.Q(
                                ("entry__isnull", False),
                                ("kind", "void_session"),
                                models.Q(("session", ""), _negated=True),
                                ("metric", None),
                                ("day", None),
                                ("quantity", None),
                                ("fact", None),
                                ("starts", None),
                                ("ends", None),
                                ("since", None),
                            ),
                            models.Q(
                                ("entry__isnull", True),
                                ("kind", "void_range"),
                                ("ends__isnull", False),
                                ("source__isnull", False),
                                ("starts__isnull", False),
                                ("starts__lt", models.F("ends")),
                                ("metric", None),
                                ("day", None),
                                ("quantity", None),
                                ("fact", None),
                                ("session", ""),
                                ("since", None),
                            ),
                            models.Q(
                                ("entry__isnull", False),
                                ("kind", "disqualification"),
                                ("metric", None),
                                ("day", None),
                                ("quantity", None),
                                ("fact", None),
                                ("session", ""),
                                ("source", None),
                                ("starts", None),
                                ("ends", None),
                            ),
                            _connector="OR",
                        ),
                        name="correction_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity", None),
                            models.Q(
                                ("quantity__gte", -1000000000000),
                                ("quantity__lte", 1000000000000),
                                models.Q(("quantity", 0), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_quantity_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("creators_changed__gte", 0), ("points_changed__gte", 0)),
                        name="correction_size_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__regex", "^\\s*$"), _negated=True), name="correction_reason_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_by", None), ("in_force_at", None)),
                            models.Q(
                                ("approved_by__isnull", False), ("in_force_at__isnull", False), ("refused_at", None)
                            ),
                            _connector="OR",
                        ),
                        name="correction_in_force_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("refusal", ""), ("refused_at", None), ("refused_by", None)),
                            models.Q(
                                ("refused_at__isnull", False),
                                ("refused_by__isnull", False),
                                models.Q(("refusal__regex", "^\\s*$"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_refused_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undo_proposed_at", None), ("undo_proposed_by", None), ("undo_reason", "")),
                            models.Q(
                                ("in_force_at__isnull", False),
                                ("undo_proposed_at__isnull", False),
                                ("undo_proposed_by__isnull", False),
                                models.Q(("undo_reason__regex", "^\\s*$"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_undo_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at", None), ("undone_by", None)),
                            models.Q(
                                ("undo_proposed_at__isnull", False),
                                ("undone_at__isnull", False),
                                ("undone_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="correction_undone_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("large", False),
                            models.Q(
                                models.Q(
                                    ("approved_by", None),
                                    models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                                    _connector="OR",
                                ),
                                models.Q(
                                    ("undone_by", None),
                                    models.Q(("undone_by", models.F("undo_proposed_by")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="correction_large_by_two",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SAME_FEST, SAME_FEST_REVERSED),
        migrations.RunSQL(FACT, FACT_REVERSED),
        migrations.RunSQL(STEPS, STEPS_REVERSED),
        migrations.RunSQL(MARKS, MARKS_REVERSED),
        migrations.RunSQL(MEANING, MEANING_REVERSED),
    ]
