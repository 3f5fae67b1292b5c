"""References with the fest in their key, so that both sides are of one fest. The tables are empty when this runs."""

from django.db import migrations

FORWARD = """
ALTER TABLE challenges_challenge
    ADD CONSTRAINT challenge_group_of_same_fest FOREIGN KEY (fest_id, within_group_id)
        REFERENCES creators_group (fest_id, id),
    ADD CONSTRAINT challenge_region_of_same_fest FOREIGN KEY (fest_id, within_region_id)
        REFERENCES livefest_region (fest_id, id),
    ADD CONSTRAINT challenge_metric_of_same_fest FOREIGN KEY (fest_id, metric_id)
        REFERENCES livefest_metric (fest_id, id);
"""

BACKWARD = """
ALTER TABLE challenges_challenge
    DROP CONSTRAINT challenge_group_of_same_fest,
    DROP CONSTRAINT challenge_region_of_same_fest,
    DROP CONSTRAINT challenge_metric_of_same_fest;
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0003_records"), ("challenges", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
