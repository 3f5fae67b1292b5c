"""References with the fest in their key, so that both sides are of one fest. The tables are empty when this runs."""

from django.db import migrations

FORWARD = """
ALTER TABLE rewards_reward
    ADD CONSTRAINT reward_board_of_same_fest FOREIGN KEY (fest_id, board_id) REFERENCES rankings_board (fest_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("rankings", "0002_same_fest"), ("rewards", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, "ALTER TABLE rewards_reward DROP CONSTRAINT reward_board_of_same_fest;")]
