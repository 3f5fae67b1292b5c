"""An admission that comes, changes or goes marks its entry for the next refresh."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER admission_marks_insert AFTER INSERT ON rankings_admission
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_entries();
CREATE TRIGGER admission_marks_update AFTER UPDATE ON rankings_admission
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_entries();
CREATE TRIGGER admission_marks_delete AFTER DELETE ON rankings_admission
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION creators_mark_entries();
"""

BACKWARD = """
DROP TRIGGER admission_marks_delete ON rankings_admission;
DROP TRIGGER admission_marks_update ON rankings_admission;
DROP TRIGGER admission_marks_insert ON rankings_admission;
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0005_marks_of_changes"), ("rankings", "0005_standings")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
