"""What the database itself holds of creators and facts, beyond what Django's constraints can say."""

from django.db import migrations

# References with the fest in their key, so that both sides are of one fest. The tables are empty when this runs.
SAME_FEST = """
ALTER TABLE creators_group
    ADD CONSTRAINT group_metric_of_same_fest FOREIGN KEY (fest_id, placement_metric_id)
        REFERENCES livefest_metric (fest_id, id);
ALTER TABLE creators_entry
    ADD CONSTRAINT entry_region_of_same_fest FOREIGN KEY (fest_id, region_id)
        REFERENCES livefest_region (fest_id, id);
ALTER TABLE creators_membership
    ADD CONSTRAINT membership_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id),
    ADD CONSTRAINT membership_group_of_same_fest_and_kind FOREIGN KEY (fest_id, group_id, kind)
        REFERENCES creators_group (fest_id, id, kind);
ALTER TABLE creators_fact
    ADD CONSTRAINT fact_source_of_same_fest FOREIGN KEY (fest_id, source_id)
        REFERENCES creators_source (fest_id, id),
    ADD CONSTRAINT fact_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id),
    ADD CONSTRAINT fact_metric_of_same_fest FOREIGN KEY (fest_id, metric_id)
        REFERENCES livefest_metric (fest_id, id);
"""

SAME_FEST_REVERSED = """
ALTER TABLE creators_fact
    DROP CONSTRAINT fact_source_of_same_fest,
    DROP CONSTRAINT fact_entry_of_same_fest,
    DROP CONSTRAINT fact_metric_of_same_fest;
ALTER TABLE creators_membership
    DROP CONSTRAINT membership_entry_of_same_fest,
    DROP CONSTRAINT membership_group_of_same_fest_and_kind;
ALTER TABLE creators_entry DROP CONSTRAINT entry_region_of_same_fest;
ALTER TABLE creators_group DROP CONSTRAINT group_metric_of_same_fest;
"""

APPEND_ONLY = """
CREATE FUNCTION livefest_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'Correct a fact by a reversal.';
END $$;

CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON creators_fact
    FOR EACH STATEMENT EXECUTE FUNCTION livefest_refuse_change();
"""

APPEND_ONLY_REVERSED = """
DROP TRIGGER fact_append_only ON creators_fact;
DROP FUNCTION livefest_refuse_change();
"""

# Runs for reversals only; a plain fact costs nothing.
REVERSAL = """
CREATE FUNCTION creators_check_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM creators_fact original
        WHERE original.id = NEW.reverses_id
          AND original.reverses_id IS NULL
          AND original.source_id = NEW.source_id
          AND original.entry_id = NEW.entry_id
          AND original.metric_id = NEW.metric_id
          AND original.at = NEW.at
          AND original.quantity = -NEW.quantity
    ) THEN
        RAISE EXCEPTION 'fact % does not undo one whole fact of its source', NEW.external_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'fact_reversal_matches';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER fact_reversal_matches BEFORE INSERT ON creators_fact
    FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION creators_check_reversal();
"""

REVERSAL_REVERSED = """
DROP TRIGGER fact_reversal_matches ON creators_fact;
DROP FUNCTION creators_check_reversal();
"""

# The group's row is locked, so that of two who want the last place one waits and is then refused.
ROSTER = """
CREATE FUNCTION creators_check_roster() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most integer;
BEGIN
    SELECT roster INTO most FROM creators_group WHERE id = NEW.group_id AND roster IS NOT NULL FOR NO KEY UPDATE;
    IF most IS NOT NULL AND (SELECT count(*) FROM creators_membership WHERE group_id = NEW.group_id) > most THEN
        RAISE EXCEPTION 'group % has % places', NEW.group_id, most
            USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_within_roster';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER membership_within_roster AFTER INSERT OR UPDATE OF group_id ON creators_membership
    FOR EACH ROW EXECUTE FUNCTION creators_check_roster();

-- The other side: a roster is not made smaller than the members that there are. The update holds the row's lock.
CREATE FUNCTION creators_check_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM creators_membership WHERE group_id = NEW.id) > NEW.roster THEN
        RAISE EXCEPTION 'group % has more members than the % of its roster', NEW.slug, NEW.roster
            USING ERRCODE = 'check_violation', CONSTRAINT = 'group_roster_holds_members';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER group_roster_holds_members AFTER UPDATE OF roster ON creators_group
    FOR EACH ROW WHEN (NEW.roster IS NOT NULL) EXECUTE FUNCTION creators_check_members();
"""

# What facts mean stays: a metric that has some is no duration tomorrow and no payment. (Rare, and a scan of the facts
# at the worst.) A handle names one creator for ever.
MEANING = """
CREATE FUNCTION creators_check_metric() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM creators_fact WHERE fest_id = NEW.fest_id AND metric_id = NEW.id) THEN
        RAISE EXCEPTION 'metric % has facts: whether it is a duration or paid can''t change', NEW.slug
            USING ERRCODE = 'check_violation', CONSTRAINT = 'metric_meaning_stays';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER metric_meaning_stays AFTER UPDATE OF unit, paid ON livefest_metric
    FOR EACH ROW WHEN ((OLD.unit = 's') IS DISTINCT FROM (NEW.unit = 's') OR OLD.paid <> NEW.paid)
    EXECUTE FUNCTION creators_check_metric();

CREATE FUNCTION creators_refuse_rename() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'handle % stays: it names one creator', OLD.handle
        USING ERRCODE = 'check_violation', CONSTRAINT = 'creator_handle_stays';
END $$;

CREATE TRIGGER creator_handle_stays BEFORE UPDATE OF handle ON creators_creator
    FOR EACH ROW WHEN (OLD.handle <> NEW.handle) EXECUTE FUNCTION creators_refuse_rename();
"""

MEANING_REVERSED = """
DROP TRIGGER creator_handle_stays ON creators_creator;
DROP FUNCTION creators_refuse_rename();
DROP TRIGGER metric_meaning_stays ON livefest_metric;
DROP FUNCTION creators_check_metric();
"""

ROSTER_REVERSED = """
DROP TRIGGER group_roster_holds_members ON creators_group;
DROP FUNCTION creators_check_members();
DROP TRIGGER membership_within_roster ON creators_membership;
DROP FUNCTION creators_check_roster();
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0002_initial")]

    operations = [
        migrations.RunSQL(SAME_FEST, SAME_FEST_REVERSED),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_REVERSED),
        migrations.RunSQL(REVERSAL, REVERSAL_REVERSED),
        migrations.RunSQL(ROSTER, ROSTER_REVERSED),
        migrations.RunSQL(MEANING, MEANING_REVERSED),
    ]
