"""References with the fest in their key, so that both sides are of one fest. The tables are empty when this runs."""

from django.db import migrations

FORWARD = """
ALTER TABLE rankings_rule
    ADD CONSTRAINT rule_metric_of_same_fest FOREIGN KEY (fest_id, metric_id)
        REFERENCES livefest_metric (fest_id, id);
ALTER TABLE rankings_board
    ADD CONSTRAINT board_group_of_same_fest FOREIGN KEY (fest_id, within_group_id)
        REFERENCES creators_group (fest_id, id),
    ADD CONSTRAINT board_round_of_same_fest FOREIGN KEY (fest_id, round_id)
        REFERENCES livefest_round (fest_id, id),
    ADD CONSTRAINT board_metric_of_same_fest FOREIGN KEY (fest_id, score_metric_id)
        REFERENCES livefest_metric (fest_id, id);
"""

BACKWARD = """
ALTER TABLE rankings_board
    DROP CONSTRAINT board_group_of_same_fest,
    DROP CONSTRAINT board_round_of_same_fest,
    DROP CONSTRAINT board_metric_of_same_fest;
ALTER TABLE rankings_rule DROP CONSTRAINT rule_metric_of_same_fest;
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0003_records"), ("rankings", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
