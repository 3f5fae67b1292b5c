"""A joining that comes, changes or goes marks its entry for the next refresh."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER joining_marks_insert AFTER INSERT ON challenges_joining
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_entries();
CREATE TRIGGER joining_marks_update AFTER UPDATE ON challenges_joining
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_entries();
CREATE TRIGGER joining_marks_delete AFTER DELETE ON challenges_joining
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_entries();
"""

BACKWARD = """
DROP TRIGGER joining_marks_delete ON challenges_joining;
DROP TRIGGER joining_marks_update ON challenges_joining;
DROP TRIGGER joining_marks_insert ON challenges_joining;
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0005_marks_of_changes"), ("challenges", "0004_joinings_and_completions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
