"""Whatever changes about an entry beside its facts leaves a mark, whoever changes it: a refresh learns of it with
certainty. `creators_mark_entries` is there for the other apps' records too."""

from django.db import migrations

FORWARD = """
-- A statement's trigger on a table with entry_id: marks the entries of all rows that it wrote or took away.
CREATE FUNCTION creators_mark_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO creators_mark (fest_id, entry_id, day)
        SELECT DISTINCT entry.fest_id, entry.id, NULL::date
        FROM old_rows JOIN creators_entry entry ON entry.id = old_rows.entry_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO creators_mark (fest_id, entry_id, day)
        SELECT DISTINCT entry.fest_id, entry.id, NULL::date
        FROM new_rows JOIN creators_entry entry ON entry.id = new_rows.entry_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER membership_marks_insert AFTER INSERT ON creators_membership
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_entries();
CREATE TRIGGER membership_marks_update AFTER UPDATE ON creators_membership
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_entries();
CREATE TRIGGER membership_marks_delete AFTER DELETE ON creators_membership
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_entries();

CREATE FUNCTION creators_mark_moved_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO creators_mark (fest_id, entry_id, day)
    SELECT entry.fest_id, entry.id, NULL::date
    FROM new_rows entry JOIN old_rows USING (id)
    WHERE (entry.region_id, entry.category) IS DISTINCT FROM (old_rows.region_id, old_rows.category);
    RETURN NULL;
END $$;

CREATE TRIGGER entry_marks_update AFTER UPDATE ON creators_entry
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_moved_entries();
"""

BACKWARD = """
DROP TRIGGER entry_marks_update ON creators_entry;
DROP FUNCTION creators_mark_moved_entries();
DROP TRIGGER membership_marks_delete ON creators_membership;
DROP TRIGGER membership_marks_update ON creators_membership;
DROP TRIGGER membership_marks_insert ON creators_membership;
DROP FUNCTION creators_mark_entries();
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0004_derived")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
