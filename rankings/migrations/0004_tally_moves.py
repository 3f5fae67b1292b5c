"""Tallies are kept by `creators`, where challenges can see them too. They are derived: a refresh makes them again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rankings", "0003_gains_and_tallies")]
    operations = [migrations.DeleteModel(name="Tally")]
